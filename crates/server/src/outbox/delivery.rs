//! Sends the messages that wait, each from one server at a time, and notes how it ended.

use crate::message_sender::{MessageSender, SendError};
use jiff::{SignedDuration, Timestamp};
use wcc_ledger::{Clock, DeliveryResult, Store, StoreError};

/// How long another server leaves a message alone that this one is sending.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);
/// How long after the first attempt a message is tried again; after each further attempt twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// How often a message is tried.
const ATTEMPTS: u32 = 10;

/// Sends the messages whose time has come.
pub(super) async fn send_waiting(
    store: &Store,
    sender: &dyn MessageSender,
    clock: &dyn Clock,
) -> Result<(), StoreError> {
    for stored in store.messages_to_send(clock.now()).await? {
        // Many may wait, so a claim and a next attempt count from when this one is sent.
        if !store.claim_message(&stored, clock.now() + CLAIM).await? {
            continue;
        }
        let sent = sender.send(&stored.message).await;
        let attempts = stored.attempts.saturating_add(1);
        let result = result_of(sent, attempts, clock.now());
        store.settle_message(&stored.message.id, &result).await?;
    }
    Ok(())
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
