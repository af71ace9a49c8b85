//! What a function's results mean for the bodies that delegate to it, as the table of functions says.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::Arc;
use support::{CLUSTER, CycleBuilder, framework, organisations_with};
use wcc_core::contribution::FunctionReach;
use wcc_core::explain::explain_measure;
use wcc_core::framework::FrameworkPart;
use wcc_core::output::{CeilingBasis, Mark, Origin};
use wcc_core::{
    Assurance, CheckedCycle, Contribution, Method, PluginIdentity, PluginRun, Step, assure,
};

/// Function `a` performs competency 1 and a measure that is each PCT's own, `b` the measures 1c and 2a;
/// `limits` limits 2c.
const FUNCTIONS: &str = "code,name,sha,measures,effect\n\
    bb,Second,Q30,1C 2a,judgement\n\
    aa,First,Q30,1 finance.1,judgement\n\
    limits,Limiting,Q30,2c,\n";

const DELEGATIONS: &str = "function,pct\n\
    aa,5KF\naa,5KG\naa,5KL\naa,5J9\nbb,5KF\nbb,5J9\nlimits,5J9\n";

fn builder() -> CycleBuilder {
    let tables = [
        ("functions.csv", FUNCTIONS),
        ("delegations.csv", DELEGATIONS),
    ];
    CycleBuilder::with(framework(), organisations_with(&tables))
}

/// The mark on a measure of a body of any kind.
fn mark(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    code: &str,
    measure: &str,
    method: Method,
) -> Mark {
    let body = cycle.organisations.find(code).expect("a body");
    let measure = cycle.framework.find_measure(measure).expect("a measure");
    let output = assurance.output_of(body).expect("an assured body");
    output.cell(measure).mark(method)
}

/// The value and the origin of a body's mark: `("2", Function)`, or `("", Nobody)` without one.
fn value(cycle: &CheckedCycle, mark: Mark, measure: &str) -> (String, Origin) {
    let measure = cycle.framework.find_measure(measure).expect("a measure");
    let scale = cycle.framework.scale_of(measure);
    let value = mark.value.map(|step| scale.key(step).into_owned());
    (value.unwrap_or_default(), mark.origin)
}

/// Assures a cycle, and returns what the panel's mark on each measure is.
fn panel(making: CycleBuilder, wanted: &[(&str, &str, &str, Origin)]) {
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    for (code, measure, key, origin) in wanted {
        let mark = mark(&cycle, &assurance, code, measure, Method::Panel);
        let found = value(&cycle, mark, measure);
        assert_eq!(found, ((*key).to_owned(), *origin), "{code} {measure}");
    }
}

#[test]
fn a_judgement_on_a_function_stands_where_neither_the_body_nor_its_cluster_has_one() {
    let mut making = builder();
    for measure in ["1a", "1b", "1c"] {
        making.judge("aa", measure, Method::Panel, "2");
    }
    making.judge("aa", "2b", Method::Panel, "2");
    making.judge("aa", "finance.1", Method::Panel, "green");
    making.judge(CLUSTER, "1b", Method::Panel, "3");
    making.judge("5KG", "1a", Method::Panel, "4");
    panel(
        making,
        &[
            ("5KF", "1a", "2", Origin::Function),
            ("5KG", "1a", "4", Origin::Own),
            ("5KF", "1b", "3", Origin::Cluster),
            ("5J9", "1b", "2", Origin::Function),
            ("5J9", "2b", "", Origin::Nobody),
            ("5KL", "finance.1", "green", Origin::Function),
            // All PCTs of the cluster delegate to it.
            (CLUSTER, "1a", "2", Origin::Function),
            (CLUSTER, "1b", "3", Origin::Cluster),
            (CLUSTER, "finance.1", "", Origin::Nobody),
            ("aa", "1a", "2", Origin::Own),
        ],
    );
}

#[test]
fn the_results_of_a_function_are_of_its_work_alone() {
    let mut making = builder();
    for measure in ["1c", "2a"] {
        making.judge("bb", measure, Method::Panel, "3");
    }
    making.judge("limits", "2b", Method::Panel, "2");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let result = |code: &str, component: &str| {
        let body = cycle.organisations.find(code).expect("a body");
        let component = cycle
            .framework
            .find_component(component)
            .expect("a component");
        let output = assurance.output_of(body).expect("an output");
        let result = output.component(component).current();
        (result.value(), result.not_applicable())
    };
    assert_eq!(result("bb", "1"), (Some(Step::at(2)), false));
    assert_eq!(result("bb", "finance"), (None, true));
    // What it was judged on counts even if it is not its work.
    assert_eq!(result("limits", "2"), (None, false), "2c is not known");
    let body = cycle.organisations.find("bb").expect("a body");
    let output = assurance.output_of(body).expect("an output");
    let measure = cycle.framework.find_measure("1a").expect("a measure");
    let reasons = explain_measure(&cycle, &assurance, output, measure);
    assert_eq!(
        reasons[0].text,
        "1a does not apply: Second (bb) does not perform it"
    );
}

