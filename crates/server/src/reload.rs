//! The snapshot that is served, and the queue that replaces it while the server runs.
//!
//! A reload applies changed plugins, cases and tables; new entries of the ledger are applied as
//! soon as they arrive. The new snapshot is built while the previous one is served, and then
//! replaces it as a whole. If anything is wrong with it, the previous snapshot stays. Signals,
//! requests and new entries wait in one queue, so that changes are applied one at a time.

mod timing;

use crate::changes::{Change, Changes};
use crate::configuration::{Configuration, ConfigurationError, ConfigurationSource};
use crate::facts::{GatherError, OpenFacts, gather};
use crate::readiness::{Obstacle, Readiness};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use timing::{Batching, Retry};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use wcc_api::Api;
use wcc_case::{Case, Problems};
use wcc_core::ledger::AsOf;
use wcc_host::{Patience, Plugins, Worker};
use wcc_ledger::{Head, Ledger};
use wcc_policy::{CedarPolicy, PolicyProblems};
use wcc_programme::{Beside, Programme, ProgrammeError, ReferenceData};
use wcc_tokens::TokenVerifier;

/// How long a start or reload waits for plugins. Outputs covered by a slower plugin say "being
/// checked" until it has answered.
const START_PATIENCE: Patience = Patience::AtMost(Duration::from_millis(800));
/// How long a refresh for new entries waits for plugins. An entry that arrives during a refresh
/// waits for the next one as well.
const REFRESH_PATIENCE: Patience = Patience::AtMost(Duration::from_millis(400));

/// How many reloads may wait. A waiting reload will see all changes made before it starts.
const QUEUE_LENGTH: usize = 8;

/// Why a snapshot cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The settings are malformed.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A framework file, a table of bodies or a case is malformed.
    #[error("{}", .0.to_string().trim_end())]
    Input(#[from] Problems),
    /// A policy is malformed.
    #[error(transparent)]
    Policies(#[from] PolicyProblems),
    /// The cycles contradict each other.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
    /// The facts of the ledger cannot be gathered.
    #[error(transparent)]
    Facts(#[from] GatherError),
}

/// Why a reload was rejected. The previous snapshot is still served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// Some plugins cannot be used.
    #[error("{}", join(.0))]
    Plugins(Vec<wcc_host::Failure>),
    /// Something else cannot be read or assured.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// Too many reloads are waiting already.
    #[error("too many reloads are already waiting; try again later")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopping,
    /// The reload panicked; the log has the details.
    #[error("internal error while reloading; see the server log")]
    Panicked,
}

fn join(failures: &[wcc_host::Failure]) -> String {
    let sentences: Vec<String> = failures.iter().map(ToString::to_string).collect();
    sentences.join("; ")
}

/// One plugin of the set in use.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ServedPlugin {
    /// Its identifier.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its library, in hexadecimal.
    pub digest: String,
    /// The trusted key that signed it.
    #[serde(rename = "signedBy", skip_serializing_if = "Option::is_none")]
    pub signed_by: Option<String>,
    /// Why it cannot be used; absent if it is available.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
}

/// The result of a reload.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ReloadReport {
    /// The revision of the programme.
    pub revision: String,
    /// The plugins, in the order of their identifiers.
    pub plugins: Vec<ServedPlugin>,
}

/// The frameworks, tables and plugins for assuring a programme, and the policy. A reload replaces
/// it as a whole.
pub(crate) struct AssuranceContext {
    pub(crate) reference: ReferenceData,
    pub(crate) plugins: Plugins,
    pub(crate) policy: Arc<CedarPolicy>,
}

/// A programme, the context in which it was assured, and the last ledger entry that it includes.
pub(crate) struct Snapshot {
    pub(crate) context: Arc<AssuranceContext>,
    pub(crate) programme: Programme,
    pub(crate) head: Head,
    /// The cases on which it is based; empty if the facts come from a ledger.
    cases: Arc<Vec<Case>>,
}

