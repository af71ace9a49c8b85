//! The pages: what the API answers, as server-rendered HTML for people who will never write a query.
//!
//! A page asks the API as whoever looks at it, and lays the answer out. It computes nothing and decides
//! nothing, so a page shows what a query would, and whatever it can do, a query can do. Each page has
//! one query in `queries`, and the types that it is read into beside the page.
//!
//! Pages work without scripts, load nothing from elsewhere, and look like services of the NHS: the style
//! sheet of the NHS design system (`assets`), with our own for marks, scorecards and charts.
//!
//! [`routes`] is all that a server needs.

mod address;
mod assets;
mod error;
mod frame;
mod look;
mod page;
mod parts;
mod reader;
mod route;
mod table;

pub use route::routes;
