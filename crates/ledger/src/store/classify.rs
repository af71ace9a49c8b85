//! Classifies errors of the databases, and converts columns to rows.

use super::{Row, Rows, StoreError};
use crate::chain::Hash;
use crate::format::decode;
use sqlx::Error;
use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::sync::Arc;
use wcc_core::actor::Actor;

/// Maximum number of rows that one statement inserts.
pub(super) const ROWS_A_STATEMENT: usize = 500;

/// The rows of the next statement; none at the end.
pub(super) fn next_chunk<'r>(rows: &mut Rows<'r>) -> Result<Vec<Cow<'r, Row>>, StoreError> {
    rows.take(ROWS_A_STATEMENT).collect()
}

/// Errors after which a retry may succeed: serialisation failures and deadlocks (with which engines
/// that speak PostgreSQL's protocol ask for a retry), a server that starts, stops or has too many
/// connections, a busy file.
const TRANSIENT: [&str; 16] = [
    "40001", "40003", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "08000",
    "08001", "08003", "08004", "08006", "5", "6",
];

/// Classifies an error of the driver.
pub fn classify(error: Error) -> StoreError {
    match error {
        Error::Database(error) => of_database(&*error),
        Error::Io(error) => of_connection(&error),
        // The driver reports this before it sends anything.
        Error::Tls(error) if error.to_string().contains("does not support TLS") => {
            StoreError::Unsafe(
                "its server does not offer TLS, which `sslmode` in the address requires; enable \
                 it there (`ssl = on`, a certificate and its key)"
                    .to_owned(),
            )
        }
        Error::Tls(error) => StoreError::Unsafe(error.to_string()),
        error @ (Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed) => {
            StoreError::Unavailable(error.to_string())
        }
        // The connection was lost in the middle of a response.
        Error::Protocol(message) => StoreError::Unavailable(message),
        error => StoreError::Refused(error.to_string()),
    }
}

/// Classifies an error of the connection, which may wrap an error of TLS.
fn of_connection(error: &std::io::Error) -> StoreError {
    use rustls::AlertDescription as Alert;
    use rustls::CertificateError as Certificate;
    use rustls::Error as Tls;
    let of_tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Tls>());
    let advice = match of_tls {
        Some(Tls::InvalidCertificate(wrong)) => match wrong {
            Certificate::UnknownIssuer => {
                "it was not signed by a CA that this machine or `sslrootcert` trusts; add \
                 `sslrootcert=FILE` with the certificate of its CA to the address"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "use the host name of the certificate in the address"
            }
            Certificate::Expired | Certificate::ExpiredContext { .. } => "renew it on the server",
            _ => "the server needs a certificate that a CA signed for the host's name",
        },
        Some(Tls::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::UnknownCA,
        )) => {
            "the server requires a client certificate that it trusts; add \
             `sslcert=FILE` and `sslkey=FILE` with its key to the address"
        }
        _ => return StoreError::Unavailable(error.to_string()),
    };
    StoreError::Unsafe(format!("{error}; {advice}"))
}

fn of_database(error: &dyn DatabaseError) -> StoreError {
    if error.kind() == ErrorKind::UniqueViolation {
        return StoreError::Conflict;
    }
    let code = error.code().unwrap_or_default();
    // Another server created a table, constraint or column at the same time. PostgreSQL's `IF NOT
    // EXISTS` does not prevent this error.
    if matches!(&*code, "42P07" | "42710" | "42701") {
        return StoreError::Conflict;
    }
    // SQLite's extended codes have the primary code in their low byte.
    let plain = code.parse::<u32>().map(|code| (code & 0xff).to_string());
    let is_sqlite = code.len() < 5;
    let known = |code: &str| TRANSIENT.contains(&code);
    if known(&code) || is_sqlite && plain.is_ok_and(|code| known(&code)) {
        return StoreError::Unavailable(error.to_string());
    }
    // The server's `pg_hba.conf` refuses the connection; the server does not say why.
    if code == "28000" {
        return StoreError::Unsafe(format!(
            "{error}; if the server accepts only TLS connections, add `sslmode=verify-full` to the \
             address; if it requires a client certificate, add `sslcert=FILE` and \
             `sslkey=FILE`"
        ));
    }
    StoreError::Refused(error.to_string())
}

/// The columns of an entry: number, request, part, bytes, hash, person, role, body, cycle.
type Columns = (
    i64,
    String,
    i64,
    Vec<u8>,
    Vec<u8>,
    String,
    String,
    String,
    String,
);

pub(super) fn row_of(columns: Columns) -> Result<Row, StoreError> {
    let (number, request, part, bytes, hash, person, role, body, cycle) = columns;
    let number = number_of(number)?;
    let given = |text: String| (!text.is_empty()).then(|| text.into());
    let actor = if role.is_empty() {
        // The first version of the table has no columns for the actor, so the entry itself gives
        // it. An entry that cannot be read is rejected when the chain is checked.
        decode(&bytes).map_or_else(|_| Actor::public().into(), |chained| chained.entry.actor)
    } else {
        Arc::new(Actor {
            person: person.into(),
            role: role.into(),
            body: given(body),
            cycle: given(cycle),
        })
    };
    Ok(Row {
        number,
        actor,
        request,
        part: number_of(part)?,
        bytes,
        hash: hash_of(number, &hash)?,
    })
}

pub(super) fn number_of(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number)
        .map_err(|_| StoreError::Refused(format!("an entry has the number {number}")))
}

pub(super) fn hash_of(number: u32, bytes: &[u8]) -> Result<Hash, StoreError> {
    let bytes = bytes.try_into();
    bytes.map(Hash).map_err(|_| {
        StoreError::Refused(format!("entry {number}: its hash does not have 32 bytes"))
    })
}
