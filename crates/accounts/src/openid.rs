//! Signing in with an OpenID provider: the code flow with PKCE (OpenID Connect Core 1.0, RFC 7636, RFC 9207).
//!
//! A sign-in that has begun is bound to the browser by a [`BrowserSecret`], from which the nonce and the
//! PKCE verifier are derived. The database has digests alone, so a copy of it completes no sign-in. Each
//! answer is used once, within ten minutes.

mod claims;
mod finish;
mod provider;

use crate::accounts::Accounts;
use crate::error::{AccountError, SignInError};
use crate::secret::{BrowserSecret, Purpose};
use crate::session::NewSession;
use crate::store::{ChangeResult, PendingSignIn};
use data_encoding::BASE64URL_NOPAD;
use jiff::SignedDuration;
use provider::Providers;
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::Duration;
use url::Url;
use wcc_ledger::StoreError;
use wcc_tokens::{Algorithm, Grant, Refusal};

/// The path of this server's own address to which a provider sends browsers back.
pub const OPENID_PATH: &str = "/sign-in/openid";

/// How long somebody may take to sign in with their provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// Maximum size of a path to go to afterwards, in bytes.
const MAX_PATH_BYTES: usize = 2_000;

/// An OpenID provider with which people sign in.
#[derive(Clone)]
pub struct OpenIdSettings {
    /// Its identifier, a URL: `iss`.
    pub issuer: Url,
    /// What people know it as: `NHS CIS2`.
    pub title: String,
    /// The identifier by which it knows this server.
    pub client: String,
    /// The secret that goes with it; `None` for a client without one.
    pub secret: Option<String>,
    /// What is asked for; `openid` among it.
    pub scopes: Vec<String>,
    /// The algorithms that it may sign with. Never empty.
    pub algorithms: Vec<Algorithm>,
    /// The claim with the name of the person.
    pub person_claim: String,
    /// The claim from which the sign-in name is made.
    pub account_claim: String,
    /// The claim with a text or a list of texts that give roles.
    pub role_claim: String,
    /// The role that each of these texts gives. If there is none, administrators give roles.
    pub roles: Vec<(String, Grant)>,
    /// Whether to ask its UserInfo endpoint for claims, too.
    pub asks_userinfo: bool,
    /// By how much its clock may differ.
    pub leeway: Duration,
    /// The least time between two attempts to fetch its keys because a token names an unknown one.
    pub pause: Duration,
}

