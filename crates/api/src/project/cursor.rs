//! Cursors: which list, and the place of an item in its order.
//!
//! A position would shift with every item that comes or goes. A place is made of what the list is
//! sorted by, so that reading on works after the item itself is gone. The list is named by its
//! field, parent and arguments; a cursor of another list would land somewhere by chance.

use super::argument::Argument;
use super::describe::TypeRef;
use super::failure::{Code, Failure};
use super::plan::Planned;
use async_graphql::{Name, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Part of a place.
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
    /// Everything that the list is sorted by, in the order of its weight.
    pub(crate) order: Vec<Part>,
    /// For items that share `order` with others: a digest of each of these, up to and including
    /// the item. Empty for an item that is alone there.
    pub(crate) passed: Vec<u32>,
}

impl Place {
    /// The place of an item that is alone there.
    pub(crate) fn of(order: Vec<Part>) -> Place {
        Place {
            order,
            passed: Vec::new(),
        }
    }
}

/// An item of a list that is read page by page. The list must be sorted by the `order` of its
/// places.
pub(crate) trait Listed: Copy {
    /// Its place.
    fn place(&self) -> Place;

    /// Whether a reader who has come as far as a place has passed it.
    fn is_passed(&self, place: &Place) -> bool {
        let own = self.place();
        match own.order.cmp(&place.order) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => {
                place.passed.is_empty()
                    || own
                        .passed
                        .last()
                        .is_none_or(|own| place.passed.contains(own))
            }
        }
    }
}

/// Which list it is: a digest of its field, parent and arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListId(u64);

impl ListId {
    /// The list of a field with its arguments, without those that choose a page.
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

    /// The same list of one parent.
    pub(crate) fn within(self, parent: &str) -> ListId {
        let mut digest = Digest(self.0);
        digest.text(parent);
        ListId(digest.0)
    }
}

/// FNV-1a: the same in every process and version. Nothing is secret here.
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

    /// A value, however its members were ordered; a null says as much as nothing.
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

/// The `after` of a list: the cursor that was given, and the list that it must belong to.
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

    fn read_of(value: Option<&'q Value>, planned: &'q Planned) -> Result<Self, Failure> {
        Ok(After {
            list: planned.list,
            ..After::read(value)?
        })
    }
}

impl After<'_> {
    /// The place that the cursor names; `None` for the start of the list.
    ///
    /// # Errors
    /// It is not a cursor, or one of another list.
    pub(crate) fn place_in(&self, list: ListId) -> Result<Option<Place>, Failure> {
        let Some(cursor) = self.cursor else {
            return Ok(None);
        };
        let bad = |message: &str| Failure::new(Code::BadInput, message);
        let Some((of, place)) = decode(cursor) else {
            return Err(bad(
                "`after` is not a cursor: give the `endCursor` of a page, or the `cursor` of an \
                 edge, as it came",
            ));
        };
        if of != list {
            return Err(bad(
                "`after` is a cursor of another list: a cursor serves the field, parent, \
                 arguments and `@asOf` that it was given for; only `first` may change",
            ));
        }
        Ok(Some(place))
    }
}

/// The form of cursors, so that a later version can tell those of this one.
const VERSION: u8 = 1;

/// Longest cursor that is looked at. Ours are far shorter.
const LONGEST: usize = 4_000;

/// A cursor.
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
    // No more than a hundred findings of one check are about one thing.
    for passed in place.passed.iter().rev().take(100).rev() {
        bytes.extend_from_slice(&passed.to_le_bytes());
    }
    let check = check_of(&bytes);
    bytes.extend_from_slice(&check.to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Tells a cursor that was cut or changed.
fn check_of(bytes: &[u8]) -> u32 {
    let mut digest = Digest::new();
    digest.bytes(bytes);
    fold(digest.0)
}

fn decode(cursor: &str) -> Option<(ListId, Place)> {
    if cursor.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bytes, check) = bytes.split_last_chunk::<4>()?;
    if check_of(bytes) != u32::from_le_bytes(*check) {
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
        let (kind, behind) = rest.split_first()?;
        match kind {
            b'n' => {
                let (number, behind) = behind.split_first_chunk::<4>()?;
                order.push(Part::Number(u32::from_le_bytes(*number)));
                rest = behind;
            }
            b't' => {
                let (length, behind) = behind.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_le_bytes(*length));
                let (text, behind) = behind.split_at_checked(length)?;
                order.push(Part::Text(std::str::from_utf8(text).ok()?.to_owned()));
                rest = behind;
            }
            _ => return None,
        }
    }
    let (passed, more) = rest.as_chunks::<4>();
    let passed = passed.iter().map(|four| u32::from_le_bytes(*four));
    more.is_empty().then(|| {
        let passed = passed.collect();
        (ListId(u64::from_le_bytes(*list)), Place { order, passed })
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
        fn a_cursor_comes_back_as_it_was(
            list: u64,
            order in prop::collection::vec(part(), 0..6),
            passed in prop::collection::vec(any::<u32>(), 0..5),
        ) {
            let place = Place { order, passed };
            let cursor = encode(ListId(list), &place);
            prop_assert_eq!(decode(&cursor), Some((ListId(list), place)));
        }

        #[test]
        fn a_cursor_that_was_changed_is_none(
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
        fn anything_else_is_none(text in ".{0,200}") {
            prop_assert_eq!(decode(&text), None);
        }
    }

    #[test]
    fn a_list_is_its_field_and_arguments_however_they_are_written() {
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
        assert_ne!(none.within("a"), none.within("b"));
    }
}
