//! Random bytes that only one browser has, in a cookie.

use data_encoding::BASE64URL_NOPAD;
use ring::hmac;
use sha2::{Digest, Sha256};
use std::fmt;

/// Size, in bytes.
const BYTES: usize = 32;
/// Size of what makes each anti-forgery token of a secret another, in bytes.
const NONCE_BYTES: usize = 16;

/// 256 random bits that a browser keeps in a cookie: of a session, or of a sign-in that has only begun.
/// They are never printed by accident, and stored nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserSecret([u8; BYTES]);

/// What a secret is for. Digests and tokens of one purpose are nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Finding the session.
    Session,
    /// The forms of the pages of a session.
    SessionForm,
    /// The form in which somebody signs in.
    SignInForm,
    /// Finding a sign-in with a provider that has begun.
    SignInState,
    /// The browser that began it.
    SignInBrowser,
    /// The nonce of such a sign-in.
    Nonce,
    /// The PKCE verifier of such a sign-in.
    CodeVerifier,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Purpose::Session => b"wcc session",
            Purpose::SessionForm => b"wcc session form",
            Purpose::SignInForm => b"wcc sign-in form",
            Purpose::SignInState => b"wcc sign-in state",
            Purpose::SignInBrowser => b"wcc sign-in browser",
            Purpose::Nonce => b"wcc nonce",
            Purpose::CodeVerifier => b"wcc code verifier",
        }
    }
}

impl BrowserSecret {
    /// New random bytes.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn new() -> Result<BrowserSecret, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(BrowserSecret(bytes))
    }

    /// Reads the value of a cookie; `None` if it is not one.
    pub fn parse(text: &str) -> Option<BrowserSecret> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Some(BrowserSecret(bytes.try_into().ok()?))
    }

    /// The value of the cookie: 43 letters, digits, `-` and `_`.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// The digest by which something is found. Digests are compared, so the time that a search takes says
    /// nothing about a secret.
    pub(crate) fn digest(&self, purpose: Purpose) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(purpose.label());
        digest.update([0]);
        digest.update(self.0);
        digest.finalize().into()
    }

    /// A text that nobody can compute from another secret, or without this one: 43 letters, digits, `-`
    /// and `_`.
    pub(crate) fn derive(&self, purpose: Purpose, from: &BrowserSecret) -> String {
        let code = hmac::sign(&self.key(), &message(purpose, &from.0));
        BASE64URL_NOPAD.encode(code.as_ref())
    }

    /// A new anti-forgery token for the form in which somebody signs in, who has no session yet. The
    /// browser sends it with the form, and this secret in a cookie.
    pub fn sign_in_token(&self) -> String {
        self.form_token(Purpose::SignInForm)
    }

    /// Whether a token is one of [`BrowserSecret::sign_in_token`].
    pub fn accepts_sign_in_token(&self, token: &str) -> bool {
        self.accepts(Purpose::SignInForm, token)
    }

    /// A new anti-forgery token: a nonce and its authentication code. No two are alike, so that nobody can
    /// guess one from the size of compressed pages.
    pub(crate) fn form_token(&self, purpose: Purpose) -> String {
        let mut nonce = [0; NONCE_BYTES];
        // A constant nonce is as hard to forge, so a system without random bytes does not stop a page.
        let _ = getrandom::fill(&mut nonce);
        let mut token = nonce.to_vec();
        let code = hmac::sign(&self.key(), &message(purpose, &nonce));
        token.extend_from_slice(code.as_ref());
        BASE64URL_NOPAD.encode(&token)
    }

    /// Whether a token was made with this secret for a purpose. Takes the same time for every token.
    pub(crate) fn accepts(&self, purpose: Purpose, token: &str) -> bool {
        let Ok(token) = BASE64URL_NOPAD.decode(token.as_bytes()) else {
            return false;
        };
        let parts = token.split_at_checked(NONCE_BYTES);
        parts.is_some_and(|(nonce, code)| {
            hmac::verify(&self.key(), &message(purpose, nonce), code).is_ok()
        })
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

fn message(purpose: Purpose, nonce: &[u8]) -> Vec<u8> {
    [purpose.label(), &[0], nonce].concat()
}

impl fmt::Debug for BrowserSecret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("BrowserSecret(...)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_secret_is_read_as_it_is_written() {
        let secret = BrowserSecret::new().expect("random bytes");
        let text = secret.text();
        assert_eq!(text.len(), 43);
        assert!(BrowserSecret::parse(&text) == Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "BrowserSecret(...)");
        for other in [
            "",
            "a",
            &text[1..],
            &format!("{text}A"),
            &format!("{text}="),
        ] {
            assert!(BrowserSecret::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_token_belongs_to_its_secret_and_purpose() {
        let secrets = [(); 2].map(|()| BrowserSecret::new().expect("random bytes"));
        let [own, other] = &secrets;
        let token = own.form_token(Purpose::SessionForm);
        assert!(own.accepts(Purpose::SessionForm, &token));
        assert!(!own.accepts_sign_in_token(&token), "another purpose");
        assert!(
            !other.accepts(Purpose::SessionForm, &token),
            "another secret"
        );
        assert_ne!(token, own.form_token(Purpose::SessionForm), "never twice");
        let mut changed = BASE64URL_NOPAD.decode(token.as_bytes()).expect("bytes");
        for at in [0, NONCE_BYTES, changed.len() - 1] {
            *changed.get_mut(at).expect("a byte") ^= 1;
            let text = BASE64URL_NOPAD.encode(&changed);
            assert!(!own.accepts(Purpose::SessionForm, &text), "byte {at}");
            *changed.get_mut(at).expect("a byte") ^= 1;
        }
        let cut = BASE64URL_NOPAD.encode(&changed[..NONCE_BYTES]);
        for token in ["", "A", "!", &cut] {
            assert!(!own.accepts(Purpose::SessionForm, token), "{token}");
        }
    }

    #[test]
    fn digests_of_two_purposes_differ() {
        let secret = BrowserSecret::new().expect("random bytes");
        assert_ne!(
            secret.digest(Purpose::Session),
            secret.digest(Purpose::SignInForm)
        );
    }
}
