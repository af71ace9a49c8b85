//! Series over the years, as a chart. The table beside it has the figures.

use maud::{Markup, html};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;

/// A line of a chart.
pub(crate) struct Line {
    pub(crate) title: String,
    pub(crate) kind: LineKind,
    /// Years with their values, in order.
    pub(crate) points: Vec<Point>,
}

/// One point of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) year: i32,
    pub(crate) value: f64,
    /// Whether it cannot be compared with the one before.
    pub(crate) breaks: bool,
}

/// What a line shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    Own,
    Target,
    National,
    Peers,
    TopDecile,
}

impl LineKind {
    fn class(self) -> &'static str {
        match self {
            LineKind::Own => "wcc-line wcc-line--own",
            LineKind::Target => "wcc-line wcc-line--target",
            LineKind::National => "wcc-line wcc-line--national",
            LineKind::Peers => "wcc-line wcc-line--peers",
            LineKind::TopDecile => "wcc-line wcc-line--top",
        }
    }
}

/// The range of a chart.
struct Range {
    years: (i32, i32),
    values: (f64, f64),
}

impl Range {
    fn of(lines: &[Line]) -> Option<Range> {
        let points = || lines.iter().flat_map(|line| &line.points);
        let years = points().map(|point| point.year);
        let low = points()
            .map(|point| point.value)
            .fold(f64::INFINITY, f64::min);
        let high = points()
            .map(|point| point.value)
            .fold(f64::NEG_INFINITY, f64::max);
        let margin = if high > low {
            (high - low) * 0.1
        } else {
            high.abs() * 0.1 + 0.5
        };
        Some(Range {
            years: (years.clone().min()?, years.max()?),
            values: (low - margin, high + margin),
        })
    }

    fn x(&self, year: i32) -> f64 {
        let (first, last) = self.years;
        let span = f64::from((last - first).max(1));
        LEFT + (WIDTH - LEFT - RIGHT) * f64::from(year - first) / span
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)
    }
}

/// A chart of the lines that have points; `title` says what it shows.
pub(crate) fn trend(title: &str, lines: &[Line]) -> Markup {
    let Some(range) = Range::of(lines) else {
        return html! {};
    };
    let (first, last) = range.years;
    let every = (last - first) / 8 + 1;
    let (low, high) = range.values;
    let ticks = (0..=4).map(|part| low + (high - low) * f64::from(part) / 4.0);
    html! {
        figure.wcc-trend {
            figcaption.nhsuk-u-visually-hidden { "Chart: " (title) }
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(title) focusable="false" {
                @for tick in ticks {
                    line.wcc-trend__grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(rounded(range.y(tick))) y2=(rounded(range.y(tick))) {}
                    text.wcc-trend__label x=(LEFT - 8.0) y=(rounded(range.y(tick) + 4.0)) text-anchor="end" {
                        (figure(tick, high - low))
                    }
                }
                @for year in (first..=last).filter(|year| (year - first) % every == 0) {
                    text.wcc-trend__label x=(rounded(range.x(year))) y=(HEIGHT - 8.0) text-anchor="middle" { (year) }
                }
                @for line in lines { (drawn(line, &range)) }
            }
            ul.wcc-legend {
                @for line in lines.iter().filter(|line| !line.points.is_empty()) {
                    li {
                        svg viewBox="0 0 30 10" width="30" height="10" aria-hidden="true" focusable="false" {
                            line class=(line.kind.class()) x1="0" x2="30" y1="5" y2="5" {}
                        }
                        (line.title)
                    }
                }
            }
        }
    }
}

fn drawn(line: &Line, range: &Range) -> Markup {
    let mut path = String::new();
    for (number, point) in line.points.iter().enumerate() {
        let command = if number == 0 || point.breaks {
            'M'
        } else {
            'L'
        };
        let (x, y) = (rounded(range.x(point.year)), rounded(range.y(point.value)));
        path.push_str(&format!("{command}{x} {y}"));
    }
    html! {
        path class=(line.kind.class()) d=(path) fill="none" {}
        @if line.kind == LineKind::Own {
            @for point in &line.points {
                circle.wcc-trend__point cx=(rounded(range.x(point.year))) cy=(rounded(range.y(point.value))) r="4" {
                    title { (point.year) ": " (point.value) }
                }
            }
        }
    }
}

fn rounded(position: f64) -> f64 {
    (position * 10.0).round() / 10.0
}

/// A figure of the axis, with as many decimals as its range needs.
fn figure(value: f64, range: f64) -> String {
    let decimals = if range < 1.0 {
        2
    } else if range < 20.0 {
        1
    } else {
        0
    };
    format!("{value:.decimals$}")
}
