//! A whole ledger as one file that moves between databases: its entries, and the documents that
//! they name.
//!
//! The file is a tar archive, so that anybody can open it. It has these members, in this order:
//!
//! | member | what it holds |
//! |---|---|
//! | `wcc-ledger-bundle` | `wcc-ledger-bundle 2 SHA`: what it is, and whose ledger |
//! | `entries/0000000001.jsonl` ... | a thousand entries each, as they were written, one a line |
//! | `documents/SHA256.ENDING` ... | each document that an entry names, in the order of their names |
//! | `head` | the head |
//!
//! It has nothing else, and the format determines every byte of the archive: two bundles of one
//! ledger are identical, and exporting an imported bundle gives the same bytes. A document that is
//! lost is not in the bundle; writing and reading report it.
//!
//! Version 1 was a text file without documents: a first line, the entries, the head. It can still
//! be read but is no longer written.

mod entries;
mod error;
mod members;
mod version_1;
mod version_2;

pub use error::{BundleError, Flaw};

use crate::chain::Head;
use crate::documents::Documents;
use crate::named_documents::{DocumentSearch, LossReason, LostDocument};
use crate::store::{Row, Store};
use entries::Entries;
use std::io::{BufRead, Cursor, Read, Write};
use std::sync::Arc;
use wcc_core::ledger::RuleBooks;

/// The first bytes of a bundle of any version.
const MAGIC: &str = "wcc-ledger-bundle";

/// A summary of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The head of its entries.
    pub head: Head,
    /// Number of documents.
    pub documents: u32,
    /// The documents that its entries name but that it does not hold; after [`import`], those that
    /// are missing here as well.
    pub lost: Vec<LostDocument>,
}

/// Writes every entry of a ledger, and every document that the entries name. `progress` receives
/// the numbers of entries and documents written so far.
///
/// A lost document does not prevent the export of the rest: it is listed in [`Contents::lost`].
/// Without a document store, every document is lost.
///
/// # Errors
/// The database, an entry or the file has an error.
pub async fn export(
    store: &Store,
    documents: Option<&Documents>,
    to: &mut impl Write,
    progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    version_2::write(store, documents, to, progress).await
}

/// Reads a bundle into an empty ledger: all of its entries or none. Every entry and document is
/// checked, and every entry folded, before the first is written. `progress` receives the numbers of
/// entries and documents read so far.
///
/// Documents are stored before the entries that name them, so that no entry is ever without its
/// document. If the bundle is rejected later, documents that were already stored stay; they do no
/// harm.
///
/// # Errors
/// The bundle, the database or the document store has an error.
pub async fn import(
    store: &Store,
    documents: &Documents,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    store.migrate().await?;
    let head = store.head().await?;
    if head.number > 0 {
        return Err(BundleError::NotEmpty(head.number));
    }
    let mut rows = Vec::new();
    let mut entries = Entries::new(store.sha(), books, |row| rows.push(row), progress);
    let document_count = read(&mut entries, Some(documents), from).await?;
    let head = entries.head();
    let mut search = DocumentSearch::new(Some(documents));
    for (document, entry) in entries.named.iter() {
        search.find(document, entry).await;
    }
    drop(entries);
    store.append(&rows).await?;
    Ok(Contents {
        head,
        documents: document_count,
        lost: search.lost,
    })
}

/// Reads a bundle and checks everything in it as [`import`] does, but stores nothing.
///
/// # Errors
/// The bundle has an error.
pub async fn check(
    sha: &str,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    let mut entries = Entries::new(sha, books, drop::<Row>, progress);
    let document_count = read(&mut entries, None, from).await?;
    let lost = entries.named.iter().map(|(document, entry)| LostDocument {
        document,
        entry,
        how: LossReason::Missing,
    });
    Ok(Contents {
        head: entries.head(),
        documents: document_count,
        lost: lost.collect(),
    })
}

/// Reads a bundle of either version, and stores its documents if there is a document store. Returns
/// the number of documents. Documents that entries name but that the bundle lacks remain in
/// [`Entries::named`].
async fn read(
    entries: &mut Entries<impl FnMut(Row), impl FnMut(u32, u32)>,
    documents: Option<&Documents>,
    from: &mut impl BufRead,
) -> Result<u32, BundleError> {
    let mut start = Vec::new();
    from.by_ref()
        .take(MAGIC.len() as u64 + 1)
        .read_to_end(&mut start)?;
    // In a tar archive, the name of the first member ends with a zero byte.
    let next = start.strip_prefix(MAGIC.as_bytes()).map(<[u8]>::to_vec);
    let whole = Cursor::new(start).chain(from);
    match next.as_deref() {
        Some(b"\0") => version_2::read(entries, documents, whole).await,
        Some(b" ") => version_1::read(entries, whole).map(|()| 0),
        _ => Err(Flaw::AnotherFile.at("the beginning")),
    }
}

/// Checks the title line of a bundle.
fn check_title(line: &[u8], version: u32, sha: &str) -> Result<(), Flaw> {
    let expected = format!("{MAGIC} {version} {sha}");
    if line == expected.as_bytes() {
        return Ok(());
    }
    let given = String::from_utf8_lossy(line.get(..100).unwrap_or(line)).into_owned();
    let mut words = given.split(' ');
    match (
        words.next(),
        words.next().and_then(|version| version.parse().ok()),
    ) {
        (Some(MAGIC), Some(later @ 3..)) => Err(Flaw::TooNew(later)),
        _ => Err(Flaw::Title { given, expected }),
    }
}
