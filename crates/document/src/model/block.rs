//! Blocks: what a section is made of.

use super::{Chart, MarkGrid, Table, Text, Tone};
use serde::{Deserialize, Serialize};

/// A block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", content = "content", rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Paragraph(Text),
    /// A list; each item is itself made of blocks.
    List {
        /// Whether its items are numbered.
        ordered: bool,
        /// The markers of the items where a source gives its own ("a.", "b."); empty otherwise, or
        /// as long as `items`.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        markers: Vec<String>,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// Names with their values.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
    /// Marks on the steps of a scale.
    Marks(MarkGrid),
    /// A chart, which also says in words what it shows.
    Chart(Chart),
    /// Something that the reader must not miss.
    Notice(Notice),
    /// A line in place of missing content: "No recommendations were recorded."
    Nothing(Text),
}

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Text,
    /// What the value means.
    #[serde(default)]
    pub tone: Tone,
}

/// Something that the reader must not miss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Its kind.
    pub kind: NoticeKind,
    /// In words.
    pub text: Text,
}

/// The kind of a [`Notice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Figures are illustrative: invented to show the form.
    Illustrative,
    /// Something was not checked, or is not known.
    NotChecked,
    /// What the results may be used for.
    Use,
    /// Anything else worth a frame.
    Note,
}
