//! Local outcomes, which PCTs of the region may choose beyond the framework's catalogue.

use wcc_plugin::{Better, OutcomeDeclaration};

/// Returns every local outcome. Case files use its identifier, and no other plugin may declare the
/// same.
pub(crate) fn all() -> Vec<OutcomeDeclaration> {
    let smoke_free_homes = OutcomeDeclaration::new(
        "my-region-smoke-free-homes",
        "Homes that are smoke-free",
        "percent",
        Better::Higher,
    );
    vec![smoke_free_homes.between(0.0, 100.0)]
}
