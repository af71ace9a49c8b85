//! A small OpenID provider on this machine, which answers as it should unless it is told otherwise.

use crate::keys::Key;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::{Url, form_urlencoded};
use wcc_accounts::OpenIdSettings;
use wcc_tokens::{Algorithm, Grant};

pub const CLIENT: &str = "wcc at pct";
const SECRET: &str = "a secret: of the client";

/// How a path is answered.
#[derive(Clone, Debug)]
pub enum Replies {
    AsItShould,
    Text(String),
    Status(&'static str),
    /// To the same path of another server.
    Redirect,
    /// More than anybody should read.
    Huge,
    /// The request is read, and never answered.
    Nothing,
}

/// Makes an ID token of the key and the claims that would be in order.
pub type Forge = Box<dyn Fn(&Key, &Value) -> String + Send>;

struct State {
    /// Those of earlier times come first.
    keys: Vec<Key>,
    signs_with_earlier: bool,
    /// Claims to add or replace.
    claims: Value,
    /// What the next code is exchanged for: nonce and challenge.
    expected: (String, String),
    forge: Option<Forge>,
    replies: HashMap<String, Replies>,
    requests: Vec<String>,
}

/// The running provider.
pub struct Provider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State {
            keys: vec![Key::ed25519("ed")],
            signs_with_earlier: false,
            claims: json!({}),
            expected: (String::new(), String::new()),
            forge: None,
            replies: HashMap::new(),
            requests: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || answer(stream, address, &state));
            }
        });
        Provider { address, state }
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The settings of a server that knows it.
    pub fn settings(&self) -> OpenIdSettings {
        let role =
            |text: &str, grant: &str| (text.to_owned(), Grant::from_text(grant).expect("a grant"));
        OpenIdSettings {
            issuer: self.issuer().parse().expect("a URL"),
            title: "NHS CIS2".to_owned(),
            client: CLIENT.to_owned(),
            secret: Some(SECRET.to_owned()),
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
            algorithms: vec![Algorithm::EdDsa],
            person_claim: "name".to_owned(),
            account_claim: "preferred_username".to_owned(),
            role_claim: "groups".to_owned(),
            roles: vec![
                role("chairs", "chair;body=Q30"),
                role("analysts", "analyst"),
            ],
            asks_userinfo: false,
            leeway: Duration::from_secs(30),
            pause: Duration::ZERO,
        }
    }

    /// What it publishes about itself.
    pub fn metadata(&self) -> Value {
        metadata(self.address)
    }

    /// Somebody signs in: the next code belongs to the sign-in that begins at this address.
    pub fn expect(&self, url: &Url) {
        self.with(|state| {
            state.expected = (parameter(url, "nonce"), parameter(url, "code_challenge"));
        });
    }

    /// Changes the claims from now on.
    pub fn claim(&self, claims: Value) {
        self.with(|state| state.claims = claims);
    }

    /// Makes other ID tokens from now on.
    pub fn forge(&self, forge: Option<Forge>) {
        self.with(|state| state.forge = forge);
    }

    /// Answers requests for a path otherwise from now on.
    pub fn reply_to(&self, path: &str, replies: Replies) {
        self.with(|state| state.replies.insert(path.to_owned(), replies));
    }

    /// Publishes and uses another key alone.
    pub fn rotate(&self) {
        self.with(|state| {
            let name = format!("ed-{}", state.keys.len());
            state.keys.push(Key::ed25519(&name));
        });
    }

    pub fn sign_with_the_key_before(&self) {
        self.with(|state| state.signs_with_earlier = true);
    }

    pub fn requests(&self) -> usize {
        self.with(|state| state.requests.len())
    }

    /// How often the keys were read.
    pub fn key_requests(&self) -> usize {
        self.with(|state| {
            state
                .requests
                .iter()
                .filter(|path| *path == "/keys")
                .count()
        })
    }

    /// How often a code was exchanged.
    pub fn exchanges(&self) -> usize {
        self.with(|state| {
            state
                .requests
                .iter()
                .filter(|path| *path == "/token")
                .count()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().expect("no panic"))
    }
}

/// A parameter of an address.
pub fn parameter(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
    let value = pairs.next().expect("the parameter").1.into_owned();
    assert!(pairs.next().is_none(), "{name} comes once");
    value
}

