//! The revision of a programme: a digest of its inputs and its results.

use crate::{AssuredCycle, ConfiguredPlugin, Programme};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::Arc;
use wcc_core::cycle::CycleChanges;
use wcc_core::record::Records;
use wcc_core::{BodyIndex, Cycle, Framework, Organisations, PluginRun};

/// The parts of a programme that do not depend on cycles, with their digest, because they seldom
/// change.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) frameworks: Vec<Arc<Framework>>,
    pub(crate) organisations: Arc<Organisations>,
    pub(crate) plugins: Arc<[ConfiguredPlugin]>,
    digest: String,
}

impl Configuration {
    pub(crate) fn new(
        frameworks: Vec<Arc<Framework>>,
        organisations: Arc<Organisations>,
        plugins: Vec<ConfiguredPlugin>,
    ) -> Configuration {
        // Debug output contains every field of every value, without a format to maintain.
        let digest = digest(|to| write!(to, "{frameworks:?}\n{organisations:?}\n{plugins:?}"));
        Configuration {
            frameworks,
            organisations,
            plugins: plugins.into(),
            digest,
        }
    }

    /// Whether it has these frameworks and bodies.
    pub(crate) fn has(
        &self,
        frameworks: &[Arc<Framework>],
        organisations: &Arc<Organisations>,
    ) -> bool {
        are_same(&self.frameworks, frameworks) && Arc::ptr_eq(&self.organisations, organisations)
    }
}

fn are_same(one: &[Arc<Framework>], other: &[Arc<Framework>]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| Arc::ptr_eq(one, other))
}

/// The digest of a plugin's run on a cycle.
pub(crate) type RunDigest = String;

/// Returns a digest of each run. Digests of runs in another programme are taken from there.
pub(crate) fn digests_of(runs: &[Arc<PluginRun>], before: Option<&AssuredCycle>) -> Vec<RunDigest> {
    let known = |run: &Arc<PluginRun>| {
        let before = before?;
        let mut runs = before.assurance.plugins.iter().zip(&before.runs);
        let found = runs.find(|(known, _)| Arc::ptr_eq(known, run));
        found.map(|(_, digest)| digest.clone())
    };
    let each = runs.iter();
    each.map(|run| known(run).unwrap_or_else(|| digest(|to| write!(to, "{run:?}"))))
        .collect()
}

/// Returns the revision of a programme. Programmes that give different answers to any query have
/// different revisions.
pub(crate) fn of(programme: &Programme) -> String {
    digest(|to| {
        write!(
            to,
            "{}\n{:?}",
            programme.configuration.digest, programme.cycles
        )
    })
}

/// Returns the revision of a programme of a ledger. The moment identifies all entries up to it, so
/// the records of a nation need not be read for each new entry. The answers of plugins are included,
/// because they may differ.
pub(crate) fn of_standing(moment: &str, programme: &Programme) -> String {
    digest(|to| {
        let version = env!("CARGO_PKG_VERSION");
        write!(to, "{moment} {version}\n{}", programme.configuration.digest)?;
        let mut cycles = programme.cycles.iter();
        cycles.try_for_each(|one| write!(to, "\n{} {:?}", one.cycle.id, one.runs))
    })
}

/// The digests from which the revision of a view is computed. They do not depend on hidden objects, so
/// changes of these are not visible.
///
/// Like that of a ledger's programme, the revision identifies the results by what they follow from:
/// the records, the answers of plugins, and last year's cycle, which is part of the view. The records
/// are digested by body, so that after an entry those of a nation need not be read again.
#[derive(Clone, Debug, Default)]
pub(crate) struct ViewDigests {
    shared: Option<SharedDigest>,
    cycles: Vec<CycleDigests>,
}

/// The digest of what all cycles of a view share.
#[derive(Clone, Debug)]
struct SharedDigest {
    frameworks: Vec<Arc<Framework>>,
    organisations: Arc<Organisations>,
    plugins: Arc<[ConfiguredPlugin]>,
    digest: String,
}

/// The digests of a cycle.
#[derive(Clone, Debug)]
struct CycleDigests {
    cycle: Arc<AssuredCycle>,
    /// The digest of everything but the records.
    description: String,
    /// The digests of the records on each body.
    by_body: BTreeMap<BodyIndex, String>,
}

