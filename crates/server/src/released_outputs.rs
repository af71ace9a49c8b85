//! Keeps the outputs that a release shows to people, as documents: whatever a later version of the
//! program, of the framework or of a plugin makes of the same records, what was released stays. What
//! today's calculation would change is found when the server starts, and after each reload.
//!
//! It follows the entries that are served, so a release by any face is kept, also one that was entered
//! while no server ran. A server that stops in between goes on when it starts again.

mod differences;
mod readers;

pub use differences::differences;
pub use readers::ReleaseReader;

use crate::changes::{Change, Changes};
use crate::history::LedgerHistory;
use crate::reload::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;
use wcc_api::{Api, History, OutputDifference};
use wcc_core::Actor;
use wcc_core::ledger::{AsOf, Draft, Fact};
use wcc_core::progress::bodies_below;
use wcc_core::record::{RecordFact, Release, ReleasedOutputFact};
use wcc_ledger::{
    AppendError, Document, DocumentError, DocumentKind, Documents, Hash, Ledger, Request,
};
use wcc_programme::{AssuredCycle, Programme};

/// The name under which a server makes entries itself.
const SERVER: &str = "server";

/// What is needed to keep outputs.
pub(crate) struct OutputKeeper {
    pub(crate) ledger: Ledger,
    pub(crate) documents: Documents,
    pub(crate) history: Arc<LedgerHistory>,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) changes: Changes,
}

