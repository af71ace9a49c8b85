//! What a server with a ledger lends to the API: how things stood, and the way in.

use jiff::Timestamp;
use std::pin::Pin;
use std::sync::Arc;
use wcc_core::ledger::{AsOf, EntryNote};
use wcc_ledger::{AppendError, Head, Receipt, Request};
use wcc_programme::Programme;

/// A future behind a pointer, so that a trait with one can be used as an object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A ledger as the API needs it.
pub trait History: Send + Sync {
    /// The picture as it stood at a moment. The API asks for no moment beyond [`History::head`],
    /// and asks again for each query: whoever implements this keeps what was asked for lately.
    fn programme_at(&self, as_of: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>>;

    /// Enters a request. Comes back once its entries are on disk and the picture that the API
    /// serves holds them ([`Api::replace_at`](crate::Api::replace_at)), or once it is clear that
    /// this will take longer: [`Entered::served`].
    fn enter(&self, request: Request) -> BoxFuture<'_, Result<Entered, AppendError>>;

    /// The end of the ledger.
    fn head(&self) -> Head;

    /// What is known of an entry without its fact: who made it and when.
    fn entry(&self, number: u32) -> Option<EntryNote>;
}

/// That a request was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// Its entries, and whether they had been there before.
    pub receipt: Receipt,
    /// Whether the picture that the API serves holds them.
    pub served: bool,
    /// When they were entered: the first time, where the request is repeated.
    pub at: Timestamp,
}

/// Why nobody can say how things stood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The ledger ends before that moment.
    #[error("the last entry of the ledger is {last}")]
    BeyondEnd {
        /// Its last entry.
        last: u32,
    },
    /// What stood then cannot be shown. The words are for the log, not for clients.
    #[error("{0}")]
    Failed(String),
}
