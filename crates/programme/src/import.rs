//! The entries that imported tables make in a cycle of a ledger.

use std::collections::HashMap;
use std::sync::Arc;
use wcc_case::cycle::CycleTable;
use wcc_case::{Problems, Settings, nearest};
use wcc_core::framework::Words;
use wcc_core::ledger::{Draft, Fact, Origin, State};
use wcc_core::record::{RecordFact, RecordKind};
use wcc_core::{Cycle, Framework, RecordId};

/// Name of the table that tells the reader what evidence the ledger has.
const EVIDENCE: &str = "evidence.csv";
/// The place of what the ledger has, which no message shows.
const RECORDED: &str = "the ledger";

/// Why tables cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The ledger has no such cycle.
    #[error("there is no cycle `{given}` in the ledger{}", nearest.as_ref().map_or(String::new(), |near| format!(": did you mean `{near}`?")))]
    NoCycle {
        /// The given identifier.
        given: String,
        /// The nearest existing identifier.
        nearest: Option<String>,
    },
    /// The tables have errors.
    #[error("{}", .0.to_string().trim_end())]
    Tables(#[from] Problems),
}

/// A record of imported tables that the ledger does not have as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedRecord {
    /// Where it is written: file and row.
    pub origin: Option<Origin>,
    /// The entry that it replaces, with its record.
    pub replaces: Option<(u32, RecordFact)>,
    /// The record.
    pub record: RecordFact,
}

/// Imported tables, compared with what a cycle of the ledger has.
#[derive(Clone, Debug)]
pub struct Import {
    cycle: Box<str>,
    /// What is new or changed, in the order of the tables.
    pub records: Vec<ImportedRecord>,
    /// How many records the ledger has already.
    pub unchanged: usize,
    /// Input that is allowed but probably a mistake.
    pub warnings: Problems,
}

impl Import {
    /// Reads tables and compares them with a cycle of a state. A table that the import lacks, and a
    /// record that its tables lack, stay as they are.
    ///
    /// # Errors
    /// There is no such cycle, or the tables have errors.
    pub fn read(
        state: &State,
        id: &str,
        tables: impl FnOnce(&Framework) -> Vec<CycleTable>,
    ) -> Result<Import, ImportError> {
        let last = state.last();
        let Some((cycle, _)) = state.cycle_at(id, last) else {
            return Err(ImportError::NoCycle {
                given: id.to_owned(),
                nearest: nearest(id, state.cycles_at(last)).map(str::to_owned),
            });
        };
        let recorded = cycle.records_in_codes();
        let mut tables = tables(&cycle.framework);
        if tables.iter().all(|table| table.name != EVIDENCE) {
            tables.push(evidence_of(&recorded, &cycle.framework.words));
        }
        let read = wcc_case::cycle::build(&settings(&cycle), &tables)?;
        let mut known: HashMap<Identity, Vec<(u32, RecordFact)>> = HashMap::new();
        for (record, fact) in recorded {
            let entries = known.entry(identity(&fact)).or_default();
            entries.push((record.0, fact));
        }
        let mut records = Vec::new();
        let mut unchanged = 0;
        for (record, fact) in read.cycle.records_in_codes() {
            let origin = read.places.locate(record);
            if origin.is_some_and(|(file, _)| file == RECORDED) {
                continue;
            }
            let origin = origin.map(|(file, row)| Origin {
                file: file.into(),
                row,
            });
            let mut entries = known.get_mut(&identity(&fact));
            let same = |entries: &&mut Vec<(u32, RecordFact)>| {
                entries.iter().position(|(_, known)| *known == fact)
            };
            if let Some(at) = entries.as_ref().and_then(same)
                && let Some(entries) = &mut entries
            {
                entries.remove(at);
                unchanged += 1;
                continue;
            }
            let replaces = entries.filter(|entries| !entries.is_empty());
            records.push(ImportedRecord {
                origin,
                replaces: replaces.map(|entries| entries.remove(0)),
                record: fact,
            });
        }
        Ok(Import {
            cycle: id.into(),
            records,
            unchanged,
            warnings: read.warnings,
        })
    }

    /// The drafts of what is new or changed.
    pub fn drafts(&self) -> Vec<Draft> {
        let draft = |imported: &ImportedRecord| Draft {
            fact: Fact::Record {
                cycle: self.cycle.clone(),
                record: imported.record.clone(),
            },
            supersedes: imported.replaces.as_ref().map(|(entry, _)| *entry),
            origin: imported.origin.clone(),
        };
        self.records.iter().map(draft).collect()
    }
}

fn settings(cycle: &Cycle) -> Settings {
    Settings {
        id: cycle.id.clone(),
        title: cycle.title.clone(),
        as_of: cycle.as_of,
        illustrative: cycle.illustrative.clone(),
        framework: Arc::clone(&cycle.framework),
        organisations: Arc::clone(&cycle.organisations),
        local_outcomes: Arc::from([]),
        pcts: Some(cycle.pcts.clone()),
    }
}

/// The evidence that a cycle has, so that imported tables can cite it.
fn evidence_of(recorded: &[(RecordId, RecordFact)], words: &Words) -> CycleTable {
    let mut csv = "id,body,kind,title\n".to_owned();
    for (_, fact) in recorded {
        if let RecordFact::Evidence(evidence) = fact {
            let (id, body, kind) = (&evidence.id, &evidence.body, evidence.kind.file_word(words));
            csv.push_str(&format!("{id},{body},{kind},{id}\n"));
        }
    }
    CycleTable {
        name: EVIDENCE,
        file: RECORDED.to_owned(),
        bytes: csv.into_bytes(),
    }
}

/// What makes two records one record in two versions: its kind, and the values that a correction
/// leaves as they are.
type Identity = (RecordKind, Vec<Box<str>>);

fn identity(fact: &RecordFact) -> Identity {
    let mut values = vec![fact.body().into()];
    values.extend(fact.identity());
    (fact.kind(), values)
}
