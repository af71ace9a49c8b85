//! Taking in changed plugins, cases and tables while the server runs.
//!
//! New entries of the ledger are taken in likewise, as soon as they are there.
//!
//! Everything new is read, loaded and assured beside what is being served, and swapped in whole;
//! whatever is wrong with it leaves the old one serving. Signals and requests wait in one queue, so
//! that one reload follows the other.

use crate::cli::Failure;
use crate::load::{self, Shipped};
use crate::readiness::{Obstacle, Readiness};
use crate::settings::Settings;
use crate::source;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use wcc_api::Api;
use wcc_case::Case;
use wcc_core::ledger::AsOf;
use wcc_host::{Patience, Plugins};
use wcc_ledger::{Head, Ledger};
use wcc_programme::{Beside, Programme};

/// How long a start and a reload wait for plugins. Outputs that one which takes longer covers say
/// that they are being checked, until it has answered.
const TO_BEGIN: Patience = Patience::AtMost(Duration::from_millis(800));
/// The same for new entries. One that comes while another is being taken in waits for both.
const TO_GO_ON: Patience = Patience::AtMost(Duration::from_millis(400));

/// How many may wait; one that is waiting already sees whatever changed before it began.
const WAITING: usize = 8;

/// Why the old set of everything goes on serving.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// Plugins that cannot be used.
    #[error("{}", each(.0))]
    Plugins(Vec<wcc_host::Failure>),
    /// Something else that was read.
    #[error("{0}")]
    Input(Failure),
    /// It was not tried.
    #[error("{0}")]
    Busy(&'static str),
    /// It ended in a panic, which the log has.
    #[error("internal error while reloading; see the server log")]
    Panicked,
}

impl<E: Into<Failure>> From<E> for Refused {
    fn from(error: E) -> Refused {
        Refused::Input(error.into())
    }
}

fn each(failures: &[wcc_host::Failure]) -> String {
    let each: Vec<String> = failures.iter().map(ToString::to_string).collect();
    each.join("; ")
}

/// One plugin of the set that is being served.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Served {
    id: String,
    version: String,
    digest: String,
    #[serde(rename = "signedBy", skip_serializing_if = "Option::is_none")]
    signed_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unavailable: Option<String>,
}

/// What is being served after a reload.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Reloaded {
    revision: String,
    plugins: Vec<Served>,
}

/// Where what is said comes from.
#[derive(Clone)]
pub(crate) enum Said {
    /// Folders of cases.
    Cases(Vec<PathBuf>),
    /// The ledger.
    Ledger(Ledger),
}

impl Said {
    /// The ledger, where it is served.
    pub(crate) fn ledger(&self) -> Option<&Ledger> {
        match self {
            Said::Cases(_) => None,
            Said::Ledger(ledger) => Some(ledger),
        }
    }
}

/// What a picture is made with: replaced whole by a reload.
pub(crate) struct Means {
    pub(crate) shipped: Shipped,
    pub(crate) plugins: Plugins,
}

/// A picture, what it was made with, and the last entry of the ledger that it holds.
pub(crate) struct Made {
    pub(crate) means: Arc<Means>,
    pub(crate) programme: Programme,
    pub(crate) head: Head,
    /// The cases that it was made of, where they are not in a ledger.
    cases: Arc<Vec<Case>>,
}

impl Made {
    /// For another picture that is made with the same means.
    pub(crate) fn beside(&self) -> Beside<'_> {
        Beside {
            programme: &self.programme,
            entry: self.head.number,
        }
    }
}

/// What is being served, and what it was made from.
pub(crate) struct Serving {
    config: Option<PathBuf>,
    said: Said,
    /// What is being served now; also for whoever asks how things stood.
    made: watch::Sender<Arc<Made>>,
}

impl Serving {
    /// Reads and assures everything for the first time.
    pub(crate) async fn start(
        config: Option<PathBuf>,
        said: Said,
        settings: &Settings,
    ) -> Result<Serving, Failure> {
        let (shipped, plugins) = load::all(settings).await?;
        let means = Arc::new(Means { shipped, plugins });
        let cases = cases(&said, &means)?;
        let (programme, head) = assured(&said, &means, &cases, None, TO_BEGIN).await?;
        let made = Made {
            means,
            programme,
            head,
            cases,
        };
        Ok(Serving {
            config,
            said,
            made: watch::Sender::new(Arc::new(made)),
        })
    }

    /// What pictures are made with.
    pub(crate) fn means(&self) -> Arc<Means> {
        Arc::clone(&self.made.borrow().means)
    }

