//! The interface between the API and a ledger: reading earlier states and entering records.

use crate::import::{ImportFailure, ImportRequest, ImportResult};
use crate::survey::SurveyRunner;
use jiff::Timestamp;
use std::pin::Pin;
use std::sync::Arc;
use wcc_core::Actor;
use wcc_core::ledger::{AsOf, EntryNote, WithdrawnJudgement};
use wcc_ledger::{AppendError, Head, Receipt, Request, StoreError, StoredMessage};
use wcc_programme::Programme;

/// A boxed future, so that a trait with async functions can be used as an object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A ledger, as required by the API.
pub trait History: Send + Sync {
    /// The programme as of a point of the ledger. The API never asks for a point after
    /// [`History::head`]. It calls this for every query, so implementations should cache recent
    /// results.
    fn programme_at(&self, as_of: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>>;

    /// Enters a request. Returns once its entries are on disk and part of the API's picture
    /// ([`Api::replace_at`](crate::Api::replace_at)), or once this takes too long: see
    /// [`Entered::served`].
    fn enter(&self, request: Request) -> BoxFuture<'_, Result<Entered, AppendError>>;

    /// Imports tables or a workbook, or shows what that would change. Returns like
    /// [`History::enter`].
    fn import(
        &self,
        _request: ImportRequest,
    ) -> BoxFuture<'_, Result<ImportResult, ImportFailure>> {
        let message = "this server imports nothing".to_owned();
        Box::pin(async { Err(ImportFailure::Unavailable(message)) })
    }

    /// The surveys beside the ledger; `None` if this server runs none.
    fn surveys(&self) -> Option<&dyn SurveyRunner> {
        None
    }

    /// The newest messages for people that an actor may read, newest first.
    fn messages(&self, _actor: Actor) -> BoxFuture<'_, Result<Vec<ReadableMessage>, StoreError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Has a message for people sent again, as far as the actor may; returns it as it is then. One that waits to be
    /// sent stays as it is.
    fn send_message_again<'a>(
        &'a self,
        _actor: &'a Actor,
        request: &'a SendAgainRequest,
    ) -> BoxFuture<'a, Result<ReadableMessage, SendAgainError>> {
        Box::pin(async move { Err(SendAgainError::Unknown(request.message.to_string())) })
    }

    /// The withdrawn judgements that an actor would see if they were current, in the order of the withdrawals.
    fn withdrawn_judgements(&self, _actor: &Actor) -> Vec<WithdrawnJudgement> {
        Vec::new()
    }

    /// The last entry of the ledger.
    fn head(&self) -> Head;

    /// What is known of an entry without its fact: who made it and when.
    fn entry(&self, number: u32) -> Option<EntryNote>;

    /// What today's calculation would change in a released output, by the number of the entry that
    /// keeps it; `None` as long as it has not been compared.
    fn differences(&self, _record: u32) -> Option<Arc<[OutputDifference]>> {
        None
    }
}

/// A message for people that an actor may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadableMessage {
    /// The message.
    pub stored: StoredMessage,
    /// Whether the actor may have it sent again now: it has not reached everybody, is not tried again by itself, and the
    /// policy permits it.
    pub can_be_sent_again: bool,
}

/// A request to send a message for people again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAgainRequest {
    /// Identifier of the message.
    pub message: Box<str>,
    /// If the message was sent again after this time, it stays as it is.
    pub unless_since: Option<Timestamp>,
}

/// Why a message is not sent again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendAgainError {
    /// There is no such message, or the actor may not read it.
    #[error("there is no message `{0}`")]
    Unknown(String),
    /// The policy does not let the actor do it, for this reason.
    #[error("{0}")]
    NotPermitted(String),
    /// Everybody for whom it is has it.
    #[error("it was sent to everybody for whom it is")]
    SentToAll,
    /// The messages cannot be read or changed at the moment. The reason is in the log.
    #[error("messages cannot be sent again at the moment; see the server log")]
    Unavailable,
}

/// One difference between an output as it was released and as it is calculated today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDifference {
    /// Its place in the output: a JSON Pointer (RFC 6901).
    pub path: String,
    /// What was released there, in JSON; `None` if nothing was.
    pub released: Option<String>,
    /// What is calculated today, in JSON; `None` if nothing is.
    pub today: Option<String>,
}

/// The result of entering a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Its entries, and whether an earlier request had entered them.
    pub receipt: Receipt,
    /// Whether the API's picture includes the entries.
    pub served: bool,
    /// The time at which they were entered: the first time, if the request is a repetition.
    pub at: Timestamp,
}

/// Why an earlier state is not available.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The ledger ends before that point.
    #[error("the last entry of the ledger is {last}")]
    BeyondEnd {
        /// Number of the last entry.
        last: u32,
    },
    /// The earlier state cannot be computed. The message is for the log, not for clients.
    #[error("{0}")]
    Failed(String),
}
