//! Tables and marks.

use super::sheet::{Look, QUIET, Sheet, aligned, cell};
use super::{Result, Writer};
use crate::grid::marks;
use crate::words;
use wcc_document::model::{
    Align, Column, Mark, MarkGrid, MarkKind, MarkRow, Row, RowLevel, Table, TableCell, Tone,
};

/// A column of a sheet: one of the table, or the second lines of one.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// Position in the table.
    at: usize,
    column: &'a Column,
    is_aside: bool,
}

impl Writer<'_> {
    pub(super) fn table(&self, sheet: &mut Sheet<'_>, table: &Table) -> Result<()> {
        let first = sheet.row;
        sheet.line(&table.caption, Look::Caption)?;
        let places = places(table);
        self.heads(sheet, &places)?;
        sheet.freeze_head(first);
        for row in &table.rows {
            self.row(sheet, row, &places)?;
        }
        for note in &table.notes {
            sheet.paragraph(note, Look::Quiet, 0, None)?;
        }
        sheet.row += 1;
        Ok(())
    }

    fn heads(&self, sheet: &mut Sheet<'_>, places: &[Place<'_>]) -> Result<()> {
        if places.iter().any(|place| place.column.over.is_some()) {
            let mut from = 0_u16;
            let together = |one: &Place<'_>, next: &Place<'_>| {
                one.column.over.is_some() && one.column.over == next.column.over
            };
            for span in places.chunk_by(together) {
                let next = from + u16::try_from(span.len()).unwrap_or(1);
                let over = span.first().and_then(|place| place.column.over.as_deref());
                sheet.head(from, next - 1, over.unwrap_or_default(), Align::Centre)?;
                from = next;
            }
            sheet.row += 1;
        }
        let headings: Vec<String> = places.iter().map(Place::heading).collect();
        sheet.fit((0..).zip(headings.iter().map(String::as_str)))?;
        for (at, (place, heading)) in (0_u16..).zip(places.iter().zip(&headings)) {
            sheet.head(at, at, heading, place.column.align)?;
        }
        sheet.row += 1;
        Ok(())
    }

    fn row(&self, sheet: &mut Sheet<'_>, row: &Row, places: &[Place<'_>]) -> Result<()> {
        if row.heading {
            let title = row.cells.first().map(|cell| cell.text.to_plain());
            sheet.text(0, &title.unwrap_or_default(), cell().set_bold())?;
            sheet.row += 1;
            return Ok(());
        }
        let texts: Vec<String> = places.iter().map(|place| place.text(row)).collect();
        sheet.fit((0..).zip(texts.iter().map(String::as_str)))?;
        for (column, (place, text)) in (0_u16..).zip(places.iter().zip(&texts)) {
            let Some(source) = row.cells.get(place.at) else {
                continue;
            };
            if place.is_aside {
                sheet.text(column, text, cell().set_font_color(QUIET))?;
            } else {
                self.cell(sheet, column, source, text, place.column.align)?;
            }
        }
        sheet.row += 1;
        Ok(())
    }

    fn cell(
        &self,
        sheet: &mut Sheet<'_>,
        column: u16,
        source: &TableCell,
        text: &str,
        align: Align,
    ) -> Result<()> {
        let format = sheet.toned(aligned(cell(), align), source.tone);
        match source.number.filter(|number| number.is_finite()) {
            Some(number) => sheet.number(column, number, text, format),
            None => sheet.text(column, text, format),
        }
    }

    /// Marks as values: a row for each measure, a column for each method, so that they can be
    /// sorted and counted.
    pub(super) fn marks(&self, sheet: &mut Sheet<'_>, grid: &MarkGrid) -> Result<()> {
        let first = sheet.row;
        sheet.line(&grid.caption, Look::Caption)?;
        let steps = grid.steps.iter().map(|step| {
            if step.title.is_empty() || step.title == step.label {
                step.label.clone()
            } else {
                format!("{} {}", step.label, step.title)
            }
        });
        let steps: Vec<String> = steps.collect();
        if !steps.is_empty() {
            sheet.line(
                &format!("{}: {}", grid.scale, steps.join(" · ")),
                Look::Quiet,
            )?;
        }
        let kinds = kinds(grid);
        let mut headings = vec![grid.row_heading.clone(), "Code".to_owned()];
        let legend = &self.document.legend;
        headings.extend(
            kinds
                .iter()
                .map(|kind| words::whose(legend, *kind).to_owned()),
        );
        headings.extend(["Change", "Remarks"].map(str::to_owned));
        sheet.fit((0..).zip(headings.iter().map(String::as_str)))?;
        for (column, heading) in (0_u16..).zip(&headings) {
            sheet.head(column, column, heading, Align::Start)?;
        }
        sheet.row += 1;
        sheet.freeze_head(first);
        for row in &grid.rows {
            self.mark_row(sheet, grid, &kinds, row)?;
        }
        sheet.row += 1;
        Ok(())
    }

    fn mark_row(
        &self,
        sheet: &mut Sheet<'_>,
        grid: &MarkGrid,
        kinds: &[MarkKind],
        row: &MarkRow,
    ) -> Result<()> {
        let name = if row.level == RowLevel::Result {
            cell().set_bold()
        } else {
            cell()
        };
        let legend = &self.document.legend;
        let qualified = row.marks.iter().filter(|mark| !mark.qualifiers.is_empty());
        let qualified = qualified.map(|mark| words::whose_qualified(legend, mark));
        let note = row.note.iter().map(|note| note.to_plain());
        let remarks: Vec<String> = qualified.chain(note).collect();
        let remarks = remarks.join("; ");
        sheet.fit([(0, row.label.as_str())].into_iter())?;
        sheet.text(0, &row.label, name)?;
        sheet.text(1, row.code.as_deref().unwrap_or_default(), cell())?;
        let mut column = 2;
        for kind in kinds {
            let mark = row.marks.iter().find(|mark| mark.kind == *kind);
            self.mark(sheet, column, grid, mark)?;
            column += 1;
        }
        sheet.text(column, row.change.as_deref().unwrap_or_default(), cell())?;
        // Remarks run over the empty cells after them.
        sheet.text(
            column + 1,
            &remarks,
            cell().unset_text_wrap().set_font_color(QUIET),
        )?;
        sheet.row += 1;
        Ok(())
    }

    /// A mark as its words; a whole number as a number.
    fn mark(
        &self,
        sheet: &mut Sheet<'_>,
        column: u16,
        grid: &MarkGrid,
        mark: Option<&Mark>,
    ) -> Result<()> {
        let Some(mark) = mark else {
            return sheet.text(column, "", cell());
        };
        let step = mark.step.and_then(|step| grid.steps.get(usize::from(step)));
        let format = sheet.toned(cell(), step.map_or(Tone::Neutral, |step| step.tone));
        match mark.words.parse::<u16>() {
            Ok(number) => {
                let format = aligned(format, Align::Start);
                sheet
                    .page
                    .write_number_with_format(sheet.row, column, number, &format)?;
                Ok(())
            }
            Err(_) => sheet.text(column, &mark.words, format),
        }
    }
}