    /// The picture that is served.
    pub(crate) fn programme(&self) -> Programme {
        self.made.borrow().programme.clone()
    }

    /// What is served, now and later.
    pub(crate) fn made(&self) -> watch::Receiver<Arc<Made>> {
        self.made.subscribe()
    }

    /// Reads settings, plugins, tables and cases again, and has the API serve them. Where anything
    /// is wrong with them, nothing has changed.
    async fn reload(&self, api: &Api) -> Result<Reloaded, Refused> {
        let settings = Settings::read(self.config.as_deref(), &[])?;
        let shipped = Shipped::read(&settings)?;
        let plugins = self
            .means()
            .plugins
            .reload_or_keep(settings.plugins.clone(), shipped.admission(&settings))
            .await
            .map_err(Refused::Plugins)?;
        let shipped = shipped.knowing(&plugins);
        let means = Arc::new(Means { shipped, plugins });
        let cases = cases(&self.said, &means)?;
        let (programme, head) = assured(&self.said, &means, &cases, None, TO_BEGIN).await?;
        let reloaded = Reloaded {
            revision: programme.revision.clone(),
            plugins: means.plugins.each().map(served).collect(),
        };
        self.hand_over(api, means, programme, head, cases);
        Ok(reloaded)
    }

    /// Has the API serve what the ledger holds by now, and what plugins have answered meanwhile.
    /// Cycles without a new entry, and on which every plugin has answered, stay as they are.
    async fn refresh(&self, api: &Api) -> Result<(), Failure> {
        let made = Arc::clone(&self.made.borrow());
        let (means, cases) = (Arc::clone(&made.means), Arc::clone(&made.cases));
        let beside = Some(made.beside());
        let (programme, head) = assured(&self.said, &means, &cases, beside, TO_GO_ON).await?;
        self.hand_over(api, means, programme, head, cases);
        Ok(())
    }

    fn hand_over(
        &self,
        api: &Api,
        means: Arc<Means>,
        programme: Programme,
        head: Head,
        cases: Arc<Vec<Case>>,
    ) {
        match self.said {
            Said::Cases(_) => api.replace(programme.clone()),
            Said::Ledger(_) => api.replace_at(programme.clone(), head),
        }
        self.made.send_replace(Arc::new(Made {
            means,
            programme,
            head,
            cases,
        }));
    }

    /// Ends when the ledger has new entries; never where there is none.
    async fn written(&self, heads: &mut Option<watch::Receiver<Head>>) {
        if let Some(heads) = heads
            && heads.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

fn served(plugin: &wcc_host::Plugin) -> Served {
    let identity = plugin.identity();
    Served {
        id: identity.id.clone(),
        version: identity.version.clone(),
        digest: identity.digest.clone(),
        signed_by: plugin.signed_by().map(str::to_owned),
        unavailable: plugin.failure().map(|failure| failure.cause.to_string()),
    }
}

/// The cases in the folders that are served; none where it is the ledger.
fn cases(said: &Said, means: &Means) -> Result<Arc<Vec<Case>>, Failure> {
    let cases = match said {
        Said::Cases(folders) => load::cases(folders, &means.shipped)?,
        Said::Ledger(_) => Vec::new(),
    };
    Ok(Arc::new(cases))
}

/// What everything that was said amounts to, with the head of the ledger that it holds.
async fn assured(
    said: &Said,
    means: &Means,
    cases: &[Case],
    beside: Option<Beside<'_>>,
    patience: Patience,
) -> Result<(Programme, Head), Failure> {
    #[cfg(test)]
    tests::panic_if_asked();
    let Means { shipped, plugins } = means;
    let (frameworks, tables) = (&shipped.frameworks, &shipped.tables);
    match said {
        Said::Cases(_) => {
            let cases = cases.to_vec();
            let programme =
                Programme::assure_within(frameworks, tables, cases, plugins, patience).await?;
            Ok((programme, Head::START))
        }
        Said::Ledger(ledger) => {
            let head = ledger.head();
            let standing = source::standing(ledger, Some(AsOf::Entry(head.number)), beside)?;
            let programme =
                Programme::assure_standing_within(standing, frameworks, tables, plugins, patience)
                    .await?;
            Ok((programme, head))
        }
    }
}

type Outcome = Result<Reloaded, Refused>;

/// The queue of reloads.
#[derive(Clone)]
pub(crate) struct Reloads {
    asks: mpsc::Sender<oneshot::Sender<Outcome>>,
}

impl Reloads {
    /// Begins to take reloads, for as long as somebody can ask for one.
    pub(crate) fn of(serving: Arc<Serving>, api: Api, readiness: Readiness) -> Reloads {
        let (asks, asked) = mpsc::channel(WAITING);
        tokio::spawn(in_turn(serving, Arc::new(api), readiness, asked));
        Reloads { asks }
    }

    /// Reloads once it is this one's turn. Goes on, and is logged, where nobody waits for the
    /// outcome any more.
    pub(crate) async fn ask(&self) -> Outcome {
        let (tell, told) = oneshot::channel();
        self.asks.try_send(tell).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                Refused::Busy("too many reloads are waiting already")
            }
            mpsc::error::TrySendError::Closed(_) => Refused::Busy(STOPPING),
        })?;
        told.await.unwrap_or(Err(Refused::Busy(STOPPING)))
    }
}

