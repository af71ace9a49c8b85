//! Documents: parsed, measured and validated once.

use super::answer::{Answer, ERRORS, Kind, RequestError, refuse, refused};
use super::{merge, source, typename, values};
use crate::api::Engine;
use crate::limits::{Limits, Measure, Refusal, scan};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::parser::{self, parse_query};
use async_graphql::{ServerError, Variables};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A document that is known to be valid.
#[derive(Debug)]
pub(crate) struct Document {
    parsed: ExecutableDocument,
    /// Bytes of its last answer: what the next one needs about.
    last: AtomicUsize,
}

impl Document {
    /// The document.
    pub(crate) fn parsed(&self) -> &ExecutableDocument {
        &self.parsed
    }

    /// Room for an answer.
    pub(crate) fn room(&self) -> usize {
        self.last.load(Ordering::Relaxed)
    }

    /// Notes how large an answer was.
    pub(crate) fn answered_with(&self, bytes: usize) {
        self.last.store(bytes, Ordering::Relaxed);
    }

    /// The operation with a name, or the only one.
    ///
    /// # Errors
    /// There is none of this name, or several and no name.
    pub(crate) fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, Answer> {
        chosen(&self.parsed, name)
    }
}

fn chosen<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition, Answer> {
    let why = match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => return Ok(&only.node),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => {
            match named.values().next() {
                Some(only) => return Ok(&only.node),
                None => "the document has no operation",
            }
        }
        (DocumentOperations::Multiple(named), Some(name)) => match named.get(name) {
            Some(found) => return Ok(&found.node),
            None => "the document has no operation with the name in `operationName`",
        },
        (DocumentOperations::Single(_), Some(_)) => {
            "`operationName` is given, but the only operation of the document has no name"
        }
        (DocumentOperations::Multiple(_), None) => {
            "the document has several operations: choose one with `operationName`"
        }
    };
    Err(refuse(Kind::Refused, "OPERATION_RESOLUTION_FAILURE", why))
}

/// Parses and measures a document: all that is done before anything knows the schema's rules.
///
/// # Errors
/// It is not GraphQL, or passes a limit.
fn parsed(engine: &Engine, text: &str, limits: &Limits) -> Result<ExecutableDocument, Answer> {
    scan(text, limits).map_err(|refusal| too_much(&refusal))?;
    let readable = source::readable(text).map_err(|error| refused(Kind::Refused, &[error]))?;
    let document = parse_query(&*readable).map_err(|error| syntax(&error))?;
    Measure::new(&document, &Variables::default(), &engine.types)
        .document(limits)
        .map_err(|refusal| too_much(&refusal))?;
    Ok(document)
}

/// A document by its text: known, or parsed, measured and validated now.
///
/// `check` looks at the chosen operation before validation does.
///
/// # Errors
/// It is not GraphQL, passes a limit, is not valid, or `check` refuses it.
pub(crate) fn document<T>(
    engine: &Engine,
    text: &str,
    name: Option<&str>,
    limits: &Limits,
    check: impl FnOnce(&ExecutableDocument, &OperationDefinition) -> Result<(T, Variables), Answer>,
) -> Result<(Arc<Document>, T, Variables), Answer> {
    if let Some(known) = engine.documents.get(text) {
        let (checked, given) = check(&known.parsed, known.operation(name)?)?;
        return Ok((known, checked, given));
    }
    let document = parsed(engine, text, limits)?;
    let operation = chosen(&document, name)?;
    let (checked, given) = check(&document, operation)?;
    validate(engine, &document, name, &given)?;
    let known = Arc::new(Document {
        parsed: document,
        last: AtomicUsize::new(0),
    });
    // A parsed document takes some ten times the room of its text.
    let weight = text.len() * 12 + 1_000;
    engine
        .documents
        .insert(text.into(), Arc::clone(&known), weight);
    Ok((known, checked, given))
}

/// async-graphql's rules, and those that it does not check in full.
fn validate(
    engine: &Engine,
    document: &ExecutableDocument,
    name: Option<&str>,
    given: &Variables,
) -> Result<(), Answer> {
    // Executing against a root whose fields are all null costs little beside the validation
    // that comes before it, which has no entry point of its own.
    let mut request = async_graphql::Request::new("")
        .variables(given.clone())
        .disable_introspection();
    if let Some(name) = name {
        request = request.operation_name(name);
    }
    let mut shown = document.clone();
    typename::show(&mut shown).map_err(|error| refused(Kind::Refused, &[error]))?;
    request.set_parsed_query(shown);
    let response = super::library::wait_for(engine.library.execute(request));
    let errors: Vec<RequestError> = response
        .errors
        .iter()
        // With a path it is not the document that is wrong: `_service` and such are resolved.
        .filter(|error| error.path.is_empty())
        .map(invalid)
        .collect();
    if !errors.is_empty() {
        let mut different: Vec<RequestError> = Vec::new();
        for error in errors {
            // The library walks a document twice and may say the same twice.
            if different.len() < ERRORS && !different.contains(&error) {
                different.push(error);
            }
        }
        return Err(refused(Kind::Refused, &different));
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

/// The answer to a query that passes a limit.
pub(crate) fn too_much(refusal: &Refusal) -> Answer {
    refuse(Kind::Refused, refusal.code(), refusal.to_string())
}

/// What the parser says, without the piece of the query that it quotes.
fn syntax(error: &parser::Error) -> Answer {
    let message = match error {
        parser::Error::Syntax { message, .. } => {
            let said = message.rsplit("\n  = ").next().unwrap_or_default();
            let said = if said.starts_with(char::is_alphabetic) && !said.contains('\n') {
                said.split(", got").next().unwrap_or_default()
            } else {
                "not GraphQL"
            };
            let said = said.replace('_', " ").replace("EOI", "the end");
            format!(
                "syntax error: {}",
                said.chars().take(180).collect::<String>()
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

/// What a request that may only query says to anything else.
pub(crate) fn query_only(operation: &OperationDefinition) -> Result<(), Answer> {
    if operation.ty == OperationType::Query {
        return Ok(());
    }
    let message = format!("GET is for queries; send a {} by POST", operation.ty);
    Err(refuse(Kind::NotAQuery, "METHOD_NOT_ALLOWED", message))
}
