//! A cycle after some of its records came and went, without going through the others.

use super::order::{answer_key, criterion_key, judgement_key, outcome_key, survey_key};
use super::{CheckedCycle, Cycle};
use crate::body::{BodyIndex, BodyKind};
use crate::table::Table;
use std::collections::BTreeSet;

/// Records that came and went between two moments of one cycle. Its description is the same at
/// both.
#[derive(Clone, Debug)]
pub struct CycleChanges {
    /// Records that are there no more. Only the lists of records are looked at.
    pub removed: Cycle,
    /// Records that are new. Only the lists of records are looked at.
    pub added: Cycle,
}

/// Where the records are after a change that stayed: what points at them by position moves along.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    pub(crate) judgements: Move,
    pub(crate) surveys: Move,
    pub(crate) criteria: Move,
    pub(crate) outcomes: Move,
    pub(crate) answers: Move,
    /// Whether any outcome came or went.
    pub(crate) has_outcomes: bool,
}

impl Moves {
    /// Whether every record that stayed is where it was.
    pub(crate) fn is_none(&self) -> bool {
        let all = [
            &self.judgements,
            &self.surveys,
            &self.criteria,
            &self.outcomes,
            &self.answers,
        ];
        all.into_iter().all(|one| one.0.is_empty())
    }
}

/// How far the records of one list moved: from each old position on, by so many, up to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Move(Vec<(u32, i32)>);

impl Move {
    /// The new position of a record that stayed.
    pub(crate) fn position(&self, old: u32) -> u32 {
        let at = self.0.partition_point(|(from, _)| *from <= old);
        let by = at.checked_sub(1).map_or(0, |at| self.0[at].1);
        old.saturating_add_signed(by)
    }
}

impl CycleChanges {
    /// The bodies that a record was about which came or went.
    pub fn bodies(&self) -> BTreeSet<BodyIndex> {
        let mut bodies = BTreeSet::new();
        for cycle in [&self.removed, &self.added] {
            bodies.extend(cycle.judgements.iter().map(|one| one.body));
            bodies.extend(cycle.evidence.iter().map(|one| one.body));
            bodies.extend(cycle.surveys.iter().map(|one| one.body));
            bodies.extend(cycle.criteria.iter().map(|one| one.body));
            bodies.extend(cycle.outcomes.iter().map(|one| one.pct));
            bodies.extend(cycle.answers.iter().map(|one| one.body));
            bodies.extend(cycle.commentary.iter().map(|one| one.body));
            bodies.extend(cycle.recommendations.iter().map(|one| one.body));
            bodies.extend(cycle.statements.iter().map(|one| one.body));
        }
        bodies
    }
}

impl CheckedCycle {
    /// The cycle after the changes, with where its records are by then. `None` if the changes
    /// contradict the model or do not fit; then it takes all records to say why.
    pub fn after(&self, changes: CycleChanges) -> Option<(CheckedCycle, Moves)> {
        let bodies = changes.bodies();
        let mut cycle = self.0.clone();
        let CycleChanges { removed, added } = changes;
        macro_rules! merge {
            ($list:ident, $key:expr) => {
                merge(&mut cycle.$list, &removed.$list, &added.$list, $key)?
            };
        }
        let has_outcomes = !removed.outcomes.is_empty() || !added.outcomes.is_empty();
        let judged = !removed.judgements.is_empty() || !added.judgements.is_empty();
        let moves = Moves {
            judgements: merge!(judgements, judgement_key),
            surveys: merge!(surveys, survey_key),
            criteria: merge!(criteria, criterion_key),
            outcomes: merge!(outcomes, outcome_key),
            answers: merge!(answers, answer_key),
            has_outcomes,
        };
        merge!(evidence, |one| one.record);
        merge!(commentary, |one| one.record);
        merge!(recommendations, |one| one.record);
        merge!(statements, |one| one.record);
        if judged || has_outcomes {
            cycle.part_about(&bodies).check_entered().ok()?;
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
            .flat_map(|body| &self.judgements[self.judgements_of(*body)]);
        let outcomes = related
            .iter()
            .flat_map(|body| &self.outcomes[self.outcomes_of(*body)]);
        Cycle {
            as_of: self.as_of,
            judgements: judgements.cloned().collect(),
            outcomes: outcomes.cloned().collect(),
            ..Cycle::empty(
                self.id.clone(),
                self.framework.clone(),
                self.organisations.clone(),
            )
        }
    }
}

/// Takes records out of a sorted list and puts others in; tells how the rest moved. `None` if a
/// record that is to be taken out is not there.
fn merge<T: Clone, K: Ord>(
    table: &mut Table<T>,
    removed: &Table<T>,
    added: &Table<T>,
    key: impl Fn(&T) -> K,
) -> Option<Move> {
    if removed.is_empty() && added.is_empty() {
        return Some(Move::default());
    }
    // By old position: a record that goes, or so many that come before the record there.
    let mut steps: Vec<(u32, i32)> = Vec::new();
    let position = |at: usize| u32::try_from(at).ok();
    for one in removed {
        let at = table.binary_search_by_key(&key(one), &key).ok()?;
        steps.push((position(at)?.checked_add(1)?, -1));
    }
    for one in added {
        let at = table.partition_point(|other| key(other) < key(one));
        steps.push((position(at)?, 1));
    }
    steps.sort_unstable();
    let mut moves: Vec<(u32, i32)> = Vec::new();
    let mut by = 0;
    for of_place in steps.chunk_by(|one, other| one.0 == other.0) {
        let before = by;
        by += of_place.iter().map(|(_, step)| step).sum::<i32>();
        if by != before {
            moves.push((of_place[0].0, by));
        }
    }
    let list: &mut Vec<T> = table;
    for one in removed {
        let at = list.binary_search_by_key(&key(one), &key).ok()?;
        list.remove(at);
    }
    for one in added {
        let at = list.partition_point(|other| key(other) < key(one));
        list.insert(at, one.clone());
    }
    Some(Move(moves))
}
