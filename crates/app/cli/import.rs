//! `wcc import`: reads a filled workbook or a table into a cycle of the ledger, or a whole ledger
//! from a bundle.

mod panel_report;
mod tables;

use super::ledger::shortened;
use super::{Failure, bundle, print};
use crate::settings::Settings;
use crate::{contained, ledger_access, load};
use std::path::{Path, PathBuf};
use tables::is_table;
use wcc_case::cycle::CycleTable;
use wcc_core::Framework;
use wcc_core::actor::Actor;
use wcc_core::framework::Methods;
use wcc_core::outcome::YearValue;
use wcc_core::record::RecordFact;
use wcc_core::words::number;
use wcc_ledger::{Hash, Ledger, Request};
use wcc_programme::{Import, ImportBasis, ImportError, ImportedRecord, ImportedValue, MadeFrom};
use wcc_workbook::{FileKind, FilledWorkbook};

/// Read a filled workbook or a table into the ledger, or a bundle into an empty one
///
/// A workbook (.xlsx, .ods) made with `wcc template`, tables of a case (judgements.csv,
/// outcomes.csv outcome_values.csv, ...), or published files of indicators with the
/// indicator_files.toml beside them (name the published files, or indicator_files.toml for all that
/// it names):
/// shows what would change in the cycle, and with --apply records it, all or nothing. What the
/// ledger has already is left alone, so importing twice changes nothing.
///
/// A bundle written by `wcc export` or `wcc backup`: reads all of its entries into an empty ledger,
/// or none. Its documents go into the document store of the settings; documents that are neither in
/// the bundle nor in the store are reported, here and by `wcc verify`.
///
/// `wcc import panel-report` reads a published panel report into a case folder.
#[derive(clap::Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    document: Option<Document>,
    /// The workbook or bundle, or tables and published files of one cycle
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Documents that become a case folder.
#[derive(clap::Subcommand)]
enum Document {
    PanelReport(panel_report::Arguments),
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    let Command {
        document,
        files,
        options,
    } = command;
    let mut files = files.into_iter();
    match (document, files.next()) {
        (Some(Document::PanelReport(arguments)), None) if options == Options::default() => {
            panel_report::run(&arguments, settings)
        }
        // Not left to the parser, for which `--config`, an option of all commands, is one of these too.
        (Some(Document::PanelReport(_)), _) => Err(Failure::usage(
            "`panel-report` has its own options: expected `wcc import panel-report FILE [OPTIONS]`",
        )),
        (None, Some(file)) => {
            let arguments = Arguments {
                file,
                more: files.collect(),
                options,
            };
            import_files(arguments, settings).await
        }
        (None, None) => Err(Failure::usage(
            "nothing to import: name a workbook, a table or a bundle, as in `wcc import FILE`",
        )),
    }
}

/// What is read into the ledger, and how.
struct Arguments {
    file: PathBuf,
    /// More tables of the same cycle.
    more: Vec<PathBuf>,
    options: Options,
}

#[derive(clap::Args, PartialEq)]
struct Options {
    /// Record the changes, instead of only showing them
    #[arg(long)]
    apply: bool,
    /// The cycle of a table; a workbook names its own: south-of-tyne-and-wear/2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// The person who enters the changes
    #[arg(long, default_value = OPERATOR)]
    author: String,
}

/// The author unless another is given.
const OPERATOR: &str = "operator";

impl Default for Options {
    fn default() -> Options {
        Options {
            apply: false,
            cycle: None,
            author: OPERATOR.to_owned(),
        }
    }
}

/// What is read into a cycle.
enum Content {
    Workbook(FilledWorkbook),
    Tables(Vec<CycleTable>),
}

