//! Charts. Each says in words what it shows, for those who do not see it.

use super::Tone;
use serde::{Deserialize, Serialize};

/// A chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub enum Chart {
    /// Values over years.
    Lines(LineChart),
    /// How many are at each step.
    Spread(SpreadChart),
}

/// Values over years: an outcome with its benchmarks and its trajectory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineChart {
    /// Title.
    pub title: String,
    /// Unit of the values: "per 100,000".
    pub unit: String,
    /// What it shows, in words, with the figures that matter.
    pub alternative: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// First and last year.
    pub years: [i16; 2],
    /// Lowest and highest value of its axis: round numbers.
    pub range: [f64; 2],
    /// The values at which its axis has a mark, lowest first, with their labels.
    pub ticks: Vec<(f64, String)>,
}

/// A line of a [`LineChart`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name, which stands at its end.
    pub name: String,
    /// What it is.
    pub role: LineRole,
    /// Its points by year. A line is interrupted where `breaks` says so.
    pub points: Vec<Point>,
}

/// What a line is; each has its own dashes and symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineRole {
    /// The body itself.
    Own,
    /// The nation.
    National,
    /// Its comparison group.
    Peers,
    /// The tenth that improved most.
    TopDecile,
    /// What it aims at.
    Trajectory,
}

/// A point of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Year.
    pub year: i16,
    /// Value.
    pub value: f64,
    /// The value as it is printed.
    pub words: String,
    /// Whether the series breaks before it: it is not joined to the point before.
    pub breaks: bool,
}

/// How many bodies are at each step, one bar for each measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpreadChart {
    /// Title.
    pub title: String,
    /// What it shows, in words.
    pub alternative: String,
    /// The parts of each bar, lowest step first: label, tone.
    pub steps: Vec<(String, Tone)>,
    /// Its bars.
    pub bars: Vec<SpreadBar>,
}

/// A bar of a [`SpreadChart`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpreadBar {
    /// Its name: "5a".
    pub name: String,
    /// Its parts, one for each step.
    pub parts: Vec<SpreadPart>,
    /// How many have no value.
    pub unknown: u32,
}

/// A part of a [`SpreadBar`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpreadPart {
    /// How many.
    pub count: u32,
}
