//! Converts GraphQL arguments into Rust values.

use super::describe::TypeRef;
use super::failure::{Code, Failure};
use super::leaves::{self, Id};
use super::plan::PlannedField;
use async_graphql::Value;
use jiff::Timestamp;
use jiff::civil::Date;

/// A Rust type that arguments and fields of input objects may have.
pub(crate) trait Argument<'q>: Sized {
    /// The type in the schema.
    const TYPE: TypeRef;

    /// Converts a value; `None` means that it was omitted.
    ///
    /// # Errors
    ///
    /// The value does not have this type. Validation prevents this, except for a null in a variable
    /// whose argument has a default.
    fn read(value: Option<&'q Value>) -> Result<Self, Failure>;

    /// Converts the value of an argument, for types that also depend on the other arguments.
    ///
    /// # Errors
    /// As [`Argument::read`].
    #[inline]
    fn read_of(value: Option<&'q Value>, planned: &'q PlannedField) -> Result<Self, Failure> {
        let _ = planned;
        Self::read(value)
    }
}

/// The failure for a value of the wrong type.
pub(crate) fn wrong_type(ty: TypeRef) -> Failure {
    Failure::new(
        Code::BadInput,
        format!("an argument is not of type {}", ty.written()),
    )
}

/// The value of two arguments that mean the same, each with its name. At most one may be given.
///
/// # Errors
/// Both are given.
#[inline]
pub(crate) fn either<T>(
    (name, given): (&str, Option<T>),
    (other_name, other): (&str, Option<T>),
) -> Result<Option<T>, Failure> {
    match (given, other) {
        (Some(_), Some(_)) => Err(both_given(name, other_name)),
        (given, other) => Ok(given.or(other)),
    }
}

#[cold]
fn both_given(name: &str, other_name: &str) -> Failure {
    let message = format!("give either `{name}` or `{other_name}`, which mean the same");
    Failure::new(Code::BadInput, message)
}

/// As [`either`], but one of the two must be given.
///
/// # Errors
/// Both are given, or neither.
pub(crate) fn exactly_one<T>(
    (name, given): (&str, Option<T>),
    (other_name, other): (&str, Option<T>),
) -> Result<T, Failure> {
    either((name, given), (other_name, other))?
        .ok_or_else(|| Failure::new(Code::BadInput, format!("the argument `{name}` is missing")))
}

macro_rules! argument {
    ($ty:ty, $named:expr, $pattern:pat => $value:expr) => {
        impl<'q> Argument<'q> for $ty {
            const TYPE: TypeRef = TypeRef::one($named);

            fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
                match value {
                    Some($pattern) => $value.ok_or_else(|| wrong_type(Self::TYPE)),
                    _ => Err(wrong_type(Self::TYPE)),
                }
            }
        }
    };
}

argument!(&'q str, leaves::string, Value::String(text) => Some(text.as_str()));
argument!(Id<'q>, leaves::id, Value::String(text) => Some(Id(text)));
argument!(bool, leaves::boolean, Value::Boolean(yes) => Some(*yes));
argument!(i32, leaves::int, Value::Number(number) => {
    number.as_i64().and_then(|number| i32::try_from(number).ok())
});
argument!(f64, leaves::float, Value::Number(number) => number.as_f64());
argument!(Date, leaves::date, Value::String(text) => text.parse().ok());
argument!(Timestamp, leaves::date_time, Value::String(text) => text.parse().ok());

impl<'q, T: Argument<'q>> Argument<'q> for Option<T> {
    const TYPE: TypeRef = T::TYPE.or_null();

    // Most arguments are omitted, and are read again for each item of a list.
    #[inline]
    fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
        match value {
            None | Some(Value::Null) => Ok(None),
            value => T::read(value).map(Some),
        }
    }
}

impl<'q, T: Argument<'q>> Argument<'q> for Vec<T> {
    const TYPE: TypeRef = T::TYPE.listed(1);

    fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
        match value {
            Some(Value::List(items)) => items.iter().map(|item| T::read(Some(item))).collect(),
            // GraphQL accepts a single value as a list of one.
            Some(value) => Ok(vec![T::read(Some(value))?]),
            None => Err(wrong_type(Self::TYPE)),
        }
    }
}
