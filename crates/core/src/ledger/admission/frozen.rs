//! What an approval freezes does not change until the approval is withdrawn.

use super::contradictions::NewEntries;
use crate::approval::covered_bodies;
use crate::cycle::CycleError;
use crate::framework::ApprovalDefinition;
use crate::ledger::key::EntryKind;
use crate::ledger::opened_cycle::RecordSubject;
use crate::record::{Approval, RecordId, RuleViolation};

impl NewEntries<'_> {
    /// The new entries that change something that an approval freezes, each with the reason.
    pub(super) fn changes_of_frozen(&self) -> Vec<CycleError> {
        let given = self.opened.records().approvals.iter();
        let freezing: Vec<&Approval> = given.filter(|approval| self.freezes(approval)).collect();
        if freezing.is_empty() {
            return Vec::new();
        }
        let new = self.after.saturating_add(1)..=self.state.last();
        let new = new.filter(|entry| self.state.cycle_of(*entry) == Some(self.cycle.id.as_str()));
        let refused = new.filter_map(|entry| {
            // A correction may be about another body than what it corrects.
            let changed = [Some(entry), self.state.superseded_by_entry(entry)];
            let changed = changed.into_iter().flatten();
            let approval = changed
                .filter_map(|entry| self.state.about(entry))
                .find_map(|(_, subject)| {
                    let mut freezing = freezing.iter();
                    freezing.find(|approval| self.covers(approval, &subject))
                })?;
            let broken = self.frozen(entry, approval);
            Some(CycleError::rule_broken(RecordId(entry), broken))
        });
        refused.collect()
    }

    fn definition(&self, approval: &Approval) -> &ApprovalDefinition {
        self.cycle.framework.approval(approval.approval)
    }

    /// Whether an approval froze what it covers before the new entries, which do not withdraw it.
    /// Approving again in the same command lets nothing through.
    fn freezes(&self, approval: &Approval) -> bool {
        let number = approval.record.0;
        let note = self.state.entry(number);
        let superseded_by = note.and_then(|note| note.superseded_by);
        let is_withdrawn = superseded_by
            .is_some_and(|entry| self.state.kind_of(entry) == Some(EntryKind::Withdrawal));
        self.definition(approval).freezes
            && self.state.stood(number, self.after)
            && !is_withdrawn
            && self.is_seen(approval.record)
    }

    fn covers(&self, approval: &Approval, subject: &RecordSubject<'_>) -> bool {
        let organisations = self.opened.organisations();
        // A body that the present tables lack is of no approval.
        std::ptr::eq(subject.organisations, organisations)
            && self.definition(approval).of.contains(&subject.group)
            && covered_bodies(organisations, approval.body, self.cycle.as_of)
                .contains(&subject.body)
    }

    fn frozen(&self, entry: u32, approval: &Approval) -> RuleViolation {
        let is_withdrawal = self.state.kind_of(entry) == Some(EntryKind::Withdrawal);
        let field = if is_withdrawal { "entry" } else { "body" };
        let definition = self.definition(approval);
        let organisations = self.opened.organisations();
        let number = approval.record.0;
        let message = format!(
            "this is frozen by entry {number} (`{}`; {}), which covers {} of {}: to change it, withdraw \
             that entry first, and give the reason",
            definition.title,
            self.maker_in_words(number),
            definition.covered_in_words(&self.cycle.framework),
            organisations.body(approval.body).name_and_code(),
        );
        RuleViolation::new("frozen-by-approval", field, message)
    }
}
