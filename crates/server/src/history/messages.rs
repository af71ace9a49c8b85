//! Which messages for people somebody may read, and have sent again.

use std::collections::{HashMap, HashSet};
use wcc_api::{ReadableMessage, SendAgainError, SendAgainRequest};
use wcc_core::Actor;
use wcc_core::ledger::{Permission, RefusalReason};
use wcc_core::outbox::Message;
use wcc_core::policy::SEND_MESSAGE_AGAIN;
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

/// Those of some messages that an actor may read, and whether they may have each sent again. The policy is asked once
/// for all messages to a role about a body of a cycle.
pub(super) async fn readable(
    ledger: &Ledger,
    actor: &Actor,
    messages: Vec<StoredMessage>,
) -> Vec<ReadableMessage> {
    let mut asked = HashSet::new();
    let different = messages.iter().map(|stored| &stored.message);
    let different = different.filter(|message| asked.insert(Recipient::of(message)));
    let different: Vec<&Message> = different.collect();
    // Whoever may read them, and whether they may have them sent again.
    let mut shown = HashMap::new();
    for some in different.chunks(DECIDED_AT_ONCE) {
        ledger.look_as(actor, |permission| {
            let some = some.iter().copied();
            let readable = some.filter(|message| permission.shows_message(message));
            shown.extend(readable.map(|message| {
                let may_send = check_sending(permission, message).is_ok();
                (Recipient::of(message), may_send)
            }));
        });
        tokio::task::yield_now().await;
    }
    let readable = messages.iter().filter_map(|stored| {
        let may_send = *shown.get(&Recipient::of(&stored.message))?;
        Some(ReadableMessage {
            stored: stored.clone(),
            can_be_sent_again: may_send && stored.can_be_sent_again(),
        })
    });
    readable.collect()
}

/// Whether the policy lets an actor have a message sent again that they may read.
fn check_sending(permission: &Permission<'_>, message: &Message) -> Result<(), RefusalReason> {
    permission.check_act_on_body(SEND_MESSAGE_AGAIN, &message.cycle, &message.body)
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

/// Has a message sent again, for whoever may read it and is permitted to. Returns it as it is then.
pub(super) async fn send_again(
    ledger: &Ledger,
    actor: &Actor,
    request: &SendAgainRequest,
) -> Result<ReadableMessage, SendError> {
    let id = &*request.message;
    let unknown = || SendError::Refused(SendAgainError::Unknown(id.to_owned()));
    let store = ledger.store();
    let stored = store.message(id).await?.ok_or_else(unknown)?;
    let message = &stored.message;
    let permitted = ledger.look_as(actor, |permission| {
        let is_shown = permission.shows_message(message);
        is_shown.then(|| check_sending(permission, message))
    });
    if let Err(reason) = permitted.ok_or_else(unknown)? {
        let reason = SendAgainError::NotPermitted(reason.to_string());
        return Err(SendError::Refused(reason));
    }
    let last = stored.sent_again.as_ref().map(|again| again.at);
    let is_done = last > request.unless_since && request.unless_since.is_some();
    if is_done || stored.state == MessageState::Waiting {
        return Ok(readable_again(stored));
    }
    let again = SendAgain {
        at: ledger.now(),
        by: actor.person.to_string(),
    };
    if store.send_message_again(id, &again).await? {
        tracing::info!(message_id = id, "{actor} had the message sent again");
    } else if !stored.can_be_sent_again() {
        return Err(SendError::Refused(SendAgainError::SentToAll));
    }
    let stored = store.message(id).await?.ok_or_else(unknown)?;
    Ok(readable_again(stored))
}

/// A message as it is shown to somebody who may have it sent again.
fn readable_again(stored: StoredMessage) -> ReadableMessage {
    ReadableMessage {
        can_be_sent_again: stored.can_be_sent_again(),
        stored,
    }
}
