//! Under which keys answers are cached: by what the viewer sees, which is decided before the look-up.

use crate::execute::answer::Answer;
use crate::execute::request::Scope;
use crate::view::{State, View};
use jiff::civil::Date;
use wcc_core::Actor;

/// Under which keys the answer to a request is cached.
pub(crate) struct Keys {
    /// For everybody with the same view.
    pub(crate) now: Box<[u8]>,
    /// For the actor alone, if the answer is of an earlier moment; `None` if no policy hides
    /// anything.
    earlier: Option<Box<[u8]>>,
}

impl Keys {
    /// The keys of a request by an actor. `key` gives the request's key for a scope.
    pub(crate) fn new(
        state: &State,
        view: &View,
        actor: &Actor,
        today: Date,
        key: impl Fn(Scope<'_>) -> Box<[u8]>,
    ) -> Keys {
        let by_actor = || key(Scope::Actor(actor, today));
        Keys {
            now: key(Scope::View(view.id)),
            earlier: (!state.shows_all_to_all()).then(by_actor),
        }
    }

    /// The cached answer, if it is still true.
    pub(crate) fn cached(&self, state: &State, view: &View) -> Option<Answer> {
        let mut keys = std::iter::once(&self.now).chain(&self.earlier);
        keys.find_map(|key| {
            let written = state.answers.get(&**key)?;
            view.holds(&written).then_some(written.answer)
        })
    }

    /// The key of an answer.
    pub(crate) fn of_answer(self, is_earlier: bool) -> Box<[u8]> {
        match self.earlier {
            Some(earlier) if is_earlier => earlier,
            _ => self.now,
        }
    }
}
