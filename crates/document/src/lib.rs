//! The documents that an authority hands over: panel reports, scorecards, sheets of groups and
//! functions, regional overviews.
//!
//! A [`Document`] is built from results alone and says everything that a reader will see, in the
//! words in which they will see it. Renderers lay it out and compute nothing, so every format says
//! the same. Which sections a document has, and in which order, is data of the framework
//! ([`wcc_core::framework::DocumentDefinition`]).

mod build;
mod commentary;
mod concerns;
mod context;
mod front;
mod functions;
mod group;
mod layout;
pub mod markdown;
mod marks;
pub mod model;
mod outcomes;
mod planning;
mod rationale;
mod recommendations;
mod records;
mod region;
mod sections;
mod slug;
mod source;
mod tables;
mod titles;
mod trends;
mod words;

pub use build::{BuildError, build};
pub use front::{legend, notices, provenance, status};
pub use model::{Document, DocumentKind};
pub use source::{LedgerHead, Provenance, Source};
