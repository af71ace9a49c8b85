//! Writing: finished JSON bytes, field by field, into one buffer.

use super::describe::{TypeInfo, TypeRef};
use super::failure::{Code, Failure};
use super::plan::{Children, Planned, Selection, Target};
use std::time::Instant;

/// A null that a non-null field passes up to the next field that may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// Whether something could be written.
pub(crate) type Written = Result<(), Gone>;

/// One step of the path to a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Segment {
    /// A response key.
    Key(String),
    /// A position in a list.
    Index(usize),
}

/// A failure and where it happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldError {
    /// What went wrong.
    pub(crate) failure: Failure,
    /// Line and column of the field in the query.
    pub(crate) position: (usize, usize),
    /// The path, innermost first: it is built on the way out, so that the good case pays nothing.
    pub(crate) path: Vec<Segment>,
}

/// Why an answer was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GivenUp {
    /// It grew past the largest answer.
    TooLarge,
    /// It took longer than a request may.
    TooSlow,
}

/// When to give an answer up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Maximum number of bytes.
    pub(crate) bytes: usize,
    /// Latest moment.
    pub(crate) until: Instant,
}

/// The buffer that an answer is written into.
#[derive(Debug)]
pub(crate) struct Writer {
    /// The bytes so far.
    pub(crate) bytes: Vec<u8>,
    /// Errors so far.
    pub(crate) errors: Vec<FieldError>,
    /// Line and column of the list that is written, for the errors of its items.
    position: (usize, usize),
    given_up: Option<GivenUp>,
    budget: Budget,
    items: u32,
}

/// The clock is read once for this many list items.
const ITEMS_PER_LOOK: u32 = 512;

impl Writer {
    /// A writer with an empty buffer.
    pub(crate) fn new(budget: Budget) -> Writer {
        Writer {
            bytes: Vec::with_capacity(8 * 1024),
            errors: Vec::new(),
            position: (0, 0),
            given_up: None,
            budget,
            items: 0,
        }
    }

    /// Why the answer was given up, where it was.
    pub(crate) fn given_up(&self) -> Option<GivenUp> {
        self.given_up
    }

    /// Begins an answer; tells where its data begin.
    pub(crate) fn begin(&mut self) -> usize {
        self.raw(b"{\"data\":");
        self.bytes.len()
    }

    /// Writes bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Ends an object. Its opening bracket is part of its first field, if it has one.
    pub(crate) fn end_object(&mut self, selection: &Selection) {
        self.raw(if selection.fields.is_empty() {
            b"{}"
        } else {
            b"}"
        });
    }

    /// Called once for each list item.
    fn may_go_on(&mut self) -> Written {
        self.items = self.items.wrapping_add(1);
        if self.bytes.len() > self.budget.bytes {
            self.given_up = Some(GivenUp::TooLarge);
        } else if self.items.is_multiple_of(ITEMS_PER_LOOK) && Instant::now() > self.budget.until {
            self.given_up = Some(GivenUp::TooSlow);
        }
        if self.given_up.is_some() {
            Err(Gone)
        } else {
            Ok(())
        }
    }

    /// Adds a step to the path of every error after the first `before`.
    #[cold]
    fn name_errors(&mut self, before: usize, segment: &Segment) {
        for error in self.errors.iter_mut().skip(before) {
            error.path.push(segment.clone());
        }
    }
}

/// A value that can be written where a field asks for one.
pub(crate) trait Project {
    /// Its type in the schema.
    const TYPE: TypeRef;

    /// Writes it.
    fn project(&self, children: &Children, out: &mut Writer) -> Written;
}

/// The type that a field is declared with: a [`Project`] type, or `[T; N]` for a list of about
/// `N` of them.
pub(crate) trait Declared {
    /// The type in the schema.
    const TYPE: TypeRef;
}

/// A declared type whose values come as `V`: the value itself, or for a list any iterator.
pub(crate) trait Yields<V>: Declared {
    /// Writes a value.
    fn put(value: V, children: &Children, out: &mut Writer) -> Written;
}

impl<T: Project> Declared for T {
    const TYPE: TypeRef = <T as Project>::TYPE;
}

impl<T: Project> Yields<T> for T {
    #[inline]
    fn put(value: T, children: &Children, out: &mut Writer) -> Written {
        value.project(children, out)
    }
}

impl<T: Project, const N: usize> Declared for [T; N] {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a written estimate of a list's length"
    )]
    const TYPE: TypeRef = <T as Project>::TYPE.listed(N as u32);
}

impl<T: Project, I: IntoIterator<Item = T>, const N: usize> Yields<I> for [T; N] {
    #[inline]
    fn put(items: I, children: &Children, out: &mut Writer) -> Written {
        let mut lead = b'[';
        for (at, item) in items.into_iter().enumerate() {
            out.may_go_on()?;
            out.bytes.push(lead);
            lead = b',';
            let before = out.errors.len();
            let written = item.project(children, out);
            if out.errors.len() != before {
                out.name_errors(before, &Segment::Index(at));
            }
            written?;
        }
        out.raw(if lead == b'[' { b"[]" } else { b"]" });
        Ok(())
    }
}

