//! The counted statements of a result.

use super::Plan;
use crate::framework::Framework;
use crate::output::{Comparison, Counts, Output, PartResult};
use crate::record::Method;

/// The counted statements of a result, one for each area, over the components assured for its body.
pub(crate) fn counts(framework: &Framework, plan: &Plan, output: &Output) -> Vec<Counts> {
    let mut counts: Vec<Counts> = (0..framework.areas.len())
        .map(|area| Counts {
            area,
            ..Counts::default()
        })
        .collect();
    for (component, area) in plan.counted(framework, output) {
        if let Some(counts) = counts.get_mut(area) {
            count(counts, output.component(component));
        }
    }
    counts
}

fn count(counts: &mut Counts, result: &PartResult) {
    counts.components += 1;
    match result.against_self {
        Comparison::Above | Comparison::Level => counts.met_self += 1,
        Comparison::Below => counts.below_self += 1,
        Comparison::New | Comparison::Unknown => counts.self_unknown += 1,
    }
    match result.against_last_year {
        Comparison::Above => counts.improved += 1,
        Comparison::Level | Comparison::Below => counts.not_improved += 1,
        Comparison::New => counts.new += 1,
        Comparison::Unknown => counts.last_year_unknown += 1,
    }
    let is_current_inferred = result.current().inferred();
    let is_inferred = |comparison: Comparison, method: Method| {
        let known = !matches!(comparison, Comparison::New | Comparison::Unknown);
        known && (is_current_inferred || result.result(method).inferred())
    };
    if is_inferred(result.against_self, Method::SelfAssessment) {
        counts.self_inferred += 1;
    }
    if is_inferred(result.against_last_year, Method::Previous) {
        counts.last_year_inferred += 1;
    }
}
