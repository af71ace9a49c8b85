//! The issuers whose tokens are accepted.

use crate::claims::ClaimNames;
use crate::signature::Algorithm;
use std::fmt;
use std::path::PathBuf;
use url::{Host, Url};
use wcc_core::Actor;

/// `iss` and `aud` of the tokens that the server's own key signs.
pub const LOCAL_ISSUER: &str = "wcc";

/// An issuer whose tokens are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSettings {
    /// Its name: `iss` in its tokens, compared to the letter.
    pub name: String,
    /// A token must be for one of these: `aud`. Never empty.
    pub audiences: Vec<String>,
    /// Where it publishes its keys.
    pub keys: KeyLocation,
    /// The algorithms that it signs with. Never empty.
    pub algorithms: Vec<Algorithm>,
    /// The roles that its tokens may give; others are ignored. Empty for every role but the
    /// operator's.
    pub roles: Vec<String>,
    /// The claims that give the person and their role.
    pub claims: ClaimNames,
}

impl IssuerSettings {
    /// Whether its tokens may give a role.
    pub(crate) fn may_give(&self, role: &str) -> bool {
        if self.roles.is_empty() {
            role != Actor::OPERATOR
        } else {
            self.roles.iter().any(|given| given == role)
        }
    }
}

/// Where an issuer publishes its keys, as a JSON Web Key Set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyLocation {
    /// A file.
    File(PathBuf),
    /// A URL with `https`, or with `http` on this machine.
    Url(Box<Url>),
}

/// Why a location of keys cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It is not a URL.
    #[error("`{0}` is not a URL: {1}")]
    Malformed(String, url::ParseError),
    /// It is not protected on the way.
    #[error(
        "`{0}` is not protected on the way: expected https, or http on this machine (127.0.0.1, ::1, localhost)"
    )]
    Unprotected(String),
    /// It has a user name or a password.
    #[error("the URL has a user name or a password: what it leads to is public, leave them out")]
    Credentials,
}

impl KeyLocation {
    /// Reads a URL.
    ///
    /// # Errors
    /// It is malformed, not protected, or has credentials.
    pub fn from_url(text: &str) -> Result<KeyLocation, IssuerError> {
        Ok(KeyLocation::Url(Box::new(protected_url(text)?)))
    }
}

/// Reads a URL with `https`, or with `http` on this machine.
///
/// # Errors
/// It is malformed, not protected, or has credentials.
pub fn protected_url(text: &str) -> Result<Url, IssuerError> {
    let url = Url::parse(text).map_err(|error| IssuerError::Malformed(text.to_owned(), error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(IssuerError::Credentials);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(&url) => Ok(url),
        _ => Err(IssuerError::Unprotected(text.to_owned())),
    }
}

/// Whether a URL can only lead to this machine.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl fmt::Display for KeyLocation {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyLocation::File(path) => path.display().fmt(to),
            KeyLocation::Url(url) => url.fmt(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in [
            "https://sign-in.example/keys",
            "http://127.0.0.1:8000/keys",
            "http://127.1.2.3/keys",
            "http://[::1]:8000/keys",
            "http://localhost/keys",
        ] {
            assert!(KeyLocation::from_url(url).is_ok(), "{url}");
        }
        for url in [
            "http://sign-in.example/keys",
            "http://localhost.example/keys",
            "http://10.0.0.1/keys",
            "http://[::2]/keys",
            "ftp://localhost/keys",
            "file:///etc/keys",
        ] {
            let unprotected = IssuerError::Unprotected(url.to_owned());
            assert_eq!(KeyLocation::from_url(url), Err(unprotected));
        }
        for url in ["https://a:b@sign-in.example/", "https://a@sign-in.example/"] {
            assert_eq!(KeyLocation::from_url(url), Err(IssuerError::Credentials));
        }
        assert!(matches!(
            KeyLocation::from_url("keys.json"),
            Err(IssuerError::Malformed(..))
        ));
    }
}
