//! Tables.

use super::{Page, SHORT, tone};
use maud::{Markup, html};
use wcc_document::model::{Align, Column, Row, Table, TableCell};

/// Columns that follow each other under one heading, or one column without such a heading.
struct Span<'a> {
    over: Option<&'a str>,
    columns: Vec<&'a Column>,
}

impl Page<'_> {
    pub(super) fn table(&self, table: &Table) -> Markup {
        let caption = self.new_id("caption");
        html! {
            div.table.short[table.rows.len() <= SHORT] {
                div.scroll role="group" aria-labelledby=(caption) tabindex="0" {
                    table.wide[table.columns.len() > 6] {
                        caption id=(caption) dir="auto" { (table.caption) }
                        (widths(&table.columns))
                        thead { (headings(&table.columns)) }
                        @for group in table.rows.chunk_by(|_, next| !next.heading) {
                            tbody { @for row in group { (self.row(row, &table.columns)) } }
                        }
                    }
                }
                @for note in &table.notes { p.note dir="auto" { (self.text(note)) } }
            }
        }
    }

    fn row(&self, row: &Row, columns: &[Column]) -> Markup {
        if row.heading {
            return html! {
                tr.group {
                    th scope="rowgroup" colspan=(columns.len()) dir="auto" {
                        @if let Some(cell) = row.cells.first() { (self.cell(cell)) }
                    }
                }
            };
        }
        html! {
            tr {
                @for (at, cell) in row.cells.iter().enumerate() {
                    @let align = columns.get(at).map_or("start", |column| align(column.align));
                    // A heading that names nothing would be read as one.
                    @if at == 0 && !cell.text.is_empty() {
                        th scope="row" class={ (align) " " (tone(cell.tone)) } dir="auto" { (self.cell(cell)) }
                    } @else {
                        td class={ (align) " " (tone(cell.tone)) } dir="auto" { (self.cell(cell)) }
                    }
                }
            }
        }
    }

    fn cell(&self, cell: &TableCell) -> Markup {
        html! {
            (self.text(&cell.text))
            @if let Some(aside) = &cell.aside { " " span.aside dir="auto" { (aside) } }
        }
    }
}

/// The class of an alignment.
fn align(align: Align) -> &'static str {
    match align {
        Align::Start => "start",
        Align::Centre => "centre",
        Align::End => "end",
    }
}

fn widths(columns: &[Column]) -> Markup {
    let all: u32 = columns.iter().map(|column| u32::from(column.width)).sum();
    html! {
        colgroup {
            @for column in columns {
                @let share = u32::from(column.width) * 1000 / all.max(1);
                col style={ "width:" (share / 10) "." (share % 10) "%" };
            }
        }
    }
}

/// One row of headings, or two if some columns have a heading in common.
fn headings(columns: &[Column]) -> Markup {
    let mut spans: Vec<Span<'_>> = Vec::new();
    for column in columns {
        let over = column.over.as_deref();
        match spans.last_mut() {
            Some(last) if over.is_some() && last.over == over => last.columns.push(column),
            _ => spans.push(Span {
                over,
                columns: vec![column],
            }),
        }
    }
    let has_two = spans.iter().any(|span| span.over.is_some());
    html! {
        tr {
            @for span in &spans {
                @match (span.over, span.columns.as_slice()) {
                    (Some(over), under) => {
                        th.over scope="colgroup" colspan=(under.len()) dir="auto" { (over) }
                    },
                    (None, [column]) => {
                        (heading(column, if has_two { Some("2") } else { None }))
                    },
                    (None, _) => {},
                }
            }
        }
        @if has_two {
            tr {
                @for span in spans.iter().filter(|span| span.over.is_some()) {
                    @for column in &span.columns { (heading(column, None)) }
                }
            }
        }
    }
}

fn heading(column: &Column, rows: Option<&str>) -> Markup {
    html! {
        th scope="col" class=(align(column.align)) rowspan=[rows] dir="auto" { (column.heading) }
    }
}
