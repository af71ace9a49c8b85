//! Sends the messages that wait, each from one server at a time, and notes what becomes of them.
//!
//! A claim on a message keeps other servers from sending it, and is renewed before each recipient. What became of the
//! message at each address is noted before the next one is tried, so a restart sends nobody the same message again:
//! a server that stops finishes the mail that is under way, and only one that is killed may send it twice.

use super::Outbox;
use super::progress::Progress;
use super::recipients::Recipients;
use super::still_due::{StillDue, is_about_duty};
use super::superseded::SupersededEntries;
use crate::message_sender::{MessageDelivery, MessageSender, SendError};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::watch;
use wcc_accounts::AccountError;
use wcc_core::outbox::Message;
use wcc_ledger::{
    DeliveryResult, MessageClaim, RecipientRecord, RecipientState, Store, StoreError, StoredMessage,
};

/// How long another server leaves a message alone that this one is sending to an address.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);
/// After how long a sender is given up: well before another server may try.
const TIME_TO_SEND: Duration = Duration::from_mins(2);
const _: () = assert!(TIME_TO_SEND.as_secs() < CLAIM.unsigned_abs().as_secs() / 2);
/// After so many addresses in a row at which the sender had to be given up, nothing more is tried for a while.
const GIVEN_UP_IN_A_ROW: u32 = 3;
/// How long after the first attempt a message is tried again; after each further attempt twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The longest time between two attempts of a message.
pub(super) const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);
/// How often a message is tried at an address that refuses it without saying why: over some four hours.
pub(super) const UNCLEAR_TRIES: u32 = 9;
/// The longest time for which nothing is sent after nothing could be sent.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How often it is looked whether there is somebody now to whom a message can be sent.
pub(super) const NOBODY_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// How many days after it was made a message is given up, unless it is about something that is still due.
const DAYS: i64 = 30;
/// Accounts are read again after this time, between two recipients of a message.
const READ_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// How often it is tried to note what was sent, and how long is waited in between; and how often when the server stops.
const NOTE_TRIES: u32 = 3;
const LAST_NOTE_TRIES: u32 = 30;
const NOTE_PAUSE: Duration = Duration::from_secs(1);
/// How long a server that stops may need to finish what it is sending and to note it. A mail takes a minute at most.
pub(super) const TIME_TO_STOP: Duration = TIME_TO_SEND.saturating_add(Duration::from_mins(1));

/// Why messages are not sent yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    /// The messages cannot be read or claimed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not known for whom they are.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// It is not known whether they are still due.
    #[error("internal error while looking for what is due: {0}")]
    Panicked(#[from] tokio::task::JoinError),
}

/// Sends messages, as long as the server serves.
pub(super) struct Deliverer {
    outbox: Outbox,
    delivery: MessageDelivery,
    still_due: StillDue,
    superseded: SupersededEntries,
    /// Until when nothing is sent, because nothing could be sent.
    pause: Option<Pause>,
    /// How often in a row nothing could be sent.
    faults: u32,
    /// What became of a message at an address, if that could not be noted. Nothing more is sent before it is.
    unnoted: Option<(Message, RecipientRecord)>,
    given_up_in_a_row: u32,
}

/// A time in which nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pause {
    until: Timestamp,
    problem: String,
}

/// What to do after a message.
enum Next {
    /// The next message can be sent.
    GoOn,
    /// Nothing can be sent at the moment.
    Fault(String),
    /// The server is stopping.
    Stopped,
}

impl Deliverer {
    pub(super) fn new(outbox: Outbox, delivery: MessageDelivery) -> Deliverer {
        Deliverer {
            outbox,
            delivery,
            still_due: StillDue::default(),
            superseded: SupersededEntries::default(),
            pause: None,
            faults: 0,
            unnoted: None,
            given_up_in_a_row: 0,
        }
    }

    fn store(&self) -> &Store {
        self.outbox.ledger.store()
    }

    fn now(&self) -> Timestamp {
        self.outbox.clock.now()
    }

