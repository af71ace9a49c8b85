//! Answer sheets: saved, resumed and submitted with a token.

use super::{OpenSurvey, SurveyError, SurveyState, Surveys, state_of};
use crate::boxes::{self, SheetBox, SubmittedSheet, below};
use crate::error::LONGEST_COMMENTS;
use crate::roster::{RowDigest, RowKey};
use crate::seal;
use crate::store::{ChangeResult, SealedTable, SurveyChange};
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

/// A saved sheet as it is sealed. It has no group: that is in the invitation.
#[derive(Debug, Serialize, Deserialize)]
struct Draft {
    answers: Vec<Option<u8>>,
    comments: Vec<Box<str>>,
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
        let sheet = self.saved_or_blank(&survey, token).await?;
        Ok(opened_sheet(survey, sheet))
    }

    /// Saves the answers of a token: `fill` makes them of the questionnaire and of the answers that are
    /// saved. It is called again if they change at the same time, so that no answer is lost. Returns the
    /// sheet as it is saved now.
    ///
    /// # Errors
    /// As [`Surveys::sheet`], and those of `fill`.
    pub async fn save<E: From<SurveyError>>(
        &self,
        token: &Token,
        fill: impl Fn(&Questionnaire, AnswerSheet) -> Result<AnswerSheet, E>,
        today: Date,
    ) -> Result<OpenedSheet, E> {
        let mut tries = 0;
        loop {
            let survey = self.respondent(token, today).await?.survey;
            let saved = self.saved_or_blank(&survey, token).await?;
            let sheet = fill(&survey.questionnaire, saved)?;
            check_size(&sheet)?;
            let key = token.sheet();
            let draft = Draft {
                answers: sheet.answers.clone(),
                comments: sheet.comments.clone(),
            };
            let place = survey.place("draft", &key);
            let sealed = survey.sealed("a saved sheet", &place, &draft, seal::SMALLEST)?;
            let change = SurveyChange {
                written: vec![(SealedTable::Drafts, (&key, &sealed))],
                ..SurveyChange::default()
            };
            match self.change(&survey, &survey.roster, change).await? {
                ChangeResult::Done => return Ok(opened_sheet(survey, sheet)),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// Submits the answers of a token, which `fill` makes as for [`Surveys::save`]. The sheet goes into
    /// a box of many, so that the token no longer leads to it, and the invitation is marked as
    /// answered.
    ///
    /// # Errors
    /// As [`Surveys::save`]; also if no question is answered.
    pub async fn submit<E: From<SurveyError>>(
        &self,
        token: &Token,
        fill: impl Fn(&Questionnaire, AnswerSheet) -> Result<AnswerSheet, E>,
        today: Date,
    ) -> Result<(), E> {
        let mut tries = 0;
        loop {
            let respondent = self.respondent(token, today).await?;
            let survey = &respondent.survey;
            let saved = self.saved_or_blank(survey, token).await?;
            let sheet = fill(&survey.questionnaire, saved)?;
            if sheet.is_blank() {
                // Another submission of the token removes the saved sheet, and then there is nothing to
                // be answered any more.
                if self.has_changed(survey).await? {
                    self.pause(&mut tries).await?;
                    continue;
                }
                return Err(SurveyError::Blank.into());
            }
            check_size(&sheet)?;
            let mut roster = survey.roster.clone();
            let invitation = roster.find_mut(token).ok_or(SurveyError::UnknownToken)?;
            invitation.has_answered = true;
            let (key, mut sheets) = match self.any_box(survey).await {
                // Another submission changed the box after the list of boxes was read.
                Err(SurveyError::Unreadable { .. }) if self.has_changed(survey).await? => {
                    self.pause(&mut tries).await?;
                    continue;
                }
                opened => opened?,
            };
            sheets
                .put(SubmittedSheet::new(respondent.group, &sheet))
                .map_err(SurveyError::from)?;
            let (first, second) = sheets.divided();
            let mut boxes = vec![(key, first)];
            if let Some(second) = second {
                boxes.push((RowKey::random().map_err(SurveyError::from)?, second));
            }
            let mut sealed = Vec::new();
            for (key, sheets) in boxes {
                let place = survey.place("box", key.bytes());
                let bytes = survey.sealed("a box of sheets", &place, &sheets, boxes::SMALLEST)?;
                roster.boxes.insert(key.clone(), RowDigest::of(&bytes));
                sealed.push((key, bytes));
            }
            let draft = token.sheet();
            let written = sealed.iter();
            let written = written.map(|(key, bytes)| (SealedTable::Boxes, (key.bytes(), &**bytes)));
            let change = SurveyChange {
                removed: vec![(SealedTable::Drafts, &draft)],
                written: written.collect(),
                ..SurveyChange::default()
            };
            match self.change(survey, &roster, change).await? {
                ChangeResult::Done => return Ok(()),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// Whether a survey has been changed since it was read.
    async fn has_changed(&self, survey: &OpenSurvey) -> Result<bool, SurveyError> {
        let now = self.store.by_tag(&survey.row.tag).await?;
        Ok(now.is_none_or(|now| now.revision != survey.row.revision))
    }

    /// A box for a new sheet: a random one of those that exist, or the first.
    async fn any_box(&self, survey: &OpenSurvey) -> Result<(RowKey, SheetBox), SurveyError> {
        let boxes = &survey.roster.boxes;
        match boxes.iter().nth(below(boxes.len())?) {
            Some((key, digest)) => Ok((key.clone(), self.opened_box(survey, key, digest).await?)),
            None => Ok((RowKey::random()?, SheetBox::default())),
        }
    }

    async fn opened_box(
        &self,
        survey: &OpenSurvey,
        key: &RowKey,
        digest: &RowDigest,
    ) -> Result<SheetBox, SurveyError> {
        let text = self.listed(survey, SealedTable::Boxes, key, digest).await?;
        let sheets = serde_json::from_slice(&text);
        sheets.map_err(|error| survey.unreadable("a box of answer sheets", error))
    }

    /// The invitation of a token, if it may still be answered.
    async fn respondent(&self, token: &Token, today: Date) -> Result<Respondent, SurveyError> {
        let row = self.store.by_tag(token.tag()).await?;
        let row = row.ok_or(SurveyError::UnknownToken)?;
        if state_of(&row)? != SurveyState::Open {
            return Err(SurveyError::UnknownToken);
        }
        let survey = self.opened(row)?;
        let invitation = survey.roster.find(token);
        let invitation = invitation.ok_or(SurveyError::UnknownToken)?;
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

    /// The sheet that was saved for a token, or one without answers.
    async fn saved_or_blank(
        &self,
        survey: &OpenSurvey,
        token: &Token,
    ) -> Result<AnswerSheet, SurveyError> {
        let key = token.sheet();
        let tag = &survey.row.tag;
        let Some(sealed) = self.store.sealed(SealedTable::Drafts, tag, &key).await? else {
            return Ok(AnswerSheet::blank(&survey.questionnaire));
        };
        let text = survey.key.open(&survey.place("draft", &key), &sealed);
        let text = text.map_err(|error| survey.unreadable("a saved sheet", error))?;
        let Draft { answers, comments } = serde_json::from_slice(&text)
            .map_err(|error| survey.unreadable("a saved sheet", error))?;
        Ok(AnswerSheet { answers, comments })
    }

    /// Counts the submitted sheets.
    pub(super) async fn answered(&self, survey: &OpenSurvey) -> Result<Tally, SurveyError> {
        let mut tally = Tally::new(&survey.questionnaire);
        for (key, digest) in &survey.roster.boxes {
            for (group, sheet) in self.opened_box(survey, key, digest).await?.into_sheets() {
                tally.add(group, &sheet);
            }
        }
        Ok(tally)
    }
}

fn opened_sheet(survey: OpenSurvey, sheet: AnswerSheet) -> OpenedSheet {
    OpenedSheet {
        survey: survey.row.id,
        closes: survey.row.closes,
        questionnaire: survey.questionnaire,
        sheet,
    }
}

fn check_size(sheet: &AnswerSheet) -> Result<(), SurveyError> {
    let size: usize = sheet.comments.iter().map(|comment| comment.len()).sum();
    match size <= LONGEST_COMMENTS {
        true => Ok(()),
        false => Err(SurveyError::LongComments),
    }
}
