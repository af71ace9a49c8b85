//! A document as a tree: sections of blocks of text, tables, marks on levels, and charts.
//!
//! The form that [`serde`] gives it is what the program that makes PDFs reads, and what the
//! templates of an authority refer to. It changes only together with [`FORMAT`].

mod block;
mod chart;
mod marks;
mod table;
mod text;

pub use block::{Block, Fact, Notice, NoticeKind};
pub use chart::{Chart, Line, LineChart, LineRole, Point, SpreadBar, SpreadChart, SpreadPart};
pub use marks::{Mark, MarkGrid, MarkKind, MarkKindLegend, MarkRow, MarkStep, Qualifier, RowLevel};
pub use table::{Align, Column, Row, Table, TableCell};
pub use text::{Run, Style, Text, Tone};
pub use wcc_core::framework::DocumentKind;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Version of the model, as templates and the renderer of PDFs know it.
pub const FORMAT: u32 = 1;

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`].
    pub format: u32,
    /// What it is.
    pub kind: DocumentKind,
    /// Its name: "Panel report".
    pub title: String,
    /// The body that it is about, or the region: "South Staffordshire PCT".
    pub subject: String,
    /// Code of that body, for file names: `5PK`.
    pub code: String,
    /// The cycle that was assured: "World Class Commissioning 2009/10, South Staffordshire".
    pub cycle: String,
    /// Identifier of the cycle: `2009-10`.
    pub cycle_id: String,
    /// The authority that assures, if known.
    pub authority: Option<String>,
    /// The date at which the results stand. Renderers give it to the file as its date, so that the
    /// same results make the same bytes.
    pub as_of: Date,
    /// Language of the text, as in BCP 47: `en-GB`.
    pub language: String,
    /// Draft or released.
    pub status: Status,
    /// Cautions that concern the whole document: that figures are illustrative, that something was
    /// not checked, what the results may be used for. They stand on the first page.
    pub notices: Vec<Notice>,
    /// What the shapes mean, for documents with marks; empty for others.
    pub legend: Vec<MarkKindLegend>,
    /// The orientation of its pages.
    pub orientation: Orientation,
    /// The content, in the order of the framework.
    pub sections: Vec<Section>,
    /// Where it comes from: versions, approver, head of the ledger, digests of plugins. It stands on
    /// the last page and in the properties of the file.
    pub provenance: Vec<Fact>,
}

/// Whether the results are released.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Status {
    /// Nobody released them: every page says so.
    Draft {
        /// "Draft: not released".
        words: String,
    },
    /// They were released.
    Released {
        /// "Released to the board from 1 December 2009".
        words: String,
    },
}

/// The orientation of pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orientation {
    /// Upright.
    #[default]
    Portrait,
    /// On its side.
    Landscape,
}

/// A section: its heading, its content, and the sections in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Identifier within the document, which links refer to: `competency-1`. Lower-case letters,
    /// digits and hyphens.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Whether it begins on a new page where there are pages.
    pub new_page: bool,
    /// Content before its sections.
    pub blocks: Vec<Block>,
    /// Sections in it.
    pub sections: Vec<Section>,
}
