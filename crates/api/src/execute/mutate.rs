//! Mutations: the fields are executed and written in order.

use super::answer::{self, Answer, Kind, refuse};
use super::{Prepared, finish, write_field};
use crate::api::{Api, COSTLY, guarded};
use crate::history::History;
use crate::mutation::{CommandResult, Mutation, command};
use crate::picture::Picture;
use crate::project::plan::{Planned, Target};
use crate::project::write::{Budget, Writer, Written};
use crate::project::{Code, Failure};
use std::sync::Arc;
use std::time::Instant;
use wcc_core::actor::Actor;
use wcc_ledger::Request;

/// Executes a valid mutation. Its answer is never cached.
pub(crate) async fn mutate(
    api: &Api,
    prepared: Prepared,
    actor: Option<Actor>,
    until: Instant,
) -> Answer {
    let engine = api.engine();
    let Some(history) = engine.history.clone() else {
        let message = "this server is read-only: it has no ledger";
        return refuse(Kind::Refused, "READ_ONLY", message);
    };
    let Some(actor) = actor else {
        return answer::unauthenticated();
    };
    let selection = match prepared.selection() {
        Ok(selection) => Arc::new(selection),
        Err(refused) => return refused,
    };
    let bytes = engine.settings.largest_answer;
    let budget = Budget { bytes, until };
    let mut out = Writer::new(budget);
    let start = out.begin();
    let mut written: Written = Ok(());
    for at in 0..selection.fields.len() {
        let Some(planned) = selection.fields.get(at) else {
            break;
        };
        let Target::Field(position) = planned.target else {
            out.raw(&planned.lead);
            continue;
        };
        let result = carry_out(&*history, &actor, position, planned, until).await;
        // The programme that holds it, as the actor may see it.
        let picture = match api.view(&api.state(), &actor, until).await {
            Ok(view) => view.picture_for_one_answer(Some(Arc::clone(&history))),
            Err(answer) => return answer,
        };
        let done = if prepared.cost < COSTLY {
            guarded(|| {
                let written = write(&picture, planned, position, &result, &mut out);
                (out, written)
            })
        } else {
            let selection = Arc::clone(&selection);
            let writing = api.apart(until, move |_| {
                let planned = selection.fields.get(at);
                let written = planned.map_or(Ok(()), |planned| {
                    write(&picture, planned, position, &result, &mut out)
                });
                Ok((out, written))
            });
            writing.await
        };
        match done {
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

/// Writes the result of a field, from the picture that holds it.
fn write(
    picture: &Picture,
    planned: &Planned,
    position: u16,
    result: &Result<CommandResult, Failure>,
    out: &mut Writer,
) -> Written {
    let root = Mutation { picture, result };
    out.raw(&planned.lead);
    write_field(&root, position, planned, out)
}

async fn carry_out(
    history: &dyn History,
    actor: &Actor,
    position: u16,
    planned: &Planned,
    until: Instant,
) -> Result<CommandResult, Failure> {
    let command = match command(position, planned)? {
        Ok(command) => command,
        Err(mistakes) => return Ok(CommandResult::Mistaken(mistakes)),
    };
    let cycle = command.cycle().map(Into::into);
    if command.drafts.is_empty() {
        return Ok(CommandResult::Unchanged { cycle });
    }
    let entering = history.enter(Request {
        actor: actor.clone(),
        id: command.request.clone(),
        drafts: command.drafts.clone(),
    });
    match tokio::time::timeout_at(until.into(), entering).await {
        Ok(Ok(entered)) => Ok(CommandResult::Entered { entered, cycle }),
        Ok(Err(error)) => command.mistakes(error).map(CommandResult::Mistaken),
        Err(_) => Err(Failure::new(
            Code::Unavailable,
            "the ledger did not confirm in time, so it may or may not have entered this: send \
             the same request again",
        )),
    }
}
