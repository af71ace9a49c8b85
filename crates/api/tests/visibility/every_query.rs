//! Queries every field and argument as the public and as the operator.

use crate::fixture::{FIXTURE, is_marked};
use crate::generate::{Harvest, Schema};

/// Texts that an answer to the operator must contain, or the comparison would prove nothing.
const SHOWN: &[&str] = &[
    "Zanzibar PCT",
    "Zanzibar cluster",
    "Zanzibar function",
    "zanzibar note of a PCT",
    "zanzibar source of a PCT",
    "pilot/zanzibar-0809",
    "Zanzibar title of a cycle",
    "Zanzibar remark of a cycle",
    "zanzibar/2009-10",
    "zanzibar-rules",
    "Zanzibar title of a framework",
    "zanzibar rationale",
    "zanzibar author",
    "zanzibar reason",
    "zanzibar rationale of an assessor",
    "zanzibar rationale of a function",
    "Zanzibar title of evidence",
    "zanzibar issuer",
    "zanzibar question",
    "zanzibar reason of a criterion",
    "zanzibar inference",
    "zanzibar answer",
    "zanzibar choice",
    "zanzibar view",
    "Zanzibar text of a recommendation",
    "Zanzibar commentary of a PCT.",
    "Zanzibar commentary of a cluster.",
];

#[test]
fn the_public_gets_the_answers_of_a_programme_without_hidden_objects() {
    let fixture = &*FIXTURE;
    let schema = Schema::new(&fixture.never(Schema::query()));
    let mut harvest = Harvest::default();
    let (mut shown, mut differing, mut asked) = (String::new(), Vec::new(), 0);
    // The second round uses the identifiers and cursors that the operator got in the first.
    for round in 0..2 {
        let queries = schema.queries(&harvest);
        asked += queries.len();
        for query in &queries {
            let operator = fixture.operator(query);
            if round == 0 {
                harvest.gather(&serde_json::from_str(&operator).unwrap());
                shown.push_str(&operator);
            }
            let public = fixture.public(query);
            let never = fixture.never(query);
            if public != never {
                differing.push(format!("{query}\npublic: {public}\nnever:  {never}"));
            }
            assert!(
                is_marked(query) || !is_marked(&public) || public == never,
                "{query}\n{public}"
            );
        }
    }
    assert!(asked > 1_000, "{asked} queries");
    let few: Vec<String> = differing
        .iter()
        .take(5)
        .map(|answer| answer.chars().take(4_000).collect())
        .collect();
    assert!(
        differing.is_empty(),
        "{} of {asked} differ:\n{}",
        differing.len(),
        few.join("\n\n")
    );
    let missing: Vec<&&str> = SHOWN
        .iter()
        .filter(|text| !shown.contains(**text))
        .collect();
    assert!(
        missing.is_empty(),
        "the operator is nowhere shown {missing:?}"
    );
    assert!(
        harvest.ids.len() > 100 && !harvest.cursors.is_empty(),
        "{harvest:?}"
    );
}

#[test]
fn the_findings_of_a_plugin_are_part_of_the_cycle() {
    let query = "{ cycle(id: \"pilot/2009-10\") { plugins { code notChecked covers { code } } \
                 findings(filter: { plugin: \"once-north-east\" }) { totalCount } } }";
    let (operator, public) = (FIXTURE.operator(query), FIXTURE.public(query));
    assert!(operator.contains("\"notChecked\":null"), "{operator}");
    assert!(operator.contains("\"totalCount\":3"), "{operator}");
    assert!(public.contains("\"totalCount\":1"), "{public}");
}

#[test]
fn every_reachable_type_is_queried() {
    let schema = Schema::new(&FIXTURE.never(Schema::query()));
    let ways = schema.paths();
    for name in [
        "Cycle",
        "Framework",
        "Sha",
        "Cluster",
        "Pct",
        "Function",
        "Output",
        "ClusterAssurance",
        "FunctionAssurance",
        "Cell",
        "Mark",
        "Finding",
        "Challenge",
        "Matrix",
        "SearchConnection",
        "Ledger",
        "Plugin",
        "PluginRun",
        "Check",
    ] {
        assert!(ways.contains_key(name), "{name}");
    }
}
