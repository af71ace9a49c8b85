//! Documents: parsed, measured and validated once.

use super::answer::{Answer, ERRORS, Kind, RequestError, refuse, refused};
use super::{Delivery, merge, source, typename, values};
use crate::api::Engine;
use crate::limits::{Limits, QueryMeter, Refusal, scan};
use crate::mutation::FOR_RESPONDENTS;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::parser::{self, parse_query};
use async_graphql::{ServerError, Variables};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A validated document.
#[derive(Debug)]
pub(crate) struct Document {
    parsed: ExecutableDocument,
    /// Size of its last answer in bytes, used to size the buffer for the next one.
    last_answer_bytes: AtomicUsize,
}

impl Document {
    /// The parsed document.
    pub(crate) fn parsed(&self) -> &ExecutableDocument {
        &self.parsed
    }

    /// The expected size of an answer in bytes.
    pub(crate) fn expected_bytes(&self) -> usize {
        self.last_answer_bytes.load(Ordering::Relaxed)
    }

    /// Records the size of an answer.
    pub(crate) fn record_answer_size(&self, bytes: usize) {
        self.last_answer_bytes.store(bytes, Ordering::Relaxed);
    }

    /// The operation with a name, or the only operation.
    ///
    /// # Errors
    ///
    /// No operation has this name, or there are several and no name is given.
    pub(crate) fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, Answer> {
        select_operation(&self.parsed, name)
    }
}

fn select_operation<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, Answer> {
    let message = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => return Ok(&only.node),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => {
            match named.values().next() {
                Some(only) => return Ok(&only.node),
                None => "the document has no operation",
            }
        }
        (DocumentOperations::Multiple(named), Some(name)) => match named.get(name) {
            Some(operation) => return Ok(&operation.node),
            None => "the document has no operation with the name in `operationName`",
        },
        (DocumentOperations::Single(_), Some(_)) => {
            "`operationName` is given, but the only operation of the document has no name"
        }
        (DocumentOperations::Multiple(_), None) => {
            "the document has several operations: choose one with `operationName`"
        }
    };
    Err(refuse(
        Kind::Refused,
        "OPERATION_RESOLUTION_FAILURE",
        message,
    ))
}

/// Parses and measures a document. Nothing here depends on the rules of the schema.
///
/// # Errors
///
/// The text is not GraphQL or exceeds a limit.
fn parsed(engine: &Engine, text: &str, limits: &Limits) -> Result<ExecutableDocument, Answer> {
    scan(text, limits).map_err(|refusal| too_much(&refusal))?;
    let normalised =
        source::normalise_escapes(text).map_err(|error| refused(Kind::Refused, &[error]))?;
    let document = parse_query(&*normalised).map_err(|error| syntax(&error))?;
    QueryMeter::new(&document, &Variables::default(), &engine.types)
        .document(limits)
        .map_err(|refusal| too_much(&refusal))?;
    Ok(document)
}

/// Returns the document with this text from the cache, or parses, measures and validates it.
///
/// `check` examines the selected operation before validation.
///
/// # Errors
///
/// The text is not GraphQL, exceeds a limit or is invalid, or `check` rejects it.
pub(crate) fn document<T>(
    engine: &Engine,
    text: &str,
    name: Option<&str>,
    limits: &Limits,
    check: impl FnOnce(&ExecutableDocument, &OperationDefinition) -> Result<(T, Variables), Answer>,
) -> Result<(Arc<Document>, T, Variables), Answer> {
    if let Some(known) = engine.documents.get(text) {
        let (checked, raw_variables) = check(&known.parsed, known.operation(name)?)?;
        return Ok((known, checked, raw_variables));
    }
    let document = parsed(engine, text, limits)?;
    let operation = select_operation(&document, name)?;
    let (checked, raw_variables) = check(&document, operation)?;
    validate(engine, &document, name, &raw_variables)?;
    let known = Arc::new(Document {
        parsed: document,
        last_answer_bytes: AtomicUsize::new(0),
    });
    // A respondent's invitation and answers may be in the text: it is forgotten at once.
    if FOR_RESPONDENTS
        .iter()
        .any(|mutation| text.contains(mutation))
    {
        return Ok((known, checked, raw_variables));
    }
    // A parsed document takes roughly ten times the space of its text.
    let weight = text.len() * 12 + 1_000;
    engine
        .documents
        .insert(text.into(), Arc::clone(&known), weight);
    Ok((known, checked, raw_variables))
}

