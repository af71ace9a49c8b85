//! Entries on their way out of a bundle: the same in every version.

use super::{BundleError, Flaw};
use crate::chain::{Hash, Head};
use crate::format::{MOST_BYTES, decode};
use crate::named_documents::NamedDocuments;
use crate::reading::{Broken, Follower};
use crate::store::Row;
use std::io::{BufRead, Read};
use std::sync::Arc;
use wcc_core::ledger::{RuleBooks, State};

/// Entries after which progress is told.
const STEP: u32 = 1_000;

/// Takes in one entry after the other: each is checked against the chain and folded.
pub(super) struct Entries<K, P> {
    sha: String,
    follower: Follower,
    state: State,
    /// The documents that they name and that were not read yet.
    pub(super) named: NamedDocuments,
    keep: K,
    progress: P,
}

impl<K: FnMut(Row), P: FnMut(u32, u32)> Entries<K, P> {
    /// `keep` is given each entry that is sound, `progress` how many entries and documents were
    /// read.
    pub(super) fn new(sha: &str, books: Arc<dyn RuleBooks>, keep: K, progress: P) -> Self {
        Entries {
            sha: sha.to_owned(),
            follower: Follower::new(sha),
            state: State::new(books),
            named: NamedDocuments::default(),
            keep,
            progress,
        }
    }

    /// Code of the authority that keeps the ledger.
    pub(super) fn sha(&self) -> &str {
        &self.sha
    }

    /// Where the chain ends so far.
    pub(super) fn head(&self) -> Head {
        self.follower.head()
    }

    /// Takes in the entry on a line.
    pub(super) fn take_in(
        &mut self,
        bytes: Vec<u8>,
        place: impl FnOnce() -> String,
    ) -> Result<(), BundleError> {
        let row = row_of(bytes).map_err(|flaw| flaw.at(place()))?;
        let number = row.number;
        let entry = self.follower.follow(&row)?.entry;
        self.named.take_in(&entry);
        self.state.apply(entry).map_err(|refused| Broken {
            number,
            what: refused.into(),
        })?;
        (self.keep)(row);
        if number.is_multiple_of(STEP) {
            self.tell(0);
        }
        Ok(())
    }

    /// Tells how far reading has come, with so many documents.
    pub(super) fn tell(&mut self, documents: u32) {
        let number = self.head().number;
        (self.progress)(number, documents);
    }
}

fn row_of(bytes: Vec<u8>) -> Result<Row, Flaw> {
    let entry = decode(&bytes)?.entry;
    Ok(Row {
        number: entry.number,
        actor: entry.actor,
        request: entry.request.into(),
        part: entry.part,
        hash: Hash::of(&bytes),
        bytes,
    })
}

/// Lines of bounded length, counted.
pub(super) struct Lines<R> {
    from: R,
    /// The file within the bundle that they are in; nothing where the bundle is the file.
    file: Option<String>,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R, file: Option<&str>) -> Lines<R> {
        Lines {
            from,
            file: file.map(str::to_owned),
            line: 0,
        }
    }

    /// The next line without its end; nothing behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, BundleError> {
        let mut bytes = Vec::new();
        let limit = MOST_BYTES as u64 + 1;
        self.line += 1;
        self.from
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.pop() != Some(b'\n') {
            return Err(Flaw::EndlessLine.at(self.place()));
        }
        Ok(Some(bytes))
    }

    /// Where the last line was.
    pub(super) fn place(&self) -> String {
        match &self.file {
            None => format!("line {}", self.line),
            Some(file) => format!("{file}, line {}", self.line),
        }
    }
}
