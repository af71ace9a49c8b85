//! The rules of My Region.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]
#![forbid(unsafe_code)]

mod checks;
mod outcomes;

use wcc_plugin::{Batch, Check, Contribution, Manifest, Plugin, need};

/// The plugin for My Region.
struct MyRegion;

wcc_plugin::export!(MyRegion);

/// Every check, one on each line.
const CHECKS: &[Check] = &[checks::aspiration_missing::CHECK];

impl Plugin for MyRegion {
    fn manifest(&self) -> Manifest {
        Manifest {
            // The SHAs that the plugin covers, and the frameworks that it supports.
            regions: vec!["Q00".to_owned()],
            frameworks: vec!["wcc-2008-09".to_owned(), "wcc-2009-10".to_owned()],
            outcomes: outcomes::all(),
            checks: Check::documentation(CHECKS),
            // The data groups that the checks read; a batch leaves out all others.
            needs: vec![need::OUTCOMES.to_owned()],
            ..Manifest::new("my-region", "My Region", env!("CARGO_PKG_VERSION"))
        }
    }

    fn evaluate(&self, batch: &Batch<'_>) -> Result<Contribution, String> {
        Ok(Check::run_all(CHECKS, batch))
    }
}

/// Runs every folder of `examples/`; `UPDATE=1` rewrites the expected contributions.
#[test]
fn examples() -> Result<(), String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    wcc_plugin::testing::run_examples(&MyRegion, folder)
}
