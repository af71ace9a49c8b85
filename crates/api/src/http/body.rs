//! Reading a GraphQL request out of an HTTP one.

use super::negotiate::is_utf8;
use crate::api::Settings;
use crate::execute::request::Request;
use crate::execute::source::surrogate_in_json;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request as HttpRequest;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Why an HTTP request is not a GraphQL request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The status.
    pub(crate) status: StatusCode,
    /// A sentence for the client.
    pub(crate) message: Cow<'static, str>,
    /// The methods that are allowed, if that is the problem.
    pub(crate) allow: Option<&'static str>,
    /// The code that a client of GraphQL looks for.
    pub(crate) code: Option<&'static str>,
}

impl Problem {
    /// A problem with its status.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            status,
            message: message.into(),
            allow: None,
            code: None,
        }
    }

    /// The answer to a persisted query: the words that Apollo's clients look for. They then send
    /// the query itself, and no more hashes.
    fn persisted() -> Problem {
        Problem {
            code: Some("PERSISTED_QUERY_NOT_SUPPORTED"),
            ..Problem::bad("PersistedQueryNotSupported")
        }
    }

    /// The method is not one of these.
    pub(crate) fn method(allow: &'static str) -> Problem {
        Problem {
            allow: Some(allow),
            ..Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("method not allowed: use {allow}"),
            )
        }
    }

    fn bad(message: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, message)
    }

    fn too_large(most: usize) -> Problem {
        let message = format!("the request is larger than the maximum of {most} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

/// The body of a POST, as it is.
///
/// # Errors
/// It is not JSON by its header, too long or too slow.
pub(crate) async fn whole(request: HttpRequest, settings: &Settings) -> Result<Bytes, Problem> {
    json_only(request.headers())?;
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > settings.body_bytes as u64) {
        return Err(Problem::too_large(settings.body_bytes));
    }
    let reading = to_bytes(request.into_body(), settings.body_bytes);
    match tokio::time::timeout(settings.request_time, reading).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // The only error of a whole body is its length; a torn connection reads nothing anyway.
        Ok(Err(_)) => Err(Problem::too_large(settings.body_bytes)),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}

/// Refuses any body but plain JSON in UTF-8: a form or text could be sent by any page on the web
/// without asking.
fn json_only(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported =
        |message: &'static str| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    if headers.get_all(header::CONTENT_TYPE).iter().count() > 1 {
        return unsupported("`Content-Type` is given twice");
    }
    let given = headers.get(header::CONTENT_TYPE);
    let given = given
        .and_then(|given| given.to_str().ok())
        .unwrap_or_default();
    let mut parts = given.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    if !media.eq_ignore_ascii_case("application/json") {
        return unsupported("the body of a POST must be `Content-Type: application/json`");
    }
    let foreign = parts
        .filter_map(|part| part.split_once('='))
        .any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset") && !is_utf8(value.trim().trim_matches('"'))
        });
    if foreign {
        return unsupported("the body must be in UTF-8");
    }
    match headers.get(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(plain) if plain.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(_) => unsupported("the body must not be compressed"),
    }
}

/// The members of a request, each as it stands in the body.
#[derive(Deserialize)]
struct Members<'b> {
    #[serde(borrow)]
    query: Option<&'b RawValue>,
    #[serde(borrow, rename = "operationName")]
    operation: Option<&'b RawValue>,
    #[serde(borrow)]
    variables: Option<&'b RawValue>,
    #[serde(borrow)]
    extensions: Option<&'b RawValue>,
}

