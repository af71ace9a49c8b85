//! Middleware for all routes: request ids, log lines and security headers.
//!
//! Every request passes through them, so they are few, and none of them is asynchronous: an
//! asynchronous one copies the whole stack of layers for each request.

use super::respond::NOTHING_ALLOWED;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Maximum length of a request id sent by a client, in bytes.
const REQUEST_ID_BYTES: usize = 64;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps a router in the layers of all routes. Call this once, last.
pub fn with_layers(router: Router) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(log)
        .on_body_chunk(())
        .on_eos(())
        .on_failure(());
    // As a tuple these form one layer, so a request passes through one boxed future instead of
    // many.
    router.layer((
        MapRequestLayer::new(drop_malformed_id),
        SetRequestIdLayer::x_request_id(RequestNumbers::new()),
        PropagateRequestIdLayer::x_request_id(),
        trace,
        MapResponseLayer::new(add_headers),
    ))
}

/// Generates request ids: a random prefix of this process and a number. Random ids would cost a
/// system call each.
#[derive(Clone)]
struct RequestNumbers {
    prefix: Arc<str>,
    next: Arc<AtomicU64>,
}

impl RequestNumbers {
    fn new() -> RequestNumbers {
        // The standard library takes the keys of a hasher from the system's random bytes.
        let random = RandomState::new().hash_one(std::process::id());
        RequestNumbers {
            prefix: format!("{random:016x}-").into(),
            next: Arc::new(AtomicU64::new(1)),
        }
    }
}

impl MakeRequestId for RequestNumbers {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = [&*self.prefix, &number.to_string()].concat();
        HeaderValue::try_from(id).ok().map(RequestId::new)
    }
}

/// Adds the headers that responses need, unless a route has set them.
fn add_headers<B>(mut response: Response<B>) -> Response<B> {
    const HEADERS: [(HeaderName, &str); 6] = [
        (header::CONTENT_SECURITY_POLICY, NOTHING_ALLOWED),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let headers = response.headers_mut();
    // One more for the request id.
    headers.reserve(HEADERS.len() + 1);
    for (name, value) in HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Removes a request id that would be hard to search for in a log; a new one is generated then.
fn drop_malformed_id(mut request: Request<Body>) -> Request<Body> {
    if !has_plain_id(request.headers()) {
        request.headers_mut().remove(&REQUEST_ID);
    }
    request
}

fn has_plain_id(headers: &HeaderMap) -> bool {
    let mut ids = headers.get_all(&REQUEST_ID).iter();
    let (Some(id), None) = (ids.next(), ids.next()) else {
        return false;
    };
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=REQUEST_ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
}

/// The fields of every log line about a request. The query string is omitted because it may name
/// people.
fn span(request: &Request<Body>) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    tracing::info_span!(
        "request",
        id = id.unwrap_or_default(),
        method = %request.method(),
        path = request.uri().path(),
    )
}

fn log<B>(response: &Response<B>, latency: Duration, _: &Span) {
    tracing::debug!(
        status = response.status().as_u16(),
        microseconds = latency.as_micros(),
        "answered"
    );
}
