//! Requests to issuers: by one client, within limits of time and size. Each call blocks.

use std::io::{self, Read};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, RequestBuilder, http};
use url::Url;

/// Maximum time of a request: connecting, sending and receiving.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum size of an answer, in bytes.
pub const MAX_ANSWER_BYTES: usize = 256 << 10;

/// Why an issuer gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// There was no answer, not in time, or one with an error.
    #[error("{0}")]
    Request(#[from] Box<ureq::Error>),
    /// The answer could not be read.
    #[error("{0}")]
    Answer(#[from] io::Error),
    /// The answer is too large.
    #[error("it is larger than {MAX_ANSWER_BYTES} bytes")]
    Size,
}

/// Reads what is at a URL.
///
/// # Errors
/// There is no answer in time, it reports an error, or is too large.
pub fn get(url: &Url, authorization: Option<&str>) -> Result<Vec<u8>, HttpError> {
    let request = prepared(AGENT.get(url.as_str()), url, authorization);
    read(request.call().map_err(Box::new)?)
}

/// Sends a form to a URL, and reads the answer.
///
/// # Errors
/// There is no answer in time, it reports an error, or is too large.
pub fn post_form(
    url: &Url,
    form: &[(&str, &str)],
    authorization: Option<&str>,
) -> Result<Vec<u8>, HttpError> {
    let request = prepared(AGENT.post(url.as_str()), url, authorization);
    let form = form.iter().copied();
    read(request.send_form(form).map_err(Box::new)?)
}

fn prepared<B>(
    request: RequestBuilder<B>,
    url: &Url,
    authorization: Option<&str>,
) -> RequestBuilder<B> {
    let mut request = request.header("Accept", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("Authorization", authorization);
    }
    if url.scheme() == "http" {
        // It is on this machine; a proxy of the environment would take the request elsewhere.
        request = request.config().proxy(None).build();
    }
    request
}

fn read(response: http::Response<Body>) -> Result<Vec<u8>, HttpError> {
    read_at_most(response.into_body().into_reader())
}

/// Reads everything, unless it is too large.
pub(crate) fn read_at_most(from: impl Read) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    from.take(MAX_ANSWER_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > MAX_ANSWER_BYTES {
        return Err(HttpError::Size);
    }
    Ok(bytes)
}

/// One client for all issuers. It follows no redirect, so that `https` stays `https`, and trusts the
/// authorities that the system trusts (or those of `SSL_CERT_FILE`).
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("certificates that this system trusts: {error}");
    }
    let roots = found.certs.iter();
    let roots = roots.map(|root| Certificate::from_der(root.as_ref()).to_owned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots.collect())))
        .unversioned_rustls_crypto_provider(provider)
        .build();
    Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .user_agent("wcc")
        .tls_config(tls)
        .build()
        .into()
});