/// An object with some members changed; `null` removes one.
pub fn with(object: &Value, changes: &Value) -> Value {
    let mut object = object.as_object().expect("an object").clone();
    for (name, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => object.remove(name),
            value => object.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(object)
}

fn metadata(address: SocketAddr) -> Value {
    let at = |path: &str| format!("http://{address}{path}");
    json!({
        "issuer": format!("http://{address}"), "authorization_endpoint": at("/authorize?tenant=a"),
        "token_endpoint": at("/token"), "jwks_uri": at("/keys"), "userinfo_endpoint": at("/userinfo"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
    })
}

fn answer(stream: TcpStream, address: SocketAddr, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let (mut path, mut length, mut authorization) = (String::new(), 0, None);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if let Some((name, value)) = line.split_once(':') {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().expect("a number"),
                "authorization" => authorization = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let (replies, should) = {
        let mut state = state.lock().expect("no panic");
        state.requests.push(path.clone());
        let replies = state.replies.get(&path).cloned();
        let should = match path.as_str() {
            "/.well-known/openid-configuration" => Ok(metadata(address)),
            "/keys" => {
                let newest = state.keys.last().expect("a key");
                Ok(json!({ "keys": [newest.jwk()] }))
            }
            "/token" => exchanged(&state, address, authorization.as_deref(), &body),
            _ => Err("404 Not Found"),
        };
        (replies.unwrap_or(Replies::AsItShould), should)
    };
    let (status, more, text) = match (replies, should) {
        (Replies::AsItShould, Ok(answer)) => ("200 OK", String::new(), answer.to_string()),
        (Replies::AsItShould, Err(status)) => (status, String::new(), "{}".to_owned()),
        (Replies::Text(text), _) => ("200 OK", String::new(), text),
        (Replies::Status(status), _) => (status, String::new(), "{}".to_owned()),
        (Replies::Redirect, _) => {
            let elsewhere = format!("Location: http://{address}/elsewhere\r\n");
            ("302 Found", elsewhere, String::new())
        }
        (Replies::Huge, _) => (
            "200 OK",
            String::new(),
            format!("{{\"a\":\"{}\"}}", "a".repeat(2_000_000)),
        ),
        (Replies::Nothing, _) => {
            // Until the client has gone.
            let _ = reader.read(&mut [0]);
            return;
        }
    };
    let _ = write!(
        reader.get_mut(),
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{more}Content-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    );
}

/// The answer to a code, if the client shows who it is and that it began the sign-in.
fn exchanged(
    state: &State,
    address: SocketAddr,
    authorization: Option<&str>,
    body: &[u8],
) -> Result<Value, &'static str> {
    let form: HashMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let is = |name: &str, value: &str| form.get(name).is_some_and(|found| found == value);
    let verifier = form.get("code_verifier").map_or("", String::as_str);
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(verifier));
    let credentials = BASE64.encode(b"wcc+at+pct:a+secret%3A+of+the+client");
    let is_client = match authorization {
        Some(given) => given == format!("Basic {credentials}"),
        // A client without a secret.
        None => is("client_id", CLIENT),
    };
    let (nonce, expected) = &state.expected;
    let is_in_order = is("grant_type", "authorization_code")
        && is("code", "some-code")
        && is("redirect_uri", "https://assurance.example/sign-in/openid")
        && challenge == *expected
        && is_client;
    if !is_in_order {
        return Err("400 Bad Request");
    }
    let own = json!({
        "iss": format!("http://{address}"), "aud": CLIENT, "sub": "1234", "nonce": nonce,
        "iat": crate::support::NOW, "exp": crate::support::NOW + 600, "name": "A. Person",
        "preferred_username": "Anna@pct.example", "groups": ["chairs", "others"],
    });
    let claims = with(&own, &state.claims);
    let mut newest_first = state.keys.iter().rev();
    let key = newest_first.nth(usize::from(state.signs_with_earlier));
    let key = key.expect("a key");
    let token = match &state.forge {
        Some(forge) => forge(key, &claims),
        None => key.token(&claims),
    };
    Ok(json!({ "token_type": "Bearer", "access_token": "opaque", "id_token": token }))
}
