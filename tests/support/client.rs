//! A client that keeps its connection open.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A connection to a server.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    address: String,
}

impl Client {
    pub(crate) fn new(address: &str) -> Client {
        let stream = TcpStream::connect(address).expect("the server listens");
        Client {
            stream: BufReader::new(stream),
            address: address.to_owned(),
        }
    }

    /// Sends a query. Every response other than an answer with status 200 is an error, as text.
    pub(crate) fn ask(&mut self, query: &str) -> Result<Value, String> {
        let body = serde_json::json!({ "query": query }).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Accept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        let in_words = |error: std::io::Error| error.to_string();
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.map_err(in_words)?;
        let mut status = String::new();
        self.stream.read_line(&mut status).map_err(in_words)?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).map_err(in_words)?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| line.clone())?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).map_err(in_words)?;
        if !status.starts_with("HTTP/1.1 200 ") {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)));
        }
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }
}
