//! Assured bodies have results of their own, clusters and delegated functions too; and every
//! challenge has a state.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{CLUSTER, CycleBuilder, FUNCTION};
use wcc_core::{Assurance, ChallengeState, CheckedCycle, ComponentIndex, LastYear, Method};
use wcc_core::{Output, Step, assure};

fn output_of<'a>(cycle: &CheckedCycle, assurance: &'a Assurance, code: &str) -> &'a Output {
    let body = cycle.organisations.find(code).expect("a body");
    assurance.output_of(body).expect("a result")
}

fn assured(making: CycleBuilder) -> (CheckedCycle, Assurance) {
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    (cycle, assurance)
}

#[test]
fn a_cluster_has_results_limits_and_challenges_of_its_own() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::SelfAssessment, "3");
    making.judge_cluster(Method::Panel, "3");
    making.survey(CLUSTER, "1b", 3.6);
    let measure = making.measure("1b");
    let (cycle, assurance) = assured(making);
    let output = output_of(&cycle, &assurance, CLUSTER);
    assert_eq!(output.components[0].current().value(), Some(Step::at(2)));
    assert_eq!(output.cell(measure).supported, Some(Step::at(1)));
    assert_eq!(
        output.challenges_in(ChallengeState::Open),
        2,
        "self and panel"
    );
    assert_eq!(output.counts[0].met_self, 2);
    assert!(
        !output.assesses(&cycle.framework, ComponentIndex(2)),
        "finance is assured for each PCT"
    );
    assert_eq!(output.counts[1].components, 0);
}

#[test]
fn a_pct_lists_the_challenges_that_it_shares_with_its_cluster() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making.survey(CLUSTER, "1b", 3.6);
    making.survey("5KG", "1b", 1.2);
    making.criterion("5KL", "2a", Step::at(0));
    let (cycle, assurance) = assured(making);
    let shared = |code| -> Vec<bool> {
        let output = output_of(&cycle, &assurance, code);
        output
            .challenges
            .iter()
            .map(|challenge| challenge.shared)
            .collect()
    };
    assert_eq!(shared("5KF"), [true]);
    assert_eq!(shared("5KG"), [false], "its own survey supports less");
    assert_eq!(shared("5KL"), [true, false], "2a is its own");
}

#[test]
fn a_self_assessment_that_the_panel_has_corrected_is_closed() {
    let mut making = CycleBuilder::new();
    making.judge(CLUSTER, "1a", Method::SelfAssessment, "4");
    making.judge(CLUSTER, "1a", Method::Panel, "2");
    making.judge(CLUSTER, "1b", Method::SelfAssessment, "4");
    making.judge(CLUSTER, "1b", Method::Panel, "3");
    making.judge(CLUSTER, "1c", Method::SelfAssessment, "4");
    for measure in ["1a", "1b", "1c"] {
        making.survey(CLUSTER, measure, 3.6);
    }
    let (cycle, assurance) = assured(making);
    let output = output_of(&cycle, &assurance, "5KF");
    let states: Vec<(u16, Method, ChallengeState)> = output
        .challenges
        .iter()
        .map(|challenge| (challenge.measure.0, challenge.method, challenge.state()))
        .collect();
    assert_eq!(
        states,
        [
            (0, Method::SelfAssessment, ChallengeState::Corrected),
            (1, Method::SelfAssessment, ChallengeState::Open),
            (1, Method::Panel, ChallengeState::Open),
            (2, Method::SelfAssessment, ChallengeState::Open),
        ],
        "the panel went within what is supported on 1a alone"
    );
}

#[test]
fn a_function_has_one_result_for_each_assessor_and_none_for_all() {
    let mut making = CycleBuilder::new();
    let (cluster, other) = (making.body(CLUSTER), making.body("5J9"));
    for (assessor, level) in [(cluster, "1"), (other, "3")] {
        for measure in ["1a", "1b", "1c"] {
            making
                .judge(FUNCTION, measure, Method::Panel, level)
                .assessor = Some(assessor);
        }
    }
    let (cycle, assurance) = assured(making);
    let function = &assurance.functions[0];
    assert!(!function.is_regional());
    assert_eq!(function.output.components[0].current().value(), None);
    let by_assessor: Vec<_> = function
        .by_assessor
        .iter()
        .map(|output| (output.assessor, output.components[0].current().value()))
        .collect();
    assert_eq!(
        by_assessor,
        [
            (Some(other), Some(Step::at(2))),
            (Some(cluster), Some(Step::at(0)))
        ]
    );
    let delegated: Vec<&str> = function
        .delegated_by
        .iter()
        .map(|pct| cycle.organisations.body(*pct).code.as_str())
        .collect();
    assert_eq!(delegated, ["5KF"]);
}

#[test]
fn a_region_wide_judgement_or_calibration_gives_a_functions_result() {
    for method in [Method::Panel, Method::Calibrated] {
        let mut making = CycleBuilder::new();
        let cluster = making.body(CLUSTER);
        making.judge(FUNCTION, "1a", Method::Panel, "1").assessor = Some(cluster);
        for measure in ["1a", "1b", "1c"] {
            making.judge(FUNCTION, measure, method, "2");
        }
        let (_, assurance) = assured(making);
        let function = &assurance.functions[0];
        assert!(function.is_regional());
        assert_eq!(
            function.output.components[0].current().value(),
            Some(Step::at(1))
        );
        assert_eq!(function.outputs().count(), 2);
    }
}

#[test]
fn a_cluster_is_compared_with_its_own_last_year() {
    let mut before = CycleBuilder::new();
    before.judge_cluster(Method::Panel, "2");
    let (then, of_then) = assured(before);
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    let cycle = making.checked();
    let last_year = LastYear {
        cycle: &then,
        assurance: &of_then,
    };
    let assurance = assure(&cycle, Vec::new(), Some(last_year));
    let output = output_of(&cycle, &assurance, CLUSTER);
    assert_eq!(output.counts[0].improved, 2);
    let pct = output_of(&cycle, &assurance, "5KF");
    assert_eq!(pct.counts[0].improved, 2, "and so does each PCT");
}
