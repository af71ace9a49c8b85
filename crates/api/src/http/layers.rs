//! Middleware for all routes: request ids, log lines, security headers and a time limit for request
//! bodies.

use super::respond::NOTHING_ALLOWED;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use axum::middleware::map_request;
use std::time::Duration;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Maximum time between two parts of a request body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

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
        map_request(drop_malformed_id),
        SetRequestIdLayer::x_request_id(MakeRequestUuid),
        PropagateRequestIdLayer::x_request_id(),
        trace,
        unless_set(header::CONTENT_SECURITY_POLICY, NOTHING_ALLOWED),
        unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        unless_set(header::X_FRAME_OPTIONS, "DENY"),
        unless_set(header::REFERRER_POLICY, "no-referrer"),
        unless_set(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        unless_set(header::CACHE_CONTROL, "no-store"),
        RequestBodyTimeoutLayer::new(BODY_TIMEOUT),
    ))
}

/// Sets a header on responses that lack it.
fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Removes a request id that would be hard to search for in a log; a new one is generated then.
async fn drop_malformed_id(mut request: Request<Body>) -> Request<Body> {
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
