//! Arguments: how a field's expression sees the values of its arguments.

use super::describe::TypeRef;
use super::failure::{Code, Failure};
use super::leaves::{self, Id};
use super::plan::Planned;
use async_graphql::Value;
use jiff::Timestamp;
use jiff::civil::Date;

/// A type that an argument, or a field of an input object, can be declared with.
pub(crate) trait Argument<'q>: Sized {
    /// Its type in the schema.
    const TYPE: TypeRef;

    /// Reads a value; `None` where it was left out.
    ///
    /// # Errors
    /// The value is not one of this type. Validation refuses that before, but for a null in a
    /// variable of an argument that has a default.
    fn read(value: Option<&'q Value>) -> Result<Self, Failure>;

    /// Reads the value of an argument of a field, for types that depend on the others too.
    ///
    /// # Errors
    /// As [`Argument::read`].
    fn read_of(value: Option<&'q Value>, planned: &'q Planned) -> Result<Self, Failure> {
        let _ = planned;
        Self::read(value)
    }
}

/// The failure for a value that is not of the argument's type.
pub(crate) fn unfit(ty: TypeRef) -> Failure {
    Failure::new(
        Code::BadInput,
        format!("an argument is not of type {}", ty.written()),
    )
}

macro_rules! argument {
    ($ty:ty, $named:expr, $pattern:pat => $value:expr) => {
        impl<'q> Argument<'q> for $ty {
            const TYPE: TypeRef = TypeRef::one($named);

            fn read(value: Option<&'q Value>) -> Result<Self, Failure> {
                match value {
                    Some($pattern) => $value.ok_or_else(|| unfit(Self::TYPE)),
                    _ => Err(unfit(Self::TYPE)),
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
            // GraphQL takes a single value for a list of one.
            Some(value) => Ok(vec![T::read(Some(value))?]),
            None => Err(unfit(Self::TYPE)),
        }
    }
}