#[test]
fn of_two_functions_the_first_by_code_that_was_judged_counts() {
    let judged = |with_first: bool| {
        let mut making = builder();
        making.judge("bb", "1c", Method::Panel, "1");
        making.judge("bb", "1c", Method::SelfAssessment, "1");
        if with_first {
            making.judge("aa", "1c", Method::Panel, "3");
        }
        making
    };
    panel(judged(true), &[("5J9", "1c", "3", Origin::Function)]);
    panel(judged(false), &[("5J9", "1c", "1", Origin::Function)]);
    // All methods are those of one function.
    let cycle = judged(true).checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let own = mark(&cycle, &assurance, "5J9", "1c", Method::SelfAssessment);
    assert_eq!(own.origin, Origin::Nobody);
}

#[test]
fn moderating_a_function_does_not_replace_what_was_judged_for_the_body() {
    let mut making = builder();
    making.judge("aa", "1a", Method::Panel, "3");
    making.judge("aa", "1a", Method::Calibrated, "1");
    making.judge("5KG", "1a", Method::Panel, "4");
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let current = |code: &str| {
        let body = cycle.organisations.find(code).expect("a body");
        let measure = cycle.framework.find_measure("1a").expect("a measure");
        let output = assurance.output(body).expect("an output");
        output.cell(measure).current()
    };
    assert_eq!(current("5J9"), Some(Step::at(0)));
    assert_eq!(current("5KG"), Some(Step::at(3)));
}

#[test]
fn the_closest_judgement_of_a_function_counts() {
    let mut making = builder();
    for (assessor, key) in [(Some("5J9"), "4"), (Some(CLUSTER), "3"), (None, "2")] {
        let assessor = assessor.map(|code| making.body(code));
        making.judge("aa", "1a", Method::Panel, key).assessor = assessor;
    }
    panel(
        making,
        &[
            ("5J9", "1a", "4", Origin::Function),
            ("5KF", "1a", "3", Origin::Function),
        ],
    );
    let mut making = builder();
    let assessor = Some(making.body("5KF"));
    making.judge("aa", "1a", Method::Panel, "4").assessor = assessor;
    panel(making, &[("5J9", "1a", "", Origin::Nobody)]);
}

#[test]
fn a_result_recorded_for_a_function_stands_if_all_measures_are_its_own() {
    let level = FrameworkPart::Component;
    let recorded = |making: CycleBuilder, code: &str| {
        let cycle = making.checked();
        let assurance = assure(&cycle, Vec::new(), None);
        let body = cycle.organisations.find(code).expect("a body");
        let component = cycle.framework.find_component("1").expect("a component");
        let output = assurance.output(body).expect("an output");
        let part = output.part(level(component)).expect("a part");
        part.result(Method::Panel).recorded
    };
    let judged = || {
        let mut making = builder();
        making.judge("aa", "1a", Method::Panel, "2");
        making.judge("aa", "1", Method::Panel, "3");
        making
    };
    assert_eq!(recorded(judged(), "5J9").value, Some(Step::at(2)));
    let mut making = judged();
    making.judge("5J9", "1b", Method::Panel, "2");
    assert_eq!(recorded(making, "5J9").value, None);
}

/// The reach of a function that a plugin declares.
fn plugin(making: &CycleBuilder, measures: &[&str]) -> PluginRun {
    let measures = measures.iter().map(|measure| making.measure(measure));
    PluginRun {
        plugin: PluginIdentity {
            id: "region".to_owned(),
            title: String::new(),
            version: "1.0.0".to_owned(),
            digest: String::new(),
        },
        covers: Vec::new(),
        checks: Vec::new(),
        outcomes: Vec::new(),
        result: Ok(Contribution {
            reach: vec![FunctionReach {
                function: making.body("limits"),
                measures: measures.collect(),
            }],
            ..Contribution::default()
        }),
    }
}

