//! Which messages for people somebody may read, and have sent again.

use std::collections::HashSet;
use wcc_api::SendAgainError;
use wcc_core::Actor;
use wcc_core::outbox::Message;
use wcc_core::record::RecordKind;
use wcc_ledger::{Ledger, MessageState, SendAgain, StoreError, StoredMessage};

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

/// Why a message is not sent again.
pub(super) enum SendError {
    /// It must not be, or there is none.
    Refused(SendAgainError),
    /// The database does not do it.
    Store(StoreError),
}

impl From<StoreError> for SendError {
    fn from(error: StoreError) -> SendError {
        SendError::Store(error)
    }
}

/// Has a message sent again: for whoever may read it and open phases for its body, and so follows the messages for
/// every role. Returns it as it is then.
pub(super) async fn send_again(
    ledger: &Ledger,
    actor: &Actor,
    id: &str,
) -> Result<StoredMessage, SendError> {
    let unknown = || SendError::Refused(SendAgainError::Unknown(id.to_owned()));
    let store = ledger.store();
    let stored = store.message(id).await?.ok_or_else(unknown)?;
    let message = &stored.message;
    let permitted = ledger.look_as(actor, |permission| {
        let is_shown = permission.shows_message(message);
        let act = RecordKind::Phase.act();
        is_shown.then(|| permission.check_act_on_body(act, &message.cycle, &message.body))
    });
    if let Err(reason) = permitted.ok_or_else(unknown)? {
        let reason = SendAgainError::NotPermitted(reason.to_string());
        return Err(SendError::Refused(reason));
    }
    let request = SendAgain {
        at: ledger.now(),
        by: actor.person.to_string(),
    };
    if store.send_message_again(id, &request).await? {
        tracing::info!(message_id = id, "{actor} had the message sent again");
    } else if stored.state != MessageState::Waiting {
        return Err(SendError::Refused(SendAgainError::SentToAll));
    }
    store.message(id).await?.ok_or_else(unknown)
}