async fn import_files(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let mut more = arguments.more.iter();
    if let Some(other) = more.find(|other| !is_table(&arguments.file) || !is_table(other)) {
        return Err(in_file(
            other,
            "several files can only be imported together if all are tables (.csv) or published files \
             of one cycle",
        ));
    }
    let (content, cycle) = match FileKind::of(&arguments.file) {
        Some(kind) => {
            let workbook = workbook(&arguments.file, kind)?;
            let cycle = workbook.cycle.clone();
            if let Some(other) = arguments
                .options
                .cycle
                .as_ref()
                .filter(|given| **given != cycle)
            {
                return Err(in_file(
                    &arguments.file,
                    &format!("the workbook is for the cycle {cycle}, not {other}"),
                ));
            }
            (Content::Workbook(workbook), cycle)
        }
        None if is_table(&arguments.file) => {
            let Some(cycle) = arguments.options.cycle.clone() else {
                return Err(in_file(
                    &arguments.file,
                    "a table does not name its cycle: give it with --cycle ID",
                ));
            };
            let files = std::iter::once(&arguments.file).chain(&arguments.more);
            (Content::Tables(tables::open(files)?), cycle)
        }
        None if is_spreadsheet(&arguments.file) => {
            return Err(in_file(
                &arguments.file,
                "this kind of spreadsheet is not read: save it as .xlsx, .ods or .csv",
            ));
        }
        None => return bundle::import(&arguments.file, settings).await,
    };
    ledger_access::with_ledger(settings, false, async |ledger| {
        import(&arguments, &content, &cycle, ledger).await
    })
    .await
}

