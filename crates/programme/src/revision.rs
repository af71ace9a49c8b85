//! The name of a picture: a digest of everything that it was made from and of what came out.

use crate::{AssuredCycle, ConfiguredPlugin, Programme};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};
use std::sync::Arc;
use wcc_core::{Framework, Organisations, PluginRun};

/// What a picture holds beside its cycles. It seldom changes, so its digest is kept with it.
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
        // Debug output names every field of every value, and needs no format of its own to keep up.
        let digest = digest(|to| write!(to, "{frameworks:?}\n{organisations:?}\n{plugins:?}"));
        Configuration {
            frameworks,
            organisations,
            plugins: plugins.into(),
            digest,
        }
    }

    /// Whether it has these very frameworks and bodies.
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

/// The digest of what one plugin said of a cycle.
pub(crate) type RunDigest = String;

/// A digest of each run. Those that another picture has as well are taken from there.
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

/// The revision of a programme. Two that answer any query differently have different revisions.
pub(crate) fn of(programme: &Programme) -> String {
    digest(|to| {
        write!(
            to,
            "{}\n{:?}",
            programme.configuration.digest, programme.cycles
        )
    })
}

/// The same for a programme that was made of a ledger. The moment stands for everything that was
/// entered until then, so that a nation's records need not be gone through for each new entry;
/// what plugins said comes from outside, and may differ.
pub(crate) fn of_standing(moment: &str, programme: &Programme) -> String {
    digest(|to| {
        let version = env!("CARGO_PKG_VERSION");
        write!(to, "{moment} {version}\n{}", programme.configuration.digest)?;
        let mut cycles = programme.cycles.iter();
        cycles.try_for_each(|one| write!(to, "\n{} {:?}", one.cycle.id, one.runs))
    })
}

/// A digest of what is seen of a cycle.
pub(crate) fn of_cycle(assured: &AssuredCycle) -> String {
    // Where records come from never changes, and would be the same for hidden ones.
    digest(|to| {
        let (cycle, assurance) = (&assured.cycle, &assured.assurance);
        write!(to, "{cycle:?}\n{assurance:?}\n{:?}", assured.previous)
    })
}

/// The same as [`of`] for a part of a programme. Nothing in it depends on what is hidden, so that
/// a change of that shows nowhere. `cycles` are the digests of those that were assured again.
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
    let mut revision = String::with_capacity(32);
    for byte in &digest.0.finalize()[..16] {
        let _ = write!(revision, "{byte:02x}");
    }
    revision
}

struct Writer(Sha256);

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}
