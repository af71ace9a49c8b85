//! Where what was said comes from: folders of cases, or the ledger.

#[cfg(feature = "server")]
mod ledger;

#[cfg(feature = "server")]
pub(crate) use ledger::{head_file, ledger, standing, with_ledger, with_store};

use std::path::PathBuf;
use std::str::FromStr;
use wcc_core::ledger::AsOf;

/// How the ledger is named where a case's folder could stand.
const LEDGER: &str = "ledger:";

/// One source on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The folder of a case.
    Case(PathBuf),
    /// The ledger, as it stands or stood.
    Ledger(Option<AsOf>),
}

/// Not a moment of the ledger.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a point in the ledger: expected ledger:, ledger:120 (after entry 120) or ledger:2009-11-30T17:00:00Z"
)]
pub(crate) struct NotAMoment(String);

impl FromStr for Source {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Source, NotAMoment> {
        let Some(moment) = text.strip_prefix(LEDGER) else {
            return Ok(Source::Case(PathBuf::from(text)));
        };
        if moment.is_empty() {
            return Ok(Source::Ledger(None));
        }
        let entry = moment.parse().map(AsOf::Entry);
        let as_of = entry.or_else(|_| moment.parse().map(AsOf::Time));
        as_of
            .map(|as_of| Source::Ledger(Some(as_of)))
            .map_err(|_| NotAMoment(text.to_owned()))
    }
}
