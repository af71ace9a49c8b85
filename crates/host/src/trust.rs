//! Signatures of libraries: whom an operator trusts to build them.

use crate::failure::Cause;
use crate::settings::PluginSettings;
use minisign_verify::{PublicKey, Signature};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The keys that libraries may be signed with, in the format of minisign (Ed25519).
///
/// Without any key, digests alone decide. With one or more, every plugin must be signed by one of
/// them as well, so that a digest which slipped into the configuration is not enough.
#[derive(Clone, Default)]
pub struct Trust {
    keys: Arc<[PublicKey]>,
}

/// A trusted key that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the trusted key `{key}` is no public key of minisign ({reason}); expected the second line of \
     its `.pub` file, 56 characters that begin with RW"
)]
pub struct BadKey {
    /// As configured.
    pub key: String,
    /// Why it is none.
    pub reason: String,
}

impl Trust {
    /// Trusts these keys: each the second line of a `.pub` file, or the whole file.
    ///
    /// # Errors
    /// The first that is no key.
    pub fn new<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Result<Self, BadKey> {
        let key = |key: K| {
            let text = key.as_ref().trim();
            let parsed = if text.contains('\n') {
                PublicKey::decode(text)
            } else {
                PublicKey::from_base64(text)
            };
            parsed.map_err(|error| BadKey {
                key: text.to_owned(),
                reason: error.to_string(),
            })
        };
        let keys: Result<Arc<[PublicKey]>, BadKey> = keys.into_iter().map(key).collect();
        Ok(Self { keys: keys? })
    }

    /// Whether plugins must be signed.
    pub fn is_required(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Checks the signature of a library that was read.
    pub(crate) fn check(&self, settings: &PluginSettings, bytes: &[u8]) -> Result<(), Cause> {
        let Some(text) = self.signature(settings)? else {
            return Ok(());
        };
        if !self.is_required() {
            return refused("it is signed, and no trusted key is configured".to_owned());
        }
        let signature = Signature::decode(&text)
            .map_err(|error| Cause::Signature(format!("its signature cannot be read: {error}")))?;
        let verifies = |key: &PublicKey| key.verify(bytes, &signature, true).is_ok();
        if self.keys.iter().any(verifies) {
            return Ok(());
        }
        let count = self.keys.len();
        refused(format!(
            "its signature fits none of the trusted keys ({count})"
        ))
    }

    /// The text of the signature: as configured, else from the file beside the library.
    fn signature(&self, settings: &PluginSettings) -> Result<Option<String>, Cause> {
        if settings.signature.is_some() || !self.is_required() {
            return Ok(settings.signature.clone());
        }
        let path = beside(settings);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) => refused(format!(
                "it is not signed, and trusted keys are configured; {}: {error}",
                path.display()
            )),
        }
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Trust({} keys)", self.keys.len())
    }
}

/// Where minisign puts a signature: `libnorth_west.so.minisig`.
fn beside(settings: &PluginSettings) -> PathBuf {
    let mut path = settings.path.clone().into_os_string();
    path.push(".minisig");
    path.into()
}

fn refused<T>(words: String) -> Result<T, Cause> {
    Err(Cause::Signature(words))
}