impl Snapshot {
    /// Returns this snapshot as the starting point for another programme in the same context.
    pub(crate) fn beside(&self) -> Beside<'_> {
        Beside {
            programme: &self.programme,
            entry: self.head.number,
        }
    }
}

/// Builds snapshots and publishes them.
pub(crate) struct Publisher {
    configuration: ConfigurationSource,
    facts: OpenFacts,
    /// Verifies tokens by the issuers in the configuration.
    tokens: Arc<TokenVerifier>,
    /// The snapshot that is served. Queries for earlier states use its context.
    snapshot: watch::Sender<Arc<Snapshot>>,
    /// The stream on which new snapshots are announced.
    changes: Changes,
}

impl Publisher {
    /// Builds the first snapshot. `worker` runs the plugins.
    pub(crate) async fn start(
        configuration: ConfigurationSource,
        facts: OpenFacts,
        worker: Worker,
        tokens: Arc<TokenVerifier>,
    ) -> Result<Publisher, SnapshotError> {
        let read = configuration.read()?;
        let reference = read_reference(&read)?;
        let policy = read_policy(&read)?;
        let admission = reference.admission(read.trust);
        let plugins = Plugins::load_trusting(read.plugins, worker, admission).await;
        let reference = reference.with_local_outcomes(&plugins);
        let context = Arc::new(AssuranceContext {
            reference,
            plugins,
            policy,
        });
        let cases = read_cases(&facts, &context)?;
        let (programme, head) = assure(&facts, &context, &cases, None, START_PATIENCE).await?;
        log_not_assured(&programme, None);
        tokens.set_issuers(read.tokens);
        let snapshot = Snapshot {
            context,
            programme,
            head,
            cases,
        };
        Ok(Publisher {
            configuration,
            facts,
            tokens,
            snapshot: watch::Sender::new(Arc::new(snapshot)),
            changes: Changes::new(),
        })
    }

    /// The stream of changes.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The source of the facts.
    pub(crate) fn facts(&self) -> &OpenFacts {
        &self.facts
    }

    /// The context of the current snapshot.
    pub(crate) fn context(&self) -> Arc<AssuranceContext> {
        Arc::clone(&self.snapshot.borrow().context)
    }

    /// The programme that is served.
    pub(crate) fn programme(&self) -> Programme {
        self.snapshot.borrow().programme.clone()
    }

