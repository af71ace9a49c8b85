//! Implements the API's `History` trait with the server's ledger: new entries, and earlier states.

mod import;
mod messages;
mod recent;

use crate::facts::gather;
use crate::reload::{AssuranceContext, Snapshot};
use crate::surveys::LedgerSurveys;
use crate::workbooks::WorkbookReader;
use recent::RecentValues;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use wcc_api::{
    BoxFuture, Entered, History, HistoryError, ImportFailure, ImportRequest, ImportResult,
    OutputDifference, ReadableMessage, SendAgainError, SendAgainRequest, SurveyRunner,
};
use wcc_core::Actor;
use wcc_core::ledger::{
    AsOf, Draft, EntryError, EntryNote, Fact, Permission, Refusal, Refusals, WithdrawnJudgement,
};
use wcc_core::record::UnknownCode;
use wcc_ledger::{AppendError, Documents, Head, Ledger, Request, StoreError};
use wcc_programme::Programme;

/// How many of the newest messages for people are read for an answer.
const READ_MESSAGES: u32 = 10_000;
/// How many programmes of earlier states are cached; each may be as large as the current one.
const CACHED_PROGRAMMES: usize = 4;
/// How many imports are read at the same time: each may take some 256 MB.
const IMPORTS: usize = 2;
/// How long a response waits until the snapshot holds the new entry, which is already on disk.
/// After that, the response says that the entry is not served yet.
const SERVED_WITHIN: Duration = Duration::from_secs(5);

/// An earlier state of the ledger, and the context in which it is assured.
struct PastState {
    entry: u32,
    context: Arc<AssuranceContext>,
}

impl PartialEq for PastState {
    fn eq(&self, other: &PastState) -> bool {
        self.entry == other.entry && Arc::ptr_eq(&self.context, &other.context)
    }
}

/// The ledger of a server.
pub(crate) struct LedgerHistory {
    ledger: Ledger,
    documents: Documents,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    past: RecentValues<PastState, Arc<Programme>>,
    workbooks: Arc<dyn WorkbookReader>,
    /// A permit for each import that is being read.
    imports: Semaphore,
    differences: Mutex<Differences>,
    /// The surveys beside the ledger.
    pub(crate) surveys: Option<LedgerSurveys>,
}

/// What today's calculation would change in kept outputs, by the numbers of their records.
pub(crate) type Differences = HashMap<u32, Arc<[OutputDifference]>>;

impl LedgerHistory {
    pub(crate) fn new(
        ledger: Ledger,
        documents: Documents,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        workbooks: Arc<dyn WorkbookReader>,
        surveys: Option<LedgerSurveys>,
    ) -> LedgerHistory {
        LedgerHistory {
            ledger,
            documents,
            snapshots,
            past: RecentValues::new(CACHED_PROGRAMMES),
            workbooks,
            imports: Semaphore::new(IMPORTS),
            differences: Mutex::default(),
            surveys,
        }
    }

    /// What today's calculation would change in the kept outputs that have been compared.
    pub(crate) fn differences(&self) -> MutexGuard<'_, Differences> {
        // Nothing panics while the lock is held.
        self.differences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn find_or_assure(&self, as_of: AsOf) -> Result<Arc<Programme>, HistoryError> {
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let context = Arc::clone(&snapshot.context);
        let entry = self
            .ledger
            .look(|state| state.number_at(as_of))
            .min(self.head().number);
        self.past
            .retain(|past| Arc::ptr_eq(&past.context, &context));
        let state = PastState { entry, context };
        self.past
            .find_or_build(state, self.assure(entry, &snapshot))
            .await
    }

    /// Assures the state after an entry.
    async fn assure(
        &self,
        entry: u32,
        snapshot: &Snapshot,
    ) -> Result<Arc<Programme>, HistoryError> {
        let failed = |error: &dyn std::fmt::Display| HistoryError::Failed(error.to_string());
        let (as_of, beside) = (Some(AsOf::Entry(entry)), Some(snapshot.beside()));
        let standing = gather(&self.ledger, as_of, beside).map_err(|error| failed(&error))?;
        let context = &snapshot.context;
        let (frameworks, tables) = (&context.reference.frameworks, &context.reference.tables);
        let assured =
            Programme::assure_standing(standing, frameworks, tables, &context.plugins).await;
        assured.map(Arc::new).map_err(|error| failed(&error))
    }
}

