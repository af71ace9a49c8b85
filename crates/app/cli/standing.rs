//! `wcc standing`: the latest result of each body.

use super::{Failure, print, today};
use crate::load;
use crate::scorecard;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;

/// Show the standing result of each body: its latest, over all cycles
///
/// In a rolling programme each body is assured on a date of its own. For every body, this prints
/// the results of the latest cycle that knows anything about it, with that cycle and its date; then
/// the same for groups and shared functions with a result of their own.
/// Only cycles under one framework, and those under the `previous` of it, are compared.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// The day on which results stand: cycles after it are left out; default: today in UTC
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let on = arguments.on.unwrap_or_else(today);
    print(&scorecard::standing(&programme, on))
}
