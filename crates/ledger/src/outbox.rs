//! Messages for people, as they are kept beside the entries.

use jiff::Timestamp;
use jiff::civil::Date;
use wcc_core::outbox::Message;

/// Whether a message has reached its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It is to be sent.
    Waiting,
    /// It was sent.
    Sent,
    /// It is not tried again.
    Failed,
}

impl MessageState {
    /// All of them.
    pub const ALL: [MessageState; 3] = [
        MessageState::Waiting,
        MessageState::Sent,
        MessageState::Failed,
    ];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            MessageState::Waiting => "waiting",
            MessageState::Sent => "sent",
            MessageState::Failed => "failed",
        }
    }
}

/// A message with what has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// When it was made.
    pub made: Timestamp,
    /// Whether it was sent.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, if it is waiting.
    pub next_attempt: Timestamp,
    /// Why the last attempt failed, if it did.
    pub problem: Option<String>,
}

/// An attempt to send a message, taken on by one server. Attempts are counted, so no two are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageClaim {
    /// Identifier of the message.
    pub(crate) message: String,
    /// Which attempt it is, from 1.
    pub(crate) attempt: u32,
}

impl MessageClaim {
    /// Which attempt it is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// How an attempt to send a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryResult {
    /// It was sent.
    Sent,
    /// It was not sent, and is tried again.
    Retry {
        /// When.
        at: Timestamp,
        /// Why it was not sent.
        problem: String,
    },
    /// It was not sent, and is not tried again.
    Failed {
        /// Why.
        problem: String,
    },
}

impl DeliveryResult {
    /// The state in which the message is then.
    pub(crate) fn state(&self) -> MessageState {
        match self {
            DeliveryResult::Sent => MessageState::Sent,
            DeliveryResult::Retry { .. } => MessageState::Waiting,
            DeliveryResult::Failed { .. } => MessageState::Failed,
        }
    }

    /// Why it was not sent.
    pub(crate) fn problem(&self) -> Option<&str> {
        match self {
            DeliveryResult::Sent => None,
            DeliveryResult::Retry { problem, .. } | DeliveryResult::Failed { problem } => {
                Some(problem)
            }
        }
    }
}

/// Up to where messages were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxPosition {
    /// The last entry from which messages were made.
    pub entry: u32,
    /// The last day for which messages about what is due were made.
    pub day: Date,
}
