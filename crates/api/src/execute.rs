//! Execution: from the text of a query to finished bytes.

pub(crate) mod answer;
mod as_of;
pub(crate) mod document;
mod json_keys;
mod library;
mod merge;
pub(crate) mod mutate;
pub(crate) mod pretty;
pub(crate) mod request;
pub(crate) mod source;
mod typename;
mod values;
pub(crate) mod whole_cycle;

use crate::api::{Engine, Seen, finished};
use crate::limits::{Limits, Measure};
use crate::project::plan::{Planned, Planner, Selection, Target};
use crate::project::variables::{BadVariable, Variables};
use crate::project::write::{Budget, GivenUp, Segment, Writer, Written};
use crate::project::{Object, TypeInfo};
use crate::root;
use crate::sources::Sources;
use crate::types::query::Query;
use answer::{Answer, Kind, RequestError, ShownError, refuse, refused, too_slow, write_errors};
pub(crate) use as_of::Moment;
use async_graphql::parser::types::OperationType;
use document::{Document, query_only, too_much};
use library::LibraryResponse;
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
    /// What it asks for.
    pub(crate) asks: Asks,
}

/// What an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// How things stand.
    Now,
    /// How they stood.
    Then(Moment),
    /// That something be entered.
    Change,
}

impl Prepared {
    /// The plan of its operation.
    ///
    /// # Errors
    /// It has no such operation.
    fn selection(&self) -> Result<Selection, Answer> {
        let document = self.document.parsed();
        let operation = self.document.operation(self.operation.as_deref())?;
        let TypeInfo::Object(object) = root::of(operation.ty) else {
            return Err(answer::failed());
        };
        let planner = Planner {
            fragments: &document.fragments,
            variables: &self.variables,
        };
        Ok(planner.selection(object, &[&operation.selection_set.node]))
    }
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
                .cost(operation, limits)
                .map_err(|refusal| too_much(&refusal))?;
            let variables = Variables::check(operation, &given, &engine.types)
                .map_err(|bad| bad_variables(&bad))?;
            Ok(((cost, variables), given))
        },
    )?;
    let (document, (cost, variables), given) = known;
    let operation = document.operation(name)?;
    let asks = match operation.ty {
        OperationType::Mutation => Asks::Change,
        _ => as_of::moment(operation, &variables)?.map_or(Asks::Now, Asks::Then),
    };
    Ok(Prepared {
        document,
        operation: request.operation.clone(),
        variables,
        given,
        cost,
        asks,
    })
}

/// Answers a request of our own: the same way, without limits.
pub(crate) fn own(engine: &Engine, seen: &Seen, request: &Request, until: Instant) -> Answer {
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
        Ok(prepared) => {
            let bytes = usize::MAX;
            write_within(engine, seen, &prepared, Budget { bytes, until }).0
        }
        Err(refused) => refused,
    }
}

/// Reads the variables.
fn given(json: &str) -> Result<async_graphql::Variables, Answer> {
    if json.is_empty() {
        return Ok(async_graphql::Variables::default());
    }
    let object = json.trim_start().starts_with('{');
    let read = object
        .then(|| serde_json::from_str(json).ok())
        .flatten()
        .ok_or_else(|| match source::surrogate_in_json(json) {
            Some(why) => format!("`variables`: {why}"),
            None => "`variables` must be a JSON object, nested less than 128 deep".to_owned(),
        });
    read.and_then(|read| match json_keys::twice(json) {
        Some(key) => Err(format!(
            "`variables` has an object that gives `{key}` twice"
        )),
        None => Ok(read),
    })
    .map_err(|message| refuse(Kind::Refused, "BAD_USER_INPUT", message))
}

fn bad_variables(bad: &[BadVariable]) -> Answer {
    let errors: Vec<RequestError> = bad
        .iter()
        .map(|refusal| RequestError {
            message: refusal.message.clone(),
            code: refusal.code,
            positions: vec![refusal.position],
        })
        .collect();
    refused(Kind::Refused, &errors)
}

/// Writes the answer to a valid request, and notes what it was written from.
pub(crate) fn write(
    engine: &Engine,
    seen: &Seen,
    prepared: &Prepared,
    until: Instant,
) -> (Answer, Sources) {
    let bytes = engine.settings.largest_answer;
    write_within(engine, seen, prepared, Budget { bytes, until })
}

fn write_within(
    engine: &Engine,
    seen: &Seen,
    prepared: &Prepared,
    budget: Budget,
) -> (Answer, Sources) {
    let name = prepared.operation.as_deref();
    let document = prepared.document.parsed();
    let selection = match prepared.selection() {
        Ok(selection) => selection,
        Err(refused) => return (refused, Sources::EVERYTHING),
    };
    let said = LibraryResponse::to(engine, &selection, document, name, &prepared.given);

    let mut out = Writer::new(budget);
    let room = prepared.document.room();
    out.bytes.reserve(room + room / 16);
    let start = out.begin();
    let picture = seen.picture();
    let query = Query {
        picture: &picture,
        head: seen.head(),
    };
    let written = write_root(&query, &selection, &said, &mut out);
    let answer = finish(engine, out, start, written, budget, said.errors());
    prepared.document.answered_with(answer.bytes.len());
    (answer, picture.sources())
}

/// Ends an answer whose data begin at `start`, with the errors of its fields and `more`.
fn finish(
    engine: &Engine,
    mut out: Writer,
    start: usize,
    written: Written,
    budget: Budget,
    more: Vec<ShownError>,
) -> Answer {
    if written.is_err() {
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
    shown.extend(more);
    if !shown.is_empty() {
        write_errors(&shown, &mut bytes);
    }
    bytes.push(b'}');
    Answer {
        bytes: finished(bytes),
        kind: Kind::Data,
    }
}

fn too_large(most: usize) -> Answer {
    let message = format!(
        "the answer would be larger than {most} bytes: request fewer rows with `first`, or \
         fewer fields"
    );
    refuse(Kind::TooLarge, "ANSWER_TOO_LARGE", message)
}

/// Writes the root: our fields from the picture, the library's from what it said.
fn write_root(
    query: &Query<'_>,
    selection: &Selection,
    said: &LibraryResponse,
    out: &mut Writer,
) -> Written {
    for planned in &selection.fields {
        out.raw(&planned.lead);
        match planned.target {
            Target::TypeName => {}
            Target::Library => write_said(planned, said, out),
            Target::Field(position) => {
                write_field(query, position, planned, out)?;
            }
        }
    }
    out.end_object(selection);
    Ok(())
}

/// Writes the value of a field of a root.
fn write_field(root: &impl Object, position: u16, planned: &Planned, out: &mut Writer) -> Written {
    let before = out.errors.len();
    let written = root.field(position, planned, out);
    for error in out.errors.iter_mut().skip(before) {
        error.path.push(Segment::Key(planned.key.to_string()));
    }
    written
}

fn write_said(planned: &Planned, said: &LibraryResponse, out: &mut Writer) {
    let start = out.bytes.len();
    let written = said
        .value(&planned.key)
        .is_some_and(|value| serde_json::to_writer(&mut out.bytes, value).is_ok());
    if !written {
        out.bytes.truncate(start);
        out.raw(b"null");
    }
}
