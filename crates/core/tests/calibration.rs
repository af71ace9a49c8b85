//! The effect of a calibration on results that the panel recorded, and on departures.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{CLUSTER, CycleBuilder, by, combination, mean};
use wcc_core::combine::{Rounding, Rule};
use wcc_core::explain::explain_part;
use wcc_core::framework::{FrameworkPart, Overall, RuleInputs};
use wcc_core::{Assurance, CheckedCycle, LastYear, Method, Output, Step, assure};

fn output<'a>(cycle: &CheckedCycle, assurance: &'a Assurance, code: &str) -> &'a Output {
    let pct = cycle.organisations.find(code).expect("a body");
    assurance.output(pct).expect("an assured PCT")
}

fn found<'a>(assurance: &'a Assurance, check: &str) -> Vec<&'a str> {
    let findings = assurance.findings.iter();
    let of_check = findings.filter(|finding| &*finding.check == check);
    of_check.map(|finding| &*finding.message).collect()
}

#[test]
fn calibrating_a_measure_moves_a_component_whose_result_the_panel_recorded() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making
        .judge(CLUSTER, "1", Method::Panel, "4")
        .details_mut()
        .reason = Some("on balance".into());
    making.judge(CLUSTER, "1b", Method::Calibrated, "1");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = output(&cycle, &assurance, "5KF");
    let result = &output.components[0];
    assert_eq!(result.current_method(), Method::Calibrated);
    assert_eq!(result.current().value(), Some(Step::at(0)));
    assert!(result.current().is_by_rule_alone(), "nobody calibrated it");
    assert_eq!(result.result(Method::Panel).value(), Some(Step::at(3)));
    assert!(!result.result(Method::Panel).is_by_rule_alone());
    let index = cycle.framework.find_component("1").expect("a component");
    let why = explain_part(&cycle, &assurance, output, FrameworkPart::Component(index));
    let of = |method| {
        let mut reasons = why.iter().filter(|reason| reason.method == Some(method));
        let first = reasons.next().expect("a reason").text.as_str();
        (first, reasons.count())
    };
    assert_eq!(
        of(Method::Calibrated),
        (
            "calibrated result: level 1 by the rule \"lowest; mean 2.33\" over calibrated 1b and \
             the panel's 1a and 1c; no result was recorded; it replaces level 4, which the panel \
             recorded",
            1
        ),
        "the rule, and its measures"
    );
    assert_eq!(of(Method::Panel).1, 2, "and what was recorded");
}

#[test]
fn a_departure_applies_until_the_pct_itself_is_calibrated() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    for (pct, measure) in [("5KF", "1a"), ("5KG", "1a")] {
        making
            .judge(pct, measure, Method::Panel, "4")
            .details_mut()
            .reason = Some("its own".into());
    }
    making.judge(CLUSTER, "1a", Method::Calibrated, "1");
    making.judge(CLUSTER, "1b", Method::Calibrated, "3");
    making
        .judge("5KG", "1a", Method::Calibrated, "3")
        .details_mut()
        .reason = Some("its own evidence".into());
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let measure = cycle.framework.find_measure("1a").expect("a measure");
    let current = |code| {
        output(&cycle, &assurance, code)
            .cell(measure)
            .current_mark()
    };
    assert_eq!(current("5KF").value, Some(Step::at(3)));
    assert_eq!(current("5KF").origin, wcc_core::output::Origin::Departure);
    assert_eq!(current("5KG").value, Some(Step::at(2)), "itself calibrated");
    assert_eq!(current("5KL").value, Some(Step::at(0)), "as its cluster");
    let component = |code| {
        output(&cycle, &assurance, code).components[0]
            .current()
            .value()
    };
    assert_eq!(
        component("5KF"),
        Some(Step::at(1)),
        "the lowest of 4, 3 and 2"
    );
    let found: Vec<&wcc_core::Finding> = assurance
        .findings
        .iter()
        .map(|finding| &**finding)
        .filter(|finding| &*finding.check == "departure-under-calibration")
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].message.contains("keeps 4 until"), "{found:?}");
    let why = wcc_core::explain::explain_measure(
        &cycle,
        &assurance,
        output(&cycle, &assurance, "5KF"),
        measure,
    );
    assert!(
        why.iter()
            .any(|reason| reason.text.contains("was calibrated to level 1")),
        "{why:?}"
    );
}

