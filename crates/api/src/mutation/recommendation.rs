//! `recordRecommendation`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{ActionState, FollowUp, RecommendationFact, RecordFact};

record_mutation! {
    /// Records a recommendation, or corrects one.
    recordRecommendation: RecordRecommendation {
        /// A recommendation of the panel.
        input RecordRecommendationInput<'q> as "RecordRecommendationInput" {
            /// Identifier that the recommendation gets within the cycle.
            id: Id<'q>,
            /// Code of the body; a cluster's recommendation is shared by its PCTs.
            body: Id<'q>,
            /// The recommendation, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// Identifiers of the measures and components that it is about; `outcomes`, or
            /// `outcome:` and an identifier, for health outcomes. Leave it out if it is about the
            /// whole.
            about: Option<Vec<Id<'q>>>,
            /// Its source.
            source: Option<&'q str>,
            /// Who is responsible for following it up.
            owner: Option<&'q str>,
            /// The last day on which it is to be done.
            due: Option<Date>,
            /// How far it has come.
            state: Option<ActionState>,
        }
        record |input, form| RecordFact::Recommendation(RecommendationFact {
            body: form.code("body", input.body.0),
            id: form.code("id", input.id.0),
            text: form.needed("text", input.text, LONG),
            about: form.codes("about", input.about.as_deref()),
            source: form.text("source", input.source, SHORT),
            follow_up: FollowUp {
                owner: form.text("owner", input.owner, SHORT),
                due: input.due,
                state: input.state,
            },
        });
        /// The result of recording a recommendation.
        payload RecordRecommendationPayload as "RecordRecommendationPayload";
    }
}
