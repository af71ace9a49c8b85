//! The batch of a real case, for an author's example.

use crate::batch::{Source, bodies_of};
use wcc_core::body::BodyIndex;
use wcc_core::{Assurance, BodyKind, CheckedCycle};
use wcc_plugin::Manifest;

/// What a plugin of this manifest is asked about a cycle, as JSON on one line; `None` where the
/// cycle has no PCT in its regions, or another framework than those that it understands.
/// `assurance` is the cycle's without plugins.
///
/// # Errors
/// Where the batch cannot be written, which does not happen.
pub fn batch_of(
    manifest: &Manifest,
    settings: &serde_json::Map<String, serde_json::Value>,
    cycle: &CheckedCycle,
    assurance: &Assurance,
) -> Result<Option<String>, serde_json::Error> {
    if !manifest.frameworks.contains(&cycle.framework.id) {
        return Ok(None);
    }
    let regions = &manifest.regions;
    let speaks_for = |code: &str| regions.iter().any(|one| one.eq_ignore_ascii_case(code));
    let shas: Vec<BodyIndex> = cycle
        .organisations
        .each()
        .filter(|(_, body)| body.kind == BodyKind::Sha && speaks_for(&body.code))
        .map(|(index, _)| index)
        .collect();
    let source = Source::new(cycle, assurance);
    let bodies = bodies_of(cycle, &shas);
    if bodies.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&source.batch(&bodies, &manifest.needs, settings)).map(Some)
}
