//! Messages for people: each is made once, by whichever server sees first what happened; and those that failed are sent
//! again.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/office.rs"]
mod office;
#[path = "support/server.rs"]
mod server;
mod support;

use browser::{Browser, Page};
use office::{CYCLE, Office};
use server::Server;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{printed_with, settings_with, stderr, stdout, wcc_with, wcc_with_line};

const PASSWORD: &str = "correct horse battery staple";

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

/// As if a mail server had refused every message for a role.
fn fail(settings: &Path, role: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        use sqlx::Connection as _;
        let file = settings.with_file_name("data").join("ledger.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let options = options.busy_timeout(Duration::from_secs(30));
        let opened = sqlx::SqliteConnection::connect_with(&options).await;
        let mut database = opened.expect("the ledger");
        let change = "UPDATE message SET state = 'failed', problem = '1 address: refused', attempts = 1 WHERE role = $1";
        let changed = sqlx::query(change).bind(role).execute(&mut database).await;
        assert_ne!(changed.expect("changed").rows_affected(), 0);
        database.close().await.expect("closed");
    });
}

/// The first identifiers that a command prints.
fn identifiers(settings: &Path, options: &[&str]) -> Vec<String> {
    let printed = printed_with(settings, &[&["outbox"], options].concat());
    let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
    printed.lines().filter_map(first).collect()
}

/// One that cannot be sent again keeps neither the others nor what is said of them.
#[test]
fn a_command_says_of_each_message_whether_it_is_sent_again() {
    let settings = settings_with("");
    let case = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", case]);
    let server = Server::on_ledger(&settings);
    printed_with(&settings, &["phase", "open", CYCLE, "toolkit"]);
    printed_with(&settings, &["phase", "open", CYCLE, "self-assessment"]);
    wait_for(&settings, "board of Q30: ", "elf-assessment");
    assert_eq!(server.terminate(), Some(0));
    for role in ["board", "executive"] {
        fail(&settings, role);
    }
    let failed = identifiers(&settings, &["--failed"]);
    let waiting = identifiers(&settings, &["--waiting"]);
    let [first, last] = [failed.first(), failed.last()].map(|id| id.expect("one").as_str());
    assert_ne!(first, last);
    let output = wcc_with(
        &settings,
        &["outbox", "send-again", first, &waiting[0], last],
    );
    assert_eq!(output.status.code(), Some(1));
    let expected = format!("{first} is sent again\n{last} is sent again\n");
    assert_eq!(stdout(&output), expected);
    let words = format!("the message {} waits to be sent already", waiting[0]);
    assert!(stderr(&output).contains(&words), "{}", stderr(&output));
}

/// The fields of the first button on a page with which a message is sent again.
fn button(page: &Page) -> Vec<(&'static str, String)> {
    let names = [
        "form-token",
        "acting-as",
        "request-id",
        "return",
        "message",
        "unlessSentAgainSince",
    ];
    let (_, form) = page
        .body
        .split_once("action=\"/messages/send-again\"")
        .expect("a button");
    let form = Page {
        status: page.status,
        head: String::new(),
        body: form.to_owned(),
        address: page.address.clone(),
    };
    names.map(|name| (name, form.field(name))).into()
}

fn press(browser: &mut Browser, fields: &[(&'static str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post("/messages/send-again", &fields)
}

/// Whoever may finds a button, and is told what has become of it. A second click does nothing.
#[test]
fn a_message_is_sent_again_by_a_button() {
    let office = Office::open_with(
        "[server]\nrequest_seconds = 120\n",
        &["toolkit"],
        |settings| {
            let operator = [
                "account",
                "add",
                "an.operator",
                "--person",
                "An Operator",
                "--role",
                "operator",
            ];
            let added = wcc_with_line(settings, &operator, PASSWORD);
            assert!(added.status.success(), "{}", stderr(&added));
        },
    );
    printed_with(
        &office.settings,
        &["phase", "open", CYCLE, "self-assessment"],
    );
    wait_for(&office.settings, "executive of Q30: ", "elf-assessment");
    fail(&office.settings, "executive");
    let messages = format!("/cycles/{CYCLE}/messages");
    let mut operator = office.desk_with("an.operator", PASSWORD);
    let fields = button(&operator.get(&messages));
    let told = press(&mut operator, &fields);
    assert_eq!(told.status, 200, "{}", told.text());
    assert!(told.address.starts_with(&messages), "{}", told.address);
    let words = "The message will be sent again within a few minutes";
    assert!(told.text().contains(words), "{}", told.text());
    assert!(
        told.text().contains("ent again by An Operator"),
        "{}",
        told.text()
    );

    // It failed once more before the second click came.
    fail(&office.settings, "executive");
    let told = press(&mut operator, &fields);
    assert!(
        told.text().contains("has not reached everybody"),
        "{}",
        told.text()
    );
    let failed = identifiers(&office.settings, &["--failed", "--role", "executive"]);
    let id = fields.iter().find(|(name, _)| *name == "message");
    let id = &id.expect("one").1;
    assert!(
        failed.iter().any(|failed| id.starts_with(failed.as_str())),
        "{failed:?}"
    );
    // Who looks again may try again.
    let again = operator.get(&messages);
    assert_ne!(button(&again), fields);

    // Another site has no token, and others have no button.
    let mut forged = fields.clone();
    forged[0].1 = "0".repeat(64);
    assert_eq!(press(&mut operator, &forged).status, 400);
    let mut executive = office.desk_of("demo-executive");
    let seen = executive.get(&messages);
    assert!(seen.text().contains("Failed"), "{}", seen.text());
    assert!(
        !seen.body.contains("/messages/send-again"),
        "{}",
        seen.text()
    );
    let own = executive.get("/account");
    let mut stolen = fields.clone();
    stolen[0].1 = own.field("form-token");
    stolen[1].1 = own.field("acting-as");
    let refused = press(&mut executive, &stolen);
    assert_eq!(refused.status, 400);
    assert!(
        refused.text().contains("may not do this"),
        "{}",
        refused.text()
    );
}
