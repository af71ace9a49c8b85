//! The file of the accounts: who can read it, and what a later or a damaged one leads to.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a test that panics has failed, and uses its part of the helpers"
)]

#[path = "../../ledger/tests/support/cluster.rs"]
mod cluster;
mod support;

use sqlx::{Connection, SqliteConnection};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use support::{PASSWORD, Place, new_account};
use wcc_accounts::{AccountSettings, Accounts};
use wcc_ledger::Address;

#[tokio::test]
async fn only_its_owner_can_read_the_file() {
    let place = Place::sqlite();
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let metadata = std::fs::metadata(place.file()).expect("the file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    accounts.close().await;
    let folder = place.file().parent().expect("a folder").to_path_buf();
    let files = std::fs::read_dir(folder).expect("the folder").count();
    assert_eq!(files, 1, "the file is complete when nobody has it open");
}

#[tokio::test]
async fn tables_of_a_later_version_are_left_alone() {
    let place = Place::sqlite();
    place.open().await.close().await;
    execute(
        &place,
        "INSERT INTO wcc_account_schema (version) VALUES (99)",
    )
    .await;
    let refused = Accounts::open(place.settings(), Arc::clone(&place.clock) as _).await;
    let refused = refused.expect_err("refused").to_string();
    assert!(refused.contains("tables of version 99"), "{refused}");
}

#[tokio::test]
async fn tables_of_the_first_version_are_upgraded() {
    let place = Place::sqlite();
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    accounts.close().await;
    for statement in [
        "DROP TABLE wcc_sign_in",
        "ALTER TABLE wcc_account DROP COLUMN mail",
        "DELETE FROM wcc_account_schema WHERE version >= 2",
        "DELETE FROM _sqlx_account_migrations WHERE version >= 2",
    ] {
        execute(&place, statement).await;
    }
    let accounts = place.open().await;
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    let account = accounts.account("anna").await.expect("an account");
    assert_eq!(account.mail, None);
    accounts.close().await;
    execute(
        &place,
        "SELECT state, browser, return_to, created FROM wcc_sign_in",
    )
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let place = Place::sqlite();
    let settings = AccountSettings {
        address: Address::Sqlite("/proc/accounts/accounts.db".into()),
        ..place.settings()
    };
    let refused = Accounts::open(settings, Arc::clone(&place.clock) as _).await;
    let refused = refused.expect_err("refused").to_string();
    assert!(refused.contains("/proc/accounts"), "{refused}");
    assert!(refused.contains("accounts.address"), "{refused}");
}

#[tokio::test]
async fn a_damaged_row_is_named_and_signs_nobody_in() {
    let place = Place::sqlite();
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    execute(&place, "UPDATE wcc_account SET grants = '[{'").await;
    let refused = accounts.sign_in("anna", PASSWORD, None).await;
    let refused = refused.expect_err("refused").to_string();
    assert!(
        refused.contains("the list of roles of the account `anna` is unreadable"),
        "{refused}"
    );
    execute(
        &place,
        "UPDATE wcc_account SET grants = '[]', password = 'x'",
    )
    .await;
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect_err("refused");
    execute(&place, "UPDATE wcc_account SET password = NULL").await;
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect_err("refused");
    accounts
        .sign_in("anna", "", None)
        .await
        .expect_err("refused");
    accounts.close().await;
}

async fn execute(place: &Place, statement: &'static str) {
    let url = format!("sqlite:{}", place.file().display());
    let mut connection = SqliteConnection::connect(&url).await.expect("connected");
    let executed = sqlx::query(statement).execute(&mut connection).await;
    executed.expect("executed");
    connection.close().await.expect("closed");
}
