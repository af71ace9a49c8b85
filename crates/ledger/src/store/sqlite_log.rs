//! The write-ahead log beside a SQLite file: checks that it belongs to the file, and removes it.
//!
//! SQLite assumes that any log beside a file belongs to it, and writes the log into the file. If
//! somebody copied a ledger next to the log of another, SQLite would destroy the copy and serve the
//! other ledger. Therefore the file has a mark in its header: the number of one of its entries, and
//! the beginning of that entry's hash. Entries are never changed or removed, so a log of the same
//! ledger still has that entry.

mod frames;

use super::StoreError;
use super::classify::classify;
use frames::committed_pages;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Error};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Size of the file's header in bytes.
const HEADER: usize = 100;
/// Offset of SQLite's user version, which has the number of the entry.
const NUMBER: usize = 60;
/// Offset of SQLite's application id, which has the beginning of the hash.
const HASH: usize = 68;

/// Number of attempts before a log is rejected.
const TRIES: u32 = 3;
/// Time between attempts.
const RETRY: Duration = Duration::from_millis(100);

/// How long to wait for another process.
const BUSY: Duration = Duration::from_secs(5);

/// The mark of a file: one entry of its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    number: u32,
    /// The beginning of its hash.
    hash: u32,
}

impl Mark {
    fn of(number: i64, hash: &[u8]) -> Option<Mark> {
        Some(Mark {
            number: u32::try_from(number).ok().filter(|number| *number > 0)?,
            hash: u32::from_be_bytes(*hash.first_chunk()?),
        })
    }

    /// Reads the mark in the header of a file; `None` if it has none.
    fn in_header(path: &Path) -> std::io::Result<Option<Mark>> {
        let mut header = [0; HEADER];
        match File::open(path).and_then(|mut file| file.read_exact(&mut header)) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let field = |offset: usize| {
            let bytes = header.get(offset..).and_then(|field| field.first_chunk());
            let bytes = bytes.copied().unwrap_or_default();
            u32::from_be_bytes(bytes)
        };
        let (number, hash) = (field(NUMBER), field(HASH));
        Ok((number > 0).then_some(Mark { number, hash }))
    }

    /// Returns the newest entry of any authority.
    async fn newest(connection: &mut SqliteConnection) -> Result<Option<Mark>, Error> {
        let newest: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT number, hash FROM entry ORDER BY rowid DESC LIMIT 1")
                .fetch_optional(connection)
                .await?;
        Ok(newest.and_then(|(number, hash)| Mark::of(number, &hash)))
    }