impl ViewDigests {
    /// The digests of a view. Those that an earlier view has as well are taken from there.
    pub(crate) fn of(view: &Programme, before: Option<&ViewDigests>) -> ViewDigests {
        let shared = before.and_then(|before| before.shared.as_ref());
        let shared = shared.filter(|shared| shared.is_of(view));
        let cycles = view.cycles.iter().map(|cycle| {
            let known = before.and_then(|before| before.digests_of(&cycle.cycle.id));
            CycleDigests::of(cycle, known)
        });
        ViewDigests {
            cycles: cycles.collect(),
            shared: Some(shared.map_or_else(|| SharedDigest::of(view), SharedDigest::clone)),
        }
    }

    fn digests_of(&self, id: &str) -> Option<&CycleDigests> {
        let mut cycles = self.cycles.iter();
        cycles.find(|digests| digests.cycle.cycle.id == id)
    }

    /// The revision of the view.
    pub(crate) fn revision(&self, view: &Programme) -> String {
        digest(|to| {
            let shared = self.shared.as_ref().map(|shared| &shared.digest);
            write!(to, "{} {shared:?}", env!("CARGO_PKG_VERSION"))?;
            for digests in &self.cycles {
                let CycleDigests {
                    cycle,
                    description,
                    by_body,
                } = digests;
                let (runs, previous) = (&cycle.runs, &cycle.previous);
                write!(to, "\n{description} {by_body:?} {runs:?} {previous:?}")?;
            }
            let mut not_assured = view.not_assured.iter();
            not_assured.try_for_each(|one| write!(to, "\n{:?} {:?}", one.cycle, one.errors))
        })
    }
}

impl SharedDigest {
    fn of(view: &Programme) -> SharedDigest {
        let Programme {
            frameworks,
            organisations,
            plugins,
            ..
        } = view;
        SharedDigest {
            digest: digest(|to| write!(to, "{frameworks:?}\n{organisations:?}\n{plugins:?}")),
            frameworks: frameworks.clone(),
            organisations: Arc::clone(organisations),
            plugins: Arc::clone(plugins),
        }
    }

    fn is_of(&self, view: &Programme) -> bool {
        are_same(&self.frameworks, &view.frameworks)
            && Arc::ptr_eq(&self.organisations, &view.organisations)
            && Arc::ptr_eq(&self.plugins, &view.plugins)
    }
}

impl CycleDigests {
    /// The digests of a cycle, of which an earlier version may be known.
    fn of(cycle: &Arc<AssuredCycle>, known: Option<&CycleDigests>) -> CycleDigests {
        let changes = |known: &CycleDigests| {
            let changes = CycleChanges::between(&known.cycle.cycle, &cycle.cycle)?;
            Some((known.clone(), changes.bodies()))
        };
        let Some((mut digests, changed)) = known.and_then(changes) else {
            return CycleDigests {
                description: description_of(&cycle.cycle),
                by_body: record_digests(&cycle.cycle, |_| true),
                cycle: Arc::clone(cycle),
            };
        };
        digests.cycle = Arc::clone(cycle);
        if !changed.is_empty() {
            digests.by_body.retain(|body, _| !changed.contains(body));
            let anew = record_digests(&cycle.cycle, |body| changed.contains(&body));
            digests.by_body.extend(anew);
        }
        digests
    }
}

/// The digest of everything in a cycle but its records.
fn description_of(cycle: &Cycle) -> String {
    let description = Cycle {
        records: Records::default(),
        ..cycle.clone()
    };
    digest(|to| write!(to, "{description:?}"))
}

/// The digests of the records on each of some bodies.
fn record_digests(
    cycle: &Cycle,
    is_selected: impl Fn(BodyIndex) -> bool,
) -> BTreeMap<BodyIndex, String> {
    let mut by_body: BTreeMap<BodyIndex, Writer> = BTreeMap::new();
    let records = cycle.records.each();
    for record in records.filter(|record| is_selected(record.body())) {
        let digest = by_body.entry(record.body()).or_default();
        let written = writeln!(digest, "{record:?}");
        debug_assert!(written.is_ok(), "a digest takes every byte");
    }
    let digests = by_body.into_iter();
    digests
        .map(|(body, digest)| (body, digest.finish()))
        .collect()
}

fn digest(write: impl FnOnce(&mut Writer) -> fmt::Result) -> String {
    let mut digest = Writer::default();
    let whole = write(&mut digest);
    debug_assert!(whole.is_ok(), "a digest takes every byte");
    digest.finish()
}

#[derive(Default)]
struct Writer(Sha256);

impl Writer {
    fn finish(self) -> String {
        let mut digest = HEXLOWER.encode(&self.0.finalize());
        // Half of the digest is enough to tell programmes apart.
        digest.truncate(32);
        digest
    }
}

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
