//! Answers: finished bytes, and errors in the format of GraphQL.

use crate::api::finished;
use crate::project::leaves::write_text;
use crate::project::write::{FieldError, Segment};
use axum::body::Bytes;
use std::io::Write as _;
use std::time::Duration;

/// The kind of an answer, from which the transport derives a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The operation was executed. The answer has `data`, perhaps with errors of single fields.
    Data,
    /// Like `Data`, with something from outside the programme: it must not be stored.
    LiveData,
    /// The request was rejected before execution, because of an error or a limit.
    Refused,
    /// The operation is not a query, but the request allows only queries.
    NotAQuery,
    /// The answer would exceed the maximum size.
    TooLarge,
    /// The request exceeded the maximum time.
    TooSlow,
    /// A mutation without credentials.
    Unauthenticated,
    /// The ledger is not available at the moment.
    Unavailable,
    /// An internal error.
    Failed,
}

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// JSON in UTF-8.
    pub bytes: Bytes,
    /// The kind of answer.
    pub kind: Kind,
}

/// An error that concerns the whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestError {
    pub(crate) message: String,
    pub(crate) code: &'static str,
    /// Lines and columns in the query.
    pub(crate) positions: Vec<(usize, usize)>,
}

impl RequestError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> RequestError {
        RequestError {
            message: message.into(),
            code,
            positions: Vec::new(),
        }
    }
}

/// Maximum number of errors in one answer.
pub(crate) const ERRORS: usize = 50;

/// Maximum number of characters in one message.
const MESSAGE: usize = 300;

/// The answer to a rejected request.
pub(crate) fn refused(kind: Kind, errors: &[RequestError]) -> Answer {
    let mut bytes = b"{\"errors\":[".to_vec();
    for (at, error) in errors.iter().take(ERRORS).enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        write_message(&error.message, &mut bytes);
        write_locations(&error.positions, &mut bytes);
        write_code(error.code, None, &mut bytes);
        bytes.push(b'}');
    }
    bytes.extend_from_slice(b"]}");
    Answer {
        bytes: finished(bytes),
        kind,
    }
}

/// The answer to a request rejected with one error.
pub(crate) fn refuse(kind: Kind, code: &'static str, message: impl Into<String>) -> Answer {
    refused(kind, &[RequestError::new(code, message)])
}

/// The answer to an internal error.
pub(crate) fn failed() -> Answer {
    let message = "internal error; see the server log under the `x-request-id` of this response";
    refuse(Kind::Failed, "INTERNAL_SERVER_ERROR", message)
}

/// The answer to a mutation without credentials.
pub(crate) fn unauthenticated() -> Answer {
    let message = "a mutation needs a token of this server: `Authorization: Bearer ...`";
    refuse(Kind::Unauthenticated, "UNAUTHENTICATED", message)
}

/// The answer if the ledger cannot be read.
pub(crate) fn unavailable() -> Answer {
    let message = "the ledger cannot be read as of that moment; see the server log";
    refuse(Kind::Unavailable, "SERVICE_UNAVAILABLE", message)
}

/// The answer if surveys cannot be read.
pub(crate) fn without_surveys() -> Answer {
    let message = "surveys cannot be read at the moment; see the server log";
    refuse(Kind::Unavailable, "SERVICE_UNAVAILABLE", message)
}

/// The answer if messages for people cannot be read.
pub(crate) fn without_messages() -> Answer {
    let message = "messages cannot be read at the moment; see the server log";
    refuse(Kind::Unavailable, "SERVICE_UNAVAILABLE", message)
}

/// The answer to a request that exceeded the maximum time.
pub(crate) fn too_slow(limit: Duration) -> Answer {
    let message = format!(
        "the answer was not ready within {} s: request less data, or retry later",
        limit.as_secs_f32()
    );
    refuse(Kind::TooSlow, "TOO_SLOW", message)
}

/// An error of one field, resolved by the API or by async-graphql.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShownError {
    pub(crate) message: String,
    pub(crate) positions: Vec<(usize, usize)>,
    /// Outermost first.
    pub(crate) path: Vec<Segment>,
    pub(crate) code: &'static str,
    pub(crate) nearest: Option<String>,
}

impl From<FieldError> for ShownError {
    fn from(mut error: FieldError) -> ShownError {
        error.path.reverse();
        ShownError {
            message: error.failure.message().to_owned(),
            positions: vec![error.position],
            path: error.path,
            code: error.failure.code().name(),
            nearest: error.failure.nearest().map(str::to_owned),
        }
    }
}

/// Writes `,"errors":[...]`.
pub(crate) fn write_errors(errors: &[ShownError], bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b",\"errors\":[");
    for (at, error) in errors.iter().take(ERRORS).enumerate() {
        if at > 0 {
            bytes.push(b',');
        }
        write_message(&error.message, bytes);
        write_locations(&error.positions, bytes);
        bytes.extend_from_slice(b",\"path\":[");
        for (at, segment) in error.path.iter().enumerate() {
            if at > 0 {
                bytes.push(b',');
            }
            match segment {
                Segment::Key(key) => write_text(key, bytes),
                // Writing to a vector cannot fail.
                Segment::Index(index) => drop(write!(bytes, "{index}")),
            }
        }
        bytes.push(b']');
        write_code(error.code, error.nearest.as_deref(), bytes);
        bytes.push(b'}');
    }
    if let Some(more) = errors.len().checked_sub(ERRORS).filter(|more| *more > 0) {
        bytes.push(b',');
        write_message(&format!("and {more} more errors"), bytes);
        bytes.push(b'}');
    }
    bytes.push(b']');
}

/// Writes `{"message":...`, truncated if the message is long.
fn write_message(message: &str, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b"{\"message\":");
    match message.char_indices().nth(MESSAGE) {
        Some((end, _)) => {
            let cut = message.get(..end).unwrap_or_default();
            write_text(&format!("{cut}..."), bytes);
        }
        None => write_text(message, bytes),
    }
}

fn write_locations(positions: &[(usize, usize)], bytes: &mut Vec<u8>) {
    if positions.is_empty() {
        return;
    }
    bytes.extend_from_slice(b",\"locations\":[");
    for (at, (line, column)) in positions.iter().enumerate() {
        let lead = if at > 0 { "," } else { "" };
        let _ = write!(bytes, "{lead}{{\"line\":{line},\"column\":{column}}}");
    }
    bytes.push(b']');
}

fn write_code(code: &str, nearest: Option<&str>, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(b",\"extensions\":{\"code\":");
    write_text(code, bytes);
    if let Some(nearest) = nearest {
        bytes.extend_from_slice(b",\"nearest\":");
        write_text(nearest, bytes);
    }
    bytes.push(b'}');
}