#[test]
fn the_table_and_a_plugin_limit_a_measure_once() {
    let mut making = builder();
    for measure in ["2b", "2c"] {
        making.judge("limits", measure, Method::Panel, "1");
        making.judge("5J9", measure, Method::Panel, "3");
    }
    let bases = |runs: Vec<Arc<PluginRun>>, making: CycleBuilder| {
        let cycle = making.checked();
        let assurance = assure(&cycle, runs, None);
        let body = cycle.organisations.find("5J9").expect("a body");
        let output = assurance.output(body).expect("an output");
        let bases = output.ceilings.iter().map(|ceiling| match ceiling.basis {
            CeilingBasis::Function { plugin, .. } => {
                (cycle.framework.measure(ceiling.measure).id.clone(), plugin)
            }
            other => panic!("{other:?}"),
        });
        (bases.collect::<Vec<_>>(), output.challenges.len())
    };
    let alone = bases(Vec::new(), making.clone());
    assert_eq!(alone, (vec![("2c".to_owned(), None)], 1));
    let run = Arc::new(plugin(&making, &["2b", "2c"]));
    let both = bases(vec![run], making.clone());
    let expected = vec![("2b".to_owned(), Some(0)), ("2c".to_owned(), None)];
    assert_eq!(both, (expected, 2));
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let body = cycle.organisations.find("5J9").expect("a body");
    let measure = cycle.framework.find_measure("2c").expect("a measure");
    let output = assurance.output(body).expect("an output");
    let reasons = explain_measure(&cycle, &assurance, output, measure);
    let text: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    let expected = "supports level 1, because the delegated function Limiting (limits) was assured \
                    at level 1; it performs this measure for the PCTs that delegate to it";
    assert!(text.contains(&expected), "{text:?}");
}

#[test]
fn the_evidence_of_a_function_limits_its_judgement_wherever_it_stands() {
    let mut making = builder();
    making.judge("aa", "1a", Method::Panel, "3");
    making.judge("5KG", "1a", Method::Panel, "3");
    making.criterion("aa", "1a", Step::at(0));
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let challenges = |code: &str| {
        let body = cycle.organisations.find(code).expect("a body");
        let output = assurance.output_of(body).expect("an output");
        output.challenges.len()
    };
    assert_eq!(challenges("aa"), 1);
    assert_eq!(challenges("5J9"), 1);
    assert_eq!(challenges("5KG"), 0, "it has its own judgement");
}

/// No member of the cluster: a departure from its cluster drops the cluster's calibration, whether it is
/// better or worse.
const BODIES: [&str; 5] = ["aa", "bb", "limits", CLUSTER, "5J9"];
const MEASURES: [&str; 6] = ["1a", "1b", "1c", "2a", "2b", "2c"];
const METHODS: [Method; 3] = [Method::SelfAssessment, Method::Panel, Method::Calibrated];

/// A judgement: its body, measure, method and value.
type Drawn = ((usize, usize, usize), u16);

/// The possible results of every component, by every method, of every body.
fn results(judged: &[Drawn], tables: (&str, &str)) -> Vec<(String, Option<(Step, Step)>)> {
    let tables = [("functions.csv", tables.0), ("delegations.csv", tables.1)];
    let mut making = CycleBuilder::with(framework(), organisations_with(&tables));
    for ((body, measure, method), step) in judged {
        let key = (step + 1).to_string();
        let judgement = making.judge(BODIES[*body], MEASURES[*measure], METHODS[*method], &key);
        judgement.details_mut().reason = Some("seen".into());
    }
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let mut results = Vec::new();
    for code in ["5J9", "5KF", "5KG", "5KL", CLUSTER] {
        let body = cycle.organisations.find(code).expect("a body");
        let output = assurance.output_of(body).expect("an output");
        for (index, component) in cycle.framework.each_component() {
            for method in METHODS {
                let result = output.component(index).result(method);
                let name = format!("{code} {} {method:?}", component.id);
                results.push((name, result.by_rule.possible));
            }
        }
    }
    results
}

fn reversed(table: &str) -> String {
    let mut lines = table.lines();
    let header = lines.next().unwrap_or_default();
    let rows: Vec<&str> = lines.rev().collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn improving_a_judgement_never_worsens_a_result_of_anybody(
        judged in prop::collection::btree_map((0..5_usize, 0..6_usize, 0..3_usize), 0..4_u16, 1..24),
        which in any::<prop::sample::Index>(),
    ) {
        let judged: Vec<Drawn> = judged.into_iter().collect();
        let mut better = judged.clone();
        let improved = which.index(judged.len());
        better[improved].1 = (better[improved].1 + 1).min(3);
        let tables = (FUNCTIONS, DELEGATIONS);
        let (before, after) = (results(&judged, tables), results(&better, tables));
        for ((name, before), (_, after)) in before.into_iter().zip(after) {
            prop_assert_eq!(before.is_some(), after.is_some());
            if let (Some(before), Some(after)) = (before, after) {
                prop_assert!(before.0 <= after.0 && before.1 <= after.1, "{name}: {before:?} {after:?}");
            }
        }
    }

    #[test]
    fn neither_the_order_of_records_nor_that_of_the_tables_matters(
        judged in prop::collection::btree_map((0..5_usize, 0..6_usize, 0..3_usize), 0..4_u16, 1..24),
    ) {
        let judged: Vec<Drawn> = judged.into_iter().collect();
        let backwards: Vec<Drawn> = judged.iter().rev().copied().collect();
        let (functions, delegations) = (reversed(FUNCTIONS), reversed(DELEGATIONS));
        prop_assert_eq!(
            results(&judged, (FUNCTIONS, DELEGATIONS)),
            results(&backwards, (&functions, &delegations))
        );
    }
}
