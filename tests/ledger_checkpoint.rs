//! A server that starts from the checkpoint, and its messages about changed entries before it.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use server::Server;
use sqlx::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{settings_with, stderr, stdout, wcc_with};

/// Writes settings with a ledger of South of Tyne and Wear, and a checkpoint.
fn loaded() -> PathBuf {
    let settings = settings_with("[ledger]\ncheckpoint_entries = 50\n");
    let case = ["ledger", "load", "examples/south-of-tyne-and-wear"];
    let output = wcc_with(&settings, &case);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(data(&settings, "ledger.checkpoint").is_file());
    settings
}

fn data(settings: &Path, name: &str) -> PathBuf {
    settings.with_file_name("data").join(name)
}

fn assured(settings: &Path) -> String {
    let output = wcc_with(settings, &["assure", "ledger:"]);
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
}

fn is_ready(server: &Server) -> bool {
    server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200")
}

/// Changes an entry in the database, bypassing the ledger.
fn tamper(settings: &Path, number: u32) {
    let file = format!("sqlite:{}", data(settings, "ledger.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut database = sqlx::SqliteConnection::connect(&file).await;
        let database = database.as_mut().expect("the database");
        let change = "UPDATE entry SET bytes = CAST(REPLACE(CAST(bytes AS TEXT), 'operator', \
            'somebody') AS BLOB) WHERE number = $1";
        let changed = sqlx::query(change).bind(number).execute(database).await;
        assert_eq!(changed.expect("it is changed").rows_affected(), 1);
    });
}

#[test]
fn results_are_the_same_with_and_without_the_checkpoint() {
    let settings = loaded();
    let from_it = assured(&settings);
    std::fs::remove_file(data(&settings, "ledger.checkpoint")).expect("it is there");
    assert_eq!(assured(&settings), from_it);
    // The command has written the checkpoint again; the next one uses it.
    assert_eq!(assured(&settings), from_it);
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
}

#[test]
fn a_server_verifies_the_entries_before_the_checkpoint_later() {
    let settings = loaded();
    let server = Server::on_ledger(&settings);
    let log = server.log_with("every entry is unchanged and matches the checkpoint");
    assert!(
        log.contains("resumed from the checkpoint at entry 304"),
        "{log}"
    );
    assert!(is_ready(&server));
    server.terminate();
    tamper(&settings, 20);
    let server = Server::on_ledger(&settings);
    server.log_with("the ledger was changed after it was written: entry 20: the entry was changed");
    let until = Instant::now() + Duration::from_secs(10);
    while is_ready(&server) {
        assert!(Instant::now() < until, "requests should go elsewhere");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(server.raw("GET /livez", &[]).starts_with("HTTP/1.1 200"));
    assert_eq!(server.terminate(), Some(0));
    let verified = wcc_with(&settings, &["verify"]);
    assert_eq!(verified.status.code(), Some(1), "{}", stdout(&verified));
    assert!(stderr(&verified).contains("entry 20: the entry was changed"));
}

#[test]
fn verify_finds_a_changed_checkpoint() {
    let settings = loaded();
    let file = data(&settings, "ledger.checkpoint");
    let mut bytes = std::fs::read(&file).expect("the checkpoint");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).expect("it is written");
    // A damaged checkpoint is written again.
    assert!(assured(&settings).contains("5KF"));
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
}
