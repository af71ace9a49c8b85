//! Executes mutations, one field at a time, in order.

use super::answer::{self, Answer, Kind, refuse};
use super::{Prepared, finish, write_field};
use crate::api::{Api, COSTLY, guarded};
use crate::history::History;
use crate::import::ImportRequest;
use crate::mutation::{
    Command, CommandResult, Mistake, Mutation, command, is_of_respondent, reads_programme,
};
use crate::picture::Picture;
use crate::project::plan::{PlannedField, Target};
use crate::project::write::{Budget, WriteResult, Writer};
use crate::project::{Code, Failure};
use crate::survey::SurveyFailure;
use std::sync::Arc;
use std::time::Instant;
use wcc_core::actor::Actor;
use wcc_core::cycle::Cycle;
use wcc_ledger::Request;

/// Executes a valid mutation. Its answer is never cached.
pub(crate) async fn mutate(
    api: &Api,
    prepared: Prepared,
    actor: Option<Actor>,
    deadline: Instant,
) -> Answer {
    let engine = api.engine();
    let Some(history) = engine.history.clone() else {
        let message = "this server is read-only: it has no ledger";
        return refuse(Kind::Refused, "READ_ONLY", message);
    };
    let selection = match prepared.selection() {
        Ok(selection) => Arc::new(selection),
        Err(answer) => return answer,
    };
    // A respondent has an invitation instead of a token.
    let is_respondent = selection.fields.iter().all(|field| match field.target {
        Target::Field(position) => is_of_respondent(position),
        Target::TypeName | Target::Library => true,
    });
    let Some(actor) = actor.or_else(|| is_respondent.then(Actor::public)) else {
        return answer::unauthenticated();
    };
    let selected = prepared.live_selection();
    let bytes = engine.settings.largest_answer;
    let budget = Budget { bytes, deadline };
    let mut out = Writer::new(budget);
    let start = out.begin();
    let mut written: WriteResult = Ok(());
    for at in 0..selection.fields.len() {
        let Some(planned) = selection.fields.get(at) else {
            break;
        };
        let Target::Field(position) = planned.target else {
            out.raw(&planned.lead);
            continue;
        };
        let executed = execute_command(api, &history, &actor, position, planned, deadline);
        let result = match executed.await {
            Ok(result) => result,
            Err(answer) => return answer,
        };
        // The current programme, which includes the new entries, as the actor may read it. Building it
        // may take as long as assuring the cycle, so it is built only for an answer that reads it.
        let picture = if !is_respondent && reads_programme(planned) {
            let live = api.read_live(selected, &actor, deadline).await;
            match (api.view(&api.state(), &actor, deadline).await, live) {
                (Ok(view), Ok(live)) => {
                    let picture = view.picture_for_one_answer(Some(Arc::clone(&history)));
                    Some(picture.with_live(live))
                }
                (Err(answer), _) | (_, Err(answer)) => return answer,
            }
        } else {
            None
        };
        let field_result = if prepared.cost < COSTLY {
            guarded(|| {
                let picture = picture.as_ref();
                let written = write(picture, planned, position, &result, &mut out);
                (out, written)
            })
        } else {
            let selection = Arc::clone(&selection);
            let writing = api.run_blocking(deadline, move |_| {
                let planned = selection.fields.get(at);
                let written = planned.map_or(Ok(()), |planned| {
                    write(picture.as_ref(), planned, position, &result, &mut out)
                });
                Ok((out, written))
            });
            writing.await
        };
        match field_result {
            Ok((writer, field)) => {
                out = writer;
                written = written.and(field);
            }
            Err(answer) => return answer,
        }
    }
    out.end_object(&selection);
    finish(engine, out, start, written, budget, Vec::new())
}

/// Writes the result of a field from the picture that contains the new entries, if it reads one.
fn write(
    picture: Option<&Picture>,
    planned: &PlannedField,
    position: u16,
    result: &Result<CommandResult, Failure>,
    out: &mut Writer,
) -> WriteResult {
    let root = Mutation { picture, result };
    out.raw(&planned.lead);
    write_field(&root, position, planned, out)
}

