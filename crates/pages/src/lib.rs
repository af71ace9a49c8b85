//! The pages: what the API answers, as server-rendered HTML for people who will never write a query.
//!
//! A page asks the API as whoever looks at it, and lays the answer out. It computes nothing and decides
//! nothing, so a page shows what a query would, and whatever it can do, a query can do. Each page has
//! one query in `queries`, and the types that it is read into beside the page.
//!
//! - `look`: the pages that show something. `act`: those in which somebody does something, each by a
//!   mutation of the API, so every rule and every permission is where it is for all.
//! - `table`: tables, sorted and downloaded in the same way everywhere. `parts`: marks, tracks, charts.
//!
//! Pages work without scripts, load nothing from elsewhere, and look like services of the NHS: the style
//! sheet of the NHS design system (`assets`), with our own for marks, scorecards and charts.
//!
//! [`routes`] is all that a server needs.

mod act;
mod address;
mod assets;
mod cookies;
mod error;
mod filing;
mod frame;
mod look;
mod moment;
mod multipart;
mod page;
mod parameters;
mod parts;
mod reader;
mod respond;
mod route;
mod table;
mod viewer;

pub use filing::{DocumentFiler, FilingError, SentDocument};
pub use respond::missing_page;
pub use route::{Services, routes};
pub use viewer::{VisitorError, Visitors};
