//! Why an act of a survey is refused.

use crate::keys::KeyError;
use crate::surveys::SurveyState;
use jiff::civil::Date;
use wcc_case::Problems;
use wcc_core::survey::QuestionnaireMismatch;
use wcc_ledger::StoreError;

/// Maximum size of all comments of a sheet, in bytes. A box of sheets is written as a whole.
pub(crate) const LONGEST_COMMENTS: usize = 64 * 1024;

/// Why an act is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyError {
    /// There is no such survey.
    #[error("there is no survey {name}{}{}", did_you_mean(.nearest), one_of(.known))]
    NoSurvey {
        /// The name.
        name: String,
        /// The name that was probably meant.
        nearest: Option<String>,
        /// The surveys that exist.
        known: Vec<String>,
    },
    /// A short name fits several surveys.
    #[error("{name} is not the name of one survey alone{}", one_of(.known))]
    Ambiguous {
        /// The name.
        name: String,
        /// The surveys that it fits.
        known: Vec<String>,
    },
    /// There is no such cycle in the ledger.
    #[error("there is no cycle {name}{}", did_you_mean(.nearest))]
    NoCycle {
        /// The name.
        name: String,
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// The cycle has no such body.
    #[error("there is no body {name}{}", did_you_mean(.nearest))]
    NoBody {
        /// The code.
        name: String,
        /// The code that was probably meant.
        nearest: Option<String>,
    },
    /// The questionnaire contradicts the framework of the cycle.
    #[error("{}", lines(.0))]
    Mismatched(Vec<QuestionnaireMismatch>),
    /// The last day for answers is over already.
    #[error("{0} is over: the last day for answers is today or a later day")]
    DayOver(Date),
    /// There is another survey with this questionnaire.
    #[error(
        "the survey {0} exists already, with another questionnaire. Invitations and answers belong to \
         that one: a changed questionnaire needs a code of its own"
    )]
    Exists(String),
    /// The survey is not open.
    #[error("the survey {survey} is {}", not_open(*.state))]
    NotOpen {
        /// The survey.
        survey: String,
        /// Its state.
        state: SurveyState,
    },
    /// The survey is closed, so it is not opened.
    #[error(
        "the survey {0} is closed already, and a closed survey is not opened again. Another survey of \
         this body and cycle needs a questionnaire with a code of its own"
    )]
    ClosedAlready(String),
    /// The survey is closing or closed, so it is not discarded.
    #[error("the survey {survey} is {}", not_discarded(*.state))]
    NotDiscarded {
        /// The survey.
        survey: String,
        /// Its state.
        state: SurveyState,
    },
    /// The survey is open, so it has no results.
    #[error(
        "the survey {survey} is not closed yet (its last day is {closes}), and nobody sees results \
         before that: `wcc survey status` shows the response rates, `wcc survey close` closes it"
    )]
    StillOpen {
        /// The survey.
        survey: String,
        /// The last day for answers.
        closes: String,
    },
    /// The survey still takes answers, so it is not closed without being asked for.
    #[error(
        "the survey {survey} takes answers until {closes}: close it after that day, or now with \
         --early"
    )]
    TakesAnswers {
        /// The survey.
        survey: String,
        /// The last day for answers.
        closes: String,
    },
    /// The last day for answers is over.
    #[error("the survey took answers until {0}")]
    Over(String),
    /// The last day for answers is over, so nobody is invited.
    #[error(
        "the last day for answers of {survey} was {closes}: nobody could use an invitation. Move the \
         day with `wcc survey open` and a later --closes first"
    )]
    TooLateToInvite {
        /// The survey.
        survey: String,
        /// The last day for answers.
        closes: String,
    },
    /// The token is not one of an open survey. Nothing is said about which surveys and tokens exist.
    #[error("this is not the token of an open survey; check that it is complete")]
    UnknownToken,
    /// The invitation was answered already.
    #[error("the answers of this invitation were submitted already and cannot be changed")]
    Submitted,
    /// There is nothing to submit.
    #[error("no question is answered: answer at least one before submitting")]
    Blank,
    /// The comments of a sheet are too long.
    #[error("the comments of one sheet are too long: at most {} KiB together", LONGEST_COMMENTS / 1024)]
    LongComments,
    /// There would be too many invitations.
    #[error("a survey has at most {} invitations", crate::roster::MOST)]
    TooMany,
    /// The stored questionnaire cannot be read.
    #[error("the questionnaire of {survey} cannot be read: {problems}")]
    Questionnaire {
        /// The survey.
        survey: String,
        /// Its problems.
        problems: Problems,
    },
    /// Stored data cannot be read.
    #[error("{what} of the survey {survey} cannot be read: {error}")]
    Unreadable {
        /// The survey.
        survey: String,
        /// What cannot be read.
        what: &'static str,
        /// Why.
        error: String,
    },
    /// The survey's key cannot be used.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The database of surveys.
    #[error("{}", of_store(.0))]
    Store(#[from] StoreError),
    /// Others changed the survey all the time.
    #[error("others are changing this survey all the time; try again later")]
    Busy,
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// What the caller does with new tokens failed; no invitation was made.
    #[error("{0}")]
    Delivery(String),
}

fn lines(mismatches: &[QuestionnaireMismatch]) -> String {
    let lines: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn did_you_mean(nearest: &Option<String>) -> String {
    let near = nearest.as_deref();
    near.map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

fn not_open(state: SurveyState) -> &'static str {
    match state {
        SurveyState::Open => "open",
        SurveyState::Closing => {
            "being closed, but not all steps are done: run `wcc survey close` again"
        }
        SurveyState::Closed => "closed: this needs an open survey",
    }
}

fn not_discarded(state: SurveyState) -> &'static str {
    match state {
        SurveyState::Open => "open",
        SurveyState::Closing => {
            "being closed, and its results may be in the ledger: complete that with `wcc survey close`"
        }
        SurveyState::Closed => "closed: only its results are left, and they stay",
    }
}

fn one_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(
            "; expected {}",
            wcc_core::words::any_of(names.iter().map(String::as_str))
        ),
    }
}

fn of_store(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(why) => format!("the database of surveys does not respond: {why}"),
        StoreError::Refused(why) => format!(
            "the database of surveys reported an error: {why}. Check that its file and folder (setting \
             surveys.address) can be written, and that the disk has room"
        ),
        StoreError::Address(why) => {
            format!("the address of the database of surveys cannot be used: {why}")
        }
        StoreError::TooNew(version) => format!(
            "the database of surveys has tables of version {version}: use the version of wcc that \
             created them"
        ),
        error => format!("the database of surveys: {error}"),
    }
}
