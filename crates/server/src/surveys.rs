//! Runs surveys for the API: the policy decides who may, `wcc-survey` does it, and their results enter
//! the server's ledger.
//!
//! The database of surveys is opened when it is first used, so that a server without surveys needs
//! none. Each piece of work runs to its end on a thread of its own, even if the client has gone.

mod failures;
mod report;

use crate::history::LedgerHistory;
use failures::{ActError, failure, in_table, mistakes, not_permitted};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore};
use wcc_api::{
    AnswerTable, BoxFuture, Entered, GroupResponse, History, InvitationToken, OpenSheet,
    SheetAnswer, SheetResult, SheetStep, SurveyActResult, SurveyCommand, SurveyContact,
    SurveyFailure, SurveyInvitation, SurveyMistake, SurveyMistakeKind, SurveyResult, SurveyRunner,
};
use wcc_core::Framework;
use wcc_core::actor::Actor;
use wcc_core::ledger::RefusalReason;
use wcc_core::policy::{
    CLOSE_SURVEY, DISCARD_SURVEY, FOLLOW_SURVEY, IMPORT_SURVEY_ANSWERS, INVITE_TO_SURVEY,
    OPEN_SURVEY, REMIND_OF_SURVEY,
};
use wcc_core::survey::{AnswerSheet, Questionnaire};
use wcc_ledger::{Address, Clock, Ledger};
use wcc_programme::nearest;
use wcc_survey::{
    DigestReader, KeyFolder, NewSurvey, OpenResult, SurveyError, SurveyName, SurveyOverview,
    SurveyState, SurveyStore, Surveys, Token, TypedAnswer, TypedContact, typed_contacts,
    typed_sheet,
};

/// How many pieces of work on surveys are done at the same time: each decrypts a whole roster.
const AT_ONCE: usize = 4;

/// Where surveys are kept.
#[derive(Clone, Debug)]
pub struct SurveySettings {
    /// The database of surveys.
    pub address: Address,
    /// The folder with the keys of open surveys.
    pub keys: PathBuf,
    /// Code of the authority whose surveys they are.
    pub sha: String,
}

/// The surveys of a server.
#[derive(Clone)]
pub(crate) struct LedgerSurveys(Arc<Inner>);

struct Inner {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    settings: SurveySettings,
    keys: KeyFolder,
    store: OnceCell<SurveyStore>,
    permits: Arc<Semaphore>,
    /// Enters results, and waits until they are served.
    history: Weak<LedgerHistory>,
}

impl LedgerSurveys {
    pub(crate) fn new(
        ledger: Ledger,
        clock: Arc<dyn Clock>,
        settings: SurveySettings,
        history: Weak<LedgerHistory>,
    ) -> LedgerSurveys {
        LedgerSurveys(Arc::new(Inner {
            ledger,
            clock,
            keys: KeyFolder::new(&settings.keys),
            settings,
            store: OnceCell::new(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            history,
        }))
    }

    /// Closes the database, if it was opened.
    pub(crate) async fn close(&self) {
        if let Some(store) = self.0.store.get() {
            store.close().await;
        }
    }

    /// Does some work on a thread of its own, to its end.
    fn work<T: Send + 'static>(
        &self,
        work: impl AsyncFnOnce(&Inner, Surveys<'_>) -> Result<T, ActError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, SurveyFailure>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            // Waited for here, so that whoever waits takes no thread, and gives up when its client does.
            let permit = Arc::clone(&inner.permits).acquire_owned().await;
            let permit = permit.map_err(|_| SurveyFailure::unavailable())?;
            let runtime = Handle::current();
            let working = tokio::task::spawn_blocking(move || {
                runtime.block_on(async {
                    let _permit = permit;
                    let store = inner.store().await?;
                    let surveys = Surveys::new(store, &inner.keys);
                    work(&inner, surveys).await.map_err(failure)
                })
            });
            let worked = working.await;
            worked.unwrap_or_else(|_| Err(SurveyFailure::unavailable()))
        })
    }
}

