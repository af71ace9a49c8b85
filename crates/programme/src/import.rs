//! The entries that imported tables make in a cycle of a ledger.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use wcc_case::cycle::{
    CycleTable, EarlierEvidence, KnownIndicator, PublishedFiles, ReadCycle, RecordedOutcomes,
};
use wcc_case::{Problems, Settings, nearest};
use wcc_core::framework::{Methods, Words};
use wcc_core::last_year::LeftOut;
use wcc_core::ledger::{CycleFact, Draft, Fact, Origin, Permission, State};
use wcc_core::outcome::YearValue;
use wcc_core::record::{ChosenOutcome, RecordFact, RecordKind};
use wcc_core::{Cycle, Framework, RecordId};
use wcc_csv_text::csv_text;

/// Name of the table that tells the reader what evidence the ledger has.
const EVIDENCE: &str = "evidence.csv";
/// Name of the table of ratings, which are evidence too.
const EXTERNAL_RATINGS: &str = "external_ratings.csv";
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
    /// Others changed the same records since the tables were made.
    #[error("{}", all_overtaken(.0))]
    Overtaken(Vec<Overtaken>),
}

/// A row whose record others have changed in the meantime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// Where it is written: file and row.
    pub origin: Option<Origin>,
    /// The entry of the others.
    pub entry: u32,
    /// Who entered it.
    pub by: Option<Box<str>>,
}

fn all_overtaken(rows: &[Overtaken]) -> String {
    let mut text = String::new();
    for row in rows {
        if let Some(origin) = &row.origin {
            text.push_str(&format!("{}, row {}: ", origin.file, origin.row));
        }
        let by = row.by.as_deref().unwrap_or("somebody");
        text.push_str(&format!(
            "{by} has changed this since the workbook was made (entry {})\n",
            row.entry
        ));
    }
    text.push_str("make a new workbook with `wcc template`, and enter your changes there");
    text
}

/// What imported tables were made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeFrom {
    /// From the cycle as it was after an entry. They show everything that was recorded, so an empty
    /// cell is meant.
    Entry(u32),
    /// From something else. What they leave open stays as it is recorded.
    Nothing,
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
    /// The values of an outcome that differ from those of the replaced entry, each with its row.
    pub values: Vec<ImportedValue>,
}

impl ImportedRecord {
    /// Whether it is an outcome that differs from the replaced entry by nothing but its values.
    pub fn has_only_values(&self) -> bool {
        let before = self.replaces.as_ref().map(|(_, before)| before);
        differ_by_values_only(before, &self.record)
    }
}

/// A value of an outcome that an import changes.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedValue {
    /// Where it is written: file and row.
    pub origin: Option<Origin>,
    /// The column of the table that differs: `value`, `break`.
    pub column: &'static str,
    /// The value that is recorded for the year; `None` if there is none.
    pub before: Option<YearValue>,
    /// The value that the import gives.
    pub after: YearValue,
}

/// Imported tables, compared with what a cycle of the ledger has.
#[derive(Clone, Debug)]
pub struct Import {
    pub(crate) cycle: Box<str>,
    /// The description of the cycle, if it is opened before the records are entered.
    pub(crate) opens: Option<CycleFact>,
    /// What is new or changed, in the order of the tables.
    pub records: Vec<ImportedRecord>,
    /// What an earlier cycle has and this one does not take over.
    pub left_out: Vec<LeftOut>,
    /// The framework of the cycle.
    pub(crate) framework: Arc<Framework>,
    /// How many records the ledger has already.
    pub unchanged: usize,
    /// Input that is allowed but probably a mistake.
    pub warnings: Problems,
}

/// Where an import looks up cycles: a state of a ledger, or what an actor may see of it.
pub trait ImportSource {
    /// The last entry.
    fn last(&self) -> u32;
    /// Identifiers of the cycles.
    fn cycles(&self) -> Vec<String>;
    /// A cycle as of an entry; not checked.
    fn cycle(&self, id: &str, number: u32) -> Option<Cycle>;
}

