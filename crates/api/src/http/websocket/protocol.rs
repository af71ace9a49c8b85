//! The messages and close codes of `graphql-transport-ws`, as specified at
//! github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.

use crate::execute::answer::{Answer, Kind};
use crate::execute::json_keys::find_duplicate;
use crate::project::leaves::write_text;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Utf8Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The name of the sub-protocol.
pub(crate) const SUB_PROTOCOL: &str = "graphql-transport-ws";

/// Maximum length of the identifier of an operation, in bytes.
const ID_BYTES: usize = 256;

/// Maximum length of the reason of a close frame, in bytes: a control frame has at most 125.
const REASON_BYTES: usize = 123;

/// Why the server closes a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Close {
    code: u16,
    reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Close {
        let reason = reason.into();
        Close { code, reason }
    }

    /// The server stops.
    pub(crate) fn stopping() -> Close {
        Close::new(1001, "the server is stopping")
    }

    /// A frame that is not WebSocket, or is far too long.
    pub(crate) fn broken() -> Close {
        Close::new(1002, "a frame is malformed or too long")
    }

    /// A message is longer than the server accepts.
    pub(crate) fn too_large(limit: usize) -> Close {
        let reason = format!("the message is larger than the maximum of {limit} bytes");
        Close::new(1009, reason)
    }

    /// There are too many connections.
    pub(crate) fn too_many(reason: impl Into<String>) -> Close {
        Close::new(1013, reason)
    }

    /// A message is malformed.
    pub(crate) fn malformed(reason: impl Into<String>) -> Close {
        Close::new(4400, reason)
    }

    /// An operation before `connection_init` was accepted.
    pub(crate) fn unauthorised() -> Close {
        Close::new(
            4401,
            "Unauthorized: send `connection_init` and wait for `connection_ack`",
        )
    }

    /// The credentials are refused.
    pub(crate) fn forbidden(reason: impl Into<String>) -> Close {
        Close::new(4403, reason)
    }

    /// The client offers another sub-protocol.
    pub(crate) fn other_protocol() -> Close {
        let reason = format!("Subprotocol not acceptable: expected {SUB_PROTOCOL}");
        Close::new(4406, reason)
    }

    /// `connection_init` did not arrive in time.
    pub(crate) fn no_init() -> Close {
        Close::new(4408, "Connection initialisation timeout")
    }

    /// The identifier belongs to an operation that is still running.
    pub(crate) fn duplicate(id: &str) -> Close {
        Close::new(4409, format!("Subscriber for {id} already exists"))
    }

    /// A second `connection_init`.
    pub(crate) fn second_init() -> Close {
        Close::new(4429, "Too many initialisation requests")
    }

    /// The close frame. A long reason is cut.
    pub(crate) fn frame(&self) -> CloseFrame {
        let mut end = self.reason.len().min(REASON_BYTES);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        CloseFrame {
            code: self.code,
            reason: self.reason.get(..end).unwrap_or_default().into(),
        }
    }
}

/// A message of a client.
#[derive(Debug)]
pub(crate) enum ClientMessage<'m> {
    /// Opens the session, with the credentials in the payload.
    ConnectionInit(Option<&'m RawValue>),
    /// Asks for a `pong` with the same payload.
    Ping(Option<&'m RawValue>),
    /// Answers a `ping`.
    Pong,
    /// Starts an operation.
    Subscribe { id: String, payload: &'m RawValue },
    /// Ends an operation.
    Complete { id: String },
}

#[derive(Deserialize)]
struct Members<'m> {
    #[serde(borrow, rename = "type")]
    kind: std::borrow::Cow<'m, str>,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'m RawValue>,
}

impl ClientMessage<'_> {
    /// Reads a message.
    ///
    /// # Errors
    /// It is malformed.
    pub(crate) fn read(text: &str) -> Result<ClientMessage<'_>, Close> {
        let members: Members<'_> = serde_json::from_str(text).map_err(|_| {
            Close::malformed(
                "malformed message: expected a JSON object with `type`, each member once",
            )
        })?;
        let Members { kind, id, payload } = members;
        let id = || match id {
            Some(id) if (1..=ID_BYTES).contains(&id.len()) => Ok(id),
            _ => Err(Close::malformed(format!(
                "`id` of a `{kind}` message must be a text of 1 to {ID_BYTES} bytes"
            ))),
        };
        match &*kind {
            "connection_init" => Ok(ClientMessage::ConnectionInit(payload)),
            "ping" => Ok(ClientMessage::Ping(payload)),
            "pong" => Ok(ClientMessage::Pong),
            "subscribe" => Ok(ClientMessage::Subscribe {
                id: id()?,
                payload: payload.ok_or_else(|| {
                    Close::malformed("`payload` of a `subscribe` message is missing")
                })?,
            }),
            "complete" => Ok(ClientMessage::Complete { id: id()? }),
            _ => Err(Close::malformed(
                "unknown message: expected `type` to be connection_init, subscribe, complete, ping or pong",
            )),
        }
    }
}

/// Adds the credentials in the payload of `connection_init` to those of the request that opened the
/// connection. A browser can send none there.
///
/// # Errors
/// The payload is malformed.
pub(crate) fn add_credentials(
    payload: Option<&RawValue>,
    headers: &mut HeaderMap,
) -> Result<(), Close> {
    const NAMES: [HeaderName; 2] = [header::AUTHORIZATION, crate::http::act_as::HEADER];
    let Some(payload) = payload else {
        return Ok(());
    };
    let members: Option<BTreeMap<String, &RawValue>> = serde_json::from_str(payload.get())
        .map_err(|_| Close::malformed("`payload` of `connection_init` must be an object"))?;
    if find_duplicate(payload.get()).is_some() {
        let reason = "`payload` of `connection_init` gives a member twice";
        return Err(Close::malformed(reason));
    }
    for (name, value) in members.unwrap_or_default() {
        let Some(header) = NAMES
            .into_iter()
            .find(|known| name.eq_ignore_ascii_case(known.as_str()))
        else {
            continue;
        };
        let text: Option<String> = serde_json::from_str(value.get()).ok();
        let value = text.and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok());
        let value = value.ok_or_else(|| {
            Close::malformed(format!(
                "`{name}` in the payload of `connection_init` must be a text"
            ))
        })?;
        headers.append(header, value);
    }
    Ok(())
}

