//! A cycle whose records contradict each other, or whose rule book cannot be read. It is displayed as
//! "not assured".

use std::fmt;
use wcc_case::Places;
use wcc_core::{Cycle, CycleError};

/// A cycle that cannot be assured. Either its records contradict each other: an earlier version of
/// this program admitted them, and it is assured again once an entry resolves the contradiction. Or
/// this program cannot read its rule book or bodies, as a later version wrote them.
///
/// Displays every contradiction in one sentence.
#[derive(Debug)]
pub struct NotAssuredCycle {
    /// The cycle and its records; no records if they cannot be read.
    pub cycle: Cycle,
    /// Why, in the order of the records; never empty.
    pub errors: Vec<CycleError>,
    /// Identifier of last year's cycle, if it is part of the programme.
    pub previous: Option<String>,
    /// Where each record comes from.
    pub places: Places,
}

impl NotAssuredCycle {
    /// Whether this program can read its rule book and bodies.
    pub fn is_readable(&self) -> bool {
        let mut errors = self.errors.iter();
        !errors.any(|error| matches!(error, CycleError::UnreadBook { .. }))
    }
}

impl fmt::Display for NotAssuredCycle {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "not assured: the cycle `{}`: ", self.cycle.id)?;
        for (at, error) in self.errors.iter().enumerate() {
            let separator = if at == 0 { "" } else { "; " };
            write!(to, "{separator}entry {}: {error}", error.record().0)?;
        }
        Ok(())
    }
}
