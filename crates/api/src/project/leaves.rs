//! Leaf values: built-in scalars, `Date`, `DateTime` and nullable values.

use super::describe::{ScalarInfo, TypeInfo, TypeRef};
use super::plan::Children;
use super::write::{NullPropagated, Project, WriteResult, Writer};
use async_graphql::Value;
use jiff::Timestamp;
use jiff::civil::Date;
use std::borrow::Cow;
use std::io::Write as _;

/// A built-in scalar, which the registry already contains.
const fn built_in(name: &'static str, accepts: fn(&Value) -> bool) -> TypeInfo {
    TypeInfo::Scalar(ScalarInfo {
        name,
        doc: &[],
        specified_by: None,
        accepts,
    })
}

macro_rules! scalars {
    ($($function:ident = $info:expr;)*) => {
        $(pub(crate) fn $function() -> &'static TypeInfo {
            const INFO: &TypeInfo = &$info;
            INFO
        })*
    };
}

scalars! {
    string = built_in("String", |value| matches!(value, Value::String(_)));
    boolean = built_in("Boolean", |value| matches!(value, Value::Boolean(_)));
    int = built_in("Int", |value| {
        matches!(value, Value::Number(number) if number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()))
    });
    float = built_in("Float", |value| matches!(value, Value::Number(_)));
    id = built_in("ID", |value| {
        matches!(value, Value::String(_)) || matches!(value, Value::Number(number) if number.is_i64() || number.is_u64())
    });
    date = TypeInfo::Scalar(ScalarInfo {
        name: "Date",
        doc: &["A calendar date: `2009-06-15`."],
        specified_by: Some("https://scalars.graphql.org/andimarek/local-date.html"),
        accepts: |value| matches!(value, Value::String(text) if text.parse::<Date>().is_ok()),
    });
    date_time = TypeInfo::Scalar(ScalarInfo {
        name: "DateTime",
        doc: &["A date and time in ISO 8601 with the offset from UTC: `2009-06-15T14:30:00Z`."],
        specified_by: Some("https://scalars.graphql.org/andimarek/date-time.html"),
        accepts: |value| matches!(value, Value::String(text) if text.parse::<Timestamp>().is_ok()),
    });
}

/// A word that repeats one byte eight times.
const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Not 0 if any of eight bytes may need escaping in JSON: control characters, quotes and
/// backslashes. It may report a false positive next to such a byte, but never misses one.
#[inline]
fn escapes(bytes: &[u8; 8]) -> u64 {
    let word = u64::from_ne_bytes(*bytes);
    let zero = |word: u64| word.wrapping_sub(repeat(1)) & !word;
    let low = word.wrapping_sub(repeat(0x20)) & !word;
    let quote = zero(word ^ repeat(b'"'));
    let backslash = zero(word ^ repeat(b'\\'));
    (low | quote | backslash) & repeat(0x80)
}

/// Whether a byte is written with a backslash.
#[inline]
fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether no byte needs escaping, as in nearly all texts. It may report a false negative, but
/// never misses a byte.
#[inline]
fn is_clean(bytes: &[u8]) -> bool {
    match bytes.last_chunk::<8>() {
        // The last word overlaps the one before, so that no byte is looked at by itself.
        Some(last) if bytes.len() < 32 => {
            let (words, _) = bytes.as_chunks::<8>();
            !words.iter().any(|word| escapes(word) != 0) && escapes(last) == 0
        }
        Some(last) => clean_blocks(bytes) && escapes(last) == 0,
        None => !bytes.iter().any(|byte| is_escaped(*byte)),
    }
}

/// Whether the whole words of a long text are clean: four are looked at together.
#[inline(never)]
fn clean_blocks(bytes: &[u8]) -> bool {
    let (words, _) = bytes.as_chunks::<8>();
    let (blocks, rest) = words.as_chunks::<4>();
    let found = |words: &[[u8; 8]]| words.iter().fold(0, |found, word| found | escapes(word));
    !blocks.iter().any(|block| found(block) != 0) && found(rest) == 0
}

