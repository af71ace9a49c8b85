//! Sealing: what is stored about people is encrypted, authenticated and padded.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// Number of bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// Smallest size of what is sealed. Larger texts are padded to the next power of two, so that the
/// size of a row says little about what is in it.
pub(crate) const SMALLEST: usize = 1024;

/// Why something cannot be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    /// The key is another one, or the bytes were changed.
    #[error(
        "it was sealed with another key, or the database was changed by something other than wcc \
         since. Restore the database and the key from the same moment, or give the survey up with \
         `wcc survey discard`"
    )]
    Opening,
    /// There are no random bytes, or the text is too long.
    #[error("it cannot be sealed")]
    Sealing,
}

/// The key of a survey.
pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    pub(crate) fn new(bytes: &[u8; KEY_BYTES]) -> Option<SealingKey> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).ok()?;
        Some(SealingKey(LessSafeKey::new(key)))
    }

    /// Seals a text for one place; it cannot be opened at another. It is padded to a power of two of
    /// at least `smallest` bytes.
    pub(crate) fn seal(
        &self,
        place: &[u8],
        text: &[u8],
        smallest: usize,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| SealError::Sealing)?;
        let length = u32::try_from(text.len()).map_err(|_| SealError::Sealing)?;
        let mut sealed = length.to_be_bytes().to_vec();
        sealed.extend_from_slice(text);
        sealed.resize(sealed.len().next_power_of_two().max(smallest), 0);
        let key_nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(key_nonce, Aad::from(place), &mut sealed)
            .map_err(|_| SealError::Sealing)?;
        sealed.extend_from_slice(&nonce);
        Ok(sealed)
    }

    /// Opens what was sealed for a place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (sealed, nonce) = sealed
            .split_last_chunk::<NONCE_LEN>()
            .ok_or(SealError::Opening)?;
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut bytes);
        let opened = opened.map_err(|_| SealError::Opening)?;
        let (length, text) = opened.split_first_chunk().ok_or(SealError::Opening)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok();
        let text = length.and_then(|length| text.get(..length));
        text.map(<[u8]>::to_vec).ok_or(SealError::Opening)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::{SMALLEST, SealError, SealingKey};

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let key = SealingKey::new(&[7; 32]).expect("a key");
        let sealed = key.seal(b"here", b"text", SMALLEST).expect("sealed");
        assert_eq!(key.open(b"here", &sealed).expect("the text"), b"text");
        assert_eq!(key.open(b"there", &sealed), Err(SealError::Opening));
        let other = SealingKey::new(&[8; 32]).expect("a key");
        assert_eq!(other.open(b"here", &sealed), Err(SealError::Opening));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            *changed.get_mut(at).expect("a byte") ^= 1;
            assert_eq!(key.open(b"here", &changed), Err(SealError::Opening), "{at}");
        }
        let again = key.seal(b"here", b"another text", SMALLEST);
        let again = again.expect("sealed");
        assert_eq!(sealed.len(), again.len(), "the size says little");
    }
}
