//! Sends a mutation to a running server, or has it executed on the configured ledger by a server
//! that only this command uses.

use super::super::{Failure, serve};
use super::Options;
use crate::settings::Settings;
use crate::source::Source;
use crate::stop::StopSignals;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use wcc_api::Request;
use wcc_core::Actor;
use wcc_server::{Server, StartError};
use wcc_tokens::Grant;

/// Maximum time for a server's answer; the server itself gives up earlier.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of an answer: it has only what a mutation came to.
const MAX_ANSWER: u64 = 1 << 20;

/// A new identifier for a request.
pub(super) fn random_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::system(format!("cannot get random bytes from the system: {error}"))
    })?;
    Ok(HEXLOWER.encode(&bytes))
}

/// Sends a request and returns the answer, which is JSON.
pub(super) async fn send(
    options: &Options,
    request_id: &str,
    query: String,
    variables: Value,
    config: Option<PathBuf>,
    settings: &Settings,
) -> Result<Vec<u8>, Failure> {
    match &options.server {
        Some(server) => {
            let body = serde_json::json!({ "query": query, "variables": variables });
            let (server, options) = (server.clone(), options.clone());
            let request_id = request_id.to_owned();
            let sending = tokio::task::spawn_blocking(move || {
                post(&server, &options, &request_id, &body.to_string())
            });
            sending
                .await
                .map_err(|error| Failure::system(format!("internal error: {error}")))?
        }
        None => execute(options, query, &variables, config, settings).await,
    }
}

/// Executes a request on the configured ledger.
async fn execute(
    options: &Options,
    query: String,
    variables: &Value,
    config: Option<PathBuf>,
    settings: &Settings,
) -> Result<Vec<u8>, Failure> {
    let actor = match &options.act_as {
        None => Actor::operator(options.author.as_str()),
        Some(role) => Grant::from_text(role)
            .map_err(|error| Failure::usage(format!("--act-as: {error}")))?
            .actor(&options.author),
    };
    let mut signals = StopSignals::listen()?;
    let server_settings = serve::server_settings(vec![Source::Ledger(None)], config, settings)?;
    let stop = async {
        signals.next().await;
    };
    let server = match Server::start(server_settings, stop).await {
        Ok(server) => server,
        Err(StartError::Stopped) => {
            return Err(Failure::system("stopped before anything was entered"));
        }
        Err(error) => return Err(error.into()),
    };
    let request = Request::new(query)
        .variables(variables.to_string())
        .actor(actor);
    let answer = server.api().execute(request).await;
    server.close().await;
    Ok(answer.bytes.to_vec())
}

/// Posts a request to a server.
fn post(server: &str, options: &Options, request_id: &str, body: &str) -> Result<Vec<u8>, Failure> {
    let url = format!("{}/graphql", server.trim_end_matches('/'));
    let no_answer = |error: &dyn std::fmt::Display| {
        Failure::system(format!(
            "no answer from {url}: {error}; {}",
            may_be_entered(request_id)
        ))
    };
    let mut request = agent()
        .post(&url)
        .header("Content-Type", "application/json")
        .header("Accept", "application/graphql-response+json");
    if let Some(file) = &options.token_file {
        let token = std::fs::read_to_string(file)
            .map_err(|error| Failure::system(format!("{}: {error}", file.display())))?;
        request = request.header("Authorization", format!("Bearer {}", token.trim()));
    }
    if let Some(role) = &options.act_as {
        request = request.header("Act-As", role);
    }
    let response = request.send(body).map_err(|error| no_answer(&error))?;
    let status = response.status();
    let mut bytes = Vec::new();
    let mut reader = response.into_body().into_reader().take(MAX_ANSWER);
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| no_answer(&error))?;
    if serde_json::from_slice::<Response>(&bytes).is_err() {
        let text: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
        return Err(Failure::system(format!("{url} answered {status}: {text}")));
    }
    Ok(bytes)
}

/// What to do about a request of which it is not known whether it was entered.
fn may_be_entered(request_id: &str) -> String {
    format!(
        "it may have been entered: repeat the command with --request-id {request_id}, which enters \
         nothing twice"
    )
}

/// A client that trusts the authorities of this system and follows no redirect, so that a token goes
/// to nobody else.
fn agent() -> Agent {
    let found = rustls_native_certs::load_native_certs();
    let roots = found.certs.iter();
    let roots = roots.map(|root| Certificate::from_der(root.as_ref()).to_owned());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent("wcc")
        .tls_config(tls)
        .build()
        .into()
}

/// An answer of the API.
#[derive(Deserialize)]
struct Response {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<RequestError>,
}

#[derive(Deserialize)]
struct RequestError {
    message: String,
}

/// What a mutation came to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnteredResult {
    pub(super) entry: Option<i64>,
    pub(super) repeated: bool,
    pub(super) user_errors: Vec<UserError>,
    /// What is or would be recorded, in lines.
    #[serde(default)]
    pub(super) report: Vec<String>,
}

/// A mistake in the input.
#[derive(Debug, Deserialize)]
pub(super) struct UserError {
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) nearest: Option<String>,
}

/// Reads the answer to a mutation: as JSON, and what it came to.
///
/// # Errors
/// The request as a whole was refused.
pub(super) fn result(
    answer: &[u8],
    mutation: &str,
    request_id: &str,
) -> Result<(Value, EnteredResult), Failure> {
    let unexpected = |error: serde_json::Error| {
        Failure::system(format!("the server's answer cannot be read: {error}"))
    };
    let response: Response = serde_json::from_slice(answer).map_err(unexpected)?;
    if !response.errors.is_empty() {
        let messages = response.errors.iter().map(|error| error.message.as_str());
        let messages: Vec<&str> = messages.collect();
        return Err(Failure::refused(format!(
            "the request failed: {}; {}",
            messages.join("; "),
            may_be_entered(request_id)
        )));
    }
    let json = response.data.and_then(|data| data.get(mutation).cloned());
    let json = json.unwrap_or_default();
    let result = serde_json::from_value(json.clone()).map_err(unexpected)?;
    Ok((json, result))
}
