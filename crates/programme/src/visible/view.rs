//! A programme without what is hidden from an actor.

use super::tables::Tables;
use super::{HiddenInCycle, Visibility, indices};
use crate::assuring::{CycleInput, Earlier, assure_each, assure_without_plugins};
use crate::revision::ViewDigests;
use crate::{AssuredCycle, NotAssuredCycle, Programme};
use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_core::cycle::CycleChanges;
use wcc_host::Patience;

/// The visible part of a cycle with its inputs, so that the next view with the same visibility need
/// not assure it again.
#[derive(Clone, Debug)]
struct SeenCycle {
    /// The whole cycle, and last year's if it is visible.
    whole: Arc<AssuredCycle>,
    last_year: Option<Arc<AssuredCycle>>,
    seen: Arc<AssuredCycle>,
}

/// A programme without the objects that are hidden from an actor.
///
/// Cycles with hidden objects are assured again without them, with their plugins. So every figure
/// that is computed across bodies (averages, counts, placings, searches, findings) is the same as if
/// the hidden bodies had never existed. After an entry, a view continues the one before: what the entry
/// did not touch is taken over, as in the whole programme.
#[derive(Clone, Debug)]
pub struct ProgrammeView {
    /// The visible part.
    pub programme: Programme,
    cycles: Vec<SeenCycle>,
    tables: Tables,
    digests: ViewDigests,
}

impl ProgrammeView {
    /// Builds the visible part of a programme. `before` is the view of an earlier programme with the
    /// same visibility, from which unchanged cycles are taken.
    pub async fn new(
        programme: &Programme,
        visibility: &Visibility,
        before: Option<&ProgrammeView>,
    ) -> ProgrammeView {
        if visibility.hides_nothing() {
            return ProgrammeView {
                programme: programme.clone(),
                cycles: Vec::new(),
                tables: Tables::default(),
                digests: ViewDigests::default(),
            };
        }
        let mut tables = Tables::beside(before.map(|view| &view.tables));
        let (mut kept, mut again, mut known) = (Vec::new(), Vec::new(), Vec::new());
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        let nothing = HiddenInCycle::default();
        let hidden_in = |id: &str| visibility.in_cycles.get(id).unwrap_or(&nothing);
        let mut not_assured = Vec::new();
        for whole in &programme.not_assured {
            let (cycle, hidden) = (&whole.cycle, hidden_in(&whole.cycle.id));
            if visibility.cycles.contains(cycle.id.as_str()) {
                changed.insert(&cycle.id);
                continue;
            }
            if hidden.is_empty() {
                not_assured.push(Arc::clone(whole));
                continue;
            }
            changed.insert(&cycle.id);
            let absent = hidden.in_tables(&cycle.organisations);
            let organisations = tables.without(&cycle.organisations, &absent.bodies);
            let previous = whole.previous.as_deref();
            let previous = previous.filter(|id| visibility.shows_cycle(programme, id));
            let previous = previous.map(str::to_owned);
            let (seen, places) = (cycle.without(&absent, organisations), whole.places.clone());
            // The contradiction may be hidden.
            match seen.clone().check_entered() {
                Ok(cycle) => again.push(CycleInput {
                    cycle,
                    places,
                    previous,
                    earlier: None,
                }),
                Err(errors) => not_assured.push(Arc::new(NotAssuredCycle {
                    cycle: seen,
                    errors,
                    previous,
                    places,
                })),
            }
        }
        let mut in_time: Vec<&Arc<AssuredCycle>> = programme.cycles.iter().collect();
        // Last year's cycle is read before the cycle that refers to it.
        in_time.sort_by_key(|assured| assured.cycle.as_of);
        for assured in in_time {
            let cycle = &assured.cycle;
            if visibility.cycles.contains(cycle.id.as_str()) {
                changed.insert(&cycle.id);
                continue;
            }
            let hidden = hidden_in(&cycle.id);
            let last_year = assured.previous.as_deref();
            let last_year_changed = last_year.is_some_and(|previous| changed.contains(previous));
            if hidden.is_empty() && !last_year_changed {
                kept.push(Arc::clone(assured));
                continue;
            }
            changed.insert(&cycle.id);
            let previous = last_year.filter(|id| visibility.shows_cycle(programme, id));
            let last_year = previous.and_then(|id| programme.cycle(id));
            // Last year's cycle may be assured only in this view, which is not kept.
            let comparable = previous.is_none() || last_year.is_some();
            let before = before.filter(|_| comparable);
            let earlier = before.and_then(|view| view.same(assured, last_year));
            if let Some(earlier) = earlier {
                tables.reuse(&earlier.seen.cycle.organisations);
                kept.push(Arc::clone(&earlier.seen));
                known.push(earlier.clone());
                continue;
            }
            let absent = hidden.in_tables(&cycle.organisations);
            let organisations = tables.without(&cycle.organisations, &absent.bodies);
            let input = CycleInput {
                cycle: cycle.without(&absent, organisations),
                places: assured.places.clone(),
                previous: previous.map(str::to_owned),
                earlier: None,
            };
            again.push(match before.filter(|view| view.precedes(programme)) {
                Some(view) => view.continued(input, &kept),
                None => input,
            });
        }
        let assured_again: BTreeSet<String> =
            again.iter().map(|input| input.cycle.id.clone()).collect();
        let mut cycles = match &programme.basis.plugins {
            Some(plugins) => assure_each(kept, again, plugins, Patience::UntilAnswered).await,
            None => assure_without_plugins(kept, again),
        };
        cycles.sort_by(|one, other| one.cycle.id.cmp(&other.cycle.id));
        for seen in cycles
            .iter()
            .filter(|one| assured_again.contains(&one.cycle.id))
        {
            let last_year = seen.previous.as_deref();
            known.extend(programme.cycle(&seen.cycle.id).map(|whole| SeenCycle {
                whole: Arc::clone(whole),
                last_year: last_year.and_then(|id| programme.cycle(id)).cloned(),
                seen: Arc::clone(seen),
            }));
        }
        let absent = indices(&programme.organisations, &visibility.in_tables);
        let mut view = Programme {
            revision: String::new(),
            frameworks: frameworks_of(programme, &cycles, &not_assured),
            organisations: tables.without(&programme.organisations, &absent),
            plugins: Arc::clone(&programme.plugins),
            configuration: Arc::clone(&programme.configuration),
            basis: programme.basis.clone(),
            cycles,
            not_assured,
        };
        let digests = ViewDigests::of(&view, before.map(|before| &before.digests));
        view.revision = digests.revision(&view);
        ProgrammeView {
            programme: view,
            cycles: known,
            tables: tables.in_use(),
            digests,
        }
    }

