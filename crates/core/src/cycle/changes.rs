//! A cycle after some of its records came and went, without going through the others.

use super::{CheckedCycle, Cycle};
use crate::body::{BodyIndex, BodyKind};
use crate::record::{RecordMoves, Records};
use std::collections::BTreeSet;

/// Records that came and went between two moments of one cycle. Its description is the same at
/// both.
#[derive(Clone, Debug, Default)]
pub struct CycleChanges {
    /// Records that are there no more.
    pub removed: Records,
    /// Records that are new.
    pub added: Records,
}

impl CycleChanges {
    /// The bodies of the records that came or went.
    pub fn bodies(&self) -> BTreeSet<BodyIndex> {
        let records = self.removed.each().chain(self.added.each());
        records.map(|record| record.body()).collect()
    }

    /// Whether any outcome came or went.
    pub fn has_outcomes(&self) -> bool {
        !(self.removed.outcomes.is_empty() && self.added.outcomes.is_empty())
    }

    fn has_judgements(&self) -> bool {
        !(self.removed.judgements.is_empty() && self.added.judgements.is_empty())
    }
}

impl CheckedCycle {
    /// The cycle after the changes, with where its records are by then. `None` if the changes
    /// contradict the model or do not fit; then it takes all records to say why.
    pub fn after(&self, changes: &CycleChanges) -> Option<(CheckedCycle, RecordMoves)> {
        let mut cycle = self.0.clone();
        let moves = cycle.records.merge(&changes.removed, &changes.added)?;
        if changes.has_judgements() || changes.has_outcomes() {
            cycle.part_about(&changes.bodies()).check_entered().ok()?;
        }
        Some((CheckedCycle(cycle), moves))
    }
}

impl Cycle {
    /// What the model has to say of some bodies: the judgements on them, on their clusters and on
    /// the clusters' PCTs, and their outcomes.
    fn part_about(&self, bodies: &BTreeSet<BodyIndex>) -> Cycle {
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
            .flat_map(|body| &self.records.judgements[self.judgements_of(*body)]);
        let outcomes = related
            .iter()
            .flat_map(|body| &self.records.outcomes[self.outcomes_of(*body)]);
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
