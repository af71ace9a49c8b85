//! Assures cycles with the plugins of their regions.

use crate::{AssuredCycle, revision};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use wcc_case::{Case, Places};
use wcc_core::record::RecordMoves;
use wcc_core::{
    Assurance, BodyIndex, Change, CheckedCycle, LastYear, PluginRun, Reassurance, assure,
    assure_again, assure_some, is_same_for_next_year, touched_by,
};
use wcc_host::{EarlierRuns, Patience, PendingRuns, Plugins};

/// A cycle that must be assured.
#[derive(Clone, Debug)]
pub(crate) struct CycleInput {
    pub(crate) cycle: CheckedCycle,
    pub(crate) places: Places,
    /// Identifier of last year's cycle.
    pub(crate) previous: Option<String>,
    /// The cycle before a change, if it is known.
    pub(crate) earlier: Option<Earlier>,
}

/// A cycle before a change, and the change.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) assured: Arc<AssuredCycle>,
    /// The bodies of records that were added or removed.
    pub(crate) bodies: BTreeSet<BodyIndex>,
    pub(crate) moves: RecordMoves,
    /// Whether any outcome was added or removed.
    pub(crate) has_outcomes: bool,
}

/// The cycles of a case.
pub(crate) fn cycle_inputs(case: Case) -> Vec<CycleInput> {
    let ids: Vec<String> = case.cycles.iter().map(|one| one.cycle.id.clone()).collect();
    let inputs = case.cycles.into_iter().map(|read| CycleInput {
        previous: read.previous.and_then(|at| ids.get(at).cloned()),
        cycle: read.cycle,
        places: read.places,
        earlier: None,
    });
    inputs.collect()
}

/// A cycle whose plugins have received their requests.
struct PendingCycle<'a> {
    input: CycleInput,
    /// The assurance without plugins, or, after a change, with their earlier answers. Its results are
    /// final, because plugins do not change results.
    base: Assurance,
    /// The bodies whose results may have changed; `None` if all may.
    changed: Option<BTreeSet<BodyIndex>>,
    runs: PendingRuns<'a>,
}

impl PendingCycle<'_> {
    /// The bodies of the next year's cycle for which it takes over other results of last year than
    /// before; `None` if it may for all.
    fn changed_in(&self, next: &CheckedCycle) -> Option<BTreeSet<BodyIndex>> {
        let (now, then) = (&next.organisations, &self.input.cycle.organisations);
        let before = &self.input.earlier.as_ref()?.assured.assurance;
        let changed = self.changed.as_ref()?.iter();
        let changed = changed.filter(|body| !is_same_for_next_year(before, &self.base, **body));
        let found = changed.filter_map(|body| now.find(&then.body(*body).code));
        Some(found.collect())
    }
}

/// Assures cycles and adds them to those that are already assured. Last year's cycle is assured
/// before the cycle that refers to it.
///
/// Each is assured twice: without plugins, to compute the results that are sent to plugins, and then
/// with the answers. All requests are sent before any answer is awaited. Plugins cannot change
/// results, so the requests of this year do not depend on last year's answers.
///
/// If a cycle was assured before a change, unaffected parts are reused, and plugins whose requests
/// do not change are not called.
pub(crate) async fn assure_each(
    assured: Vec<Arc<AssuredCycle>>,
    mut inputs: Vec<CycleInput>,
    plugins: &Plugins,
    patience: Patience,
) -> Vec<Arc<AssuredCycle>> {
    inputs.sort_by_key(|input| input.cycle.as_of);
    let mut pending: Vec<PendingCycle<'_>> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let previous = input.previous.as_deref();
        let pending_year = pending
            .iter()
            .find(|year| Some(&*year.input.cycle.id) == previous);
        let last_year = pending_year.map(|year| LastYear {
            cycle: &year.input.cycle,
            assurance: &year.base,
        });
        let last_year = last_year.or_else(|| last_year_of(&assured, previous));
        let changed_last_year = match pending_year {
            Some(year) => year.changed_in(&input.cycle),
            None => Some(BTreeSet::new()),
        };
        pending.push(ask(input, last_year, changed_last_year, plugins, patience));
    }
    let until = patience.begin();
    let mut cycles = assured;
    for PendingCycle {
        input,
        base,
        changed,
        runs,
    } in pending
    {
        let runs = runs.runs(&input.cycle, until).await;
        let last_year = last_year_of(&cycles, input.previous.as_deref());
        let assurance = finish(&input, base, changed.is_some(), runs, last_year);
        let before = input.earlier.as_ref().map(|earlier| &*earlier.assured);
        cycles.push(Arc::new(AssuredCycle {
            runs: revision::digests_of(&assurance.plugins, before),
            cycle: input.cycle,
            assurance,
            previous: input.previous,
            places: input.places,
            citations: OnceLock::new(),
            indicators: OnceLock::new(),
        }));
    }
    cycles
}

