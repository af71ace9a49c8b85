//! `scoreMeasure`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{RecordFact, ScoreFact};

record_mutation! {
    /// Records the score that a member of a panel gives before the panel agrees, or corrects it while
    /// nobody else has scored the same. It enters no result. Others on the panel see it once they have
    /// given their own, or once the panel has recorded its value.
    scoreMeasure: ScoreMeasure {
        /// A member's score.
        input ScoreMeasureInput<'q> as "ScoreMeasureInput" {
            /// Code of the body that is reviewed.
            body: Id<'q>,
            /// Identifier of the measure, or of a competency or strand scored as a whole.
            measure: Id<'q>,
            /// The member, as `appointPanelMember` names them; you yourself if omitted.
            member: Option<Id<'q>>,
            /// The level or rating: `3`, `green`.
            value: &'q str,
            /// The member's reasons; at most 20,000 bytes of Markdown.
            rationale: Option<&'q str>,
        }
        record |input, form| RecordFact::Score(ScoreFact {
            body: form.code("body", input.body.0),
            subject: form.code("measure", input.measure.0),
            member: form.own_name("member", input.member),
            value: form.code("value", input.value),
            rationale: form.text("rationale", input.rationale, LONG),
        });
        /// The result of scoring.
        payload ScoreMeasurePayload as "ScoreMeasurePayload";
    }
}
