//! Who was invited, and who has answered.

use crate::token::Token;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum number of invitations of a survey. All of them are rewritten with each answer.
pub(crate) const MOST: usize = 20_000;

/// All invitations of a survey, by the digest of their token: an order that says nothing about when
/// anybody was invited or answered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roster(BTreeMap<String, Invitation>);

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
        self.0.get(&HEXLOWER.encode(&token.invitation()))
    }

    pub(crate) fn find_mut(&mut self, token: &Token) -> Option<&mut Invitation> {
        self.0.get_mut(&HEXLOWER.encode(&token.invitation()))
    }

    pub(crate) fn insert(&mut self, token: &Token, invitation: Invitation) {
        self.0
            .insert(HEXLOWER.encode(&token.invitation()), invitation);
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = &Invitation> {
        self.0.values()
    }

    /// Removes the invitations of a contact, ignoring case.
    pub(crate) fn remove(&mut self, contact: &str) {
        let contact = contact.to_lowercase();
        self.0
            .retain(|_, invitation| invitation.contact.to_lowercase() != contact);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
