//! The figures of a chart as a table, for formats that do not draw it and for readers who would
//! rather have numbers.

use crate::words;
use wcc_document::model::{Chart, LineChart, SpreadChart};

/// The figures of a chart.
pub(crate) struct Figures<'a> {
    /// Its title, with its unit.
    pub(crate) caption: String,
    /// What it shows, in words.
    pub(crate) alternative: &'a str,
    /// The headings of the columns; the first column names the rows.
    pub(crate) headings: Vec<String>,
    /// The rows; empty if there is nothing to draw.
    pub(crate) rows: Vec<Vec<Figure>>,
}

/// A cell: what is read, and the number for software that calculates.
pub(crate) struct Figure {
    pub(crate) words: String,
    pub(crate) number: Option<f64>,
}

impl Figure {
    fn words(words: impl Into<String>) -> Figure {
        Figure {
            words: words.into(),
            number: None,
        }
    }

    fn count(count: u32) -> Figure {
        Figure {
            words: count.to_string(),
            number: Some(f64::from(count)),
        }
    }
}

impl Figures<'_> {
    pub(crate) fn of(chart: &Chart) -> Figures<'_> {
        match chart {
            Chart::Lines(chart) => Figures::of_lines(chart),
            Chart::Spread(chart) => Figures::of_spread(chart),
        }
    }

    /// A row for each year, a column for each line.
    fn of_lines(chart: &LineChart) -> Figures<'_> {
        let points = chart.lines.iter().flat_map(|line| &line.points);
        let mut years: Vec<i16> = points.map(|point| point.year).collect();
        years.sort_unstable();
        years.dedup();
        let mut headings = vec!["Year".to_owned()];
        headings.extend(chart.lines.iter().map(|line| line.name.clone()));
        let row = |year: &i16| {
            let mut row = vec![Figure::words(year.to_string())];
            for line in &chart.lines {
                let point = line.points.iter().find(|point| point.year == *year);
                row.push(match point {
                    None => Figure::words(""),
                    Some(point) if point.breaks => Figure {
                        words: format!("{} (new series)", point.words),
                        number: Some(point.value),
                    },
                    Some(point) => Figure {
                        words: point.words.clone(),
                        number: Some(point.value),
                    },
                });
            }
            row
        };
        Figures {
            caption: format!("{}, {}", chart.title, chart.unit),
            alternative: &chart.alternative,
            rows: years.iter().map(row).collect(),
            headings,
        }
    }

    /// As [`Figures::of`], but a line that breaks has a column for each of its parts, so that
    /// software that draws it from the figures does not join them.
    pub(crate) fn of_unbroken(chart: &Chart) -> Figures<'_> {
        let Chart::Lines(chart) = chart else {
            return Figures::of(chart);
        };
        let mut figures = Figures::of_lines(chart);
        figures.headings.truncate(1);
        for row in &mut figures.rows {
            row.truncate(1);
        }
        for line in &chart.lines {
            for (at, part) in line.points.chunk_by(|_, next| !next.breaks).enumerate() {
                let name = if at == 0 {
                    line.name.clone()
                } else {
                    format!("{} (new series)", line.name)
                };
                figures.headings.push(name);
                for row in &mut figures.rows {
                    let year = row.first().map(|year| year.words.clone());
                    let point = part
                        .iter()
                        .find(|point| Some(point.year.to_string()) == year);
                    row.push(Figure {
                        words: point.map_or_else(String::new, |point| point.words.clone()),
                        number: point.map(|point| point.value),
                    });
                }
            }
        }
        figures
    }

    /// A row for each bar, a column for each step.
    fn of_spread(chart: &SpreadChart) -> Figures<'_> {
        let mut headings = vec![String::new()];
        headings.extend(chart.steps.iter().map(|(step, _)| step.clone()));
        headings.push(words::NOT_KNOWN.to_owned());
        let rows = chart.bars.iter().map(|bar| {
            let mut row = vec![Figure::words(bar.name.clone())];
            row.extend(bar.parts.iter().map(|part| Figure::count(part.count)));
            row.push(Figure::count(bar.unknown));
            row
        });
        Figures {
            caption: chart.title.clone(),
            alternative: &chart.alternative,
            rows: rows.collect(),
            headings,
        }
    }
}
