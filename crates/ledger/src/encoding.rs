//! The rows of an admitted request. Those of a large one are encoded twice, once to find its last hash and
//! once to write it, so that its bytes are never in memory together.

use crate::chain::{Hash, Head};
use crate::format::{ChainedEntry, FormatError, encode};
use crate::ledger::Request;
use crate::store::{Row, RowIterator, StoreError, rows_of};
use std::borrow::Cow;
use std::sync::Arc;
use wcc_core::actor::Actor;
use wcc_core::ledger::{AdmittedCommand, Command};

/// Maximum number of entries of a request whose rows are kept.
const MOST_KEPT: usize = 4_000;

/// The rows of a request that was admitted, in order.
#[derive(Debug)]
pub(crate) enum RequestRows {
    /// They are encoded.
    Kept(Vec<Row>),
    /// They are encoded when they are written.
    Large {
        admitted: AdmittedCommand,
        sha: String,
        /// Hash of the entry before the first.
        previous: Hash,
    },
}

impl RequestRows {
    /// Encodes the rows of a request that follow `tail`, and returns the head after them.
    pub(crate) fn of(
        request: &Request,
        admitted: AdmittedCommand,
        sha: &str,
        tail: Head,
    ) -> Result<(RequestRows, Head), FormatError> {
        let mut head = tail;
        let mut kept = Vec::new();
        let keeps = request.drafts.len() <= MOST_KEPT;
        for row in encoded(request, &admitted, sha, tail.hash) {
            let row = row?;
            head = Head {
                number: row.number,
                hash: row.hash,
            };
            if keeps {
                kept.push(row);
            }
        }
        let rows = match keeps {
            true => RequestRows::Kept(kept),
            false => RequestRows::Large {
                admitted,
                sha: sha.to_owned(),
                previous: tail.hash,
            },
        };
        Ok((rows, head))
    }

    /// The rows; `request` is that of which they are.
    pub(crate) fn each<'r>(&'r self, request: &'r Request) -> RowIterator<'r> {
        match self {
            RequestRows::Kept(rows) => rows_of(rows),
            RequestRows::Large {
                admitted,
                sha,
                previous,
            } => {
                let rows = encoded(request, admitted, sha, *previous);
                Box::new(rows.map(|row| {
                    row.map(Cow::Owned)
                        .map_err(|error| StoreError::Refused(error.to_string()))
                }))
            }
        }
    }
}

/// The command of a request.
pub(crate) fn command(request: &Request) -> Command<'_> {
    Command {
        request: &request.id,
        drafts: &request.drafts,
    }
}

/// Encodes the entries of a request one by one.
fn encoded<'r>(
    request: &'r Request,
    admitted: &'r AdmittedCommand,
    sha: &'r str,
    mut previous: Hash,
) -> impl Iterator<Item = Result<Row, FormatError>> + Send + 'r {
    let actor: Arc<Actor> = Arc::new(request.actor.clone());
    admitted.entries(command(request)).map(move |entry| {
        let (number, part) = (entry.number, entry.part);
        let chained = ChainedEntry {
            sha: sha.to_owned(),
            previous,
            entry,
        };
        let bytes = encode(&chained)?;
        let hash = Hash::of(&bytes);
        previous = hash;
        Ok(Row {
            number,
            actor: Arc::clone(&actor),
            request: request.id.clone(),
            part,
            hash,
            bytes,
        })
    })
}
