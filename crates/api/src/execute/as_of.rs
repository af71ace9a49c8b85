//! `@asOf`: selects the point of the ledger from which a query is answered.

use super::answer::{Answer, Kind, RequestError, refused};
use crate::project::variables::Variables;
use crate::types::ledger::AsOf as Given;
use async_graphql::parser::types::OperationDefinition;
use jiff::Timestamp;
use wcc_core::ledger::AsOf;

/// A point of the ledger, and where the query asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The point of the ledger.
    pub(crate) as_of: AsOf,
    /// Line and column of the directive.
    position: (usize, usize),
}

/// The point that a valid operation asks for; `None` for the current state.
///
/// # Errors
/// Neither or both of the arguments, or an entry below 0.
pub(crate) fn moment(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Option<Moment>, Answer> {
    let mut directives = operation.directives.iter();
    let Some(directive) = directives.find(|directive| directive.node.name.node == Given::INFO.name)
    else {
        return Ok(None);
    };
    let position = (directive.pos.line, directive.pos.column);
    let bad = |message: &str| refuse_at(position, "BAD_USER_INPUT", message);
    let value = |name: &str| {
        let argument = directive.node.get_argument(name)?;
        variables.substitute(&argument.node)
    };
    let arguments = Given::read(value).map_err(|failure| bad(failure.message()))?;
    let as_of = match (arguments.entry, arguments.time) {
        (Some(entry), None) => match u32::try_from(entry) {
            Ok(entry) => AsOf::Entry(entry),
            Err(_) => {
                return Err(bad(
                    "`entry` is below 0: entries count from 1, and 0 is before the first",
                ));
            }
        },
        (None, Some(time)) => AsOf::Time(time),
        _ => return Err(bad("`@asOf` needs exactly one of `entry` and `time`")),
    };
    Ok(Some(Moment { as_of, position }))
}

impl Moment {
    /// This point, or the last entry if the point is an entry after it.
    pub(crate) fn at_most(self, last: u32) -> Moment {
        match self.as_of {
            AsOf::Entry(entry) if entry > last => Moment {
                as_of: AsOf::Entry(last),
                ..self
            },
            _ => self,
        }
    }

    /// Rejects a point in the future, whose contents may still change.
    ///
    /// # Errors
    ///
    /// The point is after the last entry or after the current time.
    pub(crate) fn check_not_future(&self, last: u32, now: Timestamp) -> Result<(), Answer> {
        match self.as_of {
            AsOf::Entry(entry) if entry > last => Err(self.beyond(last)),
            AsOf::Time(time) if time > now => {
                let message = format!("`{time}` is in the future; it is now `{now}`");
                Err(refuse_at(self.position, "BAD_USER_INPUT", &message))
            }
            _ => Ok(()),
        }
    }

    /// The error for a point after the last entry.
    pub(crate) fn beyond(&self, last: u32) -> Answer {
        let message = match self.as_of {
            AsOf::Entry(entry) => format!("there is no entry {entry}: the last entry is {last}"),
            AsOf::Time(_) => format!("the last entry is {last}"),
        };
        refuse_at(self.position, "NOT_FOUND", &message)
    }

    /// The error of a server without a ledger.
    pub(crate) fn without_ledger(&self) -> Answer {
        let message = "this server has no ledger, so it cannot answer `@asOf` an earlier moment";
        refuse_at(self.position, "NO_LEDGER", message)
    }
}

fn refuse_at(position: (usize, usize), code: &'static str, message: &str) -> Answer {
    let error = RequestError {
        positions: vec![position],
        ..RequestError::new(code, message)
    };
    refused(Kind::Refused, &[error])
}
