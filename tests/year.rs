//! The example that plays a whole year by requests alone: what `examples/year.sh` runs.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../examples/year/acts.rs"]
mod acts;
#[path = "../examples/year/approvals.rs"]
mod approvals;
#[path = "../examples/year/cast.rs"]
mod cast;
#[path = "../examples/year/client.rs"]
mod client;
#[path = "../examples/year/gaps.rs"]
mod gaps;
#[path = "../examples/year/inputs.rs"]
mod inputs;
#[path = "../examples/year/invented.rs"]
mod invented;
#[path = "../examples/year/next_year.rs"]
mod next_year;
#[path = "../examples/year/panels.rs"]
mod panels;
#[path = "../examples/year/people.rs"]
mod people;
#[path = "../examples/year/phases.rs"]
mod phases;
#[path = "../examples/year/play.rs"]
mod play;
#[path = "../examples/year/run.rs"]
mod run;
mod support;

use client::Program;
use std::path::Path;
use std::sync::Mutex;
use support::{CopiedCase, entry, library, root, settings_with};

/// The lines that playing a case prints, from its folder.
fn played(case: &str) -> String {
    let (lines, played) = play_case(&root().join(case));
    played.unwrap_or_else(|error| panic!("{lines}\n{error}"));
    lines
}

/// The same, and how it ended.
fn play_case(case: &Path) -> (String, client::Result<()>) {
    let entries: Vec<String> = ["once-north-east", "west-midlands"]
        .iter()
        .map(|plugin| entry(&library(plugin)))
        .collect();
    let config = settings_with(&entries.concat());
    let folder = config
        .parent()
        .expect("the folder of the settings")
        .to_owned();
    let program = Program {
        wcc: env!("CARGO_BIN_EXE_wcc").into(),
        config,
    };
    let lines = Mutex::new(Vec::new());
    let print = |line| {
        lines
            .lock()
            .expect("nothing panics while it prints")
            .push(line)
    };
    let played = run::run(&program, &folder, &case.display().to_string(), &print);
    let lines = lines.into_inner().expect("nothing panicked").join("\n");
    (lines, played)
}

#[test]
fn a_year_in_which_nobody_reaches_the_last_phase_fails() {
    let case = CopiedCase::of("../tests/cases/left-behind");
    case.edit("county-review.toml", |text| {
        text.replace("approvals = [\"signed-off\"]\n", "")
    });
    let (lines, played) = play_case(&case.path());
    let error = played.expect_err("nobody may sign off");
    assert_eq!(
        error.to_string(),
        "left-behind/2024: nobody reached `Archive`",
        "{lines}"
    );
}

