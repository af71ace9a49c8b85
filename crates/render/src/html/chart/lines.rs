//! Values over years.

use super::{coordinate, wrap};
use maud::{Markup, html};
use std::fmt::Write as _;
use wcc_document::model::{Line, LineChart, LineRole, Point};

/// Width of the drawing.
const WIDTH: f64 = 680.0;
/// Height of the drawing.
const HEIGHT: f64 = 320.0;
/// Left edge of the plot: the labels of the axis stand before it.
const LEFT: f64 = 56.0;
/// Right edge of the plot: the names of the lines stand after it.
const RIGHT: f64 = 480.0;
/// Top edge of the plot.
const TOP: f64 = 14.0;
/// Bottom edge of the plot: the years stand under it.
const BOTTOM: f64 = 284.0;
/// Distance between lines of text.
const LEADING: f64 = 15.0;
/// Characters in a line of a name.
const NAME: usize = 26;
/// Labels of years, at most.
const YEARS: usize = 9;

/// The drawing, if there is anything to draw.
pub(super) fn drawing(chart: &LineChart) -> Option<Markup> {
    let is_drawn = chart.lines.iter().any(|line| !line.points.is_empty());
    if !is_drawn {
        return None;
    }
    let axes = Axes::new(chart);
    Some(html! {
        svg.lines viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-hidden="true" {
            @for (value, label) in &chart.ticks {
                @let y = coordinate(axes.y(*value));
                line.grid x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                text.end x=(LEFT - 8.0) y=(coordinate(axes.y(*value) + 4.5)) { (label) }
            }
            line.axis x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            @for year in years(chart) {
                @let x = coordinate(axes.x(year));
                line.axis x1=(x) x2=(x) y1=(BOTTOM) y2=(BOTTOM + 5.0) {}
                text.middle x=(x) y=(BOTTOM + 21.0) { (year) }
            }
            // The line of the body itself is drawn last, over the others.
            @for line in chart.lines.iter().rev() { (self::line(line, &axes)) }
            (names(chart, &axes))
        }
    })
}

/// Where years and values stand in the drawing.
struct Axes {
    first: f64,
    years: f64,
    lowest: f64,
    values: f64,
}

impl Axes {
    fn new(chart: &LineChart) -> Axes {
        let [first, last] = chart.years.map(f64::from);
        let [lowest, highest] = chart.range;
        Axes {
            first,
            years: last - first,
            lowest,
            values: highest - lowest,
        }
    }

    fn x(&self, year: i16) -> f64 {
        let share = share(f64::from(year) - self.first, self.years);
        LEFT + 16.0 + share * (RIGHT - LEFT - 32.0)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - share(value - self.lowest, self.values) * (BOTTOM - TOP)
    }
}

/// A part of a whole; the middle if the whole is nothing.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).clamp(0.0, 1.0)
    } else {
        0.5
    }
}

/// The years that have a label: all, or every second, third...
fn years(chart: &LineChart) -> impl Iterator<Item = i16> + use<> {
    let [first, last] = chart.years;
    let all = usize::from(last.abs_diff(first)) + 1;
    let step = all.div_ceil(YEARS).max(1);
    (first..=last).step_by(step)
}

fn class(role: LineRole) -> &'static str {
    match role {
        LineRole::Own => "own",
        LineRole::National => "national",
        LineRole::Peers => "peers",
        LineRole::TopDecile => "decile",
        LineRole::Trajectory => "trajectory",
    }
}

fn line(line: &Line, axes: &Axes) -> Markup {
    let mut path = String::new();
    for (at, point) in line.points.iter().enumerate() {
        let step = if at == 0 || point.breaks { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{step}{:.1} {:.1}",
            axes.x(point.year),
            axes.y(point.value)
        );
    }
    html! {
        g.(class(line.role)) {
            path.line d=(path) {}
            @for point in &line.points { (symbol(line.role, axes, point)) }
        }
    }
}

fn symbol(role: LineRole, axes: &Axes, point: &Point) -> Markup {
    let (x, y) = (axes.x(point.year), axes.y(point.value));
    at(role, x, y)
}

/// The symbol of a role at a place.
fn at(role: LineRole, x: f64, y: f64) -> Markup {
    let move_to = format!("translate({x:.1} {y:.1})");
    html! {
        @match role {
            LineRole::Own => circle.full transform=(move_to) r="4.2" {},
            LineRole::National => rect.full transform=(move_to) x="-3.2" y="-3.2" width="6.4" height="6.4" {},
            LineRole::Peers => path.full transform=(move_to) d="M0-4.4 4.2 3.4H-4.2z" {},
            LineRole::TopDecile => path.full transform=(move_to) d="M0-4.6 4.6 0 0 4.6-4.6 0z" {},
            LineRole::Trajectory => circle.open transform=(move_to) r="3.8" {},
        }
    }
}

/// The name of a line, wrapped, and where it stands.
struct Name<'a> {
    line: &'a Line,
    words: Vec<String>,
    top: f64,
}

/// The names of lines, at the height of their ends, moved apart where they would meet.
fn names(chart: &LineChart, axes: &Axes) -> Markup {
    let mut names: Vec<Name<'_>> = chart
        .lines
        .iter()
        .filter_map(|line| {
            let last = line.points.last()?;
            let words = wrap(&format!("{} {}", line.name, last.words), NAME);
            let top = axes.y(last.value) - 4.0;
            Some(Name { line, words, top })
        })
        .collect();
    names.sort_by(|one, other| one.top.total_cmp(&other.top));
    let height =
        |name: &Name<'_>| LEADING * f64::from(u32::try_from(name.words.len()).unwrap_or(1)) + 5.0;
    let mut free = TOP - 4.0;
    for name in &mut names {
        name.top = name.top.max(free);
        free = name.top + height(name);
    }
    // What was moved beyond the foot moves back up, with what is above it.
    let mut foot = HEIGHT;
    for name in names.iter_mut().rev() {
        name.top = name.top.min(foot - height(name));
        foot = name.top;
    }
    html! {
        @for name in &names {
            g.name.(class(name.line.role)) {
                (at(name.line.role, RIGHT + 8.0, name.top + 7.0))
                @for (at, words) in (0_u8..).zip(&name.words) {
                    text x=(RIGHT + 20.0) y=(coordinate(name.top + 11.5 + LEADING * f64::from(at))) {
                        (words)
                    }
                }
            }
        }
    }
}
