//! The rules of NHS West Midlands: the local outcomes that South Staffordshire chose in 2009/10,
//! and a check based on its panel report of May 2010.

mod checks;
mod outcomes;

use wcc_plugin::{Batch, Check, Contribution, Manifest, Plugin, need};

/// The plugin for NHS West Midlands.
struct WestMidlands;

wcc_plugin::export!(WestMidlands);

/// Every check, one on each line. Checks of the core (a survey below the level, no benchmark, too
/// few outcomes) are not repeated here.
const CHECKS: &[Check] = &[checks::below_self_without_commentary::CHECK];

impl Plugin for WestMidlands {
    fn manifest(&self) -> Manifest {
        let needs = [need::JUDGEMENTS, need::RESULTS, need::COMMENTARY];
        Manifest {
            regions: vec!["Q34".to_owned()],
            frameworks: vec!["wcc-2008-09".to_owned(), "wcc-2009-10".to_owned()],
            outcomes: outcomes::all(),
            checks: Check::documentation(CHECKS),
            needs: needs.map(str::to_owned).to_vec(),
            // A finding is about one PCT, and looks at its cluster.
            by_cluster: true,
            ..Manifest::new(
                "west-midlands",
                "NHS West Midlands: local outcomes and panel report checks",
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
    wcc_plugin::testing::run_examples(&WestMidlands, folder)
}
