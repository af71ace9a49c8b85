//! The format of entries: one line of JSON that begins with the version of the format.
//!
//! An entry is never rewritten, because its hash is that of its bytes. New entries are written in
//! format 2; format 1 can always be read. [`mod@facts`] declares the kinds of facts; each format
//! declares the rest of an entry.

mod envelope;
mod facts;
mod field;
mod v1;
mod v2;

use crate::chain::Hash;
use serde::Deserialize;
use serde_json::Value;
use wcc_core::ledger::{Entry, Fact as CoreFact};
use wcc_core::record::RecordFact;

/// The format of new entries.
pub const VERSION: u32 = 2;
/// Maximum length of an entry in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// An entry and its link to the previous one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainedEntry {
    /// Code of the authority that keeps the ledger.
    pub sha: String,
    /// Hash of the previous entry; [`Hash::START`] for the first.
    pub previous: Hash,
    /// The entry.
    pub entry: Entry,
}

/// Why bytes are not a valid entry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The bytes are not the JSON of an entry.
    #[error("not an entry: {0}")]
    Json(#[from] serde_json::Error),
    /// A later version of this program wrote it.
    #[error(
        "the entry has format {0}, but this program reads only formats up to {VERSION}; use the \
         version of wcc that wrote it"
    )]
    TooNew(u32),
    /// The entry is too long.
    #[error("the entry has {0} bytes; at most {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// A field has an invalid value.
    #[error("`{field}` is `{given}`: expected {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// The value.
        given: String,
        /// What was expected.
        expected: &'static str,
    },
}

/// Encodes an entry.
///
/// # Errors
/// The entry is too long, or has a number that JSON cannot represent.
pub fn encode(entry: &ChainedEntry) -> Result<Vec<u8>, FormatError> {
    let bytes = serde_json::to_vec(&v2::Entry::of(entry))?;
    if bytes.len() > MAX_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    Ok(bytes)
}

/// The fields of a record as entries write them, in order, each with its text. Fields that are left
/// out have no value. Items of a list of tables are fields of their own: `values.2007`.
///
/// # Errors
/// A number that JSON cannot represent.
pub fn fields_of(record: &RecordFact) -> Result<Vec<(String, String)>, FormatError> {
    let fact = CoreFact::Record {
        cycle: "".into(),
        record: record.clone(),
    };
    let form = serde_json::to_value(facts::Fact::of(&fact))?;
    let kinds = form.as_object().into_iter().flatten();
    let fields = kinds.flat_map(|(_, fields)| fields.as_object().into_iter().flatten());
    let mut all = Vec::new();
    for (name, value) in fields {
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (at, item) in items.iter().enumerate() {
                    let key = item.get("year").map_or_else(|| at.to_string(), text_of);
                    all.push((format!("{name}.{key}"), text_of_item(item)));
                }
            }
            value => all.push((name.clone(), text_of(value))),
        }
    }
    Ok(all)
}

/// A value as a table writes it.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Null => String::new(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(text_of).collect();
            items.join(" ")
        }
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// What an item says of its year.
fn text_of_item(item: &Value) -> String {
    let value = item
        .get("value")
        .map_or_else(|| "not known".to_owned(), text_of);
    match item.get("break_before") {
        Some(Value::Bool(true)) => format!("{value}, after a break"),
        _ => value,
    }
}

/// Decodes an entry of any format.
///
/// # Errors
/// Why the bytes are not a valid entry.
pub fn decode(bytes: &[u8]) -> Result<ChainedEntry, FormatError> {
    #[derive(Deserialize)]
    struct Versioned {
        format: u32,
    }
    if bytes.len() > MAX_BYTES {
        return Err(FormatError::TooLong(bytes.len()));
    }
    // The usual cases do not need to parse the entry twice.
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
