//! Judgements that are missing, and that a phase or an approval requires.

use super::{Duty, DutyKind, DutySearch};
use crate::readiness::missing_by;
use crate::record::{Method, RecordGroup, RecordKind};

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let organisations = &search.cycle.organisations;
    let methods = search.role.methods.iter().copied();
    for method in methods.filter(|method| is_required(search, *method)) {
        for missing in missing_by(search.cycle, search.assurance, method) {
            let body = missing.body;
            let group = RecordGroup::by_method(RecordKind::Judgement, method);
            // What is judged once for a group may be judged for each of its members.
            let members = organisations.members_of(body, search.cycle.as_of);
            let mut concerned = std::iter::once(body).chain(members);
            let is_shown = concerned.all(|body| search.shows(body, group));
            if is_shown
                && search.is_theirs(body)
                && search.is_open(RecordKind::Judgement.act(), body)
            {
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
