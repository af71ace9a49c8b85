//! The source that a command reads: the folder of a case, or the ledger.

use std::path::PathBuf;
use std::str::FromStr;
use wcc_core::ledger::AsOf;

/// The prefix that selects the ledger instead of a case's folder.
const LEDGER: &str = "ledger:";

/// One source on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The folder of a case.
    Case(PathBuf),
    /// The ledger, at its end or at an earlier point.
    Ledger(Option<AsOf>),
}

/// Not a point in the ledger.
#[derive(Debug, thiserror::Error)]
#[error(
    "`ledger:{point}` is not a point in the ledger: expected ledger:, ledger:120 (after entry 120) or ledger:2009-11-30T17:00:00Z{hint}"
)]
pub(crate) struct InvalidPoint {
    point: String,
    hint: String,
}

/// What to write instead, if the point is probably a cycle: `south-staffordshire/2009-10`.
fn cycle_hint(point: &str) -> String {
    let is_time = point.contains(':');
    if is_time {
        return String::new();
    }
    format!(". To choose a cycle of the ledger, give `{LEDGER}` here and `--cycle {point}` as well")
}

impl FromStr for Source {
    type Err = InvalidPoint;

    fn from_str(text: &str) -> Result<Source, InvalidPoint> {
        let Some(point) = text.strip_prefix(LEDGER) else {
            return Ok(Source::Case(PathBuf::from(text)));
        };
        if point.is_empty() {
            return Ok(Source::Ledger(None));
        }
        let entry = point.parse().map(AsOf::Entry);
        let as_of = entry.or_else(|_| point.parse().map(AsOf::Time));
        as_of
            .map(|as_of| Source::Ledger(Some(as_of)))
            .map_err(|_| InvalidPoint {
                point: point.to_owned(),
                hint: cycle_hint(point),
            })
    }
}
