//! The `[[issuer]]` entries and the `[tokens]` table: whose tokens are accepted.

use super::{SettingsError, SettingsReader, nearest, origin_of};
use config::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wcc_tokens::{Algorithm, ClaimNames, IssuerSettings, KeyLocation, LOCAL_ISSUER, TokenSettings};

/// One entry as written in a settings file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    audience: OneOrMany,
    jwks_url: Option<String>,
    jwks_file: Option<PathBuf>,
    algorithms: Vec<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    claims: ClaimEntry,
}

/// A text, or a list of texts.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The names of claims.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimEntry {
    person: Option<String>,
    role: Option<String>,
    body: Option<String>,
    cycle: Option<String>,
    from: Option<String>,
    grants: Option<String>,
}

/// The keys of an entry, for the error about an unknown one.
const KEYS: [&str; 7] = [
    "name",
    "audience",
    "jwks_url",
    "jwks_file",
    "algorithms",
    "roles",
    "claims",
];

/// The keys of `claims`.
const CLAIMS: [&str; 6] = ["person", "role", "body", "cycle", "from", "grants"];

/// Reads the list of issuers; paths are relative to the settings file's folder.
pub(super) fn read(value: Value, base: &Path) -> Result<Vec<IssuerSettings>, SettingsError> {
    let mut issuers: Vec<IssuerSettings> = Vec::new();
    for (number, entry) in (1..).zip(value.into_array()?) {
        let origin = origin_of(&entry);
        let issuer = read_entry(number, entry, base)?;
        if issuers.iter().any(|earlier| earlier.name == issuer.name) {
            return Err(SettingsError::Value {
                key: format!("issuer[{number}].name"),
                origin,
                message: format!(
                    "a second issuer is named `{}`: list its audiences in one entry",
                    issuer.name
                ),
            });
        }
        issuers.push(issuer);
    }
    Ok(issuers)
}

/// Reads the `[tokens]` table.
pub(super) fn token_settings(
    reader: &SettingsReader<'_>,
    issuers: Vec<IssuerSettings>,
) -> Result<TokenSettings, SettingsError> {
    let seconds = |key, min, max| {
        let seconds = reader.number(key, min, max)?;
        Ok::<_, SettingsError>(Duration::from_secs(seconds as u64))
    };
    Ok(TokenSettings {
        issuers,
        leeway: seconds("tokens.leeway_seconds", 0, 300)?,
        pause: seconds("tokens.pause_seconds", 1, 3600)?,
        refresh: seconds("tokens.refresh_seconds", 1, 86_400)?,
    })
}

fn read_entry(number: usize, value: Value, base: &Path) -> Result<IssuerSettings, SettingsError> {
    let origin = origin_of(&value);
    let wrong = |key: &str, message: String| SettingsError::Value {
        key: format!("issuer[{number}]{key}"),
        origin: origin.clone(),
        message,
    };
    let table = value.clone().into_table()?;
    check_keys(&format!("issuer[{number}]"), &table, &KEYS, &origin)?;
    if let Some(claims) = table.get("claims") {
        let claims = claims.clone().into_table()?;
        check_keys(
            &format!("issuer[{number}].claims"),
            &claims,
            &CLAIMS,
            &origin,
        )?;
    }
    let entry: Entry = value
        .try_deserialize()
        .map_err(|error| wrong("", error.to_string()))?;
    if entry.name.trim().is_empty() || entry.name == LOCAL_ISSUER {
        let message = format!(
            "expected the `iss` of the issuer's tokens, which is not empty and not `{LOCAL_ISSUER}` \
                               (the name of this server's own tokens)"
        );
        return Err(wrong(".name", message));
    }
    let audiences = match entry.audience {
        OneOrMany::One(audience) => vec![audience],
        OneOrMany::Many(audiences) => audiences,
    };
    if audiences.is_empty() || audiences.iter().any(|audience| audience.trim().is_empty()) {
        let message = "expected the `aud` of tokens for this server; without one, a token for any other service would do";
        return Err(wrong(".audience", message.to_owned()));
    }
    let keys = match (entry.jwks_url, entry.jwks_file) {
        (Some(url), None) => {
            KeyLocation::from_url(&url).map_err(|error| wrong(".jwks_url", error.to_string()))?
        }
        (None, Some(file)) => KeyLocation::File(base.join(file)),
        _ => {
            let message =
                "expected either `jwks_url` or `jwks_file`: where the issuer publishes its keys";
            return Err(wrong("", message.to_owned()));
        }
    };
    let algorithms = entry
        .algorithms
        .iter()
        .map(|name| algorithm(name).map_err(|message| wrong(".algorithms", message)));
    let algorithms: Vec<Algorithm> = algorithms.collect::<Result<_, _>>()?;
    if algorithms.is_empty() {
        let message = format!("expected at least one of {}", algorithm_names());
        return Err(wrong(".algorithms", message));
    }
    let defaults = ClaimNames::default();
    let claims = entry.claims;
    Ok(IssuerSettings {
        name: entry.name,
        audiences,
        keys,
        algorithms,
        roles: entry.roles,
        claims: ClaimNames {
            person: claims.person.unwrap_or(defaults.person),
            role: claims.role.unwrap_or(defaults.role),
            body: claims.body.unwrap_or(defaults.body),
            cycle: claims.cycle.unwrap_or(defaults.cycle),
            from: claims.from.unwrap_or(defaults.from),
            grants: claims.grants.unwrap_or(defaults.grants),
        },
    })
}

/// The algorithm with a name; otherwise what to write instead.
pub(super) fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::from_name(name).ok_or_else(|| unknown_algorithm(name))
}

fn unknown_algorithm(name: &str) -> String {
    let is_symmetric = name.to_ascii_uppercase().starts_with("HS");
    if is_symmetric || name.eq_ignore_ascii_case("none") {
        let names = algorithm_names();
        return format!(
            "`{name}` is not accepted: whoever verifies such a token could also make one; expected {names}"
        );
    }
    let names = Algorithm::ALL.map(Algorithm::name);
    match nearest(name, names) {
        Some(near) => format!("there is no algorithm `{name}`; did you mean `{near}`?"),
        None => format!(
            "there is no algorithm `{name}`: expected {}",
            algorithm_names()
        ),
    }
}

fn algorithm_names() -> String {
    Algorithm::ALL.map(Algorithm::name).join(", ")
}

fn check_keys(
    place: &str,
    table: &config::Map<String, Value>,
    known: &[&'static str],
    origin: &str,
) -> Result<(), SettingsError> {
    let unknown = table.iter().find(|(key, _)| !known.contains(&key.as_str()));
    let Some((key, value)) = unknown else {
        return Ok(());
    };
    Err(SettingsError::Unknown {
        key: format!("{place}.{key}"),
        origin: value.origin().map_or(origin.to_owned(), str::to_owned),
        nearest: nearest(key, known.iter().copied()).map(str::to_owned),
    })
}
