//! The history of a measure lists marks that were withdrawn, with who did it, when and why, to those who would see the marks.

#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/office.rs"]
mod office;
#[path = "support/server.rs"]
mod server;
mod support;

use office::{CYCLE, Office};
use std::path::Path;
use support::printed_with;

const HISTORY: &str = "/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF/history/1a";

/// The entry that recorded something: the first whose line has these words.
fn entry_of(settings: &Path, words: &str) -> String {
    let entries = printed_with(settings, &["ledger", "show", "1", "400"]);
    let line = entries.lines().find(|line| line.contains(words));
    let line = line.unwrap_or_else(|| panic!("{words} is not in {entries}"));
    let number = line.split_whitespace().next().unwrap_or_default();
    number.to_owned()
}

fn withdraw(settings: &Path, entry: &str, reason: &str) {
    let arguments = ["enter", "withdraw", "--entry", entry, "--reason", reason];
    printed_with(settings, &arguments);
}

#[test]
fn withdrawn_marks_are_listed_with_who_when_and_why() {
    let phases = ["toolkit", "self-assessment"];
    let office = Office::open_with("", &phases, |settings| {
        let of = |method: &str| {
            entry_of(
                settings,
                &format!("{method} of south-of-tyne-and-wear on 1a"),
            )
        };
        withdraw(
            settings,
            &of("self-assessment"),
            "Entered for another measure.",
        );
        withdraw(
            settings,
            &of("panel assessment"),
            "The panel had not agreed it.",
        );
        // Another takes its place: the history goes back beyond it.
        let judgement = [
            "enter",
            "record-judgement",
            "--cycle",
            CYCLE,
            "--body",
            "south-of-tyne-and-wear",
        ];
        let mark = [
            "--measure",
            "1a",
            "--method",
            "self",
            "--value",
            "3",
            "--rationale",
            "Assessed again.",
        ];
        printed_with(settings, &[&judgement[..], &mark[..]].concat());
    });
    let mut browser = office.desk_of("demo-executive");
    let page = browser.get(HISTORY);
    let text = page.text();
    for expected in [
        "Assessed again.",
        "Entered for another measure.",
        "by operator",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    // During the self-assessment a body does not see what the panel records.
    assert!(!text.contains("The panel had not agreed it."), "{text}");
    let stranger = office.browser().get(HISTORY);
    assert_ne!(stranger.status, 200, "{}", stranger.text());
}
