//! A calibrated value that differs from the panel's needs a reason, once the cycle is played.

use super::*;
use wcc_core::record::PhaseFact;

fn calibration(body: &str, measure: &str, value: &str, rationale: Option<&str>) -> Draft {
    record(RecordFact::Judgement(JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method: Method::Calibrated,
        value: Some(value.into()),
        assessor: None,
        details: JudgementDetails {
            rationale: rationale.map(Into::into),
            ..JudgementDetails::default()
        },
    }))
}

/// The rule that a record breaks, if it breaks one. The record is not entered.
fn broken(state: &mut State, draft: Draft) -> Option<&'static str> {
    let before = state.last();
    let found = contradictions(state, draft);
    state.truncate(before);
    found.first().map(CycleError::rule)
}

#[test]
fn a_calibrated_value_that_changes_the_panels_needs_a_reason() {
    let mut state = opened("all");
    // The panel judges 2.
    push(&mut state, judgement(CLUSTER, "1a"));
    let silent = |value| calibration(CLUSTER, "1a", value, None);
    // A year that is over is loaded as it was reported.
    assert_eq!(broken(&mut state, silent("3")), None);
    let phase = RecordFact::Phase(PhaseFact {
        body: "Q30".into(),
        phase: "visit".into(),
        reason: None,
    });
    push(&mut state, record(phase));
    let rule = Some("calibration-with-reason");
    assert_eq!(broken(&mut state, silent("3")), rule);
    assert_eq!(broken(&mut state, silent("2")), None);
    let explained = calibration(CLUSTER, "1a", "3", Some("Like evidence elsewhere."));
    assert_eq!(broken(&mut state, explained), None);
    // The panel judged the cluster for its PCT, and nobody on another measure.
    assert_eq!(
        broken(&mut state, calibration("5KF", "1a", "2", None)),
        None
    );
    let unjudged = calibration(CLUSTER, "1b", "2", None);
    assert_eq!(broken(&mut state, unjudged), rule);
}

#[test]
fn the_panels_value_does_not_change_under_a_calibrated_value_that_keeps_it() {
    let mut state = opened("all");
    let panel = push(&mut state, judgement(CLUSTER, "1a"));
    let phase = RecordFact::Phase(PhaseFact {
        body: "Q30".into(),
        phase: "visit".into(),
        reason: None,
    });
    push(&mut state, record(phase));
    let mut changed = judgement(CLUSTER, "1a");
    changed.supersedes = Some(panel);
    if let Fact::Record {
        record: RecordFact::Judgement(judgement),
        ..
    } = &mut changed.fact
    {
        judgement.value = Some("3".into());
    }
    let reason = "judged by mistake".into();
    let withdrawn = Draft {
        supersedes: Some(panel),
        ..Fact::Withdrawn { reason }.into()
    };
    assert_eq!(broken(&mut state, changed.clone()), None);
    let kept = push(&mut state, calibration(CLUSTER, "1a", "2", None));
    let rule = Some("calibration-keeps-value");
    assert_eq!(broken(&mut state, changed.clone()), rule);
    assert_eq!(broken(&mut state, withdrawn), rule);
    // It may, once the calibrated value has a reason of its own.
    let mut explained = calibration(CLUSTER, "1a", "2", Some("Like evidence elsewhere."));
    explained.supersedes = Some(kept);
    push(&mut state, explained);
    assert_eq!(broken(&mut state, changed), None);
}