impl Inner {
    async fn store(&self) -> Result<&SurveyStore, SurveyFailure> {
        let open = || SurveyStore::open(&self.settings.address, &self.settings.sha);
        let store = self.store.get_or_try_init(open).await;
        store.map_err(|error| failure(SurveyError::from(error).into()))
    }

    fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.clock.now()).date()
    }

    fn may(&self, actor: &Actor, act: &'static str, survey: &SurveyName) -> bool {
        self.check(actor, act, (&survey.cycle, &survey.body))
            .is_ok()
    }

    fn check(
        &self,
        actor: &Actor,
        act: &'static str,
        (cycle, body): (&str, &str),
    ) -> Result<(), RefusalReason> {
        self.ledger.look_as(actor, |permission| {
            permission.check_act_on_body(act, cycle, body)
        })
    }

    /// The survey with an identifier, if the actor may do something to it. One about a body that they do
    /// not see looks absent.
    async fn named(
        &self,
        surveys: Surveys<'_>,
        actor: &Actor,
        act: &'static str,
        id: &str,
    ) -> Result<SurveyName, ActError> {
        let names = surveys.names().await?;
        let found = names.iter().find(|name| name.id == *id);
        let checked = found.map(|name| self.check(actor, act, (&name.cycle, &name.body)));
        match (found, checked) {
            (Some(name), Some(Ok(()))) => Ok(name.clone()),
            (Some(_), Some(Err(RefusalReason::NotPermitted { reason, .. }))) => {
                let kind = SurveyMistakeKind::NotPermitted;
                Err(SurveyMistake::new(kind, None, reason).into())
            }
            _ => {
                let seen = names.iter().filter(|name| self.may(actor, act, name));
                let near = nearest(id, seen.map(|name| &*name.id)).map(str::to_owned);
                let message = format!("there is no survey `{id}`");
                let kind = SurveyMistakeKind::NotFound;
                let mistake = SurveyMistake {
                    nearest: near,
                    ..SurveyMistake::new(kind, Some("survey"), message)
                };
                Err(mistake.into())
            }
        }
    }

    fn framework(&self, cycle: &str) -> Result<Arc<Framework>, ActError> {
        let framework = self.ledger.look(|state| {
            let cycle = state.cycle_at(cycle, state.last());
            cycle.map(|(cycle, _)| Arc::clone(&cycle.framework))
        });
        framework.ok_or_else(|| {
            let name = cycle.to_owned();
            SurveyError::NoCycle {
                name,
                nearest: None,
            }
            .into()
        })
    }

    async fn run(
        &self,
        surveys: Surveys<'_>,
        actor: &Actor,
        command: SurveyCommand,
    ) -> Result<SurveyResult, ActError> {
        let (name, act) = match command {
            SurveyCommand::Open {
                cycle,
                body,
                questionnaire,
                closes,
            } => {
                let about = (&*cycle, &*body);
                let checked = self.check(actor, OPEN_SURVEY, about);
                checked.map_err(|reason| not_permitted(&reason))?;
                let today = self.today();
                let new = self.ledger.look(|state| {
                    NewSurvey::in_ledger(state, about, questionnaire, closes, today)
                })?;
                let (id, opened) = surveys.open(&new).await?;
                let (cycle, body) = (new.cycle, new.body);
                let is_changed = opened != OpenResult::Unchanged;
                (
                    SurveyName { id, cycle, body },
                    SurveyActResult::Open { is_changed },
                )
            }
            SurveyCommand::Invite {
                survey,
                contacts,
                renew,
            } => {
                let name = self.named(surveys, actor, INVITE_TO_SURVEY, &survey);
                let name = name.await?;
                let invited = self.invite(surveys, &name, &contacts, renew).await?;
                (name, invited)
            }
            SurveyCommand::Remind { survey } => {
                let name = self.named(surveys, actor, REMIND_OF_SURVEY, &survey);
                let name = name.await?;
                let people = surveys.unanswered(&name.id).await?.into_iter();
                let people = people.map(|(group, contact)| SurveyContact {
                    group: group.into(),
                    contact: contact.into(),
                });
                (name, SurveyActResult::Unanswered(people.collect()))
            }
            SurveyCommand::Import {
                survey,
                table,
                replace,
            } => {
                let name = self.named(surveys, actor, IMPORT_SURVEY_ANSWERS, &survey);
                let name = name.await?;
                let imported = self.import(surveys, &name, &table, replace).await?;
                (name, imported)
            }
            SurveyCommand::Discard { survey, apply } => {
                let name = self.named(surveys, actor, DISCARD_SURVEY, &survey);
                let name = name.await?;
                match apply {
                    true => drop(surveys.discard(&name.id).await?),
                    false => surveys.check_discard(&name.id).await?,
                }
                (name, SurveyActResult::Discarded { is_done: apply })
            }
            SurveyCommand::Close { survey, early } => {
                let name = self.named(surveys, actor, CLOSE_SURVEY, &survey);
                let name = name.await?;
                let closed = self.close(surveys, &name, actor, early).await?;
                (name, closed)
            }
        };
        let is_shown = self.may(actor, FOLLOW_SURVEY, &name);
        // The act is done: what it made is not lost because the survey cannot be shown.
        let overview = surveys.overview(|other| is_shown && *other == name).await;
        let overview = overview.unwrap_or_else(|error| {
            tracing::error!("a survey cannot be shown: {error}");
            Vec::new()
        });
        Ok(SurveyResult {
            survey: overview.into_iter().next().map(shown),
            cycle: name.cycle.into(),
            act,
        })
    }

    async fn invite(
        &self,
        surveys: Surveys<'_>,
        name: &SurveyName,
        contacts: &[SurveyContact],
        renew: bool,
    ) -> Result<SurveyActResult, ActError> {
        let questionnaire = surveys.questionnaire(&name.id).await?;
        let contacts = contacts.iter().map(|contact| TypedContact {
            group: contact.group.clone(),
            contact: contact.contact.clone(),
        });
        let contacts: Vec<TypedContact> = contacts.collect();
        let contacts = typed_contacts(&questionnaire, &contacts)
            .map_err(|problems| mistakes("contacts", problems))?;
        let invitations = std::cell::RefCell::new(Vec::new());
        let deliver = |delivered: &[(&str, &str, Token)]| {
            let delivered = delivered.iter();
            let delivered = delivered.map(|(group, contact, token)| SurveyInvitation {
                contact: SurveyContact {
                    group: (*group).into(),
                    contact: (*contact).into(),
                },
                token: InvitationToken::new(token.text()),
            });
            invitations.replace(delivered.collect());
            Ok(())
        };
        let today = self.today();
        let invited = surveys.invite(&name.id, &contacts, renew, today, deliver);
        let invited = invited.await?;
        Ok(SurveyActResult::Invited {
            invitations: invitations.into_inner(),
            known: invited.known,
            elsewhere: invited.elsewhere,
        })
    }

    async fn import(
        &self,
        surveys: Surveys<'_>,
        name: &SurveyName,
        table: &AnswerTable,
        replace: bool,
    ) -> Result<SurveyActResult, ActError> {
        let questionnaire = surveys.questionnaire(&name.id).await?;
        let mut text = DigestReader::new(table.text().as_bytes());
        let tally = wcc_case::answers::tally(&questionnaire, &mut text, "table", &|_| ());
        let tally = tally.map_err(|problems| in_table(&problems))?;
        let digest = text.finish();
        let earlier = surveys.import(&name.id, &digest, &tally, replace).await?;
        let respondents: u64 = tally.sheets().iter().sum();
        Ok(SurveyActResult::Imported {
            respondents: earlier.map_or(0, |_| respondents),
            earlier: earlier.unwrap_or_default(),
        })
    }

    async fn close(
        &self,
        surveys: Surveys<'_>,
        name: &SurveyName,
        actor: &Actor,
        early: bool,
    ) -> Result<SurveyActResult, ActError> {
        let framework = self.framework(&name.cycle)?;
        let history = self.history.upgrade();
        let history = history.ok_or_else(SurveyFailure::unavailable)?;
        let append = |error| ActError::from(SurveyFailure::from(error));
        let closed = surveys
            .close(
                &name.id,
                &framework,
                (self.today(), early),
                actor,
                |request| self.ledger.rehearse(request).map_err(append),
                async |request| history.enter(request).await.map_err(append),
            )
            .await?;
        let (results, entered): (usize, Option<Entered>) = match closed.entered {
            Some((results, entered)) => (results, Some(entered)),
            None => (0, None),
        };
        Ok(SurveyActResult::Closed { results, entered })
    }

    async fn answer(
        &self,
        surveys: Surveys<'_>,
        token: &Token,
        step: &SheetStep,
    ) -> Result<SheetResult, ActError> {
        let today = self.today();
        let open = match step {
            SheetStep::Open => surveys.sheet(token, today).await?,
            SheetStep::Save(answers) => surveys.save(token, filled(answers), today).await?,
            SheetStep::Submit(answers) => {
                surveys.submit(token, filled(answers), today).await?;
                return Ok(SheetResult::Submitted);
            }
        };
        Ok(SheetResult::Open(Box::new(OpenSheet {
            closes: open.closes.parse().ok(),
            questionnaire: open.questionnaire,
            sheet: open.sheet,
        })))
    }
}

