//! How an entry is written: one line of JSON that opens with the version of its format.
//!
//! What is written is never rewritten: the hash of an entry is that of its bytes as they are, and
//! a later version of the format decodes every earlier one.

mod facts;
mod facts_back;
mod v1;

use crate::chain::Hash;
use serde::Deserialize;
use wcc_core::ledger::{Entry, Fact};
use wcc_core::record::RecordFact;

/// The version that new entries are written in.
pub const VERSION: u32 = 1;
/// An entry is at most this long.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// An entry with what chains it to the one in front of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// Code of the authority that keeps the ledger.
    pub sha: String,
    /// Hash of the entry in front of it; [`Hash::START`] for the first.
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
pub fn encode(written: &Written) -> Result<Vec<u8>, FormatError> {
    // The JSON library writes such a number as `null`, which is read as nothing at all.
    if let Some((field, number)) = odd_number(&written.entry.draft.fact) {
        return Err(FormatError::Value {
            field,
            given: number.to_string(),
            expected: "a number",
        });
    }
    let bytes = serde_json::to_vec(&v1::Entry::of(written))?;
    if bytes.len() > MOST_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// Reads an entry of any version.
///
/// # Errors
/// Why the bytes are not an entry.
pub fn decode(bytes: &[u8]) -> Result<Written, FormatError> {
    #[derive(Deserialize)]
    struct Versioned {
        format: u32,
    }
    if bytes.len() > MOST_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    if bytes.starts_with(br#"{"format":1,"#) {
        return serde_json::from_slice::<v1::Entry<'_>>(bytes)?.written();
    }
    match serde_json::from_slice::<Versioned>(bytes)?.format {
        1 => serde_json::from_slice::<v1::Entry<'_>>(bytes)?.written(),
        other => Err(FormatError::TooNew(other)),
    }
}

/// A number of a fact that JSON does not have, with its field.
fn odd_number(fact: &Fact) -> Option<(&'static str, f64)> {
    let Fact::Record { record, .. } = fact else {
        return None;
    };
    let odd = |number: &Option<f64>| number.filter(|number| !number.is_finite());
    match record {
        RecordFact::Survey(one) => odd(&one.score).map(|number| ("score", number)),
        RecordFact::Outcome(one) => {
            let rates = &one.rates;
            let rates = [
                ("historic", &rates.historic),
                ("national", &rates.national),
                ("ons_cluster", &rates.ons_cluster),
                ("top_decile", &rates.top_decile),
                ("aspiration", &rates.aspiration),
            ];
            let values = one.values.iter().map(|value| ("value", &value.value));
            let mut each = rates.into_iter().chain(values);
            each.find_map(|(field, number)| Some((field, odd(number)?)))
        }
        _ => None,
    }
}
