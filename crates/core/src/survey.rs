//! Surveys as a process: the questionnaire, the counting of answers, and what may be published.
//!
//! Answers are counted in a [`Tally`], which knows no respondent. [`SurveyResults`] holds what may
//! be published of it: [`disclosure`] decides which groups of respondents are shown, so that no
//! figure, and no difference of figures, concerns fewer people than the questionnaire's minimum.

pub mod disclosure;
mod questionnaire;
mod results;
mod tally;

pub use questionnaire::{
    AnswerScale, Purpose, Question, Questionnaire, QuestionnaireMismatch, RespondentGroup,
};
pub use results::{Figures, GroupComments, GroupFigures, QuestionResults, SurveyResults};
pub use tally::{AnswerSheet, Tally};
