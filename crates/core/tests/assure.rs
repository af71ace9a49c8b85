//! The engine: a cluster is assured once, and every PCT gets its own output.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{CLUSTER, CycleBuilder, FUNCTION};
use wcc_core::contribution::FunctionReach;
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{Comparison, Origin};
use wcc_core::{
    Assurance, CheckedCycle, ComponentIndex, Contribution, CycleError, LastYear, MeasureIndex,
    Method, Output, PluginIdentity, PluginRun, Step, assure,
};

fn output<'a>(cycle: &CheckedCycle, assurance: &'a Assurance, code: &str) -> &'a Output {
    let pct = cycle
        .organisations
        .find(code)
        .expect("a body of the fixture");
    assurance.output(pct).expect("an assured PCT")
}

fn panel_of(cycle: &CheckedCycle, assurance: &Assurance, code: &str) -> Vec<String> {
    let output = output(cycle, assurance, code);
    let value = |(index, _): (MeasureIndex, &wcc_core::framework::Measure)| {
        let mark = output.cell(index).mark(Method::Panel);
        mark.value.map_or("?".to_owned(), |step| {
            cycle.framework.scale_of(index).key(step).into_owned()
        })
    };
    cycle.framework.each_measure().map(value).collect()
}

fn run_of(reach: &[(&str, &[&str])], making: &CycleBuilder) -> PluginRun {
    let reach = reach.iter().map(|(function, measures)| FunctionReach {
        function: making.body(function),
        measures: measures
            .iter()
            .map(|measure| making.measure(measure))
            .collect(),
    });
    PluginRun {
        plugin: PluginIdentity {
            id: "region".to_owned(),
            title: String::new(),
            version: "1.0.0".to_owned(),
            digest: String::new(),
        },
        covers: vec![making.body("Q30")],
        checks: Vec::new(),
        outcomes: Vec::new(),
        result: Ok(Contribution {
            reach: reach.collect(),
            ..Contribution::default()
        }),
    }
}

#[test]
fn every_pct_of_a_cluster_inherits_its_judgements() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    making.judge("5KF", "finance.1", Method::Panel, "green");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    assert_eq!(
        assurance.clusters.len(),
        2,
        "one cluster, and one PCT in none"
    );
    assert_eq!(
        assurance.clusters[0].outputs,
        [1, 2, 3],
        "three outputs, sorted by code"
    );
    for code in ["5KF", "5KG", "5KL"] {
        let marks = panel_of(&cycle, &assurance, code);
        assert_eq!(marks[..6], ["2", "2", "2", "2", "2", "2"], "{code}");
    }
    assert_eq!(panel_of(&cycle, &assurance, "5KF")[6..], ["green", "?"]);
    assert_eq!(
        panel_of(&cycle, &assurance, "5KG")[6..],
        ["?", "?"],
        "finance is each PCT's own"
    );
    assert_eq!(
        panel_of(&cycle, &assurance, "5J9")[0],
        "?",
        "not in the cluster"
    );
}

#[test]
fn a_departure_changes_one_pct_and_says_why() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    making
        .judge("5KG", "1b", Method::Panel, "3")
        .details_mut()
        .reason = Some("led the region's review".into());
    let measure = making.measure("1b");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let mark = |code| {
        output(&cycle, &assurance, code)
            .cell(measure)
            .mark(Method::Panel)
    };
    assert_eq!(
        (mark("5KG").value, mark("5KG").origin),
        (Some(Step::at(2)), Origin::Departure)
    );
    assert_eq!(
        (mark("5KF").value, mark("5KF").origin),
        (Some(Step::at(1)), Origin::Cluster)
    );
    let reasons = wcc_core::explain::explain_measure(
        &cycle,
        &assurance,
        output(&cycle, &assurance, "5KG"),
        measure,
    );
    assert!(
        reasons[0].text.contains("departing from name of cluster"),
        "{}",
        reasons[0].text
    );
    assert!(
        reasons[0].text.contains("led the region's review"),
        "{}",
        reasons[0].text
    );
}

