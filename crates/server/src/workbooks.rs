//! What the server needs to write workbooks that people fill in, and to read those that clients send:
//! the program that runs it does both, and reads in a process with limits.

use std::fmt;
use wcc_case::cycle::CycleTable;
use wcc_core::{BodyIndex, Framework};
use wcc_programme::AssuredCycle;

/// Reads workbooks. Files of strangers may be hostile, so an implementation limits memory and time.
pub trait WorkbookReader: Send + Sync + fmt::Debug {
    /// Reads a spreadsheet file.
    ///
    /// # Errors
    /// What is wrong with the file, for people, one line for each problem.
    fn read(&self, file: Vec<u8>, format: WorkbookFormat) -> Result<ReadWorkbook, String>;

    /// Writes a workbook of a kind for a body to fill in, with what the cycle records of it. `entry` is
    /// the last entry of the cycle, so that an import notices what others have changed since.
    ///
    /// # Errors
    /// There is no such kind, or none for this body.
    fn template(
        &self,
        _kind: &str,
        _assured: &AssuredCycle,
        _body: BodyIndex,
        _entry: Option<u32>,
    ) -> Result<Template, TemplateError> {
        Err(TemplateError::Refused(
            "this server writes no workbooks".to_owned(),
        ))
    }
}

/// A workbook to fill in.
#[derive(Clone, Debug)]
pub struct Template {
    /// The name of the file: `self-assessment-5kf.xlsx`.
    pub name: String,
    /// The Excel file.
    pub bytes: Vec<u8>,
}

/// Why there is no workbook to fill in. The messages are for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no such kind of workbook.
    #[error("{0}")]
    NoKind(String),
    /// Such a workbook cannot be made for this body.
    #[error("{0}")]
    Refused(String),
}

/// The format of a spreadsheet file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkbookFormat {
    /// Excel's, `.xlsx`.
    Excel,
    /// OpenDocument, `.ods`.
    OpenDocument,
}

/// Turns the sheets of a workbook into tables, in the words of its cycle's framework.
pub type SheetsToTables = Box<dyn FnOnce(&Framework) -> Vec<CycleTable> + Send>;

/// A workbook that was read.
pub struct ReadWorkbook {
    /// Identifier of its cycle.
    pub cycle: String,
    /// The last entry of the cycle when it was made; `None` if it was made from files.
    pub entry: Option<u32>,
    /// What is not read of it, for people.
    pub warnings: Vec<String>,
    /// Its tables.
    pub tables: SheetsToTables,
}

impl fmt::Debug for ReadWorkbook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ReadWorkbook")
            .field("cycle", &self.cycle)
            .field("entry", &self.entry)
            .finish_non_exhaustive()
    }
}

/// A server that reads no workbooks.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWorkbooks;

impl WorkbookReader for NoWorkbooks {
    fn read(&self, _: Vec<u8>, _: WorkbookFormat) -> Result<ReadWorkbook, String> {
        Err("this server reads no workbooks: send tables".to_owned())
    }
}
