//! Tables.

use super::{Text, Tone};
use serde::{Deserialize, Serialize};

/// A table. Its first column names its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; each has as many cells as there are columns.
    pub rows: Vec<Row>,
    /// Notes under it, in order.
    pub notes: Vec<Text>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Heading.
    pub heading: String,
    /// Heading over several columns that follow each other and have the same one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub over: Option<String>,
    /// How its cells are aligned.
    pub align: Align,
    /// Its width relative to the others; 1 is usual, a column of names has 3 to 5.
    pub width: u8,
}

/// How cells are aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the start of the line: text.
    #[default]
    Start,
    /// In the middle: marks and words.
    Centre,
    /// At the end of the line: numbers.
    End,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<TableCell>,
    /// Whether it is a heading of the rows under it, with one cell that spans all columns.
    #[serde(default)]
    pub heading: bool,
}

/// A cell of a [`Table`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableCell {
    /// What it says.
    pub text: Text,
    /// What that means.
    #[serde(default)]
    pub tone: Tone,
    /// The number, for software that calculates; `None` for text. What the reader sees is `text`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<f64>,
    /// A second line, quieter: the reason, the year.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub aside: Option<String>,
}
