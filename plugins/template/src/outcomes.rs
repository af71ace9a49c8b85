//! Local outcomes: what PCTs of the region may choose beyond the framework's catalogue.

use wcc_plugin::{Better, OutcomeDeclaration};

/// Every local outcome. Its identifier is what case files write, and no other plugin may have it.
pub(crate) fn all() -> Vec<OutcomeDeclaration> {
    let smoke_free_homes = OutcomeDeclaration::new(
        "my-region-smoke-free-homes",
        "Homes that are smoke-free",
        "percent",
        Better::Higher,
    );
    vec![smoke_free_homes.between(0.0, 100.0)]
}
