//! When the phases of a cycle are, for each of its bodies: the dates that were set for the body, its
//! cluster or its SHA, and otherwise those of the framework.
//!
//! These dates say by when something is due. They open nothing: until somebody opens a phase, the
//! dates of the framework decide.

use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::framework::PhaseIndex;
use crate::progress::latest_of;
use crate::record::{PhaseDates, RecordId};
use jiff::civil::Date;

/// The days of a phase for a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseDays {
    /// The first day, if it is known.
    pub from: Option<Date>,
    /// The last day, if it is known.
    pub to: Option<Date>,
    /// The record that sets them; `None` if they are those of the framework.
    pub set_by: Option<RecordId>,
}

/// The days of a phase for a body.
pub fn days_of(cycle: &Cycle, phase: PhaseIndex, body: BodyIndex) -> PhaseDays {
    let set = cycle.records.timetable.iter();
    let of_phase: Vec<(BodyIndex, RecordId, &PhaseDates)> = set
        .filter(|dates| dates.phase == phase)
        .map(|dates| (dates.body, dates.record, dates))
        .collect();
    match latest_of(&of_phase, &cycle.organisations, body, cycle.as_of) {
        Some((record, dates)) => PhaseDays {
            from: dates.from,
            to: dates.to,
            set_by: Some(record),
        },
        None => {
            let phase = cycle.framework.phase(phase);
            PhaseDays {
                from: phase.from,
                to: phase.to,
                set_by: None,
            }
        }
    }
}
