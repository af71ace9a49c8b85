//! What a database's error means for whoever writes, and rows out of columns.

use super::{Row, StoreError};
use crate::chain::Hash;
use crate::format::decode;
use sqlx::Error;
use sqlx::error::{DatabaseError, ErrorKind};
use std::sync::Arc;
use wcc_core::actor::Actor;

/// Rows that one statement inserts.
pub(super) const ROWS_A_STATEMENT: usize = 500;

/// Errors after which the same statement may well succeed: serialisation failures and deadlocks
/// (the engines that speak PostgreSQL's protocol ask for a retry by these), a server that starts,
/// stops or has too many connections, a busy file.
const TRANSIENT: [&str; 16] = [
    "40001", "40003", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "08000",
    "08001", "08003", "08004", "08006", "5", "6",
];

pub(super) fn classify(error: Error) -> StoreError {
    match error {
        Error::Database(error) => of_database(&*error),
        Error::Io(error) => of_connection(&error),
        // The only thing that is asked before a word is sent.
        Error::Tls(error) if error.to_string().contains("does not support TLS") => {
            StoreError::Unsafe(
                "its server does not offer TLS, which `sslmode` in the address asks for: switch \
                 it on there (`ssl = on`, a certificate and its key)"
                    .to_owned(),
            )
        }
        Error::Tls(error) => StoreError::Unsafe(error.to_string()),
        error @ (Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed) => {
            StoreError::Unavailable(error.to_string())
        }
        // A connection that broke off in the middle of an answer.
        Error::Protocol(message) => StoreError::Unavailable(message),
        error => StoreError::Refused(error.to_string()),
    }
}

/// What an error of the connection means. Those of TLS come inside of them.
fn of_connection(error: &std::io::Error) -> StoreError {
    use rustls::AlertDescription as Alert;
    use rustls::CertificateError as Wrong;
    use rustls::Error as Tls;
    let of_tls = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Tls>());
    let advice = match of_tls {
        Some(Tls::InvalidCertificate(wrong)) => match wrong {
            Wrong::UnknownIssuer => {
                "nobody whom this machine or `sslrootcert` names has signed it: name the \
                 certificate of the CA that did with `sslrootcert=FILE` in the address"
            }
            Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
                "write the host into the address as the certificate has it"
            }
            Wrong::Expired | Wrong::ExpiredContext { .. } => "renew it at the server",
            _ => "the server needs one that a CA signed for the host's name",
        },
        Some(Tls::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::UnknownCA,
        )) => {
            "the server asks for a certificate of this side that it trusts: name it with \
             `sslcert=FILE` and its key with `sslkey=FILE` in the address"
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
    // Another server made a table, constraint or column between the look and the making:
    // PostgreSQL's own check of `IF NOT EXISTS` lets this through.
    if matches!(&*code, "42P07" | "42710" | "42701") {
        return StoreError::Conflict;
    }
    // SQLite's extended codes carry the plain one in their low byte.
    let plain = code.parse::<u32>().map(|code| (code & 0xff).to_string());
    let is_sqlite = code.len() < 5;
    let known = |code: &str| TRANSIENT.contains(&code);
    if known(&code) || is_sqlite && plain.is_ok_and(|code| known(&code)) {
        return StoreError::Unavailable(error.to_string());
    }
    // Its list of who may come in and how, `pg_hba.conf`, which says no more than that.
    if code == "28000" {
        return StoreError::Unsafe(format!(
            "{error}; where the server takes connections with TLS alone, write \
             `sslmode=verify-full` into the address, and where it asks for a certificate of this \
             side, `sslcert=FILE` and `sslkey=FILE`"
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
        // The first version of the table left it to the entry. One that cannot be read is refused
        // by whoever follows the chain.
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
    bytes
        .map(Hash)
        .map_err(|_| StoreError::Refused(format!("entry {number}: its hash has not 32 bytes")))
}
