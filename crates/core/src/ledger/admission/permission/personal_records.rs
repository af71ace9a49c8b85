//! Records that belong to a person, such as scores, as an actor may enter and see them.

use super::Permission;
use crate::ledger::opened_cycle::{OpenedCycle, RecordSubject};
use crate::policy::{PersonalRecord, Resource};
use crate::progress::BlindScoring;

impl Permission<'_> {
    /// What a policy is told of a person's own record that is entered or withdrawn.
    pub(super) fn personal_record(&self, belongs_to: Option<&str>) -> Option<PersonalRecord> {
        belongs_to.map(|person| PersonalRecord {
            is_own: *person == *self.actor.person,
            ..PersonalRecord::default()
        })
    }

    /// Whether the actor may see a score among the scores of a body that they see; true for any other
    /// record.
    pub(super) fn shows_score(
        &self,
        cycle: &OpenedCycle,
        subject: &RecordSubject<'_>,
        body: Resource<'_>,
    ) -> bool {
        let Some(scored) = subject.scored.filter(|_| body.is_governed) else {
            return true;
        };
        let is_own = subject.belongs_to == Some(&*self.actor.person);
        // Nobody scores a body that the cycle no longer has.
        let scoring = if std::ptr::eq(subject.organisations, cycle.organisations()) {
            cycle.blind_scoring(&self.actor.person, &|entry| self.state.stands(entry))
        } else {
            BlindScoring::default()
        };
        let resource = body.with_records(subject.group);
        self.shows(Resource {
            personal: Some(scoring.personal_record(subject.body, scored, is_own)),
            ..resource
        })
    }
}
