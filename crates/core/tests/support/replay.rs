//! Entries for the tests of the ledger's state, and what holds for every sequence of them.

use jiff::Timestamp;
use proptest::prelude::{TestCaseError, prop_assert, prop_assert_eq};
use std::sync::Arc;
use wcc_core::Actor;
use wcc_core::ledger::{Command, Draft, Entry, EntryError, Refusals, State, admit};
use wcc_core::policy::Unrestricted;

/// An entry of the operator, a second after the one in front of it.
pub(crate) fn entry(number: u32, draft: Draft) -> Entry {
    Entry {
        number,
        at: Timestamp::from_second(1_000_000 + i64::from(number)).expect("a time in range"),
        actor: Arc::new(Actor::operator("operator")),
        request: format!("request {number}").into(),
        part: 0,
        draft,
    }
}

/// Applies a draft as the next entry; returns its number.
pub(crate) fn push(state: &mut State, draft: Draft) -> Result<u32, EntryError> {
    let number = state.last() + 1;
    state.apply(entry(number, draft)).map(|()| number)
}

/// Enters drafts as the operator, under a policy that permits everything.
pub(crate) fn try_admit(state: &mut State, drafts: &[Draft]) -> Result<(), Refusals> {
    let operator = Actor::operator("operator");
    let now = Timestamp::from_second(2_000_000).expect("a time in range");
    let command = Command {
        request: "request",
        drafts,
    };
    admit(state, &Unrestricted, &operator, now, command).map(drop)
}

/// Checks that the state as of an entry equals the replay of the entries up to it, and that
/// forgetting newer entries restores it. `opening` holds the drafts that `state` was opened with,
/// `snapshot` everything that can be read of a state as of an entry.
pub(crate) fn check_earlier_states(
    mut state: State,
    opening: Vec<Draft>,
    drafts: Vec<Draft>,
    snapshot: impl Fn(&State, u32) -> String,
) -> Result<(), TestCaseError> {
    let first = state.last();
    let mut snapshots = vec![snapshot(&state, first)];
    let mut entered = opening;
    for draft in drafts {
        if push(&mut state, draft.clone()).is_ok() {
            entered.push(draft);
            snapshots.push(snapshot(&state, state.last()));
        }
    }
    for (number, expected) in (first..).zip(&snapshots) {
        prop_assert_eq!(&snapshot(&state, number), expected);
    }
    for (number, expected) in (first..)
        .zip(&snapshots)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
    {
        state.truncate(number);
        prop_assert_eq!(&snapshot(&state, number), expected);
        // Forgotten entries can be entered again.
        if let Some(next) = entered.get(number as usize) {
            prop_assert!(push(&mut state, next.clone()).is_ok());
        }
    }
    Ok(())
}