#[test]
fn a_year_is_played_by_requests_and_equals_the_files() {
    let printed = played("examples/south-of-tyne-and-wear");
    for step in [
        "PCT executive, North East    allocates 13 areas to lead, and names a coordinator",
        "PCT executive, North East    plans 3 actions",
        "PCT executive, North East    shares an area of concern",
        "SHA assurer, North East      records support as chosen",
        "PCT executive, North East    files 5 plans: South of Tyne and Wear",
        "SHA assurer, North East      files 1 plan: North East",
        "records 2 lines by month of `Annual operating plan`",
        "appoints 5 members of the panel: South of Tyne and Wear",
        "appoints 5 members of the panel: Cancer Network",
        "is refused to score `1a` before they declare their interests",
        "sees 0 of 1 scores on `1a` before their own",
        "sees 2 of 2 scores on `1a` after it",
        "PCT executive, North East    is refused to judge `1a` for the panel",
        "PCT executive, North East    is refused to read the assessment of South Tyneside PCT (5KG)",
        "PCT executive, North East    comments on a fact in the draft report",
        "panel chair, North East      accepts the comment",
        "SHA assurer, North East      calibrates `1a` to 1",
        "PCT executive, North East    reports on 3 actions",
        "records 2 lines by month with actual figures",
        "opens south-of-tyne-and-wear/2008-09/next by wcc-2009-10",
        "SHA assurer, North East      opens `Panel days` for North East (Q30)",
        "PCT board, North East        approves",
        "panel chair, North East      enters 2 x answer",
        "panel chair, North East      approves",
        "releases the results of North East (Q30) to 11 roles",
        "3 released outputs are kept, and calculated alike now",
        "the scorecards equal those of the case's files",
    ] {
        assert!(printed.contains(step), "{step}\n{printed}");
    }
    for (refused, reason) in [
        (
            "is refused to score `1a`",
            "has not declared any interests in",
        ),
        (
            "is refused to judge `1a` for the panel",
            "may not do this (`record-judgement`)",
        ),
    ] {
        let mut lines = printed.lines();
        let is_told = lines.any(|line| line.contains(refused) && line.contains(reason));
        assert!(is_told, "{refused}: {reason}\n{printed}");
    }
    // At the end of the panel days, in the check of facts, and once results are released.
    for (role, seen) in [
        (
            "panel chair",
            [
                "44 of the panel, scores on 4 measures, 7 remarks",
                "44 of the panel, scores on 4 measures, 7 remarks",
                "44 of the panel, scores on 4 measures, 7 remarks",
            ],
        ),
        (
            "PCT board",
            [
                "0 of the panel, scores on 0 measures, 0 remarks",
                "0 of the panel, scores on 0 measures, 7 remarks",
                "44 of the panel, scores on 0 measures, 7 remarks",
            ],
        ),
        (
            "partner",
            [
                "0 of the panel, scores on 0 measures, 0 remarks",
                "0 of the panel, scores on 0 measures, 0 remarks",
                "44 of the panel, scores on 0 measures, 7 remarks",
            ],
        ),
    ] {
        let person = format!("{role}, North East");
        let lines = printed.lines().filter(|line| line.starts_with(&person));
        let seen_of_it: Vec<&str> = lines
            .filter_map(|line| line.split_once("sees of Gateshead PCT (5KF): 44 own values, "))
            .map(|(_, seen)| seen)
            .collect();
        assert_eq!(seen_of_it, seen, "{person}\n{printed}");
    }
    let by_operator = "operator                     enters 1";
    assert!(!printed.contains(by_operator), "{printed}");
    assert_nothing_is_left_out(&printed);
}

/// Whatever the player invents suits the frameworks of World Class Commissioning: a refusal would be a fault.
fn assert_nothing_is_left_out(printed: &str) {
    let mut lines = printed.lines();
    assert!(
        !lines.any(|line| line.starts_with("left out ")),
        "{printed}"
    );
}

fn assert_steps(printed: &str, steps: &[&str]) {
    for step in steps {
        assert!(printed.contains(step), "{step}\n{printed}");
    }
}

/// One regime has phases, the other has nothing.
#[test]
fn people_are_invented_for_a_regime_that_names_none() {
    let printed = played("examples/another-regime");
    let steps = [
        "the framework has no people who could play it: 4 roles (invented)",
        "officer of the region (invented), North of England opens `Review of annual report and website`",
        "assessor (invented), North of England enters 13 x judgement",
        "CCG executive (invented), North of England plans 3 actions",
        "releases the results of North of England (Y54) to 4 roles",
        "3 released outputs are kept, and calculated alike now",
        "the scorecards equal those of the case's files",
    ];
    assert_steps(&printed, &steps);
    let printed = played("examples/annual-letters");
    let steps = [
        "the framework has no people who could play it: 4 roles and 4 phases (invented)",
        "opens `Assessment (invented)`",
        "the scorecards equal those of the case's files",
    ];
    assert_steps(&printed, &steps);
    let by_operator = "operator                     enters 1 x";
    assert!(!printed.contains(by_operator), "{printed}");
}

/// Its phases branch, its first phase lets nobody open it, nobody may record one of the methods or release results, and
/// of every ferry something is missing before the second phase.
#[test]
fn another_framework_is_played_to_its_end() {
    let printed = played("tests/cases/ferries");
    let steps = [
        "operator                     opens `At berth` for Eastport (EAST)",
        "skipper, Eastport            enters 6 x judgement",
        "invented                     6 judgements of these, which the case does not have",
        "skipper, Westport            approves `Log sworn` of Auk (AUK)",
        "harbour master, Eastport     opens `Tides read` for Eastport (EAST)",
        // Nobody may record tide tables, and `In dry dock` waits for them.
        "operator                     enters 5 x judgement",
        "2 members                    score 3 measures, each blind: Auk (AUK) (invented)",
        "surveyor, Westport           approves `Survey sealed` of Auk (AUK)",
        "officer of the admiralty, Westport enters 1 x judgement",
        "operator                     releases the results of Westport (WEST) to 4 roles",
        "3 released outputs are kept, and calculated alike now",
        "operator                     takes back 8 judgements of ferries/2031 (invented)",
        "the scorecards equal those of the case's files",
    ];
    assert_steps(&printed, &steps);
}

