//! Responses. The headers that all of them have are put on by [`super::layers`].

use super::body::Problem;
use super::negotiate::Media;
use crate::execute::answer::{Answer, Kind};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

/// For anything but a page: nothing may be shown, run or framed.
pub(crate) const NOTHING_ALLOWED: &str = "default-src 'none'; frame-ancestors 'none'";

/// What an answer depends on beside its address: the media type that is wanted, and who asks.
const VARY: &str = "Accept, Authorization";

fn with(status: StatusCode, bytes: Bytes, media: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    // With those that every response has.
    headers.reserve(12);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response
}

fn graphql(status: StatusCode, bytes: Bytes, media: Media) -> Response {
    let mut response = with(status, bytes, media.name());
    let vary = HeaderValue::from_static(VARY);
    response.headers_mut().insert(header::VARY, vary);
    response
}

fn cached(mut response: Response, how: &'static str) -> Response {
    let how = HeaderValue::from_static(how);
    response.headers_mut().insert(header::CACHE_CONTROL, how);
    response
}

fn tagged(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // Keep it, but ask whether it is still true.
    cached(response, "no-cache")
}

/// The answer to a GraphQL request.
pub(crate) fn answer(answer: Answer, media: Media, tag: Option<&str>) -> Response {
    let refused = match media {
        Media::Response => StatusCode::BAD_REQUEST,
        Media::Json => StatusCode::OK,
    };
    let status = match answer.kind {
        Kind::Data => StatusCode::OK,
        Kind::Refused | Kind::TooLarge => refused,
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

/// The client has it already.
pub(crate) fn not_modified(tag: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let vary = HeaderValue::from_static(VARY);
    response.headers_mut().insert(header::VARY, vary);
    tagged(response, tag)
}

/// The answer to an invalid GraphQL request, in GraphQL's form.
#[expect(
    clippy::indexing_slicing,
    reason = "the member of a JSON object is added"
)]
pub(crate) fn problem(why: &Problem, media: Media) -> Response {
    let mut error = serde_json::json!({ "message": why.message });
    let mut status = why.status;
    if let Some(code) = why.code {
        error["extensions"] = serde_json::json!({ "code": code });
    }
    if why.is_graphql && media == Media::Json {
        status = StatusCode::OK;
    }
    let body = serde_json::json!({ "errors": [error] });
    let mut response = graphql(status, Bytes::from(body.to_string()), media);
    if let Some((name, value)) = &why.header {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// The response of a route that is not the API's own: JSON that nobody may cache.
pub fn json_response(status: StatusCode, body: &serde_json::Value) -> Response {
    with(status, Bytes::from(body.to_string()), Media::Json.name())
}

/// A page or file from the binary.
pub(crate) struct Page {
    /// Its bytes.
    pub(crate) bytes: &'static [u8],
    /// Its media type.
    pub(crate) media: &'static str,
    /// How long it may be kept.
    pub(crate) cache: &'static str,
    /// Whether the bytes are compressed.
    pub(crate) gzip: bool,
    /// What it may load and run; `None` for nothing.
    pub(crate) policy: Option<&'static str>,
}

/// Sends a page or file.
pub(crate) fn page(page: &Page) -> Response {
    let bytes = Bytes::from_static(page.bytes);
    let mut response = with(StatusCode::OK, bytes, page.media);
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
