//! A cycle as if some bodies had never existed.

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
        // The rest of a checked cycle contains no contradiction that the whole did not.
        CheckedCycle(self.0.without(absent, organisations))
    }
}

impl Cycle {
    /// The cycle as if some bodies had never existed: without everything that was recorded of
    /// them or by them as assessors, and without references to their evidence.
    ///
    /// `organisations` is the cycle's own table [without](Organisations::without) these bodies.
    #[must_use]
    pub fn without(
        &self,
        absent: &BTreeSet<BodyIndex>,
        organisations: Arc<Organisations>,
    ) -> Cycle {
        let is_left = |body: BodyIndex| !absent.contains(&body);
        let evidence = self.records.evidence.iter();
        let gone: BTreeSet<&str> = evidence
            .filter(|evidence| !is_left(evidence.body))
            .map(|evidence| &*evidence.id)
            .collect();
        let mut records = self.records.clone();
        records.retain(&|record| is_left(record.body()) && record.assessor().is_none_or(is_left));
        for record in records.each_mut() {
            if let Some(cited) = record.cited_evidence_mut() {
                cited.retain(|id| !gone.contains(&**id));
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
            pcts: pcts.filter(|pct| is_left(*pct)).collect(),
            records,
        }
    }
}