/// Refuses evidence whose document was not filed. The policy is asked first: whoever may not
/// enter a draft learns nothing of its document here, and is refused by the ledger.
async fn check_documents(
    ledger: &Ledger,
    documents: &Documents,
    request: &Request,
) -> Result<(), AppendError> {
    for (part, draft) in (0..).zip(&request.drafts) {
        let Some(given) = document_of(draft) else {
            continue;
        };
        let (is_permitted, is_open) = ledger.look_as(&request.actor, |permission| {
            let is_permitted = permission.check(draft).is_ok();
            (
                is_permitted,
                is_permitted && permission.names_document(given),
            )
        });
        if !is_permitted {
            continue;
        }
        let filed = match given.parse() {
            Ok(hash) if is_open => documents.has(hash).await,
            _ => Ok(false),
        };
        match filed {
            Ok(true) => {}
            Ok(false) => {
                let refused = EntryError::Unknown(UnknownCode {
                    field: "document",
                    what: "filed document with the SHA-256",
                    given: given.into(),
                    known: Vec::new(),
                });
                return Err(Refusals::from(Refusal::of_draft(part, draft, refused)).into());
            }
            Err(error) => return Err(AppendError::Store(error.to_string())),
        }
    }
    Ok(())
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
        Box::pin(self.find_or_assure(as_of))
    }

    fn enter(&self, request: Request) -> BoxFuture<'_, Result<Entered, AppendError>> {
        Box::pin(async move {
            check_documents(&self.ledger, &self.documents, &request).await?;
            let receipt = self.ledger.append(request).await?;
            let mut snapshots = self.snapshots.clone();
            let holds = snapshots.wait_for(|snapshot| snapshot.head.number >= receipt.last);
            let waited = tokio::time::timeout(SERVED_WITHIN, holds).await;
            // If the server is stopping, it serves nothing more.
            let served = matches!(waited, Ok(Ok(_)));
            if !served {
                tracing::warn!(
                    entry = receipt.last,
                    "the entry is recorded but not yet served"
                );
            }
            let at = self.ledger.look(|state| state.entry(receipt.first));
            Ok(Entered {
                receipt,
                served,
                at: at.map(|note| note.at).unwrap_or_default(),
            })
        })
    }

    fn import(&self, request: ImportRequest) -> BoxFuture<'_, Result<ImportResult, ImportFailure>> {
        Box::pin(self.import_tables(request))
    }

    fn surveys(&self) -> Option<&dyn SurveyRunner> {
        let surveys = self.surveys.as_ref();
        surveys.map(|surveys| surveys as &dyn SurveyRunner)
    }

    fn messages(&self, actor: Actor) -> BoxFuture<'_, Result<Vec<ReadableMessage>, StoreError>> {
        Box::pin(async move {
            let messages = self.ledger.store().newest_messages(READ_MESSAGES).await?;
            Ok(messages::readable(&self.ledger, &actor, messages).await)
        })
    }

    fn send_message_again<'a>(
        &'a self,
        actor: &'a Actor,
        request: &'a SendAgainRequest,
    ) -> BoxFuture<'a, Result<ReadableMessage, SendAgainError>> {
        Box::pin(async move {
            let sent = messages::send_again(&self.ledger, actor, request).await;
            sent.map_err(|error| match error {
                messages::SendError::Refused(error) => error,
                messages::SendError::Store(error) => {
                    tracing::error!("a message cannot be sent again: {error}");
                    SendAgainError::Unavailable
                }
            })
        })
    }

    fn withdrawn_judgements(&self, actor: &Actor) -> Vec<WithdrawnJudgement> {
        let withdrawn = |permission: &Permission<'_>| permission.withdrawn_judgements();
        self.ledger.look_as(actor, withdrawn)
    }

    fn head(&self) -> Head {
        self.ledger.head()
    }

    fn entry(&self, number: u32) -> Option<EntryNote> {
        self.ledger.look(|state| state.entry(number))
    }

    fn differences(&self, record: u32) -> Option<Arc<[OutputDifference]>> {
        self.differences().get(&record).cloned()
    }
}

#[cfg(test)]
mod tests;
