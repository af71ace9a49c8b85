//! `importTables`.

use super::form::Form;
use super::payload::ImportedRecord;
use super::{TablesOfRequest, mutation};
use crate::import::{ImportContent, TableText, TableToImport};
use crate::project::input;
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// Maximum number of tables in one import.
const MAX_TABLES: usize = 20;
/// Maximum length of the name of a file, in bytes.
const MAX_NAME: usize = 200;
/// What is wrong with tables without a cycle.
const NO_CYCLE: &str = "a table does not name its cycle: give it";

mutation! {
    /// Imports tables of a case or a filled workbook into a cycle: shows what would change, and with
    /// `apply` records it, all or nothing. What the ledger has already is left alone, so importing
    /// twice changes nothing.
    importTables: ImportTables {
        /// Tables, a workbook or a file.
        input ImportTablesInput<'q> as "ImportTablesInput" {
            /// Identifier of the cycle. A workbook names its own.
            cycle: Option<Id<'q>>,
            /// Tables of a case, each given once.
            tables: Option<Vec<ImportedTableInput<'q>>>,
            /// A workbook from `wcc template`: SHA-256 of the Excel file, which was sent to
            /// `/documents` before.
            workbook: Option<&'q str>,
            /// A file: a workbook from `wcc template` as `.xlsx` or `.ods`, or a table as `.csv` under
            /// its name in a case folder. Give one of `tables`, `workbook` and `file`.
            file: Option<ImportedFileInput<'q>>,
            /// Whether to record the changes; otherwise they are only shown.
            apply: Option<bool>,
        }
        drafts |input, form| {
            form.import = content(form, &input).map(|content| TablesOfRequest {
                cycle: input.cycle.map(|cycle| form.code("cycle", cycle.0)),
                content,
                apply: input.apply.unwrap_or(false),
            });
            Vec::new()
        };
        /// The changes of an import.
        payload ImportTablesPayload as "ImportTablesPayload" => |done| {
            /// What is new or changed, in the order of the tables.
            changes: [ImportedRecord<'a>; 20] = done.changes();
            /// How many records the ledger has already.
            unchanged: i32 = done.unchanged();
            /// Input that is allowed but probably a mistake.
            warnings: [&'a str; 2] = done.warnings();
            /// The cycle including what was recorded; null if nothing was read, or if `served` is
            /// false after `apply`.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}

input! {
    /// A table of a case, as a file of a case folder has it.
    ImportedTableInput<'q> as "ImportedTableInput" {
        /// Its name: `judgements.csv`.
        name: &'q str,
        /// Its text. Give either this or `document`.
        text: Option<&'q str>,
        /// SHA-256 of the file, which was sent to `/documents` before.
        document: Option<&'q str>,
    }
}

input! {
    /// A file that is sent with the request, and counts for its size. A larger Excel file or table can
    /// be sent to `/documents`.
    ImportedFileInput<'q> as "ImportedFileInput" {
        /// Its name: `metrics-5kf.ods`.
        name: &'q str,
        /// Its bytes in base64.
        base64: &'q str,
    }
}

fn content(form: &mut Form, input: &ImportTablesInput<'_>) -> Option<ImportContent> {
    match (&input.tables, input.workbook, &input.file) {
        (None, None, Some(file)) => of_file(form, file, input.cycle.is_some()),
        (None, Some(workbook), None) => {
            let digest = form.digest("workbook", workbook);
            Some(ImportContent::Workbook(digest))
        }
        (Some(tables), None, None) => {
            if tables.is_empty() || tables.len() > MAX_TABLES {
                let found = tables.len();
                form.malformed(
                    "tables",
                    format!("there are {found}: give 1 to {MAX_TABLES}"),
                );
            }
            if input.cycle.is_none() {
                form.malformed("cycle", NO_CYCLE);
            }
            let tables = tables.iter().enumerate();
            let tables = tables.filter_map(|(at, table)| to_import(form, at, table));
            Some(ImportContent::Tables(tables.collect()))
        }
        _ => {
            form.malformed("tables", "give one of `tables`, `workbook` and `file`");
            None
        }
    }
}

fn of_file(
    form: &mut Form,
    file: &ImportedFileInput<'_>,
    has_cycle: bool,
) -> Option<ImportContent> {
    let name = form.needed("file.name", file.name, MAX_NAME);
    if name.to_ascii_lowercase().ends_with(".csv") && !has_cycle {
        form.malformed("cycle", NO_CYCLE);
    }
    let Ok(bytes) = BASE64_STANDARD.decode(file.base64) else {
        form.malformed("file.base64", "not base64 with padding, as in `aGVsbG8=`");
        return None;
    };
    Some(ImportContent::File { name, bytes })
}

fn to_import(form: &mut Form, at: usize, table: &ImportedTableInput<'_>) -> Option<TableToImport> {
    let text = match (table.text, table.document) {
        (Some(text), None) => TableText::Given(text.to_owned()),
        (None, Some(document)) => {
            TableText::Document(form.digest(&format!("tables[{at}].document"), document))
        }
        _ => {
            let field = format!("tables[{at}]");
            form.malformed(&field, "give either `text` or `document`");
            return None;
        }
    };
    Some(TableToImport {
        name: table.name.to_owned(),
        text,
    })
}
