//! Cursors: the identity of a list, and an item's place in its order.
//!
//! A position would change whenever items are added or removed. A place consists of the sort keys,
//! so that paging continues correctly even after the item itself is removed. The list is identified
//! by its field, parent and arguments, because a cursor of another list would point to an arbitrary
//! place.

use super::argument::Argument;
use super::describe::TypeRef;
use super::failure::{Code, Failure};
use super::plan::PlannedField;
use async_graphql::{Name, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// One sort key of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A position or rank.
    Number(u32),
    /// A code or identifier.
    Text(String),
}

/// The place of an item in the order of its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// All sort keys of the list, most significant first.
    pub(crate) order: Vec<Part>,
    /// If other items have the same sort keys: the digests of these items up to and including
    /// this one. Empty if no other item has the same keys.
    pub(crate) preceding: Vec<u32>,
}

impl Place {
    /// The place of an item whose sort keys are unique.
    pub(crate) fn of(order: Vec<Part>) -> Place {
        Place {
            order,
            preceding: Vec::new(),
        }
    }
}

/// An item of a paged list. The list must be sorted by the `order` of its items' places.
pub(crate) trait ListItem: Copy {
    /// The item's place in the list.
    fn place(&self) -> Place;

    /// Whether this item comes at or before a place.
    fn is_at_or_before(&self, place: &Place) -> bool {
        let own = self.place();
        match own.order.cmp(&place.order) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => {
                place.preceding.is_empty()
                    || own
                        .preceding
                        .last()
                        .is_none_or(|own| place.preceding.contains(own))
            }
        }
    }
}

/// Identifies a list by a digest of its field, parent and arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListId(u64);

impl ListId {
    /// The list of a field with these arguments, ignoring those that select a page.
    pub(crate) fn new<'v>(
        field: &str,
        arguments: impl Iterator<Item = (&'static str, Option<&'v Value>)>,
    ) -> ListId {
        let mut digest = Digest::new();
        digest.text(field);
        for (name, value) in arguments {
            let value = value.filter(|value| !matches!(value, Value::Null));
            if let Some(value) = value.filter(|_| !matches!(name, "first" | "after")) {
                digest.text(name);
                digest.value(value);
            }
        }
        ListId(digest.0)
    }

    /// The same list, for one parent.
    pub(crate) fn of_parent(self, parent: &str) -> ListId {
        let mut digest = Digest(self.0);
        digest.text(parent);
        ListId(digest.0)
    }
}

/// FNV-1a, which gives the same digest in every process and version. It need not be secure.
struct Digest(u64);

impl Digest {
    const fn new() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    /// Adds a value, regardless of the order of its members. A null member counts as absent.
    fn value(&mut self, value: &Value) {
        match value {
            Value::List(items) => {
                self.text("list");
                self.bytes(&(items.len() as u64).to_le_bytes());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(fields) => {
                self.text("object");
                let mut fields: Vec<(&Name, &Value)> = fields
                    .iter()
                    .filter(|(_, value)| !matches!(value, Value::Null))
                    .collect();
                fields.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in fields {
                    self.text(name.as_str());
                    self.value(value);
                }
                self.text("end");
            }
            leaf => self.text(&leaf.to_string()),
        }
    }
}

/// A 32-bit digest of a text.
pub(crate) fn digest_of(text: &str) -> u32 {
    let mut digest = Digest::new();
    digest.text(text);
    fold(digest.0)
}

fn fold(wide: u64) -> u32 {
    let [a, b, c, d, e, f, g, h] = wide.to_le_bytes();
    u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
}

/// The argument `after`: the cursor, and the list to which it must belong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct After<'q> {
    cursor: Option<&'q str>,
    /// The list, without its parent.
    pub(crate) list: ListId,
}

impl<'q> Argument<'q> for After<'q> {
    const TYPE: TypeRef = <Option<&str> as Argument<'static>>::TYPE;

    fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
        Ok(After {
            cursor: Argument::read(value)?,
            list: ListId::default(),
        })
    }

    fn read_of(value: Option<&'q Value>, planned: &'q PlannedField) -> Result<Self, Failure> {
        Ok(After {
            list: planned.list,
            ..After::read(value)?
        })
    }
}

impl After<'_> {
    /// The place that the cursor identifies; `None` for the start of the list.
    ///
    /// # Errors
    ///
    /// The argument is not a cursor, or is a cursor of another list.
    pub(crate) fn place_in(&self, list: ListId) -> Result<Option<Place>, Failure> {
        let Some(cursor) = self.cursor else {
            return Ok(None);
        };
        let bad = |message: &str| Failure::new(Code::BadInput, message);
        let Some((cursor_list, place)) = decode(cursor) else {
            return Err(bad(
                "`after` is not a cursor: give the `endCursor` of a page, or the `cursor` of an \
                 edge, as it came",
            ));
        };
        if cursor_list != list {
            return Err(bad(
                "`after` is a cursor of another list: a cursor serves the field, parent, \
                 arguments and `@asOf` that it was given for; only `first` may change",
            ));
        }
        Ok(Some(place))
    }
}

