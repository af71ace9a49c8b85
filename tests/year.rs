//! The example that plays a whole year by requests alone: what `examples/year.sh` runs.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../examples/year/client.rs"]
mod client;
#[path = "../examples/year/inputs.rs"]
mod inputs;
#[path = "../examples/year/people.rs"]
mod people;
#[path = "../examples/year/play.rs"]
mod play;
#[path = "../examples/year/run.rs"]
mod run;
mod support;

use client::Program;
use std::sync::Mutex;
use support::{entry, library, root, settings_with};

/// The lines that playing an example prints.
fn played(case: &str) -> String {
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
    let case = root().join("examples").join(case);
    let print = |line| {
        lines
            .lock()
            .expect("nothing panics while it prints")
            .push(line)
    };
    let played = run::run(&program, &folder, &case.display().to_string(), &print);
    let lines = lines.into_inner().expect("nothing panicked").join("\n");
    played.unwrap_or_else(|error| panic!("{lines}\n{error}"));
    lines
}

#[test]
fn a_year_is_played_by_requests_and_equals_the_files() {
    let printed = played("south-of-tyne-and-wear");
    for step in [
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
    let by_operator = "operator                     enters 1";
    assert!(!printed.contains(by_operator), "{printed}");
}

#[test]
fn a_regime_without_phases_is_entered_by_the_operator() {
    let printed = played("trust-segments");
    assert!(
        printed.contains("the scorecards equal those of the case's files"),
        "{printed}"
    );
}