/// The error with which async-graphql answers a valid subscription that is executed once.
const NO_STREAM: &str = "Subscriptions are not supported on this transport.";

/// Applies async-graphql's validation rules, and the rules that it does not check in full.
fn validate(
    engine: &Engine,
    document: &ExecutableDocument,
    name: Option<&str>,
    raw_variables: &Variables,
) -> Result<(), Answer> {
    // async-graphql has no separate entry point for validation. Executing against a root whose
    // fields are all null adds little to its cost.
    let mut request = async_graphql::Request::new("")
        .variables(raw_variables.clone())
        .disable_introspection();
    if let Some(name) = name {
        request = request.operation_name(name);
    }
    let mut exposed = document.clone();
    typename::expose_directives(&mut exposed).map_err(|error| refused(Kind::Refused, &[error]))?;
    request.set_parsed_query(exposed);
    let response = super::library::wait_for(engine.library.execute(request));
    let errors: Vec<RequestError> = response
        .errors
        .iter()
        // Errors with a path come from resolving fields such as `_service`, not from the document.
        .filter(|error| error.path.is_empty() && error.message != NO_STREAM)
        .map(invalid)
        .collect();
    if !errors.is_empty() {
        let mut distinct: Vec<RequestError> = Vec::new();
        for error in errors {
            // async-graphql visits a document twice and may report an error twice.
            if distinct.len() < ERRORS && !distinct.contains(&error) {
                distinct.push(error);
            }
        }
        return Err(refused(Kind::Refused, &distinct));
    }
    values::check(document, &engine.types)
        .and_then(|()| merge::check(document, &engine.types))
        .map_err(|errors| refused(Kind::Refused, &errors))
}

fn invalid(error: &ServerError) -> RequestError {
    RequestError {
        message: error.message.clone(),
        code: "GRAPHQL_VALIDATION_FAILED",
        positions: error
            .locations
            .iter()
            .map(|at| (at.line, at.column))
            .collect(),
    }
}

/// The answer to a query that exceeds a limit.
pub(crate) fn too_much(refusal: &Refusal) -> Answer {
    refuse(Kind::Refused, refusal.code(), refusal.to_string())
}

/// The parser's message, without the part of the query that it quotes.
fn syntax(error: &parser::Error) -> Answer {
    let message = match error {
        parser::Error::Syntax { message, .. } => {
            let reason = message.rsplit("\n  = ").next().unwrap_or_default();
            let reason = if reason.starts_with(char::is_alphabetic) && !reason.contains('\n') {
                reason.split(", got").next().unwrap_or_default()
            } else {
                "not GraphQL"
            };
            let reason = reason.replace('_', " ").replace("EOI", "the end");
            format!(
                "syntax error: {}",
                reason.chars().take(180).collect::<String>()
            )
        }
        parser::Error::MultipleOperations { .. } => {
            "each operation of a document with several must have a name".to_owned()
        }
        parser::Error::OperationDuplicated { .. } => "two operations have the same name".to_owned(),
        parser::Error::FragmentDuplicated { .. } => "two fragments have the same name".to_owned(),
        parser::Error::MissingOperation => "the document has no operation".to_owned(),
        parser::Error::RecursionLimitExceeded => "the query is nested too deep".to_owned(),
        _ => "the document cannot be executed".to_owned(),
    };
    let error = RequestError {
        message,
        code: "GRAPHQL_PARSE_FAILED",
        positions: error.positions().map(|at| (at.line, at.column)).collect(),
    };
    refused(Kind::Refused, &[error])
}

/// Rejects the kinds of operations that a request does not allow, or that its transport cannot
/// deliver.
pub(crate) fn check_kind(
    operation: &OperationDefinition,
    only_queries: bool,
    delivery: Delivery,
) -> Result<(), Answer> {
    match (operation.ty, delivery) {
        (OperationType::Mutation, _) if only_queries => {
            let message = "GET is for queries; send a mutation by POST";
            Err(refuse(Kind::NotAQuery, "METHOD_NOT_ALLOWED", message))
        }
        (OperationType::Subscription, Delivery::Single) => {
            let message = "a subscription needs a stream: open a WebSocket with the sub-protocol \
                           `graphql-transport-ws`, or send `Accept: text/event-stream`";
            Err(if only_queries {
                refuse(Kind::NotAQuery, "METHOD_NOT_ALLOWED", message)
            } else {
                refuse(Kind::Refused, "STREAM_REQUIRED", message)
            })
        }
        _ => Ok(()),
    }
}
