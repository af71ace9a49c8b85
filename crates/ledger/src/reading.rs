//! Entries read back: each is checked against the chain before it is folded.

use crate::chain::{Hash, Head};
use crate::checkpoint::{self, Checkpoint, CheckpointFile};
use crate::format::{ChainedEntry, FormatError, decode};
use crate::ledger::OpenError;
use crate::store::{Address, Row, Store, StoreError};
use std::sync::Arc;
use wcc_core::ledger::{Refused, RuleBooks, State};

/// Entries that are read at once.
const PAGE: u32 = 2_000;

/// An entry that is not what it was, or not where it was.
#[derive(Debug, thiserror::Error)]
#[error("entry {number}: {what}")]
pub struct Broken {
    /// The entry.
    pub number: u32,
    /// What is wrong with it.
    pub what: Fault,
}

/// What is wrong with an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is none of this number.
    #[error("it is missing: the next one there is {next}")]
    Missing {
        /// The number that follows.
        next: u32,
    },
    /// Its bytes were changed.
    #[error("it was changed: its hash is not that of its content")]
    Changed,
    /// It does not carry the hash of the one in front of it.
    #[error("it does not follow the entry in front of it: one of the two was replaced")]
    Unchained,
    /// What the table says of it is not what it says itself.
    #[error("it is filed as something else than it says: {0}")]
    Misfiled(&'static str),
    /// It cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It cannot be folded.
    #[error("it cannot follow from what was entered before: {0}")]
    Refused(#[from] Refused),
}

/// Why entries cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry.
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl ReadError {
    pub(crate) fn opening(self, address: &Address) -> OpenError {
        let address = address.clone();
        match self {
            ReadError::Store(error) => OpenError::Store { address, error },
            ReadError::Broken(broken) => OpenError::Broken { address, broken },
        }
    }
}

/// Follows a chain from its start.
#[derive(Clone, Debug)]
pub struct Follower {
    sha: String,
    head: Head,
}

impl Follower {
    /// At the start of a ledger.
    pub fn new(sha: &str) -> Follower {
        Follower {
            sha: sha.to_owned(),
            head: Head::START,
        }
    }

    /// Behind an entry that was checked before.
    pub(crate) fn behind(sha: &str, head: Head) -> Follower {
        Follower {
            sha: sha.to_owned(),
            head,
        }
    }

    /// Where it stands.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Checks the next entry and reads it.
    ///
    /// # Errors
    /// What is wrong with it; the follower stays where it is.
    pub fn follow(&mut self, row: &Row) -> Result<ChainedEntry, Broken> {
        let number = self.head.number + 1;
        let broken = |what| Broken { number, what };
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

/// The state with the chain that it was folded from.
#[derive(Debug)]
pub(crate) struct Fold {
    follower: Follower,
    state: State,
    /// What grows while entries are read; nothing where none is kept.
    pub(crate) checkpoint: Option<Checkpoint>,
    looked_for: Vec<Head>,
    found: Vec<Head>,
}

impl Fold {
    /// At the start of a ledger.
    pub(crate) fn new(sha: &str, books: Arc<dyn RuleBooks>) -> Fold {
        Fold {
            follower: Follower::new(sha),
            state: State::new(books),
            checkpoint: None,
            looked_for: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The same, looking out for heads on the way.
    pub(crate) fn looking_for(self, heads: Vec<Head>) -> Fold {
        Fold {
            looked_for: heads,
            ..self
        }
    }

    /// Those of the heads that were met.
    pub(crate) fn found(&self) -> &[Head] {
        &self.found
    }

    /// Where a checkpoint ends, or at the start of the ledger where it is not one of this database.
    pub(crate) async fn resume(
        store: &Store,
        books: Arc<dyn RuleBooks>,
        file: CheckpointFile,
    ) -> Result<Fold, StoreError> {
        let (sha, books_again) = (store.sha().to_owned(), Arc::clone(&books));
        let resumed = tokio::task::spawn_blocking(move || {
            let mut fold = Fold::new(&sha, books);
            let (checkpoint, head) = Checkpoint::resume(file, &sha, &mut fold.state);
            fold.follower = Follower::behind(&sha, head);
            fold.checkpoint = Some(checkpoint);
            fold
        });
        let fold = resumed.await.map_err(|panic| panicked(&panic))?;
        let head = fold.head();
        if head == Head::START {
            return Ok(fold);
        }
        let there = store.read(head.number - 1, 1).await?;
        if there.first().is_some_and(|row| row.hash == head.hash) {
            return Ok(fold);
        }
        tracing::warn!(
            "the checkpoint is of another ledger: the database has another entry {}, or none",
            head.number
        );
        let mut checkpoint = fold.checkpoint;
        if let Some(checkpoint) = &mut checkpoint {
            checkpoint.start_anew();
        }
        Ok(Fold {
            checkpoint,
            ..Fold::new(store.sha(), books_again)
        })
    }

    /// Where the chain ends that was read or committed.
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

    /// Takes in an entry that was read.
    pub(crate) fn take_in(&mut self, row: &Row) -> Result<(), Broken> {
        let before = self.follower.head;
        let written = self.follower.follow(row)?;
        self.state.apply(written.entry).map_err(|refused| {
            self.follower.head = before;
            Broken {
                number: row.number,
                what: refused.into(),
            }
        })?;
        if self.looked_for.contains(&self.follower.head) {
            self.found.push(self.follower.head);
        }
        Ok(())
    }

    /// What the state holds is committed now.
    pub(crate) fn committed(&mut self, head: Head) {
        self.follower.head = head;
    }

    /// Forgets what was admitted and not committed.
    pub(crate) fn forget_uncommitted(&mut self) {
        self.state.truncate(self.follower.head.number);
    }

    /// Reads every entry that it does not have yet. Pages are read while the ones in front of them
    /// are checked and folded on another thread. Tells of its progress.
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
            folding = tokio::task::spawn_blocking(move || fold.take_in_all(&rows));
        }
    }

    fn take_in_all(mut self, rows: &[Row]) -> Result<Fold, ReadError> {
        for row in rows {
            self.take_in(row)?;
        }
        checkpoint::keep(&mut self.checkpoint, &self.state, self.follower.head);
        Ok(self)
    }
}

/// The next entries, over two connections at once: numbers have no gaps.
async fn two_pages(store: &Store, after: u32) -> Result<Vec<Row>, StoreError> {
    let (first, second) = tokio::join!(
        store.read(after, PAGE),
        store.read(after.saturating_add(PAGE), PAGE)
    );
    let mut rows = first?;
    // Behind a page that is not full, the second may have what was only entered meanwhile.
    if rows.len() == PAGE as usize {
        rows.extend(second?);
    }
    Ok(rows)
}

/// The fold never panics; where it does, the ledger is not opened.
fn panicked(error: &tokio::task::JoinError) -> StoreError {
    StoreError::Refused(format!("the entries cannot be folded: {error}"))
}
