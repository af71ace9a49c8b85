//! Verifies ID tokens: what an OpenID provider says about somebody who has just signed in there.

use crate::claims::{ClaimNames, Claims};
use crate::issuer::{IssuerSettings, KeyLocation};
use crate::published_keys::PublishedKeys;
use crate::refusal::Refusal;
use crate::signature::{self, Algorithm};
use crate::verifier::{pinned, read_header, unknown_key, verify_signature};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Maximum size of an ID token, in bytes: some list every group of a person.
const MAX_BYTES: usize = 32 << 10;
/// Maximum size of a subject, in bytes.
const MAX_SUBJECT_BYTES: usize = 255;

/// Verifies the ID tokens that one provider makes for one client, by the same rules and keys as
/// [`TokenVerifier`](crate::TokenVerifier).
pub struct IdTokenVerifier {
    issuer: IssuerSettings,
    client: String,
    keys: Arc<PublishedKeys>,
    leeway: Duration,
    pause: Duration,
}

impl fmt::Debug for IdTokenVerifier {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("IdTokenVerifier").finish_non_exhaustive()
    }
}

/// Whose ID tokens are verified, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenSettings {
    /// The provider: `iss`.
    pub issuer: String,
    /// The client for which they are made: `aud`.
    pub client: String,
    /// Where the provider publishes its keys.
    pub keys: KeyLocation,
    /// The algorithms that it may sign with. Never empty.
    pub algorithms: Vec<Algorithm>,
    /// By how much its clock may differ.
    pub leeway: Duration,
    /// The least time between two attempts to fetch its keys because a token names an unknown one.
    pub pause: Duration,
}

impl IdTokenVerifier {
    /// Keys are fetched when they are first needed.
    pub fn new(settings: IdTokenSettings) -> IdTokenVerifier {
        signature::install();
        let issuer = IssuerSettings {
            name: settings.issuer,
            audiences: vec![settings.client.clone()],
            keys: settings.keys,
            algorithms: settings.algorithms,
            roles: Vec::new(),
            claims: ClaimNames::default(),
        };
        let problems = Arc::new(watch::Sender::new(BTreeMap::new()));
        IdTokenVerifier {
            keys: Arc::new(PublishedKeys::new(&issuer, problems)),
            issuer,
            client: settings.client,
            leeway: settings.leeway,
            pause: settings.pause,
        }
    }

    /// The claims of a token, which was made for the sign-in with a nonce.
    ///
    /// # Errors
    /// The token is refused.
    pub async fn verify(
        &self,
        token: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<Claims, Refusal> {
        let header = read_header(token, MAX_BYTES)?;
        let IssuerSettings {
            name, algorithms, ..
        } = &self.issuer;
        let algorithm = pinned(name, algorithms, &header)?;
        let key = self.keys.find(header.kid.as_deref(), algorithm, self.pause);
        let key = key.await.ok_or_else(|| unknown_key(name, &header))?;
        let verified = verify_signature(token, &key, algorithm, name, &[&self.client])?;
        verified.check_time(now, self.leeway)?;
        let claims = verified.claims;
        let text = |claim: &str| claims.get(claim).and_then(serde_json::Value::as_str);
        if text("nonce") != Some(nonce) {
            return Err(self.refusal("nonce", "is not that of this sign-in"));
        }
        let audiences = claims.get("aud").and_then(serde_json::Value::as_array);
        let is_shared = audiences.is_some_and(|audiences| audiences.len() > 1);
        let party = text("azp");
        if is_shared && party.is_none() || party.is_some_and(|party| party != self.client) {
            return Err(self.refusal("azp", "is not this server"));
        }
        let subject = text("sub").unwrap_or_default();
        if subject.is_empty() || subject.len() > MAX_SUBJECT_BYTES {
            return Err(self.refusal("sub", "is missing or too long"));
        }
        Ok(claims)
    }

    fn refusal(&self, claim: &str, problem: &'static str) -> Refusal {
        Refusal::Claim {
            issuer: self.issuer.name.clone(),
            claim: claim.to_owned(),
            problem,
        }
    }
}
