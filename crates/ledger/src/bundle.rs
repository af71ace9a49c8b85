//! A whole ledger as one file that moves between databases: its entries, and the documents that
//! they name.
//!
//! The file is a tar archive, so that anybody can open it. Its members, in this order:
//!
//! | member | what it holds |
//! |---|---|
//! | `wcc-ledger-bundle` | `wcc-ledger-bundle 2 SHA`: what it is, and whose ledger |
//! | `entries/0000000001.jsonl` ... | a thousand entries each, as they were written, one a line |
//! | `documents/SHA256.ENDING` ... | each document that an entry names, in the order of their names |
//! | `head` | the head |
//!
//! Nothing else may be in it, and every byte of the archive itself is given: two bundles of one
//! ledger are the same bytes, and so is a bundle of what was read from a bundle. A document that
//! is lost where the ledger is kept is not in it; writing and reading tell which.
//!
//! Version 1 held no documents, and was text: the first line, the entries, the head. It is read,
//! and not written any more.

mod entries;
mod error;
mod members;
mod version_1;
mod version_2;

pub use error::{BundleError, Flaw};

use crate::chain::Head;
use crate::documents::Documents;
use crate::named_documents::{Loss, Lost, Search};
use crate::store::{Row, Store};
use entries::Entries;
use std::io::{BufRead, Cursor, Read, Write};
use std::sync::Arc;
use wcc_core::ledger::RuleBooks;

/// What every version opens with.
const MAGIC: &str = "wcc-ledger-bundle";

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The head of its entries.
    pub head: Head,
    /// How many documents.
    pub documents: u32,
    /// The documents that its entries name and that it does not hold; after [`import`] those that
    /// are not kept here either.
    pub lost: Vec<Lost>,
}

/// Writes every entry of a ledger, and every document that they name. Tells how many entries and
/// documents it has written.
///
/// A document that is lost does not keep the others and the entries from being saved: it is in
/// [`Contents::lost`]. Without a place for documents every one is.
///
/// # Errors
/// What is wrong with the database, an entry or the file.
pub async fn export(
    store: &Store,
    documents: Option<&Documents>,
    to: &mut impl Write,
    progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    version_2::write(store, documents, to, progress).await
}

/// Reads a bundle into an empty ledger: all of its entries or none. Every entry and document is
/// checked, and every entry folded, before the first is written. Tells how many entries and
/// documents it has read.
///
/// Documents are kept before the entries that name them are written, so that no entry is ever
/// without its document; those of a bundle that is refused further on stay, and do no harm.
///
/// # Errors
/// What is wrong with the bundle, the database, or where documents are kept.
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
    let held = read(&mut entries, Some(documents), from).await?;
    let head = entries.head();
    let mut here = Search::new(Some(documents));
    for (document, entry) in entries.named.iter() {
        here.find(document, entry).await;
    }
    drop(entries);
    store.append(&rows).await?;
    Ok(Contents {
        head,
        documents: held,
        lost: here.lost,
    })
}

/// Reads a bundle and checks everything in it, as [`import`] would; keeps nothing of it.
///
/// # Errors
/// What is wrong with the bundle.
pub async fn check(
    sha: &str,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    let mut entries = Entries::new(sha, books, drop::<Row>, progress);
    let held = read(&mut entries, None, from).await?;
    let lost = entries.named.iter().map(|(document, entry)| Lost {
        document,
        entry,
        how: Loss::Missing,
    });
    Ok(Contents {
        head: entries.head(),
        documents: held,
        lost: lost.collect(),
    })
}

/// Reads a bundle of either version, and keeps its documents where a place for them is given;
/// how many there were. Those that entries name and that it does not hold are left in
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
    // In a tar archive the name of the first member ends with a zero.
    let sign = start.strip_prefix(MAGIC.as_bytes()).map(<[u8]>::to_vec);
    let whole = Cursor::new(start).chain(from);
    match sign.as_deref() {
        Some(b"\0") => version_2::read(entries, documents, whole).await,
        Some(b" ") => version_1::read(entries, whole).map(|()| 0),
        _ => Err(Flaw::AnotherFile.at("the beginning")),
    }
}

/// Checks the line that says what a bundle is.
fn check_title(line: &[u8], version: u32, sha: &str) -> Result<(), Flaw> {
    let expected = format!("{MAGIC} {version} {sha}");
    if line == expected.as_bytes() {
        return Ok(());
    }
    let given = String::from_utf8_lossy(&line[..line.len().min(100)]).into_owned();
    let mut words = given.split(' ');
    match (words.next(), words.next().and_then(|it| it.parse().ok())) {
        (Some(MAGIC), Some(later @ 3..)) => Err(Flaw::TooNew(later)),
        _ => Err(Flaw::Title { given, expected }),
    }
}
