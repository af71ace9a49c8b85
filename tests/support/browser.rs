//! A browser without a screen: follows redirects, keeps cookies, sends forms as a page shows them.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// A page as it was sent.
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The head of the response, in small letters.
    pub(crate) head: String,
    pub(crate) body: String,
    /// Where the browser is, after redirects.
    pub(crate) address: String,
}

impl Page {
    /// The value of the hidden or filled field with this name.
    pub(crate) fn field(&self, name: &str) -> String {
        let named = format!("name=\"{name}\"");
        let input = self
            .body
            .split("<input")
            .find(|input| input.contains(&named));
        let input = input.unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let value = input.split("value=\"").nth(1).unwrap_or_default();
        value.split('"').next().unwrap_or_default().to_owned()
    }

    /// What a person reads.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for part in self.body.split('<').skip(1) {
            let Some((_, words)) = part.split_once('>') else {
                continue;
            };
            text.push_str(words);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A browser.
pub(crate) struct Browser {
    server: String,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that reaches a server at an address.
    pub(crate) fn new(server: &str) -> Browser {
        Browser {
            server: server.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Opens a page.
    pub(crate) fn get(&mut self, address: &str) -> Page {
        self.send("GET", address, &[], b"")
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(address, &[], fields)
    }

    /// Sends a form with further headers.
    pub(crate) fn post_with(
        &mut self,
        address: &str,
        headers: &[&str],
        fields: &[(&str, &str)],
    ) -> Page {
        let encode = |text: &str| -> String {
            let bytes = text.bytes();
            bytes.map(|byte| format!("%{byte:02x}")).collect()
        };
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let headers = [&[kind], headers].concat();
        self.send("POST", address, &headers, body.join("&").as_bytes())
    }

    /// Sends a form with a file: the name of its field, its own name, and its bytes.
    pub(crate) fn post_file(
        &mut self,
        address: &str,
        fields: &[(&str, &str)],
        (field, name, bytes): (&str, &str, &[u8]),
    ) -> Page {
        const BOUNDARY: &str = "----of-the-tests";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}");
        self.send("POST", address, &[&kind], &body)
    }

    fn send(&mut self, method: &str, address: &str, headers: &[&str], body: &[u8]) -> Page {
        let page = self.exchange(method, address, headers, body);
        let to = page
            .head
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        match to.map(str::to_owned) {
            // Codes in addresses keep their letters, so the head in small letters does not do.
            Some(_) => {
                let location = page.address.clone();
                self.send("GET", &location, &[], b"")
            }
            None => page,
        }
    }

    fn exchange(&mut self, method: &str, address: &str, headers: &[&str], body: &[u8]) -> Page {
        let mut stream = TcpStream::connect(&self.server).expect("the server listens");
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "{method} {address} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n{headers}Content-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.server,
            cookies.join("; "),
            body.len(),
        )
        .expect("the server reads");
        stream.write_all(body).expect("the server reads");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        // A workbook is no text.
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').expect("a cookie");
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        let location = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location")
                .then(|| value.to_owned())
        });
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Page {
            status: status.expect("a status"),
            head: head.to_lowercase(),
            body: body.to_owned(),
            address: location.unwrap_or_else(|| address.to_owned()),
        }
    }
}
