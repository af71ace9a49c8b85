//! Closing a survey: its results are decided once, enter the ledger, and everything about people is
//! destroyed.
//!
//! The steps go over two databases and a file, and each of them may be the last before a crash. The
//! results are stored first, with the state "closing", in which nothing is accepted any more; every
//! later step can be repeated, so closing the survey again completes it.

use super::{SurveyError, SurveyState, Surveys, groups_of, published, state_of, unreadable};
use crate::published::{PublishedResults, ResultContext};
use crate::store::{ChangeResult, SurveyChange, SurveyRow};
use jiff::civil::Date;
use std::sync::Arc;
use wcc_core::Framework;
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::record::{RecordFact, SurveyFact};
use wcc_core::survey::SurveyResults;
use wcc_ledger::{Hash, Request};

/// A survey on its way to be closed, with its results.
#[derive(Clone, Debug)]
pub struct ClosingSurvey {
    row: SurveyRow,
    /// What may be published.
    pub results: PublishedResults,
    /// Who began to close it. Whoever completes that records the results in their name, because the
    /// ledger knows a request by its actor: so it records the results once.
    pub closer: Actor,
    /// Whether an earlier attempt has decided the results.
    pub is_resumed: bool,
    /// Whether the survey was closed before.
    pub is_closed: bool,
}

/// A survey that was closed.
#[derive(Clone, Debug)]
pub struct ClosedSurvey<T> {
    /// The survey, with its results.
    pub closing: ClosingSurvey,
    /// The number of results that were entered, and what entering them came to; `None` if there were
    /// none to enter, or if the survey was closed before.
    pub entered: Option<(usize, T)>,
}

impl Surveys<'_> {
    /// Closes a survey: decides its results, has them entered in the ledger, and destroys everything
    /// about people. `check` asks whether the ledger would take a request, `enter` enters it. If an
    /// earlier attempt was interrupted, this completes it.
    ///
    /// # Errors
    /// The survey cannot be read, takes answers still, or `check` refuses: nothing has changed then. Or
    /// the results cannot be entered, or what is left cannot be
    /// destroyed. Then closing the survey again completes it.
    pub async fn close<T, E: From<SurveyError>>(
        &self,
        name: &str,
        framework: &Framework,
        (today, early): (Date, bool),
        closer: &Actor,
        check: impl Fn(&Request) -> Result<(), E>,
        enter: impl AsyncFnOnce(Request) -> Result<T, E>,
    ) -> Result<ClosedSurvey<T>, E> {
        let check = |closing: &ClosingSurvey| closing.request().as_ref().map_or(Ok(()), &check);
        let closing = self
            .begin_closing(name, framework, today, early, closer, check)
            .await?;
        if closing.is_closed {
            return Ok(ClosedSurvey {
                closing,
                entered: None,
            });
        }
        let entered = match closing.request() {
            Some(request) => {
                let count = request.drafts.len();
                Some((count, enter(request).await?))
            }
            None => None,
        };
        self.finish_closing(&closing).await?;
        Ok(ClosedSurvey { closing, entered })
    }

    /// The cycle of a survey, whose framework closing needs.
    ///
    /// # Errors
    /// There is no such survey.
    pub async fn cycle_of(&self, name: &str) -> Result<String, SurveyError> {
        Ok(self.find(name).await?.cycle)
    }

    /// Decides the results of a survey. `check` sees what would enter the ledger while the survey is
    /// still open, and may refuse; it must not show it to anybody. Before the closing date is over,
    /// this needs `early`. `closer` is who closes the survey; if somebody else began that, the
    /// returned survey names them.
    ///
    /// # Errors
    /// The survey cannot be read, takes answers still, or `check` refuses. Nothing has changed then.
    async fn begin_closing<E: From<SurveyError>>(
        &self,
        name: &str,
        framework: &Framework,
        today: Date,
        early: bool,
        closer: &Actor,
        check: impl Fn(&ClosingSurvey) -> Result<(), E>,
    ) -> Result<ClosingSurvey, E> {
        let mut tries = 0;
        loop {
            let row = self.find(name).await?;
            let state = state_of(&row)?;
            if state != SurveyState::Open {
                let began = row.closer.as_deref().map(serde_json::from_str::<Actor>);
                let began = began.transpose();
                let began =
                    began.map_err(|error| unreadable(&row, "who began to close it", error))?;
                return Ok(ClosingSurvey {
                    results: published(&row)?,
                    closer: began.unwrap_or_else(|| closer.clone()),
                    is_resumed: state == SurveyState::Closing,
                    is_closed: state == SurveyState::Closed,
                    row,
                });
            }
            let closes: Option<Date> = row.closes.parse().ok();
            if !early && closes.is_some_and(|closes| today <= closes) {
                return Err(SurveyError::TakesAnswers {
                    survey: row.id,
                    closes: row.closes,
                }
                .into());
            }
            let survey = self.opened(row)?;
            let answered = self.answered(&survey).await?;
            let imported = self.imported(&survey).await?;
            let groups = groups_of(&survey.questionnaire, &survey.roster, &imported);
            let context = ResultContext {
                survey: &survey.row.id,
                cycle: &survey.row.cycle,
                body: &survey.row.body,
                closes: &survey.row.closes,
                questionnaire: &survey.questionnaire,
                groups: &groups,
                framework,
            };
            let results = SurveyResults::of(&survey.questionnaire, &answered, &imported);
            let results = PublishedResults::of(&context, &results);
            let text = serde_json::to_string(&results)
                .map_err(|error| survey.unreadable("the results", error))?;
            let who = serde_json::to_string(closer)
                .map_err(|error| survey.unreadable("who closes it", error))?;
            let closing = ClosingSurvey {
                row: survey.row,
                results,
                closer: closer.clone(),
                is_resumed: false,
                is_closed: false,
            };
            check(&closing)?;
            let change = SurveyChange {
                closing: Some((&text, &who)),
                ..SurveyChange::default()
            };
            match self
                .store
                .change(&closing.row, &change)
                .await
                .map_err(SurveyError::from)?
            {
                ChangeResult::Done => return Ok(closing),
                ChangeResult::Stale => self.pause(&mut tries).await?,
            }
        }
    }

    /// Destroys everything about people, once the results are in the ledger.
    ///
    /// # Errors
    /// The database or the key cannot be changed; try again.
    async fn finish_closing(&self, closing: &ClosingSurvey) -> Result<(), SurveyError> {
        self.keys.destroy(&closing.row.tag)?;
        self.store.empty(&closing.row).await?;
        Ok(())
    }
}

