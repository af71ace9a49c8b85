//! An account: one person, and the roles in which they act.

use crate::error::{AccountError, MailError, NameError};
use crate::password::Password;
use jiff::Timestamp;
use jiff::civil::Date;
use lettre::Address;
use std::fmt;
use std::str::FromStr;
use wcc_core::Actor;
use wcc_core::text::{TextKind, is_blank};
use wcc_tokens::Grant;

/// Maximum size of a sign-in name, in bytes.
pub const MAX_NAME_BYTES: usize = 100;
/// Maximum size of an e-mail address, in bytes: no mail server takes a longer one.
pub const MAX_MAIL_BYTES: usize = 254;
/// Maximum number of roles of an account.
pub const MAX_GRANTS: usize = 64;

/// Whether somebody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Not until an administrator approves it.
    Pending,
    /// They can.
    Active,
    /// No longer.
    Disabled,
}

impl AccountState {
    /// Every state, in the order of an account's life.
    pub const ALL: [AccountState; 3] = [
        AccountState::Pending,
        AccountState::Active,
        AccountState::Disabled,
    ];

    /// The word for it, which the database has too.
    pub fn name(self) -> &'static str {
        match self {
            AccountState::Pending => "pending",
            AccountState::Active => "active",
            AccountState::Disabled => "disabled",
        }
    }

    pub(crate) fn named(name: &str) -> Option<AccountState> {
        AccountState::ALL
            .into_iter()
            .find(|state| state.name() == name)
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

/// An account, without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The sign-in name, in lower case. It never changes.
    pub name: String,
    /// The person, as entries name them.
    pub person: String,
    /// Whether they can sign in.
    pub state: AccountState,
    /// Whether it is an account of a demonstration, which is refused beyond this machine.
    pub is_demonstration: bool,
    /// Whether it has a password.
    pub has_password: bool,
    /// The issuer that vouches for the person, and their identifier there; `None` for a local account.
    pub identity: Option<(String, String)>,
    /// Where messages for the person are sent, if anywhere.
    pub mail: Option<String>,
    /// The roles, whether they are in force or not.
    pub grants: Vec<Grant>,
    /// When it was made.
    pub created: Timestamp,
    /// When they last signed in.
    pub signed_in: Option<Timestamp>,
}

impl Account {
    /// The person in each role that is in force on a day.
    pub fn actors_on(&self, day: Date) -> Vec<Actor> {
        let mut actors: Vec<Actor> = Vec::new();
        for grant in self.grants.iter().filter(|grant| grant.is_in_force(day)) {
            let actor = grant.actor(&self.person);
            if !actors.contains(&actor) {
                actors.push(actor);
            }
        }
        actors
    }
}

/// The state in which an account is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewAccountState {
    /// It has to be approved.
    Pending,
    /// It can be used at once.
    Active,
}

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// The sign-in name; upper and lower case do not matter.
    pub name: String,
    /// The person, as entries will name them.
    pub person: String,
    /// The password.
    pub password: Password,
    /// Where messages for the person are sent, if anywhere.
    pub mail: Option<String>,
    /// The roles.
    pub grants: Vec<Grant>,
    /// Whether it can be used at once.
    pub state: NewAccountState,
    /// Whether it is an account of a demonstration.
    pub is_demonstration: bool,
}

/// A sign-in name in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SignInName(String);

impl SignInName {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// Only characters that cannot be mistaken for each other in another script.
impl FromStr for SignInName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<SignInName, NameError> {
        let name = text.trim().to_ascii_lowercase();
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(NameError::Length);
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@+'".contains(&byte);
        if !name.bytes().all(is_allowed) {
            return Err(NameError::Character);
        }
        if !name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            return Err(NameError::Start);
        }
        Ok(SignInName(name))
    }
}

/// The name of a person as entries may have it: without spaces at the ends or twice in a row.
pub(crate) fn checked_person(text: &str) -> Result<String, NameError> {
    let person: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let person = person.join(" ");
    let is_name = !is_blank(&person) && person.len() <= Actor::MAX_BYTES;
    if !is_name || TextKind::Code.check(&person).is_err() {
        return Err(NameError::Person);
    }
    Ok(person)
}

/// An e-mail address as the database may have it; `None` if there is only space.
pub(crate) fn checked_mail(text: &str) -> Result<Option<String>, MailError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    // Servers that take other characters are rare, and one that does not would refuse each message.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if text.len() > MAX_MAIL_BYTES || !is_plain || text.parse::<Address>().is_err() {
        return Err(MailError);
    }
    Ok(Some(text.to_owned()))
}

/// The key by which two names of people are the same.
pub(crate) fn person_key(person: &str) -> String {
    person.to_lowercase()
}

/// Checks the roles of an account.
pub(crate) fn checked_grants(grants: &[Grant]) -> Result<(), AccountError> {
    if grants.len() > MAX_GRANTS {
        return Err(AccountError::TooManyGrants);
    }
    for grant in grants {
        grant.check()?;
        grant.check_days()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_sign_in_name_is_in_lower_case() {
        let name: SignInName = " A.Person@PCT.example ".parse().expect("a name");
        assert_eq!(name.text(), "a.person@pct.example");
    }

    #[test]
    fn other_sign_in_names_are_refused() {
        let long = "a".repeat(MAX_NAME_BYTES + 1);
        for (text, expected) in [
            ("", NameError::Length),
            ("  ", NameError::Length),
            (&long, NameError::Length),
            ("a person", NameError::Character),
            ("\u{430}nna", NameError::Character),
            ("a\u{200b}", NameError::Character),
            ("../etc", NameError::Character),
            ("-person", NameError::Start),
            (".person", NameError::Start),
        ] {
            assert_eq!(text.parse::<SignInName>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_person_is_one_visible_line() {
        assert_eq!(
            checked_person("  A.  Person ").expect("a name"),
            "A. Person"
        );
        let long = "a".repeat(Actor::MAX_BYTES + 1);
        for text in ["", " ", "A\nPerson", "A\u{202e}Person", &long] {
            assert_eq!(checked_person(text), Err(NameError::Person), "{text}");
        }
        assert_eq!(person_key("ÉMILE"), person_key("émile"));
    }

    #[test]
    fn a_mail_address_is_one_that_a_server_takes() {
        let mail = checked_mail(" A.Person+x@pct.example ").expect("an address");
        assert_eq!(mail.as_deref(), Some("A.Person+x@pct.example"));
        assert_eq!(checked_mail(" "), Ok(None));
        let long = format!("a@{}.example", "a.".repeat(MAX_MAIL_BYTES));
        for text in [
            "a",
            "a@",
            "@pct.example",
            "a@b@pct.example",
            "A <a@pct.example>",
            "a@pct.example,b@pct.example",
            "a@pct.example\r\nBcc: b@pct.example",
            "a\0@pct.example",
            "\u{e9}@pct.example",
            &long,
        ] {
            assert_eq!(checked_mail(text), Err(MailError), "{text}");
        }
    }
}
