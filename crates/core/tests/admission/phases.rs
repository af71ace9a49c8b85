//! Openings of phases: not while the cycle contradicts itself, and one is always open from the first
//! on.

use super::*;
use wcc_core::record::PhaseFact;

fn opening(body: &str, supersedes: Option<u32>) -> Draft {
    let phase = RecordFact::Phase(PhaseFact {
        body: body.into(),
        phase: "visit".into(),
        reason: Some("As planned.".into()),
    });
    Draft {
        supersedes,
        ..record(phase)
    }
}

fn withdrawal(entry: u32) -> Draft {
    let reason = "opened too early".into();
    Draft {
        supersedes: Some(entry),
        ..Fact::Withdrawn { reason }.into()
    }
}

fn refusal(state: &mut State, draft: Draft) -> Option<String> {
    let refused = try_admit(state, &Unrestricted, &[draft]).err()?;
    Some(refused.to_string())
}

#[test]
fn no_phase_opens_while_the_cycle_contradicts_itself() {
    let mut state = opened("all");
    push(&mut state, judgement(CLUSTER, "1a"));
    // As an earlier version of the program admitted it: a departure without a reason.
    let mut departure = judgement("5KF", "1a");
    if let Fact::Record {
        record: RecordFact::Judgement(judgement),
        ..
    } = &mut departure.fact
    {
        judgement.value = Some("3".into());
    }
    let departure = push(&mut state, departure);
    let refused = refusal(&mut state, opening("5KF", None)).unwrap();
    assert!(
        refused.contains("the cycle contradicts itself"),
        "{refused}"
    );
    assert!(
        refused.contains(&format!("entry {departure}: ")),
        "{refused}"
    );
    assert_eq!(refusal(&mut state, withdrawal(departure)), None);
    assert_eq!(refusal(&mut state, opening("5KF", None)), None);
}

#[test]
fn the_only_open_phase_is_not_withdrawn() {
    let mut state = opened("all");
    let first = push(&mut state, opening("5KF", None));
    let refused = refusal(&mut state, withdrawal(first)).unwrap();
    assert!(refused.contains("the only phase that is open"), "{refused}");
    // Nor by withdrawing both at once.
    let second = push(&mut state, opening("5KG", None));
    let both = [withdrawal(first), withdrawal(second)];
    try_admit(&mut state, &Unrestricted, &both).unwrap_err();
    assert_eq!(refusal(&mut state, withdrawal(first)), None);
    refusal(&mut state, withdrawal(second)).unwrap();
    // One that replaces it may be withdrawn with another open, and it may be replaced.
    assert_eq!(refusal(&mut state, opening("5KG", Some(second))), None);
}
