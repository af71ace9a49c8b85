//! Messages for people: each is made once, by whichever server sees first what happened.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use server::Server;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{printed_with, settings_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// The messages that a command prints, without what is due on the day.
fn messages(settings: &Path, options: &[&str]) -> Vec<String> {
    let printed = printed_with(settings, &[&["outbox"], options].concat());
    let lines = printed.lines().filter(|line| {
        let is_due = ["(deadline-near)", "(deadline-passed)", "(challenge)"];
        !is_due.iter().any(|kind| line.ends_with(kind)) && !line.starts_with("there are no")
    });
    // Without the identifier, the day and the state.
    let lines = lines.map(|line| line.splitn(4, "  ").last().unwrap_or_default().to_owned());
    lines.collect()
}

/// Waits for a message that begins in this way and has this part; returns all messages then. Those of
/// one entry come together.
fn wait_for(settings: &Path, begins: &str, part: &str) -> Vec<String> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let found = messages(settings, &[]);
        let is_there = |message: &String| message.starts_with(begins) && message.contains(part);
        if found.iter().any(is_there) {
            return found;
        }
        assert!(Instant::now() < until, "no {begins}{part}: {found:#?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn two_servers_and_a_restart_make_each_message_once() {
    let settings = settings_with("");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    let (first, second) = (Server::on_ledger(&settings), Server::on_ledger(&settings));
    assert_eq!(
        messages(&settings, &[]),
        Vec::<String>::new(),
        "of what happened before"
    );
    printed_with(&settings, &["phase", "open", CYCLE, "toolkit"]);
    printed_with(&settings, &["phase", "open", CYCLE, "self-assessment"]);
    let found = wait_for(&settings, "board of Q30: ", "elf-assessment");
    let count = found.len();
    for expected in ["board", "executive", "lead"] {
        let of_role = format!("{expected} of Q30: ");
        let of_role = found
            .iter()
            .filter(|message| message.starts_with(&of_role) && message.contains("elf-assessment"));
        assert_eq!(of_role.count(), 1, "{expected}: {found:#?}");
    }
    // No message says what was assessed.
    assert!(
        !found.iter().any(|message| message.contains("level")),
        "{found:#?}"
    );
    assert_eq!(first.terminate(), Some(0));
    assert_eq!(second.terminate(), Some(0));

    // What happens while no server runs is said by the next one, and nothing is said again.
    printed_with(
        &settings,
        &["phase", "open", CYCLE, "partner-survey", "--for", "5KF"],
    );
    // A command leaves them to the next server.
    assert_eq!(messages(&settings, &[]), found);
    let (first, second) = (Server::on_ledger(&settings), Server::on_ledger(&settings));
    let after = wait_for(&settings, "executive of 5KF: ", "(phase-opened)");
    let new: Vec<&String> = after
        .iter()
        .filter(|message| !found.contains(message))
        .collect();
    assert_eq!(after.len(), count + new.len(), "{after:#?}");
    assert!(
        !new.is_empty() && new.iter().all(|message| message.contains("(5KF)")),
        "{new:#?}"
    );
    let executive = messages(&settings, &["--role", "executive", "--body", "5KF"]);
    assert_eq!(executive.len(), 1, "{executive:#?}");
    assert_eq!(first.terminate(), Some(0));
    assert_eq!(second.terminate(), Some(0));
    assert_eq!(messages(&settings, &[]), after);
}
