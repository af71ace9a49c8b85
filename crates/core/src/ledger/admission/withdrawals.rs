//! What cannot be withdrawn because somebody went on from it: a phase in which something was entered, and
//! evidence on which a panel judged.

use super::contradictions::NewEntries;
use crate::body::BodyIndex;
use crate::cycle::CycleError;
use crate::ledger::key::EntryKind;
use crate::progress::{bodies_below, cluster_of};
use crate::record::{
    CycleRecord, Evidence, Method, PhaseOpening, RecordId, RecordKind, RuleViolation, Subject,
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
            let mut evidence = records.evidence.iter();
            let broken = phases
                .find(|phase| phase.record == withdrawn)
                .and_then(|phase| self.phase_in_use(phase))
                .or_else(|| {
                    let item = evidence.find(|item| item.record == withdrawn)?;
                    self.evidence_in_use(item)
                })?;
            Some(CycleError::rule_broken(RecordId(entry), broken))
        });
        refused.collect()
    }

    /// Refuses to withdraw the opening of a phase if something was entered for its bodies since.
    fn phase_in_use(&self, phase: &PhaseOpening) -> Option<RuleViolation> {
        let of_phase = bodies_below(&self.cycle, phase.body);
        let concerns = |record: &dyn CycleRecord| {
            let below = bodies_below(&self.cycle, record.body());
            below.iter().any(|body| of_phase.contains(body))
        };
        let mut records = self.opened.records().after(phase.record);
        records.find(|record| {
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

    /// Refuses to withdraw evidence that was filed for a measure that a panel has judged since, of the same
    /// body or of its cluster.
    fn evidence_in_use(&self, item: &Evidence) -> Option<RuleViolation> {
        let records = self.opened.records();
        // Before, cycles of earlier years are loaded.
        let mut phases = records.phases.iter();
        if !phases.any(|phase| self.state.stands(phase.record.0)) {
            return None;
        }
        let (tables, day) = (self.opened.organisations(), self.cycle.as_of);
        let is_of = |body: BodyIndex| {
            body == item.body
                || cluster_of(tables, body, day) == Some(item.body)
                || cluster_of(tables, item.body, day) == Some(body)
        };
        let mut judgements = records.judgements.iter();
        let judged = judgements.find(|judgement| {
            let is_about = matches!(judgement.subject, Subject::Measure(measure)
                if item.measures.contains(&measure));
            judgement.method == Method::Panel
                && judgement.record > item.record
                && is_about
                && is_of(judgement.body)
                && self.stands(judgement.record)
        })?;
        let framework = &self.cycle.framework;
        let message = format!(
            "the {} of {} on {} was made with this evidence: file what replaces it, and name this entry in \
             `supersedes`",
            framework.methods.title(Method::Panel),
            self.name(judged.body),
            judged.subject.id(framework)
        );
        Some(RuleViolation::new("evidence-in-use", "entry", message))
    }
}
