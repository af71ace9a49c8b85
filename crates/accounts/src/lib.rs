//! Who signs in to the pages: accounts, their roles, and sessions.
//!
//! A database of its own, beside the ledger, holds them: a copy of the ledger has no password, and losing
//! this database loses no assessment. [`Accounts`] is all of it:
//!
//! - An account belongs to one person and gives them [roles](wcc_tokens::Grant) with a body, a cycle and
//!   days. Accounts decide who somebody is; what they may do is decided by the policies alone.
//! - A session is 256 random bits in a cookie ([`BrowserSecret`]). The database has only their SHA-256, so
//!   a copy of it signs nobody in. Bytes that were known before a sign-in are never those of a session.
//! - Sessions end when they are signed out of, unused or old, and at once when the password changes or the
//!   account is disabled: each belongs to an *epoch* of its account, and reading one compares them.
//! - Nothing that a stranger can send tells whether a name exists: an unknown name costs the same hash, is
//!   slowed down in the same way, and gets the same answer as a wrong password.
//!
//! - With an OpenID provider, people sign in there. It says who they are; the settings say which role each
//!   of its claims gives, and a first sign-in waits for approval.
//!
//! The caller gives the clock. `docs/accounts.md` describes everything for those who run a server.

mod account;
mod accounts;
mod error;
mod openid;
mod password;
mod secret;
mod session;
mod session_cache;
mod slow_down;
mod store;

pub use account::{
    Account, AccountState, MAX_GRANTS, MAX_MAIL_BYTES, MAX_NAME_BYTES, NewAccount, NewAccountState,
};
pub use accounts::{AccountSettings, Accounts};
pub use error::{AccountError, MailError, NameError, SignInError};
pub use openid::{
    OPENID_PATH, OpenIdError, OpenIdRedirect, OpenIdSettings, OpenIdSignIn, local_path,
};
pub use password::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, Password, PasswordError};
pub use secret::BrowserSecret;
pub use session::{NewSession, Session, role_text};
