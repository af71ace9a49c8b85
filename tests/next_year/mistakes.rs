//! What is not taken over because not everybody may see it, and what cannot be confirmed twice.

use super::{CYCLE, FROM, OPEN, Server, enter, ledger, since, start};
use crate::support::{printed_with, refused_with, root, settings_with};
use crate::tokens::{self, send};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const LAST: &str = "south-of-tyne-and-wear/2008-09";
const THIS: &str = "south-of-tyne-and-wear/2009-10";

/// Two cycles of World Class Commissioning, of which the first is in a phase that somebody opened.
fn two_years() -> PathBuf {
    let settings = settings_with("");
    let case = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", case]);
    let text = root().join("configs/frameworks/wcc-2009-10.toml");
    let text = std::fs::read_to_string(text).expect("the framework");
    // Only what a panel finds.
    let text = text.replace("\"own-judgement\", \"criterion\"", "\"criterion\"");
    let framework = ["--id", "wcc-2009-10", "--text", &text];
    enter(&settings, "enter-framework", &framework);
    let open = ["--id", THIS, "--title", "The second year"];
    let framework = ["--framework", "wcc-2009-10", "--bodies", LAST];
    let dates = ["--as-of", "2009-12-01", "--previous", LAST];
    let assured = ["--assured", "5KF", "--assured", "5KG", "--assured", "5KL"];
    enter(
        &settings,
        "open-cycle",
        &[&open[..], &framework, &dates, &assured].concat(),
    );
    printed_with(&settings, &["phase", "open", LAST, "toolkit"]);
    settings
}

/// The lines on criteria and recommendations in what the second year would take over, as its authority
/// is shown it.
fn findings(settings: &Path, assurer: &str) -> Vec<String> {
    let server = Server::on_ledger(settings);
    let query = format!(
        "mutation {{ startFromPreviousCycle(input: {{ requestId: \"s\", cycle: \"{THIS}\", \
         from: \"{LAST}\" }}) {{ report userErrors {{ message }} }} }}"
    );
    let answer = send(&server, Some(assurer), None, &query);
    assert_eq!(server.terminate(), Some(0));
    let started = &answer.body["data"]["startFromPreviousCycle"];
    let report = started["report"].as_array();
    let report = report.unwrap_or_else(|| panic!("{answer:?}")).iter();
    let lines = report.filter_map(Value::as_str);
    let is_finding = |line: &&str| {
        let line = line.strip_prefix("left out: ").unwrap_or(line);
        line.starts_with("criterion ") || line.starts_with("recommendation ")
    };
    let lines: Vec<String> = lines.filter(is_finding).map(str::to_owned).collect();
    assert!(!lines.is_empty(), "{started}");
    lines
}

#[test]
fn findings_are_taken_over_once_everybody_who_would_see_them_may() {
    let settings = two_years();
    let who = [
        "--person",
        "P. Assurer",
        "--role",
        "assurer",
        "--body",
        "Q30",
    ];
    let assurer = tokens::issue(&settings, &who);
    let release = |options: &[&str]| {
        printed_with(&settings, &[&["release", LAST], options].concat());
    };
    let all_left_out = |reason: &str| {
        for line in findings(&settings, &assurer) {
            assert!(line.starts_with("left out: "), "{line}");
            let expected = format!("the results that it belongs to {reason}");
            assert!(line.ends_with(&expected), "{line}");
        }
    };
    let people = ["--to", "executive", "--to", "lead", "--to", "board"];
    all_left_out("were not released");
    // Everybody sees a cycle of which nobody has opened a phase.
    release(&[&people[..], &["--from", "2009-03-01"]].concat());
    all_left_out("are not released to everybody, who sees this cycle until a phase is opened");
    printed_with(&settings, &["phase", "open", THIS, "toolkit"]);
    let taken = findings(&settings, &assurer);
    assert!(
        taken.iter().any(|line| line.starts_with("recommendation ")),
        "{taken:#?}"
    );
    // The latest release holds, and on its day.
    release(&["--to", "board", "--from", "2009-03-01"]);
    all_left_out("are not released to PCT executive and strategic lead");
    release(&[&people[..], &["--from", "2999-01-01"]].concat());
    all_left_out("are only released from 2999-01-01");
    release(&["--to", "public", "--from", "2009-03-01"]);
    assert_eq!(findings(&settings, &assurer), taken);
}

/// What was carried for a body, by its kind.
fn carried(settings: &Path, body: &str, kind: &str) -> Vec<Value> {
    let server = Server::on_ledger(settings);
    let shown = since(&server);
    assert_eq!(server.terminate(), Some(0));
    let mut bodies = shown["bodies"].as_array().expect("a list").iter();
    let found = bodies.find(|found| found["body"]["code"] == body);
    let found = found.unwrap_or_else(|| panic!("{body}: {shown}"));
    let carried = found["carried"].as_array().expect("a list").iter();
    carried.filter(|one| one["kind"] == kind).cloned().collect()
}

fn confirm(settings: &Path, entries: &[String]) -> String {
    let mut options = vec!["--cycle", CYCLE];
    for entry in entries {
        options.extend(["--entries", entry]);
    }
    enter(settings, "confirm-carried", &options)
}

fn states(carried: &[Value]) -> Vec<&Value> {
    carried.iter().map(|one| &one["state"]).collect()
}