/// Assures cycles without plugins and adds them to those that are already assured.
pub(crate) fn assure_without_plugins(
    assured: Vec<Arc<AssuredCycle>>,
    mut inputs: Vec<CycleInput>,
) -> Vec<Arc<AssuredCycle>> {
    inputs.sort_by_key(|input| input.cycle.as_of);
    let mut cycles = assured;
    for input in inputs {
        let last_year = last_year_of(&cycles, input.previous.as_deref());
        let assurance = assure(&input.cycle, Vec::new(), last_year);
        let assured = AssuredCycle::new(input.cycle, assurance, input.previous, input.places);
        cycles.push(Arc::new(assured));
    }
    cycles
}

/// Assures a cycle without plugins, and sends the requests to its plugins. `changed_last_year` has the
/// bodies whose last year's results may have changed.
fn ask<'a>(
    input: CycleInput,
    last_year: Option<LastYear<'_>>,
    changed_last_year: Option<BTreeSet<BodyIndex>>,
    plugins: &'a Plugins,
    patience: Patience,
) -> PendingCycle<'a> {
    let cycle = &input.cycle;
    if let (Some(earlier), Some(mut bodies)) = (&input.earlier, changed_last_year) {
        bodies.extend(&earlier.bodies);
        let before = &earlier.assured.assurance;
        let changed = Change {
            bodies: &bodies,
            moves: &earlier.moves,
            has_outcomes: earlier.has_outcomes,
        };
        let changed_records = Change {
            bodies: &earlier.bodies,
            ..changed
        };
        let touched = touched_by(cycle, changed).zip(touched_by(cycle, changed_records));
        if let Some((touched, with_changed_records)) = touched {
            let earlier = EarlierRuns {
                runs: &before.plugins,
                changed: &touched,
                with_changed_records: &with_changed_records,
            };
            let base = |sent: &BTreeSet<BodyIndex>| assure_some(cycle, sent, last_year);
            // First, so that they answer while the cycle is assured.
            let runs = plugins.ask_again(cycle, earlier, base, patience);
            let Reassurance { assurance, bodies } =
                assure_again(cycle, before, changed, before.plugins.clone(), last_year);
            return PendingCycle {
                runs,
                base: assurance,
                changed: bodies,
                input,
            };
        }
    }
    let base = assure(cycle, Vec::new(), last_year);
    PendingCycle {
        runs: plugins.ask(cycle, &base, patience),
        base,
        changed: None,
        input,
    }
}

/// Assures a cycle with the answers of its plugins. `again` means that `base` comes from an earlier
/// assurance, with the earlier answers.
fn finish(
    input: &CycleInput,
    base: Assurance,
    again: bool,
    runs: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    if again {
        let runs = known_runs(runs, &base.plugins);
        let mut pairs = runs.iter().zip(&base.plugins);
        let is_same =
            runs.len() == base.plugins.len() && pairs.all(|(run, before)| Arc::ptr_eq(run, before));
        if is_same {
            return base;
        }
        let changed = Change {
            bodies: &BTreeSet::new(),
            moves: &RecordMoves::default(),
            has_outcomes: false,
        };
        return assure_again(&input.cycle, &base, changed, runs, last_year).assurance;
    }
    if runs.is_empty() && last_year.is_none_or(|old| old.assurance.plugins.is_empty()) {
        return base;
    }
    assure(&input.cycle, runs, last_year)
}

/// Runs of plugins, with the earlier one instead of one that is equal: then nothing that follows from it
/// is computed again.
fn known_runs(runs: Vec<Arc<PluginRun>>, earlier: &[Arc<PluginRun>]) -> Vec<Arc<PluginRun>> {
    let runs = runs.into_iter().map(|run| {
        let mut earlier = earlier.iter();
        let known = earlier.find(|known| **known == run);
        known.map_or(run, Arc::clone)
    });
    runs.collect()
}

/// Returns last year's cycle, if it is assured.
fn last_year_of<'a>(
    cycles: &'a [Arc<AssuredCycle>],
    previous: Option<&str>,
) -> Option<LastYear<'a>> {
    let assured = cycles.iter().find(|one| Some(&*one.cycle.id) == previous)?;
    Some(LastYear {
        cycle: &assured.cycle,
        assurance: &assured.assurance,
    })
}