fn has_extension(file: &Path, wanted: &str) -> bool {
    file.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn is_spreadsheet(file: &Path) -> bool {
    ["xls", "xlsm", "xlsb", "tsv", "numbers"]
        .into_iter()
        .any(|extension| has_extension(file, extension))
}

fn in_file(file: &Path, message: &str) -> Failure {
    Failure::refused(format!("{}: {message}", file.display()))
}

fn workbook(file: &Path, kind: FileKind) -> Result<FilledWorkbook, Failure> {
    let progress = load::progress(&format!("reading {}", file.display()));
    let book = contained::read_spreadsheet(file, kind);
    progress.finish_and_clear();
    let workbook = FilledWorkbook::of(book?).map_err(|error| in_file(file, &error.to_string()))?;
    for sheet in &workbook.other_sheets {
        anstream::eprintln!(
            "warning: {}: the sheet {sheet} is not part of the workbook and is not read",
            file.display()
        );
    }
    Ok(workbook)
}

impl Content {
    fn made_from(&self) -> MadeFrom {
        match self {
            Content::Workbook(workbook) => {
                workbook.entry.map_or(MadeFrom::Nothing, MadeFrom::Entry)
            }
            Content::Tables(_) => MadeFrom::Nothing,
        }
    }

    fn tables(&self, file: &Path, framework: &Framework) -> Vec<CycleTable> {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        match self {
            Content::Workbook(workbook) => {
                let tables = workbook.tables(framework).into_iter();
                let tables = tables.map(|table| CycleTable {
                    name: table.name,
                    file: format!("{name}, sheet {}", table.sheet),
                    content: table.csv.into(),
                });
                tables.collect()
            }
            Content::Tables(tables) => tables.clone(),
        }
    }
}

async fn import(
    arguments: &Arguments,
    content: &Content,
    cycle: &str,
    ledger: &Ledger,
) -> Result<(), Failure> {
    let basis = ledger.look(|state| ImportBasis::of(state, cycle, content.made_from()))?;
    let author = |entry| ledger.look(|state| Some(state.entry(entry)?.actor.person.clone()));
    let tables = |framework: &Framework| content.tables(&arguments.file, framework);
    let import = Import::read(&basis, tables, &author)?;
    load::warn(&import.warnings);
    let text = in_words(cycle, &import);
    if import.records.is_empty() {
        return print(&format!("{text}nothing to record\n"));
    }
    // What is recorded already is not imported again, so the identifier only has to be unique.
    let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let unique = format!(
        "{} {} {}",
        ledger.head(),
        now.as_nanos(),
        std::process::id()
    );
    let digest = Hash::of(unique.as_bytes()).to_string();
    let drafts = import.into_drafts();
    let request = Request {
        actor: Actor::operator(&*arguments.options.author),
        id: format!("import {} {digest:.16}", shortened(cycle)),
        drafts,
    };
    if !arguments.options.apply {
        ledger.rehearse(&request)?;
        return print(&format!(
            "{text}nothing is recorded yet: add --apply to record this\n"
        ));
    }
    let receipt = ledger.append(request).await?;
    let entries = if receipt.first == receipt.last {
        format!("entry {}", receipt.first)
    } else {
        format!("the entries {} to {}", receipt.first, receipt.last)
    };
    print(&format!("{text}recorded by {entries}\n"))
}

/// What is new, what changes and what stays.
fn in_words(cycle: &str, import: &Import) -> String {
    let mut text = String::new();
    for imported in &import.records {
        text.push_str(&record_in_words(import.methods(), imported));
    }
    let replaced = import.records.iter();
    let replaced = replaced.filter(|imported| imported.replaces.is_some());
    let changed = replaced.count();
    text.push_str(&format!(
        "{cycle}: {} new, {changed} changed, {} unchanged\n",
        import.records.len() - changed,
        import.unchanged
    ));
    text
}

fn record_in_words(methods: &Methods, imported: &ImportedRecord) -> String {
    let summary = |record: &RecordFact| record.summary(methods);
    let place = imported
        .origin
        .as_ref()
        .map(|origin| format!(" [{}, row {}]", origin.file, origin.row))
        .unwrap_or_default();
    let (before, after) = match &imported.replaces {
        None => (None, summary(&imported.record)),
        Some((entry, before)) => (Some((entry, summary(before))), summary(&imported.record)),
    };
    let figures = figures_in_words(imported);
    match before {
        None => format!("new      {after}{place}\n"),
        // The cells of the values are named already.
        Some((entry, _)) if imported.has_only_values() => {
            format!("changed  {after}: {figures} (entry {entry})\n")
        }
        Some((entry, _)) if !figures.is_empty() => {
            format!("changed  {after}: {figures} (entry {entry}){place}\n")
        }
        Some((entry, before)) if before == after => {
            format!("changed  {after}, in its details (entry {entry}){place}\n")
        }
        Some((entry, before)) => {
            format!("changed  {after}; before: {before} (entry {entry}){place}\n")
        }
    }
}

/// The changed values of an outcome or of an indicator's series; empty for any other record.
fn figures_in_words(imported: &ImportedRecord) -> String {
    const MOST: usize = 5;
    let changes = match (&imported.record, &imported.replaces) {
        (RecordFact::Indicator(after), Some((_, RecordFact::Indicator(before)))) => {
            after.changes_from(before)
        }
        _ => imported.values.iter().map(value_in_words).collect(),
    };
    let mut text = changes
        .iter()
        .take(MOST)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    if let Some(more) = changes.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// A changed value of an outcome, with its cell: `2005: 103.5, before 104.1 [sheet Values, row 3,
/// column value]`.
fn value_in_words(value: &ImportedValue) -> String {
    let shown = |value: &YearValue| {
        let figure = value.value.map_or_else(|| "n/a".to_owned(), number);
        let mark = if value.break_before { " (break)" } else { "" };
        format!("{figure}{mark}")
    };
    let (year, after) = (value.after.year, shown(&value.after));
    let before = value.before.as_ref().map(shown);
    let before = before.map_or_else(|| "new".to_owned(), |before| format!("before {before}"));
    let cell = value.origin.as_ref().map_or_else(String::new, |origin| {
        format!(
            " [{}, row {}, column {}]",
            origin.file, origin.row, value.column
        )
    });
    format!("{year}: {after}, {before}{cell}")
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Failure {
        match error {
            ImportError::NoCycle { .. } => Failure::not_found(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}
