//! Admission: whether a command may become entries.
//!
//! [`admit`] checks a command once, before anything is written, and may become stricter in later
//! versions. [`State::apply`] accepts every entry that was ever written, so an old ledger can always
//! be opened.

mod approvals;
mod calibrations;
mod contradictions;
mod fact_check;
mod frozen;
mod panel_records;
mod permission;
mod phase_openings;
mod refusal;
mod withdrawals;

pub use permission::{Permission, WithdrawnJudgement};
pub use refusal::{Refusal, RefusalReason, Refusals};

use super::state::State;
use super::{Draft, Entry};
use crate::actor::Actor;
use crate::policy::Policy;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// A requested change, which is entered as a whole or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// The identifier of the request, chosen by the actor.
    pub request: &'a str,
    /// The drafts, in order. A draft may depend on earlier ones.
    pub drafts: &'a [Draft],
}

/// A command that was admitted. Its entries are made when they are asked for, so that a command of any
/// size is in memory once.
#[derive(Clone, Debug)]
pub struct AdmittedCommand {
    /// The number of the first entry.
    first: u32,
    /// When they are entered.
    at: Timestamp,
    actor: Arc<Actor>,
}

impl AdmittedCommand {
    /// The entry of each draft of the command.
    pub fn entries<'a>(&'a self, command: Command<'a>) -> impl Iterator<Item = Entry> + 'a {
        let drafts = (0..).zip(command.drafts);
        drafts.map(move |(part, draft)| Entry {
            number: self.first.saturating_add(part),
            at: self.at,
            actor: Arc::clone(&self.actor),
            request: command.request.into(),
            part,
            draft: draft.clone(),
        })
    }
}

/// Decides whether a command may become entries, and adds the entries to the state. They are dated
/// `now`, but never before the previous entry. The day of `now` in UTC selects the phase for the policy.
///
/// Before a draft is checked, the policy must permit its act on its body, and the same act on the
/// record that it supersedes. An object that is hidden from the actor is treated as absent. A refusal
/// names visible objects only; if its reason is hidden, it says only that the ledger does not accept
/// the draft.
///
/// Drafts are applied one by one, because each may depend on earlier ones. If one is refused, the
/// state is truncated to what it was.
///
/// # Errors
/// The first draft that is not permitted or does not follow; or, if there is none, every
/// contradiction.
pub fn admit(
    state: &mut State,
    policy: &dyn Policy,
    actor: &Actor,
    now: Timestamp,
    command: Command<'_>,
) -> Result<AdmittedCommand, Refusals> {
    let before = state.last();
    let admitted = admit_each(state, policy, actor, now, command).and_then(|admitted| {
        let permission = Permission::new(state, policy, actor, now);
        match contradictions_shown(&permission, state, before, command.drafts) {
            found if found.is_empty() => Ok(admitted),
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
) -> Result<AdmittedCommand, Refusals> {
    let admitted = AdmittedCommand {
        first: state.last().saturating_add(1),
        at: state.last_time().map_or(now, |last| last.max(now)),
        actor: Arc::new(actor.clone()),
    };
    for (entry, draft) in admitted.entries(command).zip(command.drafts) {
        let permission = Permission::new(state, policy, actor, now);
        let meaning = permission.check(draft).and_then(|()| {
            state.check_read(draft, &permission)?;
            let fact = draft.fact.clone();
            let meaning = state.resolve(entry.number, fact, &permission);
            meaning.map_err(RefusalReason::from)
        });
        let applied = meaning.and_then(|meaning| {
            let applied = state.apply_resolved(&entry, meaning);
            let applied = applied.and_then(|()| state.check_newest_read());
            applied.map_err(|refused| Permission::new(state, policy, actor, now).disclose(refused))
        });
        if let Err(reason) = applied {
            let refusal = Refusal::of_draft(entry.part, draft, reason);
            return Err(Refusals::new(vec![refusal]));
        }
    }
    Ok(admitted)
}

/// Returns every contradiction of the entries after a number. The rules are checked on the records
/// that are visible to the actor; contradictions with hidden records are reported without a reason.
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