/// Reads a POST.
///
/// # Errors
/// The body is not a request.
pub(crate) fn from_json(bytes: &[u8]) -> Result<Request, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::bad("the body is not UTF-8"))?;
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => {
            return Err(Problem::bad(
                "batches are not supported: send one request at a time",
            ));
        }
        _ => return Err(Problem::bad("the body must be a JSON object")),
    }
    let members: Members<'_> = serde_json::from_str(text).map_err(|error| {
        Problem::bad(format!(
            "the body is not a JSON object with each member once: line {}, column {}",
            error.line(),
            error.column()
        ))
    })?;
    let query = members.query.map_or(Ok(None), |raw| string("query", raw))?;
    let operation = members
        .operation
        .map_or(Ok(None), |raw| string("operationName", raw))?;
    let variables = members
        .variables
        .map_or(Ok(""), |raw| object("variables", raw))?;
    let extensions = members
        .extensions
        .map_or(Ok(""), |raw| object("extensions", raw))?;
    request(query, operation, variables.to_owned(), extensions, false)
}

fn request(
    query: Option<String>,
    operation: Option<String>,
    variables: String,
    extensions: &str,
    only_queries: bool,
) -> Result<Request, Problem> {
    let query = query.ok_or_else(|| {
        if is_persisted(extensions) {
            Problem::persisted()
        } else {
            Problem::bad("`query` is missing")
        }
    })?;
    Ok(Request {
        query,
        // Forms and tools send an empty name where they mean none.
        operation: operation.filter(|name| !name.is_empty()),
        variables,
        only_queries,
        actor: None,
    })
}

/// Whether a request names its query by a hash alone.
fn is_persisted(extensions: &str) -> bool {
    #[derive(Deserialize)]
    struct Extensions<'e> {
        #[serde(borrow, rename = "persistedQuery")]
        persisted: Option<&'e RawValue>,
    }
    let read = serde_json::from_str::<Extensions<'_>>(extensions);
    read.is_ok_and(|read| read.persisted.is_some())
}

fn string(name: &str, raw: &RawValue) -> Result<Option<String>, Problem> {
    serde_json::from_str(raw.get()).map_err(|_| match surrogate_in_json(raw.get()) {
        Some(why) => Problem::bad(format!("`{name}`: {why}")),
        None => Problem::bad(format!("`{name}` must be a string")),
    })
}

fn object<'b>(name: &str, raw: &'b RawValue) -> Result<&'b str, Problem> {
    match raw.get().as_bytes().first() {
        Some(b'{') => Ok(raw.get()),
        Some(b'n') => Ok(""),
        _ => Err(Problem::bad(format!("`{name}` must be an object"))),
    }
}

/// The query string of a GET, as it is.
///
/// # Errors
/// It is too long.
pub(crate) fn line<'u>(uri: &'u Uri, settings: &Settings) -> Result<&'u str, Problem> {
    let given = uri.query().unwrap_or_default();
    if given.len() > settings.body_bytes {
        let message = format!(
            "the request is larger than the maximum of {} bytes",
            settings.body_bytes
        );
        return Err(Problem::new(StatusCode::URI_TOO_LONG, message));
    }
    Ok(given)
}

/// Reads a GET.
///
/// # Errors
/// The query string is not a request.
pub(crate) fn from_line(given: &str) -> Result<Request, Problem> {
    let mut query = None;
    let mut operation = None;
    let mut variables = None;
    let mut extensions = None;
    for pair in given.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match decoded(name)?.as_str() {
            "query" => &mut query,
            "operationName" => &mut operation,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if place.replace(decoded(value)?).is_some() {
            return Err(Problem::bad("a parameter is given twice"));
        }
    }
    let object_of = |name: &'static str, text: Option<String>| {
        let text = text.unwrap_or_default();
        match text.trim() {
            "" | "null" => Ok(String::new()),
            object if object.starts_with('{') && is_json(object) => Ok(text),
            _ => Err(Problem::bad(format!("`{name}` must be a JSON object"))),
        }
    };
    let variables = object_of("variables", variables)?;
    let extensions = object_of("extensions", extensions)?;
    request(query, operation, variables, &extensions, true)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Undoes the encoding of a form's field.
fn decoded(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match (*byte, behind) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, behind @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = behind;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::bad("a parameter is not UTF-8"))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
