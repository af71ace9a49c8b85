//! Execution: from the text of a query to finished bytes.

pub(crate) mod answer;
pub(crate) mod document;
mod library;
mod merge;
pub(crate) mod pretty;
pub(crate) mod request;
mod typename;
pub(crate) mod whole_cycle;

use crate::api::{Engine, State, finished};
use crate::limits::{Limits, Measure};
use crate::project::plan::{Planned, Planner, Selection, Target};
use crate::project::variables::{BadVariable, Variables};
use crate::project::write::{Budget, GivenUp, Segment, Writer, Written};
use crate::project::{Object, TypeInfo};
use crate::root;
use crate::types::query::Query;
use answer::{Answer, Kind, RequestError, ShownError, refuse, refused, too_slow, write_errors};
use document::{Document, query_only, too_much};
use library::Said;
use request::Request;
use std::sync::Arc;
use std::time::Instant;

/// A request that is known to be valid: all that is left is to write its answer.
#[derive(Debug)]
pub(crate) struct Prepared {
    document: Arc<Document>,
    operation: Option<String>,
    variables: Variables,
    /// The variables as they were given, for the library.
    given: async_graphql::Variables,
    /// What writing it costs.
    pub(crate) cost: u64,
}

/// Everything up to writing.
///
/// # Errors
/// The answer that refuses the request.
pub(crate) fn prepare(engine: &Engine, request: &Request) -> Result<Prepared, Answer> {
    prepare_within(engine, request, &engine.settings.limits)
}

fn prepare_within(engine: &Engine, request: &Request, limits: &Limits) -> Result<Prepared, Answer> {
    let name = request.operation.as_deref();
    let known = document::document(
        engine,
        &request.query,
        name,
        limits,
        |document, operation| {
            if request.only_queries {
                query_only(operation)?;
            }
            let given = given(&request.variables)?;
            let cost = Measure::new(document, &given, &engine.types)
                .cost(operation, limits, root::query())
                .map_err(|refusal| too_much(&refusal))?;
            let variables = Variables::check(operation, &given, &engine.types)
                .map_err(|bad| bad_variables(&bad))?;
            Ok(((cost, variables), given))
        },
    )?;
    let (document, (cost, variables), given) = known;
    Ok(Prepared {
        document,
        operation: request.operation.clone(),
        variables,
        given,
        cost,
    })
}

/// Answers a request of our own: the same way, without limits.
pub(crate) fn own(engine: &Engine, state: &State, request: &Request, until: Instant) -> Answer {
    let unlimited = Limits {
        tokens: u32::MAX,
        aliases: u32::MAX,
        directives: u32::MAX,
        fragments: u32::MAX,
        root_fields: u32::MAX,
        selections: u32::MAX,
        cost: u64::MAX,
        ..Limits::default()
    };
    match prepare_within(engine, request, &unlimited) {
        Ok(prepared) => write_within(
            engine,
            state,
            &prepared,
            Budget {
                bytes: usize::MAX,
                until,
            },
        ),
        Err(refused) => refused,
    }
}

/// Reads the variables.
fn given(json: &str) -> Result<async_graphql::Variables, Answer> {
    if json.is_empty() {
        return Ok(async_graphql::Variables::default());
    }
    let object = json.trim_start().starts_with('{');
    let read = object.then(|| serde_json::from_str(json).ok()).flatten();
    read.ok_or_else(|| {
        let message = "`variables` must be a JSON object, nested less than 128 deep";
        refuse(Kind::Refused, "BAD_USER_INPUT", message)
    })
}

fn bad_variables(bad: &[BadVariable]) -> Answer {
    let errors: Vec<RequestError> = bad
        .iter()
        .map(|one| RequestError {
            message: one.message.clone(),
            code: "BAD_USER_INPUT",
            positions: vec![one.position],
        })
        .collect();
    refused(Kind::Refused, &errors)
}

/// Writes the answer to a valid request.
pub(crate) fn write(engine: &Engine, state: &State, prepared: &Prepared, until: Instant) -> Answer {
    let bytes = engine.settings.largest_answer;
    write_within(engine, state, prepared, Budget { bytes, until })
}

fn write_within(engine: &Engine, state: &State, prepared: &Prepared, budget: Budget) -> Answer {
    let name = prepared.operation.as_deref();
    let document = prepared.document.parsed();
    let operation = match prepared.document.operation(name) {
        Ok(operation) => operation,
        Err(refused) => return refused,
    };
    let TypeInfo::Object(object) = root::query() else {
        return answer::failed();
    };
    let planner = Planner {
        fragments: &document.fragments,
        variables: &prepared.variables,
    };
    let selection = planner.selection(object, &[&operation.selection_set.node]);
    let said = Said::to(engine, &selection, document, name, &prepared.given);

    let mut out = Writer::new(budget);
    let room = prepared.document.room();
    out.bytes.reserve(room + room / 16);
    out.raw(b"{\"data\":");
    let start = out.bytes.len();
    if write_root(&Query(&state.picture), &selection, &said, &mut out).is_err() {
        out.bytes.truncate(start);
        out.raw(b"null");
    }
    match out.given_up() {
        Some(GivenUp::TooLarge) => return too_large(budget.bytes),
        Some(GivenUp::TooSlow) => return too_slow(engine.settings.request_time),
        // Only list items are counted while writing; the end of the last one is not.
        None if out.bytes.len() > budget.bytes => return too_large(budget.bytes),
        None => {}
    }
    let Writer {
        mut bytes, errors, ..
    } = out;
    let mut shown: Vec<ShownError> = errors.into_iter().map(ShownError::from).collect();
    shown.extend(said.errors());
    if !shown.is_empty() {
        write_errors(&shown, &mut bytes);
    }
    bytes.push(b'}');
    prepared.document.answered_with(bytes.len());
    Answer {
        bytes: finished(bytes),
        kind: Kind::Data,
    }
}

fn too_large(most: usize) -> Answer {
    let message = format!(
        "the answer would be larger than {most} bytes: ask for fewer rows with `first`, or for \
         fewer fields"
    );
    refuse(Kind::TooLarge, "ANSWER_TOO_LARGE", message)
}

/// Writes the root: our fields from the picture, the library's from what it said.
fn write_root(query: &Query<'_>, selection: &Selection, said: &Said, out: &mut Writer) -> Written {
    for planned in &selection.fields {
        out.raw(&planned.lead);
        match planned.target {
            Target::TypeName => {}
            Target::Library => write_said(planned, said, out),
            Target::Field(position) => {
                let before = out.errors.len();
                let written = query.field(position, planned, out);
                for error in out.errors.iter_mut().skip(before) {
                    error.path.push(Segment::Key(planned.key.to_string()));
                }
                written?;
            }
        }
    }
    out.raw(if selection.fields.is_empty() {
        b"{}"
    } else {
        b"}"
    });
    Ok(())
}

fn write_said(planned: &Planned, said: &Said, out: &mut Writer) {
    let start = out.bytes.len();
    let written = said
        .value(&planned.key)
        .is_some_and(|value| serde_json::to_writer(&mut out.bytes, value).is_ok());
    if !written {
        out.bytes.truncate(start);
        out.raw(b"null");
    }
}
