//! What the API asks of a ledger to import tables and workbooks, and what it is told.

use crate::history::Entered;
use std::collections::HashMap;
use wcc_core::actor::Actor;
use wcc_core::framework::Methods;
use wcc_core::last_year::LeftOut;
use wcc_core::ledger::{CycleFact, Origin, Refusal, RefusalReason};
use wcc_core::record::RecordFact;
use wcc_ledger::AppendError;
use wcc_ledger::format::fields_of;
use wcc_programme::{ConfirmError, Import, ImportError, ImportedRecord, StartError};

/// What to import into a cycle, all or nothing: tables, a workbook, or records of an earlier cycle.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// Who imports.
    pub actor: Actor,
    /// What the client calls the request.
    pub id: String,
    /// Identifier of the cycle; a workbook names its own.
    pub cycle: Option<Box<str>>,
    /// What is imported.
    pub content: ImportContent,
    /// Whether to record what is new or changed, instead of only showing it.
    pub apply: bool,
}

/// What is imported.
#[derive(Clone, Debug)]
pub enum ImportContent {
    /// Tables of a case.
    Tables(Vec<TableToImport>),
    /// A workbook that was filed as a document, by its SHA-256.
    Workbook(Box<str>),
    /// A file: a workbook, or a table under the name that it has in a case folder.
    File {
        /// Its name: `metrics-5kf.ods`.
        name: Box<str>,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// What the cycle takes over from an earlier one.
    EarlierCycle {
        /// Identifier of the earlier cycle.
        from: Box<str>,
        /// The description of the cycle, if it is to be opened.
        opens: Option<Box<CycleFact>>,
        /// Codes of the bodies to carry records for; for all if it is empty.
        bodies: Vec<Box<str>>,
    },
    /// Records that confirm carried ones, by the entries of these.
    Confirmation(Vec<u32>),
}

/// A table, under the name that it has in a case folder.
#[derive(Clone, Debug)]
pub struct TableToImport {
    /// Its name: `judgements.csv`.
    pub name: String,
    /// Where its text is.
    pub text: TableText,
}

/// Where the text of a table is.
#[derive(Clone, Debug)]
pub enum TableText {
    /// Here.
    Given(String),
    /// In a document that was filed, by its SHA-256.
    Document(Box<str>),
}

/// What an import would change, or has changed.
#[derive(Clone, Debug)]
pub struct ImportResult {
    /// Identifier of the cycle.
    pub cycle: Box<str>,
    /// What is new or changed, in the order of the tables or of what is carried.
    pub changes: Vec<ImportedChange>,
    /// What an earlier cycle has and this one does not take over.
    pub left_out: Vec<LeftOut>,
    /// How many records the ledger has already.
    pub unchanged: usize,
    /// Input that is allowed but probably a mistake.
    pub warnings: Vec<String>,
    /// As which entries it was recorded; `None` if it was not.
    pub entered: Option<Entered>,
}

/// A record that the ledger does not have as it is.
#[derive(Clone, Debug)]
pub struct ImportedChange {
    /// The kind of record: `judgement`.
    pub kind: &'static str,
    /// Where it is written: file and row.
    pub origin: Option<Origin>,
    /// The entry that it replaces; `None` if it is new.
    pub replaces: Option<u32>,
    /// The record in one line.
    pub summary: String,
    /// The fields that differ.
    pub fields: Vec<ChangedField>,
}

/// A field of a record that differs from what is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedField {
    /// Its name, as tables write it: `value`.
    pub name: String,
    /// What is recorded.
    pub before: Option<String>,
    /// What the import says.
    pub after: Option<String>,
    /// Where it is written, if that is another row than the record's.
    pub origin: Option<Origin>,
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportFailure {
    /// What is imported has mistakes.
    Mistakes(Vec<ImportMistake>),
    /// The ledger does not take it.
    Append(AppendError),
    /// It cannot be done at the moment. The message is for clients.
    Unavailable(String),
}

/// A mistake in what is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportMistake {
    /// The argument that it is in: `cycle`, `tables[0].name`.
    pub field: Option<String>,
    /// In words, with file, row and column.
    pub message: String,
    /// The nearest valid value.
    pub nearest: Option<String>,
    /// What kind of mistake it is.
    pub kind: ImportMistakeKind,
}

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportMistakeKind {
    /// A code or identifier names nothing.
    NotFound,
    /// The tables have errors.
    Malformed,
    /// The policy does not allow it.
    NotPermitted,
    /// Others changed the same records, or the cycle would contradict itself.
    Refused,
    /// The identifier of the request was used for another one.
    RequestIdReused,
}

