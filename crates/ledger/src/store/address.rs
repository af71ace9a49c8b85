//! The address of a ledger's database, as given in the settings.

use super::StoreError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use url::Url;

/// Parameters of a PostgreSQL address. The driver silently ignores all others, so a misspelt
/// `sslmode` would disable all checks.
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
/// Other names for some of them that the driver accepts.
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

const EXPECTED: &str = "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full, with characters \
     other than letters and digits in USER and PASSWORD written as %XX";

/// The address of a ledger's database.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE`.
    Postgres(String),
}

impl Address {
    /// Parses an address: a `postgres://` URL, or the path of a file.
    pub fn parse(text: &str) -> Address {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Address::Postgres(text.to_owned());
        }
        Address::Sqlite(PathBuf::from(text.strip_prefix("sqlite:").unwrap_or(text)))
    }

    /// Describes what an attacker on the network path to the database could do; `None` if nothing.
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
            // Certificates that this machine trusts are accepted in addition to those of
            // `sslrootcert`.
            PgSslMode::VerifyCa => Some(
                "anybody with a certificate that this machine trusts, for any host, can impersonate \
                 it",
            ),
            PgSslMode::Require => Some("an attacker on the network can impersonate it"),
            _ => Some("an attacker on the network can read and change the traffic"),
        }
    }
}

/// Returns whether a host is this machine.
fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address: Result<IpAddr, _> = bare.parse();
    // A path is the folder of a Unix socket.
    host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

/// Parses the options for connecting to PostgreSQL.
///
/// # Errors
/// The address is invalid; the message has no part of it that may be secret.
pub fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let invalid = |why: String| StoreError::Address(why);
    let parsed = Url::parse(url).map_err(|error| invalid(format!("{error}; {EXPECTED}")))?;
    let mut names_root = false;
    for (name, value) in parsed.query_pairs() {
        match parameter(&name) {
            None => return Err(invalid(unknown(&name))),
            Some("sslmode") if !MODES.contains(&&*value.to_ascii_lowercase()) => {
                let modes = MODES.join(", ");
                return Err(invalid(format!(
                    "{} is not one of {modes}",
                    named("its `sslmode`", &value)
                )));
            }
            Some(file @ ("sslrootcert" | "sslcert" | "sslkey")) => {
                names_root |= file == "sslrootcert";
                check_pem_file(file, &value).map_err(invalid)?;
            }
            Some(_) => {}
        }
    }
    let options: PgConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| invalid(format!("{error}; {EXPECTED}")))?;
    let checks = matches!(
        options.get_ssl_mode(),
        PgSslMode::VerifyCa | PgSslMode::VerifyFull
    );
    // Unlike `libpq`, `sqlx` does not check the certificate in this case, but an operator who names
    // a root expects it.
    if names_root && !checks {
        let why = "it names a root certificate with `sslrootcert`, but nothing is checked against it; \
                   add `sslmode=verify-full`";
        return Err(invalid(why.to_owned()));
    }
    Ok(options)
}

/// Returns the usual name of a known parameter.
fn parameter(name: &str) -> Option<&'static str> {
    if name.starts_with("options[") && name.ends_with(']') {
        return Some("options");
    }
    let mut others = OTHER_NAMES.into_iter();
    let usual = others.find_map(|(other, usual)| (other == name).then_some(usual));
    PARAMETERS
        .into_iter()
        .find(|known| *known == usual.unwrap_or(name))
}

fn unknown(name: &str) -> String {
    format!(
        "{} is not known: expected one of {}; {EXPECTED}",
        named("its parameter", name),
        PARAMETERS.join(", ")
    )
}

/// Describes a word of the address, and quotes it only if it is a plain word: after a `?` in a
/// password, parts of the password look like parameters.
fn named(what: &str, word: &str) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match word.bytes().all(is_word) {
        true => format!("{what} `{word}`"),
        false => what.to_owned(),
    }
}

/// Checks that a file is in PEM. The driver's own error does not name the file, and the driver
/// accepts a file without certificates.
fn check_pem_file(name: &str, file: &str) -> Result<(), String> {
    if file.trim_start().starts_with("-----BEGIN") {
        return Ok(());
    }
    let text = std::fs::read(file)
        .map_err(|error| format!("`{name}` names {file}, which cannot be read: {error}"))?;
    let begin = b"-----BEGIN ";
    if text.windows(begin.len()).any(|window| window == begin) {
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
        // If the address cannot be parsed, it is not known which part is the password.
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
