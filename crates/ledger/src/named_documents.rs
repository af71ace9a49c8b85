//! The documents that entries name, and whether each is kept as it was filed.

use crate::chain::Hash;
use crate::documents::{Document, DocumentError, Documents};
use std::collections::BTreeMap;
use std::fmt;
use wcc_core::ledger::{Entry, Fact, State};

/// Where so many documents in a row cannot be read, the place is away, and is not asked again for
/// each of the others: a bucket may take minutes to say that it is.
const FAILURES: u32 = 3;

/// The documents that entries name, in the order of their hashes, each with the first entry that
/// names it.
///
/// What is not a SHA-256 names a document that was never filed here, and does not count.
#[derive(Clone, Debug, Default)]
pub struct NamedDocuments(BTreeMap<Hash, u32>);

impl NamedDocuments {
    /// Those that any entry of a state names.
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

    /// Takes in the next entry.
    pub(crate) fn take_in(&mut self, entry: &Entry) {
        if let Fact::Record { record, .. } = &entry.draft.fact
            && let Some(document) = record.document()
        {
            self.name(document, entry.number);
        }
    }

    /// Strikes out a document; whether it was among them.
    pub(crate) fn remove(&mut self, document: Hash) -> bool {
        self.0.remove(&document).is_some()
    }

    /// Every document with the entry that names it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Hash, u32)> {
        self.0.iter().map(|(document, entry)| (*document, *entry))
    }
}

/// A document that an entry names, and that is not there as it was filed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry} names the document {document}, which {how}")]
pub struct Lost {
    /// Its SHA-256.
    pub document: Hash,
    /// The first entry that names it.
    pub entry: u32,
    /// What became of it.
    pub how: Loss,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// It is not there.
    Missing,
    /// Something else is there under its name.
    Changed,
    /// Where documents are kept cannot be read.
    Unreadable(String),
}

impl fmt::Display for Loss {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Missing => to.write_str("is missing"),
            Loss::Changed => to.write_str("was changed where it is kept"),
            Loss::Unreadable(why) => write!(to, "cannot be read: {why}"),
        }
    }
}

/// Looks for one document after the other, and keeps account of those that are lost.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    documents: Option<&'a Documents>,
    /// How many in a row could not be read.
    failures: u32,
    /// Those that were not found as they were filed.
    pub(crate) lost: Vec<Lost>,
}

impl<'a> Search<'a> {
    /// Looks where documents are kept; where that is nowhere, every one is missing.
    pub(crate) fn new(documents: Option<&'a Documents>) -> Search<'a> {
        Search {
            documents,
            failures: 0,
            lost: Vec::new(),
        }
    }

    /// The document that an entry names, as it was filed.
    pub(crate) async fn find(&mut self, document: Hash, entry: u32) -> Option<Document> {
        let how = match self.look(document).await {
            Ok(found) => return Some(found),
            Err(how) => how,
        };
        self.lost.push(Lost {
            document,
            entry,
            how,
        });
        None
    }

    async fn look(&mut self, document: Hash) -> Result<Document, Loss> {
        let documents = self.documents.ok_or(Loss::Missing)?;
        if self.failures == FAILURES {
            let others = format!("{FAILURES} others in a row could not be read either");
            return Err(Loss::Unreadable(others));
        }
        let found = match documents.find(document).await {
            Ok(found) => found.ok_or(Loss::Missing),
            Err(DocumentError::Changed(_)) => Err(Loss::Changed),
            Err(error) => {
                self.failures += 1;
                return Err(Loss::Unreadable(error.to_string()));
            }
        };
        self.failures = 0;
        found
    }
}

/// How the documents that entries name are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentsFound {
    /// How many are kept as they were filed.
    pub as_filed: u32,
    /// The others.
    pub lost: Vec<Lost>,
}

/// Checks that each of the documents is kept and is what was filed. Tells how many it has looked
/// at. Without a place for documents every one is missing; that one is lost is no error: the others
/// are looked for all the same.
pub async fn check_documents(
    named: &NamedDocuments,
    documents: Option<&Documents>,
    mut progress: impl FnMut(u32),
) -> DocumentsFound {
    let (mut search, mut as_filed) = (Search::new(documents), 0);
    for (at, (document, entry)) in (1..).zip(named.iter()) {
        as_filed += u32::from(search.find(document, entry).await.is_some());
        progress(at);
    }
    DocumentsFound {
        as_filed,
        lost: search.lost,
    }
}
