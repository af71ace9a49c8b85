//! The parts around a fact that are the same in every format.

use super::FormatError;
use super::field::Text;
use crate::chain::Hash;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use wcc_core::ledger::Origin as CoreOrigin;

/// The file and row from which a fact was entered.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Origin<'a> {
    file: Text<'a>,
    row: u32,
}

impl<'a> Origin<'a> {
    pub(super) fn of(origin: &'a CoreOrigin) -> Origin<'a> {
        Origin {
            file: Cow::Borrowed(&origin.file),
            row: origin.row,
        }
    }
}

impl From<Origin<'_>> for CoreOrigin {
    fn from(origin: Origin<'_>) -> CoreOrigin {
        CoreOrigin {
            file: origin.file.into(),
            row: origin.row,
        }
    }
}

/// Parses the hash of the previous entry.
pub(super) fn read_hash(text: &str) -> Result<Hash, FormatError> {
    text.parse().map_err(|_| FormatError::Value {
        field: "previous",
        given: text.to_owned(),
        expected: "a SHA-256 in hexadecimal",
    })
}
