//! The rules of NHS North East: the eleven groups of Once North East, of which six commission.
//!
//! Each cluster applies the framework to the functions that it delegates to. For a PCT its own
//! cluster's judgement of a function counts, else one of the whole region; the core sees to that,
//! and makes a challenge of a level above it. This plugin says which functions bear on which
//! measures, and reports where clusters disagree. Which measures it bears on is **a choice of this plugin**: the source
//! (South of Tyne and Wear, May 2008) says that each cluster applies the framework to the
//! functions that it delegated, not to which measures. Chosen are the competencies about
//! commissioning itself, 5 to 10 without prioritisation (6), which stays with each PCT's board.

mod checks;
mod groups;

use wcc_plugin::{Batch, Check, Contribution, Manifest, Plugin, need};

/// The plugin.
struct OnceNorthEast;

wcc_plugin::export!(OnceNorthEast);

/// Every check, one line each.
const CHECKS: &[Check] = &[
    checks::not_assured::CHECK,
    checks::clusters_disagree::CHECK,
    checks::does_not_commission::CHECK,
    checks::delegation_not_judged::CHECK,
];

impl Plugin for OnceNorthEast {
    fn manifest(&self) -> Manifest {
        Manifest {
            regions: vec!["Q30".to_owned()],
            frameworks: vec!["wcc-2008-09".to_owned(), "wcc-2009-10".to_owned()],
            functions: groups::all(),
            checks: Check::documentation(CHECKS),
            needs: vec![need::JUDGEMENTS.to_owned(), need::DELEGATIONS.to_owned()],
            // A function's finding counts the PCTs that delegate to it.
            whole_region: true,
            ..Manifest::new(
                "once-north-east",
                "Once North East: delegated commissioning functions",
                env!("CARGO_PKG_VERSION"),
            )
        }
    }

    fn evaluate(&self, batch: &Batch<'_>) -> Result<Contribution, String> {
        Ok(Check::run_all(CHECKS, batch))
    }
}

#[test]
fn examples() -> Result<(), String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    wcc_plugin::testing::run_examples(&OnceNorthEast, folder)
}
