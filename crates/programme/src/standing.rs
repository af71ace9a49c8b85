//! What a ledger said after an entry, ready to be assured.

use crate::assuring::{Earlier, Said};
use crate::revision::Configuration;
use crate::{AssuredCycle, Programme};
use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_case::Places;
use wcc_core::ledger::State;
use wcc_core::{CycleError, Framework, Organisations};

/// What stood after an entry.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Names the moment: no other ledger, and no other entry of this one, has the same.
    pub(crate) moment: String,
    pub(crate) frameworks: Vec<Arc<Framework>>,
    pub(crate) organisations: Option<Arc<Organisations>>,
    /// Cycles as they stood.
    pub(crate) cycles: Vec<Said>,
    /// Cycles of another picture that stood as they do there.
    pub(crate) as_before: Vec<Arc<AssuredCycle>>,
    /// What the other picture holds beside its cycles.
    pub(crate) configuration: Option<Arc<Configuration>>,
}

/// A picture of the same ledger after some entry, made with the same plugins.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The picture.
    pub programme: &'a Programme,
    /// The entry.
    pub entry: u32,
}

/// A cycle of a ledger that contradicts itself: an earlier version of this program let it in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cycle `{cycle}` of the ledger cannot be assured: {}", .errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct Contradiction {
    /// The cycle.
    pub cycle: String,
    /// What contradicts what.
    pub errors: Vec<CycleError>,
}

impl Standing {
    /// Gathers what stood after an entry.
    ///
    /// # Errors
    /// A cycle that contradicts itself.
    pub fn gather(state: &State, entry: u32) -> Result<Standing, Contradiction> {
        Standing::gather_beside(state, entry, None)
    }

    /// The same beside a picture of another moment, earlier or later. A cycle that no entry between
    /// the two is about, and whose last year's is unchanged as well, is taken from there; of the
    /// others it is found out what changed. So the work is that of what changed, however much the
    /// ledger has.
    ///
    /// # Errors
    /// A cycle that contradicts itself.
    pub fn gather_beside(
        state: &State,
        entry: u32,
        beside: Option<Beside<'_>>,
    ) -> Result<Standing, Contradiction> {
        let ids: Vec<&str> = state.cycles_at(entry).collect();
        let unchanged = beside.map(|beside| Unchanged::since(beside, entry, state));
        let (mut cycles, mut as_before) = (Vec::new(), Vec::new());
        for id in &ids {
            if let Some(assured) = unchanged.as_ref().and_then(|unchanged| unchanged.find(id)) {
                as_before.push(assured);
                continue;
            }
            let changed = beside.and_then(|beside| changed(state, id, entry, beside));
            match changed {
                Some(changed) => cycles.push(changed),
                None => cycles.extend(said(state, id, entry, &ids)?),
            }
        }
        let frameworks = state.frameworks_at(entry).into_iter();
        let mut organisations = state.organisations_at(entry).into_iter();
        Ok(Standing {
            moment: moment(state, entry),
            frameworks: frameworks
                .map(|(framework, _)| Arc::clone(framework))
                .collect(),
            organisations: organisations
                .find(|(_, tables)| tables.tables.iter().all(|table| table.shipped))
                .map(|(organisations, _)| Arc::clone(organisations)),
            cycles,
            as_before,
            configuration: beside.map(|beside| Arc::clone(&beside.programme.configuration)),
        })
    }
}

/// A cycle of another picture, and what changed in it since. `None` where it takes everything that
/// was said to say what it is by now.
fn changed(state: &State, id: &str, entry: u32, beside: Beside<'_>) -> Option<Said> {
    let assured = beside.programme.cycle(id)?;
    let changes = state.changes(id, beside.entry, entry)?;
    let (cycle, moves) = assured.cycle.after(&changes)?;
    let places = match &assured.places {
        Places::Entries(places)
            if beside.entry <= entry && !state.any_read_from_files(id, beside.entry, entry) =>
        {
            Places::Entries(Arc::clone(places))
        }
        _ => places(state, id, entry),
    };
    Some(Said {
        cycle,
        places,
        previous: assured.previous.clone(),
        earlier: Some(Earlier {
            assured: Arc::clone(assured),
            bodies: changes.bodies(),
            moves,
            has_outcomes: changes.has_outcomes(),
        }),
    })
}

/// What a cycle said after an entry.
fn said(state: &State, id: &str, entry: u32, ids: &[&str]) -> Result<Option<Said>, Contradiction> {
    let Some((cycle, fact)) = state.cycle_at(id, entry) else {
        return Ok(None);
    };
    let previous = fact.previous.as_deref().filter(|id| ids.contains(id));
    let previous = previous.map(str::to_owned);
    match cycle.check_entered() {
        Ok(cycle) => Ok(Some(Said {
            cycle,
            places: places(state, id, entry),
            previous,
            earlier: None,
        })),
        Err(errors) => Err(Contradiction {
            cycle: id.to_owned(),
            errors,
        }),
    }
}

/// The cycles that are as they are in another picture.
struct Unchanged<'a> {
    programme: &'a Programme,
    /// Those that an entry between the two moments is about.
    touched: BTreeSet<&'a str>,
}

impl<'a> Unchanged<'a> {
    fn since(beside: Beside<'a>, entry: u32, state: &'a State) -> Unchanged<'a> {
        let between = entry.min(beside.entry) + 1..=entry.max(beside.entry);
        Unchanged {
            programme: beside.programme,
            touched: between.filter_map(|one| state.cycle_of(one)).collect(),
        }
    }

    fn find(&self, id: &str) -> Option<Arc<AssuredCycle>> {
        let assured = self.programme.cycle(id)?;
        let mut years = self.back_from(assured);
        years
            .all(|one| self.is_unchanged(one))
            .then(|| Arc::clone(assured))
    }

    fn is_unchanged(&self, assured: &AssuredCycle) -> bool {
        // A plugin that failed may do better this time.
        let mut runs = assured.assurance.plugins.iter();
        !self.touched.contains(&*assured.cycle.id) && runs.all(|run| run.result.is_ok())
    }

    /// A cycle, last year's, the one before that.
    fn back_from(&self, assured: &'a AssuredCycle) -> impl Iterator<Item = &'a AssuredCycle> {
        let programme = self.programme;
        let years = std::iter::successors(Some(assured), move |one| {
            programme.cycle(one.previous.as_deref()?).map(|one| &**one)
        });
        // No chain is longer, unless it bites its tail.
        years.take(programme.cycles.len())
    }
}

/// The entry with the times of the first and of this one, to the microsecond.
fn moment(state: &State, entry: u32) -> String {
    let at = |number| state.entry(number).map(|note| note.at);
    format!("{:?} {entry} {:?}", at(1), at(entry))
}

/// Where each record of a cycle was written.
fn places(state: &State, id: &str, entry: u32) -> Places {
    Places::Entries(state.read_from_files(id, entry).into())
}
