//! What steers a cycle besides its phases: approvals and dates.

use super::{ODD, full, some};
use jiff::civil::date;
use wcc_core::ledger::Draft;
use wcc_core::record::{ApprovalFact, PhaseDatesFact, RecordFact};

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
