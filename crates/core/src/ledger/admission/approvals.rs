//! Whether an approval can be given: after the one before it, once everything is complete, and of
//! what is recorded now.

use super::contradictions::NewEntries;
use crate::approval::{ApprovalState, Approvals, covered_bodies, digest_of};
use crate::assure::assure;
use crate::body::BodyIndex;
use crate::cycle::{CheckedCycle, CycleError};
use crate::framework::{ApprovalDefinition, ApprovalIndex};
use crate::output::Assurance;
use crate::readiness::{missing_for_approval, missing_in_words};
use crate::record::{Approval, RecordGroup, RecordId, RecordKind, RuleViolation, newer_than};
use crate::words::first_of;
use std::collections::BTreeSet;

/// How many changes since an approver read what they approve are named.
const NAMED_CHANGES: usize = 5;
/// How many changes back an earlier digest is searched for.
const MAX_CHANGES_BACK: usize = 500;

impl NewEntries<'_> {
    /// The approvals among the new entries that cannot be given, each with the reason.
    pub(super) fn refused_approvals(&self) -> Vec<CycleError> {
        let after = RecordId(self.after);
        let new = newer_than(&self.opened.records().approvals, after);
        if new.is_empty() {
            return Vec::new();
        }
        let records = new.iter().map(|approval| approval.record);
        let cycle = match self.whole_cycle(records, "approval") {
            Ok(cycle) => cycle,
            Err(refused) => return refused,
        };
        let approvals = Approvals::of(&cycle);
        let definition = |approval: &Approval| cycle.framework.approval(approval.approval);
        let mut requirements = new.iter().map(&definition);
        let assurance = requirements
            .any(|definition| definition.requires_complete)
            .then(|| assure(&cycle, Vec::new(), None));
        let refused = new.iter().filter_map(|approval| {
            // A body that is not assured is refused as such.
            if !cycle.assures(approval.body) {
                return None;
            }
            let check = ApprovalCheck {
                entries: self,
                cycle: &cycle,
                approvals: &approvals,
                assurance: assurance.as_ref(),
                given: approval,
                definition: definition(approval),
            };
            let broken = check.broken_rule()?;
            Some(CycleError::rule_broken(approval.record, broken))
        });
        refused.collect()
    }

    /// The entries that changed what an approval of a body covers, since it had a digest; `None` if
    /// it never had it.
    fn changes_since(
        &self,
        digest: &str,
        approval: ApprovalIndex,
        body: BodyIndex,
    ) -> Option<BTreeSet<u32>> {
        let covered = self.ever_covered(approval, body);
        let last = self.state.last();
        let numbers = covered
            .iter()
            .flat_map(|(number, until)| [Some(*number), *until]);
        let changes: BTreeSet<u32> = numbers.flatten().filter(|entry| *entry <= last).collect();
        let newest = changes.iter().rev().take(MAX_CHANGES_BACK);
        let earlier = newest.map(|entry| entry.saturating_sub(1)).find(|moment| {
            let then = covered.iter().filter(|(number, until)| {
                number <= moment && until.is_none_or(|until| until > *moment)
            });
            digest_of(then.map(|(number, _)| *number)) == digest
        })?;
        Some(
            changes
                .into_iter()
                .filter(|entry| *entry > earlier)
                .collect(),
        )
    }

    /// The records that an approval of a body covers, or would cover if they were current: the number
    /// of each, and of the entry that replaced or withdrew it.
    fn ever_covered(&self, approval: ApprovalIndex, body: BodyIndex) -> Vec<(u32, Option<u32>)> {
        let of = &self.cycle.framework.approval(approval).of;
        let kinds: BTreeSet<RecordKind> = of.iter().map(|group| group.kind).collect();
        let bodies = covered_bodies(self.opened.organisations(), body, self.cycle.as_of);
        let records = kinds
            .into_iter()
            .flat_map(|kind| self.opened.records().of_kind(kind));
        let covered = records.filter(|record| {
            of.contains(&RecordGroup::of(*record))
                && bodies.contains(&record.body())
                && self.is_seen(record.id())
        });
        covered
            .map(|record| {
                let number = record.id().0;
                let note = self.state.entry(number);
                (number, note.and_then(|note| note.superseded_by))
            })
            .collect()
    }
}

/// An approval that is to be given.
struct ApprovalCheck<'a> {
    entries: &'a NewEntries<'a>,
    cycle: &'a CheckedCycle,
    approvals: &'a Approvals<'a>,
    assurance: Option<&'a Assurance>,
    given: &'a Approval,
    definition: &'a ApprovalDefinition,
}

impl ApprovalCheck<'_> {
    fn name(&self) -> String {
        let organisations = &self.cycle.organisations;
        organisations.body(self.given.body).name_and_code()
    }

    fn broken_rule(&self) -> Option<RuleViolation> {
        self.out_of_order()
            .or_else(|| self.incomplete())
            .or_else(|| self.changed())
    }

    /// Refuses an approval if the one before it is not given, or what that covers has changed.
    fn out_of_order(&self) -> Option<RuleViolation> {
        let framework = &self.cycle.framework;
        let before = framework.approval_index(self.definition.after.as_deref()?)?;
        let (title, earlier) = (&self.definition.title, &framework.approval(before).title);
        let by = framework.approved_by(&framework.approval(before).id);
        let by = by.map_or_else(String::new, |by| format!(", {by}"));
        let message = match self.approvals.status(before, self.given.body).state {
            ApprovalState::Approved => return None,
            ApprovalState::NotGiven => format!(
                "`{title}` comes after `{earlier}`, which has not been given for {}: it is given \
                 first{by}",
                self.name()
            ),
            ApprovalState::OutOfDate => format!(
                "`{title}` comes after `{earlier}`, and what that covers has changed since it was \
                 given for {}: it is given again first{by}",
                self.name()
            ),
        };
        Some(RuleViolation::new("approval-in-order", "approval", message))
    }

    /// Refuses an approval while something that it requires is missing.
    fn incomplete(&self) -> Option<RuleViolation> {
        let body = self.given.body;
        let missing = missing_for_approval(self.cycle, self.assurance?, self.definition, body);
        if missing.is_empty() {
            return None;
        }
        let message = format!(
            "`{}` cannot be given for {} yet. Missing: {}",
            self.definition.title,
            self.name(),
            missing_in_words(self.cycle, &missing)
        );
        Some(RuleViolation::new(
            "approval-is-complete",
            "approval",
            message,
        ))
    }

    /// Refuses an approval of what is no longer recorded as the approver read it.
    fn changed(&self) -> Option<RuleViolation> {
        let Approval { approval, body, .. } = *self.given;
        let digest = &*self.given.digest;
        if self.approvals.digest(approval, body) == digest {
            return None;
        }
        let covered = self.definition.covered_in_words(&self.cycle.framework);
        let changes = self.entries.changes_since(digest, approval, body);
        let found = match changes {
            Some(changes) => {
                let named = first_of(changes.iter(), NAMED_CHANGES, |entry| {
                    self.entries.entry_in_words(*entry)
                });
                format!("what it covers ({covered}) has changed since: {named}")
            }
            None => format!("this is not a digest of what it covers ({covered})"),
        };
        let message = format!(
            "{}: {found}. Read it again, and approve it with the `digest` that is then shown",
            self.name()
        );
        Some(RuleViolation::new(
            "approval-of-what-is-recorded",
            "digest",
            message,
        ))
    }
}
