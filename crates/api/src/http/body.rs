//! Reads GraphQL requests from HTTP requests.

use super::credentials::CredentialsError;
use super::negotiate::is_utf8;
use super::stream_permits::TooManyStreams;
use crate::api::Settings;
use crate::execute::request::Request;
use crate::execute::source::surrogate_in_json;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request as HttpRequest;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Why an HTTP request cannot be processed as a GraphQL request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The message for the client.
    pub(crate) message: Cow<'static, str>,
    /// A header that the status requires.
    pub(crate) header: Option<(HeaderName, &'static str)>,
    /// The error code for GraphQL clients.
    pub(crate) code: Option<&'static str>,
    /// Whether the status is 200 if the answer is `application/json`. This applies to all GraphQL
    /// errors in that media type, because older clients do not read answers with other statuses.
    pub(crate) is_graphql: bool,
}

impl Problem {
    /// A problem with its status.
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            status,
            message: message.into(),
            header: None,
            code: None,
            is_graphql: false,
        }
    }

    /// The response to a persisted query, with the message that Apollo clients expect. They then
    /// send the full query and no more hashes.
    fn persisted() -> Problem {
        Problem {
            code: Some("PERSISTED_QUERY_NOT_SUPPORTED"),
            is_graphql: true,
            ..Problem::bad("PersistedQueryNotSupported")
        }
    }

    /// The method is not among those allowed.
    pub(crate) fn method(allow: &'static str) -> Problem {
        Problem {
            header: Some((header::ALLOW, allow)),
            ..Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                format!("method not allowed: use {allow}"),
            )
        }
    }

    fn bad(message: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, message)
    }

    fn too_large(limit: usize) -> Problem {
        let message = format!("the request is larger than the maximum of {limit} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

impl From<CredentialsError> for Problem {
    fn from(error: CredentialsError) -> Problem {
        Problem {
            header: error
                .challenge()
                .map(|challenge| (header::WWW_AUTHENTICATE, challenge)),
            code: Some("UNAUTHENTICATED"),
            ..Problem::new(error.status(), error.to_string())
        }
    }
}

impl From<TooManyStreams> for Problem {
    fn from(error: TooManyStreams) -> Problem {
        let status = match error {
            TooManyStreams::OfPerson(_) => StatusCode::TOO_MANY_REQUESTS,
            TooManyStreams::OnServer | TooManyStreams::WithoutToken => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        Problem {
            header: Some((header::RETRY_AFTER, "30")),
            code: Some("TOO_MANY_SUBSCRIPTIONS"),
            ..Problem::new(status, error.to_string())
        }
    }
}

/// Reads the body of a POST.
///
/// # Errors
///
/// The body is not declared as JSON, is too long or arrives too slowly.
pub(crate) async fn read(request: HttpRequest, settings: &Settings) -> Result<Bytes, Problem> {
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
        // Apart from its length, only a broken connection can cause an error, and then nobody reads
        // the response.
        Ok(Err(_)) => Err(Problem::too_large(settings.body_bytes)),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}

/// Accepts only uncompressed JSON in UTF-8. Any web page could send forms or plain text without the
/// browser asking the server first.
fn json_only(headers: &HeaderMap) -> Result<(), Problem> {
    let unsupported =
        |message: &'static str| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    if headers.get_all(header::CONTENT_TYPE).iter().count() > 1 {
        return unsupported("`Content-Type` is given twice");
    }
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|content_type| content_type.to_str().ok())
        .unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    if !media.eq_ignore_ascii_case("application/json") {
        return unsupported("the body of a POST must be `Content-Type: application/json`");
    }
    let other_charset = parts
        .filter_map(|part| part.split_once('='))
        .any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset") && !is_utf8(value.trim().trim_matches('"'))
        });
    if other_charset {
        return unsupported("the body must be in UTF-8");
    }
    match headers.get(header::CONTENT_ENCODING) {
        None => Ok(()),
        Some(plain) if plain.as_bytes().eq_ignore_ascii_case(b"identity") => Ok(()),
        Some(_) => unsupported("the body must not be compressed"),
    }
}

/// The members of a request, as raw JSON.
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

/// Parses the body of a POST.
///
/// # Errors
///
/// The body is not a GraphQL request.
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
        // Forms and tools send an empty name if none was chosen.
        operation: operation.filter(|name| !name.is_empty()),
        variables,
        only_queries,
        actor: None,
    })
}

/// Whether a request identifies its query by a hash alone.
fn is_persisted(extensions: &str) -> bool {
    #[derive(Deserialize)]
    struct Extensions<'e> {
        #[serde(borrow, rename = "persistedQuery")]
        persisted: Option<&'e RawValue>,
    }
    let parsed = serde_json::from_str::<Extensions<'_>>(extensions);
    parsed.is_ok_and(|parsed| parsed.persisted.is_some())
}

fn string(name: &str, raw: &RawValue) -> Result<Option<String>, Problem> {
    serde_json::from_str(raw.get()).map_err(|_| match surrogate_in_json(raw.get()) {
        Some(message) => Problem::bad(format!("`{name}`: {message}")),
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

/// The query string of a GET.
///
/// # Errors
///
/// The query string is too long.
pub(crate) fn query_string<'u>(uri: &'u Uri, settings: &Settings) -> Result<&'u str, Problem> {
    let query = uri.query().unwrap_or_default();
    if query.len() > settings.body_bytes {
        let message = format!(
            "the request is larger than the maximum of {} bytes",
            settings.body_bytes
        );
        return Err(Problem::new(StatusCode::URI_TOO_LONG, message));
    }
    Ok(query)
}

/// Parses the query string of a GET.
///
/// # Errors
///
/// The query string is not a GraphQL request.
pub(crate) fn from_query_string(text: &str) -> Result<Request, Problem> {
    // The form parser silently replaces invalid UTF-8.
    if percent_decode_str(text).decode_utf8().is_err() {
        return Err(Problem::bad("a parameter is not UTF-8"));
    }
    let mut query = None;
    let mut operation = None;
    let mut variables = None;
    let mut extensions = None;
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let parameter = match &*name {
            "query" => &mut query,
            "operationName" => &mut operation,
            "variables" => &mut variables,
            "extensions" => &mut extensions,
            _ => continue,
        };
        if parameter.replace(value.into_owned()).is_some() {
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
