//! Checks every entry of a ledger against the chain.

use crate::chain::Head;
use crate::head_file::{HeadFile, HeadFileError};
use crate::reading::{Broken, Follower, ReadError};
use crate::store::{Store, StoreError};
use std::sync::Arc;
use wcc_core::ledger::{RuleBooks, State};

/// Entries that are read at once.
const PAGE: u32 = 2_000;

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
/// of it; then that the heads that were kept elsewhere are in the chain. Tells of its progress.
///
/// # Errors
/// The first thing that is wrong.
pub async fn verify(
    store: &Store,
    books: Arc<dyn RuleBooks>,
    head_file: Option<&HeadFile>,
    heads: &[Head],
    mut progress: impl FnMut(u32),
) -> Result<Head, VerifyError> {
    let mut follower = Follower::new(store.sha());
    let mut state = State::new(books);
    let mut kept: Vec<Head> = heads.to_vec();
    let written = head_file.map(HeadFile::read).transpose()?.flatten();
    kept.extend(written);
    let mut found: Vec<Head> = Vec::new();
    loop {
        let rows = store.read(follower.head().number, PAGE).await?;
        for row in &rows {
            let written = follower.follow(row)?;
            let number = row.number;
            state.push(written.entry).map_err(|refused| Broken {
                number,
                what: refused.into(),
            })?;
            found.extend(kept.iter().filter(|head| **head == follower.head()));
        }
        progress(follower.head().number);
        if rows.len() < PAGE as usize {
            break;
        }
    }
    let head = follower.head();
    if let Some(file) = head_file {
        file.check(written, head, |number| {
            let hash = found
                .iter()
                .find(|one| one.number == number)
                .map(|one| one.hash);
            std::future::ready(hash)
        })
        .await?;
    }
    for named in heads {
        if named.number > 0 && !found.contains(named) {
            return Err(VerifyError::NotTheHead(*named));
        }
    }
    Ok(head)
}
