//! The columns of a table.

use wcc_core::TextKind;
use wcc_core::framework::Names;

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Its neutral name, if `name` is a word of World Class Commissioning. Headers may have either.
    pub(crate) neutral: Option<&'static str>,
    pub(crate) required: bool,
    pub(crate) kind: TextKind,
}

impl Column {
    /// The same column, holding one line of text such as a title or a source.
    pub(crate) const fn line(self) -> Column {
        self.of_kind(TextKind::Line)
    }

    /// The same column, holding prose; only prose may have line breaks.
    pub(crate) const fn prose(self) -> Column {
        self.of_kind(TextKind::Prose)
    }

    const fn of_kind(self, kind: TextKind) -> Column {
        Column { kind, ..self }
    }

    /// The same column, which may also have another name.
    pub(crate) const fn or(self, neutral: &'static str) -> Column {
        Column {
            neutral: Some(neutral),
            ..self
        }
    }

    /// Its name in messages.
    pub(crate) fn shown(&self, names: Names) -> &'static str {
        match names {
            Names::WorldClassCommissioning => self.name,
            Names::Neutral => self.neutral.unwrap_or(self.name),
        }
    }
}

/// A column that must be present and whose cells must not be empty. It holds codes, identifiers,
/// numbers and the like, unless [`Column::line`] or [`Column::prose`] changes this.
pub(crate) const fn required(name: &'static str) -> Column {
    Column {
        name,
        neutral: None,
        required: true,
        kind: TextKind::Code,
    }
}

/// A column that may be left out and whose cells may be empty.
pub(crate) const fn optional(name: &'static str) -> Column {
    Column {
        name,
        neutral: None,
        required: false,
        kind: TextKind::Code,
    }
}

/// A table's name and columns.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [Column],
}

impl Schema {
    pub(crate) fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of its columns in messages.
    pub(crate) fn shown(&self, names: Names) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(move |column| column.shown(names))
    }
}
