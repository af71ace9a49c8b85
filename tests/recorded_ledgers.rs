//! Ledgers of earlier versions of this program: each can be opened and verified, exports the recorded
//! bundle, and gives the recorded outputs.
//!
//! `tests/recorded_ledgers/README.md` explains how to record the next one. `UPDATE=1` records the
//! outputs; explain a change of results in its commit.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "helpers of tests may fail them"
)]

mod support;

use std::path::{Path, PathBuf};
use support::{compare_with_file, printed_with, settings_with};

/// A folder of `tests/recorded_ledgers`, and the cycles of its ledger.
const RECORDED: [(&str, &[&str]); 3] = [
    (
        "schema-1",
        &["another-regime/2017-18", "south-of-tyne-and-wear/2008-09"],
    ),
    (
        "schema-2",
        &["another-regime/2017-18", "south-of-tyne-and-wear/2008-09"],
    ),
    (
        "schema-3",
        &["another-regime/2017-18", "south-of-tyne-and-wear/2008-09"],
    ),
];

/// Writes settings with a copy of a recorded ledger.
fn settings(recorded: &Path) -> PathBuf {
    let settings = settings_with("[ledger]\nsha = 'england'\n");
    let data = settings.with_file_name("data");
    std::fs::create_dir_all(&data).expect("a folder");
    std::fs::copy(recorded.join("ledger.db"), data.join("ledger.db")).expect("a copy");
    settings
}

#[test]
fn every_recorded_ledger_is_listed() {
    let folder = support::root().join("tests/recorded_ledgers");
    let entries = std::fs::read_dir(folder).expect("the ledgers");
    let folders = entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir()));
    assert_eq!(folders.count(), RECORDED.len());
}

#[test]
fn a_recorded_ledger_gives_the_recorded_outputs() {
    for (name, cycles) in RECORDED {
        let folder = support::root().join("tests/recorded_ledgers").join(name);
        let settings = settings(&folder);
        let verified = printed_with(&settings, &["verify"]);
        assert!(
            verified.contains("every one as it was entered"),
            "{verified}"
        );
        for cycle in cycles {
            let output = printed_with(
                &settings,
                &["assure", "ledger:", "--cycle", cycle, "--full"],
            );
            let file = format!("{}.txt", cycle.replace('/', "_"));
            compare_with_file(&folder.join("outputs").join(file), &output);
        }
        let bundle = settings.with_file_name("bundle.tar");
        printed_with(&settings, &["export", &bundle.display().to_string()]);
        let bundle = std::fs::read(bundle).expect("the bundle");
        let expected = std::fs::read_to_string(folder.join("bundle.sha256"));
        let digest = wcc_ledger::Hash::of(&bundle).to_string();
        assert_eq!(digest, expected.expect("its hash").trim(), "{name}");
    }
}

/// Messages are read from tables of the version before, which know less of their delivery.
#[test]
fn the_messages_of_a_recorded_ledger_are_read() {
    let settings = settings(&support::root().join("tests/recorded_ledgers/schema-3"));
    let printed = printed_with(&settings, &["outbox"]);
    assert_eq!(printed.lines().count(), 3, "{printed}");
    let is_opening = |line: &str| line.contains("  waiting  ") && line.ends_with("(phase-opened)");
    assert!(printed.lines().all(is_opening), "{printed}");
}
