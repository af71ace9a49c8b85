//! The format of an entry: one line of JSON that starts with the version of its format.
//!
//! Entries are never rewritten, because an entry's hash covers its exact bytes. New entries are
//! written in format 2; entries in format 1 remain readable forever. [`mod@facts`] declares the
//! kinds of facts, and each format the rest of an entry.

mod envelope;
mod facts;
mod field;
mod v1;
mod v2;

use crate::chain::Hash;
use serde::Deserialize;
use wcc_core::ledger::Entry;

/// The version of new entries.
pub const VERSION: u32 = 2;
/// Maximum length of an entry, in bytes.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// An entry with the values that chain it to the previous one.
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
    /// The entry exceeds the maximum length.
    #[error("the entry has {0} bytes, at most {MOST_BYTES} are allowed")]
    TooLong(usize),
    /// A value that is not valid for its field.
    #[error("`{field}` is `{given}`: expected {expected}")]
    Value {
        /// Name of the field.
        field: &'static str,
        /// The value found.
        given: String,
        /// The value expected.
        expected: &'static str,
    },
}

/// Encodes an entry.
///
/// # Errors
///
/// The entry is too long, or contains a number that JSON cannot represent.
pub fn encode(entry: &ChainedEntry) -> Result<Vec<u8>, FormatError> {
    let bytes = serde_json::to_vec(&v2::Entry::of(entry))?;
    if bytes.len() > MOST_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// Decodes an entry of any version.
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
    // The version usually comes first, so the entry need not be parsed twice.
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