/// The published report leaves self-ratings and panel marks out: they are invented, and taken back in the end.
#[test]
fn what_a_report_leaves_out_holds_up_nobody() {
    let printed = played("examples/south-staffordshire");
    let steps = [
        "invented                     21 judgements of these, which the case does not have",
        "PCT board, West Midlands     approves `Self-assessment ratified by the board` of South Staffordshire PCT (5PK)",
        "panel chair, West Midlands   approves `Panel report agreed by the chair` of South Staffordshire PCT (5PK)",
        "releases the results of West Midlands (Q34) to 11 roles",
        "1 released outputs are kept, and calculated alike now",
        "operator                     takes back 42 judgements of south-staffordshire/2009-10 (invented)",
        "the scorecards equal those of the case's files",
    ];
    assert_steps(&printed, &steps);
    assert_nothing_is_left_out(&printed);
}

/// The panel of a function does not meet while a group of its region is left behind.
#[test]
fn a_function_waits_for_its_region() {
    let case = CopiedCase::of("../tests/cases/ferries");
    case.edit("functions.csv", |text| {
        format!("{text}pilots,Pilots,EAST,yes,drills,ceiling\n")
    });
    case.edit("delegations.csv", |text| format!("{text}pilots,TERN,,\n"));
    case.edit("judgements.csv", |text| {
        let own = "AUK,speed,log,17,\nAUK,steering,log,By hand.,\nAUK,drills,log,dry,\n";
        let panel = "AUK,steering,survey,Well.,\npilots,drills,survey,floats,\n";
        format!("{text}{own}{panel}")
    });
    let (printed, ended) = play_case(&case.path());
    ended.unwrap_or_else(|error| panic!("{printed}\n{error}"));
    let steps = [
        "left behind                  Tern (TERN) is not ready for `In dry dock`",
        "2 members                    score 3 measures, each blind: Auk (AUK) (invented)",
        "1 released outputs are kept, and calculated alike now",
        "the scorecards equal those of the case's files",
    ];
    assert_steps(&printed, &steps);
}

/// Lake Library has judged only some of its measures, and Shut Library none: the phases open and results are
/// released for everybody else.
#[test]
fn who_is_not_ready_holds_up_nobody_else() {
    let printed = played("tests/cases/left-behind");
    let has = |line: &str| printed.lines().any(|printed| printed == line);
    let not_ready = "is not ready for `Visits`. Missing: own view of";
    for line in [
        format!(
            "left behind                  Lake Library (LAKE) {not_ready} Lake Library (LAKE) on 1 measure"
        ),
        format!(
            "left behind                  Shut Library (SHUT) {not_ready} Shut Library (SHUT) on 2 measures"
        ),
        // What a group that waits for a member shares is for nobody else to enter.
        "operator                     enters 1 x judgement".to_owned(),
    ] {
        assert!(has(&line), "{line}\n{printed}");
    }
    for (act, bodies) in [
        (
            "opens `Own view` for ",
            &["Northshire (NORTH)", "Southshire (SOUTH)"][..],
        ),
        (
            "approves `Own view signed off` of ",
            &["Ford", "Hill", "Isle", "Valley"],
        ),
        (
            "opens `Visits` for ",
            &["Ford", "Hill", "Southshire", "Valley"],
        ),
        (
            "opens `Reports` for ",
            &["Ford", "Hill", "Southshire", "Valley"],
        ),
        (
            "releases the results of ",
            &["Ford", "Hill", "Southshire", "Valley"],
        ),
    ] {
        let lines = printed.lines().filter_map(|line| line.split_once(act));
        let mut named: Vec<&str> = lines.map(|(_, body)| body).collect();
        named.sort_unstable();
        let is_each = named
            .iter()
            .zip(bodies)
            .all(|(named, body)| named.starts_with(body));
        assert!(
            is_each && named.len() == bodies.len(),
            "{act}{bodies:?}\n{printed}"
        );
    }
    for step in [
        "5 released outputs are kept, and calculated alike now",
        "the scorecards equal those of the case's files",
    ] {
        assert!(printed.contains(step), "{step}\n{printed}");
    }
}
