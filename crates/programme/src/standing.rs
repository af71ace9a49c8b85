//! What a ledger said after an entry, ready to be assured.

use std::collections::BTreeMap;
use std::sync::Arc;
use wcc_case::{Case, Places, Problems, ReadCycle};
use wcc_core::ledger::State;
use wcc_core::{Cycle, CycleError, Framework, Organisations};

/// What stood after an entry.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Names the moment: no other ledger, and no other entry of this one, has the same.
    pub(crate) moment: String,
    pub(crate) frameworks: Vec<Arc<Framework>>,
    pub(crate) organisations: Option<Arc<Organisations>>,
    pub(crate) case: Case,
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
        let ids: Vec<&str> = state.cycles_at(entry).collect();
        let mut cycles = Vec::with_capacity(ids.len());
        for id in &ids {
            let Some((cycle, fact)) = state.cycle_at(id, entry) else {
                continue;
            };
            let places = places(&cycle, state);
            let checked = cycle.check().map_err(|errors| Contradiction {
                cycle: (*id).to_owned(),
                errors,
            })?;
            cycles.push(ReadCycle {
                cycle: checked,
                places,
                previous: fact
                    .previous
                    .as_ref()
                    .and_then(|previous| ids.iter().position(|id| *id == &**previous)),
                books: None,
                warnings: Problems::default(),
            });
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
            case: Case {
                id: "ledger".to_owned(),
                title: "Ledger".to_owned(),
                source: None,
                illustrative: None,
                cycles,
            },
        })
    }
}

/// The entry with the times of the first and of this one, to the microsecond.
fn moment(state: &State, entry: u32) -> String {
    let at = |number| state.entry(number).map(|note| note.at);
    format!("{:?} {entry} {:?}", at(1), at(entry))
}

/// Where each record of a cycle was written.
fn places(cycle: &Cycle, state: &State) -> Places {
    let judgements = cycle.judgements.iter().map(|one| one.record);
    let records = judgements
        .chain(cycle.evidence.iter().map(|one| one.record))
        .chain(cycle.surveys.iter().map(|one| one.record))
        .chain(cycle.criteria.iter().map(|one| one.record))
        .chain(cycle.outcomes.iter().map(|one| one.record))
        .chain(cycle.answers.iter().map(|one| one.record))
        .chain(cycle.commentary.iter().map(|one| one.record))
        .chain(cycle.recommendations.iter().map(|one| one.record))
        .chain(cycle.statements.iter().map(|one| one.record));
    let mut entries = BTreeMap::new();
    for record in records {
        if let Some((file, row)) = state.written_before(record.0) {
            entries.insert(record.0, (file, row));
        }
    }
    Places::Entries(entries)
}
