//! Charts as their words and their figures: a table can be read and edited by everybody.

use super::Writer;
use super::table::{Merge, grid};
use crate::figures::Figures;
use maud::{Markup, html};
use wcc_document::model::{Align, Chart, Text, Tone};

impl Writer<'_> {
    pub(super) fn chart(&self, chart: &Chart) -> Markup {
        let figures = Figures::of(chart);
        html! {
            (self.line("Caption", &figures.caption))
            (self.line("ChartWords", figures.alternative))
            @if !figures.rows.is_empty() { (self.figures(&figures)) }
        }
    }

    fn figures(&self, figures: &Figures<'_>) -> Markup {
        let columns = u32::try_from(figures.headings.len()).unwrap_or(1);
        // The names of the rows are as wide as two columns of numbers.
        let width = self.width() / (columns + 1).max(1);
        let mut widths = vec![width; figures.headings.len()];
        if let Some(first) = widths.first_mut() {
            *first = width * 2;
        }
        let align = |at: usize| if at == 0 { Align::Start } else { Align::End };
        html! {
            w:tbl {
                (self.table_properties(Some(&figures.caption), true))
                (grid(&widths))
                w:tr {
                    w:trPr { w:cantSplit {} w:tblHeader {} }
                    @for (at, (heading, width)) in figures.headings.iter().zip(&widths).enumerate() {
                        (self.head_cell(heading, align(at), *width, 1, Merge::None, None))
                    }
                }
                @for row in &figures.rows {
                    w:tr {
                        w:trPr { w:cantSplit {} }
                        @for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
                            w:tc {
                                w:tcPr { w:tcW w:w=(width) w:type="dxa" {} }
                                (self.cell_paragraph("TableText", &Text::plain(&cell.words), Tone::Neutral, Some(align(at))))
                            }
                        }
                    }
                }
            }
            (self.line("AfterTable", ""))
        }
    }
}
