//! From what was said in cycles to what follows, with the plugins that speak for their bodies.

use crate::{AssuredCycle, revision};
use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_case::{Case, Places};
use wcc_core::record::RecordMoves;
use wcc_core::{
    Assurance, BodyIndex, Change, CheckedCycle, LastYear, PluginRun, Reassurance, assure,
    assure_again, assure_some,
};
use wcc_host::{EarlierRuns, Patience, PendingRuns, Plugins};

/// A cycle that is still to be assured.
#[derive(Clone, Debug)]
pub(crate) struct CycleInput {
    pub(crate) cycle: CheckedCycle,
    pub(crate) places: Places,
    /// Identifier of last year's cycle.
    pub(crate) previous: Option<String>,
    /// What it was before a change, if that is known.
    pub(crate) earlier: Option<Earlier>,
}

/// A cycle before a change, and what changed.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) assured: Arc<AssuredCycle>,
    /// The bodies that something is recorded about which came or went.
    pub(crate) bodies: BTreeSet<BodyIndex>,
    pub(crate) moves: RecordMoves,
    /// Whether any outcome came or went.
    pub(crate) has_outcomes: bool,
}

/// The cycles of a case.
pub(crate) fn cycle_inputs(case: Case) -> Vec<CycleInput> {
    let ids: Vec<String> = case.cycles.iter().map(|one| one.cycle.id.clone()).collect();
    let said = case.cycles.into_iter().map(|read| CycleInput {
        previous: read.previous.and_then(|at| ids.get(at).cloned()),
        cycle: read.cycle,
        places: read.places,
        earlier: None,
    });
    said.collect()
}

/// A cycle whose plugins were asked.
struct AskedCycle<'a> {
    said: CycleInput,
    /// What follows without plugins; where it was assured before a change, with what they said
    /// then. Its results are those that it will have: no plugin reaches a result.
    base: Assurance,
    /// Whose results may be others than before; `None` where all may be.
    changed: Option<BTreeSet<BodyIndex>>,
    asked: PendingRuns<'a>,
}

impl AskedCycle<'_> {
    /// The bodies of the next year's cycle whose last year's results may be others than before.
    fn changed_in(&self, next: &CheckedCycle) -> Option<BTreeSet<BodyIndex>> {
        let (now, then) = (&next.organisations, &self.said.cycle.organisations);
        let changed = self.changed.as_ref()?.iter();
        let found = changed.filter_map(|body| now.find(&then.body(*body).code));
        Some(found.collect())
    }
}

/// Assures cycles beside those that are assured. Last year's is assured before the one that looks
/// back on it.
///
/// Each is assured twice: without plugins, for the results that plugins are shown, then with what
/// they say. All plugins are asked about all cycles before any answer is waited for. A plugin
/// cannot reach a result, so what this year's is shown does not wait for last year's.
///
/// Of a cycle that was assured before a change, what the change does not touch is taken over, and
/// plugins that are shown nothing that changed are not asked.
pub(crate) async fn assure_each(
    assured: Vec<Arc<AssuredCycle>>,
    mut said: Vec<CycleInput>,
    plugins: &Plugins,
    patience: Patience,
) -> Vec<Arc<AssuredCycle>> {
    said.sort_by_key(|one| one.cycle.as_of);
    let mut asked: Vec<AskedCycle<'_>> = Vec::with_capacity(said.len());
    for one in said {
        let previous = one.previous.as_deref();
        let of_now = asked
            .iter()
            .find(|old| Some(&*old.said.cycle.id) == previous);
        let last_year = of_now.map(|old| LastYear {
            cycle: &old.said.cycle,
            assurance: &old.base,
        });
        let last_year = last_year.or_else(|| last_year_of(&assured, previous));
        let last_years = match of_now {
            Some(old) => old.changed_in(&one.cycle),
            None => Some(BTreeSet::new()),
        };
        asked.push(ask(one, last_year, last_years, plugins, patience));
    }
    let until = patience.begin();
    let mut cycles = assured;
    for one in asked {
        let runs = one.asked.runs(&one.said.cycle, until).await;
        let last_year = last_year_of(&cycles, one.said.previous.as_deref());
        let assurance = finish(&one.said, one.base, one.changed.is_some(), runs, last_year);
        let before = one.said.earlier.as_ref().map(|earlier| &*earlier.assured);
        cycles.push(Arc::new(AssuredCycle {
            runs: revision::digests_of(&assurance.plugins, before),
            cycle: one.said.cycle,
            assurance,
            previous: one.said.previous,
            places: one.said.places,
        }));
    }
    cycles
}

/// Assures cycles beside those that are assured, without plugins.
pub(crate) fn assure_without_plugins(
    assured: Vec<Arc<AssuredCycle>>,
    mut said: Vec<CycleInput>,
) -> Vec<Arc<AssuredCycle>> {
    said.sort_by_key(|one| one.cycle.as_of);
    let mut cycles = assured;
    for one in said {
        let last_year = last_year_of(&cycles, one.previous.as_deref());
        let assurance = assure(&one.cycle, Vec::new(), last_year);
        let assured = AssuredCycle::new(one.cycle, assurance, one.previous, one.places);
        cycles.push(Arc::new(assured));
    }
    cycles
}

/// Assures a cycle as far as that needs no plugin's answer, and asks the plugins. `last_years` are
/// the bodies whose last year's results may be others than before.
fn ask<'a>(
    said: CycleInput,
    last_year: Option<LastYear<'_>>,
    last_years: Option<BTreeSet<BodyIndex>>,
    plugins: &'a Plugins,
    patience: Patience,
) -> AskedCycle<'a> {
    let cycle = &said.cycle;
    if let (Some(earlier), Some(mut bodies)) = (&said.earlier, last_years) {
        bodies.extend(&earlier.bodies);
        let before = &earlier.assured.assurance;
        let changed = Change {
            bodies: &bodies,
            moves: &earlier.moves,
            has_outcomes: earlier.has_outcomes,
        };
        let again = assure_again(cycle, before, changed, before.plugins.clone(), last_year);
        if let Reassurance {
            assurance,
            bodies: Some(bodies),
        } = again
        {
            let earlier = EarlierRuns {
                runs: &before.plugins,
                changed: &bodies,
            };
            let base = |sent: &BTreeSet<BodyIndex>| assure_some(cycle, sent, last_year);
            return AskedCycle {
                asked: plugins.ask_again(cycle, earlier, base, patience),
                base: assurance,
                changed: Some(bodies),
                said,
            };
        }
    }
    let base = assure(cycle, Vec::new(), last_year);
    AskedCycle {
        asked: plugins.ask(cycle, &base, patience),
        base,
        changed: None,
        said,
    }
}

/// Assures a cycle with what its plugins say. `again` tells that `base` was made of an earlier
/// assurance, with what the plugins said then.
fn finish(
    said: &CycleInput,
    base: Assurance,
    again: bool,
    runs: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    if again {
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
        return assure_again(&said.cycle, &base, changed, runs, last_year).assurance;
    }
    if runs.is_empty() && last_year.is_none_or(|old| old.assurance.plugins.is_empty()) {
        return base;
    }
    assure(&said.cycle, runs, last_year)
}

/// Last year's cycle, of those that are assured.
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
