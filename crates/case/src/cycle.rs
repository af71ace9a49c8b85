//! Builds a checked cycle from its tables.
//!
//! Nothing here opens a file: the caller passes the tables (from a folder, a ledger, a workbook)
//! with their names, as texts or as open files.

mod context;
mod evidence;
mod external_ratings;
mod features;
mod fields;
mod indicators;
mod judgements;
mod mapped;
mod markdown;
mod measure_records;
mod near_headings;
mod outcomes;
mod prose;
mod schemas;
mod value_cells;

use crate::files;
use crate::framework::FrameworkSource;
use crate::nearest::nearest;
use crate::organisations::BodyTables;
use crate::places::{Places, counts_lines};
use crate::problem::{Place, Problem, Problems};
use crate::problem_collector::ProblemCollector;
use context::Context;
use indicators::Indicators;
pub use indicators::KnownIndicator;
use jiff::civil::Date;
use mapped::GivenFiles;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;
use wcc_core::delegation::FunctionEffect;
use wcc_core::framework::Names;
use wcc_core::outcome::OutcomeDefinition;
use wcc_core::record::{ChosenOutcome, EvidenceFact};
use wcc_core::reliance::carry_over;
use wcc_core::{
    BodyIndex, BodyKind, CheckedCycle, Cycle, CycleError, Framework, Organisations, RecordId,
};

/// Names of the tables and texts of a cycle, in the order in which they are read.
pub const TABLES: [&str; 15] = [
    schemas::EVIDENCE.file,
    schemas::EXTERNAL_RATINGS.file,
    schemas::JUDGEMENTS.file,
    schemas::RATIONALES,
    schemas::SURVEY.file,
    schemas::CRITERIA.file,
    schemas::ANSWERS.file,
    schemas::OUTCOMES.file,
    schemas::OUTCOME_VALUES.file,
    schemas::COMMENTARY,
    schemas::RECOMMENDATIONS.file,
    schemas::STATEMENTS.file,
    schemas::INDICATORS.file,
    schemas::INDICATOR_VALUES.file,
    mapped::FILE,
];

/// The name of a published file that [`INDICATOR_FILES`] has read, whatever it is called.
pub const MAPPED: &str = "a published file";

/// The file that says how published files are read.
pub const INDICATOR_FILES: &str = mapped::FILE;

/// The names of the published files, in the same folder, that an `indicator_files.toml` names.
pub fn published_files(indicator_files: &[u8]) -> Vec<String> {
    mapped::names_of_files(indicator_files)
}

/// The settings of a cycle, beside its tables.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Identifier: `south-staffordshire/2009-10`.
    pub id: String,
    /// The title as printed.
    pub title: String,
    /// The date on which memberships and delegations are read.
    pub as_of: Date,
    /// The notice that every output shows if figures are invented.
    pub illustrative: Option<String>,
    /// The rule book.
    pub framework: Arc<Framework>,
    /// The bodies.
    pub organisations: Arc<Organisations>,
    /// The local outcomes that plugins declare.
    pub local_outcomes: Arc<[OutcomeDefinition]>,
    /// The indicators that are defined elsewhere, such as in the ledger.
    pub indicators: Vec<KnownIndicator>,
    /// The PCTs to assure; `None` for every PCT that a table names and every member of a cluster
    /// that a table names.
    pub pcts: Option<Vec<BodyIndex>>,
    /// The evidence of earlier cycles, which this one can carry over.
    pub earlier: Vec<EarlierEvidence>,
    /// The outcomes that are recorded already, for tables that give only a part of them.
    pub recorded: RecordedOutcomes,
    /// Which of the published files that `indicator_files.toml` names must be given.
    pub published: PublishedFiles,
}

/// Which of the published files that `indicator_files.toml` names must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishedFiles {
    /// All of them: the files of a case.
    All,
    /// Any of them: the files of an import. The others are not read.
    Any,
}

/// The outcomes that a ledger has, for tables that give only a part of them. Years without a row
/// keep their values.
#[derive(Clone, Debug, Default)]
pub struct RecordedOutcomes {
    /// The outcomes, in the positions of the cycle's framework and bodies.
    pub list: Vec<ChosenOutcome>,
    /// Whether an empty cell of a row in `outcomes.csv` leaves what is recorded as it is.
    pub fill_cells: bool,
}

/// The evidence of an earlier cycle, as a later one can carry it over.
#[derive(Clone, Debug)]
pub struct EarlierEvidence {
    /// Identifier of the earlier cycle.
    pub cycle: String,
    /// Its items, in the codes of the later cycle's framework.
    pub items: Vec<EvidenceFact>,
}