/// The version of the cursor format.
const VERSION: u8 = 1;

/// Maximum length of a cursor. Actual cursors are far shorter.
const MAX_CURSOR_BYTES: usize = 4_000;

/// Encodes a cursor.
pub(crate) fn encode(list: ListId, place: &Place) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&list.0.to_le_bytes());
    let count = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
    bytes.push(count(place.order.len()));
    for part in &place.order {
        match part {
            Part::Number(number) => {
                bytes.push(b'n');
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Part::Text(text) => {
                bytes.push(b't');
                let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
                bytes.extend_from_slice(&length.to_le_bytes());
                bytes.extend(text.bytes().take(usize::from(length)));
            }
        }
    }
    // A check rarely reports more than a hundred findings with the same subject.
    for digest in place.preceding.iter().rev().take(100).rev() {
        bytes.extend_from_slice(&digest.to_le_bytes());
    }
    let checksum_value = checksum(&bytes);
    bytes.extend_from_slice(&checksum_value.to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A checksum that detects truncated or altered cursors.
fn checksum(bytes: &[u8]) -> u32 {
    let mut digest = Digest::new();
    digest.bytes(bytes);
    fold(digest.0)
}

fn decode(cursor: &str) -> Option<(ListId, Place)> {
    if cursor.len() > MAX_CURSOR_BYTES {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bytes, expected) = bytes.split_last_chunk::<4>()?;
    if checksum(bytes) != u32::from_le_bytes(*expected) {
        return None;
    }
    let (version, rest) = bytes.split_first()?;
    let (list, rest) = rest.split_first_chunk::<8>()?;
    let (count, mut rest) = rest.split_first()?;
    if *version != VERSION {
        return None;
    }
    let mut order = Vec::with_capacity(usize::from(*count));
    for _ in 0..*count {
        let (kind, remaining) = rest.split_first()?;
        match kind {
            b'n' => {
                let (number, remaining) = remaining.split_first_chunk::<4>()?;
                order.push(Part::Number(u32::from_le_bytes(*number)));
                rest = remaining;
            }
            b't' => {
                let (length, remaining) = remaining.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_le_bytes(*length));
                let (text, remaining) = remaining.split_at_checked(length)?;
                order.push(Part::Text(std::str::from_utf8(text).ok()?.to_owned()));
                rest = remaining;
            }
            _ => return None,
        }
    }
    let (preceding, extra) = rest.as_chunks::<4>();
    let preceding = preceding.iter().map(|four| u32::from_le_bytes(*four));
    extra.is_empty().then(|| {
        let preceding = preceding.collect();
        (
            ListId(u64::from_le_bytes(*list)),
            Place { order, preceding },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part() -> impl Strategy<Value = Part> {
        prop_oneof![
            any::<u32>().prop_map(Part::Number),
            ".{0,20}".prop_map(Part::Text)
        ]
    }

    proptest! {
        #[test]
        fn encoding_and_decoding_gives_the_same_cursor(
            list: u64,
            order in prop::collection::vec(part(), 0..6),
            preceding in prop::collection::vec(any::<u32>(), 0..5),
        ) {
            let place = Place { order, preceding };
            let cursor = encode(ListId(list), &place);
            prop_assert_eq!(decode(&cursor), Some((ListId(list), place)));
        }

        #[test]
        fn an_altered_cursor_is_rejected(
            order in prop::collection::vec(part(), 0..4),
            at: prop::sample::Index,
            sign in "[A-Za-z0-9_-]",
        ) {
            let cursor = encode(ListId(7), &Place::of(order));
            let at = at.index(cursor.len());
            let changed = format!("{}{sign}{}", &cursor[..at], &cursor[at + 1..]);
            prop_assert!(changed == cursor || decode(&changed).is_none());
            prop_assert_eq!(decode(&cursor[..at]), None);
        }

        #[test]
        fn other_text_is_rejected(text in ".{0,200}") {
            prop_assert_eq!(decode(&text), None);
        }
    }

    #[test]
    fn a_list_is_identified_by_its_field_and_arguments() {
        let value = |json: &str| serde_json::from_str::<Value>(json).unwrap();
        let id = |json: &str| ListId::new("findings", [("filter", Some(&value(json)))].into_iter());
        assert_eq!(id(r#"{"a":1,"b":[2]}"#), id(r#"{"b":[2],"c":null,"a":1}"#));
        assert_ne!(id(r#"{"a":1,"b":[2]}"#), id(r#"{"a":1,"b":[2,2]}"#));
        assert_ne!(id(r#"{"a":1}"#), id(r#"{"a":"1"}"#));
        let none = ListId::new("findings", [("filter", None)].into_iter());
        assert_eq!(id("null"), none);
        assert_ne!(
            none,
            ListId::new("challenges", [("filter", None)].into_iter())
        );
        assert_ne!(none.of_parent("a"), none.of_parent("b"));
    }
}