impl ClosingSurvey {
    /// The request that records the results; `None` if there are none. It is always the same for a
    /// survey, so that the ledger records it once, whoever completes the closing.
    fn request(&self) -> Option<Request> {
        let drafts = self.drafts();
        if drafts.is_empty() {
            return None;
        }
        let survey = &self.results.survey;
        let digest = Hash::of(format!("{survey} {drafts:?}").as_bytes()).to_string();
        Some(Request {
            actor: self.closer.clone(),
            id: format!("survey {} {digest:.16}", start_of(survey)),
            drafts,
        })
    }

    /// What enters the ledger: the overall result of each question on each of its measures. A
    /// question that fewer people answered than may be shown gives none, and neither do training
    /// needs.
    fn drafts(&self) -> Vec<Draft> {
        let results = &self.results;
        let Some(survey) = &results.framework_survey else {
            return Vec::new();
        };
        let mut drafts = Vec::new();
        for question in &results.questions {
            let Some(overall) = &question.overall else {
                continue;
            };
            let mut source = format!(
                "Survey {}: {} answers, standard deviation {}",
                results.survey, overall.answers, overall.spread
            );
            if let Some(origin) = &results.source {
                source.push_str(&format!(". {origin}"));
            }
            let figures = results.figures_of(question).map(Arc::new);
            for measure in &question.measures {
                drafts.push(Draft {
                    fact: Fact::Record {
                        cycle: results.cycle.as_str().into(),
                        record: RecordFact::Survey(SurveyFact {
                            body: results.body.as_str().into(),
                            survey: survey.as_str().into(),
                            measure: measure.as_str().into(),
                            question: Some(question.text.as_str().into()),
                            score: overall.mean.parse().ok(),
                            wording: overall.wording.as_deref().map(Into::into),
                            source: Some(source.as_str().into()),
                            figures: figures.clone(),
                        }),
                    },
                    supersedes: None,
                    origin: None,
                });
            }
        }
        drafts
    }
}

/// The start of a name, as much as fits into a request's identifier.
fn start_of(name: &str) -> &str {
    name.get(..name.floor_char_boundary(60)).unwrap_or(name)
}