impl Place<'_> {
    fn heading(&self) -> String {
        if self.is_aside {
            format!("{}: remarks", self.column.heading)
        } else {
            self.column.heading.clone()
        }
    }

    fn text(&self, row: &Row) -> String {
        match row.cells.get(self.at) {
            Some(cell) if self.is_aside => cell.aside.clone().unwrap_or_default(),
            Some(cell) => cell.text.to_plain(),
            None => String::new(),
        }
    }
}

/// The columns of a table, each followed by one for its second lines if it has any.
fn places(table: &Table) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let has_aside = table.rows.iter().any(|row| {
            let cell = row.cells.get(at);
            cell.is_some_and(|cell| cell.aside.is_some())
        });
        let place = |is_aside| Place {
            at,
            column,
            is_aside,
        };
        places.push(place(false));
        places.extend(has_aside.then(|| place(true)));
    }
    places
}

/// The methods whose marks a grid has, in order.
fn kinds(grid: &MarkGrid) -> Vec<MarkKind> {
    let all = [
        MarkKind::Previous,
        MarkKind::SelfAssessment,
        MarkKind::Panel,
        MarkKind::Calibrated,
        MarkKind::Supported,
    ];
    let mut kinds = all.to_vec();
    kinds.retain(|kind| marks(grid).any(|mark| mark.kind == *kind));
    kinds
}
