//! Reads entries, and checks each against the chain before folding it.

use crate::chain::{Hash, Head};
use crate::checkpoint::{self, Checkpoint, CheckpointFile};
use crate::format::{ChainedEntry, FormatError, decode};
use crate::ledger::OpenError;
use crate::store::{Address, Row, Store, StoreError};
use std::sync::Arc;
use wcc_core::ledger::{EntryError, RuleBooks, State};

/// Number of entries in one read.
const PAGE: u32 = 2_000;

/// An entry that is missing, changed or not readable.
#[derive(Debug, thiserror::Error)]
#[error("entry {number}: {what}")]
pub struct InvalidEntry {
    /// Number of the entry.
    pub number: u32,
    /// What is wrong with it.
    pub what: Fault,
}

/// What is wrong with an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The entry is missing.
    #[error("the entry is missing; the next one is {next}")]
    Missing {
        /// Number of the next entry.
        next: u32,
    },
    /// The bytes were changed.
    #[error("the entry was changed: its hash does not match its content")]
    Changed,
    /// The entry does not contain the hash of the previous one.
    #[error("the entry does not follow the previous one: one of the two was replaced")]
    Unchained,
    /// The columns of the table do not match the entry.
    #[error("the database's columns do not match the entry: {0}")]
    Misfiled(&'static str),
    /// The entry cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The entry cannot be folded.
    #[error("the entry contradicts earlier entries: {0}")]
    Entry(#[from] EntryError),
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The database reported an error.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry is invalid.
    #[error(transparent)]
    InvalidEntry(#[from] InvalidEntry),
}

impl ReadError {
    pub(crate) fn opening(self, address: &Address) -> OpenError {
        let address = address.clone();
        match self {
            ReadError::Store(error) => OpenError::Store { address, error },
            ReadError::InvalidEntry(broken) => OpenError::InvalidEntry { address, broken },
        }
    }
}

/// Checks a chain entry by entry.
#[derive(Clone, Debug)]
pub struct Follower {
    sha: String,
    head: Head,
}

impl Follower {
    /// Starts at the beginning of a ledger.
    pub fn new(sha: &str) -> Follower {
        Follower {
            sha: sha.to_owned(),
            head: Head::START,
        }
    }

    /// Starts after an entry that was already checked.
    pub(crate) fn after(sha: &str, head: Head) -> Follower {
        Follower {
            sha: sha.to_owned(),
            head,
        }
    }

    /// The last entry that was checked.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Checks the next entry and reads it.
    ///
    /// # Errors
    /// What is wrong with it; the follower stays where it is.
    pub fn follow(&mut self, row: &Row) -> Result<ChainedEntry, InvalidEntry> {
        let number = self.head.number + 1;
        let broken = |what| InvalidEntry { number, what };
        if row.number != number {
            return Err(broken(Fault::Missing { next: row.number }));
        }
        if Hash::of(&row.bytes) != row.hash {
            return Err(broken(Fault::Changed));
        }
        let written = decode(&row.bytes).map_err(|error| broken(error.into()))?;
        if written.previous != self.head.hash {
            return Err(broken(Fault::Unchained));
        }
        let misfiled = |what| Err(broken(Fault::Misfiled(what)));
        let entry = &written.entry;
        if written.sha != self.sha {
            return misfiled("its authority");
        }
        if entry.number != number {
            return misfiled("its number");
        }
        if *entry.request != *row.request || entry.part != row.part {
            return misfiled("its request");
        }
        if entry.actor != row.actor {
            return misfiled("its actor");
        }
        self.head = Head {
            number,
            hash: row.hash,
        };
        Ok(written)
    }
}

/// The folded state, and the chain of its entries.
#[derive(Debug)]
pub(crate) struct Fold {
    follower: Follower,
    state: State,
    /// The checkpoint that grows while entries are read, if there is one.
    pub(crate) checkpoint: Option<Checkpoint>,
    looked_for: Vec<Head>,
    found: Vec<Head>,
}

impl Fold {
    /// Starts at the beginning of a ledger.
    pub(crate) fn new(sha: &str, books: Arc<dyn RuleBooks>) -> Fold {
        Fold {
            follower: Follower::new(sha),
            state: State::new(books),
            checkpoint: None,
            looked_for: Vec::new(),
            found: Vec::new(),
        }
    }

    /// Also records which of these heads occur in the chain.
    pub(crate) fn looking_for(self, heads: Vec<Head>) -> Fold {
        Fold {
            looked_for: heads,
            ..self
        }
    }

    /// The heads that occurred.
    pub(crate) fn found(&self) -> &[Head] {
        &self.found
    }

    /// Starts after a checkpoint, or at the beginning if the checkpoint does not belong to this
    /// database.
    pub(crate) async fn resume(
        store: &Store,
        books: Arc<dyn RuleBooks>,
        file: CheckpointFile,
    ) -> Result<Fold, StoreError> {
        let (sha, books_again) = (store.sha().to_owned(), Arc::clone(&books));
        let resumed = tokio::task::spawn_blocking(move || {
            let mut fold = Fold::new(&sha, books);
            let (checkpoint, head) = Checkpoint::resume(file, &sha, &mut fold.state);
            fold.follower = Follower::after(&sha, head);
            fold.checkpoint = Some(checkpoint);
            fold
        });
        let fold = resumed.await.map_err(|panic| panicked(&panic))?;
        let head = fold.head();
        if head == Head::START {
            return Ok(fold);
        }
        let rows = store.read(head.number - 1, 1).await?;
        if rows.first().is_some_and(|row| row.hash == head.hash) {
            return Ok(fold);
        }
        tracing::warn!(
            "the checkpoint belongs to another ledger: entry {} of the database is different or missing",
            head.number
        );
        let mut checkpoint = fold.checkpoint;
        if let Some(checkpoint) = &mut checkpoint {
            checkpoint.discard();
        }
        Ok(Fold {
            checkpoint,
            ..Fold::new(store.sha(), books_again)
        })
    }

    /// The head of the entries that were read or committed.
    pub(crate) fn head(&self) -> Head {
        self.follower.head
    }

    /// Code of the authority that keeps the ledger.
    pub(crate) fn sha(&self) -> &str {
        &self.follower.sha
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Adds an entry that was read.
    pub(crate) fn add(&mut self, row: &Row) -> Result<(), InvalidEntry> {
        let before = self.follower.head;
        let written = self.follower.follow(row)?;
        self.state.apply(written.entry).map_err(|refused| {
            self.follower.head = before;
            InvalidEntry {
                number: row.number,
                what: refused.into(),
            }
        })?;
        if self.looked_for.contains(&self.follower.head) {
            self.found.push(self.follower.head);
        }
        Ok(())
    }

    /// Marks the entries in the state as committed.
    pub(crate) fn commit(&mut self, head: Head) {
        self.follower.head = head;
    }

    /// Removes entries that were admitted but not committed.
    pub(crate) fn forget_uncommitted(&mut self) {
        self.state.truncate(self.follower.head.number);
    }

    /// Reads every new entry. It reads the next pages while another thread checks and folds the
    /// previous ones. `progress` receives the number of the last entry.
    pub(crate) async fn catch_up(
        self,
        store: &Store,
        mut progress: impl FnMut(u32),
    ) -> Result<Fold, ReadError> {
        let mut after = self.head().number;
        let mut folding = tokio::task::spawn_blocking(|| Ok(self));
        loop {
            let rows = two_pages(store, after).await?;
            let fold = folding
                .await
                .unwrap_or_else(|panic| Err(panicked(&panic).into()))?;
            progress(fold.head().number);
            let Some(last) = rows.last() else {
                return Ok(fold);
            };
            after = last.number;
            folding = tokio::task::spawn_blocking(move || fold.add_all(&rows));
        }
    }

    fn add_all(mut self, rows: &[Row]) -> Result<Fold, ReadError> {
        for row in rows {
            self.add(row)?;
        }
        checkpoint::update(&mut self.checkpoint, &self.state, self.follower.head);
        Ok(self)
    }
}

/// Reads two pages over two connections at the same time, which is possible because numbers have no
/// gaps.
async fn two_pages(store: &Store, after: u32) -> Result<Vec<Row>, StoreError> {
    let (first, second) = tokio::join!(
        store.read(after, PAGE),
        store.read(after.saturating_add(PAGE), PAGE)
    );
    let mut rows = first?;
    // If the first page is not full, the second may have entries that were written after the first
    // read.
    if rows.len() == PAGE as usize {
        rows.extend(second?);
    }
    Ok(rows)
}

/// The fold should never panic. If it does, the ledger is not opened.
fn panicked(error: &tokio::task::JoinError) -> StoreError {
    StoreError::Refused(format!("the entries cannot be folded: {error}"))
}
