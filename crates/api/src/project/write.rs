//! Writes answers: JSON bytes, field by field, into one buffer.

use super::describe::{TypeInfo, TypeRef};
use super::failure::{Code, Failure};
use super::plan::{Children, PlannedField, Selection, Target};
use std::time::Instant;

/// A null that a non-null field passes up to the nearest nullable field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NullPropagated;

/// The result of writing a value.
pub(crate) type WriteResult = Result<(), NullPropagated>;

/// One segment of the path to a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Segment {
    /// A response key.
    Key(String),
    /// A position in a list.
    Index(usize),
}

/// The failure of one field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldError {
    /// What went wrong.
    pub(crate) failure: Failure,
    /// Line and column of the field in the query.
    pub(crate) position: (usize, usize),
    /// The path, innermost segment first. It is built while returning, so that success costs
    /// nothing.
    pub(crate) path: Vec<Segment>,
}

/// Why an answer was abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BudgetExceeded {
    /// The answer exceeds the maximum size.
    TooLarge,
    /// The request exceeds the maximum time.
    TooSlow,
}

/// The limits of one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Maximum number of bytes.
    pub(crate) bytes: usize,
    /// Deadline.
    pub(crate) deadline: Instant,
}

/// The buffer into which an answer is written.
#[derive(Debug)]
pub(crate) struct Writer {
    /// The bytes so far.
    pub(crate) bytes: Vec<u8>,
    /// Errors so far.
    pub(crate) errors: Vec<FieldError>,
    /// Line and column of the list being written, for the errors of its items.
    position: (usize, usize),
    exceeded: Option<BudgetExceeded>,
    budget: Budget,
    items: u32,
}

/// The clock is checked once for this many list items.
const ITEMS_PER_CLOCK_CHECK: u32 = 512;

impl Writer {
    /// A writer with an empty buffer.
    pub(crate) fn new(budget: Budget) -> Writer {
        Writer {
            bytes: Vec::with_capacity(8 * 1024),
            errors: Vec::new(),
            position: (0, 0),
            exceeded: None,
            budget,
            items: 0,
        }
    }

    /// Which limit the answer exceeded, if any.
    pub(crate) fn budget_exceeded(&self) -> Option<BudgetExceeded> {
        self.exceeded
    }

    /// Starts an answer, and returns the position at which its data start.
    pub(crate) fn begin(&mut self) -> usize {
        self.raw(b"{\"data\":");
        self.bytes.len()
    }

    /// Writes bytes unchanged.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Ends an object. If it has fields, its opening bracket belongs to the first one.
    pub(crate) fn end_object(&mut self, selection: &Selection) {
        self.raw(if selection.fields.is_empty() {
            b"{}"
        } else {
            b"}"
        });
    }

    /// Checks the budget. Called once for each list item.
    fn check_budget(&mut self) -> WriteResult {
        self.items = self.items.wrapping_add(1);
        if self.bytes.len() > self.budget.bytes {
            self.exceeded = Some(BudgetExceeded::TooLarge);
        } else if self.items.is_multiple_of(ITEMS_PER_CLOCK_CHECK)
            && Instant::now() > self.budget.deadline
        {
            self.exceeded = Some(BudgetExceeded::TooSlow);
        }
        if self.exceeded.is_some() {
            Err(NullPropagated)
        } else {
            Ok(())
        }
    }

    /// Adds a segment to the path of every error after the first `before` errors.
    #[cold]
    fn add_path_segment(&mut self, before: usize, segment: &Segment) {
        for error in self.errors.iter_mut().skip(before) {
            error.path.push(segment.clone());
        }
    }
}

/// A value that can be written as the value of a field.
pub(crate) trait Project {
    /// The type in the schema.
    const TYPE: TypeRef;

    /// Writes the value.
    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult;
}

/// The declared type of a field: a [`Project`] type, or `[T; N]` for a list of about `N` items.
pub(crate) trait Declared {
    /// The type in the schema.
    const TYPE: TypeRef;
}