/// Puts answers into a saved sheet.
fn filled(
    answers: &[SheetAnswer],
) -> impl Fn(&Questionnaire, AnswerSheet) -> Result<AnswerSheet, ActError> {
    let answers = answers.iter().map(|answer| TypedAnswer {
        question: answer.question.clone(),
        score: answer.score,
        comment: answer.comment.clone(),
    });
    let answers: Vec<TypedAnswer> = answers.collect();
    move |questionnaire, saved| {
        let sheet = typed_sheet(questionnaire, saved, &answers);
        sheet.map_err(|problems| mistakes("answers", problems).into())
    }
}

impl SurveyRunner for LedgerSurveys {
    fn surveys(
        &self,
        actor: Actor,
    ) -> BoxFuture<'_, Result<Vec<wcc_api::SurveyOverview>, SurveyFailure>> {
        self.work(async move |inner, surveys| {
            let is_wanted = |survey: &SurveyName| inner.may(&actor, FOLLOW_SURVEY, survey);
            let overview = surveys.overview(is_wanted).await?;
            Ok(overview.into_iter().map(shown).collect())
        })
    }

    fn run(
        &self,
        actor: Actor,
        command: SurveyCommand,
    ) -> BoxFuture<'_, Result<SurveyResult, SurveyFailure>> {
        self.work(async move |inner, surveys| inner.run(surveys, &actor, command).await)
    }

    fn answer(
        &self,
        invitation: InvitationToken,
        step: SheetStep,
    ) -> BoxFuture<'_, Result<SheetResult, SurveyFailure>> {
        self.work(async move |inner, surveys| {
            let token = Token::parse(invitation.text()).ok_or(SurveyError::UnknownToken)?;
            inner.answer(surveys, &token, &step).await
        })
    }
}

fn shown(overview: SurveyOverview) -> wcc_api::SurveyOverview {
    if let Some(problem) = &overview.problem {
        tracing::error!("surveys: {problem}");
    }
    let groups = overview.groups.into_iter().map(|group| GroupResponse {
        code: group.code.into(),
        title: group.title.into(),
        invited: group.invited,
        answered: group.answered,
        imported: group.imported,
    });
    wcc_api::SurveyOverview {
        id: overview.name.id.into(),
        cycle: overview.name.cycle.into(),
        body: overview.name.body.into(),
        state: match overview.state {
            SurveyState::Open => wcc_api::SurveyState::Open,
            SurveyState::Closing => wcc_api::SurveyState::Closing,
            SurveyState::Closed => wcc_api::SurveyState::Closed,
        },
        closes: overview.closes,
        questionnaire: overview.questionnaire,
        groups: groups.collect(),
        report: overview.results.as_ref().map(report::report),
        is_unreadable: overview.problem.is_some(),
    }
}
