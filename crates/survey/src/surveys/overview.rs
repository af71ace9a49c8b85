//! Surveys as those who run them see them: questionnaire, state, response rates.

use super::{GroupStatus, SurveyError, SurveyState, Surveys, published, questionnaire_of};
use crate::published::PublishedResults;
use crate::store::SurveyRow;
use jiff::civil::Date;
use wcc_core::survey::Questionnaire;

/// The name of a survey, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyName {
    /// Its identifier: CYCLE/BODY/QUESTIONNAIRE.
    pub id: String,
    /// The identifier of the cycle.
    pub cycle: String,
    /// The code of the body.
    pub body: String,
}

/// A survey with its response rates.
#[derive(Clone, Debug)]
pub struct SurveyOverview {
    /// Its name.
    pub name: SurveyName,
    /// Its state.
    pub state: SurveyState,
    /// The last day for answers; `None` if it cannot be read.
    pub closes: Option<Date>,
    /// The questionnaire; `None` if it cannot be read.
    pub questionnaire: Option<Questionnaire>,
    /// The response rates of the groups; none if there is a problem.
    pub groups: Vec<GroupStatus>,
    /// What may be published; `None` until it is closed.
    pub results: Option<PublishedResults>,
    /// Why it cannot be read: its key is lost, for example.
    pub problem: Option<String>,
}

impl Surveys<'_> {
    /// The names of all surveys, by identifier.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn names(&self) -> Result<Vec<SurveyName>, SurveyError> {
        let rows = self.store.surveys().await?;
        Ok(rows.iter().map(name_of).collect())
    }

    /// The surveys that are wanted, by identifier. One that cannot be read says so, and does not hide
    /// the others.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn overview(
        &self,
        is_wanted: impl Fn(&SurveyName) -> bool,
    ) -> Result<Vec<SurveyOverview>, SurveyError> {
        let mut wanted = Vec::new();
        for row in self.store.surveys().await? {
            let name = name_of(&row);
            if !is_wanted(&name) {
                continue;
            }
            let questionnaire = questionnaire_of(&row).ok();
            let results = published(&row).ok();
            let status = self.status_or_problem(row).await?;
            wanted.push(SurveyOverview {
                name,
                state: status.state,
                closes: status.closes.parse().ok(),
                questionnaire,
                groups: status.groups,
                results: results.filter(|_| status.state == SurveyState::Closed),
                problem: status.problem,
            });
        }
        Ok(wanted)
    }
}

fn name_of(row: &SurveyRow) -> SurveyName {
    SurveyName {
        id: row.id.clone(),
        cycle: row.cycle.clone(),
        body: row.body.clone(),
    }
}