#[test]
fn a_departure_without_a_reason_is_refused() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    let record = making.judge("5KG", "1b", Method::Panel, "3").record;
    let errors = making.cycle.check().expect_err("no reason");
    assert!(
        matches!(&errors[..], [CycleError::DepartureWithoutReason { .. }]),
        "{errors:?}"
    );
    assert_eq!(errors[0].record(), record);
}

#[test]
fn a_cluster_cannot_be_judged_on_a_measure_of_each_pct() {
    let mut making = CycleBuilder::new();
    making.judge(CLUSTER, "finance.1", Method::Panel, "green");
    let errors = making
        .cycle
        .check()
        .expect_err("finance is assured for each PCT");
    assert!(
        errors[0].to_string().contains("5KF, 5KG or 5KL"),
        "{}",
        errors[0]
    );
}

#[test]
fn one_value_for_each_body_measure_and_method() {
    let mut making = CycleBuilder::new();
    making.judge(CLUSTER, "1a", Method::Panel, "2");
    making.judge(CLUSTER, "1a", Method::Panel, "3");
    let errors = making.cycle.check().expect_err("twice");
    assert!(
        matches!(&errors[..], [CycleError::Repeated { .. }]),
        "{errors:?}"
    );
}

#[test]
fn a_survey_below_a_level_is_a_ceiling_and_raises_a_challenge_but_changes_nothing() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::SelfAssessment, "3");
    making.judge_cluster(Method::Panel, "3");
    making.survey("5KF", "1a", 4.36);
    making.survey("5KG", "1a", 4.5);
    let measure = making.measure("1a");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let limited = output(&cycle, &assurance, "5KF");
    assert_eq!(limited.cell(measure).supported, Some(Step::at(1)));
    assert_eq!(
        limited.cell(measure).current(),
        Some(Step::at(2)),
        "the panel's value applies"
    );
    let challenged: Vec<Method> = limited
        .challenges
        .iter()
        .map(|challenge| challenge.method)
        .collect();
    assert_eq!(challenged, [Method::SelfAssessment, Method::Panel]);
    assert_eq!(
        output(&cycle, &assurance, "5KG").challenges,
        [],
        "4.5 supports level 3"
    );
    assert_eq!(
        output(&cycle, &assurance, "5KL").cell(measure).supported,
        None
    );
}

#[test]
fn the_lowest_ceiling_counts() {
    let mut making = CycleBuilder::new();
    making.survey(CLUSTER, "1a", 5.0);
    making.criterion("5KF", "1a", Step::at(0));
    let measure = making.measure("1a");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    assert_eq!(
        output(&cycle, &assurance, "5KF").cell(measure).supported,
        Some(Step::at(0))
    );
    assert_eq!(
        output(&cycle, &assurance, "5KG").cell(measure).supported,
        Some(Step::at(2))
    );
}

#[test]
fn a_function_affects_only_the_pcts_that_delegate_to_it() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making.judge(FUNCTION, "2a", Method::Panel, "2");
    making.judge(FUNCTION, "2b", Method::Panel, "2");
    let run = run_of(&[(FUNCTION, &["2a"])], &making);
    let (reached, not_reached) = (making.measure("2a"), making.measure("2b"));
    let cycle = making.checked();
    let assurance = assure(&cycle, vec![run.into()], None);
    let supported = |code, measure| output(&cycle, &assurance, code).cell(measure).supported;
    assert_eq!(supported("5KF", reached), Some(Step::at(1)));
    assert_eq!(
        supported("5KF", not_reached),
        None,
        "the plugin does not say that it reaches it"
    );
    assert_eq!(supported("5KG", reached), None, "did not delegate");
}

