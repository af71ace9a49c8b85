//! The stream of changes that a server publishes to pages, mail and subscriptions while it runs.
//!
//! A change says that something new is served, and where to find it; listeners read the facts
//! themselves from the programme or the ledger. A listener that falls behind therefore loses
//! nothing: it reads everything again.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// How many changes are buffered for a slow listener.
const BUFFER: usize = 256;

/// Something that changed. When a listener receives it, queries already use the new state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// New entries of the ledger are served.
    Entries {
        /// Number of the first new entry.
        first: u32,
        /// Number of the last one.
        last: u32,
        /// Identifiers of the cycles that the entries are about, each once, in alphabetical order.
        /// Entries about no cycle (a framework, a set of bodies) may change every cycle.
        cycles: Vec<String>,
        /// Whether some of the entries are about no cycle.
        beyond_cycles: bool,
        /// Revision of the programme that holds them.
        revision: String,
    },
    /// A slow plugin has answered, and its results are served.
    PluginResults {
        /// Revision of the programme that holds them.
        revision: String,
    },
    /// Settings, policies, plugins, tables and cases were reloaded and are served.
    Reloaded {
        /// Revision of the programme that was assured with them.
        revision: String,
    },
    /// The server became ready, or is no longer ready.
    Readiness {
        /// Why requests should go elsewhere; `None` if the server is ready.
        obstacle: Option<String>,
    },
    /// This listener fell behind and missed changes: read everything again.
    Missed,
}

/// Publishes changes to the listeners. All clones share one stream.
#[derive(Clone, Debug)]
pub(crate) struct Changes(broadcast::Sender<Change>);

impl Changes {
    /// Creates a stream without listeners.
    pub(crate) fn new() -> Changes {
        Changes(broadcast::Sender::new(BUFFER))
    }

    /// Publishes a change to every listener.
    pub(crate) fn publish(&self, change: Change) {
        // Sending fails only if nobody listens.
        let _ = self.0.send(change);
    }

    /// Adds a listener.
    pub(crate) fn listen(&self) -> ChangeListener {
        ChangeListener(self.0.subscribe())
    }
}

/// Receives every change from the time of its creation.
#[derive(Debug)]
pub struct ChangeListener(broadcast::Receiver<Change>);

impl ChangeListener {
    /// Waits for the next change; returns `None` once the server is closed. The future can be
    /// dropped without losing a change.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => {
                // The buffered changes are older than the state that the listener is about to read.
                self.0 = self.0.resubscribe();
                Some(Change::Missed)
            }
            Err(RecvError::Closed) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(obstacle: Option<String>) -> Change {
        Change::Readiness { obstacle }
    }

    #[tokio::test]
    async fn a_slow_listener_learns_that_it_missed_changes() {
        let changes = Changes::new();
        changes.publish(ready(None));
        let (mut quick, mut slow) = (changes.listen(), changes.listen());
        for number in 0..=BUFFER {
            let change = ready(Some(number.to_string()));
            changes.publish(change.clone());
            assert_eq!(
                quick.next().await,
                Some(change),
                "the listener receives only later changes"
            );
        }
        assert_eq!(slow.next().await, Some(Change::Missed));
        changes.publish(ready(None));
        assert_eq!(
            slow.next().await,
            Some(ready(None)),
            "only newer changes follow"
        );
        drop(changes);
        assert_eq!(slow.next().await, None);
    }
}
