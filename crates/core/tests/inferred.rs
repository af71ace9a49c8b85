//! Results, comparisons, ceilings and last year's ratings are marked as inferred if they depend on
//! an inferred value.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{CLUSTER, CycleBuilder, by, combination, mean};
use wcc_core::combine::{Rounding, Rule};
use wcc_core::explain::{explain_measure, explain_part};
use wcc_core::framework::{FrameworkPart, Overall, RuleInputs};
use wcc_core::output::Comparison;
use wcc_core::{Assurance, CheckedCycle, LastYear, Method, Output, Step, assure};

fn of_gateshead<'a>(cycle: &CheckedCycle, assurance: &'a Assurance) -> &'a Output {
    let pct = cycle.organisations.find("5KF").expect("a body");
    assurance.output(pct).expect("an assured PCT")
}

/// Panel and self mark are 3 everywhere; the self mark on 1b is inferred.
fn making() -> CycleBuilder {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making.judge_cluster(Method::SelfAssessment, "3");
    infer(&mut making, "1b", Method::SelfAssessment);
    making
}

fn infer(making: &mut CycleBuilder, measure: &str, method: Method) {
    let subject = wcc_core::Subject::Measure(making.measure(measure));
    let judgements = making.cycle.records.judgements.iter_mut();
    let found =
        judgements.filter(|judgement| judgement.subject == subject && judgement.method == method);
    for judgement in found {
        judgement.details_mut().inferred = Some("no box in this row".into());
    }
}

#[test]
fn only_a_result_with_an_inferred_input_is_inferred() {
    let cycle = making().checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = of_gateshead(&cycle, &assurance);
    let inferred =
        |component: usize, method| output.components[component].result(method).inferred();
    assert!(inferred(0, Method::SelfAssessment));
    assert!(!inferred(0, Method::Panel));
    assert!(!inferred(1, Method::SelfAssessment));
    assert_eq!(output.counts[0].met_self, 2);
    assert_eq!(output.counts[0].self_inferred, 1);
    assert_eq!(output.counts[0].last_year_inferred, 0);
    let index = cycle.framework.find_component("1").expect("a competency");
    let why = explain_part(&cycle, &assurance, output, FrameworkPart::Component(index));
    let inferred: Vec<bool> = why
        .iter()
        .filter(|reason| reason.kind == wcc_core::explain::ReasonKind::Rule)
        .map(|reason| reason.text.ends_with("based on an inferred mark: 1b"))
        .collect();
    assert_eq!(inferred, [true, false], "{why:?}");
}

#[test]
fn a_component_value_that_was_read_is_not_inferred() {
    let mut making = making();
    making.judge(CLUSTER, "1", Method::SelfAssessment, "3");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let result = of_gateshead(&cycle, &assurance).components[0].result(Method::SelfAssessment);
    assert!(!result.inferred());
    assert!(result.by_rule.inferred);
}

#[test]
fn an_unknown_result_depends_on_nothing() {
    let mut making = making();
    making
        .cycle
        .records
        .judgements
        .retain(|judgement| judgement.value.is_some());
    let left_out = wcc_core::Subject::Measure(making.measure("1a"));
    making
        .cycle
        .records
        .judgements
        .retain(|judgement| judgement.subject != left_out);
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let result = of_gateshead(&cycle, &assurance).components[0].result(Method::SelfAssessment);
    assert_eq!(result.value(), None);
    assert!(!result.inferred());
}

#[test]
fn areas_and_the_whole_are_inferred_too() {
    let mut framework = support::framework();
    framework.areas[0].rating = by(mean(Rounding::StepBelow, 0));
    framework.overall = Some(Overall {
        title: "Overall".to_owned(),
        over: RuleInputs::Measures,
        areas: vec![0],
        rating: by(combination(Rule::Lowest, 0)),
    });
    let mut making = CycleBuilder::with(framework, support::organisations());
    making.judge_cluster(Method::Panel, "3");
    infer(&mut making, "2c", Method::Panel);
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = of_gateshead(&cycle, &assurance);
    let area = &output.areas[0];
    let overall = output.overall.as_ref().expect("a result");
    assert!(area.current().inferred() && overall.current().inferred());
    assert!(!output.components[0].current().inferred());
    let why = |reasons: Vec<wcc_core::explain::Reason>| reasons[0].text.clone();
    assert_eq!(
        why(explain_part(
            &cycle,
            &assurance,
            output,
            FrameworkPart::Area(0)
        )),
        "panel assessment: level 3 by the rule \"mean; mean 3.00\"; no result was recorded; based on an inferred mark: 2"
    );
    assert_eq!(
        why(explain_part(
            &cycle,
            &assurance,
            output,
            FrameworkPart::Overall
        )),
        "panel assessment: level 3 by the rule \"lowest; mean 3.00\"; no result was recorded; based on an inferred mark: 2c"
    );
    let without_result = explain_part(&cycle, &assurance, output, FrameworkPart::Area(1));
    assert_eq!(
        without_result[0].text,
        "the framework has no rule for the area as a whole"
    );
}

