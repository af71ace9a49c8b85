//! Messages for people in the database: making them, sending them, and what became of each.

use super::{Engine, Store, StoreError, on_engine};
use crate::outbox::{
    DeliveryResult, MessageClaim, OutboxPosition, RecipientRecord, SendAgain, StoredMessage,
};
use jiff::{SignedDuration, Timestamp};
use wcc_core::outbox::Message;

impl Store {
    /// Up to where messages for people were made; `None` if none were made yet.
    ///
    /// # Errors
    /// The database's error.
    pub async fn outbox_position(&self) -> Result<Option<OutboxPosition>, StoreError> {
        on_engine!(self, engine => engine.outbox_position(&self.sha).await)
    }

    /// Every message for people, in the order in which they were made.
    ///
    /// # Errors
    /// The database's error.
    pub async fn messages(&self) -> Result<Vec<StoredMessage>, StoreError> {
        on_engine!(self, engine => engine.messages(&self.sha).await)
    }

    /// The newest messages for people, newest first.
    ///
    /// # Errors
    /// The database's error.
    pub async fn newest_messages(&self, limit: u32) -> Result<Vec<StoredMessage>, StoreError> {
        on_engine!(self, engine => engine.newest_messages(&self.sha, limit).await)
    }

    /// The message for people with an identifier.
    ///
    /// # Errors
    /// The database's error.
    pub async fn message(&self, id: &str) -> Result<Option<StoredMessage>, StoreError> {
        on_engine!(self, engine => engine.message(&self.sha, id).await)
    }

    /// How many messages to send are read at a time: any number may wait.
    pub const MESSAGES_AT_ONCE: u16 = 500;

    /// The messages for people that are to be sent at a time, at most [`Store::MESSAGES_AT_ONCE`].
    ///
    /// # Errors
    /// The database's error.
    pub async fn messages_to_send(&self, now: Timestamp) -> Result<Vec<StoredMessage>, StoreError> {
        on_engine!(self, engine => engine.messages_to_send(&self.sha, now).await)
    }

    /// Adds those messages that there are not yet, and moves the position forward, all or nothing. It
    /// never moves back, so any number of servers may do this.
    ///
    /// # Errors
    /// The database's error.
    pub async fn add_messages(
        &self,
        messages: &[Message],
        made: Timestamp,
        position: OutboxPosition,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.add_messages(&self.sha, messages, made, position).await)
    }

    /// Notes that a server that sends messages runs. If none did for longer than `gap`, sending has just been switched
    /// on: the messages that were made meanwhile and never tried are marked as not sent, with this reason. Returns how
    /// many there were.
    ///
    /// # Errors
    /// The database's error.
    pub async fn note_sender(
        &self,
        now: Timestamp,
        gap: SignedDuration,
        reason: &str,
    ) -> Result<u64, StoreError> {
        on_engine!(self, engine => engine.note_sender(&self.sha, now, gap, reason).await)
    }

    /// Takes on sending a message, so that no other server sends it before `until`. `None` if another server was
    /// first, or if it no longer waits.
    ///
    /// # Errors
    /// The database's error.
    pub async fn claim_message(
        &self,
        waiting: &StoredMessage,
        until: Timestamp,
    ) -> Result<Option<MessageClaim>, StoreError> {
        on_engine!(self, engine => engine.claim_message(&self.sha, waiting, until).await)
    }

    /// Keeps a claim until a later time. False if another server has claimed the message since.
    ///
    /// # Errors
    /// The database's error.
    pub async fn renew_claim(
        &self,
        claim: &MessageClaim,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        on_engine!(self, engine => engine.renew_claim(&self.sha, claim, until).await)
    }

    /// What became of a message at each address to which it was to be sent.
    ///
    /// # Errors
    /// The database's error.
    pub async fn message_recipients(
        &self,
        message: &Message,
    ) -> Result<Vec<RecipientRecord>, StoreError> {
        on_engine!(self, engine => engine.message_recipients(&self.sha, &message.id).await)
    }

    /// Notes what became of a message at an address, whoever has claimed it since. What was sent stays sent.
    ///
    /// # Errors
    /// The database's error.
    pub async fn note_recipient(
        &self,
        message: &Message,
        record: &RecipientRecord,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.note_recipient(&self.sha, &message.id, record).await)
    }

    /// Notes how an attempt ended. False, and nothing is noted, if another server has claimed the message since, or if
    /// it no longer waits.
    ///
    /// # Errors
    /// The database's error.
    pub async fn settle_message(
        &self,
        claim: &MessageClaim,
        result: &DeliveryResult,
    ) -> Result<bool, StoreError> {
        on_engine!(self, engine => engine.settle_message(&self.sha, claim, result).await)
    }

    /// Puts messages off whose time has come by `now` and that no server has claimed: those with these identifiers, or
    /// all. This is no attempt to send them.
    ///
    /// # Errors
    /// The database's error.
    pub async fn postpone_messages(
        &self,
        ids: Option<&[&str]>,
        now: Timestamp,
        at: Timestamp,
        problem: &str,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.postpone_messages(&self.sha, ids, now, at, problem).await)
    }

    /// Has a message sent again to those whom it has not reached, addresses that refused it included. False, and
    /// nothing changes, if it waits to be sent anyway, reached everybody, or does not exist.
    ///
    /// # Errors
    /// The database's error.
    pub async fn send_message_again(
        &self,
        id: &str,
        request: &SendAgain,
    ) -> Result<bool, StoreError> {
        on_engine!(self, engine => engine.send_message_again(&self.sha, id, request).await)
    }
}