/// A declared type whose values are given as `V`: the value itself, or any iterator for a list.
pub(crate) trait Yields<V>: Declared {
    /// Writes a value.
    fn put(value: V, children: &Children, out: &mut Writer) -> WriteResult;
}

impl<T: Project> Declared for T {
    const TYPE: TypeRef = <T as Project>::TYPE;
}

impl<T: Project> Yields<T> for T {
    #[inline]
    fn put(value: T, children: &Children, out: &mut Writer) -> WriteResult {
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
    fn put(items: I, children: &Children, out: &mut Writer) -> WriteResult {
        let mut lead = b'[';
        for (at, item) in items.into_iter().enumerate() {
            out.check_budget()?;
            out.bytes.push(lead);
            lead = b',';
            let before = out.errors.len();
            let written = item.project(children, out);
            if out.errors.len() != before {
                out.add_path_segment(before, &Segment::Index(at));
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

/// A nullable list, for fields whose arguments can be invalid.
impl<T: Project, I: IntoIterator<Item = T>, const N: usize> Yields<Option<I>> for Option<[T; N]> {
    #[inline]
    fn put(items: Option<I>, children: &Children, out: &mut Writer) -> WriteResult {
        let Some(items) = items else {
            out.raw(b"null");
            return Ok(());
        };
        <[T; N] as Yields<I>>::put(items, children, out)
    }
}

/// A nullable list item that can fail separately; then it is null, with an error.
pub(crate) struct FallibleItem<T>(pub(crate) Result<Option<T>, Failure>);

impl<T: Project> Project for FallibleItem<T> {
    const TYPE: TypeRef = <T as Project>::TYPE.or_null();

    fn project(&self, children: &Children, out: &mut Writer) -> WriteResult {
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

/// Writes a field's value. A nullable field that failed is written as null.
#[inline]
pub(crate) fn put<D: Yields<V>, V>(
    value: Result<V, Failure>,
    planned: &PlannedField,
    out: &mut Writer,
) -> WriteResult {
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
            Err(NullPropagated)
        }
    };
    out.position = outer;
    match written {
        Err(NullPropagated) if D::TYPE.nullable => {
            out.bytes.truncate(start);
            out.raw(b"null");
            Ok(())
        }
        written => written,
    }
}

/// An object of the schema; implemented by [`object!`](super::object).
pub(crate) trait Object {
    /// The declaration.
    const INFO: &'static TypeInfo;

    /// The declaration, as a function.
    fn info() -> &'static TypeInfo {
        Self::INFO
    }

    /// Writes the field at a position of the declaration.
    fn field(&self, position: u16, planned: &PlannedField, out: &mut Writer) -> WriteResult;
}

/// Writes an object with the selected fields.
pub(crate) fn write_object<T: Object>(
    object: &T,
    selection: &Selection,
    out: &mut Writer,
) -> WriteResult {
    for planned in &selection.fields {
        out.raw(&planned.lead);
        let position = match planned.target {
            Target::Field(position) => position,
            Target::TypeName => continue,
            // Validation ensures that only roots have fields resolved by async-graphql.
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
        let written = object.field(position, planned, out);
        if out.errors.len() != before {
            out.add_path_segment(before, &Segment::Key(planned.key.to_string()));
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

    /// Writes a selection on a ledger without validating it.
    fn write_selection(selection: &str) -> (String, usize) {
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
            deadline: Instant::now() + std::time::Duration::from_secs(60),
        });
        let ledger = Ledger(Head::START);
        write_object(&ledger, &selection, &mut out).unwrap();
        (String::from_utf8(out.bytes).unwrap(), out.errors.len())
    }

    #[test]
    fn an_unknown_field_is_null_with_an_error() {
        let (text, errors) = write_selection("{ __typename unknown { of } last: __typename }");
        assert_eq!(
            text,
            r#"{"__typename":"Ledger","unknown":null,"last":"Ledger"}"#
        );
        assert_eq!(errors, 1);
    }

    #[test]
    fn an_empty_selection_is_an_empty_object() {
        let (text, errors) = write_selection("{ __typename @skip(if: true) }");
        assert_eq!((text.as_str(), errors), ("{}", 0));
    }
}