#[test]
fn a_failed_plugin_affects_only_its_own_checks() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making.judge(FUNCTION, "2a", Method::Panel, "2");
    let good = run_of(&[(FUNCTION, &["2a"])], &making);
    let failed = PluginRun {
        result: Err("timed out after 10 s".into()),
        ..good.clone()
    };
    let cycle = making.checked();
    let with = assure(&cycle, vec![good.into()], None);
    let without = assure(&cycle, vec![failed.into()], None);
    assert_eq!(
        panel_of(&cycle, &with, "5KF"),
        panel_of(&cycle, &without, "5KF")
    );
    let output = output(&cycle, &without, "5KF");
    let reasons: Vec<&str> = without
        .not_checked(output)
        .map(|(_, why)| why.reason())
        .collect();
    assert_eq!(reasons, ["timed out after 10 s"]);
}

#[test]
fn the_rule_gives_the_result_and_the_panel_may_override_it() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::SelfAssessment, "3");
    making.judge_cluster(Method::Panel, "3");
    making.cycle.records.judgements.retain(|judgement| {
        judgement.method != Method::Panel
            || judgement.subject != wcc_core::Subject::Measure(MeasureIndex(0))
    });
    making.judge(CLUSTER, "1a", Method::Panel, "2");
    making
        .judge("5KL", "1", Method::Panel, "3")
        .details_mut()
        .reason = Some("on balance".into());
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let result = |code| &output(&cycle, &assurance, code).components[0];
    assert_eq!(
        result("5KF").current().value(),
        Some(Step::at(1)),
        "the lowest of 2, 3 and 3"
    );
    let level = FrameworkPart::Component(ComponentIndex(0));
    let mean = output(&cycle, &assurance, "5KF")
        .combined(&cycle.framework, level, Method::Panel)
        .sum
        .and_then(|sum| Some(sum.mean()?.to_decimal(2)));
    assert_eq!(mean.as_deref(), Some("2.67"));
    assert_eq!(result("5KF").against_self, Comparison::Below);
    assert_eq!(result("5KL").current().value(), Some(Step::at(2)));
    assert!(result("5KL").current().is_override());
    assert_eq!(
        output(&cycle, &assurance, "5KF").counts[0].met_self,
        1,
        "competency 2"
    );
    assert_eq!(
        output(&cycle, &assurance, "5KF").counts[0].below_self,
        1,
        "competency 1"
    );
}

#[test]
fn an_override_without_a_reason_is_found_once_for_the_cluster() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "2");
    making.judge(CLUSTER, "1", Method::Panel, "3");
    let cluster = making.body(CLUSTER);
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let found: Vec<_> = assurance
        .findings
        .iter()
        .filter(|finding| &*finding.check == "override-without-reason")
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].body, cluster);
    let seen = assurance
        .findings_of(output(&cycle, &assurance, "5KG"))
        .count();
    assert_eq!(seen, 1, "each PCT of the cluster sees it");
}

#[test]
fn last_year_comes_from_last_years_cycle_unless_this_year_records_it() {
    let mut last = CycleBuilder::new();
    last.judge_cluster(Method::Panel, "2");
    let last = last.checked();
    let before = assure(&last, Vec::new(), None);
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making.judge(CLUSTER, "1a", Method::Previous, "1");
    let (recorded, carried) = (making.measure("1a"), making.measure("1b"));
    let cycle = making.checked();
    let last_year = LastYear {
        cycle: &last,
        assurance: &before,
    };
    let assurance = assure(&cycle, Vec::new(), Some(last_year));
    let output = output(&cycle, &assurance, "5KF");
    assert_eq!(
        output.cell(recorded).mark(Method::Previous).value,
        Some(Step::at(0))
    );
    assert_eq!(
        output.cell(carried).mark(Method::Previous).origin,
        Origin::LastYear
    );
    assert_eq!(
        output.cell(carried).mark(Method::Previous).value,
        Some(Step::at(1))
    );
    assert_eq!(output.components[1].against_last_year, Comparison::Above);
    assert_eq!(output.counts[0].improved, 2);
}

