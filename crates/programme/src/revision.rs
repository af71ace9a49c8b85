//! The name of a picture: a digest of everything that it was made from and of what came out.

use crate::{AssuredCycle, Programme};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The revision of a programme. Two that answer any query differently have different revisions.
pub(crate) fn of(programme: &Programme) -> String {
    // Debug output names every field of every value, and needs no format of its own to keep up.
    digest(|to| {
        write!(
            to,
            "{:?}\n{:?}\n{:?}\n{:?}",
            programme.frameworks, programme.organisations, programme.plugins, programme.cycles
        )
    })
}

/// The same for a programme that was made of a ledger. The moment stands for everything that was
/// entered until then, so that a nation's records need not be gone through for each new entry;
/// what plugins said comes from outside, and may differ.
pub(crate) fn of_standing(moment: &str, programme: &Programme) -> String {
    digest(|to| {
        write!(
            to,
            "{moment} {}\n{:?}\n{:?}\n{:?}",
            env!("CARGO_PKG_VERSION"),
            programme.frameworks,
            programme.organisations,
            programme.plugins
        )?;
        let mut cycles = programme.cycles.iter();
        cycles.try_for_each(|one| write!(to, "\n{} {:?}", one.cycle.id, one.assurance.plugins))
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
        })
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
