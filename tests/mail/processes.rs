//! Servers as processes of their own: two on one ledger, and one that is killed while it sends.

use crate::cluster::Cluster;
use crate::mail_server::MailServer;
use crate::server::Server;
use crate::support::{printed_with, settings_with, stderr, wcc_with_line};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
/// How many people are executives of the region, and how many are members of its board.
const PEOPLE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(150);

/// Settings with a ledger and a mail server, and accounts of people for whom messages are.
fn office(ledger: &str, post: &MailServer) -> PathBuf {
    let port = post.port;
    let settings = settings_with(&format!(
        "{ledger}[accounts]\npublic_address = 'https://assurance.example'\n\
         [mail]\nserver = '127.0.0.1:{port}'\nsecurity = 'none'\nfrom = 'assurance@sha.example'\n"
    ));
    let case = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", case]);
    for role in ["executive", "board"] {
        for number in 0..PEOPLE {
            let (name, person) = (
                format!("{role}-{number}"),
                format!("Person {role} {number}"),
            );
            let address = format!("{name}@mail.example");
            let arguments = [
                "account", "add", &name, "--person", &person, "--role", role, "--body", "Q30",
                "--mail", &address,
            ];
            let added = wcc_with_line(&settings, &arguments, "correct horse battery");
            assert!(added.status.success(), "{}", stderr(&added));
        }
    }
    settings
}

fn open_phases(settings: &Path) {
    for phase in ["toolkit", "self-assessment"] {
        let reason = ["--reason", "The year begins again"];
        printed_with(
            settings,
            &[&["phase", "open", CYCLE, phase], &reason[..]].concat(),
        );
    }
}

/// How often each mail on a phase was taken, by its identifier, which follows from message and address. Others say
/// what is late by the timetable of 2008.
fn count(mails: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in mails {
        let text = mail["mail"].as_str().expect("a mail").replace("\r\n ", " ");
        if !text.contains("was opened") {
            continue;
        }
        let mut lines = text.lines();
        let id = lines.find(|line| line.starts_with("Message-ID"));
        *counts
            .entry(id.expect("an identifier").to_owned())
            .or_default() += 1;
    }
    counts
}

/// Takes mails until so many different ones have come.
fn take(post: &mut MailServer, mails: &mut Vec<Value>, different: usize) {
    let until = Instant::now() + PATIENCE;
    while count(mails).len() < different {
        assert!(Instant::now() < until, "{} mails", mails.len());
        mails.extend(post.taken());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
fn two_servers_on_one_ledger_mail_nobody_twice() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    let mut post = MailServer::start(&[("DELAY", "20")]);
    let settings = office(&format!("[ledger]\naddress = '{address}'\n"), &post);
    let (first, second) = (Server::on_ledger(&settings), Server::on_ledger(&settings));
    std::thread::sleep(Duration::from_secs(2));
    let mut mails = Vec::new();
    for round in 1..=3 {
        open_phases(&settings);
        take(&mut post, &mut mails, round * 2 * PEOPLE);
    }
    assert_eq!(first.terminate(), Some(0));
    assert_eq!(second.terminate(), Some(0));
    mails.extend(post.taken());
    let counts = count(&mails);
    assert_eq!(counts.len(), 3 * 2 * PEOPLE);
    assert!(counts.values().all(|count| *count == 1), "{counts:#?}");
}

/// A server that is stopped notes what it is sending; one that is killed may send that one mail again.
#[test]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
fn a_server_that_is_killed_while_it_sends_mails_nobody_else_twice() {
    let mut post = MailServer::start(&[("DELAY", "300")]);
    let settings = office("", &post);
    let mut mails = Vec::new();
    let mut server = Server::on_ledger(&settings);
    std::thread::sleep(Duration::from_secs(2));
    open_phases(&settings);
    let mut kills = 0;
    for stopped_at in [2, 5] {
        take(&mut post, &mut mails, stopped_at);
        server.kill();
        kills += 1;
        forget_claims(&settings);
        server = Server::on_ledger(&settings);
    }
    take(&mut post, &mut mails, 8);
    assert_eq!(server.terminate(), Some(0));
    mails.extend(post.taken());
    let at_the_stop = count(&mails).len();
    assert!(at_the_stop < 2 * PEOPLE, "the stop came too late");
    let server = Server::on_ledger(&settings);
    take(&mut post, &mut mails, 2 * PEOPLE);
    assert_eq!(server.terminate(), Some(0));
    mails.extend(post.taken());
    let counts = count(&mails);
    assert_eq!(counts.len(), 2 * PEOPLE, "{counts:#?}");
    let again: usize = counts.values().map(|count| count - 1).sum();
    assert!(again <= kills, "{counts:#?}");
}

/// The database fails while mail is sent, so that what was sent cannot be noted until it is back.
#[test]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
fn a_database_that_fails_meanwhile_costs_no_second_mail() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    let mut post = MailServer::start(&[("DELAY", "300")]);
    let settings = office(&format!("[ledger]\naddress = '{address}'\n"), &post);
    let server = Server::on_ledger(&settings);
    std::thread::sleep(Duration::from_secs(2));
    open_phases(&settings);
    let mut mails = Vec::new();
    take(&mut post, &mut mails, 3);
    cluster.stop_immediately();
    // A mail that was under way arrives.
    std::thread::sleep(Duration::from_secs(1));
    cluster.start_again();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let mut database = sqlx::PgConnection::connect(&address).await.expect("back");
        let forgotten = sqlx::query(FORGET_CLAIMS).execute(&mut database).await;
        forgotten.expect("forgotten");
    });
    take(&mut post, &mut mails, 2 * PEOPLE);
    assert_eq!(server.terminate(), Some(0));
    mails.extend(post.taken());
    let counts = count(&mails);
    assert_eq!(counts.len(), 2 * PEOPLE);
    assert!(counts.values().all(|count| *count == 1), "{counts:#?}");
}

