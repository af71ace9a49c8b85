//! Executes queries: from the text to the finished bytes of the answer.

pub(crate) mod answer;
mod as_of;
pub(crate) mod document;
pub(crate) mod json_keys;
mod library;
mod live_fields;
mod merge;
pub(crate) mod mutate;
pub(crate) mod pretty;
pub(crate) mod request;
pub(crate) mod source;
mod typename;
mod values;
pub(crate) mod whole_cycle;

use crate::api::{Engine, QueryView, finished};
use crate::limits::{Limits, QueryMeter};
use crate::live_records::LiveSelection;
use crate::project::plan::{PlannedField, Planner, Selection, Target};
use crate::project::variables::{BadVariable, Variables};
use crate::project::write::{Budget, BudgetExceeded, Segment, WriteResult, Writer};
use crate::project::{Object, TypeInfo};
use crate::root;
use crate::sources::Sources;
use crate::types::query::Query;
use crate::types::subscription::Subscription;
use answer::{Answer, Kind, RequestError, ShownError, refuse, refused, too_slow, write_errors};
pub(crate) use as_of::Moment;
use async_graphql::parser::types::OperationType;
use document::{Document, check_kind, too_much};
use library::LibraryResponse;
use request::Request;
use std::sync::Arc;
use std::time::Instant;

/// A validated request that only has to be written.
#[derive(Debug)]
pub(crate) struct Prepared {
    document: Arc<Document>,
    operation: Option<String>,
    variables: Variables,
    /// The variables as sent, for async-graphql.
    raw_variables: async_graphql::Variables,
    /// The cost of writing it.
    pub(crate) cost: u64,
    /// The kind of its operation.
    pub(crate) kind: OperationKind,
}

/// The kind of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationKind {
    /// A query about the current picture.
    Current,
    /// A query about an earlier point.
    AsOf(Moment),
    /// A mutation.
    Mutation,
    /// A subscription.
    Subscription,
}

/// How a transport delivers answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// One answer to each request, so it refuses subscriptions.
    Single,
    /// As many answers as there are.
    Stream,
}

impl Prepared {
    /// What the operation selects of what is read for each answer anew.
    pub(crate) fn live_selection(&self) -> LiveSelection {
        LiveSelection {
            surveys: self.selects_of_cycle(live_fields::SURVEYS),
            messages: self.selects_of_cycle(live_fields::MESSAGES),
            withdrawn: self.selects_of_cycle(live_fields::WITHDRAWN_MARKS),
        }
    }

    /// Whether the operation selects a field of a cycle.
    fn selects_of_cycle(&self, name: &str) -> bool {
        // Most documents do not have the word at all.
        if !live_fields::is_named(self.document.parsed(), name) {
            return false;
        }
        let operation = self.document.operation(self.operation.as_deref());
        match (self.selection(), operation) {
            (Ok(selection), Ok(operation)) => {
                live_fields::is_selected(root::of(operation.ty), &selection, name)
            }
            _ => false,
        }
    }

