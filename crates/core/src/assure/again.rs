//! Assuring a cycle again after some of its records came and went: what the change did not touch is
//! taken over.
//!
//! The result is that of [`super::assure`], whatever the change was: where it may reach further than
//! is followed here, everything is assured anew.

use super::{
    Engine, LastYear, assure, findings_from, found_by_core, found_by_plugins, put_in_order,
};
use crate::body::{BodyIndex, BodyKind};
use crate::contribution::PluginRun;
use crate::cycle::{CheckedCycle, Cycle};
use crate::finding::Author;
use crate::output::{Assurance, FunctionAssurance, Output, PointsAtRecords};
use crate::record::RecordMoves;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is different since a cycle was assured.
#[derive(Clone, Copy, Debug)]
pub struct Changed<'a> {
    /// The bodies that something was recorded about, or about whom last year's result is another.
    pub bodies: &'a BTreeSet<BodyIndex>,
    /// Where the records that stayed are.
    pub moves: &'a RecordMoves,
    /// Whether any outcome came or went.
    pub has_outcomes: bool,
}

/// An assurance, and whose results are not those of before.
#[derive(Clone, Debug)]
pub struct Reassurance {
    /// The assurance.
    pub assurance: Assurance,
    /// The bodies that were assured anew; `None` for all of them.
    pub bodies: Option<BTreeSet<BodyIndex>>,
}

/// The bodies whose results a change of some bodies can touch, beside comparisons with all PCTs:
/// clusters whole, functions that were judged, and whoever delegates to them.
fn affected_by(cycle: &Cycle, changed: &BTreeSet<BodyIndex>) -> BTreeSet<BodyIndex> {
    let (organisations, day) = (&cycle.organisations, cycle.as_of);
    let is_changed_function = |function: BodyIndex| changed.contains(&function);
    let mut affected = changed.clone();
    for pct in &cycle.pcts {
        let delegates = organisations
            .functions_of(*pct, day)
            .any(is_changed_function);
        let cluster = organisations.cluster_of(*pct, day);
        let in_changed = cluster.is_some_and(|cluster| changed.contains(&cluster));
        if delegates || in_changed || changed.contains(pct) {
            affected.insert(*pct);
            affected.extend(cluster);
        }
    }
    for pct in &cycle.pcts {
        if let Some(cluster) = organisations.cluster_of(*pct, day)
            && affected.contains(&cluster)
        {
            affected.insert(*pct);
        }
    }
    affected
}

/// The bodies whose results a change can touch if plugins say what they said before; `None` if it
/// may touch any: outcomes are placed among those of all PCTs, and a region is everybody's.
pub fn touched_by(cycle: &Cycle, changed: Changed<'_>) -> Option<BTreeSet<BodyIndex>> {
    if changed.has_outcomes {
        return None;
    }
    let affected = affected_by(cycle, changed.bodies);
    let is_region = |body: &BodyIndex| is_region(cycle, *body);
    (!affected.iter().any(is_region)).then_some(affected)
}

