//! Where a ledger is kept, as it stands in the settings.

use super::StoreError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use url::Url;

/// Parameters of a PostgreSQL address. The driver passes over any other, so that a misspelt
/// `sslmode` would quietly mean that nothing is checked.
const PARAMETERS: [&str; 13] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
/// Other names that the driver has for some of them.
const OTHER_NAMES: [(&str, &str); 5] = [
    ("ssl-mode", "sslmode"),
    ("ssl-root-cert", "sslrootcert"),
    ("ssl-ca", "sslrootcert"),
    ("ssl-cert", "sslcert"),
    ("ssl-key", "sslkey"),
];
const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

const EXPECTED: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, with whatever is \
     no letter or digit in USER and PASSWORD written as %XX";

/// Where a ledger is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE`.
    Postgres(String),
}

impl Address {
    /// Reads an address: a `postgres://` URL, or the path of a file.
    pub fn parse(text: &str) -> Address {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Address::Postgres(text.to_owned());
        }
        Address::Sqlite(PathBuf::from(text.strip_prefix("sqlite:").unwrap_or(text)))
    }

    /// What somebody on the way to the database could do, where that is more than nothing.
    pub fn exposure(&self) -> Option<&'static str> {
        let Address::Postgres(url) = self else {
            return None;
        };
        let options = options(url).ok()?;
        if options.get_socket().is_some() || is_here(options.get_host()) {
            return None;
        }
        match options.get_ssl_mode() {
            PgSslMode::VerifyFull => None,
            // Certificates that this machine trusts count beside those of `sslrootcert`.
            PgSslMode::VerifyCa => Some(
                "whoever has a certificate that this machine trusts, for any host, can stand in \
                 for it",
            ),
            PgSslMode::Require => Some("whoever is on the way to it can stand in for it"),
            _ => Some("whoever is on the way to it can read and change what is sent"),
        }
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Result<IpAddr, _> = bare.parse();
    // A folder is that of a socket.
    host.starts_with('/') || host == "localhost" || address.is_ok_and(|one| one.is_loopback())
}

/// How to connect to a PostgreSQL.
///
/// # Errors
/// What is wrong with its address; the message has no part of it that may be secret.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let wrong = |why: String| StoreError::Address(why);
    let read = Url::parse(url).map_err(|error| wrong(format!("{error}; {EXPECTED}")))?;
    let mut names_root = false;
    for (name, value) in read.query_pairs() {
        match parameter(&name) {
            None => return Err(wrong(unknown(&name))),
            Some("sslmode") if !MODES.contains(&&*value.to_ascii_lowercase()) => {
                let modes = MODES.join(", ");
                return Err(wrong(format!(
                    "{} is none of {modes}",
                    named("its `sslmode`", &value)
                )));
            }
            Some(file @ ("sslrootcert" | "sslcert" | "sslkey")) => {
                names_root |= file == "sslrootcert";
                look_into(file, &value).map_err(wrong)?;
            }
            Some(_) => {}
        }
    }
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| wrong(format!("{error}; {EXPECTED}")))?;
    let checks = matches!(
        options.get_ssl_mode(),
        PgSslMode::VerifyCa | PgSslMode::VerifyFull
    );
    // `libpq` checks the certificate then, `sqlx` does not: who named a root wants it checked.
    if names_root && !checks {
        let why = "it names a root certificate with `sslrootcert`, and nothing is checked against \
                   it: write `sslmode=verify-full` beside it";
        return Err(wrong(why.to_owned()));
    }
    Ok(options)
}

/// The name of a parameter that is known.
fn parameter(name: &str) -> Option<&'static str> {
    if name.starts_with("options[") && name.ends_with(']') {
        return Some("options");
    }
    let mut others = OTHER_NAMES.into_iter();
    let usual = others.find_map(|(other, usual)| (other == name).then_some(usual));
    PARAMETERS
        .into_iter()
        .find(|one| *one == usual.unwrap_or(name))
}

fn unknown(name: &str) -> String {
    format!(
        "{} is not known: expected one of {}; {EXPECTED}",
        named("its parameter", name),
        PARAMETERS.join(", ")
    )
}

/// A word of the address with what it is; without it where it may be no word: a `?` in a password
/// makes parameters of what comes behind it.
fn named(what: &str, word: &str) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match word.bytes().all(is_word) {
        true => format!("{what} `{word}`"),
        false => what.to_owned(),
    }
}

/// Whether a file can be used: the driver would not name it, and would take an empty list of
/// certificates for one.
fn look_into(name: &str, file: &str) -> Result<(), String> {
    if file.trim_start().starts_with("-----BEGIN") {
        return Ok(());
    }
    let text = std::fs::read(file)
        .map_err(|error| format!("`{name}` names {file}, which cannot be read: {error}"))?;
    let begin = b"-----BEGIN ";
    if text.windows(begin.len()).any(|some| some == begin) {
        return Ok(());
    }
    Err(format!(
        "`{name}` names {file}, which is not in PEM: expected a line that starts with -----BEGIN"
    ))
}

impl fmt::Display for Address {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = match self {
            Address::Sqlite(path) => return write!(to, "{}", path.display()),
            Address::Postgres(url) => url,
        };
        // Where it cannot be read, nobody knows which part of it is the password.
        let Ok(url) = Url::parse(url) else {
            return to.write_str("postgres://...");
        };
        write!(to, "postgres://{}", url.host_str().unwrap_or_default())?;
        if let Some(port) = url.port() {
            write!(to, ":{port}")?;
        }
        to.write_str(url.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}
