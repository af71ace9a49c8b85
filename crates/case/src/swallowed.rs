//! Tells rows that a stray quotation mark has swallowed from prose with line breaks.

use crate::table::{Column, Schema};
use wcc_core::TextKind;

/// Tells whether a cell of a column names something that there is: `None` if that cannot be known.
pub(crate) type Names<'a> = &'a dyn Fn(&str, &str) -> Option<bool>;

/// Where a table has its columns.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// For each cell of a row, its column.
    columns: Vec<Option<&'static Column>>,
}

impl Layout {
    /// `positions` are those of the schema's columns in a row of `width` cells.
    pub(crate) fn new(schema: &'static Schema, positions: &[Option<usize>], width: usize) -> Self {
        let mut columns = vec![None; width];
        for (column, position) in schema.columns.iter().zip(positions) {
            if let Some(place) = position.and_then(|at| columns.get_mut(at)) {
                *place = Some(column);
            }
        }
        Self { columns }
    }

    /// How many cells a row has.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The column of a cell.
    pub(crate) fn column(&self, at: usize) -> Option<&'static Column> {
        *self.columns.get(at)?
    }

    /// Whether a cell with line breaks has rows of the table in it, or the end of one row and the
    /// beginning of another: this is what a quotation mark leaves that opens a cell by mistake.
    pub(crate) fn has_rows(&self, at: usize, text: &str, names: Names<'_>) -> bool {
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
            // The quotation mark that closes the cell stands in the same column of a later row. Text
            // in that column may have commas and line breaks of its own.
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

    /// Whether cells could be those of a row: each required code is one word, and some of them (all
    /// of them, unless the number of cells is exactly that of a row) name something that there is.
    fn is_row(&self, cells: &[(usize, &str)], names: Names<'_>, is_exact: bool) -> bool {
        let (mut named, mut unnamed, mut codes) = (0, 0, 0);
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
                Some(true) => named += 1,
                Some(false) => unnamed += 1,
                None => {}
            }
        }
        let no_doubt = named > 0 && (is_exact || unnamed == 0);
        no_doubt || is_exact && codes > 0 && named + unnamed == 0
    }
}

/// The first `most` cells with their positions in the row.
fn numbered<'a>(from: usize, cells: &[&'a str], most: usize) -> Vec<(usize, &'a str)> {
    (from..).zip(cells.iter().copied()).take(most).collect()
}