impl ImportSource for State {
    fn last(&self) -> u32 {
        State::last(self)
    }

    fn cycles(&self) -> Vec<String> {
        self.cycles_at(State::last(self))
            .map(str::to_owned)
            .collect()
    }

    fn cycle(&self, id: &str, number: u32) -> Option<Cycle> {
        self.cycle_at(id, number).map(|(cycle, _)| cycle)
    }
}

impl ImportSource for Permission<'_> {
    fn last(&self) -> u32 {
        Permission::last(self)
    }

    fn cycles(&self) -> Vec<String> {
        Permission::cycles(self).map(str::to_owned).collect()
    }

    fn cycle(&self, id: &str, number: u32) -> Option<Cycle> {
        self.cycle_at(id, number)
    }
}

/// What tables are compared with, copied from a ledger so that it is not held while they are read.
#[derive(Clone, Debug)]
pub struct ImportBasis {
    cycle: Cycle,
    /// The cycle that the tables were made from.
    before: Option<Cycle>,
    /// The cycles with an earlier day, in the order of their days.
    earlier: Vec<Cycle>,
    made: MadeFrom,
}

impl ImportBasis {
    /// Copies a cycle, and what an import of it needs.
    ///
    /// # Errors
    /// There is no such cycle.
    pub fn of(
        source: &impl ImportSource,
        id: &str,
        made: MadeFrom,
    ) -> Result<ImportBasis, ImportError> {
        ImportBasis::at(source, id, made, source.last())
    }

    /// Copies a cycle as it was after an entry, and what an import of it needed then.
    ///
    /// # Errors
    /// There was no such cycle.
    pub fn at(
        source: &impl ImportSource,
        id: &str,
        made: MadeFrom,
        last: u32,
    ) -> Result<ImportBasis, ImportError> {
        let Some(cycle) = source.cycle(id, last) else {
            let cycles = source.cycles();
            return Err(ImportError::NoCycle {
                given: id.to_owned(),
                nearest: nearest(id, cycles.iter().map(String::as_str)).map(str::to_owned),
            });
        };
        let before = match made {
            MadeFrom::Entry(entry) => source.cycle(id, entry.min(last)),
            MadeFrom::Nothing => None,
        };
        let others = source.cycles();
        let others = others.iter().filter_map(|other| source.cycle(other, last));
        let mut earlier: Vec<Cycle> = others.filter(|other| other.as_of < cycle.as_of).collect();
        earlier.sort_by_key(|earlier| earlier.as_of);
        Ok(ImportBasis {
            cycle,
            before,
            earlier,
            made,
        })
    }
}

