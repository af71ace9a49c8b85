//! Builds responses. [`super::layers`] adds the headers that all responses share.

use super::body::Problem;
use super::negotiate::Media;
use crate::execute::answer::{Answer, Kind};
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

/// The policy for everything except pages: nothing may be displayed, run or framed.
pub(crate) const NOTHING_ALLOWED: &str = "default-src 'none'; frame-ancestors 'none'";

/// What an answer depends on besides its URL: the accepted media types and the caller.
const VARY: &str = "Accept, Authorization, Act-As";

fn response_with(status: StatusCode, bytes: Bytes, media: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // Includes the headers that the layers add.
    headers.reserve(12);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response
}

fn graphql(status: StatusCode, bytes: Bytes, media: Media) -> Response {
    let mut response = response_with(status, bytes, media.name());
    let vary = HeaderValue::from_static(VARY);
    response.headers_mut().insert(header::VARY, vary);
    response
}

fn cached(mut response: Response, directive: &'static str) -> Response {
    let directive = HeaderValue::from_static(directive);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, directive);
    response
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // Clients may store the answer but must revalidate it.
    cached(response, "no-cache")
}

/// The answer to a GraphQL request.
pub(crate) fn answer(answer: Answer, media: Media, tag: Option<&str>) -> Response {
    let rejected_status = match media {
        Media::Response => StatusCode::BAD_REQUEST,
        Media::Json => StatusCode::OK,
    };
    let status = match answer.kind {
        Kind::Data | Kind::LiveData => StatusCode::OK,
        Kind::Refused | Kind::TooLarge => rejected_status,
        Kind::NotAQuery => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::TooSlow | Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Failed => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let mut response = graphql(status, answer.bytes, media);
    if answer.kind == Kind::NotAQuery {
        let post = HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, post);
    }
    if answer.kind == Kind::Unauthenticated {
        let bearer = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, bearer);
    }
    match tag {
        Some(tag) => tagged(response, tag),
        None => response,
    }
}

/// A stream of events.
pub(crate) fn events(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(12);
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::VARY, VARY),
        // Asks nginx not to collect events before it passes them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The response if the client already holds the answer.
pub(crate) fn not_modified(tag: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let vary = HeaderValue::from_static(VARY);
    response.headers_mut().insert(header::VARY, vary);
    tagged(response, tag)
}

/// The response to an invalid GraphQL request, in the format of GraphQL.
#[expect(
    clippy::indexing_slicing,
    reason = "the member of a JSON object is added"
)]
pub(crate) fn problem(problem: &Problem, media: Media) -> Response {
    let mut error = serde_json::json!({ "message": problem.message });
    let mut status = problem.status;
    if let Some(code) = problem.code {
        error["extensions"] = serde_json::json!({ "code": code });
    }
    if problem.is_graphql && media == Media::Json {
        status = StatusCode::OK;
    }
    let body = serde_json::json!({ "errors": [error] });
    let mut response = graphql(status, Bytes::from(body.to_string()), media);
    if let Some((name, value)) = &problem.header {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// The response of a route outside the API: JSON that must not be cached.
pub fn json_response(status: StatusCode, body: &serde_json::Value) -> Response {
    response_with(status, Bytes::from(body.to_string()), Media::Json.name())
}

/// A page or file.
pub(crate) struct Page {
    /// The bytes of the body.
    pub(crate) bytes: Bytes,
    /// The media type.
    pub(crate) media: &'static str,
    /// The value of `Cache-Control`.
    pub(crate) cache: &'static str,
    /// Whether the bytes are compressed.
    pub(crate) gzip: bool,
    /// The value of `Content-Security-Policy`; `None` to forbid everything.
    pub(crate) policy: Option<&'static str>,
}

/// Sends a page or file.
pub(crate) fn page(page: Page) -> Response {
    let mut response = response_with(StatusCode::OK, page.bytes, page.media);
    if let Some(policy) = page.policy {
        let policy = HeaderValue::from_static(policy);
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if page.gzip {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    cached(response, page.cache)
}
