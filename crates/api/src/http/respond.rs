//! Responses, each with the headers that all of them have.

use super::body::Problem;
use super::negotiate::Media;
use crate::execute::answer::{Answer, Kind};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// For anything but a page: nothing may be shown, run or framed.
pub(crate) const NOTHING_ALLOWED: &str = "default-src 'none'; frame-ancestors 'none'";

/// What an answer depends on beside its address: the media type that is wanted, and who asks.
const VARY: &str = "Accept, Authorization";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which the log speaks of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The one that came with the request, if it is sane, else a new one.
    pub(crate) fn of(headers: &HeaderMap) -> RequestId {
        let given = headers.get(&REQUEST_ID).filter(|given| is_sane(given));
        RequestId(given.cloned().unwrap_or_else(new_id))
    }

    /// As text.
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Puts it on a response.
    pub(crate) fn on(self, mut response: Response) -> Response {
        response.headers_mut().insert(REQUEST_ID, self.0);
        response
    }
}

fn is_sane(given: &HeaderValue) -> bool {
    let bytes = given.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&bytes.len()) && bytes.iter().all(plain)
}

/// A number of this process and one of the request.
fn new_id() -> HeaderValue {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:08x}-{number:x}", *PROCESS & 0xffff_ffff);
    HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("0"))
}

fn with(status: StatusCode, bytes: Bytes, media: &'static str, policy: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(12);
    for (name, value) in [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

fn graphql(status: StatusCode, bytes: Bytes, media: Media) -> Response {
    let mut response = with(status, bytes, media.name(), NOTHING_ALLOWED);
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
        None => cached(response, "no-store"),
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
pub(crate) fn problem(why: &Problem, media: Media) -> Response {
    let mut error = serde_json::json!({ "message": why.message });
    let mut status = why.status;
    if let Some(code) = why.code {
        error["extensions"] = serde_json::json!({ "code": code });
        if media == Media::Json {
            // As for every refusal of GraphQL in this media type: older clients read no other.
            status = StatusCode::OK;
        }
    }
    let body = serde_json::json!({ "errors": [error] });
    let mut response = graphql(status, Bytes::from(body.to_string()), media);
    if let Some(allow) = why.allow {
        let allow = HeaderValue::from_static(allow);
        response.headers_mut().insert(header::ALLOW, allow);
    }
    cached(response, "no-store")
}

/// JSON that is not an answer of GraphQL; nobody may cache it.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Response {
    let bytes = Bytes::from(body.to_string());
    let response = with(status, bytes, Media::Json.name(), NOTHING_ALLOWED);
    cached(response, "no-store")
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
    /// What it may load and run.
    pub(crate) policy: &'static str,
}

/// Sends a page or file.
pub(crate) fn page(page: &Page) -> Response {
    let bytes = Bytes::from_static(page.bytes);
    let mut response = with(StatusCode::OK, bytes, page.media, page.policy);
    if page.gzip {
        let gzip = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, gzip);
    }
    cached(response, page.cache)
}
