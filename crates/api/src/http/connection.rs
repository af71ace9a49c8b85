//! What a handler may know of the connection that its request came on, and do to it.

use axum::http::Extensions;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// One connection, for handlers that outlive the answer to a request. [`serve_router`] adds it to each
/// request; without it, a connection is never stopped and cannot be aborted.
///
/// [`serve_router`]: super::serve_router
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionControl(Option<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    /// Whether the server is stopping. The server waits until every receiver is dropped.
    stopping: watch::Receiver<bool>,
    abort: Arc<Notify>,
}

impl ConnectionControl {
    /// The control of a new connection.
    pub(crate) fn new(stopping: watch::Receiver<bool>) -> ConnectionControl {
        ConnectionControl(Some(Parts {
            stopping,
            abort: Arc::default(),
        }))
    }

    /// The control of the connection that a request came on.
    pub(crate) fn of(extensions: &Extensions) -> ConnectionControl {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Waits until the server stops.
    pub(crate) async fn stopping(&mut self) {
        match &mut self.0 {
            // An error means that the server is gone.
            Some(parts) => drop(parts.stopping.wait_for(|stopping| *stopping).await),
            None => std::future::pending().await,
        }
    }

    /// Ends the connection at once, with whatever was not sent yet.
    pub(crate) fn abort(&self) {
        if let Some(parts) = &self.0 {
            parts.abort.notify_one();
        }
    }

    /// Waits until somebody aborts the connection.
    pub(crate) async fn aborted(self) {
        let abort = self.0.map(|parts| parts.abort);
        match abort {
            Some(abort) => abort.notified().await,
            None => std::future::pending().await,
        }
    }
}
