//! What a provider publishes about itself (OpenID Connect Discovery 1.0), read now and then.

use super::{OpenIdError, OpenIdSettings};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};
use url::Url;
use wcc_tokens::http::{self, HttpError};
use wcc_tokens::{IdTokenSettings, IdTokenVerifier, IssuerError, KeyLocation, protected_url};

/// How long what a provider publishes is used before it is read again.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// After an attempt that failed, the least time before the next.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// How many requests are sent to a provider at the same time: each takes a thread.
const AT_ONCE: usize = 8;

/// The provider as it is known.
pub(super) struct Providers {
    known: Mutex<Known>,
    permits: Arc<Semaphore>,
}

#[derive(Default)]
struct Known {
    provider: Option<(Timestamp, Arc<Provider>)>,
    failed: Option<Timestamp>,
}

/// The endpoints of a provider, and who verifies its tokens.
pub(super) struct Provider {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// Whether the secret is sent in the form, because it takes it nowhere else.
    pub(super) takes_secret_in_form: bool,
    /// Whether every answer names it.
    pub(super) names_itself: bool,
    jwks_uri: Url,
    pub(super) verifier: Arc<IdTokenVerifier>,
}

/// What is published; other members are ignored.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Why a provider cannot be used, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("it is not the JSON that was expected: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it names the issuer `{0}`, not the one of the settings")]
    Issuer(String),
    #[error(transparent)]
    Url(#[from] IssuerError),
    #[error("`{0}` is not protected on the way")]
    Unprotected(Url),
    #[error("internal error")]
    Lost,
}

impl Default for Providers {
    fn default() -> Providers {
        Providers {
            known: Mutex::default(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Providers {
    /// The provider as it was read within the last hour, or before if it cannot be read now. It is read
    /// once at a time.
    pub(super) async fn current(
        &self,
        settings: &OpenIdSettings,
        now: Timestamp,
    ) -> Result<Arc<Provider>, OpenIdError> {
        let mut known = self.known.lock().await;
        let passed = |since: Timestamp| now.duration_since(since).abs();
        if let Some((read, provider)) = &known.provider
            && passed(*read) < LIFETIME
        {
            return Ok(Arc::clone(provider));
        }
        let before = known.provider.as_ref();
        let before = before.map(|(_, provider)| Arc::clone(provider));
        if known.failed.is_some_and(|failed| passed(failed) < PAUSE) {
            return before.ok_or(OpenIdError::Unavailable);
        }
        match self.read(settings, before.as_deref()).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *known = Known {
                    provider: Some((now, Arc::clone(&provider))),
                    failed: None,
                };
                Ok(provider)
            }
            Err(error) => {
                known.failed = Some(now);
                let issuer = &settings.issuer;
                tracing::warn!("the OpenID provider {issuer} cannot be used: {error}");
                before.ok_or(OpenIdError::Unavailable)
            }
        }
    }

    async fn read(
        &self,
        settings: &OpenIdSettings,
        before: Option<&Provider>,
    ) -> Result<Provider, ProviderError> {
        let issuer = settings.issuer.as_str();
        let path = "/.well-known/openid-configuration";
        let url = protected_url(&format!("{}{path}", issuer.trim_end_matches('/')))?;
        let bytes = self.ask(move || http::get(&url, None)).await?;
        let metadata: Metadata = serde_json::from_slice(&bytes)?;
        // A URL as the settings have it may be written with or without the last slash.
        if metadata.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            let named = metadata.issuer.chars().take(200).collect();
            return Err(ProviderError::Issuer(named));
        }
        let endpoint = |text: &str| {
            let url = protected_url(text)?;
            // Whoever is reached by https does not lead anywhere else.
            match settings.issuer.scheme() == "https" && url.scheme() != "https" {
                true => Err(ProviderError::Unprotected(url)),
                false => Ok(url),
            }
        };
        let jwks_uri = endpoint(&metadata.jwks_uri)?;
        let known = before.filter(|before| before.jwks_uri == jwks_uri);
        let verifier = known.map(|before| Arc::clone(&before.verifier));
        let verifier = verifier.unwrap_or_else(|| {
            Arc::new(IdTokenVerifier::new(IdTokenSettings {
                issuer: metadata.issuer.clone(),
                client: settings.client.clone(),
                keys: KeyLocation::Url(Box::new(jwks_uri.clone())),
                algorithms: settings.algorithms.clone(),
                leeway: settings.leeway,
                pause: settings.pause,
            }))
        });
        let methods = metadata.token_endpoint_auth_methods_supported;
        let takes = |method: &str| {
            let mut methods = methods.iter().flatten();
            methods.any(|known| known == method)
        };
        Ok(Provider {
            authorization_endpoint: endpoint(&metadata.authorization_endpoint)?,
            token_endpoint: endpoint(&metadata.token_endpoint)?,
            userinfo_endpoint: metadata
                .userinfo_endpoint
                .as_deref()
                .map(endpoint)
                .transpose()?,
            takes_secret_in_form: takes("client_secret_post") && !takes("client_secret_basic"),
            names_itself: metadata.authorization_response_iss_parameter_supported,
            jwks_uri,
            verifier,
        })
    }

    /// Sends a request, on a thread of its own.
    pub(super) async fn ask(
        &self,
        request: impl FnOnce() -> Result<Vec<u8>, HttpError> + Send + 'static,
    ) -> Result<Vec<u8>, ProviderError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| ProviderError::Lost)?;
        let asked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            request()
        });
        let answer = asked.await.map_err(|_| ProviderError::Lost)?;
        Ok(answer?)
    }
}
