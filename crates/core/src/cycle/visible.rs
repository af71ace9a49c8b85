//! A cycle from which some bodies are hidden, as if they had never existed.

use super::{CheckedCycle, Cycle};
use crate::body::{BodyIndex, Organisations};
use std::collections::BTreeSet;
use std::sync::Arc;

impl CheckedCycle {
    /// See [`Cycle::without`].
    #[must_use]
    pub fn without(
        &self,
        absent: &BTreeSet<BodyIndex>,
        organisations: Arc<Organisations>,
    ) -> CheckedCycle {
        // Removing bodies cannot introduce a contradiction into a checked cycle.
        CheckedCycle(self.0.without(absent, organisations))
    }
}

impl Cycle {
    /// The cycle as if some bodies had never existed: without the records on them or with them as
    /// assessor, and without references to their evidence.
    ///
    /// `organisations` is the cycle's own table [without](Organisations::without) these bodies.
    #[must_use]
    pub fn without(
        &self,
        absent: &BTreeSet<BodyIndex>,
        organisations: Arc<Organisations>,
    ) -> Cycle {
        let is_visible = |body: BodyIndex| !absent.contains(&body);
        let evidence = self.records.evidence.iter();
        let hidden_evidence: BTreeSet<&str> = evidence
            .filter(|evidence| !is_visible(evidence.body))
            .map(|evidence| &*evidence.id)
            .collect();
        let mut records = self.records.clone();
        records.retain(&|record| {
            is_visible(record.body()) && record.assessor().is_none_or(is_visible)
        });
        for record in records.each_mut() {
            if let Some(cited) = record.cited_evidence_mut() {
                cited.retain(|id| !hidden_evidence.contains(&**id));
            }
        }
        let pcts = self.pcts.iter().copied();
        Cycle {
            id: self.id.clone(),
            title: self.title.clone(),
            as_of: self.as_of,
            illustrative: self.illustrative.clone(),
            framework: Arc::clone(&self.framework),
            organisations,
            pcts: pcts.filter(|pct| is_visible(*pct)).collect(),
            records,
        }
    }
}
