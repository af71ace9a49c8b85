//! Marks on the steps of a scale, as characters.

use super::Writer;
use super::paragraph::{direction, runs};
use super::table::{Merge, grid, justification};
use crate::grid::{column, has_remarks, key, remarks};
use crate::words;
use maud::{Markup, html};
use wcc_document::model::{Align, MarkGrid, MarkRow, RowLevel, Tone};

impl Writer<'_> {
    pub(super) fn marks(&self, marks: &MarkGrid) -> Markup {
        let has_remarks = has_remarks(marks);
        let steps = u32::try_from(marks.steps.len()).unwrap_or(1);
        let remarks = if has_remarks { self.width() / 6 } else { 0 };
        let name = (self.width() - remarks) * 2 / 5;
        let step = (self.width() - remarks - name) / steps.max(1);
        let mut widths = vec![name];
        widths.extend(marks.steps.iter().map(|_| step));
        widths.extend(has_remarks.then_some(remarks));
        let key = key(&self.document.legend, marks).join("    ");
        html! {
            (self.line("Caption", &marks.caption))
            w:tbl {
                (self.table_properties(Some(&marks.caption), true))
                (grid(&widths))
                (self.mark_head(marks, &widths, has_remarks))
                @for row in &marks.rows { (self.mark_row(marks, row, &widths, has_remarks)) }
            }
            (self.line("Key", &key))
        }
    }

    fn mark_head(&self, marks: &MarkGrid, widths: &[u32], has_remarks: bool) -> Markup {
        let name = widths.first().copied().unwrap_or_default();
        let step = widths.get(1).copied().unwrap_or_default();
        let last = widths.last().copied().unwrap_or_default();
        let columns = marks.steps.len();
        let wide = step * u32::try_from(columns).unwrap_or(1);
        let is_split = columns > 0;
        let (above, below) = if is_split {
            (Merge::Starts, Merge::Continues)
        } else {
            (Merge::None, Merge::None)
        };
        html! {
            w:tr {
                w:trPr { w:cantSplit {} w:tblHeader {} }
                (self.head_cell(&marks.row_heading, Align::Start, name, 1, above, None))
                @if is_split {
                    (self.head_cell(&marks.scale, Align::Centre, wide, columns, Merge::None, None))
                }
                @if has_remarks {
                    (self.head_cell("Remarks", Align::Start, last, 1, above, None))
                }
            }
            @if is_split {
                w:tr {
                    w:trPr { w:cantSplit {} w:tblHeader {} }
                    (self.head_cell("", Align::Start, name, 1, below, None))
                    @for one in &marks.steps {
                        @let aside = if one.title == one.label { "" } else { &one.title };
                        (self.head_cell(&one.label, Align::Centre, step, 1, Merge::None, Some((aside, one.tone))))
                    }
                    @if has_remarks { (self.head_cell("", Align::Start, last, 1, below, None)) }
                }
            }
        }
    }

    fn mark_row(
        &self,
        marks: &MarkGrid,
        row: &MarkRow,
        widths: &[u32],
        has_remarks: bool,
    ) -> Markup {
        let is_result = row.level == RowLevel::Result;
        let bold = html! { @if is_result { w:b {} w:bCs {} } };
        let label = runs(&row.label, &bold);
        let all: u32 = widths.iter().sum();
        let cells = widths.iter().skip(1).take(marks.steps.len()).enumerate();
        html! {
            w:tr {
                w:trPr { w:cantSplit {} }
                w:tc {
                    (properties(widths.first().copied().unwrap_or_default(), 1, is_result, row.note.is_some()))
                    w:p {
                        w:pPr { w:pStyle w:val="TableText" {} @if row.note.is_some() { w:keepNext {} } (direction(&row.label)) }
                        @if let Some(code) = &row.code {
                            (runs(&format!("{code} "), &html! { w:rStyle w:val="Quiet" {} }))
                        }
                        @match &row.link {
                            Some(link) => (self.link(link, label)),
                            None => (label),
                        }
                    }
                }
                @for (at, width) in cells {
                    @let found: Vec<String> = row.marks.iter()
                        .filter(|mark| column(marks, mark) == Some(at))
                        .map(|mark| format!("{}{}", words::character(mark.kind), words::signs(mark)))
                        .collect();
                    w:tc {
                        (properties(*width, 1, is_result, row.note.is_some()))
                        w:p {
                            w:pPr { w:pStyle w:val="TableMark" {} (justification(Align::Centre)) }
                            (runs(&found.join(" "), &html! {}))
                        }
                    }
                }
                @if has_remarks {
                    @let lines = remarks(marks, row);
                    w:tc {
                        (properties(widths.last().copied().unwrap_or_default(), 1, is_result, row.note.is_some()))
                        @for line in &lines { (self.line("TableAside", line)) }
                        @if lines.is_empty() { (self.line("TableAside", "")) }
                    }
                }
            }
            @if let Some(note) = &row.note {
                w:tr {
                    w:trPr { w:cantSplit {} }
                    w:tc {
                        (properties(all, widths.len(), is_result, false))
                        (self.cell_paragraph("TableAside", note, Tone::Neutral, None))
                    }
                }
            }
        }
    }
}

/// The properties of a cell: a result is shaded, and a note belongs to the row above it.
fn properties(width: u32, columns: usize, is_result: bool, has_note: bool) -> Markup {
    html! {
        w:tcPr {
            w:tcW w:w=(width) w:type="dxa" {}
            @if columns > 1 { w:gridSpan w:val=(columns) {} }
            @if has_note { w:tcBorders { w:bottom w:val="nil" {} } }
            @if is_result { w:shd w:val="clear" w:color="auto" w:fill="F3F6FA" {} }
        }
    }
}
