//! Which messages for people somebody may read.

use std::collections::HashSet;
use wcc_core::Actor;
use wcc_core::outbox::Message;
use wcc_ledger::{Ledger, StoredMessage};

/// About how many recipients the policy decides at a time. New entries wait for no longer than that takes.
const DECIDED_AT_ONCE: usize = 50;

/// What decides whether a message may be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Recipient<'m> {
    cycle: &'m str,
    role: &'m str,
    body: &'m str,
}

impl<'m> Recipient<'m> {
    fn of(message: &'m Message) -> Recipient<'m> {
        Recipient {
            cycle: &message.cycle,
            role: &message.role,
            body: &message.body,
        }
    }
}

/// Those of some messages that an actor may read. The policy is asked once for all messages to a role about a
/// body of a cycle.
pub(super) async fn readable(
    ledger: &Ledger,
    actor: &Actor,
    messages: Vec<StoredMessage>,
) -> Vec<StoredMessage> {
    let mut asked = HashSet::new();
    let different = messages.iter().map(|stored| &stored.message);
    let different = different.filter(|message| asked.insert(Recipient::of(message)));
    let different: Vec<&Message> = different.collect();
    let mut shown = HashSet::new();
    for some in different.chunks(DECIDED_AT_ONCE) {
        ledger.look_as(actor, |permission| {
            let some = some.iter().copied();
            let readable = some.filter(|message| permission.shows_message(message));
            shown.extend(readable.map(Recipient::of));
        });
        tokio::task::yield_now().await;
    }
    let readable = messages
        .iter()
        .filter(|stored| shown.contains(&Recipient::of(&stored.message)));
    readable.cloned().collect()
}
