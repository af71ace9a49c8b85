//! Messages for people, which are kept beside the entries and are about a body of a cycle.

use super::Permission;
use crate::ledger::state::Sight;
use crate::outbox::Message;
use crate::policy::{READ_MESSAGE, Resource};

impl Permission<'_> {
    /// Whether the actor may read a message, which follows from its cycle, role and body. One about a cycle or body
    /// that is hidden from the actor looks absent.
    pub fn shows_message(&self, message: &Message) -> bool {
        let Some(opened) = self.shown_cycle(&message.cycle) else {
            return false;
        };
        let body = opened.organisations().find(&message.body);
        let shown = body.filter(|body| self.shows_body(opened, *body));
        shown.is_some_and(|body| {
            let resource = Resource {
                recipient: Some(&message.role),
                ..self.body_resource(opened, body)
            };
            self.ask(READ_MESSAGE, resource).is_ok()
        })
    }
}
