//! Approvals that can be given now.

use super::{Duty, DutyKind, DutySearch};
use crate::approval::ApprovalState;
use crate::readiness::missing_for_approval;
use crate::record::RecordKind;

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let framework = &search.cycle.framework;
    let given = |id: &String| search.role.approvals.contains(id);
    for (index, definition) in framework.each_approval() {
        if !given(&definition.id) {
            continue;
        }
        for pct in search.cycle.pcts.iter().copied() {
            let is_open = search.is_theirs(pct) && search.is_open(RecordKind::Approval.act(), pct);
            let state = search.approvals.status(index, pct).state;
            // An approval of something that is hidden is hidden, too.
            let mut of = definition.of.iter();
            let is_shown = search.shows_kind(pct, RecordKind::Approval)
                && of.all(|group| search.shows(pct, *group));
            if !is_open || !is_shown || state == ApprovalState::Approved {
                continue;
            }
            let before = definition.after.as_deref();
            let before = before.and_then(|before| framework.approval_index(before));
            let waits = before.is_some_and(|before| {
                search.approvals.status(before, pct).state != ApprovalState::Approved
            });
            let missing = || missing_for_approval(search.cycle, search.assurance, definition, pct);
            if waits || !missing().is_empty() {
                continue;
            }
            let again = match state {
                ApprovalState::OutOfDate => ", again: what it covers has changed since",
                ApprovalState::NotGiven | ApprovalState::Approved => "",
            };
            let what = format!(
                "approve `{}` of {}{again}",
                definition.title,
                search.name(pct)
            );
            duties.push(search.duty(DutyKind::Approve, pct, what));
        }
    }
}