impl EarlierEvidence {
    /// The evidence of a cycle, for a later one under a framework.
    pub fn of(earlier: &Cycle, framework: &Framework) -> EarlierEvidence {
        let items = earlier.records.evidence.iter();
        EarlierEvidence {
            cycle: earlier.id.clone(),
            items: items
                .map(|item| carry_over(item, earlier, framework))
                .collect(),
        }
    }
}

/// A table or text of a cycle, not yet parsed.
#[derive(Clone, Debug)]
pub struct CycleTable {
    /// The kind of table: one of [`TABLES`], or [`MAPPED`].
    pub name: &'static str,
    /// Its name in problems and places: `2009-10/judgements.csv`.
    pub file: String,
    /// CSV, Markdown or TOML.
    pub content: TableContent,
}

/// The content of a table.
#[derive(Clone, Debug)]
pub enum TableContent {
    /// In memory.
    Bytes(Vec<u8>),
    /// An open file. A large table is read from it block by block.
    File(Arc<File>),
}

impl From<Vec<u8>> for TableContent {
    fn from(bytes: Vec<u8>) -> TableContent {
        TableContent::Bytes(bytes)
    }
}

impl From<String> for TableContent {
    fn from(text: String) -> TableContent {
        TableContent::Bytes(text.into_bytes())
    }
}

impl From<File> for TableContent {
    fn from(file: File) -> TableContent {
        TableContent::File(Arc::new(file))
    }
}

impl CycleTable {
    /// All of its bytes.
    pub(crate) fn bytes(&self) -> Result<Cow<'_, [u8]>, Problems> {
        match &self.content {
            TableContent::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            TableContent::File(file) => {
                let limit = files::table_limit(self.name);
                self.rewind(file)?;
                files::read_open(file, &self.file, limit).map(Cow::Owned)
            }
        }
    }

    /// Its bytes, from the first on.
    fn reader(&self) -> Result<Box<dyn Read + '_>, Problems> {
        match &self.content {
            TableContent::Bytes(bytes) => Ok(Box::new(bytes.as_slice())),
            TableContent::File(file) => {
                self.rewind(file)?;
                Ok(Box::new(&**file))
            }
        }
    }

    fn rewind(&self, mut file: &File) -> Result<(), Problems> {
        file.rewind().map_err(|error| {
            Problem::of_file(&*self.file, format!("cannot be read: {error}")).into()
        })
    }
}

/// A cycle that was read and checked.
#[derive(Clone, Debug)]
pub struct ReadCycle {
    /// The records, checked.
    pub cycle: CheckedCycle,
    /// The place of each record.
    pub places: Places,
    /// The rows of the values of outcomes.
    value_rows: outcomes::ValueRows,
    /// The position of last year's cycle among the cycles of the case, if it is one of them.
    pub previous: Option<usize>,
    /// Input that is allowed but probably a mistake.
    pub warnings: Problems,
    /// The texts that its rule book and bodies were read from, if they come from files.
    pub books: Option<Books>,
}

impl ReadCycle {
    /// The file and row of a value of an outcome, counted from 0 in the order of its years; `None` if
    /// no row gives it.
    pub fn place_of_value(&self, outcome: RecordId, value: usize) -> Option<(&str, u32)> {
        let row = self.value_rows.get(&outcome)?.get(value)?;
        self.places.locate(*row)
    }
}

/// The texts that a cycle's rule book and bodies were read from.
#[derive(Clone, Debug)]
pub struct Books {
    /// The framework file.
    pub framework: FrameworkSource,
    /// The tables of bodies.
    pub organisations: BodyTables,
}

