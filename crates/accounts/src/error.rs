//! Why a sign-in or a change of an account is refused.

use crate::account::{MAX_GRANTS, MAX_MAIL_BYTES, MAX_NAME_BYTES};
use crate::password::PasswordError;
use std::time::Duration;
use wcc_core::Actor;
use wcc_ledger::StoreError;
use wcc_tokens::GrantError;

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// There is no such account, or the password is another. Nothing says which.
    #[error("the name or the password is wrong")]
    WrongNameOrPassword,
    /// There were too many attempts, with this name or altogether.
    #[error("there were too many attempts to sign in: try again in {}", seconds(*.0))]
    TooManyAttempts(Duration),
    /// The password is right, but the account is not approved yet.
    #[error("an administrator has not approved this account yet")]
    Pending,
    /// The password is right, but the account is disabled.
    #[error("this account is disabled: ask an administrator")]
    Disabled,
    /// The password is right, but the account is one of a demonstration and this server can be reached
    /// from other machines.
    #[error(
        "this is an account of a demonstration, and this server can be reached from other machines: such \
         accounts work only on a server that listens on its own machine"
    )]
    Demonstration,
    /// The database of accounts.
    #[error("{}", of_store(.0))]
    Store(#[from] StoreError),
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The password could not be compared.
    #[error("internal error while comparing the password")]
    Internal,
}

/// Why an account is not made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// The sign-in name or the person's name cannot be one.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Another account has the sign-in name.
    #[error("there is an account `{0}` already: choose another sign-in name")]
    NameTaken(String),
    /// Another account is that of a person with this name.
    #[error(
        "another account belongs to a person named `{0}`: entries could not tell them apart, so add \
         something to one of the names"
    )]
    PersonTaken(String),
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The e-mail address is malformed.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// A role cannot be one.
    #[error("{0}")]
    Grant(#[from] GrantError),
    /// There are too many roles.
    #[error("an account has at most {MAX_GRANTS} roles")]
    TooManyGrants,
    /// There is no such account.
    #[error("there is no account `{0}`")]
    NoAccount(String),
    /// The old password was not accepted.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The session is over.
    #[error("this session is over: sign in again")]
    NoSession,
    /// The person does not have the role now.
    #[error("you do not have the role `{0}` now")]
    NoRole(String),
    /// Others changed the account all the time.
    #[error("others are changing this account all the time; try again later")]
    Busy,
    /// The database of accounts.
    #[error("{}", of_store(.0))]
    Store(#[from] StoreError),
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The password could not be hashed.
    #[error("internal error while hashing the password")]
    Internal,
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The sign-in name is empty or too long.
    #[error("the sign-in name is empty or longer than {MAX_NAME_BYTES} characters")]
    Length,
    /// The sign-in name has another character.
    #[error("the sign-in name has a character other than letters a to z, digits and . - _ @ + '")]
    Character,
    /// The sign-in name starts with a sign.
    #[error("the sign-in name does not start with a letter or a digit")]
    Start,
    /// The name of the person cannot be one.
    #[error(
        "the name of the person is empty, longer than {max} bytes, or has an invisible character",
        max = Actor::MAX_BYTES
    )]
    Person,
}

/// A text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not an e-mail address such as a.person@pct.example, of at most {MAX_MAIL_BYTES} characters"
)]
pub struct MailError;

fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil().max(1.0);
    match seconds {
        1.0 => "a second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

pub(crate) fn of_store(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(why) => format!("the database of accounts does not respond: {why}"),
        StoreError::Refused(why) => format!(
            "the database of accounts reported an error: {why}. Check that its file and folder (setting \
             accounts.address) can be written, and that the disk has room"
        ),
        StoreError::Address(why) => {
            format!("the address of the database of accounts cannot be used: {why}")
        }
        StoreError::TooNew(version) => format!(
            "the database of accounts has tables of version {version}: use the version of wcc that \
             created them"
        ),
        error => format!("the database of accounts: {error}"),
    }
}
