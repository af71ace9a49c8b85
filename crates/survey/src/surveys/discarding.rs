//! Giving a survey up.

use super::{SurveyError, SurveyState, Surveys, state_of};
use crate::store::{ChangeResult, SurveyRow};

impl Surveys<'_> {
    /// Whether a survey may be discarded; changes nothing.
    ///
    /// # Errors
    /// There is no such survey, or it is not open.
    pub async fn check_discard(&self, name: &str) -> Result<(), SurveyError> {
        let row = self.find(name).await?;
        check_open(&row)
    }

    /// Destroys an open survey with its key, invitations and answers; nothing is recorded or
    /// published. This needs no key, so it ends a survey whose key is lost. Returns its identifier.
    ///
    /// # Errors
    /// There is no such survey, or it is not open.
    pub async fn discard(&self, name: &str) -> Result<String, SurveyError> {
        let mut tries = 0;
        loop {
            let row = self.find(name).await?;
            check_open(&row)?;
            // The key goes first: if this is interrupted, what is left can no longer be read.
            self.keys.destroy(&row.tag)?;
            match self.store.discard(&row).await? {
                ChangeResult::Done => return Ok(row.id),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }
}

fn check_open(row: &SurveyRow) -> Result<(), SurveyError> {
    let state = state_of(row)?;
    match state {
        SurveyState::Open => Ok(()),
        SurveyState::Closing | SurveyState::Closed => Err(SurveyError::NotDiscarded {
            survey: row.id.clone(),
            state,
        }),
    }
}