    /// Writes the newest entry into the header, if the header has another.
    pub(super) async fn renew(pool: &SqlitePool, begin: &'static str) -> Result<(), Error> {
        let mut connection = pool.acquire().await?;
        let Some(mark) = Mark::newest(&mut connection).await? else {
            return Ok(());
        };
        let (number,): (i32,) = sqlx::query_as("PRAGMA user_version")
            .fetch_one(&mut *connection)
            .await?;
        let (hash,): (i32,) = sqlx::query_as("PRAGMA application_id")
            .fetch_one(&mut *connection)
            .await?;
        // The header's fields are signed; the bits are the same.
        let wanted = (mark.number.cast_signed(), mark.hash.cast_signed());
        if (number, hash) == wanted {
            return Ok(());
        }
        let mut writing = connection.begin_with(begin).await?;
        for pragma in [
            format!("PRAGMA user_version = {}", wanted.0),
            format!("PRAGMA application_id = {}", wanted.1),
        ] {
            sqlx::query(AssertSqlSafe(pragma))
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await
    }
}

/// Rejects a file whose log does not belong to it. It changes neither.
pub(super) async fn check(path: &Path) -> Result<(), StoreError> {
    let log = beside(path, "-wal");
    if !has_content(&log) {
        return Ok(());
    }
    if !has_content(path) {
        // SQLite would discard the log. SQLite writes the file before it commits to the log, so a
        // process that is just creating both does not get here.
        let committed = committed_pages(&log).map_err(|error| classify(error.into()))?;
        return match committed {
            None => Ok(()),
            Some(_) => Err(StoreError::LogAlone {
                database: path.to_owned(),
                log,
                memory: beside(path, "-shm"),
            }),
        };
    }
    let in_header = Mark::in_header(path).map_err(|error| classify(error.into()))?;
    let mark = match in_header {
        Some(mark) => mark,
        // Earlier versions of this program wrote no mark.
        None => match newest_without_log(path).await {
            Some(mark) => mark,
            None => return Ok(()),
        },
    };
    for _ in 0..TRIES {
        if is_own(path, &log, mark).await? {
            return Ok(());
        }
        // Another process may be writing.
        tokio::time::sleep(RETRY).await;
    }
    Err(StoreError::ForeignLog {
        database: path.to_owned(),
        log,
        memory: beside(path, "-shm"),
    })
}

/// Whether the file and its log together are intact, and have the marked entry.
async fn is_own(path: &Path, log: &Path, mark: Mark) -> Result<bool, StoreError> {
    let pages = |error: std::io::Error| classify(error.into());
    let before = committed_pages(log).map_err(pages)?;
    if before.is_none() {
        // Nothing in it was committed, or SQLite ignores it.
        return Ok(true);
    }
    // The last connection to close would write the log into the file, unless it is read-only.
    let mut connection = match read_only(path).connect().await {
        Ok(connection) => connection,
        Err(error) if is_damage(&error) => return Ok(false),
        Err(error) => return Err(classify(error)),
    };
    let found = holds(&mut connection, mark).await;
    let _ = connection.close().await;
    let after = committed_pages(log).map_err(pages)?;
    match found {
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(classify(error)),
        Ok(None) => Ok(false),
        Ok(found) => Ok(found == before || found == after || after.is_none()),
    }
}

/// Returns the number of pages; `None` if the database is damaged or lacks the entry.
async fn holds(connection: &mut SqliteConnection, mark: Mark) -> Result<Option<u32>, Error> {
    let hashes: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT hash FROM entry WHERE number = $1")
        .bind(i64::from(mark.number))
        .fetch_all(&mut *connection)
        .await?;
    let same = |hash: &[u8]| Mark::of(mark.number.into(), hash) == Some(mark);
    if !hashes.iter().any(|(hash,)| same(hash)) {
        return Ok(None);
    }
    // Pages of two different states of a ledger do not form a valid database.
    let (gaps,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY sha HAVING count(*) <> max(number))",
    )
    .fetch_one(&mut *connection)
    .await?;
    let (whole,): (String,) = sqlx::query_as("PRAGMA integrity_check(1)")
        .fetch_one(&mut *connection)
        .await?;
    let (pages,): (u32,) = sqlx::query_as("PRAGMA page_count")
        .fetch_one(&mut *connection)
        .await?;
    Ok((gaps == 0 && whole == "ok").then_some(pages))
}

/// Returns the newest entry of the file without its log; `None` if it cannot be read, because a
/// file may be inconsistent while the log is being written into it.
async fn newest_without_log(path: &Path) -> Option<Mark> {
    let mut connection = read_only(path).immutable(true).connect().await.ok()?;
    let newest = Mark::newest(&mut connection).await;
    let _ = connection.close().await;
    newest.ok().flatten()
}

fn read_only(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
}

/// Whether an error means that the file is damaged, not a database, or lacks the table, rather than
/// that it could not be read.
fn is_damage(error: &Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 1 | 11 | 26))
}

/// Moves the log into the file and removes it, unless another process has the file open. If this
/// fails, the entries are safe in the log.
pub(super) async fn settle(path: &Path) {
    if !beside(path, "-wal").exists() {
        return;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::ZERO);
    let checkpoint = async {
        let mut connection = options.connect().await?;
        let result = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut connection)
            .await;
        connection.close().await?;
        result
    };
    if let Err(error) = checkpoint.await {
        tracing::debug!("the log stays beside the database file: {error}");
    }
}

fn has_content(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// Returns the path of a file that SQLite keeps beside the database.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