/// Why outputs cannot be kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    /// The programme of the release cannot be assured.
    #[error("{0}")]
    History(#[from] wcc_api::HistoryError),
    /// The programme of the release does not have it.
    #[error("there was no such release at that entry")]
    NoRelease,
    /// A plugin has not answered yet.
    #[error("a plugin has not answered yet")]
    BeingChecked,
    /// The entries were made before, and withdrawn or replaced since.
    #[error("they were kept before, and withdrawn since")]
    Known,
    /// An output cannot be written.
    #[error("internal error while writing an output: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    /// A document cannot be stored.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The ledger does not accept the entries.
    #[error(transparent)]
    Entry(#[from] AppendError),
}

/// A release whose outputs are not all kept yet.
struct UnkeptRelease {
    cycle: Arc<AssuredCycle>,
    /// Number of the entry that released them.
    entry: u32,
    /// Codes of the bodies whose outputs are not kept yet.
    bodies: Vec<String>,
}

/// What is not tried again until the server starts or reloads.
#[derive(Debug, Default)]
struct GivenUp {
    /// Outputs that cannot be kept: number of the entry that released them, and code of the body.
    outputs: BTreeSet<(u32, String)>,
    /// Releases of which not all outputs can be compared: numbers of their entries.
    comparisons: BTreeSet<u32>,
}

/// The kept outputs of a release that are not compared yet.
struct KeptOutputs {
    cycle: String,
    /// Number of the entry that released them.
    release: u32,
    /// The number of each record, the code of the body, and the SHA-256 of the document.
    outputs: Vec<(u32, String, Box<str>)>,
}

impl KeepError {
    /// Whether another attempt would end in the same way.
    fn is_final(&self) -> bool {
        match self {
            KeepError::History(_) | KeepError::BeingChecked | KeepError::Document(_) => false,
            KeepError::Panicked(_) | KeepError::NoRelease | KeepError::Known => true,
            KeepError::Entry(error) => !matches!(error, AppendError::Store(_)),
        }
    }
}

impl OutputKeeper {
    /// Keeps and compares outputs until the server closes.
    pub(crate) async fn run(self, api: Api) {
        let mut changes = self.changes.listen();
        let mut given_up = GivenUp::default();
        loop {
            self.keep_missing(&mut given_up).await;
            self.compare(&api, &mut given_up).await;
            loop {
                match changes.next().await {
                    None => return,
                    Some(Change::Entries { .. } | Change::Missed) => break,
                    Some(Change::PluginResults { .. } | Change::Reloaded { .. }) => {
                        self.history.differences().clear();
                        given_up = GivenUp::default();
                        break;
                    }
                    Some(Change::Readiness { .. }) => {}
                }
            }
        }
    }

    /// Keeps the outputs of every release that are not kept yet. Those that cannot be kept at all are
    /// given up until the server starts or reloads; everything else is tried again at the next change.
    async fn keep_missing(&self, given_up: &mut GivenUp) {
        let missing = {
            let snapshot = self.snapshots.borrow();
            missing(&snapshot.programme)
        };
        for mut released in missing {
            let entry = released.entry;
            let is_left = |body: &String| !given_up.outputs.contains(&(entry, body.clone()));
            released.bodies.retain(is_left);
            if released.bodies.is_empty() {
                continue;
            }
            match self.keep(&released, given_up).await {
                Ok(()) | Err(KeepError::BeingChecked) => {}
                Err(error) => {
                    let (entry, cycle) = (released.entry, &released.cycle.cycle.id);
                    tracing::warn!(
                        "the outputs of `{cycle}` that entry {entry} released are not kept: {error}"
                    );
                    if error.is_final() {
                        let bodies = released.bodies.into_iter();
                        given_up.outputs.extend(bodies.map(|body| (entry, body)));
                    }
                }
            }
        }
    }

    async fn keep(
        &self,
        released: &UnkeptRelease,
        given_up: &mut GivenUp,
    ) -> Result<(), KeepError> {
        let programme = self
            .history
            .programme_at(AsOf::Entry(released.entry))
            .await?;
        if programme.is_being_checked() {
            return Err(KeepError::BeingChecked);
        }
        let cycle = released.cycle.cycle.id.clone();
        let (bodies, entry) = (released.bodies.clone(), released.entry);
        let outputs = self.outputs(programme, cycle, entry, bodies).await?;
        let mut drafts = Vec::with_capacity(outputs.len());
        for (body, output) in outputs {
            let Some(json) = output else {
                tracing::warn!(
                    "the output of {body} that entry {entry} released is not kept: its readers would \
                     see none"
                );
                given_up.outputs.insert((entry, body));
                continue;
            };
            let document = Document {
                kind: DocumentKind::Text,
                bytes: json.into_bytes(),
            };
            let document = self.documents.file(document).await?;
            drafts.push(Draft::from(Fact::Record {
                cycle: released.cycle.cycle.id.as_str().into(),
                record: RecordFact::ReleasedOutput(ReleasedOutputFact {
                    body: body.into(),
                    release: released.entry,
                    document: document.to_string().into(),
                    engine: concat!("wcc ", env!("CARGO_PKG_VERSION")).into(),
                    framework: self.framework(&released.cycle).into(),
                    plugins: plugins(&released.cycle),
                }),
            }));
        }
        if drafts.is_empty() {
            return Ok(());
        }
        let request = Request {
            actor: Actor::operator(SERVER),
            id: format!(
                "keep what entry {} released {:.16}",
                released.entry,
                drafts_digest(&drafts)
            ),
            drafts,
        };
        let receipt = self.ledger.append(request).await?;
        if receipt.repeated {
            return Err(KeepError::Known);
        }
        Ok(())
    }

    /// The outputs of some bodies as a release shows them, with their codes; `None` for a body without
    /// one.
    async fn outputs(
        &self,
        programme: Arc<Programme>,
        cycle: String,
        release: u32,
        bodies: Vec<String>,
    ) -> Result<Vec<(String, Option<String>)>, KeepError> {
        let policy = Arc::clone(&self.snapshots.borrow().context.policy);
        let runtime = tokio::runtime::Handle::current();
        let writing = tokio::task::spawn_blocking(move || {
            runtime.block_on(async {
                let mut reader = ReleaseReader::new(programme, policy, &cycle, release)?;
                let mut outputs = Vec::with_capacity(bodies.len());
                for body in bodies {
                    let output = reader.output(&body).await;
                    outputs.push((body, output));
                }
                Some(outputs)
            })
        });
        writing.await?.ok_or(KeepError::NoRelease)
    }

    /// Finds what today's calculation would change in the kept outputs that are not compared yet.
    async fn compare(&self, api: &Api, given_up: &mut GivenUp) {
        let mut is_compared = false;
        for compared in self.not_compared() {
            if given_up.comparisons.contains(&compared.release) {
                continue;
            }
            match self.differences_of(&compared).await {
                Ok(found) => {
                    is_compared |= !found.is_empty();
                    if found.len() < compared.outputs.len() {
                        // A document is lost; `wcc verify` says which.
                        given_up.comparisons.insert(compared.release);
                    }
                    self.history.differences().extend(found);
                }
                Err(KeepError::BeingChecked) => {}
                Err(error) => {
                    let (release, cycle) = (compared.release, &compared.cycle);
                    tracing::warn!(
                        "the outputs of `{cycle}` that entry {release} released cannot be compared: {error}"
                    );
                    if error.is_final() {
                        given_up.comparisons.insert(compared.release);
                    }
                }
            }
        }
        if is_compared {
            // Answers that were written before say that nothing is known yet.
            api.forget_answers();
        }
    }

    /// The kept outputs that are not compared yet, by release.
    fn not_compared(&self) -> Vec<KeptOutputs> {
        let programme = self.snapshots.borrow().programme.clone();
        let known = self.history.differences();
        let mut all: BTreeMap<(String, u32), Vec<_>> = BTreeMap::new();
        for assured in &programme.cycles {
            let cycle = &assured.cycle;
            for kept in cycle.records.released_outputs.iter() {
                if !known.contains_key(&kept.record.0) {
                    let body = cycle.organisations.body(kept.body).code.clone();
                    let key = (cycle.id.clone(), kept.release);
                    let output = (kept.record.0, body, kept.document.clone());
                    all.entry(key).or_default().push(output);
                }
            }
        }
        let all = all.into_iter();
        all.map(|((cycle, release), outputs)| KeptOutputs {
            cycle,
            release,
            outputs,
        })
        .collect()
    }

    async fn differences_of(
        &self,
        compared: &KeptOutputs,
    ) -> Result<Vec<(u32, Arc<[OutputDifference]>)>, KeepError> {
        let release = AsOf::Entry(compared.release);
        let programme = self.history.programme_at(release).await?;
        if programme.is_being_checked() {
            return Err(KeepError::BeingChecked);
        }
        let bodies = compared.outputs.iter().map(|(_, body, _)| body.clone());
        let (cycle, bodies) = (compared.cycle.clone(), bodies.collect());
        let today = self
            .outputs(programme, cycle, compared.release, bodies)
            .await?;
        let mut found = Vec::with_capacity(today.len());
        for ((record, _, document), (_, today)) in compared.outputs.iter().zip(today) {
            let Ok(hash) = document.parse() else { continue };
            let Some(kept) = self.documents.find(hash).await? else {
                continue;
            };
            let kept = String::from_utf8_lossy(&kept.bytes);
            let differences = differences(&kept, today.as_deref());
            found.push((*record, differences.into()));
        }
        Ok(found)
    }

    /// The framework of a cycle, with the digest of its wording.
    fn framework(&self, cycle: &AssuredCycle) -> String {
        let id = &cycle.cycle.framework.id;
        let digest = self.ledger.look(|state| {
            let opened = state.cycle_entry(&cycle.cycle.id)?;
            let frameworks = state.frameworks_at(opened).into_iter();
            let mut texts = frameworks.map(|(_, text)| text);
            let text = texts.find(|text| *text.id == **id)?;
            Some(Hash::of(text.text.as_bytes()))
        });
        match digest {
            Some(digest) => format!("{id} {digest}"),
            None => id.clone(),
        }
    }
}

/// The outputs of a programme that were released and are not kept.
fn missing(programme: &Programme) -> Vec<UnkeptRelease> {
    let mut missing = Vec::new();
    for cycle in &programme.cycles {
        let records = &cycle.cycle.records;
        for Release { record, body, .. } in records.releases.iter() {
            let kept = |body| {
                let mut kept = records.released_outputs.iter();
                kept.any(|kept| kept.body == body && kept.release == record.0)
            };
            let bodies = bodies_below(&cycle.cycle, *body).into_iter();
            let bodies: Vec<String> = bodies
                .filter(|body| !kept(*body))
                .map(|body| cycle.cycle.organisations.body(body).code.clone())
                .collect();
            if !bodies.is_empty() {
                missing.push(UnkeptRelease {
                    cycle: Arc::clone(cycle),
                    entry: record.0,
                    bodies,
                });
            }
        }
    }
    missing
}

/// A digest of drafts, for the identifier of their request.
fn drafts_digest(drafts: &[Draft]) -> String {
    Hash::of(format!("{drafts:?}").as_bytes()).to_string()
}

/// The plugins of a cycle, each with its version and the digest of its library.
fn plugins(cycle: &AssuredCycle) -> Vec<Box<str>> {
    let runs = cycle.assurance.plugins.iter();
    runs.map(|run| {
        let plugin = &run.plugin;
        format!("{} {} {}", plugin.id, plugin.version, plugin.digest).into()
    })
    .collect()
}
