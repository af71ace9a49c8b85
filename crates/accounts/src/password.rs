//! Passwords: what may be one, and how they are hashed and compared.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use data_encoding::BASE32_NOPAD;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// Minimum length of a new password, in characters.
pub const MIN_PASSWORD_CHARACTERS: usize = 12;
/// Maximum size of a password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 256;

/// How many passwords are hashed at the same time: each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;

/// Why a text is not a password for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// It is too short.
    #[error("the password is shorter than {MIN_PASSWORD_CHARACTERS} characters")]
    Short,
    /// It is too long.
    #[error("the password is longer than {MAX_PASSWORD_BYTES} bytes")]
    Long,
    /// It has few different characters.
    #[error("the password repeats too few characters: use at least five different ones")]
    Repeated,
    /// It contains the sign-in name or the person's name, or is contained in one.
    #[error("the password contains the name of the account or of the person: choose another")]
    Name,
}

/// A password for an account. It is never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Checks a new password. Its characters are not looked at further: length is what counts.
    ///
    /// # Errors
    /// It is too short, too long or too uniform.
    pub fn new(text: impl Into<String>) -> Result<Password, PasswordError> {
        let text = text.into();
        if text.chars().count() < MIN_PASSWORD_CHARACTERS {
            return Err(PasswordError::Short);
        }
        if text.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::Long);
        }
        let mut different: Vec<char> = text.chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < 5 {
            return Err(PasswordError::Repeated);
        }
        Ok(Password(text))
    }

    /// A new random password that is easily copied, with its text: `k3w5qa-77hzxm-2fd4lk-pq6y3n`.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub fn random() -> Result<(Password, String), getrandom::Error> {
        /// Random bytes of a password.
        const BYTES: usize = 15;
        /// Characters between two hyphens.
        const GROUP: usize = 6;
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        let signs = BASE32_NOPAD.encode(&bytes).to_lowercase();
        let groups = signs.as_bytes().chunks(GROUP);
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        let text = groups.join("-");
        Ok((Password(text.clone()), text))
    }

    /// Checks it against the names of its account.
    pub(crate) fn check_names(&self, names: [&str; 2]) -> Result<(), PasswordError> {
        /// Shorter names are in many words.
        const SHORTEST: usize = 4;
        let password = self.0.to_lowercase();
        let is_near = |name: &str| {
            let name = name.to_lowercase();
            name.chars().count() >= SHORTEST && password.contains(&name)
        };
        match names.into_iter().any(is_near) {
            true => Err(PasswordError::Name),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Password(...)")
    }
}

/// A password could not be hashed: the system has no random bytes, or the work was lost.
#[derive(Debug)]
pub(crate) struct HashingFailed;

/// Hashes and compares passwords with Argon2id, a few at a time, on threads that answer no requests.
#[derive(Debug)]
pub(crate) struct PasswordHasher {
    permits: Arc<Semaphore>,
    /// The hash of a password that nobody knows, compared if there is no other: so an account that does
    /// not exist costs as much as one that does.
    decoy: String,
    comparisons: AtomicU64,
}

impl PasswordHasher {
    pub(crate) async fn new() -> Result<PasswordHasher, HashingFailed> {
        let mut hasher = PasswordHasher {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: String::new(),
            comparisons: AtomicU64::new(0),
        };
        let mut unknown = [0; 32];
        getrandom::fill(&mut unknown).map_err(|_| HashingFailed)?;
        hasher.decoy = hasher.hash_bytes(unknown.to_vec()).await?;
        Ok(hasher)
    }

    /// The hash of a password, in the PHC form.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, HashingFailed> {
        self.hash_bytes(password.0.clone().into_bytes()).await
    }

    async fn hash_bytes(&self, password: Vec<u8>) -> Result<String, HashingFailed> {
        let hash = move || Argon2::default().hash_password(&password);
        let hash = self.work(hash).await?.map_err(|_| HashingFailed)?;
        Ok(hash.to_string())
    }

    /// Whether a password is the one with a hash. Without a hash it compares another, and says no.
    pub(crate) async fn matches(
        &self,
        password: &str,
        hash: Option<&str>,
    ) -> Result<bool, HashingFailed> {
        self.comparisons.fetch_add(1, Ordering::Relaxed);
        let is_possible = hash.is_some() && password.len() <= MAX_PASSWORD_BYTES;
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        // A longer text is no password of anybody; comparing its beginning takes the time of any other.
        let password = password.as_bytes();
        let password = password.get(..MAX_PASSWORD_BYTES).unwrap_or(password);
        let password = password.to_vec();
        let matches = self.work(move || {
            let hash = PasswordHash::new(&hash);
            hash.is_ok_and(|hash| Argon2::default().verify_password(&password, &hash).is_ok())
        });
        Ok(matches.await? && is_possible)
    }

    /// Does some work on a thread of its own. The permit is given back when the work is done, even if
    /// nobody waits for it any longer.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| HashingFailed)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        worked.await.map_err(|_| HashingFailed)
    }

    /// How many passwords were compared.
    #[cfg(test)]
    pub(crate) fn comparisons(&self) -> u64 {
        self.comparisons.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn a_password_is_long_and_not_uniform() {
        assert_eq!(Password::new("eleven char"), Err(PasswordError::Short));
        assert_eq!(Password::new("abababababab"), Err(PasswordError::Repeated));
        let long = "correct horse ".repeat(20);
        assert_eq!(Password::new(long), Err(PasswordError::Long));
        let password = Password::new("Twelve signs").expect("a password");
        assert_eq!(format!("{password:?}"), "Password(...)");
        assert_eq!(
            password.check_names(["twelve", "A. Person"]),
            Err(PasswordError::Name)
        );
        assert_eq!(password.check_names(["twe", "A. Person"]), Ok(()));
    }

    #[tokio::test]
    async fn a_hash_matches_its_password_alone() {
        let hasher = PasswordHasher::new().await.expect("a hasher");
        let password = Password::new("Twelve signs").expect("a password");
        let hash = hasher.hash(&password).await.expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert_ne!(hash, hasher.hash(&password).await.expect("another salt"));
        for (text, hash, expected) in [
            ("Twelve signs", Some(&*hash), true),
            ("twelve signs", Some(&*hash), false),
            ("", Some(&*hash), false),
            ("Twelve signs", None, false),
            ("Twelve signs", Some("malformed"), false),
        ] {
            let matches = hasher.matches(text, hash).await.expect("compared");
            assert_eq!(matches, expected, "{text} {hash:?}");
        }
        let long = "a".repeat(MAX_PASSWORD_BYTES + 1);
        assert!(!hasher.matches(&long, Some(&hash)).await.expect("compared"));
    }
}