async fn execute_command(
    api: &Api,
    history: &Arc<dyn History>,
    actor: &Actor,
    position: u16,
    planned: &PlannedField,
    deadline: Instant,
) -> Result<Result<CommandResult, Failure>, Answer> {
    let unresolved = match command(position, planned, None) {
        Ok(Ok(command)) => command,
        Ok(Err(mistakes)) => return Ok(Ok(CommandResult::Mistaken(mistakes))),
        Err(failure) => return Ok(Err(failure)),
    };
    let Some(method) = &unresolved.unknown_method else {
        return Ok(enter(&**history, actor, unresolved, deadline).await);
    };
    let (state, today) = (api.state(), api.today());
    let is_seen = |cycle: &Cycle| state.shows_cycle(actor, today, cycle);
    let method = match method.look_up(state.programme(), &is_seen) {
        Ok(method) => method,
        Err(mistake) => return Ok(Ok(CommandResult::Mistaken(vec![mistake]))),
    };
    Ok(match command(position, planned, Some(method)) {
        Ok(Ok(command)) => enter(&**history, actor, command, deadline).await,
        Ok(Err(mistakes)) => Ok(CommandResult::Mistaken(mistakes)),
        Err(failure) => Err(failure),
    })
}

async fn enter(
    history: &dyn History,
    actor: &Actor,
    command: Command,
    deadline: Instant,
) -> Result<CommandResult, Failure> {
    if let Some(import) = &command.import {
        let importing = history.import(ImportRequest {
            actor: actor.clone(),
            id: command.request.clone(),
            cycle: import.cycle.clone(),
            content: import.content.clone(),
            apply: import.apply,
        });
        return match tokio::time::timeout_at(deadline.into(), importing).await {
            Ok(Ok(imported)) => Ok(CommandResult::Imported(Box::new(imported))),
            Ok(Err(failure)) => command
                .import_mistakes(failure)
                .map(CommandResult::Mistaken),
            Err(_) => Err(not_confirmed()),
        };
    }
    if command.survey.is_some() || command.sheet.is_some() {
        let running = run_survey(history, actor, &command);
        return match tokio::time::timeout_at(deadline.into(), running).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(failure)) => command
                .survey_mistakes(failure)
                .map(CommandResult::Mistaken),
            Err(_) => Err(not_confirmed()),
        };
    }
    if let Some(request) = &command.message {
        let sending = history.send_message_again(actor, request);
        return match tokio::time::timeout_at(deadline.into(), sending).await {
            Ok(Ok(stored)) => Ok(CommandResult::Message(Box::new(stored))),
            Ok(Err(error)) => {
                Mistake::of_message(&error).map(|mistake| CommandResult::Mistaken(vec![mistake]))
            }
            Err(_) => Err(not_confirmed()),
        };
    }
    let cycle = command.cycle().map(Into::into);
    if command.drafts.is_empty() {
        return Ok(CommandResult::Unchanged { cycle });
    }
    let entering = history.enter(Request {
        actor: actor.clone(),
        id: command.request.clone(),
        drafts: command.drafts.clone(),
    });
    match tokio::time::timeout_at(deadline.into(), entering).await {
        Ok(Ok(entered)) => Ok(CommandResult::Entered { entered, cycle }),
        Ok(Err(error)) => command.mistakes(error).map(CommandResult::Mistaken),
        Err(_) => Err(not_confirmed()),
    }
}

async fn run_survey(
    history: &dyn History,
    actor: &Actor,
    command: &Command,
) -> Result<CommandResult, SurveyFailure> {
    let Some(surveys) = history.surveys() else {
        let message = "this server runs no surveys".to_owned();
        return Err(SurveyFailure::Unavailable(message));
    };
    if let Some((invitation, step)) = &command.sheet {
        let answered = surveys.answer(invitation.clone(), step.clone()).await?;
        return Ok(CommandResult::Sheet(answered));
    }
    match &command.survey {
        Some(asked) => {
            let result = surveys.run(actor.clone(), asked.clone()).await?;
            Ok(CommandResult::Survey(Box::new(result)))
        }
        None => Ok(CommandResult::Unchanged { cycle: None }),
    }
}

fn not_confirmed() -> Failure {
    Failure::new(
        Code::Unavailable,
        "the ledger did not confirm in time, so this may or may not have been entered: send \
         the same request again",
    )
}
