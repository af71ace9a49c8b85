//! Judgements that are missing, and that a phase or an approval requires.

use super::{Duty, DutyKind, DutySearch};
use crate::readiness::missing_by;
use crate::record::{Method, RecordKind};

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let methods = search.role.methods.iter().copied();
    for method in methods.filter(|method| is_required(search, *method)) {
        for missing in missing_by(search.cycle, search.assurance, method) {
            let body = missing.body;
            if search.is_theirs(body) && search.is_open(RecordKind::Judgement.act(), body) {
                let what = format!("record the {}", missing.subject_in_words(search.cycle));
                duties.push(search.duty(DutyKind::Judge, body, what));
            }
        }
    }
}

/// Whether anything waits for the judgements by a method.
fn is_required(search: &DutySearch<'_>, method: Method) -> bool {
    let framework = &search.cycle.framework;
    let mut phases = framework.phases.iter();
    let of_phase = phases.any(|phase| {
        let mut requires = phase.requires.iter();
        requires.any(|requirement| requirement.method == method)
    });
    let mut approvals = framework.approvals.iter();
    of_phase
        || approvals.any(|approval| {
            let mut of = approval.of.iter();
            approval.requires_complete && of.any(|group| group.method == Some(method))
        })
}
