//! Verifies tokens: of the server's own keys, and of the issuers in the settings.

use crate::claims::{ClaimNames, ClaimReader, Claims};
use crate::grant::{Grant, Period};
use crate::issuer::{IssuerSettings, LOCAL_ISSUER};
use crate::published_keys::{KeyProblems, PublishedKeys};
use crate::refusal::Refusal;
use crate::register::Register;
use crate::register_file::{Version, version};
use crate::signature::{self, Algorithm};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Header, Validation};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use wcc_core::Actor;

/// Maximum size of a token, in bytes.
pub(crate) const MAX_BYTES: usize = 8 << 10;

/// Which tokens are accepted besides those of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// The issuers.
    pub issuers: Vec<IssuerSettings>,
    /// By how much the clock of an issuer may differ from this server's.
    pub leeway: Duration,
    /// The least time between two attempts to fetch an issuer's keys because a token names an unknown
    /// one.
    pub pause: Duration,
    /// How often keys are fetched in any case, so that a withdrawn key stops being accepted.
    pub refresh: Duration,
}

impl Default for TokenSettings {
    fn default() -> TokenSettings {
        TokenSettings {
            issuers: Vec::new(),
            leeway: Duration::from_secs(30),
            pause: Duration::from_secs(30),
            refresh: Duration::from_secs(300),
        }
    }
}

/// Verifies tokens.
pub struct TokenVerifier {
    register: Option<WatchedRegister>,
    issuers: RwLock<Arc<Issuers>>,
    problems: Arc<KeyProblems>,
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("TokenVerifier").finish_non_exhaustive()
    }
}

/// The issuers of the settings with their keys.
#[derive(Default)]
struct Issuers {
    settings: TokenSettings,
    /// The keys of each, in the order of the settings.
    keys: Vec<Arc<PublishedKeys>>,
}

/// The register, read again when its file changes.
struct WatchedRegister {
    data: PathBuf,
    /// What was read last, with the version of the file before it was read.
    known: Mutex<Option<(Version, Arc<Register>)>>,
}

/// A token whose signature is verified.
pub(crate) struct VerifiedToken<'i> {
    issuer: &'i str,
    pub(crate) claims: Claims,
}

impl TokenVerifier {
    /// Verifies the tokens of the register in a server's data folder; without one, of the issuers
    /// alone.
    pub fn new(data: Option<&Path>) -> TokenVerifier {
        signature::install();
        TokenVerifier {
            register: data.map(WatchedRegister::new),
            issuers: RwLock::default(),
            problems: Arc::new(watch::Sender::new(BTreeMap::new())),
        }
    }

    /// Whether it accepts any token.
    pub fn accepts_tokens(&self) -> bool {
        self.register.is_some() || !self.issuers().keys.is_empty()
    }

    /// Replaces the issuers. Keys of issuers that stay the same are kept; those of others are fetched in
    /// the background. Must be called on a runtime.
    pub fn set_issuers(&self, settings: TokenSettings) {
        let before = self.issuers();
        let keys = settings.issuers.iter().map(|issuer| {
            let known = before.keys.iter().find(|keys| keys.are_of(issuer));
            known.cloned().unwrap_or_else(|| {
                let keys = Arc::new(PublishedKeys::new(issuer, Arc::clone(&self.problems)));
                let fetched = Arc::clone(&keys);
                tokio::spawn(async move { fetched.refresh(None, Duration::ZERO).await });
                keys
            })
        });
        let keys = keys.collect();
        self.problems.send_if_modified(|problems| {
            let before = problems.len();
            let issuers = &settings.issuers;
            problems.retain(|name, _| issuers.iter().any(|issuer| issuer.name == *name));
            problems.len() != before
        });
        let mut issuers = self.issuers.write().unwrap_or_else(PoisonError::into_inner);
        *issuers = Arc::new(Issuers { settings, keys });
    }

    /// The issuers whose keys could not be read at the last attempt, with a sentence for each.
    pub fn key_problems(&self) -> watch::Receiver<BTreeMap<String, String>> {
        self.problems.subscribe()
    }

    /// Fetches the keys of every issuer again and again. Never ends.
    pub async fn refresh_keys(&self) {
        loop {
            tokio::time::sleep(self.issuers().settings.refresh).await;
            for keys in &self.issuers().keys {
                keys.refresh(None, Duration::ZERO).await;
            }
        }
    }

