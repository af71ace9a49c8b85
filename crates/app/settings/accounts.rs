//! The settings of accounts, their sessions, and the OpenID provider with which people sign in.

use super::issuers::algorithm;
use super::ledger::beside_ledger;
use super::{SettingsError, SettingsReader};
use std::path::Path;
use std::time::Duration;
use wcc_accounts::{AccountSettings, OpenIdSettings};
use wcc_tokens::{Grant, TokenSettings, protected_url};

/// Between what a claim has and the role that it gives.
const GIVES: &str = "=>";

/// Reads the settings of accounts; paths are relative to `base`, the folder of the settings file. The clock
/// of an OpenID provider may differ as much as that of an issuer of tokens.
pub(super) fn read(
    reader: &SettingsReader<'_>,
    base: &Path,
    tokens: &TokenSettings,
) -> Result<AccountSettings, SettingsError> {
    let minutes = reader.number("accounts.idle_minutes", 5, 24 * 60)?;
    let hours = reader.number("accounts.session_hours", 1, 7 * 24)?;
    let public_address = match reader.text("accounts.public_address")?.as_str() {
        "" => None,
        text => {
            let key = "accounts.public_address";
            let url = protected_url(text).map_err(|error| reader.wrong(key, error.to_string()))?;
            if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
                let message = format!("expected an address without a path, not `{text}`");
                return Err(reader.wrong(key, message));
            }
            Some(url)
        }
    };
    let openid = match reader.text("openid.issuer")?.as_str() {
        "" => None,
        issuer => Some(read_openid(reader, base, issuer, tokens)?),
    };
    if openid.is_some() && public_address.is_none() {
        let message = "expected the address by which browsers know this server: the OpenID provider \
                       (`openid.issuer`) sends them back to it";
        return Err(reader.wrong("accounts.public_address", message.to_owned()));
    }
    Ok(AccountSettings {
        address: beside_ledger(
            reader,
            base,
            "accounts.address",
            "accounts.db",
            "exports and copies of the ledger hold no passwords",
        )?,
        idle: Duration::from_mins(minutes as u64),
        absolute: Duration::from_hours(hours as u64),
        public_address,
        openid,
    })
}

fn read_openid(
    reader: &SettingsReader<'_>,
    base: &Path,
    issuer: &str,
    tokens: &TokenSettings,
) -> Result<OpenIdSettings, SettingsError> {
    let wrong = |key: &str, message: String| reader.wrong(key, message);
    let issuer =
        protected_url(issuer).map_err(|error| wrong("openid.issuer", error.to_string()))?;
    let client = reader.text("openid.client")?;
    if client.trim().is_empty() {
        let message = "expected the identifier by which the OpenID provider knows this server";
        return Err(wrong("openid.client", message.to_owned()));
    }
    let secret = match reader.text("openid.secret_file")?.as_str() {
        "" => None,
        file => Some(
            read_secret(&base.join(file)).map_err(|error| wrong("openid.secret_file", error))?,
        ),
    };
    let scopes = reader.list("openid.scopes")?;
    if !scopes.iter().any(|scope| scope == "openid") {
        return Err(wrong(
            "openid.scopes",
            "expected `openid` among them".to_owned(),
        ));
    }
    let algorithms = reader.list("openid.algorithms")?;
    let algorithms = algorithms
        .iter()
        .map(|name| algorithm(name).map_err(|error| wrong("openid.algorithms", error)));
    let algorithms = algorithms.collect::<Result<Vec<_>, _>>()?;
    if algorithms.is_empty() {
        return Err(wrong(
            "openid.algorithms",
            "expected at least one".to_owned(),
        ));
    }
    let roles = reader.rows("openid.roles")?;
    let roles = roles
        .iter()
        .map(|text| role(text).map_err(|error| wrong("openid.roles", error)));
    Ok(OpenIdSettings {
        issuer,
        title: reader.text("openid.title")?,
        client,
        secret,
        scopes,
        algorithms,
        person_claim: reader.text("openid.person_claim")?,
        account_claim: reader.text("openid.account_claim")?,
        role_claim: reader.text("openid.role_claim")?,
        roles: roles.collect::<Result<_, _>>()?,
        asks_userinfo: reader.yes_or_no("openid.userinfo")?,
        leeway: tokens.leeway,
        pause: tokens.pause,
    })
}

/// Reads `TEXT => ROLE;body=CODE;cycle=ID`.
fn role(text: &str) -> Result<(String, Grant), String> {
    let malformed = || format!("expected \"TEXT {GIVES} ROLE;body=CODE;cycle=ID\", not `{text}`");
    let (given, grant) = text.split_once(GIVES).ok_or_else(malformed)?;
    if given.trim().is_empty() {
        return Err(malformed());
    }
    let grant = Grant::from_text_with_days(grant.trim());
    let grant = grant.map_err(|error| format!("`{text}`: {error}"))?;
    Ok((given.trim().to_owned(), grant))
}

/// The secret in a file, without the space around it.
pub(super) fn read_secret(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("{} is empty", file.display())),
        secret => Ok(secret.to_owned()),
    }
}