    /// Sends the messages whose time has come, unless the server is stopping.
    pub(super) async fn send_waiting(
        &mut self,
        stopping: &watch::Receiver<bool>,
    ) -> Result<(), DeliveryError> {
        self.note_unnoted().await?;
        let now = self.now();
        if let Some(pause) = self.pause.take_if(|pause| pause.until > now) {
            let (at, problem) = (pause.until, pause.problem.clone());
            self.pause = Some(pause);
            self.store()
                .postpone_messages(None, now, at, &problem)
                .await?;
            return Ok(());
        }
        self.pause = None;
        loop {
            let waiting = self.store().messages_to_send(now).await?;
            let is_last = waiting.len() < usize::from(Store::MESSAGES_AT_ONCE);
            if !waiting.is_empty() && !self.send_each(waiting, now, stopping).await? {
                return Ok(());
            }
            // Each of them is settled or put off now, so others come.
            if is_last {
                return Ok(());
            }
        }
    }

    /// Sends some messages. False if nothing more can be sent at the moment.
    async fn send_each(
        &mut self,
        waiting: Vec<StoredMessage>,
        now: Timestamp,
        stopping: &watch::Receiver<bool>,
    ) -> Result<bool, DeliveryError> {
        let waiting = self.postpone_for_nobody(waiting, now).await?;
        for stored in waiting {
            if *stopping.borrow() {
                return Ok(false);
            }
            match self.send(&stored, stopping).await? {
                Next::GoOn => {}
                Next::Stopped => return Ok(false),
                Next::Fault(problem) => {
                    tracing::warn!("no message can be sent at the moment: {problem}");
                    let pause = self.pause_after(problem);
                    let (now, at) = (self.now(), pause.until);
                    self.store()
                        .postpone_messages(None, now, at, &pause.problem)
                        .await?;
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Puts messages off for which there is nobody, without claiming each, and returns the others.
    async fn postpone_for_nobody(
        &mut self,
        waiting: Vec<StoredMessage>,
        now: Timestamp,
    ) -> Result<Vec<StoredMessage>, DeliveryError> {
        let recipients = Recipients::read(&self.outbox, &self.delivery).await?;
        let mut others = Vec::new();
        let mut without: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for stored in waiting {
            let addressees = recipients.addressees(&self.outbox.ledger, &stored.message);
            let is_postponed = addressees.people.is_empty() && {
                let out_of_date = self.why_out_of_date(&stored).await?;
                self.ended(&stored, out_of_date).is_none()
            };
            if is_postponed {
                let why = recipients.why_nobody(&addressees);
                without.entry(why).or_default().push(stored.message.id);
            } else {
                others.push(stored);
            }
            tokio::task::yield_now().await;
        }
        for (why, ids) in without {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let at = now + NOBODY_WAIT;
            self.store()
                .postpone_messages(Some(&ids), now, at, &why)
                .await?;
        }
        Ok(others)
    }

    /// Sends a message to everybody for whom it is and who has not got it.
    async fn send(
        &mut self,
        stored: &StoredMessage,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Next, DeliveryError> {
        // Somebody's role may have ended since the message before was sent.
        let mut recipients = Recipients::read(&self.outbox, &self.delivery).await?;
        let message = &stored.message;
        let mut addressees = recipients.addressees(&self.outbox.ledger, message);
        let out_of_date = self.why_out_of_date(stored).await?;
        let store = self.outbox.ledger.store();
        let claimed = store.claim_message(stored, self.now() + CLAIM).await?;
        let Some(claim) = claimed else {
            return Ok(Next::GoOn);
        };
        if let Some(result) = self.ended(stored, out_of_date) {
            return self.settle(stored, &claim, &result).await;
        }
        let records = store.message_recipients(message).await?;
        let mut progress = Progress::of(records);
        let mut tried_when_read = 0;
        loop {
            let next = progress.next(message, &addressees.people);
            if *stopping.borrow() && next.is_some() {
                let at = self.now();
                let problem = stored.problem.clone();
                let result = DeliveryResult::Postponed { at, problem };
                self.settle(stored, &claim, &result).await?;
                return Ok(Next::Stopped);
            }
            // Somebody's address may have changed since, or somebody may have come.
            let is_last_look = next.is_none() && progress.tried() > tried_when_read;
            if is_last_look || self.now().duration_since(recipients.read_at()) > READ_AGAIN {
                recipients = Recipients::read(&self.outbox, &self.delivery).await?;
                addressees = recipients.addressees(&self.outbox.ledger, message);
                tried_when_read = progress.tried();
                continue;
            }
            let Some((recipient, key)) = next else { break };
            let until = self.now() + CLAIM;
            if !self.store().renew_claim(&claim, until).await? {
                self.warn_of_another_server(message);
                return Ok(Next::GoOn);
            }
            let sent = self.send_to(message, &recipient.address).await;
            let (state, problem) = match &sent {
                Ok(()) => (RecipientState::Sent, None),
                Err(SendError::Refused(problem)) => {
                    (RecipientState::Refused, Some(problem.clone()))
                }
                Err(SendError::Unclear(problem)) if progress.is_last_try(&key, stored.attempts) => {
                    let problem = format!("{problem}; given up after {UNCLEAR_TRIES} attempts");
                    (RecipientState::Refused, Some(problem))
                }
                Err(
                    SendError::Deferred(problem)
                    | SendError::Unclear(problem)
                    | SendError::Unavailable(problem),
                ) => (RecipientState::Deferred, Some(problem.clone())),
            };
            let record = RecipientRecord {
                recipient: key,
                state,
                noted: self.now(),
                problem,
            };
            self.note(message, &record).await?;
            if matches!(
                sent,
                Ok(()) | Err(SendError::Refused(_) | SendError::Unclear(_))
            ) {
                self.faults = 0;
            }
            if let Err(SendError::Unavailable(problem)) = sent {
                // After the others, which may be about other addresses.
                let at = self.pause_after(problem.clone()).until + SignedDuration::from_secs(1);
                let result = DeliveryResult::Postponed {
                    at,
                    problem: Some(problem.clone()),
                };
                self.settle(stored, &claim, &result).await?;
                return Ok(Next::Fault(problem));
            }
            progress.note(recipient, record);
        }
        let result = if addressees.people.is_empty() && !progress.has_any() {
            DeliveryResult::Postponed {
                at: self.now() + NOBODY_WAIT,
                problem: Some(recipients.why_nobody(&addressees)),
            }
        } else {
            progress.result(message, &addressees.people, stored.attempts, self.now())
        };
        self.settle(stored, &claim, &result).await
    }

    /// Why a message is not to be sent any more; `None` if it still says what is so.
    async fn why_out_of_date(
        &mut self,
        stored: &StoredMessage,
    ) -> Result<Option<&'static str>, DeliveryError> {
        if self.superseded.include(&stored.message, &self.outbox) {
            return Ok(Some("what it is about was withdrawn or replaced"));
        }
        let is_due = self.still_due.includes(stored, &self.outbox).await?;
        Ok((!is_due).then_some("it is no longer due"))
    }

    /// How a message ends that is out of date, for a reason, or that was tried for long enough; `None` if it is to be
    /// sent.
    fn ended(&self, stored: &StoredMessage, out_of_date: Option<&str>) -> Option<DeliveryResult> {
        if let Some(problem) = out_of_date {
            return Some(if stored.sent_to > 0 {
                let problem = Some(format!("not sent to everybody: {problem}"));
                DeliveryResult::Sent { problem }
            } else {
                let problem = problem.to_owned();
                DeliveryResult::NotSent { problem }
            });
        }
        let age = self.now().duration_since(stored.waiting_since());
        if is_about_duty(&stored.message) || age <= SignedDuration::from_hours(24 * DAYS) {
            return None;
        }
        let why = stored.problem.as_deref().unwrap_or("not tried");
        let problem = format!("given up after {DAYS} days: {why}");
        Some(if stored.sent_to > 0 {
            let problem = Some(problem);
            DeliveryResult::Sent { problem }
        } else {
            DeliveryResult::Failed { problem }
        })
    }

    /// Sends a message to an address, or gives the sender up after some time.
    async fn send_to(&mut self, message: &Message, address: &str) -> Result<(), SendError> {
        let sender = &*self.delivery.sender;
        let problem = match send_within(sender, message, address, TIME_TO_SEND).await {
            Ok(sent) => {
                self.given_up_in_a_row = 0;
                return sent;
            }
            Err(problem) => problem,
        };
        self.given_up_in_a_row += 1;
        Err(if self.given_up_in_a_row < GIVEN_UP_IN_A_ROW {
            SendError::Deferred(problem)
        } else {
            SendError::Unavailable(problem)
        })
    }

    /// Begins a pause, or returns the one that has begun.
    fn pause_after(&mut self, problem: String) -> Pause {
        let now = self.now();
        if let Some(pause) = self.pause.clone().filter(|pause| pause.until > now) {
            return pause;
        }
        let pause = Pause {
            until: now + wait(self.faults, LONGEST_PAUSE),
            problem,
        };
        self.faults = self.faults.saturating_add(1);
        self.pause = Some(pause.clone());
        pause
    }

    /// Notes what became of a message at an address. If the database does not respond, nothing more is sent until it
    /// does.
    async fn note(
        &mut self,
        message: &Message,
        record: &RecipientRecord,
    ) -> Result<(), StoreError> {
        self.unnoted = Some((message.clone(), record.clone()));
        for _ in 1..NOTE_TRIES {
            if self.note_unnoted().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(NOTE_PAUSE).await;
        }
        self.note_unnoted().await
    }

    async fn note_unnoted(&mut self) -> Result<(), StoreError> {
        if let Some((message, record)) = &self.unnoted {
            let store = self.outbox.ledger.store();
            store.note_recipient(message, record).await?;
            self.unnoted = None;
        }
        Ok(())
    }

    /// Notes what was sent last, if that could not be noted yet. The server is stopping, and whatever is not noted is
    /// sent again by the next one.
    pub(super) async fn finish(&mut self) {
        for _ in 0..LAST_NOTE_TRIES {
            let Err(error) = self.note_unnoted().await else {
                return;
            };
            tracing::warn!("it is not noted yet that a message was sent: {error}");
            tokio::time::sleep(NOTE_PAUSE).await;
        }
        if let Some((message, _)) = &self.unnoted {
            tracing::error!(
                message_id = message.id,
                "it was not noted that a message was sent, so one person may get it twice"
            );
        }
    }

    async fn settle(
        &self,
        stored: &StoredMessage,
        claim: &MessageClaim,
        result: &DeliveryResult,
    ) -> Result<Next, DeliveryError> {
        if !self.store().settle_message(claim, result).await? {
            self.warn_of_another_server(&stored.message);
        }
        Ok(Next::GoOn)
    }

    fn warn_of_another_server(&self, message: &Message) {
        tracing::warn!(
            message_id = message.id,
            "sending the message took so long that another server has taken it over"
        );
    }
}

/// Sends a message to an address; an error if that takes too long.
async fn send_within(
    sender: &dyn MessageSender,
    message: &Message,
    address: &str,
    within: Duration,
) -> Result<Result<(), SendError>, String> {
    let sent = tokio::time::timeout(within, sender.send(message, address)).await;
    sent.map_err(|_| format!("not sent within {} seconds", within.as_secs()))
}

/// How long to wait after so many earlier waits, each twice as long as the one before.
pub(super) fn wait(earlier: u32, longest: SignedDuration) -> SignedDuration {
    let factor = 2_i32.checked_pow(earlier).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT.checked_mul(factor);
    wait.unwrap_or(longest).min(longest)
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
        fn send<'a>(&'a self, _: &'a Message, _: &'a str) -> Sending<'a> {
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
        let sent = send_within(&Silent, &message, "a@pct.example", Duration::ZERO).await;
        assert_eq!(sent, Err("not sent within 0 seconds".to_owned()));
    }

    #[test]
    fn each_wait_is_longer_up_to_a_limit() {
        let minutes = |earlier| wait(earlier, LONGEST_WAIT).as_mins();
        let waits = [0, 1, 2, 8, 9, 40, u32::MAX].map(minutes);
        assert_eq!(waits, [1, 2, 4, 256, 360, 360, 360]);
    }
}
