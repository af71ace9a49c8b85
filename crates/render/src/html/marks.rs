//! Marks on the steps of a scale.

use super::{Page, SHORT, shapes, tone};
use crate::grid::{column, has_remarks, legend_of, qualifiers};
use crate::words;
use maud::{Markup, html};
use wcc_document::model::{Mark, MarkGrid, MarkRow, RowLevel};

impl Page<'_> {
    /// What the shapes mean, once for the whole document.
    pub(super) fn legend(&self) -> Markup {
        html! {
            div.legend {
                p.title { (words::LEGEND) }
                ul {
                    @for entry in &self.document.legend {
                        li { (shapes::mark(entry.kind, None)) span dir="auto" { (entry.words) } }
                    }
                }
            }
        }
    }

    pub(super) fn marks(&self, grid: &MarkGrid) -> Markup {
        let caption = self.new_id("caption");
        let has_end = has_remarks(grid);
        let two = (!grid.steps.is_empty()).then_some("2");
        let columns = grid.steps.len() + 1 + usize::from(has_end);
        html! {
            div.table.short[grid.rows.len() <= SHORT] {
                div.scroll role="group" aria-labelledby=(caption) tabindex="0" {
                    table.marks {
                        caption id=(caption) dir="auto" { (grid.caption) }
                        thead {
                            tr {
                                th scope="col" rowspan=[two] dir="auto" { (grid.row_heading) }
                                @if !grid.steps.is_empty() {
                                    th.over scope="colgroup" colspan=(grid.steps.len()) dir="auto" {
                                        (grid.scale)
                                    }
                                }
                                @if has_end { th.remarks scope="col" rowspan=[two] { "Remarks" } }
                            }
                            @if two.is_some() { tr {
                                @for step in &grid.steps {
                                    th.step.(tone(step.tone)) scope="col" dir="auto" {
                                        span.label { (step.label) }
                                        @if !step.title.is_empty() && step.title != step.label {
                                            " " span.aside { (step.title) }
                                        }
                                    }
                                }
                            } }
                        }
                        @for row in &grid.rows { (self.mark_row(grid, row, has_end, columns)) }
                    }
                }
                (self.key(grid))
            }
        }
    }

    fn mark_row(&self, grid: &MarkGrid, row: &MarkRow, has_end: bool, columns: usize) -> Markup {
        let link = row
            .link
            .as_deref()
            .filter(|link| self.sections.contains(link));
        let label = html! {
            @if let Some(link) = link { a href={ "#" (link) } { bdi { (row.label) } } }
            @else { bdi { (row.label) } }
        };
        html! {
            tbody.result[row.level == RowLevel::Result] {
                tr {
                    th scope="row" dir="auto" {
                        @if let Some(code) = &row.code {
                            span.coded { span.code { (code) " " } span { (label) } }
                        } @else {
                            (label)
                        }
                    }
                    @for at in 0..grid.steps.len() {
                        td.step {
                            @for mark in row.marks.iter().filter(|mark| column(grid, mark) == Some(at)) {
                                (self.mark(mark))
                            }
                        }
                    }
                    @if has_end {
                        td.remarks {
                            @if let Some(change) = &row.change { div dir="auto" { (change) } }
                            @for mark in row.marks.iter().filter(|mark| column(grid, mark).is_none()) {
                                div.unplaced {
                                    (shapes::mark(mark.kind, Some(&words::whose_qualified(&self.document.legend, mark))))
                                    " " span dir="auto" { (mark.words) } (signs(mark))
                                }
                            }
                        }
                    }
                }
                @if let Some(note) = &row.note {
                    tr.note { td.under[row.code.is_some()] colspan=(columns) dir="auto" { (self.text(note)) } }
                }
            }
        }
    }

    fn mark(&self, mark: &Mark) -> Markup {
        let alternative = words::mark(&self.document.legend, mark);
        html! {
            span.one.(shapes::class(mark.kind)) {
                (shapes::mark(mark.kind, Some(&alternative))) (signs(mark))
            }
        }
    }

    /// The shapes and signs of one grid, under it.
    fn key(&self, grid: &MarkGrid) -> Markup {
        let legend = legend_of(&self.document.legend, grid);
        let qualifiers = qualifiers(grid);
        html! {
            @if !legend.is_empty() || !qualifiers.is_empty() {
                ul.key {
                    @for entry in legend {
                        li { (shapes::mark(entry.kind, None)) span dir="auto" { (entry.words) } }
                    }
                    @for one in qualifiers {
                        li { span.sign { (words::sign(one)) } " " (words::qualifier(one)) }
                    }
                }
            }
        }
    }
}

/// The signs after a mark. Its text alternative says the same in words.
fn signs(mark: &Mark) -> Markup {
    html! {
        @if !mark.qualifiers.is_empty() {
            span.sign aria-hidden="true" { (words::signs(mark)) }
        }
    }
}
