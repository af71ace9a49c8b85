//! Sends messages to people. How, whoever starts a server says.

use std::fmt::Debug;
use std::pin::Pin;
use wcc_core::outbox::Message;

/// Sends messages to the people whom they concern: by mail, say.
pub trait MessageSender: Debug + Send + Sync {
    /// Sends a message to everybody in its role who acts for its body, for one above it or for one below
    /// it. `addresses` are the e-mail addresses of those of them who have an account with one. A sender that
    /// takes longer than two minutes is given up (the future is dropped) and asked again later. A message
    /// may be sent again if the server stops in between.
    fn send<'a>(&'a self, message: &'a Message, addresses: &'a [String]) -> Sending<'a>;
}

/// A message on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SendError {
    /// The problem, in words: for those who follow what becomes of messages.
    pub problem: String,
    /// Whether it is no use to try again.
    pub is_final: bool,
}
