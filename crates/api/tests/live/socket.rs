//! A WebSocket client.

use crate::server::Server;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open connection.
pub struct Socket {
    runtime: Runtime,
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// What a server sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    Message(Value),
    /// A ping of the WebSocket protocol.
    Ping,
    /// A close frame: its code and reason.
    Close(u16, String),
    /// The connection is gone without a close frame.
    Gone,
}

/// Opens a connection with headers. An error is the status of the response.
pub fn try_open(server: &Server, protocol: &str, headers: &[(&str, &str)]) -> Result<Socket, u16> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut request = format!("ws://{}/graphql", server.address)
        .into_client_request()
        .unwrap();
    let protocol = ("sec-websocket-protocol", protocol);
    for (name, value) in headers.iter().copied().chain([protocol]) {
        let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
        request
            .headers_mut()
            .append(name, HeaderValue::from_str(value).unwrap());
    }
    let connected = runtime.block_on(connect_async(request));
    match connected {
        Ok((stream, _)) => Ok(Socket { runtime, stream }),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

impl Socket {
    /// Opens a connection; `connection_init` is not sent yet.
    pub fn open(server: &Server, headers: &[(&str, &str)]) -> Socket {
        try_open(server, "graphql-transport-ws", headers).unwrap()
    }

    /// Opens a connection without a token, which is ready for operations.
    pub fn ready(server: &Server) -> Socket {
        Socket::ready_with(server, json!({}))
    }

    /// Opens a connection with the payload of `connection_init`, which is ready for operations.
    pub fn ready_with(server: &Server, payload: Value) -> Socket {
        let mut socket = Socket::open(server, &[]);
        socket.send(json!({ "type": "connection_init", "payload": payload }));
        let ack = json!({ "type": "connection_ack" });
        assert_eq!(socket.receive(), Received::Message(ack));
        socket
    }

    pub fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string()));
    }

    pub fn send_raw(&mut self, message: Message) {
        self.runtime.block_on(self.stream.send(message)).unwrap();
    }

    /// Sends a message, unless the connection is gone or takes no more.
    pub fn send_or_ignore(&mut self, message: Value) {
        let sending = self.stream.send(Message::text(message.to_string()));
        let sending = async { tokio::time::timeout(Duration::from_millis(50), sending).await };
        drop(self.runtime.block_on(sending));
    }

    /// Starts an operation.
    pub fn subscribe(&mut self, id: &str, payload: Value) {
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload }));
    }

    /// Waits for whatever the server sends next.
    pub fn receive(&mut self) -> Received {
        let next = async {
            loop {
                let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
                match next.expect("the server sends something") {
                    Some(Ok(Message::Text(text))) => {
                        return Received::Message(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Ping(_))) => return Received::Ping,
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Received::Close(frame.code.into(), frame.reason.to_string());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Received::Gone,
                }
            }
        };
        self.runtime.block_on(next)
    }

    /// Waits for a message of an operation; returns its type and payload.
    pub fn message(&mut self, id: &str) -> (String, Value) {
        match self.receive() {
            Received::Message(mut message) => {
                assert_eq!(message["id"], id, "{message}");
                let kind = message["type"].as_str().unwrap().to_owned();
                (kind, message["payload"].take())
            }
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the next answer of an operation.
    pub fn next(&mut self, id: &str) -> Value {
        let (kind, payload) = self.message(id);
        assert_eq!(kind, "next", "{payload}");
        payload
    }

    /// Waits until the server closes the connection; returns the code and the reason.
    pub fn closed(&mut self) -> (u16, String) {
        match self.receive() {
            Received::Close(code, reason) => (code, reason),
            other => panic!("{other:?}"),
        }
    }
}
