//! GraphQL over WebSocket: the sub-protocol `graphql-transport-ws`, for subscriptions and every other
//! operation.
//!
//! A client identifies itself by the headers of the request that opens the connection, or in the
//! payload of `connection_init`, because a browser can set no headers there. Either is verified when
//! `connection_init` arrives, and again while the connection is open.

mod connection;
mod protocol;

use super::RouterState;
use super::body::Problem;
use super::connection::ConnectionControl;
use super::origin;
use super::session::credentials;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::extract::{FromRequestParts, Request as HttpRequest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use connection::Connection;
use protocol::SUB_PROTOCOL;

/// Size of a connection's buffers in bytes. Most messages of clients are small.
const BUFFER_BYTES: usize = 8 * 1024;

/// By how many times a message may exceed the maximum size, and still be answered with a reason. A
/// longer one ends the connection before it is read.
const READ_BEYOND: usize = 4;

/// Whether a request asks for a WebSocket.
pub(super) fn is_requested(request: &HttpRequest) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    request.method() == Method::GET
        && upgrade.is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens a WebSocket.
///
/// # Errors
/// The request is malformed, comes from a page of another site, or there are too many connections.
pub(super) async fn open(state: RouterState, request: HttpRequest) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let settings = state.api.settings();
    let subscriptions = &settings.subscriptions;
    if !origin::is_allowed(&parts.headers, &subscriptions.origins) {
        let message = "pages of another site may not open a WebSocket: the operator can allow their \
                       origin in `subscriptions.origins`";
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    }
    let permit = state.streams.open(subscriptions)?;
    let mut upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await?;
    let speaks_graphql = upgrade
        .requested_protocols()
        .any(|protocol| protocol == SUB_PROTOCOL);
    let selected = if speaks_graphql {
        Some(HeaderValue::from_static(SUB_PROTOCOL))
    } else {
        // Browsers show the close code that says what was expected only if one of the protocols that
        // they offered was accepted.
        first_protocol(&parts.headers)
    };
    if let Some(selected) = selected {
        upgrade.set_selected_protocol(selected);
    }
    let control = ConnectionControl::of(&parts.extensions);
    let credentials = credentials(&parts.headers);
    let largest = settings.body_bytes.saturating_mul(READ_BEYOND);
    let upgrade = upgrade
        .max_message_size(largest)
        .max_frame_size(largest)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES);
    Ok(upgrade.on_upgrade(async move |socket| {
        let connection = Connection::new(socket, state, (credentials, permit), control);
        connection.run(speaks_graphql).await;
    }))
}

/// The first sub-protocol that a client offers.
fn first_protocol(headers: &HeaderMap) -> Option<HeaderValue> {
    const PROTOCOLS: HeaderName = header::SEC_WEBSOCKET_PROTOCOL;
    let offered = headers.get(PROTOCOLS)?.as_bytes();
    let first = offered.split(|byte| *byte == b',').next()?.trim_ascii();
    HeaderValue::from_bytes(first).ok()
}

impl From<WebSocketUpgradeRejection> for Problem {
    fn from(rejection: WebSocketUpgradeRejection) -> Problem {
        Problem::new(rejection.status(), rejection.body_text())
    }
}
