use crate::groups::{self, lowest_level, rank};
use std::collections::BTreeMap;
use wcc_plugin::{Batch, Check, Findings, FunctionDeclaration, Subject};

pub(crate) const CHECK: Check = Check {
    id: "below-the-panel",
    title: "Delegated function below the level given",
    about: "delegation",
    what: "A delegated function's own level on a measure that it reaches, beside the level that a \
           panel gave the cluster or PCT which delegates to it. Where several clusters judged the \
           function, the lowest level counts.",
    why: "A part of the measure is done by the function. The whole is hardly better than that part.",
    example: "The Cancer Network is at level 1 on 9b, and the panel gave the cluster level 3 on 9b.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for group in groups::commissioning() {
        for measure in batch.framework.reached(&group.reaches) {
            look_at(batch, &group, &measure.id, findings);
        }
    }
}

fn look_at(batch: &Batch<'_>, group: &FunctionDeclaration, measure: &str, findings: &mut Findings) {
    let level = lowest_level(batch, &group.code, measure);
    let Some((level, function_rank)) = level.and_then(|level| Some((level, rank(batch, level)?)))
    else {
        return;
    };
    for (body, given) in affected(batch, group, measure, function_rank) {
        let (title, level) = (&group.title, level.value.as_deref().unwrap_or_default());
        let message = format!(
            "On {measure} the level given is {given}, and {title}, to which commissioning is \
             delegated, is at {level}."
        );
        findings
            .warning(body, message)
            .about(Subject::measure(measure));
    }
}

/// The PCTs whose level on the measure (their own, or the cluster's that they take over) stands
/// above the function's, with that level. Each PCT by itself: what one PCT of a cluster does must
/// not change what another reads.
fn affected<'b>(
    batch: &'b Batch<'_>,
    group: &FunctionDeclaration,
    measure: &str,
    function_rank: usize,
) -> BTreeMap<&'b str, &'b str> {
    let mut affected = BTreeMap::new();
    for pct in batch.delegators(&group.code) {
        let Some((_, judgement)) = batch.standing(pct, measure) else {
            continue;
        };
        if rank(batch, judgement) > Some(function_rank) {
            let level = judgement.value.as_deref().unwrap_or_default();
            affected.insert(pct.code.as_str(), level);
        }
    }
    affected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn every_pct_that_delegates_is_named() {
        let found = CHECK.findings(&region(&[("5a", "3")], &[("5a", "1", "")]));
        let bodies: Vec<&str> = found.iter().map(|(body, _)| body.as_str()).collect();
        assert!(bodies.iter().all(|body| *body != "tees"), "{bodies:?}");
        assert!(
            found
                .iter()
                .all(|(_, finding)| finding.message.contains("given is 3"))
        );
    }

    #[test]
    fn only_the_pct_that_delegates_is_named() {
        let mut region = region(&[("5a", "3")], &[("5a", "1", "")]);
        region.bodies[1].delegations.clear();
        let found = CHECK.findings(&region);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "5D9");
    }

    #[test]
    fn equal_or_better_is_silent() {
        assert_eq!(
            CHECK.findings(&region(&[("5a", "3")], &[("5a", "3", "")])),
            []
        );
        assert_eq!(
            CHECK.findings(&region(&[("5a", "3")], &[("7a", "1", "")])),
            []
        );
    }

    #[test]
    fn the_lowest_of_several_assessors_counts() {
        let levels = &[("5a", "3", "tees"), ("5a", "2", "north-of-tyne")];
        let found = CHECK.findings(&region(&[("5a", "3")], levels));
        assert!(found[0].1.message.ends_with("is at 2."));
    }
}
