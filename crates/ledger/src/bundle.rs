//! A whole ledger as one file that moves between databases.
//!
//! The first line says what it is, then comes each entry as it was written, one a line; the last
//! line is the head. Two bundles of one ledger are the same bytes, and so is a bundle of what was
//! read from a bundle.

use crate::chain::Head;
use crate::format::MOST_BYTES;
use crate::reading::{Broken, Follower};
use crate::store::{Row, Store, StoreError};
use std::io::{BufRead, Read, Write};
use std::sync::Arc;
use wcc_core::ledger::{RuleBooks, State};

/// Entries that are read or written at once.
const PAGE: u32 = 1_000;
const MAGIC: &str = "wcc-ledger-bundle 1";

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("the bundle: {0}")]
    File(#[from] std::io::Error),
    /// Not a bundle.
    #[error("line {line}: {what}")]
    NotABundle {
        /// The line.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// An entry of the database or the bundle.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The database has entries already.
    #[error("the ledger already has {0} entries: a bundle goes into an empty one")]
    NotEmpty(u32),
}

/// Writes every entry of a ledger.
///
/// # Errors
/// What is wrong with the database, an entry or the file.
pub async fn export(
    store: &Store,
    to: &mut impl Write,
    mut progress: impl FnMut(u32),
) -> Result<Head, BundleError> {
    let mut follower = Follower::new(store.sha());
    writeln!(to, "{MAGIC} {}", store.sha())?;
    loop {
        let rows = store.read(follower.head().number, PAGE).await?;
        for row in &rows {
            follower.follow(row)?;
            to.write_all(&row.bytes)?;
            to.write_all(b"\n")?;
        }
        progress(follower.head().number);
        if rows.len() < PAGE as usize {
            break;
        }
    }
    writeln!(to, "{}", follower.head())?;
    to.flush()?;
    Ok(follower.head())
}

/// Reads a bundle into an empty ledger: all of it or nothing. Every entry is checked, and folded,
/// before the first is written.
///
/// # Errors
/// What is wrong with the bundle or the database.
pub async fn import(
    store: &Store,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    mut progress: impl FnMut(u32),
) -> Result<Head, BundleError> {
    let head = store.head().await?;
    if head.number > 0 {
        return Err(BundleError::NotEmpty(head.number));
    }
    let (rows, head) = read(store.sha(), books, from, &mut progress)?;
    store.append(&rows).await?;
    Ok(head)
}

/// Reads a bundle and checks every entry in it, as [`import`] would; tells its head.
///
/// # Errors
/// What is wrong with the bundle.
pub fn check(
    sha: &str,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    mut progress: impl FnMut(u32),
) -> Result<Head, BundleError> {
    read(sha, books, from, &mut progress).map(|(_, head)| head)
}

fn read(
    sha: &str,
    books: Arc<dyn RuleBooks>,
    from: &mut impl BufRead,
    progress: &mut impl FnMut(u32),
) -> Result<(Vec<Row>, Head), BundleError> {
    let mut lines = Lines { from, line: 0 };
    let first = lines.next()?.unwrap_or_default();
    let expected = format!("{MAGIC} {sha}");
    if first != expected.as_bytes() {
        return Err(lines.wrong(format!(
            "`{}`: expected `{expected}` (the ledger of another authority is read with \
             `ledger.sha` set to it)",
            String::from_utf8_lossy(&first[..first.len().min(100)])
        )));
    }
    let mut follower = Follower::new(sha);
    let mut state = State::new(books);
    let mut rows = Vec::new();
    loop {
        let Some(bytes) = lines.next()? else {
            return Err(lines.wrong("the bundle ends without a head: it was cut off".to_owned()));
        };
        if !bytes.starts_with(b"{") {
            let head = std::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| text.parse::<Head>().ok());
            if head != Some(follower.head()) {
                return Err(lines.wrong(format!(
                    "this is not the head of the entries above, which is {}",
                    follower.head()
                )));
            }
            if lines.next()?.is_some() {
                return Err(lines.wrong("something follows the head".to_owned()));
            }
            return Ok((rows, follower.head()));
        }
        let row = row_of(bytes, &lines)?;
        let written = follower.follow(&row)?;
        state.push(written.entry).map_err(|refused| Broken {
            number: row.number,
            what: refused.into(),
        })?;
        rows.push(row);
        if follower.head().number.is_multiple_of(PAGE) {
            progress(follower.head().number);
        }
    }
}

fn row_of<R: BufRead>(bytes: Vec<u8>, lines: &Lines<'_, R>) -> Result<Row, BundleError> {
    let written = crate::format::decode(&bytes).map_err(|error| lines.wrong(error.to_string()))?;
    Ok(Row {
        number: written.entry.number,
        request: written.entry.request.into(),
        part: written.entry.part,
        hash: crate::chain::Hash::of(&bytes),
        bytes,
    })
}

/// Lines of bounded length, counted.
struct Lines<'a, R> {
    from: &'a mut R,
    line: u64,
}

impl<R: BufRead> Lines<'_, R> {
    fn next(&mut self) -> Result<Option<Vec<u8>>, BundleError> {
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
            return Err(self.wrong("the line has no end: too long, or cut off".to_owned()));
        }
        Ok(Some(bytes))
    }

    fn wrong(&self, what: String) -> BundleError {
        BundleError::NotABundle {
            line: self.line,
            what,
        }
    }
}
