//! The write-ahead log beside a SQLite file: whether it is the file's own, and putting it away.
//!
//! SQLite takes whatever log lies beside a file for the file's own, and writes it into the file.
//! A copy of a ledger that is put beside the log of another would be lost that way, and the other
//! ledger served in its place. So the file carries a mark in its header: the number and the
//! beginning of the hash of an entry that it had. Entries are never changed or removed; whatever a
//! log of the same ledger adds, that entry is still there.

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

/// How much of the file is its header.
const HEADER: usize = 100;
/// Where the header keeps what SQLite calls the user version: here the number of the entry.
const NUMBER: usize = 60;
/// Where it keeps what SQLite calls the application's id: here the beginning of the hash.
const HASH: usize = 68;

/// How often to look before a log is refused.
const TRIES: u32 = 3;
/// How long to wait in between.
const AGAIN: Duration = Duration::from_millis(100);

/// How long the log waits for another process.
const BUSY: Duration = Duration::from_secs(5);

/// An entry that the ledger in a file has.
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

    /// The mark in the header of a file; nothing where it has none.
    fn in_header(path: &Path) -> std::io::Result<Option<Mark>> {
        let mut header = [0; HEADER];
        match File::open(path).and_then(|mut file| file.read_exact(&mut header)) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let field = |at: usize| {
            let bytes = header[at..].first_chunk().copied().unwrap_or_default();
            u32::from_be_bytes(bytes)
        };
        let (number, hash) = (field(NUMBER), field(HASH));
        Ok((number > 0).then_some(Mark { number, hash }))
    }

    /// The newest entry of any authority.
    async fn newest(connection: &mut SqliteConnection) -> Result<Option<Mark>, Error> {
        let newest: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT number, hash FROM entry ORDER BY rowid DESC LIMIT 1")
                .fetch_optional(connection)
                .await?;
        Ok(newest.and_then(|(number, hash)| Mark::of(number, &hash)))
    }

    /// Writes the newest entry into the header, where another is there.
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

/// Refuses a file beside a log that is not its own. Only reads: neither is changed.
pub(super) async fn check(path: &Path) -> Result<(), StoreError> {
    let log = beside(path, "-wal");
    if !has_content(&log) {
        return Ok(());
    }
    if !has_content(path) {
        // SQLite would throw the log away. It writes the file before it commits to the log, so
        // that a process that is just making both is not met here.
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
        // Earlier versions of this program set no mark.
        None => match newest_without_log(path).await {
            Some(mark) => mark,
            None => return Ok(()),
        },
    };
    for _ in 0..TRIES {
        if is_own(path, &log, mark).await? {
            return Ok(());
        }
        // Another process may have written meanwhile.
        tokio::time::sleep(AGAIN).await;
    }
    Err(StoreError::ForeignLog {
        database: path.to_owned(),
        log,
        memory: beside(path, "-shm"),
    })
}

/// Whether the file together with its log is whole, and has the entry that the file had.
async fn is_own(path: &Path, log: &Path, mark: Mark) -> Result<bool, StoreError> {
    let pages = |error: std::io::Error| classify(error.into());
    let before = committed_pages(log).map_err(pages)?;
    if before.is_none() {
        // Nothing in it was committed, or SQLite itself passes over it.
        return Ok(true);
    }
    // The last connection to leave writes the log into the file, unless it may only read.
    let connecting = reading(path).connect().await;
    let mut connection = match connecting {
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

/// How many pages the whole has; nothing where it is none, or lacks the entry.
async fn holds(connection: &mut SqliteConnection, mark: Mark) -> Result<Option<u32>, Error> {
    let there: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT hash FROM entry WHERE number = $1")
        .bind(i64::from(mark.number))
        .fetch_all(&mut *connection)
        .await?;
    let same = |hash: &[u8]| Mark::of(mark.number.into(), hash) == Some(mark);
    if !there.iter().any(|(hash,)| same(hash)) {
        return Ok(None);
    }
    // Pages of two moments of one ledger make a whole that is none.
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

/// The newest entry of the file by itself; nothing where that cannot be told: while the log was
/// being written into it, a file by itself may make no sense.
async fn newest_without_log(path: &Path) -> Option<Mark> {
    let mut connection = reading(path).immutable(true).connect().await.ok()?;
    let newest = Mark::newest(&mut connection).await;
    let _ = connection.close().await;
    newest.ok().flatten()
}

fn reading(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(BUSY)
}

/// Whether an error says that the file makes no sense (damaged, not a database, without the
/// table), rather than that it could not be looked at.
fn is_damage(error: &Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 1 | 11 | 26))
}

/// Moves the log into the file and removes it, unless somebody else has the file open. The entries
/// are safe where they are if that fails.
pub(super) async fn settle(path: &Path) {
    if !beside(path, "-wal").exists() {
        return;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::ZERO);
    let settled = async {
        let mut connection = options.connect().await?;
        let done = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut connection)
            .await;
        connection.close().await?;
        done
    };
    if let Err(error) = settled.await {
        tracing::debug!("the log stays beside the database file: {error}");
    }
}

fn has_content(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// The file that SQLite keeps beside another.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
