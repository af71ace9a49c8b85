//! The roster: who was invited and has answered, and what belongs to a survey.

use crate::token::Token;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Maximum number of invitations of a survey. All of them are rewritten with each answer.
pub(crate) const MOST: usize = 20_000;

/// The roster of a survey. It is sealed as one text and written anew with each change.
///
/// It also lists the boxes and imports with the digests of their sealed bytes: a row that somebody
/// removes, or replaces by an earlier one, is noticed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roster {
    /// Invitations by the digest of their token: an order that says nothing about when anybody was
    /// invited or answered.
    invitations: BTreeMap<String, Invitation>,
    /// Boxes of submitted sheets, by key.
    pub(crate) boxes: BTreeMap<RowKey, RowDigest>,
    /// Imports, by key.
    pub(crate) imports: BTreeMap<RowKey, Import>,
}

/// The random key of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct RowKey(String);

/// The SHA-256 of a row's sealed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RowDigest(String);

/// An import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Import {
    /// The digest of the file, in hexadecimal. It is in the sealed roster alone: from the digest of a
    /// short table its answers could be guessed.
    pub(crate) file: String,
    pub(crate) row: RowDigest,
}

impl RowKey {
    /// A new key.
    pub(crate) fn random() -> Result<RowKey, getrandom::Error> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)?;
        Ok(RowKey(HEXLOWER.encode(&key)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl RowDigest {
    pub(crate) fn of(sealed: &[u8]) -> RowDigest {
        RowDigest(HEXLOWER.encode(&Sha256::digest(sealed)))
    }
}

/// An invitation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Invitation {
    /// Position of the group in the questionnaire.
    pub(crate) group: usize,
    /// Who was invited.
    pub(crate) contact: Box<str>,
    /// Whether they have submitted their answers.
    pub(crate) has_answered: bool,
}

impl Roster {
    pub(crate) fn find(&self, token: &Token) -> Option<&Invitation> {
        self.invitations.get(&HEXLOWER.encode(&token.invitation()))
    }

    pub(crate) fn find_mut(&mut self, token: &Token) -> Option<&mut Invitation> {
        self.invitations
            .get_mut(&HEXLOWER.encode(&token.invitation()))
    }

    pub(crate) fn insert(&mut self, token: &Token, invitation: Invitation) {
        self.invitations
            .insert(HEXLOWER.encode(&token.invitation()), invitation);
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations.values()
    }

    /// Removes the invitations of a contact, ignoring case.
    pub(crate) fn remove(&mut self, contact: &str) {
        let contact = contact.to_lowercase();
        self.invitations
            .retain(|_, invitation| invitation.contact.to_lowercase() != contact);
    }

    pub(crate) fn len(&self) -> usize {
        self.invitations.len()
    }
}
