//! Charts as drawings, each with its words and its figures.

mod lines;
mod spread;

use super::Page;
use maud::{Markup, html};
use wcc_document::model::Chart;

impl Page<'_> {
    pub(super) fn chart(&self, chart: &Chart) -> Markup {
        let title = self.new_id("chart");
        match chart {
            Chart::Lines(chart) => figure(
                &title,
                &chart.title,
                Some(&chart.unit),
                &chart.alternative,
                lines::drawing(chart),
                lines::figures(chart),
            ),
            Chart::Spread(chart) => figure(
                &title,
                &chart.title,
                None,
                &chart.alternative,
                spread::drawing(chart, &title),
                spread::figures(chart),
            ),
        }
    }
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

/// A drawing with its title, what it shows in words, and its figures as a table. Its words stand
/// beside it, so the drawing itself is hidden from those who hear the page.
fn figure(
    id: &str,
    title: &str,
    unit: Option<&str>,
    alternative: &str,
    drawing: Option<Markup>,
    figures: Option<Markup>,
) -> Markup {
    html! {
        figure.chart aria-labelledby=(id) {
            figcaption {
                p.title id=(id) dir="auto" {
                    (title)
                    @if let Some(unit) = unit { span.unit { ", " (unit) } }
                }
                p.words dir="auto" { (alternative) }
            }
            @if let Some(drawing) = drawing {
                div.scroll role="group" aria-label={ "Chart: " (title) } tabindex="0" { (drawing) }
            }
            @if let Some(figures) = figures {
                details {
                    summary { "Figures" span.hidden { " of the chart: " (title) } }
                    div.scroll role="group" aria-label={ "Figures: " (title) } tabindex="0" { (figures) }
                }
            }
        }
    }
}
