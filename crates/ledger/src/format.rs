//! How an entry is written: one line of JSON that opens with the version of its format.
//!
//! An entry is never rewritten: its hash is that of its bytes as they are. New entries are written
//! in format 2; those of format 1 are read for ever. [`mod@facts`] declares the kinds of facts, each
//! format the rest of an entry.

mod envelope;
mod facts;
mod field;
mod v1;
mod v2;

use crate::chain::Hash;
use serde::Deserialize;
use wcc_core::ledger::Entry;

/// The version that new entries are written in.
pub const VERSION: u32 = 2;
/// An entry is at most this long.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// An entry with what chains it to the previous one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainedEntry {
    /// Code of the authority that keeps the ledger.
    pub sha: String,
    /// Hash of the previous entry; [`Hash::START`] for the first.
    pub previous: Hash,
    /// The entry.
    pub entry: Entry,
}

/// Why bytes are not an entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// Not the JSON of an entry.
    #[error("not an entry: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by a later version of this program.
    #[error(
        "the entry is in format {0}, this program reads up to {VERSION}: it was written by a \
         later version of wcc"
    )]
    TooNew(u32),
    /// Longer than an entry may be.
    #[error("the entry has {0} bytes, at most {MOST_BYTES} are allowed")]
    TooLong(usize),
    /// A value that its field cannot have.
    #[error("`{field}` is `{given}`: expected {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// What it holds.
        given: String,
        /// What it should hold.
        expected: &'static str,
    },
}

/// Writes an entry.
///
/// # Errors
/// An entry that is too long, or a number in it that JSON does not have.
pub fn encode(entry: &ChainedEntry) -> Result<Vec<u8>, FormatError> {
    let bytes = serde_json::to_vec(&v2::Entry::of(entry))?;
    if bytes.len() > MOST_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// Reads an entry of any version.
///
/// # Errors
/// Why the bytes are not an entry.
pub fn decode(bytes: &[u8]) -> Result<ChainedEntry, FormatError> {
    #[derive(Deserialize)]
    struct Versioned {
        format: u32,
    }
    if bytes.len() > MOST_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    // The usual case, without reading the entry twice.
    let format = if bytes.starts_with(br#"{"format":2,"#) {
        2
    } else if bytes.starts_with(br#"{"format":1,"#) {
        1
    } else {
        serde_json::from_slice::<Versioned>(bytes)?.format
    };
    match format {
        1 => serde_json::from_slice::<v1::Entry<'_>>(bytes)?.read(),
        2 => serde_json::from_slice::<v2::Entry<'_>>(bytes)?.read(),
        other => Err(FormatError::TooNew(other)),
    }
}
