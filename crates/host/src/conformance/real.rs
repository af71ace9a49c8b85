//! Builds the batch of a real case, for a plugin author's example.

use crate::batch::{Source, bodies_of};
use wcc_core::body::BodyIndex;
use wcc_core::{Assurance, BodyKind, CheckedCycle};
use wcc_plugin::Manifest;

/// Returns the batch that the host sends to a plugin with this manifest for a cycle, as JSON on one
/// line. Returns `None` if the cycle has no PCT in the plugin's regions, or if the plugin does not
/// support its framework. `assurance` is the cycle's assurance without plugins.
///
/// # Errors
/// If the batch cannot be written as JSON, which does not happen.
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
    let is_covered = |code: &str| {
        regions
            .iter()
            .any(|region| region.eq_ignore_ascii_case(code))
    };
    let shas: Vec<BodyIndex> = cycle
        .organisations
        .each()
        .filter(|(_, body)| body.kind == BodyKind::Sha && is_covered(&body.code))
        .map(|(index, _)| index)
        .collect();
    let source = Source::new(cycle, assurance);
    let bodies = bodies_of(cycle, &shas);
    if bodies.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&source.batch(&bodies, &manifest.needs, settings)).map(Some)
}
