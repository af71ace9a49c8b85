//! Checks every entry of a ledger against the chain.

use crate::chain::Head;
use crate::checkpoint::{CheckpointFile, CheckpointMismatch};
use crate::head_file::{HeadFile, HeadFileError};
use crate::named_documents::NamedDocuments;
use crate::reading::{Fold, InvalidEntry, ReadError};
use crate::store::{Store, StoreError};
use std::sync::Arc;
use wcc_core::ledger::RuleBooks;

/// Why a ledger is not valid.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The database reported an error.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is invalid.
    #[error(transparent)]
    InvalidEntry(#[from] InvalidEntry),
    /// The head file does not match the chain.
    #[error(transparent)]
    Head(#[from] HeadFileError),
    /// A given head is not in the chain.
    #[error("entry {} does not match the given head: the ledger was rewritten or cut off before it", .0.number)]
    NotTheHead(Head),
    /// The checkpoint does not match the entries.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointMismatch),
    /// The checkpoint cannot be read.
    #[error("the checkpoint cannot be read: {0}")]
    CheckpointFile(#[source] std::io::Error),
}

/// A ledger whose entries are all unchanged.
#[derive(Clone, Debug)]
pub struct VerifiedLedger {
    /// Its head.
    pub head: Head,
    /// The documents that its entries name. They are not checked.
    pub documents: NamedDocuments,
}

impl From<ReadError> for VerifyError {
    fn from(error: ReadError) -> VerifyError {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::InvalidEntry(broken) => broken.into(),
        }
    }
}

/// Checks that every entry is present, unchanged, in its place, and consistent with the previous
/// ones; then that the given heads and the head file are in the chain, and that the checkpoint
/// matches the entries. `progress` receives the number of the last entry.
///
/// # Errors
/// The first fault.
pub async fn verify(
    store: &Store,
    books: Arc<dyn RuleBooks>,
    head_file: Option<&HeadFile>,
    checkpoint: Option<&CheckpointFile>,
    heads: &[Head],
    progress: impl FnMut(u32),
) -> Result<VerifiedLedger, VerifyError> {
    let written = head_file.map(HeadFile::read).transpose()?.flatten();
    let expected = heads.iter().copied().chain(written).collect();
    let fold = Fold::new(store.sha(), books).looking_for(expected);
    let fold = fold.catch_up(store, progress).await?;
    let (head, found) = (fold.head(), fold.found());
    if let Some(file) = head_file {
        file.check(written, head, |number| {
            let head = found.iter().find(|head| head.number == number);
            std::future::ready(head.map(|head| head.hash))
        })
        .await?;
    }
    for named in heads {
        if named.number > 0 && !found.contains(named) {
            return Err(VerifyError::NotTheHead(*named));
        }
    }
    let documents = NamedDocuments::of(fold.state());
    if let Some(file) = checkpoint.cloned() {
        let compared = tokio::task::spawn_blocking(move || file.compare(fold.sha(), fold.state()));
        let compared = compared.await.map_err(std::io::Error::other).flatten();
        compared.map_err(VerifyError::CheckpointFile)??;
    }
    Ok(VerifiedLedger { head, documents })
}