/// The position of the first byte at or after `from` that needs escaping.
fn next_escape(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let (words, _) = rest.as_chunks::<8>();
    let clean = words.iter().take_while(|word| escapes(word) == 0);
    let clean = clean.count() * 8;
    let tail = rest.get(clean..)?;
    let offset = tail.iter().position(|byte| is_escaped(*byte))?;
    Some(from + clean + offset)
}

/// Writes text as a JSON string.
#[expect(clippy::indexing_slicing, reason = "positions are within the text")]
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.push(b'"');
    if is_clean(bytes) {
        out.extend_from_slice(bytes);
        out.push(b'"');
        return;
    }
    let mut from = 0;
    while let Some(at) = next_escape(bytes, from) {
        out.extend_from_slice(&bytes[from..at]);
        write_escape(bytes[at], out);
        from = at + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

#[expect(clippy::indexing_slicing, reason = "half a byte is less than 16")]
fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&digits);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

impl Project for &str {
    const TYPE: TypeRef = TypeRef::one(string);

    #[inline]
    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        write_text(self, &mut out.bytes);
        Ok(())
    }
}

impl Project for Cow<'_, str> {
    const TYPE: TypeRef = TypeRef::one(string);

    #[inline]
    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        write_text(self, &mut out.bytes);
        Ok(())
    }
}

impl Project for String {
    const TYPE: TypeRef = TypeRef::one(string);

    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult {
        self.as_str().project(children, out)
    }
}

impl Project for bool {
    const TYPE: TypeRef = TypeRef::one(boolean);

    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        out.raw(if *self { b"true" } else { b"false" });
        Ok(())
    }
}

impl Project for i32 {
    const TYPE: TypeRef = TypeRef::one(int);

    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        // Writing to a vector cannot fail.
        let _ = write!(out.bytes, "{self}");
        Ok(())
    }
}

impl Project for f64 {
    const TYPE: TypeRef = TypeRef::one(float);

    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        // JSON has no representation of a number that is not finite, so the value is null.
        if !self.is_finite() {
            return Err(NullPropagated);
        }
        let _ = serde_json::to_writer(&mut out.bytes, self);
        Ok(())
    }
}

impl Project for Date {
    const TYPE: TypeRef = TypeRef::one(date);

    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        let _ = write!(out.bytes, "\"{self}\"");
        Ok(())
    }
}

impl Project for Timestamp {
    const TYPE: TypeRef = TypeRef::one(date_time);

    fn project(&self, _: &Children, out: &mut Writer) -> WriteResult {
        let _ = write!(out.bytes, "\"{self}\"");
        Ok(())
    }
}

/// A meaningful identifier, such as `5a`, `wcc-2009-10` or `5PK`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id<'a>(pub(crate) &'a str);

impl Project for Id<'_> {
    const TYPE: TypeRef = TypeRef::one(id);

    #[inline]
    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult {
        self.0.project(children, out)
    }
}

impl<T: Project> Project for Option<T> {
    const TYPE: TypeRef = T::TYPE.or_null();

    #[inline]
    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult {
        let Some(value) = self else {
            out.raw(b"null");
            return Ok(());
        };
        // A nullable list item absorbs a null passed up by its own fields.
        let start = out.bytes.len();
        if value.project(children, out).is_err() {
            out.bytes.truncate(start);
            out.raw(b"null");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every length and every place of an escaped byte, around the blocks of the writer.
        #[test]
        fn a_written_text_reads_as_itself(
            text in "[a-zé \"\\\\\n\u{1}\u{1f}\u{7f}]{0,3}([a-z]{0,70}[\"\\\\\t£]?){0,3}"
        ) {
            let mut bytes = Vec::new();
            write_text(&text, &mut bytes);
            let read: String = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
