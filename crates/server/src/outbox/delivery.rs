//! Sends the messages that wait, each from one server at a time, and notes how it ended.

use super::Outbox;
use super::recipients::Recipients;
use crate::message_sender::{MessageSender, SendError};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use wcc_accounts::AccountError;
use wcc_core::outbox::Message;
use wcc_ledger::{DeliveryResult, StoreError};

/// How long another server leaves a message alone that this one is sending.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);
/// After how long an attempt is given up: well before another server may try.
const TIME_TO_SEND: Duration = Duration::from_mins(2);
const _: () = assert!(TIME_TO_SEND.as_secs() < CLAIM.unsigned_abs().as_secs() / 2);
/// How long after the first attempt a message is tried again; after each further attempt twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// How often a message is tried.
const ATTEMPTS: u32 = 10;

/// Why messages are not sent yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    /// The messages cannot be read or claimed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not known for whom they are.
    #[error(transparent)]
    Accounts(#[from] AccountError),
}

/// Sends the messages whose time has come.
pub(super) async fn send_waiting(
    outbox: &Outbox,
    sender: &dyn MessageSender,
) -> Result<(), DeliveryError> {
    let store = outbox.ledger.store();
    let clock = &*outbox.clock;
    let waiting = store.messages_to_send(clock.now()).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let recipients = Recipients::read(outbox).await?;
    for stored in waiting {
        // Many may wait, so a claim and a next attempt count from when this one is sent.
        let claimed = store.claim_message(&stored, clock.now() + CLAIM).await?;
        let Some(claim) = claimed else { continue };
        let addresses = recipients.addresses(&outbox.ledger, &stored.message);
        let sent = send(sender, &stored.message, &addresses, TIME_TO_SEND).await;
        let result = result_of(sent, claim.attempt(), clock.now());
        if !store.settle_message(&claim, &result).await? {
            tracing::warn!(
                message_id = stored.message.id,
                "another server has tried to send the message meanwhile; it may arrive twice"
            );
        }
    }
    Ok(())
}

/// Sends a message, or gives up after some time.
async fn send(
    sender: &dyn MessageSender,
    message: &Message,
    addresses: &[String],
    within: Duration,
) -> Result<(), SendError> {
    let sent = tokio::time::timeout(within, sender.send(message, addresses)).await;
    sent.unwrap_or_else(|_| {
        let seconds = within.as_secs();
        Err(SendError {
            problem: format!("not sent within {seconds} seconds"),
            is_final: false,
        })
    })
}

fn result_of(sent: Result<(), SendError>, attempts: u32, now: Timestamp) -> DeliveryResult {
    match sent {
        Ok(()) => DeliveryResult::Sent,
        Err(SendError { problem, is_final }) if is_final || attempts >= ATTEMPTS => {
            DeliveryResult::Failed { problem }
        }
        Err(SendError { problem, .. }) => DeliveryResult::Retry {
            at: now + FIRST_WAIT * 2_i32.pow(attempts.saturating_sub(1).min(ATTEMPTS)),
            problem,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message_sender::Sending;
    use wcc_core::outbox::MessageKind;

    /// Never comes to an end.
    #[derive(Debug)]
    struct Silent;

    impl MessageSender for Silent {
        fn send<'a>(&'a self, _: &'a Message, _: &'a [String]) -> Sending<'a> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_sender_that_does_not_come_back_is_given_up() {
        let message = Message {
            id: "1".to_owned(),
            kind: MessageKind::Released,
            role: "board".to_owned(),
            body: "5KF".to_owned(),
            cycle: "case/1".to_owned(),
            text: "results are released".to_owned(),
            target: "/cycles/case/1/bodies/5KF".to_owned(),
        };
        let given_up = SendError {
            problem: "not sent within 0 seconds".to_owned(),
            is_final: false,
        };
        let sent = send(&Silent, &message, &[], Duration::ZERO).await;
        assert_eq!(sent, Err(given_up));
    }

    fn failed(is_final: bool) -> Result<(), SendError> {
        let problem = "no answer".to_owned();
        Err(SendError { problem, is_final })
    }

    #[test]
    fn a_failed_attempt_is_repeated_later_and_later_and_at_last_given_up() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |attempts| match result_of(failed(false), attempts, now) {
            DeliveryResult::Retry { at, .. } => Some(at.as_second() / 60),
            DeliveryResult::Sent | DeliveryResult::Failed { .. } => None,
        };
        assert_eq!(
            [after(1), after(2), after(9), after(10)],
            [Some(1), Some(2), Some(256), None]
        );
        let problem = "no answer".to_owned();
        let given_up = DeliveryResult::Failed { problem };
        assert_eq!(result_of(failed(true), 1, now), given_up);
        assert_eq!(result_of(Ok(()), 1, now), DeliveryResult::Sent);
    }
}
