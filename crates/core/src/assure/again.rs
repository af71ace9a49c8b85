//! Assures a cycle again after some of its records were added or removed, reusing the results that
//! the change does not affect.
//!
//! The result always equals that of [`super::assure`]. A change whose effects are not tracked here
//! causes everything to be assured again.

use super::{
    Engine, LastYear, assure, core_findings, findings_from, order_of, plugin_findings,
    sort_findings,
};
use crate::body::{BodyIndex, BodyKind};
use crate::checks::{Selection, reads_only_outcomes};
use crate::contribution::{PluginCeiling, PluginRun};
use crate::cycle::{CheckedCycle, Cycle};
use crate::finding::{Author, Finding};
use crate::output::{Assurance, Cell, FunctionAssurance, Output, PartResult, PointsAtRecords};
use crate::record::RecordMoves;
use crate::scale::Step;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What has changed since a cycle was assured.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The bodies with changed records, and the bodies whose result of last year changed.
    pub bodies: &'a BTreeSet<BodyIndex>,
    /// The new positions of the remaining records.
    pub moves: &'a RecordMoves,
    /// Whether any outcome or series of an indicator was added or removed.
    pub has_outcomes: bool,
}

/// An assurance, and the bodies whose results were computed again.
#[derive(Clone, Debug)]
pub struct Reassurance {
    /// The results of the whole cycle.
    pub assurance: Assurance,
    /// The bodies that were assured again; `None` if all were.
    pub bodies: Option<BTreeSet<BodyIndex>>,
}

/// The bodies whose results can be affected by changes to some bodies, apart from comparisons with
/// all PCTs: each PCT with its whole cluster, the changed functions, and the PCTs that delegate to
/// them.
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

/// The bodies whose results a change can affect if the answers of plugins stay the same. `None` if it
/// may affect any body: outcomes are ranked among all PCTs, and a region concerns all of them.
pub fn touched_by(cycle: &Cycle, change: Change<'_>) -> Option<BTreeSet<BodyIndex>> {
    if change.has_outcomes {
        return None;
    }
    let affected = affected_by(cycle, change.bodies);
    let is_region = |body: &BodyIndex| is_region(cycle, *body);
    (!affected.iter().any(is_region)).then_some(affected)
}

/// Whether next year's cycle takes over the same results of a body from two assurances of one cycle:
/// the current value of each measure and part, and whether it is based on an inferred mark.
pub fn is_same_for_next_year(before: &Assurance, now: &Assurance, body: BodyIndex) -> bool {
    let before = outputs_of(before, body).map(|output| (output.assessor, carried_over(output)));
    let mut now = outputs_of(now, body).map(|output| (output.assessor, carried_over(output)));
    let mut pairs = before.map(|(assessor, results)| {
        let same = now.next().filter(|(other, _)| *other == assessor);
        same.is_some_and(|(_, others)| results.eq(others))
    });
    pairs.all(|is_same| is_same) && now.next().is_none()
}

/// The outputs that a later cycle may look back on.
fn outputs_of(assurance: &Assurance, body: BodyIndex) -> impl Iterator<Item = &Output> {
    let by_assessor = assurance.function(body).into_iter();
    let by_assessor = by_assessor.flat_map(|function| &function.by_assessor);
    assurance.output_of(body).into_iter().chain(by_assessor)
}

/// What `Row::take_last_year` reads of an output.
fn carried_over(output: &Output) -> impl Iterator<Item = (Option<Step>, bool)> {
    let marks = output.cells.iter().map(Cell::current_mark);
    let marks = marks.map(|mark| (mark.value, mark.inferred()));
    let results = output.parts().map(PartResult::current);
    marks.chain(results.map(|result| (result.value(), result.inferred())))
}

/// Assures a cycle again. `assured` is the assurance of the same cycle before the change.
pub fn assure_again(
    cycle: &CheckedCycle,
    assured: &Assurance,
    change: Change<'_>,
    plugins: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Reassurance {
    let affected = reach_of_plugins(&assured.plugins, &plugins).and_then(|reached| {
        let bodies = change.bodies.union(&reached).copied().collect();
        let change = Change {
            bodies: &bodies,
            ..change
        };
        touched_by(cycle, change)
    });
    match affected {
        Some(affected) => {
            let engine = Engine::new(cycle, &plugins, last_year);
            let parts = Parts {
                engine: &engine,
                assured,
                affected: &affected,
                moves: change.moves,
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

/// The bodies affected by new answers of the same plugins; `None` if any body may be affected.
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
        let same_declaration = before.plugin == now.plugin
            && before.covers == now.covers
            && before.checks == now.checks
            && before.outcomes == now.outcomes;
        match (&before.result, &now.result) {
            (Ok(old), Ok(new)) if same_declaration && old.reach == new.reach => {
                reached.extend(bodies_with_other_ceilings(&old.ceilings, &new.ceilings));
            }
            _ => return None,
        }
    }
    Some(reached)
}

/// The bodies whose ceilings differ. Outputs refer to a ceiling by its position, so one that has moved
/// differs, too.
fn bodies_with_other_ceilings<'a>(
    before: &'a [PluginCeiling],
    now: &'a [PluginCeiling],
) -> impl Iterator<Item = BodyIndex> + 'a {
    let positions = 0..before.len().max(now.len());
    let pairs = positions.map(|position| (before.get(position), now.get(position)));
    let changed = pairs.filter(|(before, now)| before != now);
    changed
        .flat_map(|(before, now)| [before, now])
        .flatten()
        .map(|ceiling| ceiling.body)
}

fn is_same(before: &Arc<PluginRun>, now: &Arc<PluginRun>) -> bool {
    Arc::ptr_eq(before, now) || before == now
}

#[expect(
    clippy::indexing_slicing,
    reason = "the copied list has the positions of the one before"
)]
fn replace(outputs: &mut [Arc<Output>], position: u32, output: Arc<Output>) {
    outputs[position as usize] = output;
}