    /// The person who holds a token, once for each role in which they may act now; at least one.
    ///
    /// Waits only if the token names a key of an issuer that is not known: for a few seconds at most,
    /// while the issuer's keys are fetched.
    ///
    /// # Errors
    /// The token is refused.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Vec<Actor>, Refusal> {
        let header = read_header(token, MAX_BYTES)?;
        let unread: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token)
            .map_err(|_| Refusal::Malformed("its claims are unreadable"))?;
        let issuer = unread.get("iss").and_then(serde_json::Value::as_str);
        let issuer = issuer.ok_or(Refusal::Malformed("it has no `iss`"))?;
        if issuer == LOCAL_ISSUER {
            return self.verify_local(token, &header, now);
        }
        let issuers = self.issuers();
        let Issuers { settings, keys } = &*issuers;
        let mut each = settings.issuers.iter().zip(keys);
        let Some((issuer, keys)) = each.find(|(settings, _)| settings.name == issuer) else {
            return Err(Refusal::Issuer(Refusal::excerpt(issuer)));
        };
        let algorithm = pinned(&issuer.name, &issuer.algorithms, &header)?;
        let key = keys
            .find(header.kid.as_deref(), algorithm, settings.pause)
            .await;
        let key = key.ok_or_else(|| unknown_key(&issuer.name, &header))?;
        let audiences: Vec<&str> = issuer.audiences.iter().map(String::as_str).collect();
        let verified = verify_signature(token, &key, algorithm, &issuer.name, &audiences)?;
        verified.check_time(now, settings.leeway)?;
        let reader = verified.reader(&issuer.claims);
        let (person, mut grants) = (reader.person()?, reader.grants()?);
        grants.retain(|grant| issuer.may_give(&grant.role));
        if grants.is_empty() {
            return Err(Refusal::Role(issuer.name.clone()));
        }
        current_actors(&person, &grants, now)
    }

    fn verify_local(
        &self,
        token: &str,
        header: &Header,
        now: Timestamp,
    ) -> Result<Vec<Actor>, Refusal> {
        let Some(register) = &self.register else {
            return Err(Refusal::Issuer(LOCAL_ISSUER.to_owned()));
        };
        let register = register.current()?;
        let algorithm = pinned(LOCAL_ISSUER, &[Algorithm::EdDsa], header)?;
        let id = header.kid.as_deref().unwrap_or_default();
        let key = register.valid_key(id, now);
        let key = key.ok_or_else(|| unknown_key(LOCAL_ISSUER, header))?;
        let key = DecodingKey::from_ed_der(&key.public_bytes());
        let verified = verify_signature(token, &key, algorithm, LOCAL_ISSUER, &[LOCAL_ISSUER])?;
        verified.check_time(now, Duration::ZERO)?;
        let id = verified
            .claims
            .get("jti")
            .and_then(serde_json::Value::as_str);
        let issued = register
            .tokens()
            .iter()
            .find(|issued| Some(issued.id.as_str()) == id);
        if issued.is_none_or(|issued| issued.revoked.is_some()) {
            return Err(Refusal::Revoked);
        }
        let names = ClaimNames::default();
        let reader = verified.reader(&names);
        current_actors(&reader.person()?, &reader.grants()?, now)
    }

    fn issuers(&self) -> Arc<Issuers> {
        Arc::clone(&self.issuers.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The header of a token that is not too large.
pub(crate) fn read_header(token: &str, max_bytes: usize) -> Result<Header, Refusal> {
    if token.len() > max_bytes {
        return Err(Refusal::Malformed("it is too large"));
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| {
        Refusal::Malformed("its header is unreadable, or names an unknown algorithm")
    })?;
    check_header(&header)?;
    Ok(header)
}

/// Refuses what would change the meaning of the rest, and tokens made for another purpose.
fn check_header(header: &Header) -> Result<(), Refusal> {
    if header.crit.is_some() {
        return Err(Refusal::Malformed(
            "its header has `crit`, which this program does not support",
        ));
    }
    if header.enc.is_some() || header.zip.is_some() || header.extras.inner().contains_key("b64") {
        return Err(Refusal::Malformed("it is encrypted or compressed"));
    }
    let is_access_token = header.typ.as_deref().is_none_or(|named| {
        let named = named.to_ascii_lowercase();
        ["jwt", "at+jwt", "application/at+jwt"].contains(&named.as_str())
    });
    if !is_access_token {
        return Err(Refusal::Malformed("its `typ` is neither JWT nor at+jwt"));
    }
    Ok(())
}

/// The algorithm of a token, if it is one of its issuer's.
pub(crate) fn pinned(
    issuer: &str,
    algorithms: &[Algorithm],
    header: &Header,
) -> Result<Algorithm, Refusal> {
    let algorithm = Algorithm::from_header(header.alg);
    let algorithm = algorithm.filter(|algorithm| algorithms.contains(algorithm));
    algorithm.ok_or_else(|| Refusal::Algorithm {
        issuer: issuer.to_owned(),
        found: format!("{:?}", header.alg),
    })
}

pub(crate) fn unknown_key(issuer: &str, header: &Header) -> Refusal {
    Refusal::Key {
        issuer: issuer.to_owned(),
        key: Refusal::excerpt(header.kid.as_deref().unwrap_or_default()),
    }
}

/// Verifies the signature, the issuer and the audience. Times are checked later, by the server's clock.
pub(crate) fn verify_signature<'i>(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    issuer: &'i str,
    audiences: &[&str],
) -> Result<VerifiedToken<'i>, Refusal> {
    let mut validation = Validation::new(algorithm.in_header());
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["iss", "aud"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(audiences);
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation);
    match decoded {
        Ok(token) => Ok(VerifiedToken {
            issuer,
            claims: token.claims,
        }),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidAudience => Refusal::Audience(issuer.to_owned()),
            ErrorKind::MissingRequiredClaim(claim) => Refusal::Claim {
                issuer: issuer.to_owned(),
                claim: claim.clone(),
                problem: "is missing or malformed",
            },
            ErrorKind::InvalidIssuer => Refusal::Issuer(issuer.to_owned()),
            ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::Base64(_) => {
                Refusal::Malformed("its claims are unreadable")
            }
            _ => Refusal::Signature(issuer.to_owned()),
        }),
    }
}

