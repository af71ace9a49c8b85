//! Taking in changed plugins, cases and tables while the server runs.
//!
//! Everything new is read, loaded and assured beside what is being served, and swapped in whole;
//! whatever is wrong with it leaves the old one serving. Signals and requests wait in one queue, so
//! that one reload follows the other.

use crate::cli::Failure;
use crate::load::{self, Shipped};
use crate::settings::Settings;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use wcc_api::Api;
use wcc_host::{Confinement, Plugins};
use wcc_programme::Programme;

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

/// What is being served, and what it was made from.
pub(crate) struct Serving {
    config: Option<PathBuf>,
    cases: Vec<PathBuf>,
    plugins: Plugins,
}

impl Serving {
    /// Reads and assures everything for the first time.
    pub(crate) async fn start(
        config: Option<PathBuf>,
        cases: Vec<PathBuf>,
        settings: &Settings,
    ) -> Result<(Serving, Programme), Failure> {
        let plugins = load::configured(settings).await?;
        let programme = assured(settings, &cases, &plugins).await?;
        Ok((
            Serving {
                config,
                cases,
                plugins,
            },
            programme,
        ))
    }

    /// The configured plugins that cannot be used.
    pub(crate) fn failures(&self) -> impl Iterator<Item = wcc_host::Failure> {
        self.plugins.failures()
    }

    /// How far the plugins' workers are confined on this system.
    pub(crate) fn confinement(&self) -> &Confinement {
        self.plugins.confinement()
    }

    /// Reads settings, plugins, tables and cases again, and has the API serve them. Where anything
    /// is wrong with them, nothing has changed.
    async fn reload(&mut self, api: &Api) -> Result<Reloaded, Refused> {
        let settings = Settings::read(self.config.as_deref(), &[])?;
        let plugins = self
            .plugins
            .reload_or_keep(settings.plugins.clone(), settings.trust.clone())
            .await
            .map_err(Refused::Plugins)?;
        let programme = assured(&settings, &self.cases, &plugins).await?;
        let reloaded = Reloaded {
            revision: programme.revision.clone(),
            plugins: plugins.each().map(served).collect(),
        };
        api.replace(programme);
        self.plugins = plugins;
        Ok(reloaded)
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

async fn assured(
    settings: &Settings,
    cases: &[PathBuf],
    plugins: &Plugins,
) -> Result<Programme, Failure> {
    let shipped = Shipped::read(settings)?;
    let cases = load::cases(cases, &shipped)?;
    Ok(Programme::assure(&shipped.frameworks, &shipped.tables, cases, plugins).await?)
}

type Outcome = Result<Reloaded, Refused>;

/// The queue of reloads.
#[derive(Clone)]
pub(crate) struct Reloads {
    asks: mpsc::Sender<oneshot::Sender<Outcome>>,
}

impl Reloads {
    /// Begins to take reloads, for as long as somebody can ask for one.
    pub(crate) fn of(serving: Serving, api: Api) -> Reloads {
        let (asks, asked) = mpsc::channel(WAITING);
        tokio::spawn(in_turn(serving, api, asked));
        Reloads { asks }
    }

    /// Reloads once it is this one's turn. Goes on, and is logged, where nobody waits for the
    /// outcome any more.
    pub(crate) async fn ask(&self) -> Outcome {
        let (tell, told) = oneshot::channel();
        let full = Refused::Busy("too many reloads are waiting already");
        self.asks.try_send(tell).map_err(|_| full)?;
        let ended = Refused::Busy("the server is stopping");
        told.await.unwrap_or(Err(ended))
    }
}

async fn in_turn(
    mut serving: Serving,
    api: Api,
    mut asked: mpsc::Receiver<oneshot::Sender<Outcome>>,
) {
    let api = Arc::new(api);
    while let Some(tell) = asked.recv().await {
        // Reading and assuring take a while and never wait: not on a thread that answers.
        let (runtime, beside) = (Handle::current(), Arc::clone(&api));
        let reload = tokio::task::spawn_blocking(move || {
            let outcome = runtime.block_on(serving.reload(&beside));
            (serving, outcome)
        });
        let Ok((kept, outcome)) = reload.await else {
            tracing::error!("reloading failed by a mistake of ours; restart to reload again");
            return;
        };
        serving = kept;
        match &outcome {
            Ok(reloaded) => {
                let revision = &reloaded.revision;
                tracing::info!(revision, "reloaded: settings, plugins, tables and cases");
            }
            Err(refused) => tracing::error!("not reloaded, the old stays: {refused}"),
        }
        let _ = tell.send(outcome);
    }
}
