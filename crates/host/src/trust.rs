//! Signatures of libraries: whom an operator trusts to build them.

use crate::failure::Cause;
use crate::settings::PluginSettings;
use minisign_verify::{PublicKey, Signature};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The keys that libraries may be signed with, in the format of minisign (Ed25519).
///
/// Without any key, digests alone decide. With keys, every plugin must be signed by one of them as
/// well, so that a digest which slipped into the configuration is not enough; unless signatures
/// are [optional](Trust::optional), which checks those that are there.
#[derive(Clone, Default)]
pub struct Trust {
    keys: Arc<[Key]>,
    optional: bool,
}

struct Key {
    /// As people know it: the second line of the `.pub` file.
    text: String,
    key: PublicKey,
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

    /// The same keys, where a plugin may come without a signature; one that is there must fit.
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

    /// Checks the signature of a library whose bytes are read where they are needed. The key that
    /// made it, `None` where there is no signature and none is needed.
    pub(crate) fn check(
        &self,
        settings: &PluginSettings,
        bytes: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> Result<Option<String>, Cause> {
        let Some(text) = self.signature(settings)? else {
            return Ok(None);
        };
        if self.keys.is_empty() {
            return refused("it is signed, and no trusted key is configured".to_owned());
        }
        let signature = Signature::decode(&text)
            .map_err(|error| Cause::Signature(format!("its signature cannot be read: {error}")))?;
        let bytes = bytes()?;
        let verifies = |one: &&Key| one.key.verify(&bytes, &signature, true).is_ok();
        if let Some(signer) = self.keys.iter().find(verifies) {
            return Ok(Some(signer.text.clone()));
        }
        let count = self.keys.len();
        refused(format!(
            "its signature fits none of the trusted keys ({count})"
        ))
    }

    /// The text of the signature: from the configured file, else from the one beside the library.
    fn signature(&self, settings: &PluginSettings) -> Result<Option<String>, Cause> {
        if settings.signature.is_none() && self.keys.is_empty() {
            return Ok(None);
        }
        let path = settings.signature.clone();
        let path = path.unwrap_or_else(|| beside(settings));
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if settings.signature.is_some() => refused(format!(
                "its signature cannot be read: {}: {error}",
                path.display()
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.optional => Ok(None),
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
