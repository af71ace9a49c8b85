//! The command line: help, messages, exit codes and settings.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use support::{command, printed, settings_with, stderr, stdout, wcc, wcc_with};

fn code(arguments: &[&str]) -> (i32, String) {
    let output = wcc(arguments);
    (output.status.code().unwrap_or(-1), stderr(&output))
}

#[test]
fn every_command_has_help() {
    for arguments in [
        &["--help"][..],
        &["assure", "--help"],
        &["explain", "--help"],
        &["framework", "check", "--help"],
        &["plugin", "list", "--help"],
        &["plugin", "inspect", "--help"],
        &["plugin", "add", "--help"],
        &["serve", "--help"],
        &["config", "--help"],
        &["policy", "check", "--help"],
        &["policy", "ask", "--help"],
    ] {
        assert!(printed(arguments).contains("Usage:"), "{arguments:?}");
    }
}

#[test]
fn explain_prints_the_chain_behind_a_cell() {
    let text = printed(&["explain", "examples/south-of-tyne-and-wear", "5KF", "9b"]);
    for part in [
        "Gateshead PCT (5KF)",
        "inherited from South of Tyne and Wear",
        "Specialised Commissioning (specialised-commissioning) was assured at level 1",
        "the plugin Once North East",
        "the evidence supports level 1",
        "challenge: the panel assessment is level 3",
        "judgements.csv, row",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[test]
fn explain_shows_the_rule_of_a_strand() {
    let text = printed(&["explain", "examples/south-staffordshire", "5PK", "strategy"]);
    assert!(
        text.contains("rating amber by the rule \"counts; 2 of 5 at amber or below\""),
        "{text}"
    );
}

/// Copies a case and changes a file of the copy.
fn case_with(case: &str, file: &str, change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(case).expect("a case") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().expect("a name");
        let text = std::fs::read_to_string(&path).expect("a text");
        let text = if name == file { change(&text) } else { text };
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

fn assured(folder: &tempfile::TempDir) -> String {
    printed(&["assure", &folder.path().to_string_lossy(), "--full"])
}

#[test]
fn a_percentage_just_below_its_band_is_decided_and_shown_exactly() {
    let text = printed(&["assure", "tests/cases/rounded-band", "--full"]);
    let expected = "Overall rating = rating requires-improvement° (percent-bands; 62.96%)";
    assert!(text.contains(expected), "{text}");
    let rounding = case_with("tests/cases/rounded-band", "rounded.toml", |text| {
        text.replace(
            "rule = \"percent-bands\"",
            "rule = \"percent-bands\"\nround = \"whole\"",
        )
    });
    let expected = "Overall rating = rating good° (percent-bands; 62.96%, rounded to 63%)";
    let text = assured(&rounding);
    assert!(text.contains(expected), "{text}");
}

#[test]
fn averages_use_unrounded_values() {
    let text = printed(&["assure", "tests/cases/samm", "--full"]);
    for figure in [
        "Governance = maturity 1.25° (mean-nearest; mean 1.3333)",
        "Design = maturity 0.75° (mean-nearest; mean 0.75)",
        "Implementation = maturity 1.75° (mean-nearest; mean 1.625)",
        "Verification = maturity 1.25° (mean-nearest; mean 1.3333)",
        "Operations = maturity 1.5° (mean-nearest; mean 1.375)",
        "Overall score = maturity 1.25° (mean-nearest; mean 1.2833)",
        "= maturity 1° (mean-nearest; mean 0.875)",
        "= maturity 0.25° (mean-nearest; mean 0.125)",
    ] {
        assert!(text.contains(figure), "{figure:?} is missing in:\n{text}");
    }
    // Averages of areas and of components are equal, because all have the same number of measures.
    for over in ["areas", "components"] {
        let other = case_with("tests/cases/samm", "samm-2.toml", |text| {
            text.replace("over = \"measures\"", &format!("over = \"{over}\""))
        });
        let text = assured(&other);
        assert!(
            text.contains("(mean-nearest; mean 1.2833)"),
            "{over}: {text}"
        );
    }
}

#[test]
fn a_result_is_known_if_no_missing_value_could_change_it() {
    // RXX is in recovery support, so its segment is 5 for every value of the missing metric.
    let text = printed(&["assure", "tests/cases/oversight", "--full"]);
    for line in [
        "Segment = segment 5° (worst-of; whatever the missing values are)",
        "= segment not known (percent-bands; 2 or 1 is possible)",
    ] {
        assert!(text.contains(line), "{line:?} is missing in:\n{text}");
    }
    let text = printed(&["explain", "tests/cases/oversight", "RXX", "access"]);
    let why = "unknown by the rule \"percent-bands\", no value for aae; segment 2 or 1 is possible";
    assert!(text.contains(why), "{text}");
}

#[test]
fn explain_shows_the_rule_of_the_whole() {
    let text = printed(&["explain", "examples/another-regime", "00M", "overall"]);
    assert!(
        text.contains("panel assessment: rating") && text.contains("by the rule \"percent-bands;"),
        "{text}"
    );
}

#[test]
fn a_mistyped_code_or_measure_names_the_nearest() {
    let case = "examples/south-of-tyne-and-wear";
    let (exit, message) = code(&["assure", case, "--pct", "5KE"]);
    assert_eq!(exit, 4);
    assert!(message.contains("5KF, 5KG, 5KL"), "{message}");
    let (exit, message) = code(&["explain", case, "5KF", "strategy.11"]);
    assert_eq!(exit, 4);
    assert!(message.contains("strategy.1"), "{message}");
}

#[test]
fn a_folder_without_a_case_is_refused() {
    let (exit, message) = code(&["assure", "configs"]);
    assert_eq!(exit, 1);
    assert!(message.contains("case.toml"), "{message}");
    let (exit, _) = code(&["assure", "no-such-folder"]);
    assert_eq!(exit, 1);
}

#[test]
fn an_unknown_setting_names_the_nearest() {
    let settings = settings_with("[server]\nlisten_on = \"127.0.0.1:1\"\n");
    let output = wcc_with(&settings, &["config"]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(
        message.contains("server.listen_on") && message.contains("`server.listen`"),
        "{message}"
    );
}

#[test]
fn config_shows_the_source_of_each_value() {
    let settings = settings_with("[server]\nbody_bytes = 5000\n");
    let output = command()
        .arg("--config")
        .arg(&settings)
        .arg("config")
        .env("WCC__SERVER__REQUEST_SECONDS", "7")
        .output()
        .expect("wcc runs");
    let text = stdout(&output);
    let line = |key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_else(|| panic!("{key}: {text}"))
    };
    assert!(line("server.body_bytes").contains("wcc.toml"), "{text}");
    assert!(
        line("server.request_seconds").contains("environment"),
        "{text}"
    );
    assert!(line("server.request_seconds").contains('7'), "{text}");
    assert!(line("server.listen").contains("default"), "{text}");
}

#[test]
fn an_invalid_value_is_reported_with_the_expected_ones() {
    let settings = settings_with("[server]\nrequest_seconds = \"soon\"\n");
    let output = wcc_with(&settings, &["config"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("a whole number from 1 to 600"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_framework_is_checked() {
    let text = printed(&["framework", "check", "configs/frameworks/wcc-2009-10.toml"]);
    assert!(
        text.contains("14 components (14 scored), 49 measures"),
        "{text}"
    );
    let rounded = "tests/cases/rounded-band/rounded.toml";
    let text = printed(&["framework", "check", rounded]);
    assert!(text.contains("1 area, 4 components"), "{text}");
    let (exit, message) = code(&["framework", "check", "configs/wcc.toml"]);
    assert_eq!(exit, 1);
    assert!(message.contains("wcc.toml"), "{message}");
}

#[test]
fn a_missing_previous_framework_is_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string(support::root().join("configs/frameworks/wcc-2009-10.toml"));
    let text = text.expect("a framework");
    let file = folder.path().join("wcc-2009-10.toml");
    let mistyped = "previous = \"wcc-2008-9\"";
    let text = text.replace("previous = \"wcc-2008-09\"", mistyped);
    std::fs::write(&file, text).expect("a file");
    let (exit, message) = code(&["framework", "check", &file.display().to_string()]);
    assert_eq!(exit, 0, "{message}");
    assert!(
        message.contains("warning: wcc-2009-10.toml, line")
            && message.contains("did you mean \"wcc-2008-09\"?"),
        "{message}"
    );
}

#[test]
fn a_probable_mistake_is_a_warning_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        (
            "case.toml",
            "title = \"t\"\n[[cycle]]\nid = \"c\"\nframework = \"wcc-2009-10\"\n\
             as_of = 2010-05-31\npcts = [\"5PK\"]\n",
        ),
        (
            "survey.csv",
            "body,survey,measure,score\n5PK,key-stakholder,1a,4\n5PE,key-stakeholder,1a,4\n",
        ),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let output = wcc(&["assure", &folder.path().display().to_string(), "--full"]);
    assert!(output.status.success());
    let message = stderr(&output);
    for part in [
        "warning: survey.csv, row 2, column survey",
        "expected key-stakeholder or mori; did you mean \"key-stakeholder\"?",
        "warning: survey.csv, row 3, column body: \"5PE\" is not assured in this cycle",
    ] {
        assert!(message.contains(part), "{part:?} is missing in:\n{message}");
    }
    let text = stdout(&output);
    assert!(text.contains("[Survey without a rule]"), "{text}");
}

#[test]
fn a_result_with_an_inferred_mark_is_marked() {
    let text = printed(&["assure", "examples/south-staffordshire", "--full"]);
    assert!(
        text.contains("= level 2*° (lowest; mean 2.67) · self-assessment 3*°, below"),
        "{text}"
    );
    assert!(
        text.contains("* inferred, or based on an inferred mark"),
        "{text}"
    );
    let text = printed(&["explain", "examples/south-staffordshire", "5PK", "10"]);
    assert!(
        text.contains("panel assessment: level 2 by the rule \"lowest; mean 2.67\"; no result was recorded; based on an inferred mark: 10a, 10b and 10c"),
        "{text}"
    );
    let text = printed(&["assure", "examples/south-staffordshire", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let components = answer.pointer("/cycle/assurances/0/outputs/0/components");
    let components = components.and_then(|all| all.as_array()).expect("a list");
    let inferred: Vec<&str> = components
        .iter()
        .filter(|component| component["inferred"] == true)
        .filter_map(|component| component["component"]["code"].as_str())
        .collect();
    assert_eq!(inferred, ["10"]);
}

#[test]
fn the_checks_of_a_plugin_are_listed() {
    let text = printed(&["plugin", "inspect", "once-north-east"]);
    for part in [
        "check once-north-east/",
        "what     ",
        "why      ",
        "example  ",
        "cancer-network",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert_eq!(code(&["plugin", "inspect", "north-west"]).0, 4);
}

#[test]
fn a_changed_library_is_not_loaded_and_every_output_is_printed() {
    let library = support::library("once-north-east");
    let entry = support::entry(&library);
    let digest = entry
        .split("sha256 = \"")
        .nth(1)
        .and_then(|rest| rest.get(..64))
        .expect("64");
    let flipped: String = digest.chars().rev().collect();
    let settings = settings_with(&entry.replace(digest, &flipped));
    let output = wcc_with(&settings, &["assure", "examples/south-of-tyne-and-wear"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert_eq!(
        text.matches("not checked: plugin once-north-east").count(),
        4, // the cluster and each of its PCTs
        "{text}"
    );
    assert!(
        text.contains("the file is not the configured one"),
        "{text}"
    );
}

#[test]
fn a_file_other_than_a_library_is_refused() {
    let (exit, message) = code(&["plugin", "add", "README.md"]);
    assert_eq!(exit, 3);
    assert!(message.contains("README.md"), "{message}");
}

/// Returns the lines of a page from its heading up to the next horizontal line.
fn page<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| !line.starts_with(heading));
    let rule = |line: &&str| !line.starts_with('─') && !line.starts_with('═');
    lines.take_while(rule).collect()
}

#[test]
fn each_body_fits_a_screen_unless_full_output_is_requested() {
    let case = "examples/south-of-tyne-and-wear";
    let brief = printed(&["assure", case]);
    assert!(
        brief.lines().all(|line| line.chars().count() <= 100),
        "{brief}"
    );
    for heading in [
        "SOUTH OF TYNE AND WEAR (",
        "GATESHEAD PCT",
        "SOUTH TYNESIDE PCT",
    ] {
        let lines = page(&brief, heading).len();
        assert!((20..=65).contains(&lines), "{heading}: {lines} lines");
    }
    assert_eq!(
        brief.matches("How to read it").count(),
        1,
        "one legend a run"
    );
    let full = printed(&["assure", case, "--full"]);
    for part in [
        "TIMETABLE",
        "STRENGTHS",
        "HEADLINE 1",
        "RATIONALES",
        "EVIDENCE",
        "TRAJECTORY",
    ] {
        assert!(full.contains(part), "{part}");
        assert!(!brief.contains(part), "{part}");
    }
}

#[test]
fn the_shared_part_of_a_cluster_is_printed_once() {
    let text = printed(&["assure", "examples/south-of-tyne-and-wear"]);
    assert_eq!(
        text.matches("9b Negotiation of contracts").count(),
        1,
        "{text}"
    );
    assert!(
        page(&text, "GATESHEAD PCT")
            .join(" ")
            .contains("shared with its cluster")
    );
    let alone = printed(&["assure", "examples/south-of-tyne-and-wear", "--pct", "5KF"]);
    assert!(alone.contains("9b Negotiation of contracts"), "{alone}");
}

#[test]
fn a_challenge_that_the_panel_has_settled_is_not_open() {
    let text = printed(&["assure", "examples/south-staffordshire"]);
    assert!(
        text.contains("3 challenges closed because the panel corrected"),
        "{text}"
    );
    assert!(!text.contains("not answered"), "{text}");
    let full = printed(&["assure", "examples/south-staffordshire", "--full"]);
    let closed = "self-assessment: closed, because the panel has corrected it";
    assert_eq!(full.matches(closed).count(), 3);
}

#[test]
fn a_large_case_is_a_table_of_regions() {
    let text = printed(&["assure", "examples/england", "--cycle", "2009-10"]);
    assert!(text.lines().count() < 250, "{}", text.lines().count());
    assert!(text.contains("NORTH EAST (Q30)") && text.contains("South Staffordshire PCT (5PK)"));
    assert!(text.contains("for one body add --pct, --cluster or --function"));
}

#[test]
fn a_cluster_and_a_function_print_their_own_results() {
    let case = "examples/south-of-tyne-and-wear";
    let cluster = printed(&["assure", case, "--cluster", "south-of-tyne-and-wear"]);
    assert!(
        cluster.contains("9b✓3!"),
        "above what the evidence supports: {cluster}"
    );
    assert!(cluster.contains("assured for each PCT"), "{cluster}");
    assert!(!cluster.contains("GATESHEAD PCT"), "{cluster}");
    let function = printed(&["assure", case, "--function", "specialised-commissioning"]);
    assert!(
        function.contains("delegated by Gateshead PCT (5KF)"),
        "{function}"
    );
    let (exit, message) = code(&["assure", case, "--pct", "south-of-tyne-and-wear"]);
    assert_eq!(exit, 4);
    assert!(
        message.contains("use --cluster south-of-tyne-and-wear"),
        "{message}"
    );
    let json = printed(&[
        "assure",
        case,
        "--function",
        "specialised-commissioning",
        "--json",
    ]);
    let answer: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let function = answer.pointer("/function/assurance/function/code");
    assert_eq!(
        function.and_then(|code| code.as_str()),
        Some("specialised-commissioning")
    );
    let json = printed(&[
        "assure",
        case,
        "--cluster",
        "south-of-tyne-and-wear",
        "--json",
    ]);
    let answer: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let open = answer.pointer("/assurance/result/challengeCounts/open");
    assert!(
        open.and_then(serde_json::Value::as_u64) > Some(0),
        "{open:?}"
    );
}

#[test]
fn explain_works_for_clusters_functions_outcomes_and_areas() {
    let case = "examples/south-of-tyne-and-wear";
    let text = printed(&["explain", case, "south-of-tyne-and-wear", "9b"]);
    for part in [
        "looked for:",
        "judged for South of Tyne and Wear (south-of-tyne-and-wear), once for all of its PCTs",
        "relies on \"Register of contracts with their quality schedules\" (document,",
        "evidence.csv, row",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let text = printed(&["explain", case, "specialised-commissioning", "9"]);
    assert!(
        text.contains("from 9a 2, 9b 1, 9c 2; the lowest, 9b, decides"),
        "{text}"
    );
    let text = printed(&[
        "explain",
        "examples/south-staffordshire",
        "5PK",
        "governance",
    ]);
    for part in [
        "Strategy: rating amber\n",
        "Board: rating green, by the rule alone",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    let text = printed(&["explain", case, "5KF", "competencies"]);
    assert!(
        text.contains("11 Sound financial investments: not assessed in this year's framework"),
        "{text}"
    );
    for id in ["finance", "finance.1"] {
        let text = printed(&["explain", case, "south-of-tyne-and-wear", id]);
        assert!(
            text.contains("is assured for each PCT, not for the cluster"),
            "{text}"
        );
    }
    let text = printed(&[
        "explain",
        "examples/south-staffordshire",
        "5PK",
        "cancer-mortality",
    ]);
    assert!(text.contains("aspiration: -1.2% a year"), "{text}");
    let text = printed(&["explain", "examples/south-staffordshire", "5PK", "1c"]);
    for part in [
        "limits nothing, because the framework has no rule for it: the staff survey",
        "relies on \"Staff survey, commissioning staff against SHA and national average\" (survey)",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    // Evidence that is linked only by its own `measures`.
    let text = printed(&["explain", case, "5KF", "4c"]);
    assert!(
        text.contains("evidence: \"Key stakeholder survey\""),
        "{text}"
    );
}

#[test]
fn a_concern_names_its_subject_once() {
    let case = "examples/south-of-tyne-and-wear";
    let folder = case_with(case, "judgements.csv", |text| {
        format!("{text}5KF,board.5,calibrated,red,Seen by the region,,,,illustrative\n")
    });
    let folder = folder.path().to_string_lossy();
    for detail in [&[][..], &["--full"]] {
        let mut arguments = vec!["assure", &*folder, "--pct", "5KF"];
        arguments.extend(detail);
        let text = printed(&arguments);
        assert!(text.contains("the panel recorded green"), "{text}");
        assert!(!text.contains("Board: Board"), "{text}");
    }
}

#[test]
fn a_mistyped_feature_of_a_body_gives_a_warning() {
    let case = case_with("tests/cases/regimes/headline", "bodies.csv", |text| {
        text.replace("S2,Dale School,north,", "S2,Dale School,north,sixthform")
    });
    let output = wcc(&["assure", &case.path().to_string_lossy()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = "warning: bodies.csv: no measure is for the feature \"sixthform\"; expected \
                    sixth-form; did you mean \"sixth-form\"?";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[test]
fn a_cycle_in_place_of_a_point_in_the_ledger_is_told_apart() {
    let cycle = "south-of-tyne-and-wear/2008-09";
    let (exit, message) = code(&["explain", &format!("ledger:{cycle}"), "5KF", "1b"]);
    assert_eq!(exit, 2, "{message}");
    let advice = format!("give `ledger:` here and `--cycle {cycle}` as well");
    assert!(message.contains(&advice), "{message}");
    let (_, message) = code(&["explain", "ledger:2009-11-30T17:00", "5KF", "1b"]);
    assert!(
        message.contains("is not a point in the ledger") && !message.contains("--cycle"),
        "{message}"
    );
}
