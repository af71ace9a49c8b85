//! Reads framework files, organisation tables and case folders into the core model.
//!
//! The formats are described in `docs/framework-files.md` and `docs/case-files.md`. All problems
//! of a file are reported ([`Problems`]): what is wrong, where, what was expected, and the nearest
//! valid word. A file with a problem is not used at all, and no input makes the reader panic.
//!
//! - [`framework`] reads one rule book, [`Frameworks`] all rule books of a folder;
//! - [`organisations`] reads the tables of bodies, [`ShippedTables`] those of the configuration;
//! - [`cycle`] turns tables into a checked cycle, wherever they come from: it opens no file;
//! - [`case`] reads a case's folder with all its cycles;
//! - [`questionnaire`] reads the questions of a survey, [`answers`] a table of answers to them.
//!
//! ```no_run
//! use std::path::Path;
//! use wcc_case::{Frameworks, Problems, ShippedTables, case};
//!
//! # fn main() -> Result<(), Problems> {
//! let frameworks = Frameworks::read(Path::new("configs/frameworks"))?;
//! let shipped = ShippedTables::read(Path::new("configs/organisations"))?;
//! let case = case::read(Path::new("examples/south-staffordshire"), &frameworks, &shipped)?;
//! for read in &case.cycles {
//!     println!("{}: {} judgements", read.cycle.id, read.cycle.records.judgements.len());
//! }
//! # Ok(())
//! # }
//! ```

mod cells;
mod files;
mod format;
mod misnamed_files;
mod nearest;
mod places;
mod problem;
mod problem_collector;
mod record_stream;
mod records;
mod rows;
mod schema;
mod spreadsheet;
mod swallowed_rows;
mod table;
mod toml_reader;

pub mod answers;
pub mod case;
pub mod cycle;
pub mod framework;
pub mod organisations;
pub mod questionnaire;

pub use case::Case;
pub use cycle::{Books, ReadCycle, Settings};
pub use framework::{FrameworkSource, Frameworks};
pub use nearest::nearest;
pub use organisations::ShippedTables;
pub use places::{Places, ReadFrom};
pub use problem::{Place, Problem, Problems};
pub use problem_collector::Repeats;