#[test]
fn last_years_result_stays_inferred() {
    let mut last = CycleBuilder::new();
    last.judge_cluster(Method::Panel, "2");
    infer(&mut last, "1a", Method::Panel);
    let last = last.checked();
    let before = assure(&last, Vec::new(), None);
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    let (inferred, read) = (making.measure("1a"), making.measure("1b"));
    let cycle = making.checked();
    let last_year = LastYear {
        cycle: &last,
        assurance: &before,
    };
    let assurance = assure(&cycle, Vec::new(), Some(last_year));
    let output = of_gateshead(&cycle, &assurance);
    assert!(output.cell(inferred).mark(Method::Previous).inferred());
    assert!(!output.cell(read).mark(Method::Previous).inferred());
    let result = |component: usize| output.components[component].result(Method::Previous);
    assert!(result(0).inferred() && !result(1).inferred());
    assert_eq!(output.counts[0].last_year_inferred, 1);
    let why = explain_measure(&cycle, &assurance, output, inferred);
    assert!(
        why[0].text.ends_with("it is based on an inferred mark"),
        "{why:?}"
    );
}

#[test]
fn a_ceiling_is_inferred_unless_a_value_that_was_read_gives_the_same() {
    let mut making = making();
    for (measure, read_as_well) in [("2a", false), ("2b", true)] {
        making.criterion(CLUSTER, measure, Step::at(1));
        let criterion = making
            .cycle
            .records
            .criteria
            .last_mut()
            .expect("just pushed");
        criterion.inferred = Some("the report names no level".into());
        if read_as_well {
            making.survey("5KF", measure, 4.0);
        }
    }
    let (alone, with_survey) = (making.measure("2a"), making.measure("2b"));
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = of_gateshead(&cycle, &assurance);
    assert_eq!(output.cell(alone).supported, Some(Step::at(1)));
    assert!(output.cell(alone).supported_inferred);
    assert_eq!(output.cell(with_survey).supported, Some(Step::at(1)));
    assert!(!output.cell(with_survey).supported_inferred);
    let shared = assurance.clusters[0].shared();
    assert!(shared[usize::from(with_survey.0)].supported_inferred);
    let why = explain_measure(&cycle, &assurance, output, alone);
    let is_mentioned = why
        .iter()
        .any(|reason| reason.text.contains("inferred: the report names no level"));
    assert!(is_mentioned, "{why:?}");
}

#[test]
fn a_cell_compares_its_current_value_with_self_and_last_year() {
    let mut framework = support::framework();
    let mapping = framework.measures[2].mapping.as_mut().expect("a mapping");
    mapping.change = wcc_core::framework::YearOnYear::New;
    let mut making = CycleBuilder::with(framework, support::organisations());
    making.judge_cluster(Method::Panel, "3");
    for (measure, own, previous) in [("1a", "2", "4"), ("1b", "3", ""), ("1c", "4", "3")] {
        making.judge(CLUSTER, measure, Method::SelfAssessment, own);
        making.judge(CLUSTER, measure, Method::Previous, previous);
    }
    making.judge(CLUSTER, "1b", Method::Calibrated, "2");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let output = of_gateshead(&cycle, &assurance);
    let compared = |id| {
        let index = cycle.framework.find_measure(id).expect("a measure");
        let cell = output.cell(index);
        let measure = cycle.framework.measure(index);
        (cell.against_self(), cell.against_last_year(measure))
    };
    assert_eq!(compared("1a"), (Comparison::Above, Comparison::Below));
    assert_eq!(
        compared("1b"),
        (Comparison::Below, Comparison::Unknown),
        "the calibrated value stands"
    );
    assert_eq!(compared("1c"), (Comparison::Below, Comparison::New));
    assert_eq!(compared("2a"), (Comparison::Unknown, Comparison::Unknown));
}
