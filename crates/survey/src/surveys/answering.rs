//! Answer sheets: saved, resumed and submitted with a token, or imported as a table.

use super::{OpenSurvey, SHEETS, SurveyError, SurveyState, Surveys, state_of};
use crate::store::{SurveyChange, Written};
use crate::token::Token;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wcc_core::survey::{AnswerSheet, Questionnaire, Tally};

/// A respondent's sheet, as they left it.
#[derive(Clone, Debug)]
pub struct OpenedSheet {
    /// The identifier of the survey.
    pub survey: String,
    /// The last day for answers.
    pub closes: String,
    /// The questionnaire.
    pub questionnaire: Questionnaire,
    /// The answers so far.
    pub sheet: AnswerSheet,
}

/// A sheet as it is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct StoredSheet {
    /// Position of the group.
    group: usize,
    answers: Vec<Option<u8>>,
    comments: Vec<Box<str>>,
    is_submitted: bool,
}

/// An import as it is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct StoredImport {
    counts: Vec<u64>,
    sheets: Vec<u64>,
    comments: Vec<(usize, usize, Box<str>)>,
}

/// An invitation that may still be answered.
struct Respondent {
    survey: OpenSurvey,
    group: usize,
}

impl Surveys<'_> {
    /// The sheet of a token, with the answers that were saved.
    ///
    /// # Errors
    /// The token is not one of an open survey, its answers were submitted, or the survey is over.
    pub async fn sheet(&self, token: &Token, today: Date) -> Result<OpenedSheet, SurveyError> {
        let respondent = self.respondent(token, today).await?;
        let survey = respondent.survey;
        let sheet = self.saved(&survey, token).await?;
        let sheet = sheet.unwrap_or_else(|| AnswerSheet::blank(&survey.questionnaire));
        Ok(OpenedSheet {
            survey: survey.row.id,
            closes: survey.row.closes,
            questionnaire: survey.questionnaire,
            sheet,
        })
    }

    /// Saves the answers of a token, instead of those saved before.
    ///
    /// # Errors
    /// As [`Surveys::sheet`].
    pub async fn save(
        &self,
        token: &Token,
        sheet: &AnswerSheet,
        today: Date,
    ) -> Result<(), SurveyError> {
        let mut tries = 0;
        loop {
            let respondent = self.respondent(token, today).await?;
            let survey = &respondent.survey;
            let key = token.sheet();
            let sealed = survey.sealed_sheet(&key, respondent.group, sheet, false)?;
            let change = SurveyChange {
                sheet: Some((&key, &sealed)),
                ..SurveyChange::default()
            };
            match self.store.change(&survey.row, &change).await? {
                Written::Done => return Ok(()),
                Written::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// Submits the answers of a token: these, or else those that were saved. The sheet gets a random
    /// key, so that the token no longer leads to it, and the invitation is marked as answered.
    ///
    /// # Errors
    /// As [`Surveys::sheet`]; also if no question is answered.
    pub async fn submit(
        &self,
        token: &Token,
        sheet: Option<&AnswerSheet>,
        today: Date,
    ) -> Result<(), SurveyError> {
        let mut tries = 0;
        loop {
            let respondent = self.respondent(token, today).await?;
            let survey = &respondent.survey;
            let sheet = match sheet {
                Some(sheet) => Some(sheet.clone()),
                None => self.saved(survey, token).await?,
            };
            let sheet = sheet
                .filter(|sheet| !sheet.is_blank())
                .ok_or(SurveyError::Blank)?;
            let mut roster = survey.roster()?;
            let invitation = roster.find_mut(token).ok_or(SurveyError::UnknownToken)?;
            invitation.has_answered = true;
            let roster = survey.sealed_roster(&roster)?;
            let mut key = [0; 32];
            getrandom::fill(&mut key)?;
            let sealed = survey.sealed_sheet(&key, respondent.group, &sheet, true)?;
            let saved = token.sheet();
            let change = SurveyChange {
                roster: Some(&roster),
                removed_sheet: Some(&saved),
                sheet: Some((&key, &sealed)),
                ..SurveyChange::default()
            };
            match self.store.change(&survey.row, &change).await? {
                Written::Done => return Ok(()),
                Written::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// Adds answers that were collected elsewhere, or puts them in place of all that were imported
    /// before. `digest` identifies the file: a file that was imported already changes nothing.
    /// Returns the number of earlier imports that stay; `None` if this file is one of them.
    ///
    /// # Errors
    /// The survey is not open, or cannot be read.
    pub async fn import(
        &self,
        name: &str,
        digest: &[u8; 32],
        tally: &Tally,
        replace: bool,
    ) -> Result<Option<usize>, SurveyError> {
        let mut tries = 0;
        loop {
            let survey = self.find_open(name).await?;
            let imports = self.store.imports(&survey.row.tag).await?;
            let is_known = imports.iter().any(|(key, _)| key == digest);
            if is_known && !(replace && imports.len() > 1) {
                return Ok(None);
            }
            let sealed = survey.sealed_import(digest, tally)?;
            let change = SurveyChange {
                removes_imports: replace,
                import: Some((digest, &sealed)),
                ..SurveyChange::default()
            };
            match self.store.change(&survey.row, &change).await? {
                Written::Done => return Ok(Some(if replace { 0 } else { imports.len() })),
                Written::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// The invitation of a token, if it may still be answered.
    async fn respondent(&self, token: &Token, today: Date) -> Result<Respondent, SurveyError> {
        let row = self.store.by_tag(token.tag()).await?;
        let row = row.ok_or(SurveyError::UnknownToken)?;
        if state_of(&row)? != SurveyState::Open {
            return Err(SurveyError::UnknownToken);
        }
        let survey = self.opened(row)?;
        let roster = survey.roster()?;
        let invitation = roster.find(token).ok_or(SurveyError::UnknownToken)?;
        if invitation.has_answered {
            return Err(SurveyError::Submitted);
        }
        let closes: Option<Date> = survey.row.closes.parse().ok();
        if closes.is_none_or(|closes| closes < today) {
            return Err(SurveyError::Over(survey.row.closes));
        }
        Ok(Respondent {
            group: invitation.group,
            survey,
        })
    }

    async fn saved(
        &self,
        survey: &OpenSurvey,
        token: &Token,
    ) -> Result<Option<AnswerSheet>, SurveyError> {
        let key = token.sheet();
        let sealed = self.store.sheet(&survey.row.tag, &key).await?;
        let stored = sealed
            .map(|sealed| survey.opened_sheet(&key, &sealed))
            .transpose()?;
        Ok(stored.map(StoredSheet::into_sheet))
    }

    /// Counts the submitted sheets.
    pub(super) async fn answered(&self, survey: &OpenSurvey) -> Result<Tally, SurveyError> {
        let mut tally = Tally::new(&survey.questionnaire);
        let mut after = Vec::new();
        loop {
            let sheets = self
                .store
                .sheets_after(&survey.row.tag, &after, SHEETS)
                .await?;
            let Some((last, _)) = sheets.last() else {
                return Ok(tally);
            };
            after.clone_from(last);
            for (key, sealed) in &sheets {
                let stored = survey.opened_sheet(key, sealed)?;
                if stored.is_submitted {
                    let group = stored.group;
                    tally.add(group, &stored.into_sheet());
                }
            }
        }
    }
}

impl StoredSheet {
    fn into_sheet(self) -> AnswerSheet {
        AnswerSheet {
            answers: self.answers,
            comments: self.comments,
        }
    }
}

impl OpenSurvey {
    fn sealed_sheet(
        &self,
        key: &[u8],
        group: usize,
        sheet: &AnswerSheet,
        is_submitted: bool,
    ) -> Result<Vec<u8>, SurveyError> {
        let stored = StoredSheet {
            group,
            answers: sheet.answers.clone(),
            comments: sheet.comments.clone(),
            is_submitted,
        };
        let failed = |error: String| self.unreadable("an answer sheet", error);
        let text = serde_json::to_vec(&stored).map_err(|error| failed(error.to_string()))?;
        let sealed = self.key.seal(&self.place("sheet", key), &text);
        sealed.map_err(|error| failed(error.to_string()))
    }

    fn opened_sheet(&self, key: &[u8], sealed: &[u8]) -> Result<StoredSheet, SurveyError> {
        let text = self.key.open(&self.place("sheet", key), sealed);
        let text = text.map_err(|error| self.unreadable("an answer sheet", error))?;
        serde_json::from_slice(&text).map_err(|error| self.unreadable("an answer sheet", error))
    }

    fn sealed_import(&self, key: &[u8], tally: &Tally) -> Result<Vec<u8>, SurveyError> {
        let stored = StoredImport {
            counts: tally.counts().to_vec(),
            sheets: tally.sheets().to_vec(),
            comments: tally.comments().to_vec(),
        };
        let failed = |error: String| self.unreadable("an import", error);
        let text = serde_json::to_vec(&stored).map_err(|error| failed(error.to_string()))?;
        let sealed = self.key.seal(&self.place("import", key), &text);
        sealed.map_err(|error| failed(error.to_string()))
    }

    pub(super) fn opened_import(&self, key: &[u8], sealed: &[u8]) -> Result<Tally, SurveyError> {
        let text = self.key.open(&self.place("import", key), sealed);
        let text = text.map_err(|error| self.unreadable("an import", error))?;
        let stored: StoredImport =
            serde_json::from_slice(&text).map_err(|error| self.unreadable("an import", error))?;
        let StoredImport {
            counts,
            sheets,
            comments,
        } = stored;
        Tally::from_parts(&self.questionnaire, counts, sheets, comments)
            .ok_or_else(|| self.unreadable("an import", "it is of another questionnaire"))
    }
}
