//! The acts of a survey: open, invite, answer, follow the response rates, close.

mod answering;
mod closing;
mod inviting;

use crate::keys::{KeyError, KeyFolder};
use crate::published::PublishedResults;
use crate::roster::Roster;
use crate::seal::{SealError, SealingKey};
use crate::store::{SurveyChange, SurveyRow, SurveyStore, Written};
use crate::token::Token;
pub use answering::OpenedSheet;
pub use closing::ClosingSurvey;
pub use inviting::Invited;
use jiff::civil::Date;
use std::time::Duration;
use wcc_case::Problems;
use wcc_core::survey::{Questionnaire, Tally};
use wcc_ledger::StoreError;

/// How often a change is tried again because another one came between.
const TRIES: u32 = 200;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_millis(10);
/// Sheets that are read at a time.
const SHEETS: i64 = 500;

/// Why an act is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyError {
    /// There is no such survey.
    #[error("there is no survey {name}{}", one_of(.known))]
    NoSurvey {
        /// The name.
        name: String,
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
    /// There is another survey with this questionnaire.
    #[error(
        "the survey {0} exists already, with another questionnaire. Invitations and answers belong to \
         that one: a changed questionnaire needs a code of its own"
    )]
    Exists(String),
    /// The survey is not open.
    #[error("the survey {survey} is {state}: this needs an open survey")]
    NotOpen {
        /// The survey.
        survey: String,
        /// Its state.
        state: SurveyState,
    },
    /// The survey is open, so it has no results.
    #[error(
        "the survey {survey} is open until {closes}: nobody sees results before it is closed; \
         `wcc survey status` shows the response rates"
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
    /// The token is not one of an open survey. Nothing is said about which surveys and tokens exist.
    #[error("this is not the token of an open survey; check that it is complete")]
    UnknownToken,
    /// The invitation was answered already.
    #[error("the answers of this invitation were submitted already and cannot be changed")]
    Submitted,
    /// There is nothing to submit.
    #[error("no question is answered: answer at least one before submitting")]
    Blank,
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
    #[error("others are changing this survey; try again")]
    Busy,
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// What the caller does with new tokens failed; no invitation was made.
    #[error("{0}")]
    Delivery(String),
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
        StoreError::Refused(why) => format!("the database of surveys reported an error: {why}"),
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

/// The state of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurveyState {
    /// It takes answers until its closing date, and invitations.
    Open,
    /// Its results are decided, but not all steps of closing are done: close it again.
    Closing,
    /// It is closed: only its results are left.
    Closed,
}

impl std::fmt::Display for SurveyState {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            SurveyState::Open => "open",
            SurveyState::Closing => "being closed",
            SurveyState::Closed => "closed",
        })
    }
}

/// A survey to open.
#[derive(Clone, Debug)]
pub struct NewSurvey {
    /// The identifier of the cycle.
    pub cycle: String,
    /// The code of the body that the survey is about.
    pub body: String,
    /// The questionnaire, as TOML.
    pub questionnaire: String,
    /// The last day for answers.
    pub closes: Date,
}

/// What opening a survey changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The survey is new.
    New,
    /// It was open already, and its closing date is another one now.
    Moved,
    /// It was open already.
    Unchanged,
}

/// The response rate of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStatus {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How many were invited.
    pub invited: u64,
    /// How many of them have submitted their answers.
    pub answered: u64,
    /// How many answers were collected elsewhere and imported.
    pub imported: u64,
}

/// A survey and its response rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyStatus {
    /// Its identifier.
    pub survey: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: SurveyState,
    /// The last day for answers.
    pub closes: String,
    /// The groups.
    pub groups: Vec<GroupStatus>,
}

/// The surveys of an authority.
#[derive(Clone, Copy, Debug)]
pub struct Surveys<'a> {
    store: &'a SurveyStore,
    keys: &'a KeyFolder,
}

/// An open survey with everything that an act needs.
struct OpenSurvey {
    row: SurveyRow,
    questionnaire: Questionnaire,
    key: SealingKey,
}

