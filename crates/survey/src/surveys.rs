//! The acts of a survey: open, invite, answer, follow the response rates, close.

mod answering;
mod closing;
mod discarding;
mod importing;
mod inviting;
mod opening;
mod overview;

pub use crate::error::SurveyError;
use crate::keys::KeyFolder;
use crate::published::PublishedResults;
use crate::roster::{Roster, RowDigest, RowKey};
use crate::seal::{self, SealError, SealingKey};
use crate::store::{ChangeResult, SealedTable, SurveyChange, SurveyRow, SurveyStore};
pub use answering::OpenedSheet;
pub use closing::{ClosedSurvey, ClosingSurvey};
pub use inviting::InviteResult;
pub use opening::{NewSurvey, OpenResult};
pub use overview::{SurveyName, SurveyOverview};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use wcc_core::survey::{Questionnaire, Tally};

/// How often a change is tried again because another one came between.
const TRIES: u32 = 200;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_millis(10);

/// The state of a survey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
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

/// The response rate of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SurveyStatus {
    /// Its identifier.
    pub survey: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: SurveyState,
    /// The last day for answers.
    pub closes: String,
    /// The groups; none if there is a problem.
    pub groups: Vec<GroupStatus>,
    /// Why the survey cannot be read: its key is lost, for example.
    pub problem: Option<String>,
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
    roster: Roster,
}

impl<'a> Surveys<'a> {
    /// The surveys in a database, with their keys.
    pub fn new(store: &'a SurveyStore, keys: &'a KeyFolder) -> Surveys<'a> {
        Surveys { store, keys }
    }

    /// The status of every survey, by identifier. One that cannot be read has a problem instead of
    /// groups, so that it does not hide the others.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn all(&self) -> Result<Vec<SurveyStatus>, SurveyError> {
        let mut all = Vec::new();
        for row in self.store.surveys().await? {
            all.push(self.status_or_problem(row).await?);
        }
        Ok(all)
    }

    /// The status of a survey; with a problem in it if the survey cannot be read.
    async fn status_or_problem(&self, row: SurveyRow) -> Result<SurveyStatus, SurveyError> {
        match self.status_of(row.clone()).await {
            Err(error) if !matches!(error, SurveyError::Store(_) | SurveyError::Random(_)) => {
                Ok(SurveyStatus {
                    title: questionnaire_of(&row)
                        .map_or_else(|_| String::new(), |own| own.title.to_string()),
                    state: state_of(&row)?,
                    survey: row.id,
                    closes: row.closes,
                    groups: Vec::new(),
                    problem: Some(error.to_string()),
                })
            }
            status => status,
        }
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
                let groups = groups_of(&survey.questionnaire, &survey.roster, &imported);
                (groups, survey.questionnaire.title.to_string())
            }
            SurveyState::Closing | SurveyState::Closed => {
                let results = published(&row)?;
                (results.groups, results.title)
            }
        };
        Ok(SurveyStatus {
            survey: row.id,
            title,
            state,
            closes: row.closes,
            groups,
            problem: None,
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
                nearest: nearest_survey(name, &known),
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
        let failed = |error: String| unreadable(&row, "the roster", error);
        let place = place_of_roster(&row, row.revision, &row.closes);
        let sealed = row.roster.as_deref().unwrap_or_default();
        let text = key.open(&place, sealed);
        let text = text.map_err(|error| failed(error.to_string()))?;
        let roster = serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))?;
        Ok(OpenSurvey {
            row,
            questionnaire,
            key,
            roster,
        })
    }

    /// Writes a change of a survey together with its roster, which is sealed anew each time: so every
    /// change looks alike, and a roster belongs to one revision.
    async fn change(
        &self,
        survey: &OpenSurvey,
        roster: &Roster,
        change: SurveyChange<'_>,
    ) -> Result<ChangeResult, SurveyError> {
        let row = &survey.row;
        let closes = change.closes.unwrap_or(&row.closes);
        let roster = sealed_roster(row, &survey.key, roster, row.revision + 1, closes)?;
        let change = SurveyChange {
            roster: Some(&roster),
            ..change
        };
        Ok(self.store.change(row, &change).await?)
    }

    /// The text of a sealed row that the roster lists.
    async fn listed(
        &self,
        survey: &OpenSurvey,
        table: SealedTable,
        key: &RowKey,
        digest: &RowDigest,
    ) -> Result<Vec<u8>, SurveyError> {
        let (what, word) = match table {
            SealedTable::Imports => ("an import", "import"),
            SealedTable::Boxes => ("a box of answer sheets", "box"),
            SealedTable::Drafts => ("an answer sheet", "draft"),
        };
        let sealed = self
            .store
            .sealed(table, &survey.row.tag, key.bytes())
            .await?;
        let sealed = sealed.filter(|sealed| RowDigest::of(sealed) == *digest);
        let sealed = sealed.ok_or(SealError::Opening);
        let text =
            sealed.and_then(|sealed| survey.key.open(&survey.place(word, key.bytes()), &sealed));
        text.map_err(|error| survey.unreadable(what, error))
    }

    /// The questionnaire of an open survey.
    ///
    /// # Errors
    /// There is no such survey, it is not open, or it cannot be read.
    pub async fn questionnaire(&self, name: &str) -> Result<Questionnaire, SurveyError> {
        Ok(self.find_open(name).await?.questionnaire)
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

    /// Seals a value of the survey for one row, padded to at least `smallest` bytes.
    fn sealed(
        &self,
        what: &'static str,
        place: &[u8],
        value: &impl serde::Serialize,
        smallest: usize,
    ) -> Result<Vec<u8>, SurveyError> {
        let text = serde_json::to_vec(value).map_err(|error| self.unreadable(what, error))?;
        let sealed = self.key.seal(place, &text, smallest);
        sealed.map_err(|error| self.unreadable(what, error))
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

/// Where a roster belongs: to one revision of a survey, with its body, questionnaire and last day.
/// None of them can be changed in the database without the key.
fn place_of_roster(row: &SurveyRow, revision: i64, closes: &str) -> Vec<u8> {
    let mut about = Sha256::new();
    for part in [&row.id, &row.cycle, &row.body, &row.questionnaire, closes] {
        about.update(Sha256::digest(part.as_bytes()));
    }
    let mut key = revision.to_be_bytes().to_vec();
    key.extend_from_slice(&about.finalize());
    place(row, "roster", &key)
}

fn sealed_roster(
    row: &SurveyRow,
    key: &SealingKey,
    roster: &Roster,
    revision: i64,
    closes: &str,
) -> Result<Vec<u8>, SurveyError> {
    let failed = |error: String| unreadable(row, "the roster", error);
    let text = serde_json::to_vec(roster).map_err(|error| failed(error.to_string()))?;
    let place = place_of_roster(row, revision, closes);
    let sealed = key.seal(&place, &text, seal::SMALLEST);
    sealed.map_err(|error: SealError| failed(error.to_string()))
}

/// The survey that a name was probably meant for, compared with identifiers and their ends.
fn nearest_survey(name: &str, known: &[String]) -> Option<String> {
    let ends = known.iter().flat_map(|id| {
        let starts = id.match_indices('/').map(|(at, _)| at + 1);
        let ends = std::iter::once(0).chain(starts);
        ends.filter_map(|start| id.get(start..))
    });
    wcc_case::nearest(name, ends).map(str::to_owned)
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
