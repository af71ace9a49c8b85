//! Contradictions of new records: with the rules of their kinds, with each other, and with the
//! records of the cycle.

use super::{Permission, Refusal, RefusalReason};
use crate::cycle::Hidden;
use crate::cycle::{
    CheckedCycle, Cycle, CycleError, NewRecordRules, PctError, check_pcts, nobody_sees,
};
use crate::ledger::Draft;
use crate::ledger::opened_cycle::OpenedCycle;
use crate::ledger::state::State;
use crate::record::{RecordId, RecordKey, RuleViolation};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The newest entries of a cycle, with the records that they can contradict.
pub(super) struct NewEntries<'s> {
    pub(super) state: &'s State,
    pub(super) opened: &'s OpenedCycle,
    /// The part of the cycle that the entries can contradict, in the form that [`Cycle::check`]
    /// checks. It is small, because earlier entries were checked before.
    pub(super) cycle: Cycle,
    pub(super) after: u32,
    /// What whoever is refused may know; `None` if nobody is told.
    permission: Option<&'s Permission<'s>>,
    /// What is treated as absent.
    absent: Hidden,
}

/// Returns every contradiction of the entries after a number, which come from these drafts: by
/// cycle, in the order of the records. If the permission of an actor is given, hidden bodies are
/// treated as absent.
pub(super) fn find<'s>(
    state: &'s State,
    after: u32,
    drafts: &[Draft],
    permission: Option<&'s Permission<'s>>,
) -> Vec<Refusal> {
    let numbers = after.saturating_add(1)..=state.last();
    let touched: BTreeSet<&str> = numbers.filter_map(|entry| state.cycle_of(entry)).collect();
    let new = touched
        .into_iter()
        .filter_map(|cycle| NewEntries::of(state, cycle, after, permission));
    let errors = new.flat_map(NewEntries::contradictions);
    errors.map(|error| refusal(error, after, drafts)).collect()
}

/// Returns the refusal of the draft that causes a contradiction.
fn refusal(error: CycleError, after: u32, drafts: &[Draft]) -> Refusal {
    let part = error.record().0.checked_sub(after.saturating_add(1));
    let draft = part.and_then(|part| drafts.get(usize::try_from(part).ok()?));
    Refusal {
        part,
        origin: draft.and_then(|draft| draft.origin.clone()),
        reason: RefusalReason::Contradiction(error),
    }
}

