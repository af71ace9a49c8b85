//! What-if: the effect of changes equals the assurance of a cycle that has them.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use support::{CLUSTER, CycleBuilder};
use wcc_core::what_if::{
    BodyDifference, ChangeProblem, DifferentValue, ProposedChange, WhatIf, WhatIfError, what_if,
};
use wcc_core::{CheckedCycle, Method, Step, assure};

fn cycle() -> CheckedCycle {
    let mut builder = CycleBuilder::new();
    builder.judge_cluster(Method::SelfAssessment, "3");
    builder.judge_cluster(Method::Panel, "2");
    builder.survey(CLUSTER, "1a", 4.2);
    builder.criterion(CLUSTER, "2b", Step::at(1));
    let departure = builder.judge("5KG", "1b", Method::Panel, "3");
    departure.details_mut().reason = Some("its own plan".into());
    builder.checked()
}

fn ask(cycle: &CheckedCycle, changes: &[&str]) -> Result<WhatIf, WhatIfError> {
    let changes: Vec<ProposedChange> = changes
        .iter()
        .map(|text| ProposedChange::parse(text, cycle).expect("a change"))
        .collect();
    let assurance = assure(cycle, Vec::new(), None);
    what_if(cycle, &assurance, None, &changes)
}

fn of<'w>(cycle: &CheckedCycle, effect: &'w WhatIf, body: &str) -> Option<&'w BodyDifference> {
    let body = cycle.organisations.find(body).expect("a body");
    effect.bodies.iter().find(|one| one.body == body)
}

/// The values that differ, as `5a panel 2>3`.
fn shown(cycle: &CheckedCycle, difference: &BodyDifference) -> Vec<String> {
    let framework = &cycle.framework;
    let results = difference.results.iter().map(|result| {
        let scale = result.subject.scale(framework);
        let value = match result.value {
            DifferentValue::Method(method) => method.name(),
            DifferentValue::Supported => "supported",
        };
        let (before, after) = (result.before.in_words(scale), result.after.in_words(scale));
        format!("{} {value} {before}>{after}", result.subject.id(framework))
    });
    results.collect()
}

#[test]
fn a_change_of_a_group_changes_those_that_follow_it() {
    let cycle = cycle();
    let effect = ask(&cycle, &[&format!("{CLUSTER}.1b.panel=4")]).expect("an effect");
    let group = of(&cycle, &effect, CLUSTER).expect("the group");
    assert_eq!(shown(&cycle, group)[0], "1b panel 2>4");
    let member = of(&cycle, &effect, "5KF").expect("a member");
    assert_eq!(shown(&cycle, member)[0], "1b panel 2>4");
    // It departs from the group on this measure.
    assert!(of(&cycle, &effect, "5KG").is_none());
}

#[test]
fn evidence_opens_and_closes_challenges() {
    let cycle = cycle();
    let worse = ask(&cycle, &[&format!("survey:{CLUSTER}.1a=3.1")]).expect("an effect");
    let group = of(&cycle, &worse, CLUSTER).expect("the group");
    assert!(shown(&cycle, group).contains(&"1a supported 2>1".to_owned()));
    assert_eq!(group.new_challenges.len(), 2, "{group:?}");
    let met = ask(&cycle, &[&format!("criterion:{CLUSTER}.2b=met")]).expect("an effect");
    let group = of(&cycle, &met, CLUSTER).expect("the group");
    assert_eq!(shown(&cycle, group), ["2b supported 2>not known"]);
}

#[test]
fn what_is_already_so_changes_nothing() {
    let cycle = cycle();
    let same = format!("{CLUSTER}.1b.panel=2");
    let effect = ask(&cycle, &[&same, "5KF.2a.panel=unknown"]).expect("an effect");
    assert_eq!(effect.already_so, ["5KF.2a.panel=unknown", &same]);
    assert!(effect.bodies.is_empty());
    // Of several changes of one record, the last counts.
    let other = format!("{CLUSTER}.1b.panel=4");
    let effect = ask(&cycle, &[&other, &same]).expect("an effect");
    assert!(effect.bodies.is_empty());
}

#[test]
fn mistakes_say_what_there_is() {
    let cycle = cycle();
    let parse = |text: &str| ProposedChange::parse(text, &cycle).expect_err("a mistake");
    assert_eq!(parse("5KF.1a.panel"), ChangeProblem::Malformed);
    assert_eq!(parse("=3"), ChangeProblem::Malformed);
    let unknown = parse("5XX.1a.panel=3");
    let (given, known) = unknown.choice().expect("a choice");
    assert_eq!(given, "5XX");
    assert!(known.contains(&"5KF".to_owned()));
    let refused = |change: &str| {
        let error = ask(&cycle, &[change]).expect_err("a mistake");
        error.to_string()
    };
    assert!(refused("5KF.1a.pannel=3").contains("no method `pannel`"));
    assert!(refused("5KF.1z.panel=3").contains("`1z`"));
    assert!(refused("5KF.1a.panel=9").contains("expected 1, 2, 3 or 4"));
    assert!(refused("survey:5KF.1a=4.6").contains(&format!("survey:{CLUSTER}.1a")));
    assert!(refused("survey:5KF.1b=4.6").contains("name the survey"));
    assert!(refused(&format!("survey:{CLUSTER}.1a=good")).contains("not a score"));
    assert!(refused(&format!("survey:{CLUSTER}.1a=7")).contains("is not from"));
    assert!(refused("5KF.*.panel=3").contains("no judgement by this method"));
}

/// A change, as text.
fn change() -> impl Strategy<Value = String> {
    let body = prop::sample::select(vec![CLUSTER, "5KF", "5KG", "5KL"]);
    let measure = prop::sample::select(vec!["1a", "1b", "1c", "2a", "2b", "2c"]);
    let value = prop::sample::select(vec!["1", "2", "3", "4", "unknown"]);
    let judgement = (
        body.clone(),
        measure.clone(),
        prop::sample::select(vec!["self", "analyst", "panel", "calibrated"]),
        value.clone(),
    );
    let judgement = judgement
        .prop_map(|(body, measure, method, value)| format!("{body}.{measure}.{method}={value}"));
    let survey = (body.clone(), measure.clone(), 10_u32..60).prop_map(|(body, measure, tenths)| {
        let score = f64::from(tenths) / 10.0;
        format!("survey:{body}.{measure}.stakeholder={score}")
    });
    let criterion = (body, measure, value)
        .prop_map(|(body, measure, value)| format!("criterion:{body}.{measure}={value}"));
    prop_oneof![3 => judgement, 1 => survey, 1 => criterion]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// The results are those of the changed cycle assured anew, and every difference is reported.
    #[test]
    fn the_effect_is_that_of_the_changed_cycle(
        changes in prop::collection::vec(change(), 1..8),
    ) {
        let cycle = cycle();
        let before = assure(&cycle, Vec::new(), None);
        let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
        let effect = ask(&cycle, &changes).expect("an effect");
        let anew = assure(&effect.cycle, Vec::new(), None);
        prop_assert_eq!(&anew, &effect.assurance);
        for (old, new) in before.outputs.iter().zip(&anew.outputs) {
            let same = old.cells.iter().zip(&new.cells).all(|(old, new)| {
                old.supported == new.supported
                    && Method::ALL.iter().all(|method| old.mark(*method).value == new.mark(*method).value)
            });
            let reported = effect.bodies.iter().find(|one| one.body == new.body);
            let differs = reported.is_some_and(|one| {
                one.results.iter().any(|result| matches!(result.subject, wcc_core::Subject::Measure(_)))
            });
            prop_assert_eq!(same, !differs);
        }
    }
}