#[test]
fn the_order_of_the_records_does_not_matter() {
    let making = || {
        let mut making = CycleBuilder::new();
        making.judge_cluster(Method::Panel, "3");
        making.survey("5KF", "1a", 4.0);
        making.survey(CLUSTER, "1a", 4.0);
        making.judge(FUNCTION, "2a", Method::Panel, "2");
        making
    };
    let run = run_of(&[(FUNCTION, &["2a"])], &making());
    let straight = making();
    let mut turned = making();
    turned.cycle.records.judgements.reverse();
    turned.cycle.records.surveys.reverse();
    turned.cycle.pcts.reverse();
    let in_order = assure(&straight.checked(), vec![run.clone().into()], None);
    let reversed = assure(&turned.checked(), vec![run.into()], None);
    assert_eq!(in_order, reversed);
}

#[test]
fn a_cluster_without_a_member_on_the_day_is_refused() {
    let ended = "cluster,pct,until\ncluster,5KF,2009-02-01\ncluster,5KG,2009-02-01\n";
    let organisations = support::organisations_with(&[("memberships.csv", ended)]);
    let mut making = CycleBuilder::with(support::framework(), organisations);
    making.judge_cluster(Method::Panel, "2");
    let errors = making
        .cycle
        .check()
        .expect_err("nobody is in the cluster any more");
    assert!(
        matches!(&errors[..], [CycleError::ReachesNobody { .. }]),
        "{errors:?}"
    );
}

#[test]
fn a_judgement_on_an_ended_cluster_is_refused_and_an_entered_one_has_no_effect() {
    let ended = "code,name,sha,until\ncluster,name of cluster,Q30,2008-10-01\n";
    let organisations = support::organisations_with(&[("clusters.csv", ended)]);
    let cluster = organisations.find(CLUSTER).unwrap();
    let day = |month| jiff::civil::date(2008, month, 1);
    assert!(organisations.members_of(cluster, day(9)).next().is_some());
    assert!(organisations.members_of(cluster, day(10)).next().is_none());
    let mut making = CycleBuilder::with(support::framework(), organisations);
    making.judge_cluster(Method::Panel, "2");
    let errors = making.cycle.clone().check().expect_err("it had ended");
    assert!(
        errors
            .iter()
            .all(|error| matches!(error, CycleError::Ended { .. })),
        "{errors:?}"
    );
    assert!(
        errors[0].to_string().contains("ended on 2008-10-01"),
        "{}",
        errors[0]
    );
    // A ledger with such a judgement can still be read.
    let checked = making.cycle.check_entered().expect("it was entered");
    let assurance = wcc_core::assure(&checked, Vec::new(), None);
    let mut cells = assurance.outputs.iter().flat_map(|output| &output.cells);
    assert!(cells.all(|cell| cell.mark(Method::Panel).value.is_none()));
}

#[test]
fn a_pct_that_had_ended_is_refused_with_its_successor() {
    let pcts = "code,name,sha,until,succeeded_by\n5KF,one,Q30,,\n5J9,other,Q30,2009-02-01,5KF\n";
    let organisations = support::organisations_with(&[
        ("pct.csv", pcts),
        ("memberships.csv", "cluster,pct\n"),
        ("delegations.csv", "function,pct\n"),
    ]);
    let mut making = CycleBuilder::with(support::framework(), organisations);
    making.judge("5J9", "1a", Method::Panel, "2");
    let errors = making.cycle.check().expect_err("it had ended");
    assert!(
        errors[0].to_string().contains("`5KF` took its place"),
        "{}",
        errors[0]
    );
}

#[test]
fn a_departure_is_not_hidden_by_the_clusters_overall_value() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making
        .judge(CLUSTER, "1", Method::Panel, "4")
        .details_mut()
        .reason = Some("on balance".into());
    making
        .judge("5KG", "1c", Method::Panel, "1")
        .details_mut()
        .reason = Some("lost its team".into());
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let level = |code| {
        output(&cycle, &assurance, code).components[0]
            .current()
            .value()
    };
    assert_eq!(
        level("5KF"),
        Some(Step::at(3)),
        "as the panel set it for the cluster"
    );
    assert_eq!(
        level("5KG"),
        Some(Step::at(0)),
        "by the rule, with its own 1c"
    );
}

