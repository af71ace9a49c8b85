//! The token of an invitation, which is all that a respondent needs.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

/// Random bytes of a token.
const BYTES: usize = 20;
/// Random bytes of a survey's tag.
const TAG_BYTES: usize = 5;

/// A token: the survey's tag, then a secret. It is shown once, when the invitation is made, and
/// stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new token of the survey with a tag.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub(crate) fn new(tag: &str) -> Result<Token, getrandom::Error> {
        let mut secret = [0; BYTES];
        getrandom::fill(&mut secret)?;
        let secret = BASE32_NOPAD.encode(&secret).to_lowercase();
        Ok(Token(format!("{tag}-{secret}")))
    }

    /// Reads a token; upper and lower case and surrounding spaces do not matter. `None` if it is
    /// not one.
    pub fn parse(text: &str) -> Option<Token> {
        let text = text.trim().to_ascii_lowercase();
        let (tag, secret) = text.split_once('-')?;
        let is_tag = tag.len() == 2 * TAG_BYTES && HEXLOWER.decode(tag.as_bytes()).is_ok();
        let secret = BASE32_NOPAD.decode(secret.to_ascii_uppercase().as_bytes());
        let is_secret = secret.is_ok_and(|secret| secret.len() == BYTES);
        (is_tag && is_secret).then_some(Token(text))
    }

    /// A new tag of a survey.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub(crate) fn new_tag() -> Result<String, getrandom::Error> {
        let mut tag = [0; TAG_BYTES];
        getrandom::fill(&mut tag)?;
        Ok(HEXLOWER.encode(&tag))
    }

    /// The token as it is sent to the respondent.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The tag of its survey.
    pub(crate) fn tag(&self) -> &str {
        self.0.split_once('-').map_or("", |(tag, _)| tag)
    }

    /// The digest by which its invitation is found. Digests are compared, so the time that a search
    /// takes says nothing about a token.
    pub(crate) fn invitation(&self) -> [u8; 32] {
        self.digest("wcc survey invitation")
    }

    /// The digest by which its saved sheet is found. Nobody can compute it from the other one.
    pub(crate) fn sheet(&self) -> [u8; 32] {
        self.digest("wcc survey sheet")
    }

    fn digest(&self, purpose: &str) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(purpose.as_bytes());
        digest.update([0]);
        digest.update(self.0.as_bytes());
        digest.finalize().into()
    }
}

/// A token is never printed by accident.
impl std::fmt::Debug for Token {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Token(...)")
    }
}
