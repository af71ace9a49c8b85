//! What sends messages to people: whoever starts a server provides it.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::outbox::Message;

/// How a server sends messages to people.
#[derive(Clone, Debug)]
pub struct MessageDelivery {
    /// Sends each message to each person.
    pub sender: Arc<dyn MessageSender>,
    /// Somebody who signs in with an OpenID provider gets messages only if they have signed in within this time, or
    /// if their account is no older: the provider does not say who has left.
    pub signed_in_within: Duration,
}

/// Sends messages to people: by mail, say.
pub trait MessageSender: Debug + Send + Sync {
    /// Sends a message to one person. The server asks for each of them in turn, and keeps a record of who has got the
    /// message. A sender that takes longer than two minutes is given up (the future is dropped) and asked again
    /// later, for that person alone.
    fn send<'a>(&'a self, message: &'a Message, address: &'a str) -> Sending<'a>;
}

/// A message on its way to one person.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Why a message was not sent to a person. The words are for those who follow what becomes of messages; they do not
/// contain the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The address does not exist or takes no mail: it is not tried again.
    #[error("{0}")]
    Refused(String),
    /// The message was not sent to this address; it is tried again later. Others may be sent.
    #[error("{0}")]
    Deferred(String),
    /// The message is refused for this address, and nobody says that the address is wrong. It is tried again a few times,
    /// and then taken for refused. Others may be sent.
    #[error("{0}")]
    Unclear(String),
    /// Nothing can be sent to anybody at the moment. Everything is tried again later, and this was no attempt.
    #[error("{0}")]
    Unavailable(String),
}
