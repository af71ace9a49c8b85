//! A session: somebody who has signed in with one browser.

use crate::account::Account;
use crate::secret::{BrowserSecret, Purpose};
use jiff::Timestamp;
use std::sync::Arc;
use wcc_core::Actor;
use wcc_tokens::Grant;

/// A session as it was when it was asked for.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) secret: BrowserSecret,
    pub(crate) account: Arc<Account>,
    pub(crate) actors: Vec<Actor>,
    /// The position of the chosen role among the actors.
    pub(crate) chosen: Option<usize>,
    pub(crate) idle_until: Timestamp,
    pub(crate) until: Timestamp,
    /// When it was asked for.
    pub(crate) seen: Timestamp,
}

/// A session that has just begun, with what the browser has to keep.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the session's cookie.
    pub secret: BrowserSecret,
    /// The session.
    pub session: Session,
}

impl Session {
    /// Whose session it is.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The person in each role that is in force today (UTC). None if no role is.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The person in the role that they have chosen, or in their first one; `None` if they have none today.
    pub fn chosen_actor(&self) -> Option<&Actor> {
        self.actors.get(self.chosen?)
    }

    /// When it ends unless it is used before. It is counted from the last use that was noted, and one is
    /// noted once a minute at most.
    pub fn idle_until(&self) -> Timestamp {
        self.idle_until.min(self.until)
    }

    /// When it ends in any case.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// For how many seconds from now it goes on unless it is used.
    pub fn seconds_left(&self) -> i64 {
        self.idle_until().duration_since(self.seen).as_secs().max(0)
    }

    /// A new anti-forgery token for a form. Every token of a session stays valid as long as the session.
    pub fn form_token(&self) -> String {
        self.secret.form_token(Purpose::SessionForm)
    }

    /// Whether a token is one of this session's.
    pub fn accepts_form_token(&self, token: &str) -> bool {
        self.secret.accepts(Purpose::SessionForm, token)
    }
}

/// A role as forms name it: `ROLE;body=CODE;cycle=ID`.
pub fn role_text(actor: &Actor) -> String {
    let grant = Grant {
        body: actor.body.as_deref().map(str::to_owned),
        cycle: actor.cycle.as_deref().map(str::to_owned),
        ..Grant::of_role(&*actor.role)
    };
    grant.to_string()
}
