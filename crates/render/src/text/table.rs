//! Tables of text: columns where they fit, otherwise one row after the other.

use super::{cell_text, padded};
use crate::figures::Figures;
use textwrap::core::display_width;
use wcc_document::model::{Align, Table};

/// Space between columns.
const BETWEEN: usize = 2;

/// A table of words.
struct Words {
    headings: Vec<String>,
    align: Vec<Align>,
    rows: Vec<Line>,
}

enum Line {
    /// A heading of the rows under it.
    Heading(String),
    Cells(Vec<String>),
}

/// The lines of a table.
pub(super) fn of_table(table: &Table, width: usize) -> Vec<String> {
    let headings = table.columns.iter().map(|column| match &column.over {
        Some(over) => format!("{over}: {}", column.heading),
        None => column.heading.clone(),
    });
    let rows = table.rows.iter().map(|row| {
        let mut cells = row.cells.iter();
        if row.heading {
            let title = cells.next().map(|cell| cell.text.to_plain());
            return Line::Heading(title.unwrap_or_default());
        }
        Line::Cells(
            cells
                .map(|cell| cell_text(&cell.text, cell.aside.as_deref()))
                .collect(),
        )
    });
    let words = Words {
        headings: headings.collect(),
        align: table.columns.iter().map(|column| column.align).collect(),
        rows: rows.collect(),
    };
    words.lines(width)
}

/// The lines of the figures of a chart.
pub(super) fn of_figures(figures: &Figures<'_>, width: usize) -> Vec<String> {
    let columns = figures.headings.len();
    let mut align = vec![Align::End; columns];
    if let Some(first) = align.first_mut() {
        *first = Align::Start;
    }
    let rows = figures.rows.iter().map(|row| {
        let cells = row.iter().map(|figure| figure.words.clone());
        Line::Cells(cells.collect())
    });
    let words = Words {
        headings: figures.headings.clone(),
        align,
        rows: rows.collect(),
    };
    words.lines(width)
}

impl Words {
    fn lines(&self, width: usize) -> Vec<String> {
        match self.widths(width) {
            Some(widths) => self.as_columns(&widths),
            None => self.as_records(width),
        }
    }

    /// The widths of the columns, if they can stand beside each other.
    fn widths(&self, width: usize) -> Option<Vec<usize>> {
        let columns = self.headings.len();
        let available = width.checked_sub(BETWEEN * columns.saturating_sub(1))?;
        let mut widest = Vec::new();
        let mut narrowest = Vec::new();
        for at in 0..columns {
            let cells = self.rows.iter().filter_map(|row| match row {
                Line::Cells(cells) => cells.get(at),
                Line::Heading(_) => None,
            });
            let texts: Vec<&String> = self.headings.get(at).into_iter().chain(cells).collect();
            let whole = texts.iter().map(|text| display_width(text)).max();
            widest.push(whole.unwrap_or(0));
            // A column is as wide as its longest word, if that leaves room for the others.
            let words = texts.iter().flat_map(|text| text.split_whitespace());
            let word = words.map(display_width).max().unwrap_or(0);
            narrowest.push(word.min(available / 2).max(1));
        }
        let needed: usize = widest.iter().sum();
        if needed <= available {
            return Some(widest);
        }
        let least: usize = narrowest.iter().sum();
        let spare = available.checked_sub(least)?;
        let wanted: usize = needed.saturating_sub(least).max(1);
        let widths = widest.iter().zip(&narrowest).map(|(widest, narrowest)| {
            narrowest + spare * widest.saturating_sub(*narrowest) / wanted
        });
        Some(widths.collect())
    }

    fn as_columns(&self, widths: &[usize]) -> Vec<String> {
        let mut lines = self.row(&self.headings, widths);
        let all: usize = widths.iter().sum::<usize>() + BETWEEN * widths.len().saturating_sub(1);
        lines.push("─".repeat(all));
        for row in &self.rows {
            match row {
                Line::Heading(title) => {
                    lines.extend(
                        textwrap::wrap(title, all.max(1))
                            .into_iter()
                            .map(String::from),
                    );
                }
                Line::Cells(cells) => lines.extend(self.row(cells, widths)),
            }
        }
        lines
    }

    /// A row, whose cells are wrapped in their columns.
    fn row(&self, cells: &[String], widths: &[usize]) -> Vec<String> {
        let wrapped = cells.iter().zip(widths);
        let wrapped = wrapped.map(|(cell, width)| textwrap::wrap(cell, (*width).max(1)));
        let wrapped: Vec<_> = wrapped.collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let line = |at: usize| {
            let mut columns = Vec::new();
            for ((cell, width), align) in wrapped.iter().zip(widths).zip(&self.align) {
                let part = cell.get(at).map_or("", |part| part.as_ref());
                columns.push(padded(part, *width, *align));
            }
            columns.join(&" ".repeat(BETWEEN))
        };
        (0..height).map(line).collect()
    }

    /// Each row as lines of headings and values, for tables that are wider than the page.
    fn as_records(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for row in &self.rows {
            match row {
                Line::Heading(title) => {
                    lines.extend(textwrap::wrap(title, width).into_iter().map(String::from));
                }
                Line::Cells(cells) => {
                    for (at, (heading, cell)) in self.headings.iter().zip(cells).enumerate() {
                        let start = match (at, heading.is_empty()) {
                            (0, true) => String::new(),
                            (0, false) => format!("{heading}: "),
                            _ => format!("  {heading}: "),
                        };
                        let options = textwrap::Options::new(width).subsequent_indent("      ");
                        let line = format!("{start}{cell}");
                        lines.extend(textwrap::wrap(&line, options).into_iter().map(String::from));
                    }
                }
            }
        }
        lines
    }
}
