//! Compares the features of bodies with those that measures are for.

use crate::nearest::nearest;
use crate::problem::{Problem, quoted};
use crate::problem_collector::ProblemCollector;
use std::collections::BTreeSet;
use wcc_core::CheckedCycle;

/// Warns of a feature that no assured body has, and of one that no measure is for: each is probably
/// mistyped.
pub(super) fn warn_of_mistyped(cycle: &CheckedCycle, warnings: &ProblemCollector) {
    let measures = cycle.framework.measures.iter();
    let asked: BTreeSet<&str> = measures
        .filter_map(|measure| measure.only_for.as_deref())
        .collect();
    if asked.is_empty() {
        return;
    }
    let names = cycle.framework.words.names;
    let file = match names {
        wcc_core::framework::Names::Neutral => "bodies.csv",
        wcc_core::framework::Names::WorldClassCommissioning => "pct.csv",
    };
    let bodies = cycle.pcts.iter().map(|pct| cycle.organisations.body(*pct));
    let owned: BTreeSet<&str> = bodies
        .flat_map(|body| body.features.iter().map(String::as_str))
        .collect();
    for feature in asked.difference(&owned) {
        warnings.add(|| {
            let message = format!(
                "none of the assured {} has the feature {}, so the measures that are only for it \
                 apply to nobody",
                cycle.framework.words.body.many,
                quoted(feature)
            );
            Problem::of_file(file, message)
                .expecting("a row with this feature in the column `features`")
                .nearest_to(nearest(feature, owned.iter().copied()))
        });
    }
    for feature in owned.difference(&asked) {
        warnings.add(|| {
            let message = format!("no measure is for the feature {}", quoted(feature));
            Problem::of_file(file, message)
                .expecting_one_of(asked.iter().copied())
                .nearest_to(nearest(feature, asked.iter().copied()))
        });
    }
}