    /// The current snapshot and all later ones.
    pub(crate) fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshot.subscribe()
    }

    /// Reads settings, plugins, tables and cases again, and makes the API serve them. If anything
    /// is wrong with them, nothing changes.
    async fn reload(&self, api: &Api) -> Result<ReloadReport, ReloadError> {
        let read = self.configuration.read().map_err(SnapshotError::from)?;
        let reference = read_reference(&read)?;
        let policy = read_policy(&read)?;
        let plugins = self
            .context()
            .plugins
            .reload_or_keep(read.plugins, reference.admission(read.trust))
            .await
            .map_err(ReloadError::Plugins)?;
        let reference = reference.with_local_outcomes(&plugins);
        let context = Arc::new(AssuranceContext {
            reference,
            plugins,
            policy,
        });
        let cases = read_cases(&self.facts, &context)?;
        let (programme, head) = assure(&self.facts, &context, &cases, None, START_PATIENCE).await?;
        let report = ReloadReport {
            revision: programme.revision.clone(),
            plugins: context.plugins.each().map(served_plugin).collect(),
        };
        // The policy is replaced first, so that nobody sees the new programme under the old policy.
        self.set_policy(api, &context);
        self.tokens.set_issuers(read.tokens);
        self.publish(api, context, programme, head, cases);
        let revision = report.revision.clone();
        self.changes.publish(Change::Reloaded { revision });
        Ok(report)
    }

    /// Makes the API and the ledger use the current policy.
    pub(crate) fn apply_policy(&self, api: &Api) {
        self.set_policy(api, &self.context());
    }

    fn set_policy(&self, api: &Api, context: &AssuranceContext) {
        api.set_policy(context.policy.clone());
        if let Some(ledger) = self.facts.ledger() {
            ledger.set_policy(context.policy.clone());
        }
    }

    /// Makes the API serve new entries of the ledger and new answers of plugins. Cycles without
    /// either stay as they are.
    async fn refresh(&self, api: &Api) -> Result<(), SnapshotError> {
        let snapshot = Arc::clone(&self.snapshot.borrow());
        let (context, cases) = (Arc::clone(&snapshot.context), Arc::clone(&snapshot.cases));
        let beside = Some(snapshot.beside());
        let (programme, head) =
            assure(&self.facts, &context, &cases, beside, REFRESH_PATIENCE).await?;
        let revision = programme.revision.clone();
        let has_entries = self.publish(api, context, programme, head, cases);
        if !has_entries && revision != snapshot.programme.revision {
            self.changes.publish(Change::PluginResults { revision });
        }
        Ok(())
    }

    /// Makes the API serve a programme, and announces its new entries. Returns whether there are
    /// any.
    fn publish(
        &self,
        api: &Api,
        context: Arc<AssuranceContext>,
        programme: Programme,
        head: Head,
        cases: Arc<Vec<Case>>,
    ) -> bool {
        log_not_assured(&programme, Some(&self.snapshot.borrow().programme));
        match self.facts {
            OpenFacts::Cases(_) => api.replace(programme.clone()),
            OpenFacts::Ledger(..) => api.replace_at(programme.clone(), head),
        }
        let revision = programme.revision.clone();
        let before = self.snapshot.send_replace(Arc::new(Snapshot {
            context,
            programme,
            head,
            cases,
        }));
        let (first, last) = (before.head.number + 1, head.number);
        let new = self.facts.ledger().filter(|_| first <= last);
        if let Some(ledger) = new {
            let change = entries_change(ledger, first, last, revision);
            self.changes.publish(change);
        }
        new.is_some()
    }
}

/// Describes new entries for listeners.
fn entries_change(ledger: &Ledger, first: u32, last: u32, revision: String) -> Change {
    let (cycles, beyond_cycles) = ledger.look(|state| {
        let mut cycles = BTreeSet::new();
        let mut beyond_cycles = false;
        for number in first..=last {
            match state.cycle_of(number) {
                Some(cycle) if cycles.contains(cycle) => {}
                Some(cycle) => {
                    cycles.insert(cycle.to_owned());
                }
                None => beyond_cycles = true,
            }
        }
        (cycles, beyond_cycles)
    });
    Change::Entries {
        first,
        last,
        cycles: cycles.into_iter().collect(),
        beyond_cycles,
        revision,
    }
}

