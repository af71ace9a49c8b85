//! Distinguishes rows that a stray quotation mark has joined into a cell from prose with line
//! breaks.

use crate::schema::{Column, Schema};
use wcc_core::TextKind;

/// Whether the text of a cell, given with its column, is a known code or identifier; `None` if the
/// column does not hold any.
pub(crate) type NameLookup<'a> = &'a dyn Fn(&str, &str) -> Option<bool>;

/// The order of the columns in a table.
#[derive(Debug, Default)]
pub(crate) struct ColumnLayout {
    /// The column of each cell of a row.
    columns: Vec<Option<&'static Column>>,
}

impl ColumnLayout {
    /// `positions` are the positions of the schema's columns in a row of `width` cells.
    pub(crate) fn new(schema: &'static Schema, positions: &[Option<usize>], width: usize) -> Self {
        let mut columns = vec![None; width];
        for (column, position) in schema.columns.iter().zip(positions) {
            if let Some(place) = position.and_then(|at| columns.get_mut(at)) {
                *place = Some(column);
            }
        }
        Self { columns }
    }

    /// The number of cells of a row.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The column of a cell.
    pub(crate) fn column(&self, at: usize) -> Option<&'static Column> {
        *self.columns.get(at)?
    }

    /// The position of a column's cells in a row.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        columns.position(|column| column.is_some_and(|column| column.name == name))
    }

    /// Whether a cell with line breaks contains rows of the table, or the end of one row and the
    /// beginning of another, as happens when a stray quotation mark opens a cell.
    pub(crate) fn has_rows(&self, at: usize, text: &str, names: NameLookup<'_>) -> bool {
        let lines = text.split('\n').map(|line| line.split(',').collect());
        let lines: Vec<Vec<&str>> = lines.collect();
        let (before, after) = (at, self.width().saturating_sub(at + 1));
        let mut pairs = lines.windows(2);
        pairs.any(|pair| {
            let [end, start] = pair else { return false };
            if start.len() == self.width() && self.is_row(&numbered(0, start, before), names, true)
            {
                return true;
            }
            // The quotation mark that closes the cell is in the same column of a later row. Text
            // in this column may contain commas and line breaks of its own.
            if end.len() < after + 1 || start.len() < before + 1 {
                return false;
            }
            let is_exact = end.len() == after + 1
                && (start.len() == before + 1
                    || start.len() == before + 2
                        && start.last().is_some_and(|cell| cell.is_empty()));
            let end = end.get(end.len() - after..).unwrap_or_default();
            let mut both = numbered(at + 1, end, after);
            both.extend(numbered(0, start, before));
            self.is_row(&both, names, is_exact)
        })
    }

    /// Whether cells could be those of a row: each required code is one word, and some of them
    /// (all of them, unless the number of cells is exactly that of a row) are known.
    fn is_row(&self, cells: &[(usize, &str)], names: NameLookup<'_>, is_exact: bool) -> bool {
        let (mut known, mut unknown, mut codes) = (0, 0, 0);
        for (at, cell) in cells {
            let code = self
                .column(*at)
                .filter(|column| column.kind == TextKind::Code);
            let Some(column) = code.filter(|column| column.required) else {
                continue;
            };
            let cell = cell.trim().trim_matches('"').trim();
            if cell.is_empty() || cell.contains(char::is_whitespace) {
                return false;
            }
            codes += 1;
            match names(column.name, cell) {
                Some(true) => known += 1,
                Some(false) => unknown += 1,
                None => {}
            }
        }
        let is_certain = known > 0 && (is_exact || unknown == 0);
        is_certain || is_exact && codes > 0 && known + unknown == 0
    }
}

/// The first `most` cells with their positions in the row.
fn numbered<'a>(from: usize, cells: &[&'a str], most: usize) -> Vec<(usize, &'a str)> {
    (from..).zip(cells.iter().copied()).take(most).collect()
}
