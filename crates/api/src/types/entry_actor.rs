//! `EntryActor`: who made an entry of the ledger.

use super::body::{Body, BodyView};
use crate::picture::{EnteredBy, Picture};
use crate::project::object;
use jiff::Timestamp;

/// Who made an entry, as far as the viewer may know.
#[derive(Clone, Debug)]
pub(crate) struct EntryActor<'a> {
    picture: &'a Picture,
    entered: EnteredBy,
}

impl<'a> EntryActor<'a> {
    pub(crate) fn new(picture: &'a Picture, entered: EnteredBy) -> EntryActor<'a> {
        EntryActor { picture, entered }
    }

    fn person(&self) -> Option<String> {
        let EnteredBy { note, shows_person } = &self.entered;
        shows_person.then(|| note.actor.person.to_string())
    }

    fn role(&self) -> String {
        self.entered.note.actor.role.to_string()
    }

    fn body(&self) -> Option<Body<'a>> {
        let code = self.entered.note.actor.body.as_deref()?;
        Some(Body::of(BodyView::with_code(self.picture, code)?))
    }
}

object! {
    /// Who made an entry of the ledger, and when.
    EntryActor<'a> as "EntryActor" => |entry_actor| {
        /// The person's name; null if the policy does not show it to you. With the policies that
        /// ship, only the operator sees it.
        person: Option<String> = entry_actor.person();
        /// Identifier of the role in which they made it: `operator`.
        role: String = entry_actor.role();
        /// The body that they acted for; null if they acted for none, or one that you may not see.
        body: Option<Body<'a>> = entry_actor.body();
        /// When the entry was made.
        at: Timestamp = entry_actor.entered.note.at;
    }
}
