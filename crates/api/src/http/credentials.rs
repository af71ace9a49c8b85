//! Who sends a request: the one place that decides it, for every route.

use axum::http::{HeaderMap, StatusCode, header};
use std::fmt;
use std::sync::Arc;
use wcc_core::Actor;

/// The actor who holds a token; `None` for a token that nobody holds.
type HolderOf = dyn Fn(&str) -> Option<Actor> + Send + Sync;

/// Finds out who sends a request. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Authenticator(Option<Arc<HolderOf>>);

/// Why the credentials of a request are refused. A request with such credentials is never answered
/// as if it had none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Two headers, of which one might be meant.
    #[error("`Authorization` is given twice: send it once")]
    Repeated,
    /// Bytes that no token has.
    #[error("`Authorization` is malformed: expected `Bearer` and a token in plain ASCII")]
    Malformed,
    /// Another scheme, or no token.
    #[error(
        "`Authorization` is not accepted: expected `Bearer` and the operator's token, whose file \
         the server named in its log when it started"
    )]
    Scheme,
    /// Nobody holds the token.
    #[error(
        "the token is not known: expected `Authorization: Bearer` and the operator's token, whose \
         file the server named in its log when it started"
    )]
    Unknown,
    /// The server knows no token at all.
    #[error("this server has no operator's token; its log says why")]
    NoTokens,
}

impl CredentialsError {
    /// The HTTP status that reports it.
    pub fn status(self) -> StatusCode {
        match self {
            CredentialsError::Repeated | CredentialsError::Malformed => StatusCode::BAD_REQUEST,
            CredentialsError::Scheme | CredentialsError::Unknown => StatusCode::UNAUTHORIZED,
            CredentialsError::NoTokens => StatusCode::FORBIDDEN,
        }
    }

    /// The value of `WWW-Authenticate`, after RFC 6750; `None` if no credentials would help.
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
    /// Knows the holders of bearer tokens by a function. The function must take a time that says
    /// nothing about any token.
    pub fn new(holder_of: impl Fn(&str) -> Option<Actor> + Send + Sync + 'static) -> Authenticator {
        Authenticator(Some(Arc::new(holder_of)))
    }

    /// Knows nobody: requests without credentials come from the public, all others are refused.
    pub fn without_tokens() -> Authenticator {
        Authenticator(None)
    }

    /// Whether there is any token to be known by.
    pub fn has_tokens(&self) -> bool {
        self.0.is_some()
    }

    /// Who sends a request with these headers: the public if it has no `Authorization`.
    ///
    /// # Errors
    /// The credentials are malformed, given twice or not known.
    pub fn identify(&self, headers: &HeaderMap) -> Result<Actor, CredentialsError> {
        let mut given = headers.get_all(header::AUTHORIZATION).iter();
        let Some(only) = given.next() else {
            return Ok(Actor::public());
        };
        if given.next().is_some() {
            return Err(CredentialsError::Repeated);
        }
        let Some(holder_of) = &self.0 else {
            return Err(CredentialsError::NoTokens);
        };
        let text = only.to_str().map_err(|_| CredentialsError::Malformed)?;
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
        let identify = |authenticator: &Authenticator, given: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in given {
                headers.append(header::AUTHORIZATION, (*value).try_into().unwrap());
            }
            authenticator.identify(&headers)
        };
        assert_eq!(identify(&known, &[]), Ok(Actor::public()));
        assert_eq!(identify(&nobody, &[]), Ok(Actor::public()));
        for given in ["Bearer a", "bearer a", " BEARER   a "] {
            let actor = identify(&known, &[given.as_bytes()]);
            assert_eq!(actor, Ok(Actor::operator("clerk")), "{given}");
        }
        for (given, expected) in [
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
            assert_eq!(identify(&known, given), Err(expected), "{given:?}");
        }
        assert_eq!(
            identify(&nobody, &[b"Bearer a"]),
            Err(CredentialsError::NoTokens)
        );
    }
}