    /// Whether this view is of a programme with the same frameworks and plugins as another one.
    fn precedes(&self, programme: &Programme) -> bool {
        Arc::ptr_eq(&self.programme.configuration, &programme.configuration)
    }

    /// The visible part of a cycle as the continuation of its part in this view, if only records
    /// differ and last year's cycle, unless it is continued as well, is the same. `kept` has the cycles
    /// of the next view that are assured already.
    fn continued(&self, input: CycleInput, kept: &[Arc<AssuredCycle>]) -> CycleInput {
        let id = &input.cycle.id;
        let mut cycles = self.cycles.iter().map(|cycle| &cycle.seen);
        let Some(assured) = cycles.find(|seen| seen.cycle.id == *id) else {
            return input;
        };
        let last_year = |cycles: &[Arc<AssuredCycle>]| {
            let id = input.previous.as_deref()?;
            let mut cycles = cycles.iter();
            cycles.find(|one| one.cycle.id == id).cloned()
        };
        let is_same_year = match (last_year(&self.programme.cycles), last_year(kept)) {
            (Some(then), Some(now)) => Arc::ptr_eq(&then, &now),
            (None, Some(_)) => false,
            // If it is assured again, that says what changed.
            (_, None) => true,
        };
        if assured.previous != input.previous || !is_same_year {
            return input;
        }
        let Some(changes) = CycleChanges::between(&assured.cycle, &input.cycle) else {
            return input;
        };
        let Some((cycle, moves)) = assured.cycle.after(&changes) else {
            return input;
        };
        CycleInput {
            cycle,
            earlier: Some(Earlier {
                assured: Arc::clone(assured),
                bodies: changes.bodies(),
                moves,
                has_outcomes: changes.has_outcomes(),
            }),
            ..input
        }
    }

    /// Returns the visible part of a cycle from the earlier view, if neither the cycle nor last
    /// year's has changed.
    fn same(
        &self,
        whole: &Arc<AssuredCycle>,
        last_year: Option<&Arc<AssuredCycle>>,
    ) -> Option<&SeenCycle> {
        let same_year = |earlier: &SeenCycle| match (&earlier.last_year, last_year) {
            (Some(then), Some(now)) => Arc::ptr_eq(then, now),
            (None, None) => true,
            _ => false,
        };
        let mut cycles = self.cycles.iter();
        let earlier = cycles.find(|one| Arc::ptr_eq(&one.whole, whole))?;
        // A plugin that failed may succeed now.
        let mut runs = earlier.seen.assurance.plugins.iter();
        let checked = runs.all(|run| run.result.is_ok());
        (checked && same_year(earlier)).then_some(earlier)
    }
}

/// Returns the visible frameworks: those of the configuration and those of visible cycles.
fn frameworks_of(
    programme: &Programme,
    seen: &[Arc<AssuredCycle>],
    seen_not_assured: &[Arc<NotAssuredCycle>],
) -> Vec<Arc<wcc_core::Framework>> {
    let uses = |cycles: &[Arc<AssuredCycle>], not_assured: &[Arc<NotAssuredCycle>], id: &str| {
        cycles.iter().any(|one| one.cycle.framework.id == id)
            || not_assured.iter().any(|one| one.cycle.framework.id == id)
    };
    let is_seen = |framework: &&Arc<wcc_core::Framework>| {
        programme.basis.configured.contains(&framework.id)
            || uses(seen, seen_not_assured, &framework.id)
            || !uses(&programme.cycles, &programme.not_assured, &framework.id)
    };
    programme
        .frameworks
        .iter()
        .filter(is_seen)
        .cloned()
        .collect()
}
