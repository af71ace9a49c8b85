//! Charts as drawings, each with its words and its figures.

mod lines;
mod spread;

use super::Page;
use crate::figures::Figures;
use maud::{Markup, html};
use wcc_document::model::Chart;

impl Page<'_> {
    /// A drawing with its title, what it shows in words, and its figures as a table. Its words
    /// stand beside it, so the drawing itself is hidden from those who hear the page.
    pub(super) fn chart(&self, chart: &Chart) -> Markup {
        let id = self.new_id("chart");
        let figures = Figures::of(chart);
        let (title, unit, drawing) = match chart {
            Chart::Lines(chart) => (&chart.title, Some(&chart.unit), lines::drawing(chart)),
            Chart::Spread(chart) => (&chart.title, None, spread::drawing(chart, &id)),
        };
        html! {
            figure.chart aria-labelledby=(id) {
                figcaption {
                    p.title id=(id) dir="auto" {
                        (title)
                        @if let Some(unit) = unit { span.unit { ", " (unit) } }
                    }
                    p.words dir="auto" { (figures.alternative) }
                }
                @if let Some(drawing) = drawing {
                    div.scroll role="group" aria-label={ "Chart: " (title) } tabindex="0" {
                        (drawing)
                    }
                }
                @if !figures.rows.is_empty() {
                    details {
                        summary { "Figures" span.hidden { " of the chart: " (title) } }
                        div.scroll role="group" aria-label={ "Figures: " (title) } tabindex="0" {
                            (table(&figures))
                        }
                    }
                }
            }
        }
    }
}

fn table(figures: &Figures<'_>) -> Markup {
    html! {
        table {
            caption dir="auto" { (figures.caption) }
            thead {
                tr {
                    @for heading in &figures.headings {
                        @if heading.is_empty() { td {} }
                        @else { th.end scope="col" dir="auto" { (heading) } }
                    }
                }
            }
            tbody {
                @for row in &figures.rows {
                    tr {
                        @for (at, cell) in row.iter().enumerate() {
                            @if at == 0 { th scope="row" dir="auto" { (cell.words) } }
                            @else { td.end dir="auto" { (cell.words) } }
                        }
                    }
                }
            }
        }
    }
}

/// A coordinate as it is written.
fn coordinate(value: f64) -> String {
    format!("{value:.1}")
}

/// Breaks text at spaces into lines of at most so many characters, if its words permit it.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
