//! The documents that an authority hands over: panel reports, scorecards, sheets of groups and
//! functions, regional overviews.
//!
//! A [`Document`] is built from results alone and says everything that a reader will see, in the
//! words in which they will see it. Renderers lay it out and compute nothing, so every format says
//! the same.

pub mod model;

pub use model::Document;
