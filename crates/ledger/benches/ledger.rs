//! Measures the ledger's overhead over the bare database, and how fast it is folded and opened.
//!
//! `cargo bench -p wcc-ledger` prints a table. `ENTRIES=1000000` sets the number of entries to fold
//! and open; `SECONDS_EACH` sets how long each way of writing is measured, and 0 skips it.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark stops if its setup fails"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::case::{remark, request};
use support::{Engine, Place, count};
use wcc_core::ledger::{Draft, Entry, Fact, State};
use wcc_ledger::format::{ChainedEntry, decode, encode};
use wcc_ledger::store::Row;
use wcc_ledger::{Address, CheckpointFile, Hash, Ledger, LedgerOptions};
use wcc_programme::FileFormats;

fn main() {
    support::run(async {
        if count("SECONDS_EACH", 5) > 0 {
            for engine in [Engine::Sqlite, Engine::Postgres] {
                writing(engine).await;
            }
        }
        reading().await;
    });
}

/// A remark of typical length.
const TEXT: &str = "The panel saw a strategy that the partners had worked on together, with \
    milestones that can be followed; what is missing is who answers for each of them.";

fn seconds() -> Duration {
    Duration::from_secs(u64::from(count("SECONDS_EACH", 5)))
}

/// Runs concurrent clients, each of which repeats an operation, and returns the operations per
/// second.
async fn rate<F>(clients: u32, what: impl Fn(u32) -> F + Clone + Send + 'static) -> f64
where
    F: Future<Output = ()> + Send,
{
    let next = Arc::new(AtomicU32::new(0));
    let start = Instant::now();
    let running = (0..clients).map(|_| {
        let (next, what) = (Arc::clone(&next), what.clone());
        tokio::spawn(async move {
            while start.elapsed() < seconds() {
                what(next.fetch_add(1, Ordering::Relaxed)).await;
            }
        })
    });
    for client in running.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    f64::from(next.load(Ordering::Relaxed)) / start.elapsed().as_secs_f64()
}

async fn writing(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let first = request("one", vec![remark(TEXT)]);
    let number = ledger.append(first).await.unwrap().first;
    let bytes = ledger
        .store()
        .read(number - 1, 1)
        .await
        .unwrap()
        .remove(0)
        .bytes;
    for clients in [1, 64] {
        let bare = bare(&place, &bytes, clients).await;
        let writing = ledger.clone();
        let ours = rate(clients, move |number| {
            let (ledger, id) = (writing.clone(), format!("c{clients} {number}"));
            async move {
                let request = request(&id, vec![remark(TEXT)]);
                ledger.append(request).await.unwrap();
            }
        })
        .await;
        println!(
            "{engine:?}, {clients} clients: {ours:.0} entries/s acknowledged; the bare database \
             {bare:.0} inserts/s; ratio {:.2}",
            ours / bare
        );
    }
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bare (sha TEXT NOT NULL, number BIGINT NOT NULL, \
    request TEXT NOT NULL, part BIGINT NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL, \
    PRIMARY KEY (sha, number), UNIQUE (sha, request, part))";
const INSERT: &str = "INSERT INTO bare (sha, number, request, part, bytes, hash) \
    VALUES ($1, $2, $3, $4, $5, $6)";

/// Measures only the inserts, each in its own transaction. SQLite has one writer, so its clients
/// share one connection; with PostgreSQL each client has its own.
async fn bare(place: &Place, bytes: &[u8], clients: u32) -> f64 {
    let hash = Hash::of(bytes).0.to_vec();
    let bytes = bytes.to_vec();
    let first = i64::from(clients) * 100_000_000;
    macro_rules! inserts {
        ($pool:expr) => {{
            let pool = $pool;
            rate(clients, move |number| {
                let (pool, bytes, hash) = (pool.clone(), bytes.clone(), hash.clone());
                async move {
                    let result = sqlx::query(INSERT)
                        .bind("Q30")
                        .bind(first + i64::from(number))
                        .bind(format!("c{clients} {number}"))
                        .bind(0_i64)
                        .bind(bytes)
                        .bind(hash)
                        .execute(&pool)
                        .await;
                    result.unwrap();
                }
            })
            .await
        }};
    }
    match &place.address {
        Address::Sqlite(path) => {
            let options = SqliteConnectOptions::new()
                .filename(path.with_extension("bare"))
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            let pool = SqlitePoolOptions::new().max_connections(1);
            let pool = pool.acquire_timeout(Duration::from_secs(60));
            let pool = pool.connect_with(options).await.unwrap();
            sqlx::query(TABLE).execute(&pool).await.unwrap();
            inserts!(pool)
        }
        Address::Postgres(url) => {
            let pool = PgPoolOptions::new().max_connections(clients);
            let pool = pool.connect(url).await.unwrap();
            let table = sqlx::AssertSqlSafe(TABLE.replace("BLOB", "BYTEA"));
            sqlx::query(table).execute(&pool).await.unwrap();
            inserts!(pool)
        }
    }
}

/// Repeats the entries of the nation's case, each time in different cycles, up to `count` entries.
fn national(count: u32) -> Vec<Row> {
    let drafts = support::case::england();
    let (mut rows, mut previous, mut number) = (Vec::new(), Hash::START, 0);
    for year in 0.. {
        let drafts_of_year = drafts.iter().filter_map(|draft| of_year(draft, year));
        for (part, draft) in (0..).zip(drafts_of_year) {
            number += 1;
            let written = ChainedEntry {
                sha: "Q30".to_owned(),
                previous,
                entry: Entry {
                    number,
                    at: jiff::Timestamp::from_second(i64::from(number)).unwrap(),
                    actor: Arc::new(wcc_core::actor::Actor::operator("operator")),
                    request: format!("load {year}").into(),
                    part,
                    draft,
                },
            };
            let bytes = encode(&written).unwrap();
            previous = Hash::of(&bytes);
            rows.push(Row {
                number,
                actor: Arc::clone(&written.entry.actor),
                request: format!("load {year}"),
                part,
                hash: previous,
                bytes,
            });
            if number == count {
                return rows;
            }
        }
    }
    rows
}

/// Moves a draft to another year. Frameworks and bodies are entered only in the first year.
fn of_year(draft: &Draft, year: u32) -> Option<Draft> {
    let mut draft = draft.clone();
    match &mut draft.fact {
        Fact::Framework(_) | Fact::Organisations(_) => return (year == 0).then_some(draft),
        Fact::Cycle(cycle) => {
            cycle.id = format!("{} {year}", cycle.id).into();
            cycle.previous = None;
        }
        Fact::Rebase(rebase) => rebase.cycle = format!("{} {year}", rebase.cycle).into(),
        Fact::Record { cycle, .. } => *cycle = format!("{cycle} {year}").into(),
        Fact::Withdrawn { .. } => {}
    }
    Some(draft)
}

/// Returns the resident memory of this process, in bytes.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

async fn reading() {
    let entries = count("ENTRIES", 100_000);
    let per_second = |start: Instant| f64::from(entries) / start.elapsed().as_secs_f64();
    let rows = national(entries);
    let total: usize = rows.iter().map(|row| row.bytes.len()).sum();
    println!(
        "{entries} entries of the nation's case, {} bytes each",
        total / rows.len()
    );

    let start = Instant::now();
    let correct = rows.iter().filter(|row| Hash::of(&row.bytes) == row.hash);
    assert_eq!(correct.count(), rows.len());
    println!("  hashed: {:.0} entries/s", per_second(start));

    let start = Instant::now();
    let written: Vec<ChainedEntry> = rows.iter().map(|row| decode(&row.bytes).unwrap()).collect();
    println!("  decoded: {:.0} entries/s", per_second(start));

    let mut state = State::new(Arc::new(FileFormats));
    let (before, start) = (memory(), Instant::now());
    for chained in &written {
        state.apply(chained.entry.clone()).unwrap();
    }
    println!(
        "  folded (with a copy of each): {:.0} entries/s; {} MB a million entries",
        per_second(start),
        (memory() - before) / entries as usize
    );
    drop((state, written));

    for engine in [Engine::Sqlite, Engine::Postgres] {
        opening(engine, &rows).await;
    }
}

async fn opening(engine: Engine, rows: &[Row]) {
    let rate = |start: Instant| rows.len() as f64 / start.elapsed().as_secs_f64();
    let place = Place::new(engine).await;
    let store = place.store().await;
    let start = Instant::now();
    for chunk in rows.chunks(20_000) {
        store.append(chunk).await.unwrap();
    }
    println!(
        "  {engine:?}, entered in bulk: {:.0} entries/s",
        rate(start)
    );
    store.close().await;
    let store = place.store().await;
    let (start, mut after) = (Instant::now(), 0);
    while let Some(last) = store.read(after, 2_000).await.unwrap().last() {
        after = last.number;
    }
    println!("  {engine:?}, only read: {:.0} entries/s", rate(start));
    store.close().await;
    let file = place.folder.path().join("bench.checkpoint");
    let checkpoint_file = CheckpointFile::new(file.clone());
    for (how, checkpoint) in [
        ("from the first entry", None),
        ("and a checkpoint written", Some(checkpoint_file.clone())),
        ("from the checkpoint", Some(checkpoint_file)),
    ] {
        let opening = LedgerOptions {
            checkpoint,
            ..place.opening()
        };
        let start = Instant::now();
        let opened = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
        println!(
            "  {engine:?}, opened {how}: {:.2?}, {:.0} entries/s",
            start.elapsed(),
            rate(start)
        );
        opened.close().await;
    }
    let size = std::fs::metadata(&file).unwrap().len();
    println!(
        "  the checkpoint: {} bytes an entry",
        size as usize / rows.len()
    );
    let start = Instant::now();
    place.verify(&[]).await.unwrap();
    println!("  {engine:?}, verified: {:.2?}", start.elapsed());
}