impl ImportMistake {
    /// A mistake in an argument, or in none.
    pub fn new(
        kind: ImportMistakeKind,
        field: Option<&str>,
        message: impl Into<String>,
    ) -> ImportMistake {
        ImportMistake {
            field: field.map(str::to_owned),
            message: message.into(),
            nearest: None,
            kind,
        }
    }
}

impl From<ImportMistake> for ImportFailure {
    fn from(mistake: ImportMistake) -> ImportFailure {
        ImportFailure::Mistakes(vec![mistake])
    }
}

impl ImportFailure {
    /// Something that is not the client's fault.
    pub fn unavailable() -> ImportFailure {
        let message = "this cannot be imported at the moment: send the same request again";
        ImportFailure::Unavailable(message.to_owned())
    }
}

/// Why tables were not read.
impl From<ImportError> for ImportFailure {
    fn from(error: ImportError) -> ImportFailure {
        match error {
            ImportError::NoCycle { ref nearest, .. } => ImportFailure::from(ImportMistake {
                nearest: nearest.clone(),
                ..ImportMistake::new(
                    ImportMistakeKind::NotFound,
                    Some("cycle"),
                    error.to_string(),
                )
            }),
            ImportError::Tables(problems) => {
                let problems = problems.problems.into_iter();
                let mistakes = problems.map(|problem| ImportMistake {
                    nearest: problem.nearest.clone(),
                    ..ImportMistake::new(ImportMistakeKind::Malformed, None, problem.to_string())
                });
                ImportFailure::Mistakes(mistakes.collect())
            }
            ImportError::Overtaken(rows) => {
                let overtaken = rows.iter().map(|row| {
                    let place = row.origin.as_ref().map_or_else(String::new, |origin| {
                        format!("{}, row {}: ", origin.file, origin.row)
                    });
                    let message = format!(
                        "{place}somebody has changed this since the workbook was made (entry {}): \
                         make a new workbook, and enter your changes there",
                        row.entry
                    );
                    ImportMistake::new(ImportMistakeKind::Refused, None, message)
                });
                ImportFailure::Mistakes(overtaken.collect())
            }
            _ => ImportFailure::unavailable(),
        }
    }
}

/// Why a cycle is not started from an earlier one, or carried records are not confirmed.
impl From<StartError> for ImportFailure {
    fn from(error: StartError) -> ImportFailure {
        let mistake = |kind, field, error: &dyn std::fmt::Display| {
            ImportMistake::new(kind, Some(field), error.to_string())
        };
        let refused = ImportMistakeKind::Refused;
        match error {
            StartError::NoCycle {
                field, ref nearest, ..
            } => ImportFailure::from(ImportMistake {
                nearest: nearest.clone(),
                ..mistake(ImportMistakeKind::NotFound, field, &error)
            }),
            StartError::NoBody { ref nearest, .. } => ImportFailure::from(ImportMistake {
                nearest: nearest.clone(),
                ..mistake(ImportMistakeKind::NotFound, "bodies", &error)
            }),
            StartError::NotOpened(_) => ImportFailure::from(mistake(refused, "open", &error)),
            StartError::NotEarlier { .. } => ImportFailure::from(mistake(refused, "from", &error)),
            StartError::NotConfirmed(errors) => {
                let mistakes = errors.iter().map(|error| {
                    let kind = match error {
                        ConfirmError::NotCarried(_) => ImportMistakeKind::NotFound,
                        _ => refused,
                    };
                    mistake(kind, "entries", error)
                });
                ImportFailure::Mistakes(mistakes.collect())
            }
            _ => ImportFailure::from(mistake(refused, "cycle", &error)),
        }
    }
}

