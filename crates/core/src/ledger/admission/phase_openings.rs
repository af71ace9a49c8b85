//! Whether a phase may open: in the order of the framework, with a reason if it is an earlier one,
//! and only once everything that it requires is complete.

use super::contradictions::NewEntries;
use crate::assure::assure;
use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::cycle::{CheckedCycle, CycleError};
use crate::framework::{Framework, Phase, PhaseIndex};
use crate::output::Assurance;
use crate::progress::{CycleProgress, bodies_below};
use crate::readiness::{
    MissingApproval, MissingJudgements, approvals_missing_before, missing_approvals_in_words,
    missing_before, missing_in_words,
};
use crate::record::{PhaseOpening, RecordId, RuleViolation, newer_than};
use jiff::civil::Date;
use std::collections::BTreeSet;

impl NewEntries<'_> {
    /// The phases among the new entries that may not open, each with the reason.
    pub(super) fn refused_phases(&self) -> Vec<CycleError> {
        let after = RecordId(self.after);
        let new = newer_than(&self.opened.records().phases, after);
        if new.is_empty() {
            return Vec::new();
        }
        let records = new.iter().map(|phase| phase.record);
        let cycle = match self.whole_cycle(records, "phase") {
            Ok(cycle) => cycle,
            Err(refused) => return refused,
        };
        let assurance = assure(&cycle, Vec::new(), None);
        let refused = new.iter().filter_map(|phase| {
            let opening = OpeningCheck::new(self, &cycle, &assurance, phase);
            let broken = opening.broken_rule()?;
            Some(CycleError::rule_broken(phase.record, broken))
        });
        refused.collect()
    }

    /// The new entries that withdraw the only phase that is open in the cycle. Without one it would be
    /// published again to everybody, as before its first phase.
    pub(super) fn ends_of_governance(&self) -> Vec<CycleError> {
        let phases = &self.opened.records().phases;
        if phases.iter().any(|phase| self.state.stands(phase.record.0)) {
            return Vec::new();
        }
        let is_phase = |entry: u32| phases.iter().any(|phase| phase.record.0 == entry);
        let new = self.after.saturating_add(1)..=self.state.last();
        let withdrawals = new.filter(|entry| {
            let withdrawn = self.state.superseded_by_entry(*entry);
            withdrawn.is_some_and(is_phase)
        });
        let refused = withdrawals.map(|entry| {
            let message = "this is the only phase that is open in the cycle: without it, everybody \
                           would see everything again, as before its first phase. Open another phase \
                           instead, or the same one again with a reason";
            let broken = RuleViolation::new("cycle-stays-governed", "entry", message);
            CycleError::rule_broken(RecordId(entry), broken)
        });
        refused.collect()
    }

    /// The phases that were open before an entry.
    fn phases_before(&self, record: RecordId) -> CycleProgress<'_> {
        let number = record.0.saturating_sub(1);
        let stood = |record: RecordId| self.state.stood(record.0, number);
        let (framework, records) = (&self.cycle.framework, self.opened.records());
        // Dates open nothing, and releases do not matter.
        CycleProgress::new(framework, records, &stood, "", Date::MIN)
    }
}

/// A phase that is to be opened for a body.
struct OpeningCheck<'a> {
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    phase: PhaseIndex,
    body: BodyIndex,
    reason: Option<&'a str>,
    /// The PCTs for which it opens, each with the phase that was open for it.
    below: Vec<(BodyIndex, Option<PhaseIndex>)>,
}

