//! The figures behind a result are recomputed for display: they must equal those that decided the
//! result.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::Arc;
use support::{CLUSTER, CycleBuilder, by, combination, mean};
use wcc_core::combine::{Combination, Rounding, Rule, RuleResult};
use wcc_core::framework::{Framework, FrameworkPart, Overall, RuleInputs};
use wcc_core::{Method, Output, assure};

const MEASURES: [&str; 8] = ["1a", "1b", "1c", "2a", "2b", "2c", "finance.1", "finance.2"];
const BODIES: [&str; 2] = [CLUSTER, "5KF"];

fn any_rule() -> impl Strategy<Value = Combination> {
    prop::sample::select(vec![
        combination(Rule::Lowest, 0),
        combination(Rule::WorstOf, 0),
        combination(Rule::Highest, 0),
        combination(Rule::Median, 0),
        mean(Rounding::NearestStep, 0),
        mean(Rounding::StepBelow, 0),
    ])
}

prop_compose! {
    /// The framework of the fixture with arbitrary rules, on every kind of input.
    fn any_framework()(
        rules in prop::collection::vec(any_rule(), 3),
        area in any_rule(),
        over in prop::sample::select(vec![
            None,
            Some(RuleInputs::Areas),
            Some(RuleInputs::Components),
            Some(RuleInputs::Measures),
        ]),
        whole in any_rule(),
        with_area in any::<bool>(),
    ) -> Framework {
        let mut framework = support::framework();
        for (component, rule) in framework.components.iter_mut().zip(rules) {
            component.rating = by(Combination {
                scale: component.rating.scale().expect("a scale"),
                ..rule
            });
        }
        let areas = with_area || matches!(over, Some(RuleInputs::Areas));
        if areas {
            framework.areas[0].rating = by(area);
        }
        framework.overall = over.map(|over| Overall {
            title: "Overall".to_owned(),
            over,
            areas: vec![0],
            rating: by(whole),
        });
        framework
    }
}

fn any_judgements() -> impl Strategy<Value = Vec<(usize, usize, usize, Option<u8>)>> {
    let judgement = (
        0..BODIES.len(),
        0..MEASURES.len(),
        0..Method::ALL.len(),
        prop::option::weighted(0.8, 0_u8..3),
    );
    prop::collection::vec(judgement, 0..60)
}

/// Returns every result of an output that comes from a rule, with its level.
fn results(framework: &Framework, output: &Output) -> Vec<(FrameworkPart, [RuleResult; 5])> {
    let results = framework.parts().filter_map(|level| {
        framework.combination(level)?;
        let results = output.part(level)?.results;
        Some((level, results.map(|result| result.by_rule)))
    });
    results.collect()
}

proptest! {
    #[test]
    fn shown_figures_are_those_of_the_result(
        framework in any_framework(),
        judgements in any_judgements(),
    ) {
        let mut making = CycleBuilder::with(framework, support::organisations());
        let mut recorded = std::collections::BTreeSet::new();
        for (body, measure, method, value) in judgements {
            let (body, measure) = (BODIES[body], MEASURES[measure]);
            let of_cluster = body == CLUSTER;
            if (of_cluster && measure.starts_with("finance")) || !recorded.insert((body, measure, method)) {
                continue;
            }
            let measure_index = making.measure(measure);
            let scale = making.cycle.framework.scale_of(measure_index);
            let key = value.map_or_else(String::new, |step| {
                scale.steps()[usize::from(step)].key.clone()
            });
            let judgement = making.judge(body, measure, Method::ALL[method], &key);
            judgement.details_mut().reason = Some("it differs".into());
        }
        let framework = Arc::clone(&making.cycle.framework);
        let cycle = making.checked();
        let assurance = assure(&cycle, Vec::new(), None);
        for output in &assurance.outputs {
            for (level, results) in results(&framework, output) {
                for method in Method::ALL {
                    let combined = output.combined(&framework, level, method);
                    let shown = RuleResult::from(combined);
                    prop_assert_eq!(shown, results[method.position()], "{:?} {:?}", level, method);
                    // If every input is known exactly, there is a figure.
                    prop_assert!(combined.sum.is_none() || combined.step.is_some());
                }
            }
        }
    }
}