#[test]
fn each_criterion_on_a_measure_is_confirmed_once() {
    let settings = ledger();
    let second = |cycle| {
        let of = ["--cycle", cycle, "--body", "HILL", "--measure", "stock.3"];
        let what = [
            "--kind",
            "metric",
            "--supports",
            "weak",
            "--reason",
            "Mould.",
        ];
        [&of[..], &what].concat()
    };
    enter(&settings, "record-criterion", &second(FROM));
    start(&settings, &["--open", OPEN, "--apply"]);
    let criteria = carried(&settings, "HILL", "CRITERION");
    let number = |at: usize| criteria[at]["entry"].to_string();
    confirm(&settings, &[number(0), number(0)]);
    let after = carried(&settings, "HILL", "CRITERION");
    assert_eq!(states(&after), ["CONFIRMED", "UNCONFIRMED"]);
    confirm(&settings, &[number(1), number(0)]);
    let after = carried(&settings, "HILL", "CRITERION");
    assert_eq!(states(&after), ["CONFIRMED", "CONFIRMED"]);
    let server = Server::on_ledger(&settings);
    let query =
        format!("{{ output(cycle: \"{CYCLE}\", body: \"HILL\") {{ criteria {{ reason }} }} }}");
    let recorded = server.ask(&query)["output"]["criteria"].take();
    assert_eq!(recorded.as_array().map(Vec::len), Some(2), "{recorded}");
    assert_eq!(server.terminate(), Some(0));
    // Whoever confirms it at the same time is refused by the rule of all criteria.
    let again = [&["enter", "record-criterion"], &second(CYCLE)[..]].concat();
    let (_, message) = refused_with(&settings, &again);
    assert!(message.contains("is recorded already"), "{message}");
}

#[test]
fn one_criterion_takes_the_place_of_one() {
    let settings = ledger();
    let record = |cycle, reason: &str| {
        let of = ["--cycle", cycle, "--body", "HILL", "--measure", "stock.3"];
        let what = ["--kind", "metric", "--supports", "weak", "--reason", reason];
        enter(&settings, "record-criterion", &[&of[..], &what].concat());
    };
    record(FROM, "Mould.");
    start(&settings, &["--open", OPEN, "--apply"]);
    record(CYCLE, "Moths.");
    let criteria = carried(&settings, "HILL", "CRITERION");
    assert_eq!(states(&criteria), ["CHANGED", "UNCONFIRMED"]);
    confirm(&settings, &[criteria[0]["entry"].to_string()]);
    let criteria = carried(&settings, "HILL", "CRITERION");
    assert_eq!(states(&criteria), ["CONFIRMED", "CHANGED"]);
}

#[test]
fn the_recommendation_of_another_body_answers_to_nothing() {
    let settings = ledger();
    start(&settings, &["--open", OPEN, "--apply"]);
    let other = [
        "--body",
        "DALE",
        "--id",
        "desk",
        "--text",
        "Ask readers what they need.",
    ];
    let cycle = ["--cycle", CYCLE];
    enter(
        &settings,
        "record-recommendation",
        &[&cycle[..], &other].concat(),
    );
    let carried = carried(&settings, "HILL", "RECOMMENDATION");
    assert_eq!(states(&carried), ["UNCONFIRMED"]);
}

#[test]
fn a_start_is_limited_to_bodies_by_either_code() {
    let settings = ledger();
    let limited = |code: &str| start(&settings, &["--open", OPEN, "--bodies", code]);
    let lake = limited("LAKE");
    assert!(lake.contains("recommendation papers of DALE"), "{lake}");
    assert!(
        lake.contains("left out: own-judgement readers.2 of LAKE"),
        "{lake}"
    );
    assert!(
        lake.contains("1 new, 0 already there, 1 left out"),
        "{lake}"
    );
    let dale = limited("dale");
    assert!(
        dale.contains("2 new, 0 already there, 3 left out"),
        "{dale}"
    );
    let unknown = [
        &[
            "enter",
            "start-from-previous-cycle",
            "--cycle",
            CYCLE,
            "--from",
            FROM,
        ][..],
        &["--open", OPEN, "--bodies", "HIL", "--apply"],
    ]
    .concat();
    let (_, message) = refused_with(&settings, &unknown);
    assert!(
        message.contains("--bodies: there is no body `HIL`"),
        "{message}"
    );
    assert!(message.contains("did you mean `HILL`?"), "{message}");
}

#[test]
fn a_changed_component_keeps_its_rationale_only() {
    let settings = ledger();
    let judge = |component: &str| {
        let of = ["--cycle", FROM, "--body", "HILL", "--measure", component];
        let value = [
            "--method-id",
            "own",
            "--value",
            "fair",
            "--rationale",
            "As it was.",
        ];
        enter(&settings, "record-judgement", &[&of[..], &value].concat());
    };
    judge("readers");
    judge("stock");
    start(&settings, &["--open", OPEN, "--apply"]);
    let answers = carried(&settings, "HILL", "OWN_JUDGEMENT");
    let value = |code: &str| {
        let mut answers = answers.iter();
        let answer = answers.find(|answer| answer["code"] == code);
        let answer = answer.unwrap_or_else(|| panic!("{code}: {answers:?}"));
        assert_eq!(answer["text"], "As it was.");
        answer["value"].clone()
    };
    assert_eq!(value("users"), json!("fair"));
    assert_eq!(value("stock"), Value::Null);
}