#[test]
fn a_cluster_cannot_rate_a_component_of_each_pct() {
    let mut making = CycleBuilder::new();
    making.judge(CLUSTER, "finance", Method::Panel, "green");
    let errors = making
        .cycle
        .check()
        .expect_err("finance is assured for each PCT");
    assert!(
        matches!(&errors[..], [CycleError::AssuredForEachPct { .. }]),
        "{errors:?}"
    );
}

/// Returns the step that a function supports on 2a for 5KF, a member of the cluster, given the
/// judgements of these assessors. An empty assessor is the region.
fn function_limit(judgements: &[(&str, Method, &str)]) -> Option<Step> {
    let mut making = CycleBuilder::new();
    for (assessor, method, level) in judgements {
        let by = (!assessor.is_empty()).then(|| making.body(assessor));
        making.judge(FUNCTION, "2a", *method, level).assessor = by;
    }
    let run = run_of(&[(FUNCTION, &["2a"])], &making);
    let reached = making.measure("2a");
    let cycle = making.checked();
    let assurance = assure(&cycle, vec![run.into()], None);
    output(&cycle, &assurance, "5KF").cell(reached).supported
}

#[test]
fn a_function_limits_a_pct_by_its_own_clusters_judgement() {
    let (panel, calibrated) = (Method::Panel, Method::Calibrated);
    let [one, two, three, four] = [0, 1, 2, 3].map(|step| Some(Step::at(step)));
    for (judgements, expected) in [
        // Another body's judgement is never used, however low or high it is.
        (&[("5J9", panel, "1")][..], None),
        (&[(CLUSTER, panel, "3"), ("5J9", panel, "1")], three),
        (&[(CLUSTER, panel, "1"), ("5J9", panel, "3")], one),
        // The cluster's own judgement comes before the region's, which applies where there is none.
        (&[("", panel, "2"), (CLUSTER, panel, "3")], three),
        (&[("", panel, "2"), ("5J9", panel, "1")], two),
        (&[("Q30", panel, "2"), ("5J9", panel, "1")], two),
        (&[("5KF", panel, "4"), (CLUSTER, panel, "1")], four),
        // A calibration by the region is final.
        (&[("", calibrated, "2"), (CLUSTER, panel, "3")], two),
        (&[("Q30", calibrated, "2"), (CLUSTER, panel, "3")], two),
        // The region is the same assessor, whether or not its SHA is named.
        (&[("", panel, "1"), ("Q30", calibrated, "3")], three),
        (&[("Q30", panel, "1"), ("", calibrated, "3")], three),
        (&[("", panel, "3"), ("Q30", panel, "2")], two),
        (&[("", panel, "2"), ("Q30", panel, "3")], two),
        // A cluster's calibration replaces the level of its own panel only.
        (&[(CLUSTER, panel, "1"), (CLUSTER, calibrated, "4")], four),
        (&[(CLUSTER, panel, "3"), ("5J9", calibrated, "1")], three),
    ] {
        assert_eq!(function_limit(judgements), expected, "{judgements:?}");
    }
}

#[test]
fn a_clusters_answer_does_not_cover_a_departure() {
    let mut making = CycleBuilder::new();
    making.judge_cluster(Method::Panel, "3");
    making
        .judge("5KG", "1a", Method::Panel, "4")
        .details_mut()
        .reason = Some("its own".into());
    making.survey(CLUSTER, "1a", 4.0);
    let answer = wcc_core::record::Answer {
        record: making.record(),
        body: making.body(CLUSTER),
        measure: making.measure("1a"),
        method: Method::Panel,
        reason: "the survey came before the change".into(),
    };
    making.cycle.records.answers.push(answer);
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let answered = |code| {
        output(&cycle, &assurance, code).challenges[0]
            .answer
            .is_some()
    };
    assert!(answered("5KF"));
    assert!(!answered("5KG"));
}