impl<T: Project, const N: usize> Declared for Option<[T; N]> {
    const TYPE: TypeRef = <[T; N] as Declared>::TYPE.or_null();
}

/// A list that may be null: for fields whose arguments can be wrong.
impl<T: Project, I: IntoIterator<Item = T>, const N: usize> Yields<Option<I>> for Option<[T; N]> {
    #[inline]
    fn put(items: Option<I>, children: &Children, out: &mut Writer) -> Written {
        let Some(items) = items else {
            out.raw(b"null");
            return Ok(());
        };
        <[T; N] as Yields<I>>::put(items, children, out)
    }
}

/// A list item that may be null, or have failed by itself: then it is null, with an error.
pub(crate) struct Tried<T>(pub(crate) Result<Option<T>, Failure>);

impl<T: Project> Project for Tried<T> {
    const TYPE: TypeRef = <T as Project>::TYPE.or_null();

    fn project(&self, children: &Children, out: &mut Writer) -> Written {
        match &self.0 {
            Ok(value) => value.project(children, out),
            Err(failure) => {
                out.errors.push(FieldError {
                    failure: failure.clone(),
                    position: out.position,
                    path: Vec::new(),
                });
                out.raw(b"null");
                Ok(())
            }
        }
    }
}

/// Writes a field's value, or null if it failed and may be null.
#[inline]
pub(crate) fn put<D: Yields<V>, V>(
    value: Result<V, Failure>,
    planned: &Planned,
    out: &mut Writer,
) -> Written {
    let start = out.bytes.len();
    let outer = std::mem::replace(&mut out.position, planned.position);
    let written = match value {
        Ok(value) => D::put(value, &planned.children, out),
        Err(failure) => {
            out.errors.push(FieldError {
                failure,
                position: planned.position,
                path: Vec::new(),
            });
            Err(Gone)
        }
    };
    out.position = outer;
    match written {
        Err(Gone) if D::TYPE.nullable => {
            out.bytes.truncate(start);
            out.raw(b"null");
            Ok(())
        }
        written => written,
    }
}

/// An object of the schema; [`object!`](super::object) implements it.
pub(crate) trait Object {
    /// Its declaration.
    const INFO: &'static TypeInfo;

    /// The same, as a function.
    fn info() -> &'static TypeInfo {
        Self::INFO
    }

    /// Writes the field at a position of its declaration.
    fn field(&self, position: u16, planned: &Planned, out: &mut Writer) -> Written;
}

/// Writes an object with the fields that were selected.
pub(crate) fn write_object<T: Object>(it: &T, selection: &Selection, out: &mut Writer) -> Written {
    for planned in &selection.fields {
        out.raw(&planned.lead);
        let position = match planned.target {
            Target::Field(position) => position,
            Target::TypeName => continue,
            // Only a root has fields that are the library's; validation admits no other.
            Target::Library => {
                out.raw(b"null");
                out.errors.push(FieldError {
                    failure: Failure::new(
                        Code::Internal,
                        format!("the server cannot resolve the field `{}`", planned.key),
                    ),
                    position: planned.position,
                    path: vec![Segment::Key(planned.key.to_string())],
                });
                continue;
            }
        };
        let before = out.errors.len();
        let written = it.field(position, planned, out);
        if out.errors.len() != before {
            out.name_errors(before, &Segment::Key(planned.key.to_string()));
        }
        written?;
    }
    out.end_object(selection);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::plan::Planner;
    use crate::project::variables::Variables;
    use crate::types::ledger::Ledger;
    use async_graphql::parser::parse_query;
    use wcc_ledger::Head;

    /// What a selection on a ledger comes to without validation.
    fn written(selection: &str) -> (String, usize) {
        let document = parse_query(selection).unwrap();
        let variables = Variables::default();
        let planner = Planner {
            fragments: &document.fragments,
            variables: &variables,
        };
        let (_, operation) = document.operations.iter().next().unwrap();
        let TypeInfo::Object(object) = Ledger::INFO else {
            panic!("the ledger is an object")
        };
        let selection = planner.selection(object, &[&operation.node.selection_set.node]);
        let mut out = Writer::new(Budget {
            bytes: usize::MAX,
            until: Instant::now() + std::time::Duration::from_secs(60),
        });
        let ledger = Ledger(Head::START);
        write_object(&ledger, &selection, &mut out).unwrap();
        (String::from_utf8(out.bytes).unwrap(), out.errors.len())
    }

    #[test]
    fn a_field_that_nobody_knows_is_null_and_an_error() {
        let (text, errors) = written("{ __typename unheard { of } last: __typename }");
        assert_eq!(
            text,
            r#"{"__typename":"Ledger","unheard":null,"last":"Ledger"}"#
        );
        assert_eq!(errors, 1);
    }

    #[test]
    fn nothing_selected_is_an_empty_object() {
        let (text, errors) = written("{ __typename @skip(if: true) }");
        assert_eq!((text.as_str(), errors), ("{}", 0));
    }
}
