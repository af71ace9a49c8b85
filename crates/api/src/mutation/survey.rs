//! `recordSurveyResult`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{RecordFact, SurveyFact};

record_mutation! {
    /// Records the result of a survey on one measure, or corrects one.
    recordSurveyResult: RecordSurveyResult {
        /// The result of a survey: a score, or words where only those were published.
        input RecordSurveyResultInput<'q> as "RecordSurveyResultInput" {
            /// Code of the body that was asked about.
            body: Id<'q>,
            /// Identifier of the survey, as the framework has it.
            survey: Id<'q>,
            /// Identifier of the measure that it bears on.
            measure: Id<'q>,
            /// The question, in short.
            question: Option<&'q str>,
            /// Mean score on the survey's own scale.
            score: Option<f64>,
            /// The result in the words of the survey's answers: "somewhat agree".
            wording: Option<&'q str>,
            /// Its source.
            source: Option<&'q str>,
        }
        record |input, form| RecordFact::Survey(SurveyFact {
            body: form.code("body", input.body.0),
            survey: form.code("survey", input.survey.0),
            measure: form.code("measure", input.measure.0),
            question: form.text("question", input.question, SHORT),
            score: input.score,
            wording: form.text("wording", input.wording, SHORT),
            source: form.text("source", input.source, SHORT),
        });
        /// The result of recording a survey result.
        payload RecordSurveyResultPayload as "RecordSurveyResultPayload";
    }
}
