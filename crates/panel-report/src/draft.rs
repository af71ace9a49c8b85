//! The files of a case before they are written: tables whose cells can be corrected, and texts.

use serde::{Deserialize, Serialize};
use wcc_csv_text::csv_text;

/// The files of a case folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CaseDraft {
    pub(crate) files: Vec<DraftFile>,
}

/// A file with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DraftFile {
    pub(crate) name: String,
    pub(crate) content: Content,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Content {
    /// TOML or Markdown.
    Text(String),
    Table(Table),
}

/// A table of records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row with the name by which corrections know it: `3a panel`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) record: String,
    pub(crate) cells: Vec<String>,
}

impl Table {
    pub(crate) fn new(columns: &[&str]) -> Table {
        Table {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn push<const N: usize>(&mut self, record: String, cells: [impl AsRef<str>; N]) {
        let cells = cells.iter().map(|cell| {
            let line = cell.as_ref().replace(['\n', '\t'], " ");
            line.trim().to_owned()
        });
        self.rows.push(Row {
            record,
            cells: cells.collect(),
        });
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == name)
    }

    /// The table as CSV, without columns that are empty throughout and that it can do without.
    fn csv(&self) -> String {
        let filled = |column: usize| {
            let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column));
            cells.any(|cell| !cell.is_empty())
        };
        let names = self.columns.iter().enumerate();
        let kept: Vec<usize> = names
            .filter(|(column, name)| filled(*column) || !OPTIONAL.contains(&name.as_str()))
            .map(|(column, _)| column)
            .collect();
        let rows = self.rows.iter().map(|row| &row.cells);
        let rows = std::iter::once(&self.columns).chain(rows);
        csv_text(rows.map(|row| kept.iter().filter_map(|column| row.get(*column))))
    }
}

/// Columns that a table only has if a row has something in them.
const OPTIONAL: &[&str] = &[
    "better",
    "replaces",
    "selection_reason",
    "stated_change",
    "stated_change_source",
];

impl CaseDraft {
    /// Sets a text, unless there is nothing in it.
    pub(crate) fn set_text(&mut self, name: &str, text: String) {
        if !text.is_empty() {
            self.set(name, Content::Text(text));
        }
    }

    /// Sets a table, unless it has no rows.
    pub(crate) fn set_table(&mut self, name: &str, table: Table) {
        if !table.rows.is_empty() {
            self.set(name, Content::Table(table));
        }
    }

    pub(crate) fn set(&mut self, name: &str, content: Content) {
        let known = self.files.iter_mut().find(|file| file.name == name);
        match known {
            Some(file) => file.content = content,
            None => self.files.push(DraftFile {
                name: name.to_owned(),
                content,
            }),
        }
    }

    /// Whether there is no file: the body of the report is not known.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Names and contents of the files, as they are written. Text that a spreadsheet would take for a
    /// formula stays as it is, because a case reads back what its cells say (docs/importing.md).
    pub fn files(&self) -> Vec<(String, String)> {
        let files = self.files.iter().map(|file| {
            let text = match &file.content {
                Content::Text(text) => text.clone(),
                Content::Table(table) => table.csv(),
            };
            (file.name.clone(), text)
        });
        files.collect()
    }
}
