//! Charts of outcomes over years: the body beside the nation, its comparison group and the best
//! tenth, and what it aims for. Axis and ticks are computed here.

use crate::context::Context;
use crate::model::{Block, Chart, Line, LineChart, LineRole, Point};
use crate::words::capitalised;
use wcc_core::indicator::{IndicatorGroup, IndicatorValue, SeriesRole, figure};
use wcc_core::outcome::YearValue;
use wcc_core::record::ChosenOutcome;

/// A chart for each outcome with at least two values.
pub(crate) fn charts(context: &Context<'_>) -> Vec<Block> {
    let outcomes = context.output.outcomes.iter();
    let charts = outcomes.filter_map(|outcome| chart(context, outcome.record(context.cycle())));
    charts
        .map(|chart| Block::Chart(Chart::Lines(chart)))
        .collect()
}

fn chart(context: &Context<'_>, chosen: &ChosenOutcome) -> Option<LineChart> {
    let cycle = context.cycle();
    let groups = context.source.indicators.groups(cycle);
    let group = groups.measuring(&chosen.outcome, chosen.series);
    let words = &context.framework().words;
    let own = match chosen.values.is_empty() {
        false => points_of_years(&chosen.values),
        true => points(group.as_ref(), SeriesRole::Own, chosen),
    };
    let of = |role: SeriesRole| points(group.as_ref(), role, chosen);
    let body = cycle.organisations.body(chosen.pct).name.clone();
    let lines = [
        (body, LineRole::Own, own),
        (
            "National".to_owned(),
            LineRole::National,
            of(SeriesRole::National),
        ),
        (
            capitalised(&words.peers.one),
            LineRole::Peers,
            of(SeriesRole::Peers),
        ),
        (
            "Top decile".to_owned(),
            LineRole::TopDecile,
            of(SeriesRole::TopDecile),
        ),
        (
            "Trajectory".to_owned(),
            LineRole::Trajectory,
            of(SeriesRole::Target),
        ),
    ];
    let lines: Vec<Line> = lines
        .into_iter()
        .filter(|(_, _, points)| !points.is_empty())
        .map(|(name, role, points)| Line { name, role, points })
        .collect();
    let all = || lines.iter().flat_map(|line| &line.points);
    let first = all().map(|point| point.year).min()?;
    let last = all().map(|point| point.year).max()?;
    if first == last {
        return None;
    }
    let lowest = all().map(|point| point.value).fold(f64::INFINITY, f64::min);
    let highest = all()
        .map(|point| point.value)
        .fold(f64::NEG_INFINITY, f64::max);
    let (range, ticks) = axis(lowest, highest);
    let definition = context.framework().find_outcome(&chosen.outcome);
    let own_unit = group.and_then(|group| group.first.definition.as_ref());
    let unit = own_unit.map(|definition| definition.unit.to_string());
    let unit = unit.or_else(|| definition.map(|definition| definition.unit.clone()));
    Some(LineChart {
        title: chosen.full_title(context.framework()),
        unit: unit.unwrap_or_default(),
        alternative: alternative(&lines),
        lines,
        years: [first, last],
        range,
        ticks,
    })
}

/// The series of a role: the body's own where each body has one.
fn points(
    group: Option<&IndicatorGroup<'_>>,
    role: SeriesRole,
    chosen: &ChosenOutcome,
) -> Vec<Point> {
    let series = group.and_then(|group| {
        let mut series = group.of_role(role);
        series.find(|series| role.holds_for_all() || series.body == chosen.pct)
    });
    series.map_or_else(Vec::new, |series| points_of_values(&series.values))
}

fn points_of_values(values: &[IndicatorValue]) -> Vec<Point> {
    of_values(
        values
            .iter()
            .map(|value| (value.year, value.value, value.break_before)),
    )
}

fn points_of_years(values: &[YearValue]) -> Vec<Point> {
    let mut values = values.to_vec();
    values.sort_by_key(|value| value.year);
    of_values(
        values
            .iter()
            .map(|value| (value.year, value.value, value.break_before)),
    )
}

/// Points of the known values. A missing value interrupts the line as a break does.
fn of_values(values: impl Iterator<Item = (i16, Option<f64>, bool)>) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut breaks = false;
    for (year, value, break_before) in values {
        breaks |= break_before;
        let Some(value) = value else {
            breaks = true;
            continue;
        };
        points.push(Point {
            year,
            value,
            words: figure(value),
            breaks: breaks && !points.is_empty(),
        });
        breaks = false;
    }
    points
}

/// Each line with its first and last value.
fn alternative(lines: &[Line]) -> String {
    let each = lines.iter().filter_map(|line| {
        let (first, last) = (line.points.first()?, line.points.last()?);
        Some(match first.year == last.year {
            true => format!("{}: {} in {}", line.name, first.words, first.year),
            false => format!(
                "{}: {} in {}, {} in {}",
                line.name, first.words, first.year, last.words, last.year
            ),
        })
    });
    let each: Vec<String> = each.collect();
    format!("{}.", each.join("; "))
}

/// The number of intervals that an axis should have.
const INTERVALS: f64 = 4.0;

/// The range of an axis and its ticks: multiples of 1, 2 or 5 times a power of ten that enclose the
/// values.
fn axis(lowest: f64, highest: f64) -> ([f64; 2], Vec<(f64, String)>) {
    let size = highest.abs().max(lowest.abs());
    // Equal values get an axis around them.
    let span = match highest - lowest {
        span if span > size * 1e-9 => span,
        _ if size > 0.0 => size / 2.0,
        _ => 1.0,
    };
    let step = round_step(span / INTERVALS);
    let from = (lowest / step).floor();
    let to = (highest / step).ceil().max(from + 1.0);
    let decimals = decimals_of(step);
    let mut ticks = Vec::new();
    let mut at = from;
    while at <= to + 0.5 && ticks.len() < 20 {
        let value = at * step;
        let label = format!("{value:.decimals$}");
        let label = if label.trim_start_matches(['-', '0', '.']).is_empty() {
            "0".to_owned()
        } else {
            label
        };
        ticks.push((value, label));
        at += 1.0;
    }
    ([from * step, to * step], ticks)
}

/// The smallest of 1, 2, 5 or 10 times a power of ten that is not below a size.
fn round_step(size: f64) -> f64 {
    let power = 10_f64.powf(size.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power >= size * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// The decimals that multiples of a round step need.
fn decimals_of(step: f64) -> usize {
    let mut decimals = 0;
    let mut scaled = step;
    while decimals < 9 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}
