//! Reads the entries of a bundle, which are the same in every version.

use super::{BundleError, Flaw};
use crate::chain::{Hash, Head};
use crate::format::{MAX_BYTES, decode};
use crate::named_documents::NamedDocuments;
use crate::reading::{Follower, InvalidEntry};
use crate::store::Row;
use std::io::{BufRead, Read};
use std::sync::Arc;
use wcc_core::ledger::{RuleBooks, State};

/// Progress is reported after this many entries.
const STEP: u32 = 1_000;

/// Collects entries in order, checks each against the chain, and folds it.
pub(super) struct Entries<K, P> {
    sha: String,
    follower: Follower,
    state: State,
    /// The documents that the entries name and that have not been read yet.
    pub(super) named: NamedDocuments,
    keep: K,
    progress: P,
}

impl<K: FnMut(Row), P: FnMut(u32, u32)> Entries<K, P> {
    /// `keep` receives each valid entry, `progress` the numbers of entries and documents read so
    /// far.
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

    /// The head of the entries read so far.
    pub(super) fn head(&self) -> Head {
        self.follower.head()
    }

    /// Adds the entry on a line.
    pub(super) fn add(
        &mut self,
        bytes: Vec<u8>,
        place: impl FnOnce() -> String,
    ) -> Result<(), BundleError> {
        let row = row_of(bytes).map_err(|flaw| flaw.at(place()))?;
        let number = row.number;
        let entry = self.follower.follow(&row)?.entry;
        self.named.add(&entry);
        self.state.apply(entry).map_err(|refused| InvalidEntry {
            number,
            what: refused.into(),
        })?;
        (self.keep)(row);
        if number.is_multiple_of(STEP) {
            self.report_progress(0);
        }
        Ok(())
    }

    /// Reports the progress, with the number of documents read so far.
    pub(super) fn report_progress(&mut self, documents: u32) {
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

/// Reads lines of limited length and counts them.
pub(super) struct Lines<R> {
    from: R,
    /// Name of the member that contains the lines; `None` if the bundle itself does.
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

    /// Returns the next line without its line end; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, BundleError> {
        let mut bytes = Vec::new();
        let limit = MAX_BYTES as u64 + 1;
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

    /// Describes the place of the last line.
    pub(super) fn place(&self) -> String {
        match &self.file {
            None => format!("line {}", self.line),
            Some(file) => format!("{file}, line {}", self.line),
        }
    }
}
