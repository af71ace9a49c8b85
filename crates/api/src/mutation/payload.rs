//! What every mutation answers.

use super::CommandResult;
use super::refusal::{Mistake, MistakeCode};
use crate::picture::Picture;
use crate::project::object;
use crate::types::cycle::Cycle;
use crate::types::ledger::number;
use jiff::Timestamp;

/// What a mutation came to, in the picture that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExecutedMutation<'a> {
    /// The picture.
    pub(super) picture: &'a Picture,
    /// What it came to.
    pub(super) result: &'a CommandResult,
}

impl<'a> ExecutedMutation<'a> {
    pub(super) fn entry(&self) -> Option<i32> {
        let entered = self.result.entered()?;
        Some(number(entered.receipt.last))
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.result.entered().map(|entered| entered.at)
    }

    pub(super) fn repeated(&self) -> bool {
        let entered = self.result.entered();
        entered.is_some_and(|entered| entered.receipt.repeated)
    }

    pub(super) fn served(&self) -> bool {
        self.result.entered().is_some_and(|entered| entered.served)
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = UserError<'a>> + use<'a> {
        self.result.mistakes().iter().map(UserError)
    }

    /// The cycle that was changed; `None` if nothing was entered, or the picture does not hold it
    /// yet.
    pub(super) fn cycle(&self) -> Option<Cycle<'a>> {
        let waits = self.result.entered().is_some_and(|entered| !entered.served);
        if waits {
            return None;
        }
        Cycle::with_code(self.picture, self.result.cycle()?)
    }
}

/// A mistake, for the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserError<'a>(&'a Mistake);

object! {
    /// Why something was not entered: a mistake in the request.
    UserError<'a> as "UserError" => |UserError(mistake)| {
        /// The kind of mistake.
        code: MistakeCode = mistake.code;
        /// The path of the argument with the mistake: `input.measure`; null if it is not in one
        /// argument.
        field: Option<&'a str> = mistake.field.as_deref();
        /// The mistake in words.
        message: &'a str = mistake.message.as_str();
        /// The nearest valid value, if one is close.
        nearest: Option<&'a str> = mistake.nearest.as_deref();
    }
}