impl<'a> Surveys<'a> {
    /// The surveys in a database, with their keys.
    pub fn new(store: &'a SurveyStore, keys: &'a KeyFolder) -> Surveys<'a> {
        Surveys { store, keys }
    }

    /// Opens a survey; returns its identifier and what this changed. Opening the same survey twice
    /// changes nothing, and opening it with another closing date moves that.
    ///
    /// # Errors
    /// The questionnaire has problems, or there is a survey with this identifier that is closed or
    /// has another questionnaire.
    pub async fn open(&self, new: &NewSurvey) -> Result<(String, Opened), SurveyError> {
        let id = |questionnaire: &Questionnaire| {
            format!("{}/{}/{}", new.cycle, new.body, questionnaire.code)
        };
        let questionnaire = wcc_case::questionnaire::parse(&new.questionnaire, "questionnaire");
        let id = id(
            &questionnaire.map_err(|problems| SurveyError::Questionnaire {
                survey: new.body.clone(),
                problems,
            })?,
        );
        let tag = Token::new_tag()?;
        let known = self.store.surveys().await?;
        if let Some(known) = known.iter().find(|survey| survey.id == id) {
            return self.open_again(known, new).await;
        }
        let key = self.keys.create(&tag)?;
        let mut survey = SurveyRow {
            id: id.clone(),
            tag: tag.clone(),
            cycle: new.cycle.clone(),
            body: new.body.clone(),
            questionnaire: new.questionnaire.clone(),
            closes: new.closes.to_string(),
            state: "open".to_owned(),
            revision: 1,
            roster: None,
            results: None,
        };
        let roster = sealed_roster(&survey, &key, &Roster::default());
        let added = match roster {
            Ok(roster) => {
                survey.roster = Some(roster);
                self.store.add(&survey).await.map_err(SurveyError::from)
            }
            Err(error) => Err(error),
        };
        match added {
            Ok(Written::Done) => Ok((id, Opened::New)),
            Ok(Written::Stale) => {
                self.keys.destroy(&tag)?;
                Err(SurveyError::Exists(id))
            }
            // Whether it was written is not known, so the key stays.
            Err(error) => Err(error),
        }
    }

    /// Leaves a survey as it is, or moves its closing date.
    async fn open_again(
        &self,
        known: &SurveyRow,
        new: &NewSurvey,
    ) -> Result<(String, Opened), SurveyError> {
        let id = known.id.clone();
        if known.questionnaire != new.questionnaire {
            return Err(SurveyError::Exists(id));
        }
        if state_of(known)? != SurveyState::Open {
            return Err(not_open(known));
        }
        let closes = new.closes.to_string();
        if known.closes == closes {
            return Ok((id, Opened::Unchanged));
        }
        let change = SurveyChange {
            closes: Some(&closes),
            ..SurveyChange::default()
        };
        match self.store.change(known, &change).await? {
            Written::Done => Ok((id, Opened::Moved)),
            Written::Stale => Err(SurveyError::Busy),
        }
    }

    /// The status of every survey, by identifier.
    ///
    /// # Errors
    /// The database, a key or a questionnaire cannot be read.
    pub async fn all(&self) -> Result<Vec<SurveyStatus>, SurveyError> {
        let mut all = Vec::new();
        for row in self.store.surveys().await? {
            all.push(self.status_of(row).await?);
        }
        Ok(all)
    }

    /// The response rates of a survey.
    ///
    /// # Errors
    /// There is no such survey, or it cannot be read.
    pub async fn status(&self, name: &str) -> Result<SurveyStatus, SurveyError> {
        let row = self.find(name).await?;
        self.status_of(row).await
    }

    async fn status_of(&self, row: SurveyRow) -> Result<SurveyStatus, SurveyError> {
        let state = state_of(&row)?;
        let (groups, title) = match state {
            SurveyState::Open => {
                let survey = self.opened(row.clone())?;
                let imported = self.imported(&survey).await?;
                let roster = survey.roster()?;
                let groups = groups_of(&survey.questionnaire, &roster, &imported);
                (groups, survey.questionnaire.title.to_string())
            }
            SurveyState::Closing | SurveyState::Closed => {
                let results = published(&row)?;
                let groups = results.groups.into_iter().map(|group| GroupStatus {
                    code: group.code,
                    title: group.title,
                    invited: group.invited,
                    answered: group.answered,
                    imported: group.imported,
                });
                (groups.collect(), results.title)
            }
        };
        Ok(SurveyStatus {
            survey: row.id,
            title,
            state,
            closes: row.closes,
            groups,
        })
    }

    /// The results of a closed survey.
    ///
    /// # Errors
    /// There is no such survey, or it is still open.
    pub async fn results(&self, name: &str) -> Result<PublishedResults, SurveyError> {
        let row = self.find(name).await?;
        match state_of(&row)? {
            SurveyState::Closed => published(&row),
            SurveyState::Closing => Err(not_open(&row)),
            SurveyState::Open => Err(SurveyError::StillOpen {
                survey: row.id,
                closes: row.closes,
            }),
        }
    }

    /// The survey with an identifier, or with the end of one (`5KF/partners-360`, `partners-360`).
    async fn find(&self, name: &str) -> Result<SurveyRow, SurveyError> {
        let mut all = self.store.surveys().await?;
        if let Some(exact) = all.iter().position(|survey| survey.id == name) {
            return Ok(all.swap_remove(exact));
        }
        let ids = |all: &[SurveyRow]| all.iter().map(|survey| survey.id.clone()).collect();
        let known: Vec<String> = ids(&all);
        let end = format!("/{name}");
        all.retain(|survey| survey.id.ends_with(&end));
        match all.len() {
            0 => Err(SurveyError::NoSurvey {
                name: name.to_owned(),
                known,
            }),
            1 => Ok(all.swap_remove(0)),
            _ => Err(SurveyError::Ambiguous {
                name: name.to_owned(),
                known: ids(&all),
            }),
        }
    }

    /// The open survey with a name.
    async fn find_open(&self, name: &str) -> Result<OpenSurvey, SurveyError> {
        let row = self.find(name).await?;
        match state_of(&row)? {
            SurveyState::Open => self.opened(row),
            _ => Err(not_open(&row)),
        }
    }

    fn opened(&self, row: SurveyRow) -> Result<OpenSurvey, SurveyError> {
        let questionnaire = questionnaire_of(&row)?;
        let key = self.keys.open(&row.tag)?;
        Ok(OpenSurvey {
            row,
            questionnaire,
            key,
        })
    }

    /// The questionnaire of an open survey.
    ///
    /// # Errors
    /// There is no such survey, it is not open, or it cannot be read.
    pub async fn questionnaire(&self, name: &str) -> Result<Questionnaire, SurveyError> {
        Ok(self.find_open(name).await?.questionnaire)
    }

    /// The counts of all imports.
    async fn imported(&self, survey: &OpenSurvey) -> Result<Tally, SurveyError> {
        let mut tally = Tally::new(&survey.questionnaire);
        for (key, sealed) in self.store.imports(&survey.row.tag).await? {
            tally.merge(survey.opened_import(&key, &sealed)?);
        }
        Ok(tally)
    }

    /// Waits before a change is tried again.
    async fn pause(&self, tries: &mut u32) -> Result<(), SurveyError> {
        *tries += 1;
        if *tries > TRIES {
            return Err(SurveyError::Busy);
        }
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }
}

