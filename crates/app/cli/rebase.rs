//! `wcc ledger rebase`: moves a cycle to corrected tables of bodies.

use super::ledger::request_in;
use super::{Failure, print};
use crate::ledger_access;
use crate::settings::Settings;
use std::path::PathBuf;
use wcc_core::words::all_of;
use wcc_ledger::Ledger;
use wcc_programme::{CorrectedBodies, RebaseError};

/// Which cycle to move, and to which tables.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The cycle: south-of-tyne-and-wear/2008-09
    cycle: String,
    /// Folder of the corrected tables (pct.csv, memberships.csv, ...; see docs/case-files.md); for
    /// a missing table, the cycle keeps its own
    #[arg(long, value_name = "FOLDER")]
    bodies: PathBuf,
    /// A body that is assured from now on; repeat for each. By default: those assured so far that
    /// still exist, and those that the tables add to a region or group assured as a whole
    #[arg(long = "body", alias = "pct", value_name = "CODE")]
    pcts: Vec<String>,
    /// The reason, for readers of the ledger
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The person who enters it
    #[arg(long, default_value = "operator")]
    author: String,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    ledger_access::with_ledger(settings, false, async |ledger| {
        rebase(&arguments, ledger).await
    })
    .await
}

async fn rebase(arguments: &Arguments, ledger: &Ledger) -> Result<(), Failure> {
    let (cycle, reason) = (&arguments.cycle, arguments.reason.as_deref());
    let bodies = ledger
        .look(|state| CorrectedBodies::read(state, cycle, &arguments.bodies, &arguments.pcts))?;
    let drafts = ledger.look(|state| bodies.drafts(state, reason));
    let request = request_in("rebase", cycle, &arguments.author, ledger, drafts);
    let receipt = ledger.append(request).await?;
    let mut text = format!(
        "{cycle}: moved to the corrected bodies by entry {}
",
        receipt.last
    );
    for (what, codes) in [
        ("assured from now on", &bodies.added),
        ("no longer assured", &bodies.removed),
    ] {
        if !codes.is_empty() {
            let codes = all_of(codes.iter().map(|code| &**code));
            text.push_str(&format!(
                "{what}: {codes}
"
            ));
        }
    }
    print(&text)
}

impl From<RebaseError> for Failure {
    fn from(error: RebaseError) -> Failure {
        match error {
            RebaseError::NoCycle { .. } => Failure::not_found(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}
