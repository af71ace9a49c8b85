//! Updates a cycle after some of its records were added or removed, without visiting the others.

use super::{CheckedCycle, Cycle};
use crate::body::{BodyIndex, BodyKind};
use crate::record::{RecordMoves, Records};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The records added and removed between two versions of one cycle, whose description has not
/// changed.
#[derive(Clone, Debug, Default)]
pub struct CycleChanges {
    /// Records that were removed.
    pub removed: Records,
    /// Records that were added.
    pub added: Records,
}

impl CycleChanges {
    /// The changes between two versions of one cycle, of which both are in the order of a checked
    /// cycle. `None` if they differ in more than records.
    pub fn between(before: &Cycle, now: &Cycle) -> Option<CycleChanges> {
        let Cycle {
            id,
            title,
            as_of,
            illustrative,
            framework,
            organisations,
            pcts,
            records,
            partly_seen_approvals,
            unseen_groups,
        } = before;
        let is_same_cycle = *id == now.id
            && *title == now.title
            && *as_of == now.as_of
            && *illustrative == now.illustrative
            && Arc::ptr_eq(framework, &now.framework)
            && Arc::ptr_eq(organisations, &now.organisations)
            && *pcts == now.pcts
            && *partly_seen_approvals == now.partly_seen_approvals
            && *unseen_groups == now.unseen_groups;
        is_same_cycle.then(|| {
            let (removed, added) = records.difference(&now.records);
            CycleChanges { removed, added }
        })
    }

    /// The bodies of the added and removed records.
    pub fn bodies(&self) -> BTreeSet<BodyIndex> {
        let records = self.removed.each().chain(self.added.each());
        records.map(|record| record.body()).collect()
    }

    /// Whether any outcome or series of an indicator was added or removed: both are compared among
    /// all bodies.
    pub fn has_outcomes(&self) -> bool {
        let has =
            |records: &Records| !(records.outcomes.is_empty() && records.indicators.is_empty());
        has(&self.removed) || has(&self.added)
    }

    fn has_judgements(&self) -> bool {
        !(self.removed.judgements.is_empty() && self.added.judgements.is_empty())
    }
}

impl CheckedCycle {
    /// The cycle after the changes, with the new positions of its records. `None` if the changes
    /// contradict the model or do not fit; check the whole cycle to learn why.
    pub fn after(&self, changes: &CycleChanges) -> Option<(CheckedCycle, RecordMoves)> {
        let mut cycle = self.0.clone();
        let moves = cycle.records.merge(&changes.removed, &changes.added)?;
        if changes.has_judgements() || changes.has_outcomes() {
            cycle
                .restricted_to(&changes.bodies())
                .check_entered()
                .ok()?;
        }
        Some((CheckedCycle(cycle), moves))
    }
}

impl Cycle {
    /// The part of the cycle that the model's rules about some bodies depend on: the judgements on
    /// them, on their clusters and on the clusters' PCTs, and their outcomes.
    fn restricted_to(&self, bodies: &BTreeSet<BodyIndex>) -> Cycle {
        let mut related = bodies.clone();
        for body in bodies {
            let cluster = match self.organisations.body(*body).kind {
                BodyKind::Cluster => Some(*body),
                _ => self.organisations.cluster_of(*body, self.as_of),
            };
            if let Some(cluster) = cluster {
                related.insert(cluster);
                related.extend(self.organisations.members_of(cluster, self.as_of));
            }
        }
        let judgements = related
            .iter()
            .flat_map(|body| self.records.judgements.slice(self.judgements_of(*body)));
        let outcomes = related
            .iter()
            .flat_map(|body| self.records.outcomes.slice(self.outcomes_of(*body)));
        Cycle {
            as_of: self.as_of,
            records: Records {
                judgements: judgements.cloned().collect(),
                outcomes: outcomes.cloned().collect(),
                ..Records::default()
            },
            ..Cycle::empty(
                self.id.clone(),
                self.framework.clone(),
                self.organisations.clone(),
            )
        }
    }
}
