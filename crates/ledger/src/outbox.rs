//! Messages for people, as they are kept beside the entries.

use jiff::Timestamp;
use jiff::civil::Date;
use wcc_core::outbox::Message;

/// Whether a message has reached its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It is to be sent.
    Waiting,
    /// It was sent to at least one recipient, and is not tried again.
    Sent,
    /// It reached nobody, and is not tried again.
    Failed,
    /// It was decided not to send it.
    NotSent,
}

impl MessageState {
    /// Every state.
    pub const ALL: [MessageState; 4] = [
        MessageState::Waiting,
        MessageState::Sent,
        MessageState::Failed,
        MessageState::NotSent,
    ];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            MessageState::Waiting => "waiting",
            MessageState::Sent => "sent",
            MessageState::Failed => "failed",
            MessageState::NotSent => "not-sent",
        }
    }
}

/// A message and its delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// The message.
    pub message: Message,
    /// When it was made.
    pub made: Timestamp,
    /// Whether it was sent.
    pub state: MessageState,
    /// How often it was tried since it was made or last had to be sent again. Attempts that failed because nothing
    /// at all could be sent are not counted.
    pub attempts: u32,
    /// When it is tried next, if it is waiting.
    pub next_attempt: Timestamp,
    /// Why it has not reached everybody, if it has not.
    pub problem: Option<String>,
    /// To how many recipients it was sent.
    pub sent_to: u32,
    /// How many recipients' addresses refuse it for good.
    pub refused_by: u32,
    /// The last request to send it again, if there was one.
    pub sent_again: Option<SendAgain>,
    /// How often a server took it on.
    pub(crate) claims: u32,
}

impl StoredMessage {
    /// Since when it is to be sent: since it was made, or since it was last to be sent again.
    pub fn waiting_since(&self) -> Timestamp {
        let sent_again = self.sent_again.as_ref();
        sent_again.map_or(self.made, |request| request.at)
    }

    /// Whether sending it again may reach somebody whom it has not reached.
    pub fn can_be_sent_again(&self) -> bool {
        match self.state {
            MessageState::Waiting => false,
            MessageState::Sent => self.problem.is_some(),
            MessageState::Failed | MessageState::NotSent => true,
        }
    }
}

/// A request to send a message again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAgain {
    /// When.
    pub at: Timestamp,
    /// Whose request it is.
    pub by: String,
}

/// The right of one server to send a message, for some time. Claims are counted, so no two are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageClaim {
    /// Identifier of the message.
    pub(crate) message: String,
    /// Which claim on it this is, from 1.
    pub(crate) number: u32,
}

/// What became of a message at one recipient's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecipientState {
    /// It was sent there.
    Sent,
    /// It is never sent there: the address is wrong, or takes no mail.
    Refused,
    /// It was not sent there yet.
    Deferred,
}

impl RecipientState {
    /// Every state.
    pub const ALL: [RecipientState; 3] = [
        RecipientState::Sent,
        RecipientState::Refused,
        RecipientState::Deferred,
    ];

    /// The word in the database.
    pub fn name(self) -> &'static str {
        match self {
            RecipientState::Sent => "sent",
            RecipientState::Refused => "refused",
            RecipientState::Deferred => "deferred",
        }
    }
}

/// The record of a message at one recipient's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientRecord {
    /// The digest of the message and the address ([`recipient_key`](wcc_core::outbox::recipient_key)).
    pub recipient: String,
    /// What became of it.
    pub state: RecipientState,
    /// When this was noted.
    pub noted: Timestamp,
    /// Why it was not sent, if it was not.
    pub problem: Option<String>,
}

/// How an attempt to send a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryResult {
    /// Everybody has it, except those whose address refuses it.
    Sent {
        /// Why some have not got it, if some have not.
        problem: Option<String>,
    },
    /// Not everybody has it; it is tried again.
    Retry {
        /// When.
        at: Timestamp,
        /// Why not everybody has it.
        problem: String,
    },
    /// It is tried again, and this was no attempt: nothing at all could be sent, or there was nobody to send it to.
    Postponed {
        /// When.
        at: Timestamp,
        /// Why nothing was sent, if that is known.
        problem: Option<String>,
    },
    /// It reached nobody, and is not tried again.
    Failed {
        /// Why.
        problem: String,
    },
    /// It is not sent, because it is out of date.
    NotSent {
        /// Why.
        problem: String,
    },
}

impl DeliveryResult {
    /// The state in which the message is then.
    pub(crate) fn state(&self) -> MessageState {
        match self {
            DeliveryResult::Sent { .. } => MessageState::Sent,
            DeliveryResult::Retry { .. } | DeliveryResult::Postponed { .. } => {
                MessageState::Waiting
            }
            DeliveryResult::Failed { .. } => MessageState::Failed,
            DeliveryResult::NotSent { .. } => MessageState::NotSent,
        }
    }

    /// Why it has not reached everybody.
    pub(crate) fn problem(&self) -> Option<&str> {
        match self {
            DeliveryResult::Sent { problem } | DeliveryResult::Postponed { problem, .. } => {
                problem.as_deref()
            }
            DeliveryResult::Retry { problem, .. }
            | DeliveryResult::Failed { problem }
            | DeliveryResult::NotSent { problem } => Some(problem),
        }
    }

    /// When it is tried again.
    pub(crate) fn next_attempt(&self) -> Option<Timestamp> {
        match self {
            DeliveryResult::Retry { at, .. } | DeliveryResult::Postponed { at, .. } => Some(*at),
            DeliveryResult::Sent { .. }
            | DeliveryResult::Failed { .. }
            | DeliveryResult::NotSent { .. } => None,
        }
    }

    /// Whether the message was tried.
    pub(crate) fn is_attempt(&self) -> bool {
        match self {
            DeliveryResult::Sent { .. }
            | DeliveryResult::Retry { .. }
            | DeliveryResult::Failed { .. } => true,
            DeliveryResult::Postponed { .. } | DeliveryResult::NotSent { .. } => false,
        }
    }
}

/// Up to where messages were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxPosition {
    /// The last entry from which messages were made.
    pub entry: u32,
    /// The day on which messages began: what was late by then is not announced.
    pub began: Date,
}
