//! The entries of a case for a ledger.

use std::collections::BTreeSet;
use wcc_case::organisations::BodyTables;
use wcc_case::{Books, Case, ReadCycle};
use wcc_core::RecordId;
use wcc_core::ledger::{
    CycleFact, Draft, Fact, FrameworkText, OrganisationTable, OrganisationTables, Origin, State,
};

/// The identifier of the shipped bodies in cycles.
const SHIPPED: &str = "shipped";

/// Why a case cannot be entered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnterError {
    /// The ledger already has a cycle of the case.
    #[error(
        "the ledger already has the cycle `{cycle}` (entry {entry}): what is new is recorded in \
         it, not loaded over it"
    )]
    Opened {
        /// The cycle.
        cycle: String,
        /// Its current entry.
        entry: u32,
    },
    /// The cycle was not read from files, so the text of its rule book is missing.
    #[error("the cycle `{0}` was not read from files")]
    WithoutBooks(String),
    /// A table of bodies that is not text.
    #[error("the table {0} is not UTF-8")]
    NotText(String),
}

/// Returns the entries of a case that follow those of a state: new rule books and bodies, then each
/// cycle with its records. Every entry has the file and row of its source.
///
/// # Errors
/// Why the case cannot be entered.
pub fn entries_of(case: &Case, state: &State) -> Result<Vec<Draft>, EnterError> {
    let mut entering = Entering {
        state,
        drafts: Vec::new(),
        entered: BTreeSet::new(),
    };
    let mut order: Vec<&ReadCycle> = case.cycles.iter().collect();
    // Last year's cycle comes before the cycle that refers to it.
    order.sort_by_key(|read| read.cycle.as_of);
    for read in order {
        let previous = read.previous.and_then(|at| case.cycles.get(at));
        entering.cycle(read, previous)?;
    }
    Ok(entering.drafts)
}

struct Entering<'a> {
    state: &'a State,
    drafts: Vec<Draft>,
    /// New rule books and sets of bodies of this case.
    entered: BTreeSet<String>,
}

impl Entering<'_> {
    fn cycle(&mut self, read: &ReadCycle, previous: Option<&ReadCycle>) -> Result<(), EnterError> {
        let cycle = &read.cycle;
        if let Some(entry) = self.state.cycle_entry(&cycle.id) {
            return Err(EnterError::Opened {
                cycle: cycle.id.clone(),
                entry,
            });
        }
        let without_books = || EnterError::WithoutBooks(cycle.id.clone());
        let books = read.books.as_ref().ok_or_else(without_books)?;
        self.framework(&cycle.framework.id, books);
        let organisations = self.organisations(&cycle.id, &books.organisations)?;
        let pcts = cycle.pcts.iter();
        let review = cycle.framework.own_review();
        self.drafts.push(Draft::from(Fact::Cycle(CycleFact {
            id: cycle.id.as_str().into(),
            title: cycle.title.as_str().into(),
            as_of: cycle.as_of,
            illustrative: cycle.illustrative.as_deref().map(Into::into),
            framework: cycle.framework.id.as_str().into(),
            organisations: organisations.into(),
            pcts: pcts
                .map(|pct| cycle.organisations.body(*pct).code.as_str().into())
                .collect(),
            previous: previous.map(|read| read.cycle.id.as_str().into()),
            review: review.map(|review| review.id.as_str().into()),
        })));
        for (record, said) in cycle.records_in_codes() {
            self.drafts.push(Draft {
                fact: Fact::Record {
                    cycle: cycle.id.as_str().into(),
                    record: said,
                },
                supersedes: None,
                origin: origin(read, record),
            });
        }
        Ok(())
    }

    fn framework(&mut self, id: &str, books: &Books) {
        let latest = self.state.frameworks_at(self.state.last());
        let mut latest = latest.into_iter();
        let source = &books.framework;
        let same = latest.any(|(_, known)| {
            *known.id == *id && *known.text == *source.text && known.format == source.format
        });
        if same || !self.entered.insert(format!("framework {id}")) {
            return;
        }
        self.drafts.push(Draft {
            supersedes: self.state.framework_entry(id),
            ..Draft::from(Fact::Framework(FrameworkText {
                id: id.into(),
                format: source.format,
                text: (&*source.text).into(),
            }))
        });
    }

    /// Enters a set of bodies if it is new; returns its identifier.
    fn organisations(&mut self, cycle: &str, tables: &BodyTables) -> Result<String, EnterError> {
        let own = tables.each().any(|(_, table)| !table.shipped);
        let id = if own { cycle } else { SHIPPED };
        let tables = OrganisationTables {
            id: id.into(),
            format: BodyTables::FORMAT,
            tables: in_words(tables)?,
        };
        let latest = self.state.organisations_at(self.state.last());
        let same = latest.into_iter().any(|(_, known)| *known == tables);
        if !same && self.entered.insert(format!("bodies {id}")) {
            self.drafts.push(Draft {
                supersedes: self.state.organisations_entry(id),
                ..Draft::from(Fact::Organisations(tables))
            });
        }
        Ok(id.to_owned())
    }
}

pub(crate) fn in_words(tables: &BodyTables) -> Result<Vec<OrganisationTable>, EnterError> {
    let each = tables.each().map(|(name, table)| {
        let text = std::str::from_utf8(&table.bytes);
        let text = text.map_err(|_| EnterError::NotText(table.file.clone()))?;
        Ok(OrganisationTable {
            name: name.into(),
            file: table.file.as_str().into(),
            shipped: table.shipped,
            text: text.into(),
        })
    });
    each.collect()
}

fn origin(read: &ReadCycle, record: RecordId) -> Option<Origin> {
    let (file, row) = read.places.locate(record)?;
    Some(Origin {
        file: file.into(),
        row,
    })
}