impl<'a> OpeningCheck<'a> {
    fn new(
        entries: &'a NewEntries<'_>,
        cycle: &'a CheckedCycle,
        assurance: &'a Assurance,
        opened: &'a PhaseOpening,
    ) -> OpeningCheck<'a> {
        let before = entries.phases_before(opened.record);
        let below = bodies_below(cycle, opened.body).into_iter();
        let below = below.map(|pct| {
            let opening = before.opening_of(&cycle.organisations, pct, cycle.as_of);
            (pct, opening.map(|(_, phase)| phase))
        });
        OpeningCheck {
            cycle,
            assurance,
            phase: opened.phase,
            body: opened.body,
            reason: opened.reason.as_deref(),
            below: below.collect(),
        }
    }

    fn framework(&self) -> &'a Framework {
        &self.cycle.framework
    }

    fn organisations(&self) -> &'a Organisations {
        &self.cycle.organisations
    }

    fn name(&self, body: BodyIndex) -> String {
        self.organisations().body(body).name_and_code()
    }

    /// The PCTs that the phase is new to: they have not reached it yet.
    fn moving_on(&self) -> impl Iterator<Item = &(BodyIndex, Option<PhaseIndex>)> {
        let below = self.below.iter();
        below.filter(|(_, open)| open.is_none_or(|open| open < self.phase))
    }

    fn title(&self, phase: PhaseIndex) -> &'a str {
        &self.framework().phase(phase).title
    }

    fn broken_rule(&self) -> Option<RuleViolation> {
        let words = &self.framework().words;
        let (title, body) = (self.title(self.phase), self.name(self.body));
        let is_function = self.organisations().body(self.body).kind == BodyKind::Function;
        if is_function || self.below.is_empty() {
            let message = format!(
                "a phase cannot be opened for {body}: no {} of this cycle is below it",
                words.body.one
            );
            return Some(RuleViolation::new("phase-of-body", "body", message));
        }
        let is_open = self.below.iter().all(|(_, open)| *open == Some(self.phase));
        // With a reason it is a correction of the reason.
        if is_open && self.reason.is_some() {
            return None;
        }
        if is_open {
            let message = format!("`{title}` is open for {body} already");
            return Some(RuleViolation::new("phase-is-new", "phase", message));
        }
        let later = self.below.iter().find_map(|(pct, open)| {
            let open = open.filter(|open| *open > self.phase)?;
            Some((*pct, open))
        });
        if let (Some((pct, open)), None) = (later, self.reason) {
            let message = format!(
                "{} is in a later phase, `{}`: say why `{title}` opens again",
                self.name(pct),
                self.title(open)
            );
            let rule = "phase-reopened-with-reason";
            return Some(RuleViolation::new(rule, "reason", message));
        }
        self.out_of_order().or_else(|| self.incomplete())
    }

    /// Refuses a phase if the one before it was never opened.
    fn out_of_order(&self) -> Option<RuleViolation> {
        let phase = self.framework().phase(self.phase);
        let before = self.framework().phase_index(phase.after.as_deref()?)?;
        let reached = |open: &Option<PhaseIndex>| open.is_some_and(|open| open >= before);
        let (pct, open) = self.moving_on().find(|(_, open)| !reached(open))?;
        let is_in = match open {
            Some(open) => format!("is in `{}`", self.title(*open)),
            None => "is in no phase yet".to_owned(),
        };
        let message = format!(
            "`{}` comes after `{}`, and {} {is_in}: open `{}` first",
            phase.title,
            self.title(before),
            self.name(*pct),
            self.title(before)
        );
        Some(RuleViolation::new("phase-in-order", "phase", message))
    }

    /// Refuses a phase while something that it requires is missing, or that a phase before it
    /// requires.
    fn incomplete(&self) -> Option<RuleViolation> {
        let framework = self.framework();
        let before = |phase: &&'a Phase| framework.find_phase(phase.after.as_deref()?);
        let line = std::iter::successors(Some(framework.phase(self.phase)), before);
        // Phases do not follow one another in a circle; the limit holds for any framework.
        let line: Vec<&Phase> = line.take(framework.phases.len()).collect();
        let pcts: BTreeSet<BodyIndex> = self.moving_on().map(|(pct, _)| *pct).collect();
        let judgements = line.iter().flat_map(|phase| {
            let missing = missing_before(self.cycle, self.assurance, phase).into_iter();
            missing.filter(|missing| self.concerns(missing.body, &pcts))
        });
        let judgements: Vec<MissingJudgements> = judgements.collect();
        let approvals = line.iter().flat_map(|phase| {
            let missing = approvals_missing_before(self.cycle, self.assurance, phase).into_iter();
            missing.filter(|missing| self.concerns(missing.body, &pcts))
        });
        let approvals: Vec<MissingApproval> = approvals.collect();
        if judgements.is_empty() && approvals.is_empty() {
            return None;
        }
        let missing = [
            missing_in_words(self.cycle, &judgements),
            missing_approvals_in_words(self.cycle, &approvals),
        ];
        let missing: Vec<String> = missing
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let message = format!(
            "`{}` cannot open for {} yet. Missing: {}",
            self.title(self.phase),
            self.name(self.body),
            missing.join("; ")
        );
        Some(RuleViolation::new("phase-is-ready", "phase", message))
    }

    /// Whether what is missing of a body holds up the PCTs for which the phase is to open.
    fn concerns(&self, body: BodyIndex, pcts: &BTreeSet<BodyIndex>) -> bool {
        let organisations = self.organisations();
        match organisations.body(body).kind {
            BodyKind::Pct => pcts.contains(&body),
            BodyKind::Cluster => organisations
                .members_of(body, self.cycle.as_of)
                .any(|member| pcts.contains(&member)),
            BodyKind::Function => organisations
                .delegators_of(body, self.cycle.as_of)
                .any(|delegator| pcts.contains(&delegator)),
            BodyKind::Sha => false,
        }
    }
}