impl VerifiedToken<'_> {
    fn reader<'c>(&'c self, names: &'c ClaimNames) -> ClaimReader<'c> {
        ClaimReader {
            issuer: self.issuer,
            names,
            claims: &self.claims,
        }
    }

    /// Checks by the server's clock when it expires and begins.
    pub(crate) fn check_time(&self, now: Timestamp, leeway: Duration) -> Result<(), Refusal> {
        let names = ClaimNames::default();
        let reader = self.reader(&names);
        let until = reader.time("exp")?.ok_or_else(|| Refusal::Claim {
            issuer: self.issuer.to_owned(),
            claim: "exp".to_owned(),
            problem: "is missing",
        })?;
        let leeway = SignedDuration::try_from(leeway).unwrap_or_default();
        // Saturates at the ends of time.
        let earliest = now.saturating_sub(leeway).unwrap_or(now);
        let latest = now.saturating_add(leeway).unwrap_or(now);
        if until <= earliest {
            return Err(Refusal::Expired);
        }
        for name in ["nbf", "iat"] {
            if reader.time(name)?.is_some_and(|from| latest < from) {
                return Err(Refusal::NotYetValid);
            }
        }
        Ok(())
    }
}

/// The actors of the grants that are in force.
fn current_actors(person: &str, grants: &[Grant], now: Timestamp) -> Result<Vec<Actor>, Refusal> {
    let today = TimeZone::UTC.to_datetime(now).date();
    let periods = || grants.iter().map(|grant| (grant, grant.period_on(today)));
    let mut actors: Vec<Actor> = Vec::new();
    for (grant, period) in periods() {
        let actor = grant.actor(person);
        if period == Period::Current && !actors.contains(&actor) {
            actors.push(actor);
        }
    }
    if !actors.is_empty() {
        return Ok(actors);
    }
    Err(if periods().any(|(_, period)| period == Period::NotYet) {
        Refusal::NotYetValid
    } else {
        Refusal::Expired
    })
}

impl WatchedRegister {
    fn new(data: &Path) -> WatchedRegister {
        WatchedRegister {
            data: data.to_path_buf(),
            known: Mutex::default(),
        }
    }

    /// The register as it is now. If it cannot be read, no token is accepted.
    fn current(&self) -> Result<Arc<Register>, Refusal> {
        let unreadable = |error: &dyn std::fmt::Display| {
            tracing::error!(
                "the register of issued tokens cannot be read; its tokens are refused: {error}"
            );
            Refusal::RegisterUnreadable
        };
        let file = Register::path(&self.data);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = version(&file).map_err(|error| unreadable(&error))?;
        if let Some((version, register)) = &*known
            && *version == found
        {
            return Ok(Arc::clone(register));
        }
        let folder = file.parent().unwrap_or(&self.data);
        let register = Register::read(folder).map_err(|error| unreadable(&error))?;
        let register = Arc::new(register.ok_or_else(|| unreadable(&"it is gone"))?);
        *known = Some((found, Arc::clone(&register)));
        Ok(register)
    }
}