impl NewEntries<'_> {
    fn of<'s>(
        state: &'s State,
        cycle: &str,
        after: u32,
        permission: Option<&'s Permission<'s>>,
    ) -> Option<NewEntries<'s>> {
        let opened = state.opened(cycle)?;
        let mut cycle = opened.touched_since(after, &|entry| state.stands(entry), &|key| {
            state.current_record(opened, RecordKey::Judgement(key))
        })?;
        let absent = permission.map(|permission| permission.hidden(opened));
        let absent = absent.unwrap_or_default();
        if !absent.is_empty() {
            let organisations = Arc::new(cycle.organisations.without(&absent.bodies));
            cycle = cycle.without(&absent, organisations);
        }
        Some(NewEntries {
            state,
            opened,
            cycle,
            after,
            permission,
            absent,
        })
    }

    /// Whether an earlier record counts: it is current, and neither it nor its body is absent.
    pub(super) fn stands(&self, record: RecordId) -> bool {
        self.state.stands(record.0) && self.is_seen(record)
    }

    /// Whether neither a record nor its body is absent.
    pub(super) fn is_seen(&self, record: RecordId) -> bool {
        if self.absent.is_empty() {
            return true;
        }
        // Only records of the present tables count.
        let subject = self.state.about(record.0);
        subject.is_some_and(|(_, subject)| {
            let mut bodies = std::iter::once(subject.body).chain(subject.assessor);
            let mut groups = std::iter::once(subject.group).chain(subject.approved_groups());
            bodies.all(|body| self.absent.shows_body(body))
                && groups.all(|group| !self.absent.records.contains(&(subject.body, group)))
                && (subject.scored.is_none() || !self.absent.scores.contains(&record))
        })
    }

    /// An entry in words, as far as whoever is refused may know it.
    pub(super) fn entry_in_words(&self, entry: u32) -> String {
        let permission = self.permission;
        permission.map_or_else(
            || format!("entry {entry}"),
            |permission| permission.entry_in_words(entry),
        )
    }

    /// Who made an entry and when, as far as whoever is refused may know it.
    pub(super) fn maker_in_words(&self, entry: u32) -> String {
        let permission = self.permission;
        permission.map_or_else(String::new, |permission| permission.maker_in_words(entry))
    }

    /// Returns the contradictions, in the order of the records.
    fn contradictions(self) -> Vec<CycleError> {
        let mut errors = Vec::new();
        let after = RecordId(self.after);
        let stands = |record: RecordId| self.stands(record);
        let records = self.opened.records();
        let conflicts = records.conflicts(&self.cycle.framework, &|record| record > after, &stands);
        let conflicts = conflicts.into_iter();
        errors.extend(conflicts.map(|(record, broken)| CycleError::rule_broken(record, broken)));
        let has_outcome = |id: &str| {
            let mut outcomes = records.outcomes.iter();
            outcomes.any(|outcome| *outcome.outcome == *id && stands(outcome.record))
        };
        let mut rules = NewRecordRules::new(&self.cycle, records, &stands, &has_outcome);
        for record in records.after(after) {
            rules.check(record, &mut errors);
        }
        errors.extend(self.refused_phases());
        errors.extend(self.refused_panel_records());
        errors.extend(self.refused_fact_check());
        errors.extend(self.calibrations_without_reason());
        errors.extend(self.changes_under_calibrations());
        errors.extend(self.refused_approvals());
        errors.extend(self.changes_of_frozen());
        errors.extend(self.ends_of_governance());
        errors.extend(self.refused_withdrawals());
        errors.extend(self.refused_corrections());
        let latest = self.opened.latest();
        if let Some((entry, fact)) = latest.filter(|(entry, _)| *entry > self.after) {
            // Every current record must still be about a body that is assured.
            let earlier = records.each().filter(|record| {
                record.id() <= after && stands(record.id()) && !record.kind().is_for_any_body()
            });
            errors.extend(earlier.filter_map(|record| nobody_sees(&self.cycle, record)));
            let record = RecordId(entry);
            errors.extend(cannot_be_assured(&self.cycle, record, &fact.pcts));
            let previous = fact.previous.as_deref();
            errors.extend(previous.and_then(|previous| self.not_previous(record, previous)));
        }
        let is_partial = !self.absent.is_empty();
        let found = self.cycle.check_entered().err().into_iter().flatten();
        // An earlier judgement on a cluster whose PCTs are absent concerns no new record.
        errors.extend(found.filter(|error| {
            let is_earlier = error.record() <= after;
            !(is_partial && is_earlier && matches!(error, CycleError::ReachesNobody { .. }))
        }));
        errors.sort_by_key(CycleError::record);
        errors
    }

    /// The whole cycle as it stands now, without absent bodies.
    ///
    /// # Errors
    /// It contradicts itself, so that nothing that depends on its results can be checked. `new` are
    /// the records that depend on them, by a field: each is refused if an earlier record causes the
    /// contradiction. A contradiction of the new records themselves is reported for itself.
    pub(super) fn whole_cycle(
        &self,
        new: impl Iterator<Item = RecordId>,
        field: &'static str,
    ) -> Result<CheckedCycle, Vec<CycleError>> {
        let (cycle, _) = self
            .state
            .cycle_at(&self.cycle.id, self.state.last())
            .ok_or_else(Vec::new)?;
        let is_partial = !self.absent.is_empty();
        let checked = if is_partial {
            let organisations = Arc::new(cycle.organisations.without(&self.absent.bodies));
            cycle.without(&self.absent, organisations).check_entered()
        } else {
            cycle.check_entered()
        };
        checked.map_err(|errors| {
            let mut errors = errors.into_iter();
            let earlier = errors.find(|error| {
                let is_seen_by_none = matches!(error, CycleError::ReachesNobody { .. });
                error.record().0 <= self.after && !(is_partial && is_seen_by_none)
            });
            let Some(error) = earlier else {
                return Vec::new();
            };
            let message = format!(
                "the cycle contradicts itself, so nobody can tell what this would approve or open: \
                 entry {}: {error}. Correct that first",
                error.record().0
            );
            let refused = new.map(|record| {
                let broken = RuleViolation::new("cycle-is-assured", field, message.clone());
                CycleError::rule_broken(record, broken)
            });
            refused.collect()
        })
    }

    /// Refuses a previous cycle with the same date or a later one, so that no chain of years is
    /// circular.
    fn not_previous(&self, record: RecordId, previous: &str) -> Option<CycleError> {
        let (_, fact) = self.state.opened(previous)?.latest()?;
        (fact.as_of >= self.cycle.as_of).then(|| CycleError::NotPrevious {
            record,
            cycle: self.cycle.id.clone(),
            previous: previous.to_owned(),
        })
    }
}

/// The codes in the list of PCTs of a cycle that it cannot assure.
fn cannot_be_assured<'a>(
    cycle: &'a Cycle,
    record: RecordId,
    codes: &'a [Box<str>],
) -> impl Iterator<Item = CycleError> {
    let checked = check_pcts(&cycle.organisations, codes.iter().map(AsRef::as_ref));
    codes
        .iter()
        .zip(checked)
        .filter_map(move |(code, checked)| {
            let what = match checked.err()? {
                PctError::Unknown => "is not in the tables of bodies of the cycle".to_owned(),
                PctError::Kind(kind) => {
                    format!("is of kind {}", cycle.framework.words.kind(kind))
                }
                PctError::Repeated => "is listed twice".to_owned(),
            };
            Some(CycleError::CannotBeAssured {
                record,
                body: code.to_string(),
                what,
                body_words: cycle.framework.words.body.many.clone(),
            })
        })
}
