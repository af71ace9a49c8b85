//! Whoever asks for a page: by a token, by the session of their browser, or nobody in particular.

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};
use wcc_accounts::{Accounts, BrowserSecret, Session};
use wcc_api::{Authenticator, CredentialsError};
use wcc_core::Actor;

/// The cookie of a session.
pub(crate) const SESSION: &str = "wcc-session";
/// The cookie of a browser in which somebody is about to sign in.
pub(crate) const SIGNING_IN: &str = "wcc-signing-in";

/// The cookie of a browser that is at the provider with which somebody signs in.
pub(crate) const AT_PROVIDER: &str = "wcc-at-provider";

/// Finds out who reads: by a token, or by the session of their browser. Only for what is read with a GET,
/// because a browser sends its cookie with whatever a page of another site asks for.
#[derive(Clone, Debug)]
pub struct Visitors {
    authenticator: Authenticator,
    accounts: Option<Accounts>,
}

/// Why it is not known who reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VisitorError {
    /// The token is not accepted.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// Sessions cannot be read.
    #[error("sessions cannot be read at the moment; try again later")]
    Unavailable,
}

impl Visitors {
    /// Visitors with a token that `authenticator` knows, or with a session of these accounts.
    pub fn new(authenticator: Authenticator, accounts: Option<Accounts>) -> Visitors {
        Visitors {
            authenticator,
            accounts,
        }
    }

    /// Whether anybody can sign in.
    pub(crate) fn can_sign_in(&self) -> bool {
        self.accounts.is_some()
    }

    /// The accounts of those who sign in.
    pub(crate) fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_ref()
    }

    /// Whoever sent a request with these headers; the public if nothing says more.
    ///
    /// # Errors
    /// The token is refused, or sessions cannot be read.
    pub async fn identify(&self, headers: &HeaderMap) -> Result<Actor, VisitorError> {
        Ok(self.viewer(headers).await?.actor)
    }

    /// Whoever asks for a page. A session counts only if the request brings no token.
    pub(crate) async fn viewer(&self, headers: &HeaderMap) -> Result<Viewer, VisitorError> {
        let session = match (&self.accounts, cookie(headers, SESSION)) {
            (Some(accounts), Some(secret)) if !headers.contains_key(header::AUTHORIZATION) => {
                accounts.session(&secret).await.map_err(|error| {
                    tracing::error!("sessions cannot be read: {error}");
                    VisitorError::Unavailable
                })?
            }
            _ => None,
        };
        if let Some(session) = session {
            let actor = session.chosen_actor().cloned();
            return Ok(Viewer {
                actor: actor.unwrap_or_else(Actor::public),
                session: Some(session),
            });
        }
        Ok(Viewer {
            actor: self.authenticator.identify(headers).await?,
            session: None,
        })
    }
}

/// Whoever asks for a page.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) actor: Actor,
    /// The session of their browser; `None` for the public and for programs with a token.
    pub(crate) session: Option<Session>,
}

impl Viewer {
    /// Somebody who has shown nothing.
    pub(crate) fn public() -> Viewer {
        Viewer {
            actor: Actor::public(),
            session: None,
        }
    }

    /// Whether they are nobody in particular.
    pub(crate) fn is_public(&self) -> bool {
        *self.actor.role == *Actor::PUBLIC
    }
}

/// A secret that a browser keeps.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<BrowserSecret> {
    let given = headers.get_all(header::COOKIE).iter();
    let given = given.filter_map(|value| value.to_str().ok());
    let mut cookies = given.flat_map(Cookie::split_parse).flatten();
    let cookie = cookies.find(|cookie| cookie.name() == name)?;
    BrowserSecret::parse(cookie.value())
}

/// Makes a browser keep a secret, or forget it.
pub(crate) fn set_cookie(
    name: &'static str,
    secret: Option<&BrowserSecret>,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let mut cookie = Cookie::build((name, secret.map(BrowserSecret::text).unwrap_or_default()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(!is_loopback(headers))
        .build();
    if secret.is_none() {
        cookie.make_removal();
    }
    HeaderValue::try_from(cookie.to_string()).ok()
}

/// Whether the browser reached the server on its own machine, where there is no TLS.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("127.0.0.1" | "localhost" | "::1"))
}

#[cfg(test)]
mod tests {
    use super::{SESSION, cookie, set_cookie};
    use axum::http::{HeaderMap, HeaderValue, header};
    use wcc_accounts::BrowserSecret;

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        let secret = BrowserSecret::new().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("assurance.example"));
        let set = set_cookie(SESSION, Some(&secret), &headers).unwrap();
        let set = set.to_str().unwrap();
        for expected in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(set.contains(expected), "{set}");
        }
        let pair = set.split(';').next().unwrap();
        let value = HeaderValue::try_from(format!("a=b; {pair}")).unwrap();
        headers.insert(header::COOKIE, value);
        assert!(cookie(&headers, SESSION) == Some(secret));
        assert!(cookie(&headers, "other").is_none());
        for host in ["127.0.0.1:8080", "localhost", "[::1]:8080"] {
            headers.insert(header::HOST, HeaderValue::from_static(host));
            let removed = set_cookie(SESSION, None, &headers).unwrap();
            let removed = removed.to_str().unwrap();
            assert!(!removed.contains("Secure"), "{host}: {removed}");
            assert!(removed.contains("Max-Age=0"), "{removed}");
        }
    }
}