/// The answer to `connection_init`.
pub(crate) const ACK: &str = r#"{"type":"connection_ack"}"#;

/// The answer to a `ping`.
pub(crate) fn pong(payload: Option<&RawValue>) -> Utf8Bytes {
    match payload {
        None => Utf8Bytes::from_static(r#"{"type":"pong"}"#),
        Some(payload) => format!(r#"{{"type":"pong","payload":{}}}"#, payload.get()).into(),
    }
}

/// A message about an operation.
#[derive(Clone, Debug)]
pub(crate) enum OperationMessage {
    /// One answer.
    Next(Bytes),
    /// The operation failed; it has ended.
    Error(Bytes),
    /// The operation has ended.
    Complete,
}

impl OperationMessage {
    /// The message that delivers an answer.
    pub(crate) fn of(answer: Answer) -> OperationMessage {
        match answer.kind {
            Kind::Data | Kind::LiveData => OperationMessage::Next(answer.bytes),
            _ => OperationMessage::Error(answer.bytes),
        }
    }

    /// Whether no other message about the operation follows.
    pub(crate) fn is_last(&self) -> bool {
        !matches!(self, OperationMessage::Next(_))
    }

    /// The text of the message.
    pub(crate) fn text(&self, id: &str) -> Utf8Bytes {
        let (kind, payload) = match self {
            OperationMessage::Next(bytes) => ("next", Some(&**bytes)),
            OperationMessage::Error(bytes) => ("error", Some(errors(bytes))),
            OperationMessage::Complete => ("complete", None),
        };
        let mut text = Vec::with_capacity(64 + id.len() + payload.map_or(0, <[u8]>::len));
        text.extend_from_slice(b"{\"id\":");
        write_text(id, &mut text);
        text.extend_from_slice(b",\"type\":\"");
        text.extend_from_slice(kind.as_bytes());
        text.push(b'"');
        if let Some(payload) = payload {
            text.extend_from_slice(b",\"payload\":");
            text.extend_from_slice(payload);
        }
        text.push(b'}');
        // Answers are JSON, so this never fails.
        Utf8Bytes::try_from(Bytes::from(text)).unwrap_or_default()
    }
}

/// The list of errors in the answer of a refused request.
fn errors(answer: &[u8]) -> &[u8] {
    #[derive(Deserialize)]
    struct Refusal<'a> {
        #[serde(borrow)]
        errors: &'a RawValue,
    }
    let refusal: Result<Refusal<'_>, _> = serde_json::from_slice(answer);
    refusal.map_or(b"[]", |refusal| refusal.errors.get().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::answer::failed;

    #[test]
    fn a_reason_fits_into_a_control_frame() {
        for reason in ["x".repeat(200), "ä".repeat(100), "short".to_owned()] {
            let frame = Close::forbidden(reason.clone()).frame();
            assert!(frame.reason.len() <= REASON_BYTES);
            assert!(reason.starts_with(frame.reason.as_str()));
            assert!(frame.reason.len() >= reason.len().min(REASON_BYTES - 1));
        }
    }

    #[test]
    fn messages_are_json() {
        let id = "a \"strange\" \n id";
        let next = OperationMessage::Next(Bytes::from_static(b"{\"data\":{\"a\":1}}"));
        let error = OperationMessage::of(failed());
        for (message, kind, payload) in [
            (&next, "next", "{\"data\":{\"a\":1}}"),
            (&error, "error", "INTERNAL_SERVER_ERROR"),
            (&OperationMessage::Complete, "complete", ""),
        ] {
            let text = message.text(id);
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!((&json["id"], &json["type"]), (&id.into(), &kind.into()));
            assert!(text.contains(payload), "{text}");
        }
        let error: serde_json::Value = serde_json::from_str(&error.text("1")).unwrap();
        assert!(error["payload"][0]["message"].is_string(), "{error}");
    }

    #[test]
    fn credentials_of_the_payload_are_added() {
        let mut headers = HeaderMap::new();
        let payload = r#"{"authorization":"Bearer a","ACT-AS":"lead;body=5KF","other":1}"#;
        let payload: &RawValue = serde_json::from_str(payload).unwrap();
        add_credentials(Some(payload), &mut headers).unwrap();
        assert_eq!(headers["authorization"], "Bearer a");
        assert_eq!(headers["act-as"], "lead;body=5KF");
        add_credentials(Some(payload), &mut headers).unwrap();
        assert_eq!(headers.get_all("authorization").iter().count(), 2);
        for malformed in [
            "[]",
            "1",
            r#"{"Authorization":1}"#,
            r#"{"Authorization":"a\nb"}"#,
            r#"{"Authorization":"a","Authorization":"b"}"#,
        ] {
            let payload: &RawValue = serde_json::from_str(malformed).unwrap();
            let refused = add_credentials(Some(payload), &mut headers).unwrap_err();
            assert_eq!(refused.frame().code, 4400, "{malformed}");
        }
        let none: &RawValue = serde_json::from_str("null").unwrap();
        add_credentials(Some(none), &mut headers).unwrap();
        add_credentials(None, &mut headers).unwrap();
    }
}
