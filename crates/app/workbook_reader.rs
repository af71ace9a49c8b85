//! Reads the workbooks that clients send to the server, each in a process of its own.

use crate::contained::read_spreadsheet_from;
use std::io::Cursor;
use wcc_case::cycle::CycleTable;
use wcc_core::Framework;
use wcc_server::{ReadWorkbook, WorkbookFormat, WorkbookReader};
use wcc_workbook::{FileKind, FilledWorkbook};

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
