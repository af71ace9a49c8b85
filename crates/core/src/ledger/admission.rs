//! Admission: whether a command may become entries.
//!
//! [`admit`] asks once, before anything is written, and may become stricter from one version to
//! the next. [`State::apply`] accepts every entry that was ever written, so an old ledger always
//! opens.

mod contradictions;
mod permission;
mod refusal;

pub use permission::Permission;
pub use refusal::{Refusal, RefusalReason, Refusals};

use super::state::State;
use super::{Draft, Entry};
use crate::actor::Actor;
use crate::policy::Policy;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
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
/// actor is treated as if it did not exist. A refusal names only what they may see; if the reason
/// lies in what is hidden, it says only that the ledger does not take the draft.
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
    let admitted = admit_each(state, policy, actor, now, command).and_then(|entries| {
        let permission = Permission::new(state, policy, actor, now);
        match contradictions_shown(&permission, state, before, command.drafts) {
            found if found.is_empty() => Ok(entries),
            found => Err(Refusals::new(found)),
        }
    });
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
        let permission = Permission::new(state, policy, &actor, now);
        let meaning = permission.check(draft).and_then(|()| {
            state.check_read(draft, &permission)?;
            let fact = draft.fact.clone();
            let meaning = state.resolve(entry.number, fact, &permission);
            meaning.map_err(RefusalReason::from)
        });
        let applied = meaning.and_then(|meaning| {
            let applied = state.apply_resolved(&entry, meaning);
            let applied = applied.and_then(|()| state.check_newest_read());
            applied.map_err(|refused| Permission::new(state, policy, &actor, now).disclose(refused))
        });
        if let Err(reason) = applied {
            return Err(Refusals::new(vec![Refusal::of_draft(part, draft, reason)]));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Every contradiction of the entries after a number, as far as the actor may be told of it. The
/// rules are asked about the records that the actor sees, as if there were no others; what only
/// the others contradict is reported without the reason.
fn contradictions_shown(
    permission: &Permission<'_>,
    state: &State,
    after: u32,
    drafts: &[Draft],
) -> Vec<Refusal> {
    let found = contradictions::find(state, after, drafts, None);
    if found.is_empty() && !drafts.iter().any(|draft| permission.sees_no_member(draft)) {
        return found;
    }
    let shown = contradictions::find(state, after, drafts, Some(permission));
    if !shown.is_empty() || found.is_empty() {
        return shown;
    }
    let first = found.into_iter().take(1);
    first.map(Refusal::without_reason).collect()
}

/// The day of a time, in UTC.
fn day_of(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}
