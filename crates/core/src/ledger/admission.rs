//! Admission: whether a command may become entries.
//!
//! [`admit`] asks once, before anything is written, and may become stricter from one version to
//! the next. [`State::apply`] accepts every entry that was ever written, so an old ledger always
//! opens.

mod contradictions;
mod permission;
mod refusal;

pub use refusal::{Refusal, RefusalReason, Refusals};

use super::state::State;
use super::{Draft, Entry};
use crate::actor::Actor;
use crate::policy::Policy;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use permission::Permission;
use std::sync::Arc;

/// A change that somebody asks for: all of it or nothing.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// What the actor calls the request.
    pub request: &'a str,
    /// What to enter, in order. A draft may build on those in front of it.
    pub drafts: &'a [Draft],
}

/// Decides whether a command may become entries, and gives the entries, which the state then
/// holds. `now` dates them, and gives the phase (by its day in UTC) that the policy is told of; an
/// entry is never dated before the one in front of it.
///
/// The policy is asked about each draft before anything else is said of it: about its act on its
/// body, and about the same act on the record that it supersedes. What the policy hides from the
/// actor is treated as if it did not exist.
///
/// Drafts are applied one by one, because each may build on those in front of it. If any is
/// refused, the state is truncated and is as before.
///
/// # Errors
/// Why nothing may be entered: the first draft that is not permitted or cannot follow; or, if there
/// is none, every contradiction.
pub fn admit(
    state: &mut State,
    policy: &dyn Policy,
    actor: &Actor,
    now: Timestamp,
    command: Command<'_>,
) -> Result<Vec<Entry>, Refusals> {
    let before = state.last();
    let admitted =
        admit_each(state, policy, actor, now, command).and_then(
            |entries| match contradictions::find(state, before, command.drafts) {
                found if found.is_empty() => Ok(entries),
                found => Err(Refusals::new(found)),
            },
        );
    if admitted.is_err() {
        state.truncate(before);
    }
    admitted
}

fn admit_each(
    state: &mut State,
    policy: &dyn Policy,
    actor: &Actor,
    now: Timestamp,
    command: Command<'_>,
) -> Result<Vec<Entry>, Refusals> {
    let at = state.last_time().map_or(now, |last| last.max(now));
    let today = day_of(now);
    let actor = Arc::new(actor.clone());
    let mut entries = Vec::with_capacity(command.drafts.len());
    for (part, draft) in (0..).zip(command.drafts) {
        let entry = Entry {
            number: state.last().saturating_add(1),
            at,
            actor: Arc::clone(&actor),
            request: command.request.into(),
            part,
            draft: draft.clone(),
        };
        let permission = Permission {
            state,
            policy,
            actor: &actor,
            today,
        };
        let meaning = permission.check(draft).and_then(|()| {
            state.check_read(draft)?;
            let fact = draft.fact.clone();
            let meaning = state.resolve(entry.number, fact, &permission);
            meaning.map_err(RefusalReason::from)
        });
        let applied = meaning.and_then(|meaning| {
            state.apply_resolved(&entry, meaning)?;
            Ok(state.check_newest_read()?)
        });
        if let Err(reason) = applied {
            return Err(Refusals::new(vec![Refusal::of_draft(part, draft, reason)]));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The day of a time, in UTC.
fn day_of(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}
