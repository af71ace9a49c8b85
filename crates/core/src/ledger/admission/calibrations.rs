//! Calibration: a value that differs from the panel's says why.

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
        let unexplained = new.filter(|judgement| {
            let details = judgement.details();
            judgement.method == Method::Calibrated
                && details.rationale.is_none()
                && details.reason.is_none()
                && !self.is_as_the_panel_judged(judgement)
        });
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
