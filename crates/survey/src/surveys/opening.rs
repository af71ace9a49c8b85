//! Opening a survey, and moving its last day.

use super::{SurveyError, SurveyState, Surveys, sealed_roster, state_of};
use crate::roster::Roster;
use crate::store::{ChangeResult, SurveyChange, SurveyRow};
use crate::token::Token;
use jiff::civil::Date;
use wcc_case::nearest;
use wcc_core::ledger::State;
use wcc_core::survey::Questionnaire;

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
pub enum OpenResult {
    /// The survey is new.
    New,
    /// It was open already, and its closing date is another one now.
    Moved,
    /// It was open already.
    Unchanged,
}

impl NewSurvey {
    /// A survey about a body of a cycle that a ledger has.
    ///
    /// # Errors
    /// The last day is over, there is no such cycle or body, or the questionnaire has problems or does
    /// not fit the framework of the cycle.
    pub fn in_ledger(
        state: &State,
        (cycle, body): (&str, &str),
        questionnaire: String,
        closes: Date,
        today: Date,
    ) -> Result<NewSurvey, SurveyError> {
        if closes < today {
            return Err(SurveyError::DayOver(closes));
        }
        let parsed = wcc_case::questionnaire::parse(&questionnaire, "questionnaire");
        let parsed = parsed.map_err(|problems| SurveyError::Questionnaire {
            survey: body.to_owned(),
            problems,
        })?;
        let Some((found, _)) = state.cycle_at(cycle, state.last()) else {
            let near = nearest(cycle, state.cycles_at(state.last()));
            return Err(SurveyError::NoCycle {
                name: cycle.to_owned(),
                nearest: near.map(str::to_owned),
            });
        };
        let mismatches = parsed.mismatches(&found.framework);
        if !mismatches.is_empty() {
            return Err(SurveyError::Mismatched(mismatches));
        }
        let bodies = &found.organisations;
        let Some(index) = bodies.find(body) else {
            let near = nearest(body, bodies.each().map(|(_, body)| &*body.code));
            return Err(SurveyError::NoBody {
                name: body.to_owned(),
                nearest: near.map(str::to_owned),
            });
        };
        Ok(NewSurvey {
            cycle: cycle.to_owned(),
            body: bodies.body(index).code.to_string(),
            questionnaire,
            closes,
        })
    }
}

impl Surveys<'_> {
    /// Opens a survey; returns its identifier and what this changed. Opening the same survey twice
    /// changes nothing, and opening it with another closing date moves that.
    ///
    /// # Errors
    /// The questionnaire has problems, or there is a survey with this identifier that is closed or
    /// has another questionnaire.
    pub async fn open(&self, new: &NewSurvey) -> Result<(String, OpenResult), SurveyError> {
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
            closer: None,
        };
        let roster = sealed_roster(
            &survey,
            &key,
            &Roster::default(),
            survey.revision,
            &survey.closes,
        );
        let added = match roster {
            Ok(roster) => {
                survey.roster = Some(roster);
                self.store.add(&survey).await.map_err(SurveyError::from)
            }
            Err(error) => Err(error),
        };
        match added {
            Ok(ChangeResult::Done) => Ok((id, OpenResult::New)),
            Ok(ChangeResult::Stale) => {
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
    ) -> Result<(String, OpenResult), SurveyError> {
        let id = known.id.clone();
        if known.questionnaire != new.questionnaire {
            return Err(SurveyError::Exists(id));
        }
        if state_of(known)? != SurveyState::Open {
            return Err(SurveyError::ClosedAlready(id));
        }
        let closes = new.closes.to_string();
        if known.closes == closes {
            return Ok((id, OpenResult::Unchanged));
        }
        let mut tries = 0;
        loop {
            let survey = self.find_open(&id).await?;
            let change = SurveyChange {
                closes: Some(&closes),
                ..SurveyChange::default()
            };
            match self.change(&survey, &survey.roster, change).await? {
                ChangeResult::Done => return Ok((id, OpenResult::Moved)),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }
}
