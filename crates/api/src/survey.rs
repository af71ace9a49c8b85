//! What the API asks of surveys, and what it is told. Surveys are outside the ledger, so whoever
//! implements [`SurveyRunner`] keeps them.

mod report;

pub use report::{
    AnswerFigures, GroupComments, QuestionReport, SupportedLevel, SurveyReport, TrainingNeed,
};

use crate::history::{BoxFuture, Entered};
use jiff::civil::Date;
use std::fmt;
use wcc_core::actor::Actor;
use wcc_core::survey::{AnswerSheet, Questionnaire};
use wcc_ledger::AppendError;

/// Runs surveys: for those who may, and for people who were invited.
pub trait SurveyRunner: Send + Sync {
    /// The surveys that an actor may follow, by identifier.
    fn surveys(&self, actor: Actor) -> BoxFuture<'_, Result<Vec<SurveyOverview>, SurveyFailure>>;

    /// Runs a survey, as far as the policy lets the actor.
    fn run(
        &self,
        actor: Actor,
        command: SurveyCommand,
    ) -> BoxFuture<'_, Result<SurveyResult, SurveyFailure>>;

    /// Opens, saves or submits the answer sheet of an invitation. The invitation alone decides who may.
    fn answer(
        &self,
        invitation: InvitationToken,
        step: SheetStep,
    ) -> BoxFuture<'_, Result<SheetResult, SurveyFailure>>;
}

/// What somebody who runs surveys asks for.
#[derive(Clone, Debug)]
pub enum SurveyCommand {
    /// To open a survey, or to move its last day.
    Open {
        /// Identifier of the cycle.
        cycle: Box<str>,
        /// Code of the body that it is about.
        body: Box<str>,
        /// The questionnaire, as TOML.
        questionnaire: String,
        /// The last day for answers.
        closes: Date,
    },
    /// To invite people.
    Invite {
        /// Identifier of the survey.
        survey: Box<str>,
        /// The people.
        contacts: Vec<SurveyContact>,
        /// Whether those who have not answered get a new invitation in place of theirs.
        renew: bool,
    },
    /// To list who has not answered.
    Remind {
        /// Identifier of the survey.
        survey: Box<str>,
    },
    /// To add answers that were collected elsewhere.
    Import {
        /// Identifier of the survey.
        survey: Box<str>,
        /// The answers.
        table: AnswerTable,
        /// Whether they take the place of all that were imported before.
        replace: bool,
    },
    /// To destroy a survey without results, or to see what would be lost.
    Discard {
        /// Identifier of the survey.
        survey: Box<str>,
        /// Whether to do it.
        apply: bool,
    },
    /// To close a survey.
    Close {
        /// Identifier of the survey.
        survey: Box<str>,
        /// Whether its last day need not be over.
        early: bool,
    },
}

/// What running a survey came to.
#[derive(Clone, Debug)]
pub struct SurveyResult {
    /// The survey afterwards; `None` if the actor may not follow it.
    pub survey: Option<SurveyOverview>,
    /// Identifier of its cycle.
    pub cycle: Box<str>,
    /// What the act itself came to.
    pub act: SurveyActResult,
}

/// What an act on a survey came to.
#[derive(Clone, Debug)]
pub enum SurveyActResult {
    /// It is open.
    Open {
        /// Whether this opened it, or moved its last day.
        is_changed: bool,
    },
    /// People are invited.
    Invited {
        /// The new invitations.
        invitations: Vec<SurveyInvitation>,
        /// The number of people who had been invited already, and whose invitations stay.
        known: usize,
        /// The number of those who are invited in another group than the one that was given.
        elsewhere: usize,
    },
    /// These people have not answered.
    Unanswered(Vec<SurveyContact>),
    /// Answers that were collected elsewhere are counted.
    Imported {
        /// The number of respondents; 0 if the table was imported before.
        respondents: u64,
        /// The number of tables that were imported before and still count.
        earlier: usize,
    },
    /// The survey is given up, or would be.
    Discarded {
        /// Whether it was done.
        is_done: bool,
    },
    /// It is closed.
    Closed {
        /// The number of survey results that were entered.
        results: usize,
        /// As which entries; `None` if there were none, or if it was closed before.
        entered: Option<Entered>,
    },
}

/// A table of answers, as CSV.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerTable(Box<str>);

impl AnswerTable {
    /// A table with this text.
    pub fn new(text: Box<str>) -> AnswerTable {
        AnswerTable(text)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// Answers are never printed by accident.
impl fmt::Debug for AnswerTable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("AnswerTable(...)")
    }
}

/// A person who is invited, or is to be.
#[derive(Clone, PartialEq, Eq)]
pub struct SurveyContact {
    /// Code of their group.
    pub group: Box<str>,
    /// Their e-mail address, or another reference.
    pub contact: Box<str>,
}

/// A contact is never printed by accident.
impl fmt::Debug for SurveyContact {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("SurveyContact(...)")
    }
}

