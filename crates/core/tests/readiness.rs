//! What must be complete before a phase opens, and what is missing of it.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{CLUSTER, CycleBuilder, framework, organisations_with};
use wcc_core::framework::{Phase, PhaseRequirement, RequiredOf};
use wcc_core::readiness::{is_ready, missing_before};
use wcc_core::{CheckedCycle, Method, Subject, assure};

/// A phase that requires self-assessments, after another if it is given.
fn phase(id: &str, after: Option<&str>, requires: &[(RequiredOf, &[&str])]) -> Phase {
    let framework = framework();
    let requires = requires.iter().map(|(of, parts)| PhaseRequirement {
        method: Method::SelfAssessment,
        of: *of,
        parts: parts
            .iter()
            .map(|id| Subject::find(&framework, id).expect("a part"))
            .collect(),
    });
    Phase {
        id: id.to_owned(),
        title: id.to_owned(),
        from: None,
        to: None,
        as_stated: None,
        source: None,
        acts: Vec::new(),
        shows: Vec::new(),
        after: after.map(str::to_owned),
        requires: requires.collect(),
        requires_approvals: Vec::new(),
    }
}

/// What is missing: "5KF in cluster: finance.1 finance.2".
fn missing(cycle: &CheckedCycle, phase: &Phase) -> Vec<String> {
    let assurance = assure(cycle, Vec::new(), None);
    let code = |body| cycle.organisations.body(body).code.as_str();
    let missing = missing_before(cycle, &assurance, phase);
    let lines = missing.iter().map(|missing| {
        let group = missing.group.map(|group| format!(" in {}", code(group)));
        let measures = missing.measures.iter();
        let measures: Vec<&str> = measures
            .map(|measure| cycle.framework.measure(*measure).id.as_str())
            .collect();
        let group = group.unwrap_or_default();
        format!("{}{group}: {}", code(missing.body), measures.join(" "))
    });
    lines.collect()
}

/// The cluster and 5J9 are judged on everything, and 5KF and 5KG on their finance.
fn judged() -> CycleBuilder {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::SelfAssessment, "2");
    for measure in ["1a", "1b", "1c", "2a", "2b", "2c"] {
        making.judge("5J9", measure, Method::SelfAssessment, "2");
    }
    for pct in ["5J9", "5KF", "5KG"] {
        for measure in ["finance.1", "finance.2"] {
            making.judge(pct, measure, Method::SelfAssessment, "green");
        }
    }
    making
}

#[test]
fn a_cluster_is_complete_with_every_shared_measure_and_each_pcts_own() {
    let all = phase("panel", None, &[(RequiredOf::Groups, &[])]);
    let mut making = judged();
    assert_eq!(
        missing(&making.clone().checked(), &all),
        ["5KL in cluster: finance.1 finance.2"]
    );
    making.judge("5KL", "finance.1", Method::SelfAssessment, "red");
    // It exists, but nobody knows it.
    making.judge("5KL", "finance.2", Method::SelfAssessment, "");
    assert_eq!(
        missing(&making.clone().checked(), &all),
        ["5KL in cluster: finance.2"]
    );
    let mut making = judged();
    for measure in ["finance.1", "finance.2"] {
        making.judge("5KL", measure, Method::SelfAssessment, "red");
    }
    let cycle = making.checked();
    assert_eq!(missing(&cycle, &all), [""; 0]);
    assert!(is_ready(&cycle, &assure(&cycle, Vec::new(), None), &all));
}

#[test]
fn shared_measures_are_missing_of_the_cluster_unless_every_pct_was_judged() {
    let competency = phase("panel", None, &[(RequiredOf::Groups, &["1"])]);
    let mut making = CycleBuilder::new();
    for measure in ["1a", "1b"] {
        making.judge("5J9", measure, Method::SelfAssessment, "2");
        making.judge("5KF", measure, Method::SelfAssessment, "2");
    }
    let lines = missing(&making.clone().checked(), &competency);
    assert_eq!(lines, ["cluster: 1a 1b 1c", "5J9: 1c"]);
    for pct in ["5KG", "5KL"] {
        making.judge(pct, "1a", Method::SelfAssessment, "2");
    }
    let lines = missing(&making.checked(), &competency);
    assert_eq!(lines, ["cluster: 1b 1c", "5J9: 1c"]);
}

#[test]
fn bodies_may_inherit_what_is_required_of_them() {
    let all = phase("panel", None, &[(RequiredOf::Bodies, &["1", "finance.1"])]);
    let lines = missing(&judged().checked(), &all);
    assert_eq!(lines, ["5KL: finance.1"]);
}

#[test]
fn functions_are_judged_on_what_they_perform() {
    let functions = "code,name,sha,measures,effect\n\
                     joint,Joint,Q30,1 finance.1,judgement\nother,Other,Q30,,\n";
    let delegations = "function,pct\njoint,5KF\nother,5KF\n";
    let tables = [
        ("functions.csv", functions),
        ("delegations.csv", delegations),
    ];
    let mut making = CycleBuilder::with(framework(), organisations_with(&tables));
    making.judge("joint", "1a", Method::SelfAssessment, "2");
    // The judgement of one of those that assess it is enough.
    let assessor = Some(making.body(CLUSTER));
    making
        .judge("joint", "1b", Method::SelfAssessment, "2")
        .assessor = assessor;
    let cycle = making.checked();
    let all = phase("panel", None, &[(RequiredOf::Functions, &[])]);
    assert_eq!(missing(&cycle, &all), ["joint: 1c finance.1"]);
    let area = phase("panel", None, &[(RequiredOf::Functions, &["governance"])]);
    assert_eq!(missing(&cycle, &area), ["joint: finance.1"]);
}

#[test]
fn a_phase_is_ready_once_the_phases_before_it_are() {
    let mut making = judged();
    let first = phase("first", None, &[(RequiredOf::Groups, &[])]);
    let second = phase("second", Some("first"), &[]);
    let third = phase("third", Some("second"), &[(RequiredOf::Bodies, &["1"])]);
    let mut book = framework();
    book.phases = vec![first.clone(), second.clone(), third.clone()];
    making.cycle.framework = book.into();
    let ready = |making: CycleBuilder| {
        let cycle = making.checked();
        let assurance = assure(&cycle, Vec::new(), None);
        [&first, &second, &third].map(|phase| is_ready(&cycle, &assurance, phase))
    };
    assert_eq!(ready(making.clone()), [false; 3]);
    for measure in ["finance.1", "finance.2"] {
        making.judge("5KL", measure, Method::SelfAssessment, "green");
    }
    assert_eq!(ready(making), [true; 3]);
}