impl OpenSurvey {
    fn unreadable(&self, what: &'static str, error: impl std::fmt::Display) -> SurveyError {
        unreadable(&self.row, what, error)
    }

    fn roster(&self) -> Result<Roster, SurveyError> {
        let sealed = self.row.roster.as_deref().unwrap_or_default();
        let place = place(&self.row, "roster", &[]);
        let text = self.key.open(&place, sealed);
        let text = text.map_err(|error| self.unreadable("the invitations", error))?;
        serde_json::from_slice(&text).map_err(|error| self.unreadable("the invitations", error))
    }

    fn sealed_roster(&self, roster: &Roster) -> Result<Vec<u8>, SurveyError> {
        sealed_roster(&self.row, &self.key, roster)
    }

    fn place(&self, what: &str, key: &[u8]) -> Vec<u8> {
        place(&self.row, what, key)
    }
}

/// Where sealed bytes belong: they cannot be moved to another row.
fn place(row: &SurveyRow, what: &str, key: &[u8]) -> Vec<u8> {
    let mut place = format!("{} {what} ", row.tag).into_bytes();
    place.extend_from_slice(key);
    place
}

fn sealed_roster(
    row: &SurveyRow,
    key: &SealingKey,
    roster: &Roster,
) -> Result<Vec<u8>, SurveyError> {
    let failed = |error: String| unreadable(row, "the invitations", error);
    let text = serde_json::to_vec(roster).map_err(|error| failed(error.to_string()))?;
    let sealed = key.seal(&place(row, "roster", &[]), &text);
    sealed.map_err(|error: SealError| failed(error.to_string()))
}

fn unreadable(row: &SurveyRow, what: &'static str, error: impl std::fmt::Display) -> SurveyError {
    SurveyError::Unreadable {
        survey: row.id.clone(),
        what,
        error: error.to_string(),
    }
}

fn state_of(row: &SurveyRow) -> Result<SurveyState, SurveyError> {
    match row.state.as_str() {
        "open" => Ok(SurveyState::Open),
        "closing" => Ok(SurveyState::Closing),
        "closed" => Ok(SurveyState::Closed),
        other => Err(unreadable(
            row,
            "the state",
            format!("{other} is not known"),
        )),
    }
}

fn not_open(row: &SurveyRow) -> SurveyError {
    SurveyError::NotOpen {
        survey: row.id.clone(),
        state: state_of(row).unwrap_or(SurveyState::Closed),
    }
}

fn questionnaire_of(row: &SurveyRow) -> Result<Questionnaire, SurveyError> {
    wcc_case::questionnaire::parse(&row.questionnaire, "questionnaire").map_err(|problems| {
        SurveyError::Questionnaire {
            survey: row.id.clone(),
            problems,
        }
    })
}

fn published(row: &SurveyRow) -> Result<PublishedResults, SurveyError> {
    let text = row.results.as_deref().unwrap_or_default();
    serde_json::from_str(text).map_err(|error| unreadable(row, "the results", error))
}

fn groups_of(questionnaire: &Questionnaire, roster: &Roster, imported: &Tally) -> Vec<GroupStatus> {
    let groups = questionnaire
        .groups
        .iter()
        .zip(imported.sheets())
        .enumerate();
    let status = groups.map(|(at, (group, imported))| {
        let invited = || roster.each().filter(|invitation| invitation.group == at);
        let answered = invited().filter(|invitation| invitation.has_answered);
        GroupStatus {
            code: group.code.to_string(),
            title: group.title.to_string(),
            invited: invited().count() as u64,
            answered: answered.count() as u64,
            imported: *imported,
        }
    });
    status.collect()
}
