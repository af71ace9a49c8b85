//! Workbooks that people fill in: written for a cycle and a body, and read back as tables of a
//! case.
//!
//! [`Workbook::of`] lays out a workbook from a cycle, [`Workbook::to_xlsx`] writes it, and [`read`]
//! reads a filled workbook back. What it returns are the tables of a case folder, so everything
//! that holds for those (rules, messages, places) holds for workbooks too; nothing is judged here.
//!
//! A file that people send may be hostile. [`read`] limits rows, columns and text, and streams
//! Excel's sheets. The reader of OpenDocument files unpacks the whole file first, so read files of
//! strangers in a process with a limit on its memory.

mod kind;
mod layout;
mod outcomes;
mod reading;
mod tables;
mod writing;

pub use kind::{UnknownKind, WorkbookKind};
pub use layout::{LayoutError, Workbook};
pub use reading::{FileKind, ReadError, read};
pub use tables::{FilledTable, FilledWorkbook, NotOurs, RawWorkbook};
pub use writing::WriteError;
