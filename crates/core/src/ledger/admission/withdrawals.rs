//! What cannot be withdrawn because somebody went on from it: a phase in which something was entered, and
//! evidence with which a panel judged, which cannot be corrected away from the panel's measure either.

use super::contradictions::NewEntries;
use crate::cycle::CycleError;
use crate::ledger::key::EntryKind;
use crate::progress::{bodies_below, cluster_of};
use crate::record::{
    CycleRecord, Evidence, Judgement, Method, PhaseOpening, RecordId, RecordKind, RuleViolation,
    Subject,
};

/// Kinds of records that are not made in a phase: they open phases, date them, or keep a release.
const NOT_IN_A_PHASE: [RecordKind; 3] = [
    RecordKind::Phase,
    RecordKind::PhaseDates,
    RecordKind::ReleasedOutput,
];

impl NewEntries<'_> {
    /// The new entries that withdraw something from which somebody went on, each with the reason.
    pub(super) fn refused_withdrawals(&self) -> Vec<CycleError> {
        let new = self.after.saturating_add(1)..=self.state.last();
        let withdrawals = new.filter_map(|entry| {
            let is_withdrawal = self.state.kind_of(entry) == Some(EntryKind::Withdrawal);
            let withdrawn = self.state.superseded_by_entry(entry);
            withdrawn
                .filter(|_| is_withdrawal)
                .map(|of| (entry, RecordId(of)))
        });
        let records = self.opened.records();
        let refused = withdrawals.filter_map(|(entry, withdrawn)| {
            let mut phases = records.phases.iter();
            let broken = phases
                .find(|phase| phase.record == withdrawn)
                .and_then(|phase| self.phase_in_use(phase))
                .or_else(|| self.evidence_in_use(self.evidence(withdrawn.0)?))?;
            Some(CycleError::rule_broken(RecordId(entry), broken))
        });
        refused.collect()
    }

    /// Refuses to withdraw the opening of a phase if something was entered for its bodies since it, or since
    /// one that it replaced: that one would be withdrawn with it, so a correction would be a way around this.
    fn phase_in_use(&self, withdrawn: &PhaseOpening) -> Option<RuleViolation> {
        let records = self.opened.records();
        let first = self.versions(withdrawn.record.0).last();
        let first = RecordId(first.unwrap_or(withdrawn.record.0));
        let mut phases = records.phases.iter();
        let phase = phases.find(|phase| phase.record == first);
        let phase = phase.unwrap_or(withdrawn);
        let of_phase = bodies_below(&self.cycle, withdrawn.body);
        let concerns = |record: &dyn CycleRecord| {
            let below = bodies_below(&self.cycle, record.body());
            below.iter().any(|body| of_phase.contains(body))
        };
        records.after(first).find(|record| {
            !NOT_IN_A_PHASE.contains(&record.kind())
                && self.is_seen(record.id())
                && concerns(*record)
        })?;
        let title = &self.cycle.framework.phase(phase.phase).title;
        let message = format!(
            "something was entered for {} since `{title}` opened: open the phase that applies instead, \
             with a reason",
            self.name(phase.body)
        );
        Some(RuleViolation::new("phase-in-use", "entry", message))
    }

    /// The new entries that take evidence away from a panel that has judged with it: they correct it, so that
    /// it is filed for other measures or for another body.
    pub(super) fn refused_corrections(&self) -> Vec<CycleError> {
        let records = self.opened.records();
        let after = RecordId(self.after);
        let new = records.evidence.iter().filter(|item| item.record > after);
        let refused = new.filter_map(|corrected| {
            let item = self.evidence(self.state.superseded_by_entry(corrected.record.0)?)?;
            let mut judged = self.judged_with(item);
            let judged = judged.find(|judgement| !self.supports(corrected, judgement))?;
            let message = format!(
                "{}: keep this measure, and file what else there is as evidence of its own",
                self.made_with_it(judged)
            );
            let broken = RuleViolation::new("evidence-in-use", "measures", message);
            Some(CycleError::rule_broken(corrected.record, broken))
        });
        refused.collect()
    }

    /// Refuses to withdraw evidence with which a panel has judged.
    fn evidence_in_use(&self, item: &Evidence) -> Option<RuleViolation> {
        let judged = self.judged_with(item).next()?;
        let message = format!(
            "{}: file what replaces it, and name this entry in `supersedes`",
            self.made_with_it(judged)
        );
        Some(RuleViolation::new("evidence-in-use", "entry", message))
    }

    fn made_with_it(&self, judged: &Judgement) -> String {
        let framework = &self.cycle.framework;
        format!(
            "the {} of {} on {} was made with this evidence",
            framework.methods.title(Method::Panel),
            self.name(judged.body),
            judged.subject.id(framework)
        )
    }

    /// The panel's judgements that were made with an item of evidence, as it is or as it was before it was
    /// corrected: while it was filed for the measure, for the same body or for its cluster.
    fn judged_with<'e>(&'e self, item: &'e Evidence) -> impl Iterator<Item = &'e Judgement> {
        let records = self.opened.records();
        // Before, cycles of earlier years are loaded.
        let mut phases = records.phases.iter();
        let has_begun = phases.any(|phase| self.state.stands(phase.record.0));
        let entries = self.versions(item.record.0);
        // When each version was replaced by the next. Of one that is not kept, what came of it is known.
        let mut replaced = None;
        let mut versions = Vec::new();
        for entry in entries.take_while(|_| has_begun) {
            let version = self.evidence(entry).unwrap_or(item);
            versions.push((entry, version, replaced.replace(entry)));
        }
        let judgements = records.judgements.iter();
        judgements.filter(move |judgement| {
            let judged = judgement.record.0;
            judgement.method == Method::Panel
                && versions.iter().any(|(filed, version, replaced)| {
                    *filed < judged
                        && replaced.is_none_or(|replaced| judged < replaced)
                        && self.supports(version, judgement)
                })
                && self.stands(judgement.record)
        })
    }

    /// An entry, and those that it replaced, one by another.
    fn versions(&self, entry: u32) -> impl Iterator<Item = u32> {
        std::iter::successors(Some(entry), |entry| self.state.superseded_by_entry(*entry))
    }

    /// Whether evidence is filed for what a judgement is about: for its measure, and its body or cluster.
    fn supports(&self, item: &Evidence, judgement: &Judgement) -> bool {
        let (tables, day) = (self.opened.organisations(), self.cycle.as_of);
        let (filed, judged) = (item.body, judgement.body);
        matches!(judgement.subject, Subject::Measure(measure) if item.measures.contains(&measure))
            && (judged == filed
                || cluster_of(tables, judged, day) == Some(filed)
                || cluster_of(tables, filed, day) == Some(judged))
    }

    /// The evidence that an entry files.
    fn evidence(&self, entry: u32) -> Option<&Evidence> {
        let mut evidence = self.opened.records().evidence.iter();
        evidence.find(|item| item.record.0 == entry)
    }
}