/// Returns when the ledger has new entries; never if there is no ledger.
async fn next_entries(heads: &mut Option<watch::Receiver<Head>>) {
    if let Some(heads) = heads
        && heads.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

fn served_plugin(plugin: &wcc_host::Plugin) -> ServedPlugin {
    let identity = plugin.identity();
    ServedPlugin {
        id: identity.id.clone(),
        version: identity.version.clone(),
        digest: identity.digest.clone(),
        signed_by: plugin.signed_by().map(str::to_owned),
        unavailable: plugin.failure().map(|failure| failure.cause.to_string()),
    }
}

fn read_reference(configuration: &Configuration) -> Result<ReferenceData, SnapshotError> {
    let (frameworks, organisations) = (&configuration.frameworks, &configuration.organisations);
    Ok(ReferenceData::read(frameworks, organisations)?)
}

/// Reads the policies of the configured folder, or those that ship.
fn read_policy(configuration: &Configuration) -> Result<Arc<CedarPolicy>, SnapshotError> {
    let policy = match &configuration.policies {
        Some(folder) => CedarPolicy::read_folder(folder)?,
        None => CedarPolicy::shipped()?,
    };
    Ok(Arc::new(policy))
}

/// Reads the cases in the configured folders; none if the facts come from a ledger.
fn read_cases(
    facts: &OpenFacts,
    context: &AssuranceContext,
) -> Result<Arc<Vec<Case>>, SnapshotError> {
    let folders: &[PathBuf] = match facts {
        OpenFacts::Cases(folders) => folders,
        OpenFacts::Ledger(..) => &[],
    };
    let mut cases = Vec::with_capacity(folders.len());
    for folder in folders {
        let (frameworks, tables) = (&context.reference.frameworks, &context.reference.tables);
        let case = wcc_case::case::read(folder, frameworks, tables)?;
        for cycle in &case.cycles {
            log_warnings(&cycle.warnings);
        }
        cases.push(case);
    }
    Ok(Arc::new(cases))
}

/// Logs warnings: things that are allowed but are probably mistakes.
fn log_warnings(warnings: &Problems) {
    for warning in &warnings.problems {
        tracing::warn!("{warning}");
    }
    if warnings.more > 0 {
        tracing::warn!("and {} more warnings", warnings.more);
    }
}

/// Logs the cycles that are newly not assured, and those that are assured again.
fn log_not_assured(programme: &Programme, before: Option<&Programme>) {
    for cycle in &programme.not_assured {
        let known = before.and_then(|before| before.not_assured(&cycle.cycle.id));
        if known.is_none_or(|known| known.errors != cycle.errors) {
            tracing::warn!("{cycle}; the other cycles are served");
        }
    }
    let resolved = before.into_iter().flat_map(|before| &before.not_assured);
    for cycle in resolved.filter(|cycle| programme.cycle(&cycle.cycle.id).is_some()) {
        tracing::info!("the cycle `{}` is assured again", cycle.cycle.id);
    }
}

/// Assures all facts. Returns the programme and the head of the ledger that it includes.
async fn assure(
    facts: &OpenFacts,
    context: &AssuranceContext,
    cases: &[Case],
    beside: Option<Beside<'_>>,
    patience: Patience,
) -> Result<(Programme, Head), SnapshotError> {
    #[cfg(test)]
    tests::panic_if_requested();
    let AssuranceContext {
        reference, plugins, ..
    } = context;
    let (frameworks, tables) = (&reference.frameworks, &reference.tables);
    match facts {
        OpenFacts::Cases(_) => {
            let cases = cases.to_vec();
            let programme =
                Programme::assure_within(frameworks, tables, cases, plugins, patience).await?;
            Ok((programme, Head::START))
        }
        OpenFacts::Ledger(ledger, _) => {
            let head = ledger.head();
            let standing = gather(ledger, Some(AsOf::Entry(head.number)), beside)?;
            let programme =
                Programme::assure_standing_within(standing, frameworks, tables, plugins, patience)
                    .await?;
            Ok((programme, head))
        }
    }
}

type ReloadResult = Result<ReloadReport, ReloadError>;

/// The queue of reloads. All clones share one queue.
#[derive(Clone)]
pub(crate) struct ReloadQueue {
    requests: mpsc::Sender<oneshot::Sender<ReloadResult>>,
}

impl ReloadQueue {
    /// Starts the queue. It ends when every clone has been dropped.
    pub(crate) fn start(publisher: Arc<Publisher>, api: Api, readiness: Readiness) -> ReloadQueue {
        let (requests, waiting) = mpsc::channel(QUEUE_LENGTH);
        tokio::spawn(run_queue(publisher, Arc::new(api), readiness, waiting));
        ReloadQueue { requests }
    }

    /// Waits for its turn, then reloads. The reload continues and is logged even if the caller
    /// stops waiting.
    pub(crate) async fn reload(&self) -> ReloadResult {
        let (reply, result) = oneshot::channel();
        self.requests.try_send(reply).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ReloadError::Busy,
            mpsc::error::TrySendError::Closed(_) => ReloadError::Stopping,
        })?;
        result.await.unwrap_or(Err(ReloadError::Stopping))
    }
}

