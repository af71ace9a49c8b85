//! A cluster is assured once, and a change to it changes only the outputs of its PCTs.

mod support;

use std::collections::BTreeMap;
use support::CopiedCase;

const CASE: &str = "south-of-tyne-and-wear";

/// Splits the printed outputs by the PCT's code.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    for part in text.split(&format!("\n{}\n", "─".repeat(100))).skip(1) {
        let part = part.split(&"═".repeat(100)).next().unwrap_or_default();
        let heading = part.lines().next().unwrap_or_default();
        let code = heading
            .rsplit('(')
            .next()
            .unwrap_or_default()
            .trim_end_matches(')');
        outputs.insert(code.to_owned(), part.to_owned());
    }
    outputs
}

/// Returns the lines that only one of two texts contains.
fn difference(left: &str, right: &str) -> Vec<String> {
    let only = |here: &str, there: &str| -> Vec<String> {
        let known: Vec<&str> = there.lines().collect();
        here.lines()
            .filter(|line| !known.contains(line))
            .map(str::to_owned)
            .collect()
    };
    let mut lines = only(left, right);
    lines.extend(only(right, left));
    lines
}

#[test]
fn one_assurance_gives_three_outputs() {
    let text = CopiedCase::of(CASE).assured();
    assert_eq!(text.matches("assured once for 3 PCTs").count(), 1);
    let outputs = outputs(&text);
    assert_eq!(outputs.keys().collect::<Vec<_>>(), ["5KF", "5KG", "5KL"]);
}

#[test]
fn a_pct_that_leaves_the_cluster_keeps_only_its_own_judgements() {
    let case = CopiedCase::of(CASE);
    let before = outputs(&case.assured());
    case.edit("memberships.csv", |text| {
        text.lines()
            .filter(|line| !line.contains(",5KL,"))
            .map(|line| format!("{line}\n"))
            .collect()
    });
    // Without a cluster there are no departures, so the reasons may remain.
    let after = outputs(&case.assured());
    for code in ["5KF", "5KG"] {
        assert_eq!(before[code], after[code], "{code} is untouched");
    }
    assert!(
        after["5KL"].contains("cluster not recorded"),
        "{}",
        after["5KL"]
    );
    let own = |line: &&str| line.contains("finance.1");
    assert_eq!(
        before["5KL"].lines().find(own),
        after["5KL"].lines().find(own),
        "finance is its own"
    );
    let shared = after["5KL"]
        .lines()
        .find(|line| line.contains("  1a "))
        .expect("a row");
    assert!(
        !shared.contains('✓'),
        "what the cluster judged is not its any more: {shared}"
    );
}

#[test]
fn a_fourth_pct_gets_the_shared_judgements_and_changes_no_other() {
    let case = CopiedCase::of(CASE);
    let before = outputs(&case.assured());
    case.edit("memberships.csv", |mut text| {
        let columns = text.lines().next().expect("a header").split(',').count();
        text.push_str(&format!(
            "south-of-tyne-and-wear,5J9{}\n",
            ",".repeat(columns - 2)
        ));
        text
    });
    let after = outputs(&case.assured());
    assert_eq!(after.len(), 4);
    for code in ["5KF", "5KG", "5KL"] {
        assert_eq!(before[code], after[code], "{code} is untouched");
    }
    let row = |code: &str| {
        let line = after[code]
            .lines()
            .find(|line| line.contains("  9a "))
            .expect("a row");
        line.chars()
            .take(85)
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    assert_eq!(row("5J9"), row("5KF"));
}

#[test]
fn a_departure_changes_its_own_pct_alone() {
    let case = CopiedCase::of(CASE);
    let before = outputs(&case.assured());
    case.edit("judgements.csv", |text| {
        let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
        let row = header.iter().map(|column| match *column {
            "body" => "5KF",
            "measure" => "7a",
            "method" => "panel",
            "value" => "3",
            "reason" => "it maps its providers itself",
            _ => "",
        });
        format!("{text}{}\n", row.collect::<Vec<_>>().join(","))
    });
    let after = outputs(&case.assured());
    assert_eq!(before["5KG"], after["5KG"]);
    assert_eq!(before["5KL"], after["5KL"]);
    let changed = difference(&before["5KF"], &after["5KF"]);
    assert!(
        changed
            .iter()
            .any(|line| line.contains("7a ") && line.contains('†')),
        "{changed:?}"
    );
}

#[test]
fn a_departure_without_a_reason_is_refused_with_its_row() {
    let case = CopiedCase::of(CASE);
    case.edit("judgements.csv", |text| {
        let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
        let row = header.iter().map(|column| match *column {
            "body" => "5KF",
            "measure" => "7a",
            "method" => "panel",
            "value" => "3",
            _ => "",
        });
        format!("{text}{}\n", row.collect::<Vec<_>>().join(","))
    });
    let rows = std::fs::read_to_string(case.path().join("judgements.csv")).expect("the table");
    let message = case.refused();
    let row = format!("row {}", rows.lines().count());
    assert!(
        message.contains("judgements.csv") && message.contains(&row),
        "{message}"
    );
    assert!(message.contains("reason"), "{message}");
}

#[test]
fn removing_a_functions_judgement_removes_its_ceiling_from_every_delegating_pct() {
    let case = CopiedCase::of(CASE);
    let before = outputs(&case.assured());
    case.edit("judgements.csv", |text| {
        let stays = |line: &&str| !(line.starts_with("specialised-commissioning,9b,"));
        text.lines()
            .filter(stays)
            .map(|line| format!("{line}\n"))
            .collect()
    });
    let after = outputs(&case.assured());
    for code in ["5KF", "5KG", "5KL"] {
        let row = |outputs: &BTreeMap<String, String>| {
            outputs[code]
                .lines()
                .find(|line| line.contains("  9b "))
                .expect("a row")
                .to_owned()
        };
        assert_ne!(
            row(&before),
            row(&after),
            "{code}: 9b is no longer held to the function's level"
        );
        let others = |outputs: &BTreeMap<String, String>| -> Vec<String> {
            let grid = outputs[code]
                .split("met or went above")
                .next()
                .unwrap_or_default();
            grid.lines()
                .filter(|line| !line.contains("  9b "))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(
            others(&before),
            others(&after),
            "{code}: no other row changes"
        );
    }
}
