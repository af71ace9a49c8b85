//! What steers a cycle besides its phases: approvals, dates, and what was carried into it.

use super::{ODD, full, some};
use jiff::civil::date;
use wcc_core::ledger::Draft;
use wcc_core::record::{
    ApprovalFact, CarriedFact, CarriedKind, Horizon, PhaseDatesFact, RecordFact,
};

/// Approvals that were given.
pub(super) fn approvals() -> Vec<Draft> {
    let approval = ApprovalFact {
        body: "5KF".into(),
        approval: "ratified".into(),
        digest: "0123456789abcdef".repeat(4).into(),
        note: some(ODD),
    };
    let least = ApprovalFact {
        note: None,
        ..approval.clone()
    };
    vec![
        full(RecordFact::Approval(approval)),
        full(RecordFact::Approval(least)),
    ]
}

/// Dates that were set for phases.
pub(super) fn phase_dates() -> Vec<Draft> {
    let dates = PhaseDatesFact {
        body: "Q30".into(),
        phase: "panel-days".into(),
        from: Some(date(2008, 11, 10)),
        to: Some(date(2008, 11, 28)),
        note: some(ODD),
    };
    let least = PhaseDatesFact {
        from: None,
        to: None,
        note: None,
        ..dates.clone()
    };
    vec![
        full(RecordFact::PhaseDates(dates)),
        full(RecordFact::PhaseDates(least)),
    ]
}

/// Records that were carried from an earlier cycle.
pub(super) fn carried() -> Vec<Draft> {
    let carried = CarriedFact {
        body: "5KF".into(),
        kind: CarriedKind::Action,
        id: "forecasts".into(),
        about: vec!["6c".into()],
        value: some("started"),
        text: some(ODD),
        detail: some("as stated"),
        owner: some("A. Director"),
        due: Some(date(2009, 3, 31)),
        horizon: Some(Horizon::Short),
        evidence: vec!["minutes".into()],
        from_cycle: "south-of-tyne-and-wear/2008-09".into(),
        from_entry: 304,
    };
    let least = CarriedFact {
        kind: CarriedKind::Lead,
        about: Vec::new(),
        value: None,
        text: None,
        detail: None,
        owner: None,
        due: None,
        horizon: None,
        evidence: Vec::new(),
        ..carried.clone()
    };
    vec![
        full(RecordFact::CarriedRecord(carried)),
        full(RecordFact::CarriedRecord(least)),
    ]
}
