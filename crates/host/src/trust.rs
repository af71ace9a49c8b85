//! Checks the signatures of libraries against the keys that an operator trusts.

use crate::failure::Cause;
use crate::settings::PluginSettings;
use minisign_verify::{PublicKey, Signature};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The keys with which libraries may be signed, in the format of minisign (Ed25519).
///
/// Without keys, only digests are checked. With keys, one of them must also have signed every
/// plugin, so that a wrong digest in the configuration is not enough. If signatures are
/// [optional](Trust::optional), only existing ones are checked.
#[derive(Clone, Default)]
pub struct Trust {
    keys: Arc<[Key]>,
    optional: bool,
}

struct Key {
    /// The second line of the `.pub` file.
    text: String,
    key: PublicKey,
}

/// A configured key that is not a valid public key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the trusted key `{key}` is not a minisign public key ({reason}); expected the second line of \
     its `.pub` file, 56 characters that begin with RW"
)]
pub struct BadKey {
    /// The key as configured.
    pub key: String,
    /// Why it is not valid.
    pub reason: String,
}

impl Trust {
    /// Trusts these keys. Each is the second line of a `.pub` file, or the whole file.
    ///
    /// # Errors
    /// The first key that is not valid.
    pub fn new<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Result<Self, BadKey> {
        let key = |key: K| {
            let text = key.as_ref().trim();
            let parsed = if text.contains('\n') {
                PublicKey::decode(text)
            } else {
                PublicKey::from_base64(text)
            };
            let parsed = parsed.map_err(|error| BadKey {
                key: text.to_owned(),
                reason: error.to_string(),
            });
            let text = text.lines().last().unwrap_or_default().to_owned();
            parsed.map(|key| Key { text, key })
        };
        let keys: Result<Arc<[Key]>, BadKey> = keys.into_iter().map(key).collect();
        Ok(Self {
            keys: keys?,
            optional: false,
        })
    }

    /// Makes signatures optional. An existing signature must still be valid.
    #[must_use]
    pub fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }

    /// Whether plugins must be signed.
    pub fn is_required(&self) -> bool {
        !self.keys.is_empty() && !self.optional
    }

    /// Checks the signature of a library, whose bytes are read only if needed. Returns the key that
    /// signed it, or `None` if there is no signature and none is required.
    pub(crate) fn check(
        &self,
        settings: &PluginSettings,
        bytes: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<Option<String>, Cause> {
        let Some(text) = self.signature(settings)? else {
            return Ok(None);
        };
        if self.keys.is_empty() {
            return rejected("it is signed, but no trusted key is configured".to_owned());
        }
        let signature = Signature::decode(&text)
            .map_err(|error| Cause::Signature(format!("its signature cannot be read: {error}")))?;
        let bytes = bytes()?;
        let verifies = |key: &&Key| key.key.verify(&bytes, &signature, true).is_ok();
        if let Some(signer) = self.keys.iter().find(verifies) {
            return Ok(Some(signer.text.clone()));
        }
        let count = self.keys.len();
        rejected(format!(
            "its signature matches none of the trusted keys ({count})"
        ))
    }

    /// Reads the signature from the configured file, else from the file beside the library.
    fn signature(&self, settings: &PluginSettings) -> Result<Option<String>, Cause> {
        if settings.signature.is_none() && self.keys.is_empty() {
            return Ok(None);
        }
        let path = settings.signature.clone();
        let path = path.unwrap_or_else(|| default_signature_path(settings));
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if settings.signature.is_some() => rejected(format!(
                "its signature cannot be read: {}: {error}",
                path.display()
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.optional => Ok(None),
            Err(error) => rejected(format!(
                "it is not signed, although trusted keys are configured; {}: {error}",
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

/// Returns the path at which minisign writes a signature: `libnorth_west.so.minisig`.
fn default_signature_path(settings: &PluginSettings) -> PathBuf {
    let mut path = settings.path.clone().into_os_string();
    path.push(".minisig");
    path.into()
}

fn rejected<T>(words: String) -> Result<T, Cause> {
    Err(Cause::Signature(words))
}