impl Import {
    /// Reads tables and compares them with a cycle. A table that the import lacks, and a record that
    /// its tables lack, stay as they are. `author` says who made an entry.
    ///
    /// # Errors
    /// The tables have errors, or a record was changed by others since the tables were made.
    pub fn read(
        basis: &ImportBasis,
        tables: impl FnOnce(&Framework) -> Vec<CycleTable>,
        author: &dyn Fn(u32) -> Option<Box<str>>,
    ) -> Result<Import, ImportError> {
        let ImportBasis {
            cycle,
            before,
            earlier,
            made,
        } = basis;
        let made = *made;
        let recorded = cycle.records_in_codes();
        let mut tables = tables(&cycle.framework);
        if tables.iter().all(|table| table.name != EVIDENCE) {
            let has_ratings = tables.iter().any(|table| table.name == EXTERNAL_RATINGS);
            tables.push(evidence_of(&recorded, &cycle.framework.words, has_ratings));
        }
        let settings = Settings {
            earlier: earlier
                .iter()
                .map(|earlier| EarlierEvidence::of(earlier, &cycle.framework))
                .collect(),
            recorded: RecordedOutcomes {
                list: outcomes_before(before.as_ref(), cycle),
                fill_cells: made == MadeFrom::Nothing,
            },
            ..settings(cycle)
        };
        let read = wcc_case::cycle::build(&settings, &tables)?;
        let mut known = by_identity(recorded);
        let before = before
            .as_ref()
            .map(|cycle| by_identity(cycle.records_in_codes()));
        let mut import = Import {
            cycle: cycle.id.as_str().into(),
            opens: None,
            records: Vec::new(),
            left_out: Vec::new(),
            framework: Arc::clone(&cycle.framework),
            unchanged: 0,
            warnings: read.warnings.clone(),
        };
        let mut overtaken = Vec::new();
        for (record, mut fact) in read.cycle.records_in_codes() {
            let origin = read.places.locate(record);
            if origin.is_some_and(|(file, _)| file == RECORDED) {
                continue;
            }
            let mut origin = origin.map(to_origin);
            let identity = identity(&fact);
            let mut entries = known
                .get_mut(&identity)
                .filter(|entries| !entries.is_empty());
            // A workbook shows everything but documents; a table may lack columns.
            if let Some((_, current)) = entries.as_ref().and_then(|entries| entries.first())
                && (made == MadeFrom::Nothing || matches!(fact, RecordFact::Evidence(_)))
            {
                fact.complete_from(current);
            }
            let position = entries
                .as_ref()
                .and_then(|entries| entries.iter().position(|(_, known)| *known == fact));
            if let (Some(at), Some(entries)) = (position, &mut entries) {
                entries.remove(at);
                import.unchanged += 1;
                continue;
            }
            let untouched = before.as_ref().and_then(|before| before.get(&identity));
            if untouched.is_some_and(|versions| versions.iter().any(|(_, known)| *known == fact)) {
                import.unchanged += 1;
                continue;
            }
            let replaces = entries.map(|entries| entries.remove(0));
            if let (MadeFrom::Entry(made), Some((entry, _))) = (made, &replaces)
                && *entry > made
            {
                overtaken.push(Overtaken {
                    origin: origin.clone(),
                    entry: *entry,
                    by: author(*entry),
                });
            }
            let earlier = replaces.as_ref().map(|(_, earlier)| earlier);
            let values = changed_values(&read, record, earlier, &fact);
            if let Some(first) = values.first()
                && differ_by_values_only(earlier, &fact)
            {
                origin.clone_from(&first.origin);
            }
            import.records.push(ImportedRecord {
                origin,
                replaces,
                record: fact,
                values,
            });
        }
        if overtaken.is_empty() {
            Ok(import)
        } else {
            Err(ImportError::Overtaken(overtaken))
        }
    }

    /// Identifier of the cycle.
    pub fn cycle(&self) -> &str {
        &self.cycle
    }

    /// The methods of the cycle's framework.
    pub fn methods(&self) -> &Methods {
        &self.framework.methods
    }

    /// Whether the import makes exactly these entries, wherever they were written.
    pub fn makes(&self, drafts: &[Draft]) -> bool {
        let own = self.clone().into_drafts();
        let same = |(own, other): (&Draft, &Draft)| {
            own.fact == other.fact && own.supersedes == other.supersedes
        };
        own.len() == drafts.len() && own.iter().zip(drafts).all(same)
    }

    /// The drafts of what is new or changed.
    pub fn into_drafts(self) -> Vec<Draft> {
        let cycle = self.cycle;
        let opens = self.opens.map(|description| Draft {
            fact: Fact::Cycle(description),
            supersedes: None,
            origin: None,
        });
        let draft = |imported: ImportedRecord| Draft {
            fact: Fact::Record {
                cycle: cycle.clone(),
                record: imported.record,
            },
            supersedes: imported.replaces.map(|(entry, _)| entry),
            origin: imported.origin,
        };
        let records = self.records.into_iter().map(draft);
        opens.into_iter().chain(records).collect()
    }
}

fn to_origin((file, row): (&str, u32)) -> Origin {
    Origin {
        file: file.into(),
        row,
    }
}

