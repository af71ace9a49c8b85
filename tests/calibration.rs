//! `wcc calibration`: what it prints, and what it says to mistakes.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use serde_json::Value;
use support::{compare_with_file, printed, root, stderr, wcc};

const CLUSTER: &str = "examples/south-of-tyne-and-wear";
const ENGLAND: &str = "examples/england";

/// Compares what a command prints with a file of the tests.
fn compare(file: &str, arguments: &[&str]) {
    let expected = root().join("tests/calibration").join(file);
    compare_with_file(&expected, &printed(arguments));
}

fn json(arguments: &[&str]) -> Value {
    let text = printed(&[arguments, &["--json"]].concat());
    let cycles: Value = serde_json::from_str(&text).expect("JSON");
    cycles[0].clone()
}

fn refused(arguments: &[&str], code: i32) -> String {
    let output = wcc(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn a_cluster_counts_once() {
    compare("cluster.txt", &["calibration", CLUSTER]);
    compare(
        "report.txt",
        &["calibration", "examples/south-staffordshire"],
    );
}

#[test]
fn england_by_measure_and_authority() {
    let cycle = ["calibration", ENGLAND, "--cycle", "2009-10"];
    compare("england.txt", &cycle);
    compare("measure.txt", &[&cycle[..], &["--measure", "2b"]].concat());
    let one = [&cycle[..], &["--sha", "Q30", "--measure", "2b"]].concat();
    compare("authority.json", &[&one[..], &["--json"]].concat());
}

#[cfg(feature = "server")]
#[test]
fn tables_for_spreadsheets() {
    let measure = [
        "calibration",
        ENGLAND,
        "--cycle",
        "2009-10",
        "--measure",
        "2b",
    ];
    for table in ["spread", "agreement", "pairs"] {
        let option = format!("--csv={table}");
        let arguments = [&measure[..], &[&option]].concat();
        compare(&format!("{table}.csv"), &arguments);
    }
    // Without a name, it is the spread.
    let spread = printed(&[&measure[..], &["--csv"]].concat());
    assert!(spread.starts_with("cycle,illustrative,grouped_by,"));
}

/// The counts of the authorities add up to those of all, and each count to its population.
#[test]
fn groups_add_up() {
    let all = json(&["calibration", ENGLAND, "--cycle", "2009-10"]);
    let spreads = |name: &str| all[name].as_array().expect("a list").clone();
    for spread in spreads("spreads") {
        let count = |of: &Value| -> u64 {
            let counts = of["counts"].as_array().expect("counts").iter();
            counts.filter_map(|step| step["count"].as_u64()).sum()
        };
        let number = |of: &Value, name: &str| of[name].as_u64().expect("a number");
        let rest = number(&spread, "notKnown") + number(&spread, "notApplicable");
        assert_eq!(count(&spread) + rest, number(&spread, "judgements"));
        let parts = spreads("spreadsByAuthority").into_iter();
        let parts: Vec<Value> = parts
            .filter(|part| part["measure"] == spread["measure"])
            .collect();
        assert_eq!(parts.iter().map(count).sum::<u64>(), count(&spread));
        let above = |of: &Value| of["aboveEvidence"]["count"].as_u64().expect("a count");
        assert_eq!(parts.iter().map(above).sum::<u64>(), above(&spread));
    }
}

#[test]
fn mistakes_are_named() {
    let unknown = refused(&["calibration", CLUSTER, "--measure", "5d"], 4);
    assert!(unknown.contains("did you mean `5"), "{unknown}");
    let unknown = refused(&["calibration", ENGLAND, "--sha", "Q3O"], 4);
    assert!(unknown.contains("did you mean `Q3"), "{unknown}");
    let wrong = refused(&["calibration", CLUSTER, "--distance=-1"], 2);
    assert!(wrong.contains("not negative"), "{wrong}");
    let empty = json(&["calibration", "examples/obesity-admissions"]);
    assert_eq!(empty["agreements"], Value::Array(Vec::new()));
}
