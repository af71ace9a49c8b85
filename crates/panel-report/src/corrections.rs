//! Reviewed corrections to what was read from a report: a TOML file beside the case.
//!
//! Each correction says what was read, so that one that no longer fits the reading is refused rather than
//! applied to something else.

mod apply;

use crate::case_folder::Citation;
use serde::{Deserialize, Serialize};

/// The content of a file of corrections.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    /// How the sources of records name the report.
    #[serde(default)]
    pub report: ReportName,
    /// Values and pieces of text that were read wrongly or not at all.
    #[serde(default)]
    pub correction: Vec<Correction>,
    /// Records that the report does not have.
    #[serde(default)]
    pub removal: Vec<Removal>,
    /// Records that the reader did not find, or that no report states.
    #[serde(default)]
    pub addition: Vec<Addition>,
}

/// How the sources of records name the report.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportName {
    /// Its name, instead of that of the file: `Panel report`.
    pub name: Option<String>,
    /// Whether sources name lines or sections.
    #[serde(default)]
    pub cite: Citation,
}

/// One value, or one piece of a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The file of the case: `judgements.csv`.
    pub file: String,
    /// The record of a table: `10a panel`. Not for a text.
    pub record: Option<String>,
    /// Several records that were read alike.
    #[serde(default)]
    pub records: Vec<String>,
    /// The column of a table. Not for a text.
    pub column: Option<String>,
    /// What the reader gave: the whole cell, or a piece that the text has exactly once.
    pub read: String,
    /// What it should be.
    pub corrected: String,
    /// Lines of the report that show it.
    #[serde(default)]
    pub lines: Vec<u32>,
    /// Why, for whoever reviews it.
    pub why: String,
}

/// A record that is left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// The table: `survey.csv`.
    pub file: String,
    /// The record: `1a mori`.
    pub record: String,
    /// Lines of the report that show it.
    #[serde(default)]
    pub lines: Vec<u32>,
    /// Why, for whoever reviews it.
    pub why: String,
}

/// Records that are added to a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// The table: `evidence.csv`. One that the report fills need not exist yet.
    pub file: String,
    /// The record after which they come. Not with `before`; default: at the end.
    pub after: Option<String>,
    /// The record before which they come.
    pub before: Option<String>,
    /// The records as CSV, with a heading.
    pub rows: String,
    /// Lines of the report that show them.
    #[serde(default)]
    pub lines: Vec<u32>,
    /// Why, for whoever reviews it.
    pub why: String,
}

/// What is wrong with corrections: one sentence for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrectionErrors(pub Vec<String>);

impl std::fmt::Display for CorrectionErrors {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for CorrectionErrors {}

impl Corrections {
    /// Reads a file of corrections.
    ///
    /// # Errors
    /// It is not TOML of this form; the message names the line.
    pub fn parse(text: &str) -> Result<Corrections, CorrectionErrors> {
        toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map(|before| before.matches('\n').count() + 1);
            let place = line
                .map(|line| format!("line {line}: "))
                .unwrap_or_default();
            CorrectionErrors(vec![format!("{place}{}", error.message())])
        })
    }

    /// How many corrections, removals and additions there are.
    pub fn count(&self) -> usize {
        self.correction.len() + self.removal.len() + self.addition.len()
    }
}
