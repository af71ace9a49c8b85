//! `carryRecord`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{CarriedFact, CarriedKind, Horizon, RecordFact};

record_mutation! {
    /// Takes one record over from an earlier cycle, or corrects what was taken over; usually
    /// `startFromPreviousCycle` does so for all. It counts for nothing until it is confirmed.
    carryRecord: CarryRecord {
        /// A record of an earlier cycle.
        input CarryRecordInput<'q> as "CarryRecordInput" {
            /// Code of the body in this cycle.
            body: Id<'q>,
            /// What kind of record it is.
            kind: CarriedKind,
            /// Identifier among the carried records of the body and kind: of a recommendation or action
            /// its own, of a judgement or lead the measure or area.
            code: Id<'q>,
            /// Measures and components by code; `outcomes`, or `outcome:` and an identifier, for health
            /// outcomes.
            about: Option<Vec<Id<'q>>>,
            /// The key of the step of a judgement or criterion; of an action or recommendation how far
            /// it had come.
            value: Option<&'q str>,
            /// The rationale, reason or text; at most 20,000 bytes.
            text: Option<&'q str>,
            /// Of a criterion `criterion` or `metric`; of a lead the job title.
            detail: Option<&'q str>,
            /// Who is responsible; of a lead the person.
            owner: Option<&'q str>,
            /// The last day on which it was to be done.
            due: Option<Date>,
            /// The term in which an action is to improve something.
            horizon: Option<Horizon>,
            /// Identifiers of the evidence in the earlier cycle that it relied on.
            evidence: Option<Vec<Id<'q>>>,
            /// Identifier of the earlier cycle.
            fromCycle: Id<'q>,
            /// The entry that recorded it there.
            fromEntry: i32,
        }
        record |input, form| RecordFact::CarriedRecord(CarriedFact {
            body: form.code("body", input.body.0),
            kind: input.kind,
            id: form.code("code", input.code.0),
            about: form.codes("about", input.about.as_deref()),
            value: form.text("value", input.value, SHORT),
            text: form.text("text", input.text, LONG),
            detail: form.text("detail", input.detail, SHORT),
            owner: form.text("owner", input.owner, SHORT),
            due: input.due,
            horizon: input.horizon,
            evidence: form.codes("evidence", input.evidence.as_deref()),
            from_cycle: form.code("fromCycle", input.fromCycle.0),
            from_entry: form.entry("fromEntry", input.fromEntry),
        });
        /// The result of taking a record over.
        payload CarryRecordPayload as "CarryRecordPayload";
    }
}
