//! Tables: their head is repeated on each page, and no row is broken.

use super::{Writer, paragraph};
use crate::style::Colour;
use maud::{Markup, html};
use wcc_document::model::{Align, Column, Row, Table, TableCell, Text, Tone};

/// What a cell of a head is, beside its heading.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    /// Nothing.
    None,
    /// It reaches into the row under it.
    Starts,
    /// It is the rest of the cell above it.
    Continues,
}

impl Writer<'_> {
    pub(super) fn table(&self, table: &Table) -> Markup {
        let widths = self.widths(&table.columns);
        html! {
            (self.line("Caption", &table.caption))
            w:tbl {
                (self.table_properties(Some(&table.caption), true))
                (grid(&widths))
                (self.head(&table.columns, &widths))
                @for row in &table.rows { (self.row(row, &table.columns, &widths)) }
            }
            @for note in &table.notes { (self.paragraph("TableNote", note)) }
            @if table.notes.is_empty() { (self.line("AfterTable", "")) }
        }
    }

    /// The properties of a table: its style, that it is as wide as the text, and what it shows.
    pub(super) fn table_properties(&self, caption: Option<&str>, has_head: bool) -> Markup {
        html! {
            w:tblPr {
                w:tblStyle w:val="DocumentTable" {}
                w:tblW w:w=(self.width()) w:type="dxa" {}
                w:tblLayout w:type="fixed" {}
                w:tblLook w:val=(if has_head { "00A0" } else { "0080" })
                    w:firstRow=(u8::from(has_head)) w:lastRow="0" w:firstColumn="1" w:lastColumn="0"
                    w:noHBand="1" w:noVBand="1" {}
                @if let Some(caption) = caption { w:tblCaption w:val=(caption) {} }
            }
        }
    }

    /// The widths of columns, which fill the text.
    fn widths(&self, columns: &[Column]) -> Vec<u32> {
        let all: u32 = columns.iter().map(|column| u32::from(column.width)).sum();
        let share = |column: &Column| u32::from(column.width) * self.width() / all.max(1);
        columns.iter().map(share).collect()
    }

    fn head(&self, columns: &[Column], widths: &[u32]) -> Markup {
        let has_two = columns.iter().any(|column| column.over.is_some());
        let pairs: Vec<(&Column, u32)> = columns.iter().zip(widths.iter().copied()).collect();
        let spans =
            pairs.chunk_by(|(one, _), (next, _)| one.over.is_some() && one.over == next.over);
        html! {
            @if has_two {
                w:tr {
                    w:trPr { w:cantSplit {} w:tblHeader {} }
                    @for span in spans {
                        @let width = span.iter().map(|(_, width)| width).sum();
                        @match span.first().map(|(column, _)| (*column, column.over.as_deref())) {
                            Some((_, Some(over))) => {
                                (self.head_cell(over, Align::Centre, width, span.len(), Merge::None, None))
                            },
                            Some((column, None)) => {
                                (self.head_cell(&column.heading, column.align, width, 1, Merge::Starts, None))
                            },
                            None => {},
                        }
                    }
                }
            }
            w:tr {
                w:trPr { w:cantSplit {} w:tblHeader {} }
                @for (column, width) in &pairs {
                    @if has_two && column.over.is_none() {
                        (self.head_cell("", column.align, *width, 1, Merge::Continues, None))
                    } @else {
                        (self.head_cell(&column.heading, column.align, *width, 1, Merge::None, None))
                    }
                }
            }
        }
    }

    /// A cell of a head, with a second line if there is one.
    pub(super) fn head_cell(
        &self,
        heading: &str,
        align: Align,
        width: u32,
        columns: usize,
        merge: Merge,
        aside: Option<(&str, Tone)>,
    ) -> Markup {
        let colour = aside.and_then(|(_, tone)| self.colour(tone));
        html! {
            w:tc {
                w:tcPr {
                    w:tcW w:w=(width) w:type="dxa" {}
                    @if columns > 1 { w:gridSpan w:val=(columns) {} }
                    @match merge {
                        Merge::None => {},
                        Merge::Starts => w:vMerge w:val="restart" {},
                        Merge::Continues => w:vMerge {},
                    }
                    @if let Some(colour) = colour {
                        w:tcBorders { w:top w:val="single" w:sz="24" w:space="0" w:color=(hex(colour)) {} }
                    }
                    w:vAlign w:val="bottom" {}
                }
                w:p {
                    w:pPr {
                        w:pStyle w:val="TableHead" {}
                        (paragraph::direction(heading))
                        (justification(align))
                    }
                    (paragraph::runs(heading, &html! {}))
                }
                @if let Some((aside, _)) = aside {
                    @if !aside.is_empty() {
                        w:p {
                            w:pPr {
                                w:pStyle w:val="TableAside" {}
                                (paragraph::direction(aside))
                                (justification(align))
                            }
                            (paragraph::runs(aside, &html! {}))
                        }
                    }
                }
            }
        }
    }

    fn row(&self, row: &Row, columns: &[Column], widths: &[u32]) -> Markup {
        if row.heading {
            let title = row.cells.first().map(|cell| &cell.text);
            return self.group_row(title, columns.len(), widths.iter().sum());
        }
        let cells = row.cells.iter().zip(columns).zip(widths);
        html! {
            w:tr {
                w:trPr { w:cantSplit {} }
                @for ((cell, column), width) in cells { (self.cell(cell, column.align, *width)) }
            }
        }
    }

    /// A row whose one cell is a heading of the rows under it.
    fn group_row(&self, title: Option<&Text>, columns: usize, width: u32) -> Markup {
        html! {
            w:tr {
                w:trPr { w:cantSplit {} }
                w:tc {
                    w:tcPr {
                        w:tcW w:w=(width) w:type="dxa" {}
                        w:gridSpan w:val=(columns) {}
                    }
                    (self.paragraph("TableGroup", title.unwrap_or(&Text::default())))
                }
            }
        }
    }

    fn cell(&self, cell: &TableCell, align: Align, width: u32) -> Markup {
        html! {
            w:tc {
                w:tcPr {
                    w:tcW w:w=(width) w:type="dxa" {}
                    @if let Some(colour) = self.colour(cell.tone) {
                        w:shd w:val="clear" w:color="auto" w:fill=(hex(colour.tint(10))) {}
                    }
                }
                (self.cell_paragraph("TableText", &cell.text, cell.tone, Some(align)))
                @if let Some(aside) = &cell.aside {
                    w:p {
                        w:pPr {
                            w:pStyle w:val="TableAside" {}
                            (paragraph::direction(aside))
                            (justification(align))
                        }
                        (paragraph::runs(aside, &html! {}))
                    }
                }
            }
        }
    }

    /// The paragraph of a cell, in the colour of its tone.
    pub(super) fn cell_paragraph(
        &self,
        style: &str,
        text: &Text,
        tone: Tone,
        align: Option<Align>,
    ) -> Markup {
        let properties = html! {
            @if let Some(colour) = self.colour(tone) {
                w:b {} w:bCs {} w:color w:val=(hex(colour)) {}
            }
        };
        html! {
            w:p {
                w:pPr {
                    w:pStyle w:val=(style) {}
                    (paragraph::direction(&text.to_plain()))
                    @if let Some(align) = align { (justification(align)) }
                }
                (self.text_with(text, &properties))
            }
        }
    }

    pub(super) fn colour(&self, tone: Tone) -> Option<Colour> {
        self.style.colours.of(tone)
    }
}

/// The columns of a table.
pub(super) fn grid(widths: &[u32]) -> Markup {
    html! { w:tblGrid { @for width in widths { w:gridCol w:w=(width) {} } } }
}

pub(super) fn justification(align: Align) -> Markup {
    html! {
        @match align {
            Align::Start => {},
            Align::Centre => w:jc w:val="center" {},
            Align::End => w:jc w:val="right" {},
        }
    }
}

/// A colour as Word writes it.
pub(super) fn hex(colour: Colour) -> String {
    let [red, green, blue] = colour.0;
    format!("{red:02X}{green:02X}{blue:02X}")
}
