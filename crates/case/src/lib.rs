//! Reads framework files, organisation tables and case folders into the core model.

mod cells;
mod files;
mod nearest;
mod places;
mod problem;
mod table;
mod toml_reader;

pub mod case;
pub mod cycle;
pub mod framework;
pub mod organisations;

pub use case::Case;
pub use cycle::{ReadCycle, Settings};
pub use framework::Frameworks;
pub use organisations::ShippedTables;
pub use places::Places;
pub use problem::{Place, Problem, Problems};
