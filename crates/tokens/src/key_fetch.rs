//! Reads an issuer's keys from a file or over HTTP.

use crate::issuer::KeyLocation;
use crate::key_set::{KeySet, KeySetError, MAX_BYTES};
use crate::signature::Algorithm;
use std::fs::File;
use std::io::{self, Read};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Maximum time to fetch keys: connecting, sending and receiving.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why keys cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0}")]
    File(#[from] io::Error),
    #[error("{0}")]
    Http(#[from] Box<ureq::Error>),
    #[error("it is larger than {MAX_BYTES} bytes")]
    Size,
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    #[error("internal error while reading it")]
    Panicked,
}

/// Reads keys. Blocks for [`TIMEOUT`] at most, if the location is a URL.
pub(crate) fn fetch(
    location: &KeyLocation,
    algorithms: &[Algorithm],
) -> Result<KeySet, FetchError> {
    let bytes = match location {
        KeyLocation::File(path) => read_at_most(File::open(path)?)?,
        KeyLocation::Url(url) => {
            let mut request = AGENT.get(url.as_str()).header("Accept", "application/json");
            if url.scheme() == "http" {
                // Such keys come from this machine; a proxy of the environment would take the request
                // elsewhere.
                request = request.config().proxy(None).build();
            }
            let response = request.call().map_err(Box::new)?;
            read_at_most(response.into_body().into_reader())?
        }
    };
    Ok(KeySet::from_json(&bytes, algorithms)?)
}

fn read_at_most(from: impl Read) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        return Err(FetchError::Size);
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