/// Assures a cycle again: what was assured is that of the same cycle before the change.
pub fn assure_again(
    cycle: &CheckedCycle,
    assured: &Assurance,
    changed: Changed<'_>,
    plugins: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Reassurance {
    let affected = reach_of_plugins(&assured.plugins, &plugins).and_then(|by_plugins| {
        let bodies = changed.bodies.union(&by_plugins).copied().collect();
        let changed = Changed {
            bodies: &bodies,
            ..changed
        };
        touched_by(cycle, changed)
    });
    match affected {
        Some(affected) => {
            let engine = Engine::new(cycle, &plugins, last_year);
            let parts = Parts {
                engine: &engine,
                assured,
                affected: &affected,
                moves: changed.moves,
            };
            let assurance = parts.assure(&plugins);
            Reassurance {
                assurance: Assurance {
                    plugins,
                    ..assurance
                },
                bodies: Some(affected),
            }
        }
        None => assure_all(cycle, plugins, last_year),
    }
}

fn assure_all(
    cycle: &CheckedCycle,
    plugins: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Reassurance {
    Reassurance {
        assurance: assure(cycle, plugins, last_year),
        bodies: None,
    }
}

fn is_region(cycle: &Cycle, body: BodyIndex) -> bool {
    cycle.organisations.body(body).kind == BodyKind::Sha
}

/// The bodies whose results other answers of the same plugins reach; `None` if they may reach any.
fn reach_of_plugins(
    before: &[Arc<PluginRun>],
    now: &[Arc<PluginRun>],
) -> Option<BTreeSet<BodyIndex>> {
    if before.len() != now.len() {
        return None;
    }
    let mut reached = BTreeSet::new();
    for (before, now) in before.iter().zip(now) {
        if is_same(before, now) {
            continue;
        }
        let declared = before.plugin == now.plugin
            && before.covers == now.covers
            && before.checks == now.checks
            && before.outcomes == now.outcomes;
        match (&before.result, &now.result) {
            (Ok(one), Ok(other)) if declared && one.reach == other.reach => {
                let ceilings = one.ceilings.iter().chain(&other.ceilings);
                reached.extend(ceilings.map(|ceiling| ceiling.body));
            }
            _ => return None,
        }
    }
    Some(reached)
}

fn is_same(before: &Arc<PluginRun>, now: &Arc<PluginRun>) -> bool {
    Arc::ptr_eq(before, now) || before == now
}

/// What an assurance is put together from.
struct Parts<'a> {
    engine: &'a Engine<'a>,
    assured: &'a Assurance,
    /// Whoever is assured anew.
    affected: &'a BTreeSet<BodyIndex>,
    moves: &'a RecordMoves,
}

impl Parts<'_> {
    fn assure(&self, plugins: &[Arc<PluginRun>]) -> Assurance {
        let (cycle, before) = (self.engine.cycle, self.assured);
        let mut clusters = self.taken_over(&before.clusters, |_| false);
        let mut outputs = self.taken_over(&before.outputs, |one| self.affected.contains(&one.body));
        // In the order of the groups, like all outputs while they are made.
        let mut anew: Vec<Arc<Output>> = Vec::new();
        for (at, group) in self.engine.groups().enumerate() {
            if !group.bodies().any(|body| self.affected.contains(&body)) {
                continue;
            }
            let mut members = Vec::with_capacity(group.members.len());
            let mut cluster = self.engine.assure_cluster(&group, &mut members);
            cluster.outputs.clear();
            for mut output in members {
                let place = before.output_of_body[output.body.0 as usize];
                cluster.outputs.push(place);
                // No outcome came or went, so none is placed otherwise.
                output
                    .outcomes
                    .clone_from(&before.outputs[place as usize].outcomes);
                let output = Arc::new(output);
                outputs[place as usize] = Arc::clone(&output);
                anew.push(output);
            }
            clusters[at] = Arc::new(cluster);
        }
        let functions = self.functions();
        let mut findings: Vec<_> = self.findings_that_stay(plugins).collect();
        let anew = anew.iter().map(|output| &**output);
        findings.extend(found_by_core(cycle, anew, plugins));
        findings.extend(found_by_plugins(plugins, |at| {
            !self.is_same_run(at, plugins)
        }));
        put_in_order(&mut findings);
        Assurance {
            clusters,
            outputs,
            functions,
            findings_from: findings_from(&findings, before.output_of_body.len()),
            findings,
            plugins: Vec::new(),
            output_of_body: Arc::clone(&before.output_of_body),
        }
    }

    /// What there was, pointing at the records where they are by now; what is assured anew stays as
    /// it is until then.
    fn taken_over<T: PointsAtRecords>(
        &self,
        before: &[Arc<T>],
        is_anew: impl Fn(&T) -> bool,
    ) -> Vec<Arc<T>> {
        let mut taken = before.to_vec();
        if !self.moves.is_none() {
            for one in taken.iter_mut().filter(|one| !is_anew(one)) {
                move_along(one, self.moves);
            }
        }
        taken
    }

    fn functions(&self) -> Vec<Arc<FunctionAssurance>> {
        let functions = self.engine.functions_to_assure().into_iter();
        let assured = functions.map(|(function, delegated_by)| {
            let mut before = self.assured.functions.iter();
            let before = before.find(|one| one.function == function);
            match before.filter(|_| !self.affected.contains(&function)) {
                Some(before) => {
                    let mut taken = Arc::clone(before);
                    if !self.moves.is_none() {
                        move_along(&mut taken, self.moves);
                    }
                    taken
                }
                None => Arc::new(self.engine.assure_function(function, delegated_by)),
            }
        });
        assured.collect()
    }

    /// The findings that are not found anew.
    fn findings_that_stay(
        &self,
        plugins: &[Arc<PluginRun>],
    ) -> impl Iterator<Item = Arc<crate::Finding>> {
        let same: Vec<bool> = (0..)
            .zip(plugins)
            .map(|(at, _)| self.is_same_run(at, plugins))
            .collect();
        let findings = self.assured.findings.iter();
        let stays = findings.filter(move |finding| match finding.author {
            Author::Core => !self.affected.contains(&finding.body),
            Author::Plugin(at) => same.get(usize::from(at)).copied().unwrap_or_default(),
        });
        stays.cloned()
    }

    fn is_same_run(&self, at: u16, plugins: &[Arc<PluginRun>]) -> bool {
        let at = usize::from(at);
        let runs = self.assured.plugins.get(at).zip(plugins.get(at));
        runs.is_some_and(|(before, now)| is_same(before, now))
    }
}

/// Lets a shared value point at its records where they are by now; it is copied only if that
/// changes anything.
fn move_along<T: PointsAtRecords>(shared: &mut Arc<T>, moves: &RecordMoves) {
    if shared.is_moved(moves) {
        let mut moved = (**shared).clone();
        moved.move_along(moves);
        *shared = Arc::new(moved);
    }
}