/// Why the ledger does not take an import, with file and row.
impl From<AppendError> for ImportFailure {
    fn from(error: AppendError) -> ImportFailure {
        let AppendError::Refused(refusals) = error else {
            return ImportFailure::Append(error);
        };
        let of_refusal = |refusal: &Refusal| {
            let kind = match &refusal.reason {
                RefusalReason::NotPermitted { .. } => ImportMistakeKind::NotPermitted,
                _ => ImportMistakeKind::Refused,
            };
            ImportMistake::new(kind, None, refusal.to_string())
        };
        ImportFailure::Mistakes(refusals.each().map(of_refusal).collect())
    }
}

impl ImportResult {
    /// What an import would change.
    ///
    /// # Errors
    /// A record cannot be written in text.
    pub fn of(import: &Import) -> Result<ImportResult, ImportFailure> {
        let changes = import.records.iter();
        let changes = changes.map(|imported| change(imported, import.methods()));
        let warnings = import.warnings.problems.iter().map(ToString::to_string);
        Ok(ImportResult {
            cycle: import.cycle().into(),
            changes: changes.collect::<Result<_, _>>()?,
            left_out: import.left_out.clone(),
            unchanged: import.unchanged,
            warnings: warnings.collect(),
            entered: None,
        })
    }
}

fn change(imported: &ImportedRecord, methods: &Methods) -> Result<ImportedChange, ImportFailure> {
    let before = imported.replaces.as_ref();
    let fields = |record: &RecordFact| fields_of(record).map_err(|_| ImportFailure::unavailable());
    let after = fields(&imported.record)?;
    let before_fields = before.map(|(_, record)| fields(record)).transpose()?;
    let old: HashMap<String, String> = before_fields.unwrap_or_default().into_iter().collect();
    let names: Vec<&String> = after.iter().map(|(name, _)| name).collect();
    let mut removed: Vec<(&String, &String)> = old
        .iter()
        .filter(|(name, _)| !names.contains(name))
        .collect();
    removed.sort();
    let removed: Vec<ChangedField> = removed
        .into_iter()
        .map(|(name, value)| ChangedField {
            name: column_of(name),
            before: Some(value.clone()),
            after: None,
            origin: None,
        })
        .collect();
    let changed = after.iter().filter_map(|(name, value)| {
        let before = old.get(name);
        (before != Some(value)).then(|| ChangedField {
            name: column_of(name),
            before: before.cloned(),
            after: Some(value.clone()),
            origin: origin_of(imported, name),
        })
    });
    Ok(ImportedChange {
        kind: imported.record.kind().name(),
        origin: imported.origin.clone(),
        replaces: before.map(|(entry, _)| *entry),
        summary: imported.record.summary(methods),
        fields: changed.chain(removed).collect(),
    })
}

/// Where a field is written, if it is a value of an outcome, which has a row of its own.
fn origin_of(imported: &ImportedRecord, field: &str) -> Option<Origin> {
    let year = field.strip_prefix("values.")?.split('.').next()?;
    let year: i16 = year.parse().ok()?;
    let mut values = imported.values.iter();
    values
        .find(|value| value.after.year == year)?
        .origin
        .clone()
}

/// The column of a table that holds a field.
fn column_of(field: &str) -> String {
    match field {
        "pct" => "body",
        "subject" => "measure",
        _ => field,
    }
    .to_owned()
}
