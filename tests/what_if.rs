//! `wcc what-if`: the effect of changes on a case, which stays as it is.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use serde_json::Value;
use std::fmt::Write as _;
use support::{CopiedCase, compare_with_file, printed, root, stderr, wcc};

const CLUSTER: &str = "examples/south-of-tyne-and-wear";
const ENGLAND: &str = "examples/england";

fn compare(file: &str, arguments: &[&str]) {
    let expected = root().join("tests/what_if").join(file);
    compare_with_file(&expected, &printed(arguments));
}

fn refused(arguments: &[&str], code: i32) -> String {
    let output = wcc(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn judgements_surveys_and_criteria() {
    let report = ["what-if", "examples/south-staffordshire"];
    compare(
        "panel.txt",
        &[&report[..], &["5PK.3a.panel=3", "5PK.10b.panel=3"]].concat(),
    );
    let cluster = ["what-if", CLUSTER];
    let group = "south-of-tyne-and-wear";
    let survey = format!("survey:{group}.1a=3.4");
    // Two surveys are about the measure, of which one has a score.
    compare("score.txt", &[&report[..], &["survey:5PK.1a=4.4"]].concat());
    compare("survey.txt", &[&cluster[..], &[&survey]].concat());
    let met = format!("criterion:{group}.8b=met");
    compare(
        "criterion.json",
        &[&cluster[..], &[&met, "--json"]].concat(),
    );
    compare(
        "function.txt",
        &[&cluster[..], &["specialised-commissioning.*.panel=1"]].concat(),
    );
    // The only judgement of an assessor: their result is gone without it.
    let removed = "mental-health-learning-disabilities.*.panel@north-of-tyne=unknown";
    compare("removed.txt", &["what-if", "examples/north-east", removed]);
}

/// The inverse change, once a change is recorded, gives the inverse differences.
#[test]
fn the_effect_is_that_of_recording_the_change() {
    let case = CopiedCase::of("south-staffordshire");
    let path = case.path();
    let path = path.to_str().expect("a path in UTF-8");
    let before = printed(&["assure", path, "--full"]);
    let effect = printed(&["what-if", path, "5PK.3a.panel=4", "--json"]);
    assert_eq!(printed(&["assure", path, "--full"]), before);
    let effect: Value = serde_json::from_str(&effect).expect("JSON");
    case.edit("judgements.csv", |text| {
        text.replace("5PK,3a,panel,2", "5PK,3a,panel,4")
    });
    let again = printed(&["what-if", path, "5PK.3a.panel=2", "--json"]);
    let again: Value = serde_json::from_str(&again).expect("JSON");
    // Back again: the same differences, the other way round.
    let results = |effect: &Value, from: &str, to: &str| -> Vec<String> {
        let bodies = effect["bodies"].as_array().expect("bodies").iter();
        let results = bodies.flat_map(|body| body["results"].as_array().expect("results"));
        let lines = results.map(|result| {
            let mut line = String::new();
            let _ = write!(line, "{} {} ", result["subject"], result["methodId"]);
            let _ = write!(line, "{} {}", result[from], result[to]);
            line
        });
        lines.collect()
    };
    assert_eq!(
        results(&effect, "before", "after"),
        results(&again, "after", "before")
    );
    assert!(!results(&effect, "before", "after").is_empty());
    assert_eq!(
        effect["bodies"][0]["newChallenges"],
        again["bodies"][0]["closedChallenges"]
    );
}

#[test]
fn mistakes_name_what_was_expected_and_the_nearest() {
    let of = |change: &str| refused(&["what-if", CLUSTER, change], 1);
    assert!(of("5KF.5a.panel").contains("expected BODY.SUBJECT.METHOD=VALUE"));
    assert!(of("5KX.5a.panel=3").contains("did you mean `5K"));
    assert!(of("5KF.5a.pannel=3").contains("did you mean `panel`"));
    assert!(of("5KF.5a.panel=5").contains("expected 1, 2, 3 or 4"));
    assert!(of("survay:5KF.1a=4.6").contains("did you mean `survey`"));
    assert!(of("survey:5KF.1a=4.6").contains("survey:south-of-tyne-and-wear.1a"));
    let both = refused(&["what-if", CLUSTER, "5KX.5a.panel=3", "5KF.5a.panel"], 1);
    assert_eq!(both.trim_end().lines().count(), 2, "{both}");
    let cycles = refused(&["what-if", ENGLAND, "5A3.1a.panel=3"], 4);
    assert!(
        cycles.contains("england/2008-09 or england/2009-10"),
        "{cycles}"
    );
    refused(&["what-if", CLUSTER], 2);
}