/// The inputs of an incremental assurance.
struct Parts<'a> {
    engine: &'a Engine<'a>,
    assured: &'a Assurance,
    /// The bodies to assure again.
    affected: &'a BTreeSet<BodyIndex>,
    moves: &'a RecordMoves,
}

impl Parts<'_> {
    fn assure(&self, plugins: &[Arc<PluginRun>]) -> Assurance {
        let (cycle, before) = (self.engine.cycle, self.assured);
        let mut clusters = self.reused(&before.clusters, |_| false);
        let mut outputs = self.reused(&before.outputs, |output| {
            self.affected.contains(&output.body)
        });
        // In the order of the groups, as `assure` computes them.
        let mut computed: Vec<Arc<Output>> = Vec::new();
        for (place, group) in clusters.iter_mut().zip(self.engine.groups()) {
            if !group.bodies().any(|body| self.affected.contains(&body)) {
                continue;
            }
            let mut members = Vec::with_capacity(group.members.len());
            let mut cluster = self.engine.assure_cluster(&group, &mut members);
            cluster.outputs.clear();
            for mut output in members {
                let slot = before.position_of(output.body);
                cluster.outputs.push(slot);
                // No outcome was added or removed, so the ranks are unchanged.
                output.outcomes.clone_from(&before.output_at(slot).outcomes);
                let output = Arc::new(output);
                replace(&mut outputs, slot, Arc::clone(&output));
                computed.push(output);
            }
            *place = Arc::new(cluster);
        }
        let functions = self.functions();
        let computed = computed.iter().map(|output| &**output);
        let mut new = core_findings(Selection::BeyondOutcomes, cycle, computed, plugins);
        new.extend(plugin_findings(plugins, |plugin| {
            !self.is_same_run(plugin, plugins)
        }));
        sort_findings(&mut new);
        let findings = merge_findings(self.reused_findings(plugins), new);
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

    /// The previous results, updated to the current positions of records. Results that will be
    /// computed again are left as they are.
    fn reused<T: PointsAtRecords>(
        &self,
        before: &[Arc<T>],
        is_affected: impl Fn(&T) -> bool,
    ) -> Vec<Arc<T>> {
        let mut results = before.to_vec();
        if !self.moves.is_none() {
            for result in results.iter_mut().filter(|result| !is_affected(result)) {
                move_along(result, self.moves);
            }
        }
        results
    }

    fn functions(&self) -> Vec<Arc<FunctionAssurance>> {
        let functions = self.engine.functions_to_assure().into_iter();
        let assured = functions.map(|(function, delegated_by)| {
            let mut before = self.assured.functions.iter();
            let before = before.find(|assured| assured.function == function);
            match before.filter(|_| !self.affected.contains(&function)) {
                Some(before) => {
                    let mut reused = Arc::clone(before);
                    if !self.moves.is_none() {
                        move_along(&mut reused, self.moves);
                    }
                    reused
                }
                None => Arc::new(self.engine.assure_function(function, delegated_by)),
            }
        });
        assured.collect()
    }

    /// The previous findings that are still valid.
    fn reused_findings(&self, plugins: &[Arc<PluginRun>]) -> impl Iterator<Item = &Arc<Finding>> {
        let same: Vec<bool> = (0..)
            .zip(plugins)
            .map(|(plugin, _)| self.is_same_run(plugin, plugins))
            .collect();
        let findings = self.assured.findings.iter();
        findings.filter(move |finding| match finding.author {
            // No outcome was added or removed, so the findings on outcomes are the same.
            Author::Core => {
                !self.affected.contains(&finding.body) || reads_only_outcomes(&finding.check)
            }
            Author::Plugin(plugin) => same.get(usize::from(plugin)).copied().unwrap_or_default(),
        })
    }

    fn is_same_run(&self, plugin: u16, plugins: &[Arc<PluginRun>]) -> bool {
        let plugin = usize::from(plugin);
        let runs = self.assured.plugins.get(plugin).zip(plugins.get(plugin));
        runs.is_some_and(|(before, now)| is_same(before, now))
    }
}

/// Merges findings that are both in canonical order, each without duplicates. There are thousands of
/// earlier ones and a few new ones.
fn merge_findings<'a>(
    earlier: impl Iterator<Item = &'a Arc<Finding>>,
    new: Vec<Arc<Finding>>,
) -> Vec<Arc<Finding>> {
    let mut merged = Vec::with_capacity(earlier.size_hint().1.unwrap_or_default() + new.len());
    let mut new = new.into_iter().peekable();
    for finding in earlier {
        let place = order_of(finding);
        merged.extend(std::iter::from_fn(|| {
            new.next_if(|new| order_of(new) < place)
        }));
        new.next_if(|new| new == finding);
        merged.push(Arc::clone(finding));
    }
    merged.extend(new);
    merged
}

/// Updates the positions of records that a shared value holds. Copies the value only if a position
/// changes.
fn move_along<T: PointsAtRecords>(shared: &mut Arc<T>, moves: &RecordMoves) {
    if shared.is_moved(moves) {
        let mut updated = (**shared).clone();
        updated.move_along(moves);
        *shared = Arc::new(updated);
    }
}
