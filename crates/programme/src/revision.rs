//! The revision of a programme: a digest of its inputs and its results.

use crate::{AssuredCycle, ConfiguredPlugin, Programme};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};
use std::sync::Arc;
use wcc_core::{Framework, Organisations, PluginRun};

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
        let mut pairs = self.frameworks.iter().zip(frameworks);
        self.frameworks.len() == frameworks.len()
            && pairs.all(|(own, other)| Arc::ptr_eq(own, other))
            && Arc::ptr_eq(&self.organisations, organisations)
    }
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

/// Returns a digest of the visible part of a cycle.
pub(crate) fn of_cycle(assured: &AssuredCycle) -> String {
    // The sources of records never change, and are the same for hidden records.
    digest(|to| {
        let (cycle, assurance) = (&assured.cycle, &assured.assurance);
        write!(to, "{cycle:?}\n{assurance:?}\n{:?}", assured.previous)
    })
}

/// Like [`of`], for a part of a programme. It does not depend on hidden objects, so their changes are
/// not visible. `cycles` are the digests of cycles that were assured again.
pub(crate) fn of_view<'d>(
    view: &Programme,
    again: impl Iterator<Item = (&'d str, &'d str)> + Clone,
) -> String {
    digest(|to| {
        write!(
            to,
            "{:?}\n{:?}\n{:?}",
            view.frameworks, view.organisations, view.plugins
        )?;
        view.cycles.iter().try_for_each(|assured| {
            let id = assured.cycle.id.as_str();
            match again.clone().find(|(known, _)| *known == id) {
                Some((_, digest)) => write!(to, "\n{id} {digest}"),
                None => write!(to, "\n{id} {}", of_cycle(assured)),
            }
        })?;
        let mut not_assured = view.not_assured.iter();
        not_assured.try_for_each(|one| write!(to, "\n{:?} {:?}", one.cycle, one.errors))
    })
}

fn digest(write: impl FnOnce(&mut Writer) -> fmt::Result) -> String {
    let mut digest = Writer(Sha256::new());
    let whole = write(&mut digest);
    debug_assert!(whole.is_ok(), "a digest takes every byte");
    let mut revision = HEXLOWER.encode(&digest.0.finalize());
    // Half of the digest is enough to tell programmes apart.
    revision.truncate(32);
    revision
}

struct Writer(Sha256);

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
