//! Where marks stand in their grid, and what is said beside them, for formats without shapes.

use crate::words;
use wcc_document::model::{Mark, MarkGrid, MarkKindLegend, MarkRow};

/// The column of a mark, if it has one.
pub(crate) fn column(grid: &MarkGrid, mark: &Mark) -> Option<usize> {
    let column = usize::from(mark.step?);
    (column < grid.steps.len()).then_some(column)
}

/// Whether something is said at the end of a row.
pub(crate) fn has_remarks(grid: &MarkGrid) -> bool {
    grid.rows.iter().any(|row| !remarks(grid, row).is_empty())
}

/// What is said at the end of a row: how it moved, and the marks that have no column.
pub(crate) fn remarks(grid: &MarkGrid, row: &MarkRow) -> Vec<String> {
    let marks = row.marks.iter().filter(|mark| column(grid, mark).is_none());
    let marks = marks.map(|mark| {
        let (character, signs) = (words::character(mark.kind), words::signs(mark));
        format!("{character} {}{signs}", mark.words)
    });
    row.change.iter().cloned().chain(marks).collect()
}

/// What the characters and signs of a grid mean.
pub(crate) fn key(legend: &[MarkKindLegend], grid: &MarkGrid) -> Vec<String> {
    let marks = || grid.rows.iter().flat_map(|row| &row.marks);
    let kinds = legend
        .iter()
        .filter(|entry| marks().any(|mark| mark.kind == entry.kind));
    let kinds = kinds.map(|entry| format!("{} {}", words::character(entry.kind), entry.words));
    let qualifiers = words::QUALIFIERS
        .iter()
        .filter(|one| marks().any(|mark| mark.qualifiers.contains(one)));
    let qualifiers =
        qualifiers.map(|one| format!("{} {}", words::sign(*one), words::qualifier(*one)));
    kinds.chain(qualifiers).collect()
}
