//! Where marks stand in their grid, and what is said beside them, for formats without shapes.

use crate::words;
use wcc_document::model::{Mark, MarkGrid, MarkKindLegend, MarkRow, Qualifier};

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
    let kinds = legend_of(legend, grid).into_iter().map(words::legend_entry);
    let qualifiers = qualifiers(grid).into_iter();
    let qualifiers =
        qualifiers.map(|one| format!("{} {}", words::sign(one), words::qualifier(one)));
    kinds.chain(qualifiers).collect()
}

/// The entries of a legend whose marks a grid has.
pub(crate) fn legend_of<'a>(
    legend: &'a [MarkKindLegend],
    grid: &MarkGrid,
) -> Vec<&'a MarkKindLegend> {
    let is_used = |entry: &&MarkKindLegend| marks(grid).any(|mark| mark.kind == entry.kind);
    legend.iter().filter(is_used).collect()
}

/// The qualifiers of the marks of a grid, in the order of the key.
pub(crate) fn qualifiers(grid: &MarkGrid) -> Vec<Qualifier> {
    let is_used = |one: &Qualifier| marks(grid).any(|mark| mark.qualifiers.contains(one));
    words::QUALIFIERS.into_iter().filter(is_used).collect()
}

/// All marks of a grid.
pub(crate) fn marks(grid: &MarkGrid) -> impl Iterator<Item = &Mark> {
    grid.rows.iter().flat_map(|row| &row.marks)
}