#[test]
fn a_recorded_result_still_applies_where_the_rule_gives_none() {
    let mut making = CycleBuilder::new();
    making.judge(CLUSTER, "1", Method::Panel, "3");
    making.judge(CLUSTER, "1b", Method::Calibrated, "2");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = output(&cycle, &assurance, "5KF");
    let result = &output.components[0];
    assert_eq!(
        result.current_method(),
        Method::Panel,
        "1a and 1c are not known"
    );
    assert_eq!(result.current().value(), Some(Step::at(2)));
    let index = cycle.framework.find_component("1").expect("a component");
    let why = explain_part(&cycle, &assurance, output, FrameworkPart::Component(index));
    let calibrated = why
        .iter()
        .find(|reason| reason.method == Some(Method::Calibrated));
    assert_eq!(
        calibrated.expect("a reason").text,
        "calibrated result: unknown by the rule \"lowest\", no value for 1a and 1c; level 1 or \
         2 is possible; so level 3, which the panel recorded, still applies"
    );
    let found = found(&assurance, "calibration-over-recorded-result");
    assert!(
        found[0].ends_with("so the recorded result still applies"),
        "{found:?}"
    );
}

#[test]
fn only_a_calibration_of_a_component_needs_a_reason() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    making
        .judge(CLUSTER, "1", Method::Panel, "3")
        .details_mut()
        .reason = Some("on balance".into());
    making.judge(CLUSTER, "1b", Method::Calibrated, "3");
    making.judge(CLUSTER, "2", Method::Calibrated, "4");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let silent = found(&assurance, "override-without-reason");
    assert_eq!(
        silent,
        [
            "2 2: the calibrated result was recorded as 4, but the rule gives 2, and no reason is \
             given"
        ],
        "nobody calibrated competency 1"
    );
    let overtaken = found(&assurance, "calibration-over-recorded-result");
    assert!(
        overtaken
            .iter()
            .all(|message| message.contains("the panel recorded 3; 1b was calibrated")),
        "{overtaken:?}"
    );
    assert!(!overtaken.is_empty());
}

#[test]
fn a_calibrated_area_takes_the_panels_result_for_the_rest_and_says_so() {
    let mut framework = support::framework();
    framework.areas[0].rating = by(mean(Rounding::StepBelow, 0));
    framework.areas[1].rating = by(combination(Rule::Lowest, 1));
    framework.overall = Some(Overall {
        title: "Overall".to_owned(),
        over: RuleInputs::Areas,
        areas: vec![0],
        rating: by(combination(Rule::Lowest, 0)),
    });
    let mut making = CycleBuilder::with(framework, support::organisations());
    making.judge_cluster(Method::Panel, "3");
    making.judge(CLUSTER, "1b", Method::Calibrated, "1");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = output(&cycle, &assurance, "5KF");
    let area = &output.areas[0];
    assert_eq!(
        area.current().value(),
        Some(Step::at(1)),
        "the mean of 1 and 3"
    );
    let why = explain_part(&cycle, &assurance, output, FrameworkPart::Area(0));
    let calibrated = why
        .iter()
        .find(|reason| reason.method == Some(Method::Calibrated));
    assert_eq!(
        calibrated.expect("a reason").text,
        "calibrated result: level 2 by the rule \"mean; mean 2.00\" over calibrated 1 and the \
         panel's 2; no result was recorded"
    );
    let overall = output.overall.as_ref().expect("a result");
    assert_eq!(overall.current().value(), Some(Step::at(1)));
}

#[test]
fn last_years_result_does_not_override_this_years_rule() {
    let mut last = CycleBuilder::new();
    last.judge_cluster(Method::Panel, "2");
    last.judge(CLUSTER, "1", Method::Panel, "4")
        .details_mut()
        .reason = Some("on balance".into());
    let last = last.checked();
    let before = assure(&last, Vec::new(), None);
    let cycle = CycleBuilder::new().checked();
    let last_year = LastYear {
        cycle: &last,
        assurance: &before,
    };
    let assurance = assure(&cycle, Vec::new(), Some(last_year));
    let result = output(&cycle, &assurance, "5KF").components[0].result(Method::Previous);
    assert_eq!(result.value(), Some(Step::at(3)));
    assert!(!result.is_override(), "this year's rule made nothing then");
}

#[test]
fn a_result_of_the_panels_marks_is_not_shown_as_calibrated() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    making
        .judge(CLUSTER, "1", Method::Calibrated, "4")
        .details_mut()
        .reason = Some("across the region".into());
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = output(&cycle, &assurance, "5KF");
    let index = cycle.framework.find_component("1").expect("a component");
    let why = explain_part(&cycle, &assurance, output, FrameworkPart::Component(index));
    let calibrated = why
        .iter()
        .filter(|reason| reason.method == Some(Method::Calibrated));
    let texts: Vec<&str> = calibrated.map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].starts_with("calibrated result: level 4, inherited"));
}
