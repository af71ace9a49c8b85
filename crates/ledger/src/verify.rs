//! Checks every entry of a ledger against the chain.

use crate::chain::Head;
use crate::checkpoint::{CheckpointFile, Differs};
use crate::head_file::{HeadFile, HeadFileError};
use crate::named_documents::NamedDocuments;
use crate::reading::{Broken, Fold, ReadError};
use crate::store::{Store, StoreError};
use std::sync::Arc;
use wcc_core::ledger::RuleBooks;

/// What is wrong with a ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The head that was written down, or that was named, is not in the chain.
    #[error(transparent)]
    Head(#[from] HeadFileError),
    /// The head that was named is not in the chain.
    #[error("entry {} is not the one of the head that was named: the ledger was written anew or cut off before it", .0.number)]
    NotTheHead(Head),
    /// The checkpoint is not what the entries came to.
    #[error(transparent)]
    Checkpoint(#[from] Differs),
    /// The checkpoint's file.
    #[error("the checkpoint cannot be read: {0}")]
    CheckpointFile(#[source] std::io::Error),
}

/// A ledger in which every entry is as it was entered.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Where its chain ends.
    pub head: Head,
    /// The documents that its entries name; whether they are kept is another question.
    pub documents: NamedDocuments,
}

impl From<ReadError> for VerifyError {
    fn from(error: ReadError) -> VerifyError {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Broken(broken) => broken.into(),
        }
    }
}

/// Checks every entry: that it is there, unchanged, in its place, and follows from those in front
/// of it; then that the heads that were kept elsewhere are in the chain, and that the checkpoint
/// says what the entries say. Tells of its progress.
///
/// # Errors
/// The first thing that is wrong.
pub async fn verify(
    store: &Store,
    books: Arc<dyn RuleBooks>,
    head_file: Option<&HeadFile>,
    checkpoint: Option<&CheckpointFile>,
    heads: &[Head],
    progress: impl FnMut(u32),
) -> Result<Verified, VerifyError> {
    let written = head_file.map(HeadFile::read).transpose()?.flatten();
    let kept = heads.iter().copied().chain(written).collect();
    let fold = Fold::new(store.sha(), books).looking_for(kept);
    let fold = fold.catch_up(store, progress).await?;
    let (head, found) = (fold.head(), fold.found());
    if let Some(file) = head_file {
        file.check(written, head, |number| {
            let found = found.iter().find(|one| one.number == number);
            std::future::ready(found.map(|one| one.hash))
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
    Ok(Verified { head, documents })
}
