//! National definitions, which no plugin may redefine.

use crate::failure::Cause;
use std::collections::BTreeMap;
use wcc_core::body::Organisations;
use wcc_core::outcome::OutcomeScope;
use wcc_core::{BodyKind, Framework};
use wcc_plugin::Manifest;

/// The national outcomes of the frameworks, and the region of every function in the tables of
/// bodies. If it is empty, plugins may declare anything.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// The framework that defines each national outcome.
    outcomes: BTreeMap<String, String>,
    /// The SHA of each function.
    functions: BTreeMap<String, String>,
}

impl Definitions {
    /// Collects the definitions of frameworks and tables of bodies.
    pub fn new<'a>(
        frameworks: impl IntoIterator<Item = &'a Framework>,
        organisations: &Organisations,
    ) -> Self {
        let mut definitions = Self::default();
        for framework in frameworks {
            let national = framework.outcomes.catalogue.iter();
            for outcome in national.filter(|outcome| outcome.scope == OutcomeScope::National) {
                let by = definitions.outcomes.entry(outcome.id.clone());
                by.or_insert_with(|| framework.id.clone());
            }
        }
        for (_, body) in organisations.each() {
            if let (BodyKind::Function, Some(sha)) = (body.kind, body.sha) {
                let sha = organisations.body(sha).code.clone();
                definitions.functions.insert(body.code.clone(), sha);
            }
        }
        definitions
    }

    /// Rejects a manifest that redefines a national outcome, or declares a function of a region
    /// that the plugin does not cover.
    pub(crate) fn check(&self, manifest: &Manifest) -> Result<(), Cause> {
        for outcome in &manifest.outcomes {
            if let Some(framework) = self.outcomes.get(&outcome.id) {
                return Err(Cause::Conflict(format!(
                    "the outcome `{}` is a national outcome of {framework}; give the local outcome an \
                     identifier of its own",
                    outcome.id
                )));
            }
        }
        for function in &manifest.functions {
            let Some(sha) = self.functions.get(&function.code) else {
                continue;
            };
            let is_covered = |region: &String| region.eq_ignore_ascii_case(sha);
            if !manifest.regions.iter().any(is_covered) {
                return Err(Cause::Conflict(format!(
                    "the function `{}` belongs to {sha}, but the plugin covers {}",
                    function.code,
                    manifest.regions.join(", ")
                )));
            }
        }
        Ok(())
    }
}

/// The conditions for accepting a plugin: trusted signatures, and no conflict with national
/// definitions.
#[derive(Clone, Debug, Default)]
pub struct Admission {
    pub(crate) trust: crate::Trust,
    pub(crate) definitions: Definitions,
}

impl Admission {
    /// Accepts plugins by these keys and definitions.
    pub fn new(trust: crate::Trust, definitions: Definitions) -> Self {
        Self { trust, definitions }
    }
}

impl From<crate::Trust> for Admission {
    fn from(trust: crate::Trust) -> Self {
        Self::new(trust, Definitions::default())
    }
}