/// The next job of the queue.
enum Job {
    /// Reload, and reply with the result.
    Reload(oneshot::Sender<ReloadResult>),
    /// Serve new entries and new answers of plugins.
    Refresh,
}

async fn run_queue(
    publisher: Arc<Publisher>,
    api: Arc<Api>,
    readiness: Readiness,
    mut requests: mpsc::Receiver<oneshot::Sender<ReloadResult>>,
) {
    let mut heads = publisher.facts.ledger().map(Ledger::heads);
    let mut batching = Batching::default();
    let mut retry = Retry::default();
    let mut answers = publisher.context().plugins.answers();
    // A plugin may have answered since the first snapshot was built.
    answers.mark_changed();
    loop {
        let being_checked = publisher.programme().is_being_checked();
        let job = tokio::select! {
            request = requests.recv() => match request {
                Some(reply) => Job::Reload(reply),
                None => return,
            },
            () = next_entries(&mut heads) => {
                if let Some(heads) = &mut heads {
                    batching.wait(heads).await;
                }
                Job::Refresh
            }
            Ok(()) = answers.changed(), if being_checked => Job::Refresh,
            () = retry.due() => Job::Refresh,
        };
        let (publisher, api) = (Arc::clone(&publisher), Arc::clone(&api));
        match job {
            Job::Reload(reply) => {
                let result = run_on_own_thread(async move { publisher.reload(&api).await }).await;
                let result = result.unwrap_or(Err(ReloadError::Panicked));
                if result.is_ok() {
                    retry = Retry::default();
                    readiness.set(Obstacle::Behind, None);
                }
                log_reload(&result);
                // The caller may have stopped waiting.
                let _ = reply.send(result);
            }
            Job::Refresh => {
                let snapshots = publisher.snapshots();
                let (before, started) = (snapshots.borrow().head.number, Instant::now());
                let refreshed =
                    run_on_own_thread(async move { publisher.refresh(&api).await }).await;
                let served = snapshots.borrow().head.number;
                let last = heads.as_ref().map(|heads| heads.borrow().number);
                let last = last.unwrap_or_default();
                batching.note(before, served, last, started.elapsed());
                let cause = match refreshed {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(Panicked) => Some("internal error; see the server log".to_owned()),
                };
                match cause {
                    None => {
                        if retry.is_waiting() {
                            tracing::info!("the latest entries are served again");
                        }
                        retry = Retry::default();
                        readiness.set(Obstacle::Behind, None);
                    }
                    Some(cause) => {
                        retry.schedule();
                        let last = snapshots.borrow().head.number;
                        let why = format!("entries after entry {last} are not served: {cause}");
                        tracing::error!("{why}");
                        // `/readyz` tells it to anybody: neither a number nor a name.
                        let why = "the latest entries are not served; see the server log";
                        readiness.set(Obstacle::Behind, Some(why.to_owned()));
                    }
                }
            }
        }
    }
}

/// The work panicked. The panic hook has logged it.
struct Panicked;

/// Runs long work (reading, assuring) on a thread that answers no requests. A panic there loses
/// only this work.
async fn run_on_own_thread<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Panicked> {
    let runtime = Handle::current();
    let result = tokio::task::spawn_blocking(move || runtime.block_on(work));
    result.await.map_err(|_| Panicked)
}

/// Logs the result of a reload.
fn log_reload(result: &ReloadResult) {
    match result {
        Ok(report) => {
            let revision = &report.revision;
            tracing::info!(revision, "reloaded: settings, plugins, tables and cases");
        }
        Err(error) => {
            tracing::error!("reload rejected; still serving the previous configuration: {error}");
        }
    }
}

#[cfg(test)]
mod tests;
