//! What somebody went on from is not withdrawn: a phase in which something was entered, evidence on which a panel
//! judged.

use super::*;
use wcc_core::record::PhaseFact;

fn opening(body: &str) -> Draft {
    record(RecordFact::Phase(PhaseFact {
        body: body.into(),
        phase: "visit".into(),
        reason: None,
    }))
}

/// The same in place of an earlier one, as a correction.
fn again(body: &str, supersedes: u32) -> Draft {
    Draft {
        supersedes: Some(supersedes),
        ..opening(body)
    }
}

fn evidence(measure: &str, supersedes: Option<u32>) -> Draft {
    let evidence = EvidenceFact {
        id: "report".into(),
        body: "5KF".into(),
        kind: EvidenceKind::Document,
        title: "Report of the board".into(),
        measures: vec![measure.into()],
        issuer: None,
        dated: None,
        source: None,
        document: None,
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    };
    Draft {
        supersedes,
        ..record(RecordFact::Evidence(evidence))
    }
}

/// Whether a correction of evidence is refused because of the measures for which it is filed then.
fn is_kept_for_panel(state: &mut State, draft: Draft) -> bool {
    let before = state.last();
    let found = contradictions(state, draft);
    state.truncate(before);
    found.iter().any(|error| error.rule() == "evidence-in-use")
}

/// Whether the withdrawal of an entry is refused by a rule.
fn is_refused(state: &mut State, entry: u32, rule: &str) -> bool {
    let reason = "entered by mistake".into();
    let withdrawal = Draft {
        supersedes: Some(entry),
        ..Fact::Withdrawn { reason }.into()
    };
    let before = state.last();
    let found = contradictions(state, withdrawal);
    state.truncate(before);
    found.iter().any(|error| error.rule() == rule)
}

#[test]
fn a_phase_in_which_something_was_entered_is_not_withdrawn() {
    let mut state = opened("all");
    let first = push(&mut state, opening("5KF"));
    let second = push(&mut state, opening("5KG"));
    assert!(!is_refused(&mut state, second, "phase-in-use"));
    push(&mut state, judgement("5KG", "1a"));
    assert!(is_refused(&mut state, second, "phase-in-use"));
    // Nothing was entered for the other body.
    assert!(!is_refused(&mut state, first, "phase-in-use"));
    // What is entered for a group is entered for its members.
    push(&mut state, commentary(CLUSTER));
    assert!(is_refused(&mut state, first, "phase-in-use"));
}

#[test]
fn a_phase_in_which_something_was_entered_is_not_withdrawn_once_it_was_corrected() {
    let mut state = opened("all");
    push(&mut state, opening("5KF"));
    let first = push(&mut state, opening("5KG"));
    let corrected = push(&mut state, again("5KG", first));
    assert!(!is_refused(&mut state, corrected, "phase-in-use"));
    push(&mut state, judgement("5KG", "1a"));
    let corrected = push(&mut state, again("5KG", corrected));
    let last = push(&mut state, again("5KG", corrected));
    assert!(is_refused(&mut state, last, "phase-in-use"));
}

#[test]
fn evidence_on_which_a_panel_judged_is_replaced_and_not_withdrawn() {
    let mut state = opened("all");
    push(&mut state, opening("Q30"));
    let filed = push(&mut state, evidence("1a", None));
    push(&mut state, judgement("5KF", "1b"));
    assert!(!is_refused(&mut state, filed, "evidence-in-use"));
    // Its group was judged with it.
    push(&mut state, judgement(CLUSTER, "1a"));
    assert!(is_refused(&mut state, filed, "evidence-in-use"));
    assert_eq!(contradictions(&mut state, evidence("1a", Some(filed))), []);
}

#[test]
fn evidence_on_which_a_panel_judged_is_not_taken_away_by_correcting_it() {
    let mut state = opened("all");
    push(&mut state, opening("Q30"));
    let filed = push(&mut state, evidence("1a", None));
    push(&mut state, judgement("5KF", "1a"));
    // Not for another measure, nor for another body.
    assert!(is_kept_for_panel(&mut state, evidence("1b", Some(filed))));
    let mut of_another = evidence("1a", Some(filed));
    if let Fact::Record {
        record: RecordFact::Evidence(evidence),
        ..
    } = &mut of_another.fact
    {
        evidence.body = "5KG".into();
    }
    assert!(is_kept_for_panel(&mut state, of_another));
    // Corrected for the same measure, it is still what the panel saw.
    let corrected = push(&mut state, evidence("1a", Some(filed)));
    let again = push(&mut state, evidence("1a", Some(corrected)));
    assert!(is_refused(&mut state, again, "evidence-in-use"));
    assert!(is_kept_for_panel(&mut state, evidence("1b", Some(again))));
}

#[test]
fn evidence_that_was_corrected_before_a_panel_judged_is_not_in_use() {
    let mut state = opened("all");
    push(&mut state, opening("Q30"));
    let filed = push(&mut state, evidence("1a", None));
    let corrected = push(&mut state, evidence("1b", Some(filed)));
    push(&mut state, judgement("5KF", "1a"));
    assert!(!is_refused(&mut state, corrected, "evidence-in-use"));
    assert!(!is_kept_for_panel(
        &mut state,
        evidence("2a", Some(corrected))
    ));
}
