//! Writes entries into a ledger's database without admission, as an earlier version of the program
//! with fewer rules would have done.

use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Entry};
use wcc_ledger::format::{ChainedEntry, decode, encode};
use wcc_ledger::{Address, Hash, Store};

/// Adds entries to the SQLite ledger beside a settings file; returns the number of the last one.
pub(crate) fn write_unchecked(settings: &Path, drafts: Vec<Draft>) -> u32 {
    let file = settings.with_file_name("data").join("ledger.db");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&Address::Sqlite(file.clone()), "england").await;
        let store = store.expect("the database opens");
        let head = store.head().await.expect("the head");
        let rows = store.read(head.number - 1, 1).await.expect("an entry");
        let newest = decode(&rows[0].bytes).expect("an entry");
        let sha = store.sha().to_owned();
        store.close().await;
        let mut last = head;
        let mut statements = String::new();
        for draft in drafts {
            let entry = ChainedEntry {
                sha: sha.clone(),
                previous: last.hash,
                entry: Entry {
                    number: last.number + 1,
                    at: newest.entry.at,
                    actor: Arc::new(Actor::operator("an earlier program")),
                    request: format!("unchecked {}", last.number).into(),
                    part: 0,
                    draft,
                },
            };
            let bytes = encode(&entry).expect("an entry");
            last.number += 1;
            last.hash = Hash::of(&bytes);
            let hex = |bytes: &[u8]| -> String {
                bytes.iter().map(|byte| format!("{byte:02x}")).collect()
            };
            statements.push_str(&format!(
                "INSERT INTO entry (sha, number, person, role, body, cycle, request, part, bytes, hash) \
                 VALUES ('{sha}', {}, 'an earlier program', 'operator', '', '', '{}', 0, x'{}', x'{}');",
                last.number,
                entry.entry.request,
                hex(&bytes),
                hex(&last.hash.0),
            ));
        }
        use sqlx::{Connection, sqlite::SqliteConnectOptions};
        let options = SqliteConnectOptions::new().filename(&file);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("the file");
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
            .execute(&mut connection)
            .await
            .expect("the entries are written");
        connection.close().await.expect("the file is closed");
        last.number
    })
}
