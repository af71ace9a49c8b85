//! The documents that entries name, and whether each is stored as it was filed.

use crate::chain::Hash;
use crate::documents::{Document, DocumentError, Documents};
use std::collections::BTreeMap;
use std::fmt;
use wcc_core::ledger::{Entry, Fact, State};

/// After this many failures in a row, the search stops reading documents, because an unreachable
/// bucket may take minutes to fail for each.
const FAILURES: u32 = 3;

/// The documents that entries name, in the order of their hashes, each with the first entry that
/// names it.
///
/// A name that is not a SHA-256 refers to a document that was never filed here, and is ignored.
#[derive(Clone, Debug, Default)]
pub struct NamedDocuments(BTreeMap<Hash, u32>);

impl NamedDocuments {
    /// Collects the documents that the entries of a state name.
    pub(crate) fn of(state: &State) -> NamedDocuments {
        let mut named = NamedDocuments::default();
        for (entry, document) in state.documents() {
            named.name(document, entry);
        }
        named
    }

    fn name(&mut self, document: &str, entry: u32) {
        if let Ok(document) = document.parse() {
            let first = self.0.entry(document).or_insert(entry);
            *first = entry.min(*first);
        }
    }

    /// Adds the document of the next entry, if it names one.
    pub(crate) fn add(&mut self, entry: &Entry) {
        if let Fact::Record { record, .. } = &entry.draft.fact
            && let Some(document) = record.document()
        {
            self.name(document, entry.number);
        }
    }

    /// Removes a document; returns whether it was named.
    pub(crate) fn remove(&mut self, document: Hash) -> bool {
        self.0.remove(&document).is_some()
    }

    /// Iterates over every document, with the entry that names it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Hash, u32)> {
        self.0.iter().map(|(document, entry)| (*document, *entry))
    }
}

/// A document that an entry names but that is not stored as it was filed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} names the document {document}, which {how}")]
pub struct LostDocument {
    /// Its SHA-256.
    pub document: Hash,
    /// The first entry that names it.
    pub entry: u32,
    /// Why it is lost.
    pub how: LossReason,
}

/// Why a document is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossReason {
    /// It does not exist.
    Missing,
    /// Its content was changed.
    Changed,
    /// The document store cannot be read.
    Unreadable(String),
}

impl fmt::Display for LossReason {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LossReason::Missing => to.write_str("is missing"),
            LossReason::Changed => to.write_str("was changed after it was filed"),
            LossReason::Unreadable(why) => write!(to, "cannot be read: {why}"),
        }
    }
}

/// Searches for documents and collects those that are lost.
#[derive(Debug)]
pub(crate) struct DocumentSearch<'a> {
    documents: Option<&'a Documents>,
    /// Number of consecutive failures.
    failures: u32,
    /// The documents that were not found as they were filed.
    pub(crate) lost: Vec<LostDocument>,
}

impl<'a> DocumentSearch<'a> {
    /// Searches a document store; without one, every document is missing.
    pub(crate) fn new(documents: Option<&'a Documents>) -> DocumentSearch<'a> {
        DocumentSearch {
            documents,
            failures: 0,
            lost: Vec::new(),
        }
    }

    /// Finds the document that an entry names.
    pub(crate) async fn find(&mut self, document: Hash, entry: u32) -> Option<Document> {
        let how = match self.look(document).await {
            Ok(found) => return Some(found),
            Err(how) => how,
        };
        self.lost.push(LostDocument {
            document,
            entry,
            how,
        });
        None
    }

    async fn look(&mut self, document: Hash) -> Result<Document, LossReason> {
        let documents = self.documents.ok_or(LossReason::Missing)?;
        if self.failures == FAILURES {
            let others = format!("{FAILURES} others in a row could not be read either");
            return Err(LossReason::Unreadable(others));
        }
        let found = match documents.find(document).await {
            Ok(found) => found.ok_or(LossReason::Missing),
            Err(DocumentError::Changed(_)) => Err(LossReason::Changed),
            Err(error) => {
                self.failures += 1;
                return Err(LossReason::Unreadable(error.to_string()));
            }
        };
        self.failures = 0;
        found
    }
}

/// The result of checking all documents that entries name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentsReport {
    /// Number of documents stored as they were filed.
    pub as_filed: u32,
    /// The lost documents.
    pub lost: Vec<LostDocument>,
}

/// Checks that each of the documents is stored as it was filed. `progress` receives the number of
/// documents checked so far. Without a document store, every document is missing. A lost document
/// does not stop the check.
pub async fn check_documents(
    named: &NamedDocuments,
    documents: Option<&Documents>,
    mut progress: impl FnMut(u32),
) -> DocumentsReport {
    let (mut search, mut as_filed) = (DocumentSearch::new(documents), 0);
    for (count, (document, entry)) in (1..).zip(named.iter()) {
        as_filed += u32::from(search.find(document, entry).await.is_some());
        progress(count);
    }
    DocumentsReport {
        as_filed,
        lost: search.lost,
    }
}