/// The database fails while a mail is confirmed, and the server is told to stop before it is back: what was sent is noted
/// at the very end.
#[test]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
fn a_stop_while_the_database_is_away_costs_no_second_mail() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    let mut post = MailServer::start(&[("DELAY", "2000")]);
    let settings = office(&format!("[ledger]\naddress = '{address}'\n"), &post);
    let server = Server::on_ledger(&settings);
    std::thread::sleep(Duration::from_secs(2));
    open_phases(&settings);
    let mut mails = Vec::new();
    take(&mut post, &mut mails, 1);
    // The next mail is under way.
    std::thread::sleep(Duration::from_secs(1));
    cluster.stop_immediately();
    std::thread::scope(|scope| {
        let stopping = scope.spawn(|| server.terminate());
        // It arrives, and cannot be noted for some time.
        take(&mut post, &mut mails, 2);
        std::thread::sleep(Duration::from_secs(6));
        cluster.start_again();
        assert_eq!(stopping.join().expect("no panic"), Some(0));
    });
    mails.extend(post.taken());
    let at_the_stop = count(&mails).len();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let mut database = sqlx::PgConnection::connect(&address).await.expect("back");
        let forgotten = sqlx::query(FORGET_CLAIMS).execute(&mut database).await;
        forgotten.expect("forgotten");
    });
    assert!(at_the_stop < 2 * PEOPLE, "the stop came too late");
    let server = Server::on_ledger(&settings);
    take(&mut post, &mut mails, 2 * PEOPLE);
    assert_eq!(server.terminate(), Some(0));
    mails.extend(post.taken());
    let counts = count(&mails);
    assert_eq!(counts.len(), 2 * PEOPLE);
    assert!(counts.values().all(|count| *count == 1), "{counts:#?}");
}

/// As if the time had passed for which a server that failed had claimed a message.
const FORGET_CLAIMS: &str = "UPDATE message SET next_attempt = 0 WHERE state = 'waiting'";

fn forget_claims(settings: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        use sqlx::Connection as _;
        let file = settings.with_file_name("data").join("ledger.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        let mut database = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the ledger");
        let forgotten = sqlx::query(FORGET_CLAIMS).execute(&mut database).await;
        forgotten.expect("forgotten");
        database.close().await.expect("closed");
    });
}