/// Builds a cycle from its tables, given in any order.
///
/// # Errors
/// All problems of the tables.
pub fn build(settings: &Settings, tables: &[CycleTable]) -> Result<ReadCycle, Problems> {
    let collector = ProblemCollector::default();
    let mut reading = Reading {
        context: Context::new(settings, &collector),
        cycle: empty(settings),
        outcomes: outcomes::Outcomes::beside(&settings.recorded),
        published: GivenFiles {
            names: Vec::new(),
            required: settings.published,
        },
        indicators: Indicators::knowing(&settings.indicators),
        files: Vec::new(),
        next: 0,
    };
    let of_kind = |name: &'static str| tables.iter().filter(move |table| table.name == name);
    reading.published.names = of_kind(MAPPED)
        .map(|table| base_name(&table.file))
        .collect();
    for name in TABLES.into_iter().chain([MAPPED]) {
        for table in of_kind(name) {
            reading.read(table);
        }
    }
    let Reading {
        context,
        mut cycle,
        mut outcomes,
        mut indicators,
        files,
        ..
    } = reading;
    let places = Places::Files(files);
    cycle.records.outcomes = std::mem::take(&mut outcomes.list).into();
    cycle.records.indicators = indicators.finish().into();
    cycle.pcts = match &settings.pcts {
        Some(pcts) => pcts.clone(),
        None => scope(settings, &context),
    };
    if settings.pcts.is_some() {
        cycle.remove_left_out();
    }
    let names = cycle.framework.words.names;
    let recorded = settings.recorded.list.iter();
    let recorded: BTreeSet<&str> = recorded.map(|outcome| &*outcome.outcome).collect();
    let checked = match cycle.check_beside(&|id| recorded.contains(id)) {
        Ok(cycle) => Some(cycle),
        Err(errors) => {
            // An outcome that is not there may be one that could not be read.
            let missing = |error: &CycleError| error.rule() == "known-outcome";
            let outcomes_broken = context.is_broken(schemas::OUTCOMES.file);
            for error in errors {
                if !(outcomes_broken && missing(&error)) {
                    collector.add(|| problem(&error, &places, (&outcomes, &indicators), names));
                }
            }
            None
        }
    };
    if let Some(cycle) = &checked {
        features::warn_of_mistyped(cycle, &context.warnings);
    }
    let value_rows = outcomes.take_value_rows();
    let warnings = context.warnings.into_problems();
    collector.into_result(checked.map(|cycle| ReadCycle {
        cycle,
        places,
        value_rows,
        previous: None,
        books: None,
        warnings,
    }))
}

/// A cycle during the reading of its tables.
struct Reading<'a> {
    context: Context<'a>,
    cycle: Cycle,
    outcomes: outcomes::Outcomes<'a>,
    indicators: Indicators,
    /// The names of the published files that are given.
    published: GivenFiles<'a>,
    /// The files that were read, with their first numbers.
    files: Vec<(u32, String)>,
    /// The first number of the next file.
    next: u32,
}

impl Reading<'_> {
    fn read(&mut self, table: &CycleTable) {
        let problems = self.context.collector.count();
        self.context.start(&table.file, self.next);
        let last = self.rows(table).unwrap_or_else(|problems| {
            self.context.collector.extend(problems);
            1
        });
        if table.name == schemas::OUTCOMES.file {
            let chosen = self.outcomes.list.iter();
            let chosen = chosen.map(|chosen| chosen.outcome.clone());
            self.context.outcomes.extend(chosen);
        }
        if self.context.collector.count() > problems {
            self.context.set_broken(table.name);
        }
        self.files.push((self.next, table.file.clone()));
        self.next = self.next.saturating_add(last).saturating_add(1);
    }

    /// Reads the rows of a table. Returns the number of the last one.
    fn rows(&mut self, table: &CycleTable) -> Result<u32, Problems> {
        let (context, cycle) = (&mut self.context, &mut self.cycle);
        if table.name == schemas::INDICATOR_VALUES.file {
            return Ok(self.indicators.values(context, table.reader()?));
        }
        if table.name == MAPPED {
            let name = base_name(&table.file);
            return Ok(mapped::read(
                context,
                table.reader()?,
                name,
                &mut self.indicators,
            ));
        }
        let bytes = table.bytes()?;
        let bytes = &*bytes;
        Ok(match table.name {
            name if name == schemas::EVIDENCE.file => evidence::evidence(context, bytes, cycle),
            name if name == schemas::EXTERNAL_RATINGS.file => {
                external_ratings::external_ratings(context, bytes, cycle)
            }
            name if name == schemas::JUDGEMENTS.file => {
                judgements::judgements(context, bytes, cycle)
            }
            name if name == schemas::RATIONALES => prose::rationales(context, bytes, cycle),
            name if name == schemas::SURVEY.file => measure_records::surveys(context, bytes, cycle),
            name if name == schemas::CRITERIA.file => {
                measure_records::criteria(context, bytes, cycle)
            }
            name if name == schemas::ANSWERS.file => {
                measure_records::answers(context, bytes, cycle)
            }
            name if name == schemas::OUTCOMES.file => self.outcomes.rows(context, bytes),
            name if name == schemas::OUTCOME_VALUES.file => self.outcomes.values(context, bytes),
            name if name == schemas::INDICATORS.file => {
                let outcomes = &self.outcomes;
                self.indicators.definitions(context, outcomes, bytes)
            }
            mapped::FILE => {
                mapped::mapping(context, bytes, &mut self.indicators, &self.published);
                1
            }
            name if name == schemas::COMMENTARY => prose::commentary(context, bytes, cycle),
            name if name == schemas::RECOMMENDATIONS.file => {
                prose::recommendations(context, bytes, cycle)
            }
            _ => prose::statements(context, bytes, cycle),
        })
    }
}

