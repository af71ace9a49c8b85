//! The cycles of a ledger as of an entry, ready to be assured.

use crate::assuring::{CycleInput, Earlier};
use crate::revision::Configuration;
use crate::{AssuredCycle, NotAssuredCycle, Programme};
use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_case::Places;
use wcc_core::ledger::State;
use wcc_core::{CycleError, Framework, Organisations, RecordId};

/// The cycles, rule books and bodies as of an entry.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Identifies the moment: unique for each ledger and entry.
    pub(crate) moment: String,
    pub(crate) frameworks: Vec<Arc<Framework>>,
    pub(crate) organisations: Option<Arc<Organisations>>,
    /// Cycles that must be assured.
    pub(crate) cycles: Vec<CycleInput>,
    /// Unchanged cycles of the other programme.
    pub(crate) as_before: Vec<Arc<AssuredCycle>>,
    /// Cycles whose records contradict each other.
    pub(crate) not_assured: Vec<Arc<NotAssuredCycle>>,
    /// The parts of the other programme that do not depend on cycles.
    pub(crate) configuration: Option<Arc<Configuration>>,
}

/// A programme of the same ledger as of another entry, assured with the same plugins.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// The entry.
    pub entry: u32,
}

impl Standing {
    /// Gathers the state as of an entry.
    pub fn gather(state: &State, entry: u32) -> Standing {
        Standing::gather_beside(state, entry, None)
    }

    /// Gathers the state as of an entry, starting from a programme of an earlier or later moment. A
    /// cycle is taken from there if no entry between the two concerns it or its last year's cycle. For
    /// the others, the changes are determined. So the work depends on the changes, and not on the size
    /// of the ledger.
    pub fn gather_beside(state: &State, entry: u32, beside: Option<Beside<'_>>) -> Standing {
        let ids: Vec<&str> = state.cycles_at(entry).collect();
        let unchanged = beside.map(|beside| Unchanged::since(beside, entry, state));
        let (mut cycles, mut as_before) = (Vec::new(), Vec::new());
        let mut not_assured = Vec::new();
        for id in &ids {
            if let Some(unchanged) = &unchanged {
                if let Some(assured) = unchanged.find(id) {
                    as_before.push(assured);
                    continue;
                }
                if let Some(cycle) = unchanged.find_not_assured(id) {
                    not_assured.push(cycle);
                    continue;
                }
            }
            let changed = beside.and_then(|beside| changed(state, id, entry, beside));
            match changed.map(Ok).or_else(|| said(state, id, entry, &ids)) {
                Some(Ok(said)) => cycles.push(said),
                Some(Err(cycle)) => not_assured.push(cycle),
                None => {}
            }
        }
        // If a cycle is no longer assured, or is assured again, every result of the cycle that
        // refers to it may change.
        let then = beside.map_or(&[][..], |beside| &beside.programme.not_assured);
        for said in &mut cycles {
            let mut all = not_assured.iter().chain(then);
            if all.any(|cycle| Some(&cycle.cycle.id) == said.previous.as_ref()) {
                said.earlier = None;
            }
        }
        let frameworks = state.frameworks_at(entry).into_iter();
        let mut organisations = state.organisations_at(entry).into_iter();
        Standing {
            moment: moment(state, entry),
            frameworks: frameworks
                .map(|(framework, _)| Arc::clone(framework))
                .collect(),
            organisations: organisations
                .find(|(_, tables)| tables.tables.iter().all(|table| table.shipped))
                .map(|(organisations, _)| Arc::clone(organisations)),
            cycles,
            as_before,
            not_assured,
            configuration: beside.map(|beside| Arc::clone(&beside.programme.configuration)),
        }
    }
}

/// A cycle of the other programme with its changes. `None` if all of its records must be read.
fn changed(state: &State, id: &str, entry: u32, beside: Beside<'_>) -> Option<CycleInput> {
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
    Some(CycleInput {
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

/// Returns a cycle as of an entry, or why it cannot be assured. `None` if it was not open yet.
fn said(
    state: &State,
    id: &str,
    entry: u32,
    ids: &[&str],
) -> Option<Result<CycleInput, Arc<NotAssuredCycle>>> {
    let (cycle, fact) = state.cycle_at(id, entry)?;
    let previous = fact.previous.as_deref().filter(|id| ids.contains(id));
    let previous = previous.map(str::to_owned);
    let places = places(state, id, entry);
    if let Some(book) = state.unread_book_of(id, entry) {
        let errors = vec![CycleError::UnreadBook {
            record: RecordId(book.entry),
            what: book.what,
            id: book.id.to_string(),
            problem: book.problem.to_string(),
        }];
        return Some(Err(Arc::new(NotAssuredCycle {
            cycle,
            errors,
            previous,
            places,
        })));
    }
    Some(match cycle.check_entered() {
        Ok(cycle) => Ok(CycleInput {
            cycle,
            places,
            previous,
            earlier: None,
        }),
        Err(errors) => Err(Arc::new(NotAssuredCycle {
            cycle: state.cycle_at(id, entry)?.0,
            errors,
            previous,
            places,
        })),
    })
}

/// Finds the cycles that are the same in another programme.
struct Unchanged<'a> {
    programme: &'a Programme,
    /// The cycles that an entry between the two moments concerns.
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

    /// Whether a cycle that is not assured is unchanged: only its own records can change that.
    fn find_not_assured(&self, id: &str) -> Option<Arc<NotAssuredCycle>> {
        let cycle = self.programme.not_assured(id)?;
        (!self.touched.contains(id)).then(|| Arc::clone(cycle))
    }

    fn is_unchanged(&self, assured: &AssuredCycle) -> bool {
        // A plugin that failed may succeed now.
        let mut runs = assured.assurance.plugins.iter();
        // Last year's may not be among the assured cycles.
        let mut years = [Some(&*assured.cycle.id), assured.previous.as_deref()]
            .into_iter()
            .flatten();
        !years.any(|id| self.touched.contains(id)) && runs.all(|run| run.result.is_ok())
    }

    /// Returns a cycle and its chain of previous cycles.
    fn back_from(&self, assured: &'a AssuredCycle) -> impl Iterator<Item = &'a AssuredCycle> {
        let programme = self.programme;
        let years = std::iter::successors(Some(assured), move |one| {
            programme.cycle(one.previous.as_deref()?).map(|one| &**one)
        });
        // A longer chain would be circular.
        years.take(programme.cycles.len())
    }
}

/// The entry with the times of the first and of this one, to the microsecond.
fn moment(state: &State, entry: u32) -> String {
    let at = |number| state.entry(number).map(|note| note.at);
    format!("{:?} {entry} {:?}", at(1), at(entry))
}

/// The source of each record of a cycle.
fn places(state: &State, id: &str, entry: u32) -> Places {
    Places::Entries(state.read_from_files(id, entry).into())
}