/// A new invitation.
#[derive(Clone, Debug)]
pub struct SurveyInvitation {
    /// Who is invited.
    pub contact: SurveyContact,
    /// What they need to answer.
    pub token: InvitationToken,
}

/// What is needed to answer an invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken(Box<str>);

impl InvitationToken {
    /// A token, as it was sent.
    pub fn new(text: &str) -> InvitationToken {
        InvitationToken(text.into())
    }

    /// The token as it is sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A token is never printed by accident.
impl fmt::Debug for InvitationToken {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("InvitationToken(...)")
    }
}

/// What a respondent does with their sheet.
#[derive(Clone, Debug)]
pub enum SheetStep {
    /// Opens it, with what was saved.
    Open,
    /// Saves answers, to go on later.
    Save(Vec<SheetAnswer>),
    /// Submits the sheet with these answers, once and for all.
    Submit(Vec<SheetAnswer>),
}

/// The answer to a question. What is `None` is erased.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetAnswer {
    /// Code of the question.
    pub question: Box<str>,
    /// The answer on the scale.
    pub score: Option<i32>,
    /// The comment.
    pub comment: Option<Box<str>>,
}

/// An answer is never printed by accident.
impl fmt::Debug for SheetAnswer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("SheetAnswer(...)")
    }
}

/// What became of a sheet.
#[derive(Clone)]
pub enum SheetResult {
    /// It is still open.
    Open(Box<OpenSheet>),
    /// It was submitted.
    Submitted,
}

/// Answers are never printed by accident.
impl fmt::Debug for SheetResult {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("SheetResult(...)")
    }
}

/// A respondent's sheet.
#[derive(Clone, Debug)]
pub struct OpenSheet {
    /// The last day for answers.
    pub closes: Option<Date>,
    /// The questionnaire.
    pub questionnaire: Questionnaire,
    /// The answers so far.
    pub sheet: AnswerSheet,
}

/// The state of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurveyState {
    /// It takes answers until its last day, and invitations.
    Open,
    /// Its results are decided, but not all steps of closing are done.
    Closing,
    /// It is closed.
    Closed,
}

/// A survey, as those who run it see it.
#[derive(Clone, Debug)]
pub struct SurveyOverview {
    /// Its identifier: CYCLE/BODY/QUESTIONNAIRE.
    pub id: Box<str>,
    /// Identifier of its cycle.
    pub cycle: Box<str>,
    /// Code of the body that it is about.
    pub body: Box<str>,
    /// Its state.
    pub state: SurveyState,
    /// The last day for answers; `None` if it cannot be read.
    pub closes: Option<Date>,
    /// The questionnaire; `None` if it cannot be read.
    pub questionnaire: Option<Questionnaire>,
    /// How many of each group were invited and have answered; none if that cannot be read.
    pub groups: Vec<GroupResponse>,
    /// What may be published; `None` until it is closed.
    pub report: Option<SurveyReport>,
    /// Whether the survey cannot be read.
    pub is_unreadable: bool,
}

/// How many people of a group have answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupResponse {
    /// Code of the group.
    pub code: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// How many were invited.
    pub invited: u64,
    /// How many of them have submitted their answers.
    pub answered: u64,
    /// How many answers were collected elsewhere.
    pub imported: u64,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum SurveyFailure {
    /// The request has mistakes.
    Mistakes(Vec<SurveyMistake>),
    /// The ledger does not take the results.
    Append(AppendError),
    /// It cannot be done at the moment. The message is for clients.
    Unavailable(String),
}

/// A mistake in a request about surveys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyMistake {
    /// The argument that it is in: `survey`, `answers[0].score`.
    pub field: Option<String>,
    /// In words.
    pub message: String,
    /// The nearest valid value.
    pub nearest: Option<String>,
    /// What kind of mistake it is.
    pub kind: SurveyMistakeKind,
}

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurveyMistakeKind {
    /// A code or identifier names nothing.
    NotFound,
    /// A value is malformed.
    Malformed,
    /// The policy does not allow it.
    NotPermitted,
    /// It cannot be done as things are.
    Refused,
}

impl SurveyMistake {
    /// A mistake in an argument, or in none.
    pub fn new(
        kind: SurveyMistakeKind,
        field: Option<&str>,
        message: impl Into<String>,
    ) -> SurveyMistake {
        SurveyMistake {
            field: field.map(str::to_owned),
            message: message.into(),
            nearest: None,
            kind,
        }
    }
}

impl From<SurveyMistake> for SurveyFailure {
    fn from(mistake: SurveyMistake) -> SurveyFailure {
        SurveyFailure::Mistakes(vec![mistake])
    }
}

impl From<AppendError> for SurveyFailure {
    fn from(error: AppendError) -> SurveyFailure {
        SurveyFailure::Append(error)
    }
}

impl SurveyFailure {
    /// Something that is not the client's fault.
    pub fn unavailable() -> SurveyFailure {
        let message = "surveys are not available at the moment: try again later";
        SurveyFailure::Unavailable(message.to_owned())
    }
}
