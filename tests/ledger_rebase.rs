//! Moving a cycle to corrected tables of bodies, with the command line and a server.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "helpers of tests may fail them"
)]

mod support;

use std::path::{Path, PathBuf};
use support::{entry, library, printed_with, refused_with, settings_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// A settings file with a ledger that holds South of Tyne and Wear.
fn settings() -> PathBuf {
    let settings = settings_with(&entry(&library("once-north-east")));
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    settings
}

/// Writes a folder beside the settings with a changed copy of a shipped table.
fn corrected(settings: &Path, table: &str, change: impl FnOnce(&str) -> String) -> String {
    let folder = settings.with_file_name("corrected");
    std::fs::create_dir_all(&folder).expect("a folder");
    let shipped = support::root().join("configs/organisations").join(table);
    let text = std::fs::read_to_string(shipped).expect("a shipped table");
    std::fs::write(folder.join(table), change(&text)).expect("a table");
    folder.display().to_string()
}

/// Returns the number of assured PCTs at a moment of the ledger, and the codes of the cluster's
/// PCTs.
fn assured(settings: &Path, moment: &str) -> (u64, Vec<String>) {
    let json = printed_with(settings, &["assure", moment, "--cycle", CYCLE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let cycle = &json["cycle"];
    let outputs = cycle["assurances"][0]["outputs"].as_array();
    let codes = outputs.expect("one for each PCT").iter();
    let codes = codes.map(|output| output["body"]["code"].as_str().expect("a code").to_owned());
    (
        cycle["pctCount"].as_u64().expect("a number"),
        codes.collect(),
    )
}

const MEMBERS: &str = "cluster,pct,from,until,note,source\n\
    south-of-tyne-and-wear,5KF,,,,\n\
    south-of-tyne-and-wear,5KG,,,,\n\
    south-of-tyne-and-wear,5KL,,,,\n";

#[test]
fn a_pct_that_joins_late_is_assured_from_then_on() {
    let settings = settings();
    let before = printed_with(&settings, &["assure", "ledger:", "--cycle", CYCLE]);
    let head = printed_with(&settings, &["ledger", "head"]);
    let (last, _) = head.split_once(':').expect("a head");
    let joined = format!("{MEMBERS}south-of-tyne-and-wear,5J9,,,,\n");
    let folder = corrected(&settings, "memberships.csv", |_| joined);
    let arguments = ["ledger", "rebase", CYCLE, "--bodies", &folder];
    let reason = [
        "--reason",
        "Darlington joined late",
        "--author",
        "the clerk",
    ];
    let told = printed_with(&settings, &[&arguments[..], &reason].concat());
    let entry: u32 = last.parse::<u32>().expect("a number") + 2;
    assert_eq!(
        told,
        format!(
            "{CYCLE}: moved to the corrected bodies by entry {entry}\nassured from now on: 5J9\n"
        )
    );
    let members = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(
        assured(&settings, "ledger:"),
        (4, members(&["5J9", "5KF", "5KG", "5KL"]))
    );
    for moment in [format!("ledger:{last}"), format!("ledger:{}", entry - 1)] {
        assert_eq!(
            assured(&settings, &moment),
            (3, members(&["5KF", "5KG", "5KL"]))
        );
        let then = printed_with(&settings, &["assure", &moment, "--cycle", CYCLE]);
        assert_eq!(then, before, "{moment}");
    }
    let shown = printed_with(&settings, &["ledger", "show", &entry.to_string()]);
    for words in ["by the clerk", "Darlington joined late"] {
        assert!(shown.contains(words), "`{words}` is not in {shown}");
    }
    printed_with(&settings, &["verify"]);

    // A move to the present tables is refused, and enters nothing.
    let (code, words) = refused_with(&settings, &arguments);
    assert_eq!(code, 1);
    assert!(words.contains("it has them already"), "{words}");
    let head = printed_with(&settings, &["ledger", "head"]);
    assert!(head.starts_with(&format!("{entry}:")), "{head}");
}

#[test]
fn a_pct_that_leaves_takes_its_records_along_or_stays() {
    let settings = settings();
    let without = MEMBERS.replace("south-of-tyne-and-wear,5KL,,,,\n", "");
    let folder = corrected(&settings, "memberships.csv", |_| without);
    let arguments = ["ledger", "rebase", CYCLE, "--bodies", &folder];
    // Outside the cluster, the PCT is still assured on its own.
    printed_with(&settings, &arguments);
    assert_eq!(
        assured(&settings, "ledger:"),
        (3, vec!["5KF".to_owned(), "5KG".to_owned()])
    );
    // If the cycle omits the PCT, its records would affect no PCT.
    let without = MEMBERS.replace("south-of-tyne-and-wear,5KG,,,,\n", "");
    corrected(&settings, "memberships.csv", |_| without);
    let arguments = [&arguments[..], &["--pct", "5KF", "--pct", "5KG"]].concat();
    let (code, words) = refused_with(&settings, &arguments);
    assert_eq!(code, 1);
    assert!(
        words.contains("prevents this: `5KL` is not assured in the cycle"),
        "{words}"
    );
}

#[test]
fn tables_that_cannot_be_read_change_nothing() {
    let settings = settings();
    let head = printed_with(&settings, &["ledger", "head"]);
    let folder = corrected(&settings, "pct.csv", |text| {
        let rows = text.lines().filter(|row| !row.starts_with("5KF"));
        rows.map(|row| format!("{row}\n")).collect()
    });
    let bodies = |cycle, folder| ["ledger", "rebase", cycle, "--bodies", folder];
    for (arguments, code, expected) in [
        (
            bodies(CYCLE, &folder),
            1,
            "memberships.csv, row 2, column pct: there is no PCT \"5KF\"",
        ),
        (
            bodies("south", &folder),
            4,
            "there is no cycle `south` in the ledger: did you mean `south-of-tyne-and-wear/2008-09`?",
        ),
        (
            bodies(CYCLE, "nowhere"),
            1,
            "nowhere: there is no such folder; expected a folder of tables of bodies",
        ),
    ] {
        let (exit, words) = refused_with(&settings, &arguments);
        assert_eq!(exit, code, "{words}");
        assert!(words.contains(expected), "{words}");
    }
    assert_eq!(printed_with(&settings, &["ledger", "head"]), head);
}
