//! Reads framework files, organisation tables and case folders into the core model.
//!
//! The formats are described in `docs/framework-files.md` and `docs/case-files.md`. Whatever is
//! wrong with a file is told in full ([`Problems`]): what, where, what was expected, and the
//! nearest valid word. Nothing of a broken file is used, and no input makes the reader panic.
//!
//! - [`framework`] reads one rule book, [`Frameworks`] all of a folder;
//! - [`organisations`] reads the tables of bodies, [`ShippedTables`] those of the configuration;
//! - [`cycle`] makes a checked cycle of its tables, wherever they come from: it opens no file;
//! - [`case`] reads a case's folder with all its cycles.
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
//!     println!("{}: {} judgements", read.cycle.id, read.cycle.judgements.len());
//! }
//! # Ok(())
//! # }
//! ```

mod cells;
mod files;
mod found;
mod nearest;
mod places;
mod problem;
mod records;
mod spreadsheet;
mod strays;
mod swallowed;
mod table;
mod toml_reader;

pub mod case;
pub mod cycle;
pub mod framework;
pub mod organisations;

pub use case::Case;
pub use cycle::{Books, ReadCycle, Settings};
pub use found::Repeats;
pub use framework::Frameworks;
pub use nearest::nearest;
pub use organisations::ShippedTables;
pub use places::{Places, ReadFrom};
pub use problem::{Place, Problem, Problems};