const STOPPING: &str = "the server is stopping";

/// What is done next.
enum Turn {
    /// A reload, and whom to tell of it.
    Reload(oneshot::Sender<Outcome>),
    /// What the ledger holds by now is to be served.
    Refresh,
}

async fn in_turn(
    serving: Arc<Serving>,
    api: Arc<Api>,
    readiness: Readiness,
    mut asked: mpsc::Receiver<oneshot::Sender<Outcome>>,
) {
    let mut heads = serving.said.ledger().map(Ledger::heads);
    let mut retry = Retry::default();
    let mut answers = serving.means().plugins.answers();
    // One may have come since the first picture was made.
    answers.mark_changed();
    loop {
        let being_checked = serving.programme().is_being_checked();
        let turn = tokio::select! {
            asked = asked.recv() => match asked {
                Some(tell) => Turn::Reload(tell),
                None => return,
            },
            () = serving.written(&mut heads) => Turn::Refresh,
            Ok(()) = answers.changed(), if being_checked => Turn::Refresh,
            () = retry.due() => Turn::Refresh,
        };
        let (serving, api) = (Arc::clone(&serving), Arc::clone(&api));
        match turn {
            Turn::Reload(tell) => {
                let reloaded = apart(async move { serving.reload(&api).await }).await;
                let outcome = reloaded.unwrap_or(Err(Refused::Panicked));
                if outcome.is_ok() {
                    retry = Retry::default();
                    readiness.set(Obstacle::Behind, None);
                }
                tell_of(outcome, tell);
            }
            Turn::Refresh => {
                let made = serving.made();
                let refreshed = apart(async move { serving.refresh(&api).await }).await;
                let why = match refreshed {
                    Ok(Ok(())) => None,
                    Ok(Err(failure)) => Some(failure.to_string()),
                    Err(Panicked) => Some("internal error; see the server log".to_owned()),
                };
                match why {
                    None => {
                        if retry.is_waiting() {
                            tracing::info!("the latest entries are served again");
                        }
                        retry = Retry::default();
                        readiness.set(Obstacle::Behind, None);
                    }
                    Some(why) => {
                        retry.later();
                        let last = made.borrow().head.number;
                        let why =
                            format!("what was entered after entry {last} is not served: {why}");
                        tracing::error!("{why}");
                        readiness.set(Obstacle::Behind, Some(why));
                    }
                }
            }
        }
    }
}

/// When to try again what failed: soon, then ever less often. A new entry or a reload tries at
/// once.
#[derive(Default)]
struct Retry(Option<(Instant, Duration)>);

impl Retry {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(60);

    fn later(&mut self) {
        let wait = self
            .0
            .map_or(Self::FIRST, |(_, wait)| (wait * 2).min(Self::LONGEST));
        self.0 = Some((Instant::now() + wait, wait));
    }

    fn is_waiting(&self) -> bool {
        self.0.is_some()
    }

    /// Ends when it is time; never if nothing failed.
    async fn due(&self) {
        match self.0 {
            Some((at, _)) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

/// The work ended in a panic. The panic hook has logged it.
struct Panicked;

/// Does what takes a while and never waits (reading, assuring) on a thread that answers nobody. A
/// panic there costs this piece of work and nothing else.
async fn apart<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Panicked> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work));
    done.await.map_err(|_| Panicked)
}

/// Logs what a reload came to, and tells whoever asked.
fn tell_of(outcome: Outcome, tell: oneshot::Sender<Outcome>) {
    match &outcome {
        Ok(reloaded) => {
            let revision = &reloaded.revision;
            tracing::info!(revision, "reloaded: settings, plugins, tables and cases");
        }
        Err(refused) => {
            tracing::error!("reload rejected; still serving the previous configuration: {refused}")
        }
    }
    let _ = tell.send(outcome);
}

#[cfg(test)]
mod tests;