/// The name of a file without its folders.
fn base_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn empty(settings: &Settings) -> Cycle {
    let (framework, organisations) = (&settings.framework, &settings.organisations);
    Cycle {
        title: settings.title.clone(),
        as_of: settings.as_of,
        illustrative: settings.illustrative.clone(),
        ..Cycle::empty(
            settings.id.clone(),
            Arc::clone(framework),
            Arc::clone(organisations),
        )
    }
}

/// Every PCT that a table names, every member of a cluster that a table names, and every PCT that
/// delegates to a function that a table names, if the judgements on the function stand for it.
fn scope(settings: &Settings, context: &Context<'_>) -> Vec<BodyIndex> {
    let organisations = &settings.organisations;
    let mut pcts = Vec::new();
    for body in context.named() {
        let entry = organisations.body(body);
        match entry.kind {
            BodyKind::Pct => pcts.push(body),
            BodyKind::Cluster => pcts.extend(organisations.members_of(body, settings.as_of)),
            BodyKind::Function if entry.work.effect == FunctionEffect::Judgement => {
                pcts.extend(organisations.delegators_of(body, settings.as_of));
            }
            BodyKind::Function | BodyKind::Sha => {}
        }
    }
    pcts.sort_unstable();
    pcts.dedup();
    pcts
}

/// What a record breaks, at its row and column.
fn problem(
    error: &CycleError,
    places: &Places,
    (outcomes, indicators): (&outcomes::Outcomes<'_>, &Indicators),
    names: Names,
) -> Problem {
    let (mut record, mut message) = (error.record(), error.to_string());
    let field = error.field();
    let field = field.map(|field| context::shown_column_of(field, names));
    let mut choice = None;
    if let CycleError::RuleViolation { broken, .. } = error {
        message.clone_from(&broken.message);
        choice = broken.choice.as_ref();
        if matches!(broken.field, "year" | "value" | "period")
            && let Some(item) = broken.item
        {
            let row = outcomes.row_of_value(record, item);
            let row = row.or_else(|| indicators.row_of_value(record, item));
            // Values are sorted by year, so the first of several for a year is the one before.
            let before = item
                .checked_sub(1)
                .filter(|_| broken.rule == "one-value-a-year");
            let before = before.and_then(|before| indicators.row_of_value(record, before));
            if let Some(place) = before.and_then(|before| places.place(before)) {
                message.push_str("; the first is in ");
                message.push_str(&place);
            }
            record = row.unwrap_or(record);
        }
    }
    let is_repeated_rating = error.rule() == "repeated" && is_rating(places, record);
    if is_repeated_rating {
        message = match error.first() {
            Some(first) if is_rating(places, first) => {
                "the same body, scheme and year are rated twice".to_owned()
            }
            _ => "other evidence has the identifier of this rating, SCHEME-YEAR-BODY".to_owned(),
        };
    }
    if let Some(place) = error.first().and_then(|first| places.place(first)) {
        message.push_str("; the first is in ");
        message.push_str(&place);
    }
    let mut problem = problem_at(places, record, field, message);
    if let (true, Some(Place::Row { row, .. })) = (is_repeated_rating, &problem.place) {
        // Ratings have no column `id`: theirs is made of these.
        let columns = &external_ratings::IDENTITY;
        problem.place = Some(Place::Cells { row: *row, columns });
    }
    Problem {
        rule: Some(error.rule()),
        ..match choice {
            Some(choice) => {
                let known = choice.known.iter().map(AsRef::as_ref);
                problem.nearest_to(nearest(&choice.given, known))
            }
            None => problem,
        }
    }
}

/// Whether a record was read from the table of external ratings.
fn is_rating(places: &Places, record: RecordId) -> bool {
    let file = places.locate(record).map(|(file, _)| base_name(file));
    file.is_some_and(|file| file.eq_ignore_ascii_case(schemas::EXTERNAL_RATINGS.file))
}

fn problem_at(places: &Places, record: RecordId, field: Option<&str>, message: String) -> Problem {
    let Some((file, row)) = places.locate(record) else {
        return Problem::of_file("the case", message);
    };
    if row == 0 {
        // No row is wrong: the problem follows from the date in case.toml.
        return Problem::of_file("case.toml", message).expecting("another `as_of`");
    }
    let place = if counts_lines(file) {
        Place::Line(row)
    } else {
        let column = field.map(str::to_owned);
        Place::Row { row, column }
    };
    Problem::at(file, place, message)
}
