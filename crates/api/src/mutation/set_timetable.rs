//! `setTimetable`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{PhaseDatesFact, RecordFact};

record_mutation! {
    /// Sets the dates of a phase for a body and everything below it, in place of those of the
    /// framework. They say by when something is due; they open nothing.
    setTimetable: SetTimetable {
        /// The dates of a phase, and for whom.
        input SetTimetableInput<'q> as "SetTimetableInput" {
            /// Code of the body: an SHA for its whole region, a cluster for its PCTs, or a PCT.
            body: Id<'q>,
            /// Identifier of the phase in the framework.
            phase: Id<'q>,
            /// The first day; give this, `to`, or both.
            from: Option<Date>,
            /// The last day.
            to: Option<Date>,
            /// Why, or what else people should know. At most 20,000 bytes.
            note: Option<&'q str>,
        }
        record |input, form| RecordFact::PhaseDates(PhaseDatesFact {
            body: form.code("body", input.body.0),
            phase: form.code("phase", input.phase.0),
            from: input.from,
            to: input.to,
            note: form.text("note", input.note, LONG),
        });
        /// The result of setting dates.
        payload SetTimetablePayload as "SetTimetablePayload";
    }
}
