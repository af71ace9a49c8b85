//! The stream of changes: what a server tells pages, mail and subscriptions while it runs.
//!
//! A change says that something is served now and where to look; the facts themselves are read from
//! the programme or the ledger. So nothing is lost for a listener that falls behind: it is told to
//! read everything anew.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// How many changes are kept for a slow listener.
const KEPT: usize = 256;

/// Something that changed. By the time a listener hears of it, queries are answered from it.
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
    /// Settings, policies, plugins, tables and cases were read again and are served.
    Reloaded {
        /// Revision of the programme that was made with them.
        revision: String,
    },
    /// The server became ready, or ceased to be.
    Readiness {
        /// Why requests should go elsewhere; `None` if the server is ready.
        obstacle: Option<String>,
    },
    /// This listener fell behind and missed changes: read everything anew.
    Missed,
}

/// Tells the listeners. All clones are one stream.
#[derive(Clone, Debug)]
pub(crate) struct Changes(broadcast::Sender<Change>);

impl Changes {
    /// A stream without a listener.
    pub(crate) fn new() -> Changes {
        Changes(broadcast::Sender::new(KEPT))
    }

    /// Tells every listener.
    pub(crate) fn tell(&self, change: Change) {
        // Fails only if nobody listens.
        let _ = self.0.send(change);
    }

    /// Begins to listen.
    pub(crate) fn listen(&self) -> ChangeListener {
        ChangeListener(self.0.subscribe())
    }
}

/// Hears of every change from the moment it was made.
#[derive(Debug)]
pub struct ChangeListener(broadcast::Receiver<Change>);

impl ChangeListener {
    /// Waits for the next change; `None` once the server is closed. Dropping the future loses
    /// nothing.
    pub async fn next(&mut self) -> Option<Change> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(RecvError::Lagged(_)) => {
                // What is still kept is older than what the listener is about to read.
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
    async fn whoever_falls_behind_is_told_to_read_anew() {
        let changes = Changes::new();
        changes.tell(ready(None));
        let (mut quick, mut slow) = (changes.listen(), changes.listen());
        for number in 0..=KEPT {
            let change = ready(Some(number.to_string()));
            changes.tell(change.clone());
            assert_eq!(
                quick.next().await,
                Some(change),
                "before it nothing was told"
            );
        }
        assert_eq!(slow.next().await, Some(Change::Missed));
        changes.tell(ready(None));
        assert_eq!(slow.next().await, Some(ready(None)), "only what is newer");
        drop(changes);
        assert_eq!(slow.next().await, None);
    }
}
