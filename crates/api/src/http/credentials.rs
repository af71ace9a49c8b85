//! Authenticates requests. All routes use this module.

use axum::http::{HeaderMap, StatusCode, header};
use std::fmt;
use std::sync::Arc;
use wcc_core::Actor;

/// Looks up the actor who holds a token; `None` for an unknown token.
type HolderOf = dyn Fn(&str) -> Option<Actor> + Send + Sync;

/// Authenticates requests. Cheap to clone; all clones share one state.
#[derive(Clone)]
pub struct Authenticator(Option<Arc<HolderOf>>);

/// Why the credentials of a request are rejected. Such a request is never answered as if it had no
/// credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The header is given twice, so it is ambiguous.
    #[error("`Authorization` is given twice: send it once")]
    Repeated,
    /// The header has bytes that no token contains.
    #[error("`Authorization` is malformed: expected `Bearer` and a token in plain ASCII")]
    Malformed,
    /// Another scheme, or no token.
    #[error(
        "`Authorization` is not accepted: expected `Bearer` and the operator's token, whose file \
         the server named in its log when it started"
    )]
    Scheme,
    /// The token is unknown.
    #[error(
        "the token is not known: expected `Authorization: Bearer` and the operator's token, whose \
         file the server named in its log when it started"
    )]
    Unknown,
    /// The server has no tokens at all.
    #[error("this server has no operator's token; see its log for the reason")]
    NoTokens,
}

impl CredentialsError {
    /// The HTTP status of the response.
    pub fn status(self) -> StatusCode {
        match self {
            CredentialsError::Repeated | CredentialsError::Malformed => StatusCode::BAD_REQUEST,
            CredentialsError::Scheme | CredentialsError::Unknown => StatusCode::UNAUTHORIZED,
            CredentialsError::NoTokens => StatusCode::FORBIDDEN,
        }
    }

    /// The value of `WWW-Authenticate`, as defined by RFC 6750; `None` if no credentials would
    /// help.
    pub fn challenge(self) -> Option<&'static str> {
        match self {
            CredentialsError::Repeated | CredentialsError::Malformed => {
                Some("Bearer error=\"invalid_request\"")
            }
            CredentialsError::Scheme | CredentialsError::Unknown => {
                Some("Bearer error=\"invalid_token\"")
            }
            CredentialsError::NoTokens => None,
        }
    }
}

impl Authenticator {
    /// Authenticates bearer tokens with a function. Its running time must not reveal anything about
    /// valid tokens.
    pub fn new(holder_of: impl Fn(&str) -> Option<Actor> + Send + Sync + 'static) -> Authenticator {
        Authenticator(Some(Arc::new(holder_of)))
    }

    /// Accepts no tokens: requests without credentials are public, all others are rejected.
    pub fn without_tokens() -> Authenticator {
        Authenticator(None)
    }

    /// Whether it accepts any token.
    pub fn has_tokens(&self) -> bool {
        self.0.is_some()
    }

    /// The actor who sent a request with these headers: the public if there is no `Authorization`.
    ///
    /// # Errors
    ///
    /// The credentials are malformed, given twice or unknown.
    pub fn identify(&self, headers: &HeaderMap) -> Result<Actor, CredentialsError> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Ok(Actor::public());
        };
        if values.next().is_some() {
            return Err(CredentialsError::Repeated);
        }
        let Some(holder_of) = &self.0 else {
            return Err(CredentialsError::NoTokens);
        };
        let text = value.to_str().map_err(|_| CredentialsError::Malformed)?;
        let (scheme, token) = text
            .trim()
            .split_once(' ')
            .ok_or(CredentialsError::Scheme)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(CredentialsError::Scheme);
        }
        holder_of(token.trim()).ok_or(CredentialsError::Unknown)
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Authenticator")
            .field("has_tokens", &self.has_tokens())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_credentials_are_never_public() {
        let known = Authenticator::new(|token| (token == "a").then(|| Actor::operator("clerk")));
        let nobody = Authenticator::without_tokens();
        let identify = |authenticator: &Authenticator, values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, (*value).try_into().unwrap());
            }
            authenticator.identify(&headers)
        };
        assert_eq!(identify(&known, &[]), Ok(Actor::public()));
        assert_eq!(identify(&nobody, &[]), Ok(Actor::public()));
        for value in ["Bearer a", "bearer a", " BEARER   a "] {
            let actor = identify(&known, &[value.as_bytes()]);
            assert_eq!(actor, Ok(Actor::operator("clerk")), "{value}");
        }
        for (values, expected) in [
            (&[&b""[..]][..], CredentialsError::Scheme),
            (&[b"a"], CredentialsError::Scheme),
            (&[b"Bearer"], CredentialsError::Scheme),
            (&[b"Basic a"], CredentialsError::Scheme),
            (&[b"Bearer b"], CredentialsError::Unknown),
            (&[b"Bearer a b"], CredentialsError::Unknown),
            (&[b"Bearer \xc3\xa4"], CredentialsError::Malformed),
            (&[b"Bearer a", b"Bearer a"], CredentialsError::Repeated),
            (&[b"Bearer a", b""], CredentialsError::Repeated),
        ] {
            assert_eq!(identify(&known, values), Err(expected), "{values:?}");
        }
        assert_eq!(
            identify(&nobody, &[b"Bearer a"]),
            Err(CredentialsError::NoTokens)
        );
    }
}
