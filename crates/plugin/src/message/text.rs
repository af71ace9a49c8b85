//! Text that borrows from its message if possible.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// Text in a [`Batch`](super::Batch). Use it as a `&str`; create one with `"5a".into()`.
///
/// A national batch holds some 30,000 texts, so they are not copied out of the message unless they
/// contain an escape sequence. Checks compare them far more often than that, so each stores its
/// [`Fingerprint`].
#[derive(Clone, Default)]
pub struct Text<'a> {
    fingerprint: Fingerprint,
    text: Cow<'a, str>,
}

impl Text<'_> {
    /// Returns the text as a `&str`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether this text equals the needle.
    pub(crate) fn is(&self, needle: &Needle<'_>) -> bool {
        self.fingerprint == needle.fingerprint
            && (self.fingerprint.is_whole() || *self.text == *needle.text)
    }
}

/// Length and last seven bytes of a text. Equal texts have equal fingerprints. Nearly all
/// identifiers have at most seven bytes, and then the fingerprint is the whole text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Fingerprint(u64);

impl Fingerprint {
    /// The number of bytes of the text in a fingerprint.
    const BYTES: usize = 7;

    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let last = bytes.last_chunk::<{ Self::BYTES }>();
        let last = last.map_or(bytes, |last| &last[..]);
        let mut fingerprint = bytes.len().min(255) as u64;
        for byte in last {
            fingerprint = fingerprint << 8 | u64::from(*byte);
        }
        // The length of a short text is not yet in the top byte, where all others have it.
        Self(fingerprint.rotate_left(8 * (Self::BYTES - last.len()) as u32))
    }

    fn is_whole(self) -> bool {
        self.0 >> 56 <= Self::BYTES as u64
    }
}

/// A text to search for among many, with its fingerprint computed once.
pub(crate) struct Needle<'s> {
    fingerprint: Fingerprint,
    text: &'s str,
}

impl<'s> From<&'s str> for Needle<'s> {
    fn from(text: &'s str) -> Self {
        let fingerprint = Fingerprint::of(text);
        Self { fingerprint, text }
    }
}

impl<'s> From<&'s Text<'_>> for Needle<'s> {
    fn from(text: &'s Text<'_>) -> Self {
        Self {
            fingerprint: text.fingerprint,
            text: &text.text,
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is(&Needle::from(other))
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

/// Hashes like `str`, because `Borrow<str>` requires it.
impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text {
            fingerprint: Fingerprint::of(text),
            text: Cow::Borrowed(text),
        }
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Text {
            fingerprint: Fingerprint::of(&text),
            text: Cow::Owned(text),
        }
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        *self.text == *other
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self.text == **other
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(out)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(out)
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text::from(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text::from(text.to_owned()))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Text<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that a fingerprint could confuse: prefixes, zero bytes, long texts with the same end.
    const TEXTS: [&str; 14] = [
        "",
        "\0",
        "\0\0",
        "5",
        "5a",
        "a5",
        "\x005a",
        "board.5",
        "1board.5",
        "2board.5",
        "once-north-east-group-7",
        "twice-orth-east-group-7",
        "\u{2}a",
        "\u{e9}\u{e9}\u{e9}a",
    ];

    #[test]
    fn texts_are_equal_if_their_strings_are_equal() {
        for first in TEXTS {
            for second in TEXTS {
                let (left, right) = (Text::from(first), Text::from(second.to_owned()));
                assert_eq!(left == right, first == second, "{first:?} {second:?}");
                assert_eq!(
                    left.is(&second.into()),
                    first == second,
                    "{first:?} {second:?}"
                );
                assert_eq!(left.cmp(&right), first.cmp(second));
            }
        }
        assert_eq!(Text::default(), Text::from(""));
    }

    #[test]
    fn very_long_texts_are_compared_completely() {
        let (first, second) = ("x".repeat(300) + "1234567", "x".repeat(301) + "1234567");
        assert_ne!(Text::from(first.as_str()), Text::from(second.as_str()));
        assert_eq!(Text::from(first.as_str()), Text::from(first.clone()));
    }
}