    /// The plan of the operation.
    ///
    /// # Errors
    ///
    /// The operation does not exist.
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

/// Prepares a request: parses, measures and validates it, and checks its variables.
///
/// # Errors
///
/// The answer that rejects the request.
pub(crate) fn prepare(
    engine: &Engine,
    request: &Request,
    delivery: Delivery,
) -> Result<Prepared, Answer> {
    prepare_within(engine, request, delivery, &engine.settings.limits)
}

fn prepare_within(
    engine: &Engine,
    request: &Request,
    delivery: Delivery,
    limits: &Limits,
) -> Result<Prepared, Answer> {
    let name = request.operation.as_deref();
    let checked = document::document(
        engine,
        &request.query,
        name,
        limits,
        |document, operation| {
            check_kind(operation, request.only_queries, delivery)?;
            let raw_variables = parse_variables(&request.variables)?;
            let cost = QueryMeter::new(document, &raw_variables, &engine.types)
                .cost(operation, limits)
                .map_err(|refusal| too_much(&refusal))?;
            let variables = Variables::check(operation, &raw_variables, &engine.types)
                .map_err(|mistakes| bad_variables(&mistakes))?;
            Ok(((cost, variables), raw_variables))
        },
    )?;
    let (document, (cost, variables), raw_variables) = checked;
    let operation = document.operation(name)?;
    let kind = match operation.ty {
        OperationType::Mutation => OperationKind::Mutation,
        OperationType::Subscription => OperationKind::Subscription,
        OperationType::Query => as_of::moment(operation, &variables)?
            .map_or(OperationKind::Current, OperationKind::AsOf),
    };
    let prepared = Prepared {
        document,
        operation: request.operation.clone(),
        variables,
        raw_variables,
        cost,
        kind,
    };
    if kind == OperationKind::Subscription {
        check_single_field(&prepared.selection()?)?;
    }
    Ok(prepared)
}

/// Refuses subscriptions with other than one field at their root, as the specification requires.
fn check_single_field(selection: &Selection) -> Result<(), Answer> {
    let position = match selection.fields.as_slice() {
        [only] if matches!(only.target, Target::Field(_)) => return Ok(()),
        [only] => Some(only.position),
        [_, second, ..] => Some(second.position),
        [] => None,
    };
    let message = "a subscription must select exactly one field of `Subscription`: open another for \
                   each further field";
    let error = RequestError {
        positions: position.into_iter().collect(),
        ..RequestError::new("GRAPHQL_VALIDATION_FAILED", message)
    };
    Err(refused(Kind::Refused, &[error]))
}

/// Answers a request of the program itself, without limits.
pub(crate) fn answer_unlimited(
    engine: &Engine,
    source: &QueryView,
    request: &Request,
    deadline: Instant,
) -> Answer {
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
    match prepare_within(engine, request, Delivery::Single, &unlimited) {
        Ok(prepared) => {
            let bytes = usize::MAX;
            write_within(engine, source, &prepared, Budget { bytes, deadline }).0
        }
        Err(answer) => answer,
    }
}

/// Parses the variables of a request.
fn parse_variables(json: &str) -> Result<async_graphql::Variables, Answer> {
    if json.is_empty() {
        return Ok(async_graphql::Variables::default());
    }
    let not_an_object = || "`variables` must be a JSON object".to_owned();
    let parsed = if json.trim_start().starts_with('{') {
        serde_json::from_str(json).map_err(|error| match source::surrogate_in_json(json) {
            Some(message) => format!("`variables`: {message}"),
            None => unusable_json(&error).unwrap_or_else(not_an_object),
        })
    } else {
        Err(not_an_object())
    };
    parsed
        .and_then(|parsed| match json_keys::find_duplicate(json) {
            Some(key) => Err(format!(
                "`variables` has an object that gives `{key}` twice"
            )),
            None => Ok(parsed),
        })
        .map_err(|message| refuse(Kind::Refused, "BAD_USER_INPUT", message))
}

/// Why JSON that is well-formed cannot be used.
fn unusable_json(error: &serde_json::Error) -> Option<String> {
    // The library tells these errors apart in words only.
    let words = error.to_string();
    let (line, column) = (error.line(), error.column());
    if words.starts_with("number out of range") {
        Some(format!(
            "`variables` has a number that is too large, in line {line}, column {column}: expected \
             one from -1.79e308 to 1.79e308"
        ))
    } else if words.starts_with("recursion limit") {
        Some("`variables` must be nested less than 128 deep".to_owned())
    } else {
        None
    }
}

fn bad_variables(mistakes: &[BadVariable]) -> Answer {
    let errors: Vec<RequestError> = mistakes
        .iter()
        .map(|variable| RequestError {
            message: variable.message.clone(),
            code: variable.code,
            positions: vec![variable.position],
        })
        .collect();
    refused(Kind::Refused, &errors)
}

/// Writes the answer to a validated request, and returns the parts of the picture it was written
/// from.
pub(crate) fn write(
    engine: &Engine,
    source: &QueryView,
    prepared: &Prepared,
    deadline: Instant,
) -> (Answer, Sources) {
    let bytes = engine.settings.largest_answer;
    write_within(engine, source, prepared, Budget { bytes, deadline })
}

fn write_within(
    engine: &Engine,
    source: &QueryView,
    prepared: &Prepared,
    budget: Budget,
) -> (Answer, Sources) {
    let name = prepared.operation.as_deref();
    let document = prepared.document.parsed();
    let selection = match prepared.selection() {
        Ok(selection) => selection,
        Err(answer) => return (answer, Sources::EVERYTHING),
    };
    let library =
        LibraryResponse::execute(engine, &selection, document, name, &prepared.raw_variables);

    let mut out = Writer::new(budget);
    let expected_bytes = prepared.document.expected_bytes();
    out.bytes.reserve(expected_bytes + expected_bytes / 16);
    let start = out.begin();
    let picture = source.picture();
    let query = Query {
        picture: &picture,
        head: source.head(),
    };
    let written = if prepared.kind == OperationKind::Subscription {
        write_root(&Subscription { query }, &selection, &library, &mut out)
    } else {
        write_root(&query, &selection, &library, &mut out)
    };
    let mut answer = finish(engine, out, start, written, budget, library.errors());
    if answer.kind == Kind::Data && picture.live().any() {
        answer.kind = Kind::LiveData;
    }
    prepared.document.record_answer_size(answer.bytes.len());
    (answer, picture.sources())
}

/// Finishes an answer whose data start at `start`, with the errors of its fields and
/// `extra_errors`.
fn finish(
    engine: &Engine,
    mut out: Writer,
    start: usize,
    written: WriteResult,
    budget: Budget,
    extra_errors: Vec<ShownError>,
) -> Answer {
    if written.is_err() {
        out.bytes.truncate(start);
        out.raw(b"null");
    }
    match out.budget_exceeded() {
        Some(BudgetExceeded::TooLarge) => return too_large(budget.bytes),
        Some(BudgetExceeded::TooSlow) => return too_slow(engine.settings.request_time),
        // The writer checks the size only between list items.
        None if out.bytes.len() > budget.bytes => return too_large(budget.bytes),
        None => {}
    }
    let Writer {
        mut bytes, errors, ..
    } = out;
    let mut shown: Vec<ShownError> = errors.into_iter().map(ShownError::from).collect();
    shown.extend(extra_errors);
    if !shown.is_empty() {
        write_errors(&shown, &mut bytes);
    }
    bytes.push(b'}');
    Answer {
        bytes: finished(bytes),
        kind: Kind::Data,
    }
}

fn too_large(limit: usize) -> Answer {
    let message = format!(
        "the answer would be larger than {limit} bytes: request fewer rows with `first`, or \
         fewer fields"
    );
    refuse(Kind::TooLarge, "ANSWER_TOO_LARGE", message)
}

/// Writes the root: the API's own fields from the picture, the others from async-graphql's
/// response.
fn write_root(
    root: &impl Object,
    selection: &Selection,
    library: &LibraryResponse,
    out: &mut Writer,
) -> WriteResult {
    for planned in &selection.fields {
        out.raw(&planned.lead);
        match planned.target {
            Target::TypeName => {}
            Target::Library => write_library_field(planned, library, out),
            Target::Field(position) => {
                write_field(root, position, planned, out)?;
            }
        }
    }
    out.end_object(selection);
    Ok(())
}

/// Writes a field of a root object.
fn write_field(
    root: &impl Object,
    position: u16,
    planned: &PlannedField,
    out: &mut Writer,
) -> WriteResult {
    let before = out.errors.len();
    let written = root.field(position, planned, out);
    for error in out.errors.iter_mut().skip(before) {
        error.path.push(Segment::Key(planned.key.to_string()));
    }
    written
}

fn write_library_field(planned: &PlannedField, library: &LibraryResponse, out: &mut Writer) {
    let start = out.bytes.len();
    let written = library
        .value(&planned.key)
        .is_some_and(|value| serde_json::to_writer(&mut out.bytes, value).is_ok());
    if !written {
        out.bytes.truncate(start);
        out.raw(b"null");
    }
}