/// A secret is never printed by accident.
impl fmt::Debug for OpenIdSettings {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("OpenIdSettings")
            .field("issuer", &self.issuer.as_str())
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// The provider of the settings.
pub(crate) struct OpenId {
    settings: OpenIdSettings,
    /// Where it sends browsers back.
    redirect: Url,
    providers: Providers,
}

/// Where to send the browser, to sign in with the provider.
#[derive(Clone, Debug)]
pub struct OpenIdRedirect {
    /// The provider's page.
    pub url: Url,
    /// For a cookie that the browser sends with the answer, which comes from another site
    /// (`SameSite=Lax`), and that is removed then.
    pub browser: BrowserSecret,
}

/// Somebody has signed in with the provider.
#[derive(Clone, Debug)]
pub struct OpenIdSignIn {
    /// Their session.
    pub new: NewSession,
    /// The path to go to.
    pub return_to: String,
}

/// Why somebody is not signed in with the provider.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenIdError {
    /// The settings name no provider.
    #[error("this server has no sign-in service")]
    NotOffered,
    /// The provider does not respond, or not as it should. The log says more.
    #[error("the sign-in service cannot be reached or does not work: try again later")]
    Unavailable,
    /// There are too many sign-ins that have begun.
    #[error("too many people are signing in at the moment: try again in a few minutes")]
    TooMany,
    /// The answer is not one.
    #[error("the answer of the sign-in service is malformed: start again")]
    Malformed,
    /// No sign-in was begun to which the answer belongs, or no longer.
    #[error("this sign-in was used already, or took more than ten minutes: start again")]
    Over,
    /// Another browser began the sign-in.
    #[error("this sign-in was begun in another browser: start again")]
    OtherBrowser,
    /// The provider did not sign somebody in.
    #[error("the sign-in service did not sign you in ({0})")]
    Refused(String),
    /// What the provider says about somebody is not accepted. The log says why.
    #[error("the answer of the sign-in service is not accepted; the server's log says why")]
    Token(#[source] Refusal),
    /// The provider does not say who somebody is.
    #[error("the sign-in service does not say your name: claim `{0}`")]
    Person(String),
    /// The provider knows them, but they cannot sign in here.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// Their account cannot be made or changed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The database of accounts.
    #[error("{}", crate::error::of_store(.0))]
    Store(#[from] StoreError),
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

impl OpenId {
    /// `address` is this server's own, as browsers know it.
    pub(crate) fn new(settings: OpenIdSettings, address: &Url) -> OpenId {
        let mut redirect = address.clone();
        redirect.set_path(OPENID_PATH);
        OpenId {
            settings,
            redirect,
            providers: Providers::default(),
        }
    }
}

impl Accounts {
    /// What people know the OpenID provider as; `None` if there is none.
    pub fn openid_title(&self) -> Option<&str> {
        Some(&self.openid().ok()?.settings.title)
    }

    /// Begins a sign-in with the provider. `return_to` is the path to go to afterwards.
    ///
    /// # Errors
    /// There is no provider, or it does not respond.
    pub async fn begin_openid(&self, return_to: &str) -> Result<OpenIdRedirect, OpenIdError> {
        let openid = self.openid()?;
        let now = self.clock().now();
        let provider = openid.providers.current(&openid.settings, now).await?;
        let (state, browser) = (BrowserSecret::new()?, BrowserSecret::new()?);
        let pending = PendingSignIn {
            state: state.digest(Purpose::SignInState),
            browser: browser.digest(Purpose::SignInBrowser),
            return_to: local_path(return_to).to_owned(),
            created: now,
        };
        let over = now.saturating_sub(PATIENCE).unwrap_or(now);
        let begun = self.store().begin_sign_in(&pending, over).await?;
        if begun == ChangeResult::Stale {
            return Err(OpenIdError::TooMany);
        }
        let settings = &openid.settings;
        let challenge = Sha256::digest(verifier(&browser, &state));
        let mut url = provider.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client)
            .append_pair("redirect_uri", openid.redirect.as_str())
            .append_pair("scope", &settings.scopes.join(" "))
            .append_pair("state", &state.text())
            .append_pair("nonce", &nonce(&browser, &state))
            .append_pair("code_challenge", &BASE64URL_NOPAD.encode(&challenge))
            .append_pair("code_challenge_method", "S256");
        Ok(OpenIdRedirect { url, browser })
    }

    pub(crate) fn openid(&self) -> Result<&OpenId, OpenIdError> {
        self.provider_settings().ok_or(OpenIdError::NotOffered)
    }
}

/// What the ID token of a sign-in has to repeat.
fn nonce(browser: &BrowserSecret, state: &BrowserSecret) -> String {
    browser.derive(Purpose::Nonce, state)
}

/// What shows to the provider that the same server asks for the token.
fn verifier(browser: &BrowserSecret, state: &BrowserSecret) -> String {
    browser.derive(Purpose::CodeVerifier, state)
}

/// A path of this server; the first page for everything else, which may lead to another server.
pub fn local_path(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= MAX_PATH_BYTES
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for path in [
            "/",
            "/cycles/2008-09?body=5KF#why",
            "/a//b",
            "/@evil.example",
        ] {
            assert_eq!(local_path(path), path);
        }
        let long = format!("/{}", "a".repeat(2_000));
        for path in [
            "",
            "cycles",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: a=b",
            " /",
            "/\u{e9}",
            &long,
        ] {
            assert_eq!(local_path(path), "/", "{path:?}");
        }
    }
}
