//! The rules of NHS North East: the eleven groups of Once North East, six of which commission.
//!
//! Each cluster applies the framework to the functions to which it delegates. For a PCT, its own
//! cluster's judgement of a function counts, else a judgement for the whole region; the core
//! applies this rule and challenges a higher level. This plugin declares which functions affect
//! which measures, and reports disagreements between clusters.
//!
//! The list of measures is **a choice of this plugin**: the source (South of Tyne and Wear, May
//! 2008) says that each cluster applies the framework to the functions that it delegated, but not
//! to which measures. The list has the competencies about commissioning itself: 5 to 10, without
//! prioritisation (6), which stays with each PCT's board.

mod checks;
mod groups;

use wcc_plugin::{Batch, Check, Contribution, Manifest, Plugin, need};

/// The plugin for NHS North East.
struct OnceNorthEast;

wcc_plugin::export!(OnceNorthEast);

/// Every check, one on each line.
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
            // A finding on a function counts all PCTs that delegate to it.
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
