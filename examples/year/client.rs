//! The server, and requests to it over HTTP.

use crate::inputs::Mutation;
use serde_json::{Value, json};
use std::error::Error;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Something that the server did not accept: who tried what, and why not.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Error for Refused {}

/// How often a request is sent again that the server had no time for.
const RETRIES: usize = 30;

/// The program and its settings.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) wcc: PathBuf,
    pub(crate) config: PathBuf,
}

impl Program {
    /// Runs a command and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command().args(arguments).output()?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("wcc {}: {error}", arguments.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.wcc);
        command.arg("--config").arg(&self.config);
        command
    }
}

/// A running server on an empty ledger, stopped when it is dropped.
pub(crate) struct Server {
    child: Child,
    url: String,
    agent: ureq::Agent,
    requests: AtomicUsize,
    acts: AtomicUsize,
}

impl Server {
    pub(crate) fn start(program: &Program) -> Result<Server> {
        let mut child = program
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "ledger:"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(out).read_line(&mut line)?;
        let url = line
            .trim()
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_owned();
        if !url.starts_with("http") {
            child.wait()?;
            return Err("the server does not start: run `wcc serve ledger:` to see why".into());
        }
        let agent = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Server {
            child,
            url,
            agent,
            requests: AtomicUsize::new(0),
            acts: AtomicUsize::new(0),
        })
    }

    /// The address of the API.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many requests it was sent.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many of them entered something.
    pub(crate) fn acts(&self) -> usize {
        self.acts.load(Ordering::Relaxed)
    }

    /// Sends a request with a token, in a role, and returns the data. A request that the server had no
    /// time for is sent again: what it enters is entered once.
    pub(crate) fn ask(&self, token: &str, role: Option<&str>, body: &Value) -> Result<Value> {
        for _ in 0..RETRIES {
            let mut answer = self.answer(token, role, body)?;
            let errors = &answer["errors"];
            if !errors.is_array() {
                return Ok(answer["data"].take());
            }
            let code = errors[0]["extensions"]["code"].as_str();
            if !matches!(code, Some("TOO_SLOW" | "SERVICE_UNAVAILABLE")) {
                let message = errors[0]["message"].as_str();
                return Err(message.unwrap_or("the request fails").into());
            }
        }
        Err("the server has no time for a request".into())
    }

    fn answer(&self, token: &str, role: Option<&str>, body: &Value) -> Result<Value> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut request = self
            .agent
            .post(&self.url)
            .header("Content-Type", "application/json")
            .header("Authorization", format!("Bearer {token}"));
        if let Some(role) = role {
            request = request.header("Act-As", role);
        }
        let mut text = String::new();
        let response = request.send(body.to_string())?;
        response
            .into_body()
            .into_reader()
            .read_to_string(&mut text)?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Enters something. Returns why not, if it is refused.
    pub(crate) fn enter(
        &self,
        token: &str,
        role: Option<&str>,
        request_id: &str,
        mutation: &Mutation,
    ) -> Result<std::result::Result<i64, String>> {
        let field = mutation.field;
        let mut input = mutation.input.clone();
        input["requestId"] = json!(request_id);
        let query = format!(
            "mutation($input: {}!) {{ {field}(input: $input) {{ entry userErrors {{ field message }} }} }}",
            mutation.input_type()
        );
        let body = json!({ "query": query, "variables": { "input": input } });
        let data = self.ask(token, role, &body)?;
        let payload = &data[field];
        match payload["entry"].as_i64() {
            Some(entry) => {
                self.acts.fetch_add(1, Ordering::Relaxed);
                Ok(Ok(entry))
            }
            None => {
                let errors = payload["userErrors"].as_array().into_iter().flatten();
                let messages = errors.filter_map(|error| error["message"].as_str());
                Ok(Err(messages.collect::<Vec<_>>().join("; ")))
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that is gone already needs no end.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// The operator's token of a data folder.
pub(crate) fn operator_token(data: &Path) -> Result<String> {
    let file = data.join("operator.token");
    Ok(std::fs::read_to_string(file)?.trim().to_owned())
}
