//! Under which keys answers are cached: by what the viewer sees, which is decided before the look-up.

use crate::execute::answer::Answer;
use crate::view::{State, View};

/// Under which keys the answer to a request is cached.
pub(crate) struct Keys {
    /// For everybody with the same view.
    now: Box<[u8]>,
    /// For the actor alone, if the answer is of an earlier moment; `None` if no policy hides
    /// anything.
    earlier: Option<Box<[u8]>>,
}

impl Keys {
    /// The cached answer to a request, if it is still true, or the keys to cache its answer under.
    /// `now` is the key for the view; `by_actor` gives the one for the actor, which most requests do
    /// not need.
    pub(crate) fn find(
        state: &State,
        view: &View,
        now: Box<[u8]>,
        by_actor: impl FnOnce() -> Box<[u8]>,
    ) -> Result<Answer, Keys> {
        let cached = |key: &[u8]| {
            let written = state.answers.get(key)?;
            view.holds(&written).then_some(written.answer)
        };
        if let Some(answer) = cached(&now) {
            return Ok(answer);
        }
        let earlier = (!state.shows_all_to_all()).then(by_actor);
        match earlier.as_deref().and_then(cached) {
            Some(answer) => Ok(answer),
            None => Err(Keys { now, earlier }),
        }
    }

    /// The key of an answer.
    pub(crate) fn of_answer(self, is_earlier: bool) -> Box<[u8]> {
        match self.earlier {
            Some(earlier) if is_earlier => earlier,
            _ => self.now,
        }
    }
}
