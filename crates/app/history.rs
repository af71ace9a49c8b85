//! The ledger as the API is given it: the way in, and how things stood.

use crate::reload::{Made, Means};
use crate::source;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use wcc_api::{BoxFuture, Entered, History, HistoryError};
use wcc_core::ledger::{AsOf, Draft, Fact, Refused};
use wcc_core::record::UnknownCode;
use wcc_ledger::{AppendError, Documents, Head, Ledger, Request};
use wcc_programme::Programme;

/// Pictures of the past that are kept; each may be as large as the present one.
const KEPT: usize = 4;
/// How long an answer waits until the picture holds what was entered, which is on disk by then.
/// After that the answer says that the entry is not served yet.
const UNTIL_SERVED: Duration = Duration::from_secs(5);

/// A picture of the past, with the plugins that it was made with.
struct Past {
    entry: u32,
    means: Arc<Means>,
    programme: Arc<Programme>,
}

/// The ledger that a server holds.
pub(crate) struct LedgerHistory {
    ledger: Ledger,
    documents: Documents,
    made: watch::Receiver<Arc<Made>>,
    /// The latest in front. One past is made at a time: the second who asks finds it there.
    pasts: Mutex<VecDeque<Past>>,
}

impl LedgerHistory {
    pub(crate) fn new(
        ledger: Ledger,
        documents: Documents,
        made: watch::Receiver<Arc<Made>>,
    ) -> LedgerHistory {
        LedgerHistory {
            ledger,
            documents,
            made,
            pasts: Mutex::new(VecDeque::new()),
        }
    }

    /// Refuses evidence whose document was not filed.
    async fn check_documents(&self, request: &Request) -> Result<(), AppendError> {
        for (part, draft) in (0..).zip(&request.drafts) {
            let Some(given) = document_of(draft) else {
                continue;
            };
            let filed = match given.parse() {
                Ok(hash) => self.documents.has(hash).await,
                Err(_) => Ok(false),
            };
            match filed {
                Ok(true) => {}
                Ok(false) => {
                    let refused = Refused::Unknown(UnknownCode {
                        field: "document",
                        what: "filed document with the SHA-256",
                        given: given.into(),
                        known: Vec::new(),
                    });
                    return Err(AppendError::Refused { part, refused });
                }
                Err(error) => return Err(AppendError::Store(error.to_string())),
            }
        }
        Ok(())
    }

    async fn past(&self, as_of: AsOf) -> Result<Arc<Programme>, HistoryError> {
        let failed = |words: String| HistoryError::Failed(words);
        let made = Arc::clone(&self.made.borrow());
        let means = Arc::clone(&made.means);
        let entry = self
            .ledger
            .look(|state| state.number_at(as_of))
            .min(self.head().number);
        let mut pasts = self.pasts.lock().await;
        pasts.retain(|past| Arc::ptr_eq(&past.means, &means));
        if let Some(at) = pasts.iter().position(|past| past.entry == entry)
            && let Some(past) = pasts.remove(at)
        {
            let programme = Arc::clone(&past.programme);
            pasts.push_front(past);
            return Ok(programme);
        }
        let standing =
            source::standing(&self.ledger, Some(AsOf::Entry(entry)), Some(made.beside()));
        let standing = standing.map_err(|failure| failed(failure.to_string()))?;
        let (frameworks, tables) = (&means.shipped.frameworks, &means.shipped.tables);
        let assured =
            Programme::assure_standing(standing, frameworks, tables, &means.plugins).await;
        let programme = Arc::new(assured.map_err(|error| failed(error.to_string()))?);
        pasts.truncate(KEPT - 1);
        pasts.push_front(Past {
            entry,
            means,
            programme: Arc::clone(&programme),
        });
        Ok(programme)
    }
}

/// The document that a draft names.
fn document_of(draft: &Draft) -> Option<&str> {
    match &draft.fact {
        Fact::Record { record, .. } => record.document(),
        _ => None,
    }
}

impl History for LedgerHistory {
    fn programme_at(&self, as_of: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>> {
        Box::pin(self.past(as_of))
    }

    fn enter(&self, request: Request) -> BoxFuture<'_, Result<Entered, AppendError>> {
        Box::pin(async move {
            self.check_documents(&request).await?;
            let receipt = self.ledger.append(request).await?;
            let mut made = self.made.clone();
            let holds = made.wait_for(|made| made.head.number >= receipt.last);
            let waited = tokio::time::timeout(UNTIL_SERVED, holds).await;
            // Where nobody can tell any more what is served, it is not served either.
            let served = matches!(waited, Ok(Ok(_)));
            if !served {
                tracing::warn!(entry = receipt.last, "entered, and not yet served");
            }
            let at = self.ledger.look(|state| state.entry(receipt.first));
            Ok(Entered {
                receipt,
                served,
                at: at.map(|note| note.at).unwrap_or_default(),
            })
        })
    }

    fn head(&self) -> Head {
        self.ledger.head()
    }
}