/// The values of an outcome that differ from those of the record that it replaces.
fn changed_values(
    read: &ReadCycle,
    record: RecordId,
    before: Option<&RecordFact>,
    after: &RecordFact,
) -> Vec<ImportedValue> {
    let (Some(RecordFact::Outcome(before)), RecordFact::Outcome(after)) = (before, after) else {
        return Vec::new();
    };
    let values = after.values.iter().enumerate();
    let changed = values.filter_map(|(at, after)| {
        let mut before = before.values.iter();
        let before = before.find(|before| before.year == after.year).copied();
        if before.as_ref() == Some(after) {
            return None;
        }
        let same_figure = before.is_some_and(|before| before.value == after.value);
        Some(ImportedValue {
            origin: read.place_of_value(record, at).map(to_origin),
            column: if same_figure { "break" } else { "value" },
            before,
            after: *after,
        })
    });
    changed.collect()
}

/// Whether two versions of an outcome differ by nothing but their values.
fn differ_by_values_only(before: Option<&RecordFact>, after: &RecordFact) -> bool {
    let (Some(RecordFact::Outcome(before)), RecordFact::Outcome(after)) = (before, after) else {
        return false;
    };
    let mut before = before.clone();
    before.values.clone_from(&after.values);
    before == *after
}

/// The outcomes that tables complete: those of the cycle that the tables were made from, unless its
/// bodies were others.
fn outcomes_before(before: Option<&Cycle>, cycle: &Cycle) -> Vec<ChosenOutcome> {
    let same = |before: &&Cycle| Arc::ptr_eq(&before.organisations, &cycle.organisations);
    let before = before.filter(same).unwrap_or(cycle);
    before.records.outcomes.to_vec()
}

fn settings(cycle: &Cycle) -> Settings {
    Settings {
        earlier: Vec::new(),
        recorded: RecordedOutcomes::default(),
        published: PublishedFiles::Any,
        id: cycle.id.clone(),
        title: cycle.title.clone(),
        as_of: cycle.as_of,
        illustrative: cycle.illustrative.clone(),
        framework: Arc::clone(&cycle.framework),
        organisations: Arc::clone(&cycle.organisations),
        local_outcomes: Arc::from([]),
        indicators: defined_indicators(cycle),
        pcts: Some(cycle.pcts.clone()),
    }
}

/// The indicators that a cycle defines, so that imported tables need not define them again.
fn defined_indicators(cycle: &Cycle) -> Vec<KnownIndicator> {
    let defined = cycle.records.indicators.iter().filter_map(|series| {
        let definition = series.definition.clone()?;
        Some((series.indicator.clone(), definition))
    });
    let defined: BTreeMap<_, _> = defined.collect();
    let each = defined.into_iter().map(|(id, definition)| KnownIndicator {
        id,
        definition: Some(definition),
    });
    each.collect()
}

/// The evidence that a cycle has, so that imported tables can cite it; without ratings, if the
/// import has a table of those.
fn evidence_of(
    recorded: &[(RecordId, RecordFact)],
    words: &Words,
    has_ratings: bool,
) -> CycleTable {
    let mut rows = vec![["id", "body", "kind", "title"].map(str::to_owned)];
    for (_, fact) in recorded {
        if let RecordFact::Evidence(evidence) = fact
            && !(has_ratings && evidence.rating.is_some())
        {
            let (id, kind) = (evidence.id.to_string(), evidence.kind.file_word(words));
            rows.push([id.clone(), evidence.body.to_string(), kind, id]);
        }
    }
    CycleTable {
        name: EVIDENCE,
        file: RECORDED.to_owned(),
        content: csv_text(rows).into_bytes().into(),
    }
}

fn by_identity(records: Vec<(RecordId, RecordFact)>) -> HashMap<Identity, Vec<(u32, RecordFact)>> {
    let mut known: HashMap<Identity, Vec<(u32, RecordFact)>> = HashMap::new();
    for (record, fact) in records {
        let versions = known.entry(identity(&fact)).or_default();
        versions.push((record.0, fact));
    }
    known
}

/// What makes two records one record in two versions: its kind, and the values that a correction
/// leaves as they are.
type Identity = (RecordKind, Vec<Box<str>>);

fn identity(fact: &RecordFact) -> Identity {
    let mut values = vec![fact.body().into()];
    values.extend(fact.identity());
    (fact.kind(), values)
}
