//! `answerChallenge`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{AnswerFact, Method, RecordFact};

record_mutation! {
    /// Answers a challenge, or corrects an answer.
    answerChallenge: AnswerChallenge {
        /// Why a value is kept although the evidence supports less.
        input AnswerChallengeInput<'q> as "AnswerChallengeInput" {
            /// Code of the body whose value is challenged: a PCT, a cluster (for all its PCTs) or a
            /// function.
            body: Id<'q>,
            /// Identifier of the measure.
            measure: Id<'q>,
            /// Whose value is challenged, by the purpose of the method: the self-assessment, the
            /// panel's or the calibrated one. Give either this or `methodId`.
            method: Option<Method>,
            /// The method of the challenged value by its identifier in the framework.
            methodId: Option<Id<'q>>,
            /// The reason, as Markdown; at most 20,000 bytes.
            reason: &'q str,
        }
        record |input, form| RecordFact::Answer(AnswerFact {
            body: form.code("body", input.body.0),
            measure: form.code("measure", input.measure.0),
            method: form.method(input.cycle, input.method, input.methodId),
            reason: form.needed("reason", input.reason, LONG),
        });
        /// The result of answering a challenge.
        payload AnswerChallengePayload as "AnswerChallengePayload";
    }
}
