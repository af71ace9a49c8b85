//! Calibration: a value that differs from the panel's says why, also if the panel's changes later.

use super::contradictions::NewEntries;
use crate::cycle::CycleError;
use crate::progress::cluster_of;
use crate::record::{Judgement, Method, RecordId, RecordKey, RuleViolation, newer_than};

impl NewEntries<'_> {
    /// The calibrated values among the new entries that differ from the panel's without a reason.
    ///
    /// Only in a cycle of which somebody has opened a phase. Before, cycles of earlier years are loaded,
    /// and their published reports often give calibrated values without reasons.
    pub(super) fn calibrations_without_reason(&self) -> Vec<CycleError> {
        let records = self.opened.records();
        let mut phases = records.phases.iter();
        if !phases.any(|phase| self.state.stands(phase.record.0)) {
            return Vec::new();
        }
        let new = newer_than(&records.judgements, RecordId(self.after)).iter();
        let unexplained = new.filter(|judgement| self.is_unexplained(judgement));
        let methods = &self.opened.framework().methods;
        let refused = unexplained.map(|judgement| {
            let message = format!(
                "say in `rationale` or `reason` why this {} is given: only one that keeps the value of \
                 the {} needs no reason",
                methods.title(Method::Calibrated),
                methods.title(Method::Panel)
            );
            let broken = RuleViolation::new("calibration-with-reason", "rationale", message);
            CycleError::rule_broken(judgement.record, broken)
        });
        refused.collect()
    }

    /// The new entries that change a value of the panel, or withdraw it, although a calibrated value without a
    /// reason rests on it.
    pub(super) fn changes_under_calibrations(&self) -> Vec<CycleError> {
        let records = self.opened.records();
        let mut phases = records.phases.iter();
        if !phases.any(|phase| self.state.stands(phase.record.0)) {
            return Vec::new();
        }
        let new = self.after.saturating_add(1)..=self.state.last();
        let refused = new.filter_map(|entry| {
            let changed = [Some(entry), self.state.superseded_by_entry(entry)];
            let changed = changed.into_iter().flatten();
            let mut panels = changed.filter_map(|entry| self.opened.judgement(RecordId(entry)));
            let calibrated = panels.find_map(|panel| self.calibrated_on(panel))?;
            let methods = &self.opened.framework().methods;
            let message = format!(
                "the {} of entry {} keeps this value without a reason of its own: give one there, or withdraw \
                 it, before the {} changes",
                methods.title(Method::Calibrated),
                calibrated.record.0,
                methods.title(Method::Panel)
            );
            let broken = RuleViolation::new("calibration-keeps-value", "entry", message);
            Some(CycleError::rule_broken(RecordId(entry), broken))
        });
        refused.collect()
    }

    /// An earlier calibrated value that rested on a judgement of the panel and is now unexplained.
    fn calibrated_on(&self, panel: &Judgement) -> Option<&Judgement> {
        if panel.method != Method::Panel {
            return None;
        }
        let members = self.opened.organisations();
        let members = members.members_of(panel.body, self.cycle.as_of);
        let mut bodies = std::iter::once(panel.body).chain(members);
        bodies.find_map(|body| {
            let key = (body, panel.subject, Method::Calibrated, panel.assessor);
            let key = RecordKey::Judgement(key);
            let entry = self.state.current_record(self.opened, key)?;
            let calibrated = self.opened.judgement(RecordId(entry))?;
            let is_earlier = entry <= self.after && self.stands(calibrated.record);
            (is_earlier && self.is_unexplained(calibrated)).then_some(calibrated)
        })
    }

    /// Whether a judgement is a calibrated value that differs from the panel's without a reason.
    fn is_unexplained(&self, judgement: &Judgement) -> bool {
        let details = judgement.details();
        judgement.method == Method::Calibrated
            && details.rationale.is_none()
            && details.reason.is_none()
            && !self.is_as_the_panel_judged(judgement)
    }

    /// Whether the panel gave the same value: to the body itself or, if it gave none, to its cluster.
    fn is_as_the_panel_judged(&self, judgement: &Judgement) -> bool {
        let panel_of = |body| {
            let key = (body, judgement.subject, Method::Panel, judgement.assessor);
            let entry = self
                .state
                .current_record(self.opened, RecordKey::Judgement(key))?;
            let panel = self.opened.judgement(RecordId(entry))?;
            self.stands(panel.record).then_some(panel)
        };
        let cluster = cluster_of(
            self.opened.organisations(),
            judgement.body,
            self.cycle.as_of,
        );
        let panel = panel_of(judgement.body).or_else(|| cluster.and_then(panel_of));
        panel.is_some_and(|panel| {
            panel.value == judgement.value
                && panel.not_applicable == judgement.not_applicable
                && panel.details().text == judgement.details().text
        })
    }
}
