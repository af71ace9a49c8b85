//! Workbooks of the server: writes those that people fill in, and reads those that clients send, each in
//! a process of its own.

use crate::contained::read_spreadsheet_from;
use std::io::Cursor;
use wcc_case::cycle::CycleTable;
use wcc_core::{BodyIndex, Framework};
use wcc_programme::AssuredCycle;
use wcc_server::{ReadWorkbook, Template, TemplateError, WorkbookFormat, WorkbookReader};
use wcc_workbook::{FileKind, FilledWorkbook, UnknownKind, Workbook, WorkbookKind};

/// Starts this program again for each workbook.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContainedReader;

impl WorkbookReader for ContainedReader {
    fn read(&self, file: Vec<u8>, format: WorkbookFormat) -> Result<ReadWorkbook, String> {
        let kind = match format {
            WorkbookFormat::Excel => FileKind::Xlsx,
            WorkbookFormat::OpenDocument => FileKind::Ods,
        };
        let book = read_spreadsheet_from(Cursor::new(file), kind);
        let book = book.map_err(|error| error.to_string())?;
        let workbook = FilledWorkbook::of(book).map_err(|error| error.to_string())?;
        let others = workbook.other_sheets.iter();
        let warnings = others
            .map(|sheet| format!("the sheet {sheet} is not part of the workbook and is not read"));
        Ok(ReadWorkbook {
            cycle: workbook.cycle.clone(),
            entry: workbook.entry,
            warnings: warnings.collect(),
            tables: Box::new(move |framework| tables(&workbook, framework)),
        })
    }

    fn template(
        &self,
        kind: &str,
        assured: &AssuredCycle,
        body: BodyIndex,
        entry: Option<u32>,
    ) -> Result<Template, TemplateError> {
        let kind: WorkbookKind = kind
            .parse()
            .map_err(|error: UnknownKind| TemplateError::NoKind(error.to_string()))?;
        template(kind, assured, body, entry)
    }
}

/// A workbook of a kind for a body to fill in.
pub(crate) fn template(
    kind: WorkbookKind,
    assured: &AssuredCycle,
    body: BodyIndex,
    entry: Option<u32>,
) -> Result<Template, TemplateError> {
    let cycle = &assured.cycle;
    let workbook = Workbook::of(kind, cycle, &assured.assurance, body, entry);
    let workbook = workbook.map_err(|error| TemplateError::Refused(error.to_string()))?;
    let bytes = workbook.to_xlsx();
    let code = cycle.organisations.body(body).code.to_lowercase();
    Ok(Template {
        name: format!("{}-{code}.xlsx", kind.name_in(&cycle.framework)),
        bytes: bytes.map_err(|error| TemplateError::Refused(error.to_string()))?,
    })
}

fn tables(workbook: &FilledWorkbook, framework: &Framework) -> Vec<CycleTable> {
    let tables = workbook.tables(framework).into_iter();
    let tables = tables.map(|table| CycleTable {
        name: table.name,
        file: format!("sheet {}", table.sheet),
        content: table.csv.into(),
    });
    tables.collect()
}
