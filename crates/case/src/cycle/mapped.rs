//! Reads published files as they are: `indicator_files.toml` says which column of a file is what.

mod rows;

use super::PublishedFiles;
use super::context::Context;
use super::indicators::{Indicators, Target};
use super::value_cells::{CONFIDENCE, confidence_meant};
use crate::files;
use crate::problem::quoted;
use crate::problem_collector::ProblemCollector;
use crate::toml_reader::{Document, Located, Reader, Strictness};
use std::cell::Cell;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::Path;
use wcc_core::BodyIndex;
use wcc_core::indicator::{PeriodForm, SeriesRole, parse_period};
use wcc_core::outcome::SeriesIndex;
use wcc_core::record::is_confidence;

/// The file that says how published files are read.
pub(super) const FILE: &str = "indicator_files.toml";

/// The rows that can be the header of a published file.
const HEADER_ROWS: RangeInclusive<i64> = 1..=1_000;

/// How one published file is read.
#[derive(Debug)]
pub(super) struct MappedFile {
    name: String,
    /// The row with the names of the columns, if titles come before it.
    header_row: Option<u32>,
    body: String,
    period: Option<String>,
    source: Option<String>,
    source_text: Option<String>,
    /// Codes of the file with the codes of the tables of bodies.
    codes: Vec<(NamedCode, String)>,
    /// Codes of the file whose rows are national figures.
    national: Vec<NamedCode>,
    /// The body with which national figures are recorded.
    recorded_with: Option<BodyIndex>,
    /// Codes of the file whose rows are left out.
    skip: Vec<NamedCode>,
    /// Texts that stand for a missing value.
    missing: Vec<String>,
    columns: Vec<MappedColumn>,
}

/// A code of the file that the mapping names. Case is ignored, as it is in codes of bodies.
#[derive(Debug)]
struct NamedCode {
    code: String,
    /// Whether a row has the code.
    is_used: Cell<bool>,
}

impl NamedCode {
    fn new(code: &str) -> NamedCode {
        NamedCode {
            code: code.trim().to_owned(),
            is_used: Cell::new(false),
        }
    }

    fn matches(&self, code: &str) -> bool {
        let matches = self.code.eq_ignore_ascii_case(code);
        if matches {
            self.is_used.set(true);
        }
        matches
    }
}

impl MappedFile {
    /// The names of the columns that it reads.
    fn columns_named(&self) -> impl Iterator<Item = &str> {
        let own = [Some(&self.body), self.period.as_ref(), self.source.as_ref()];
        let of_figures = self.columns.iter().flat_map(|column| {
            let others = [&column.lower, &column.upper, &column.break_before];
            others
                .into_iter()
                .filter_map(Option::as_ref)
                .chain([&column.value])
        });
        let names = own.into_iter().flatten().chain(of_figures);
        names.map(String::as_str)
    }
}

/// One column of figures.
#[derive(Debug)]
struct MappedColumn {
    target: Target,
    value: String,
    lower: Option<String>,
    upper: Option<String>,
    break_before: Option<String>,
    period: Option<(i16, PeriodForm)>,
    confidence: Option<f64>,
}

/// The names of the files that an `indicator_files.toml` has read, valid or not.
pub(crate) fn names_of_files(bytes: &[u8]) -> Vec<String> {
    let collector = ProblemCollector::default();
    let Ok(text) = files::as_text(bytes, FILE) else {
        return Vec::new();
    };
    let document = Document::new(FILE, &text, &collector, Strictness::New);
    let Some(table) = document.parse() else {
        return Vec::new();
    };
    let root = document.root(&table);
    let names = root.tables("file").into_iter();
    let names = names.filter_map(|file| file.owned("name"));
    names.filter(|name| is_plain(name)).collect()
}

/// Whether a name is that of a file in the same folder.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let first = parts.next();
    matches!(first, Some(std::path::Component::Normal(_)))
        && parts.next().is_none()
        && !name.contains(['/', '\\'])
        && name.to_ascii_lowercase().ends_with(".csv")
}

/// The published files that the caller has.
pub(super) struct GivenFiles<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) required: PublishedFiles,
}

/// Reads `indicator_files.toml`.
pub(super) fn mapping(
    context: &Context<'_>,
    bytes: &[u8],
    indicators: &mut Indicators,
    given: &GivenFiles<'_>,
) {
    let text = match files::as_text(bytes, &context.file) {
        Ok(text) => text,
        Err(problems) => {
            context.collector.extend(problems);
            return;
        }
    };
    let document = Document::new(&context.file, &text, context.collector, Strictness::New);
    let Some(table) = document.parse() else {
        return;
    };
    let root = document.root(&table);
    root.only(&["file"]);
    let tables = root.tables("file");
    if tables.is_empty() && !root.has("file") {
        root.document.add(&root.spot_of("file"), |at| {
            at("no file is named".to_owned()).expecting("a [[file]]")
        });
    }
    for table in &tables {
        let before = context.collector.count();
        let file = file(context, table, indicators, given);
        // Problems of rows would follow from those of the mapping.
        if context.collector.count() == before {
            indicators.files.extend(file);
        }
    }
}

fn file(
    context: &Context<'_>,
    table: &Reader<'_>,
    indicators: &mut Indicators,
    given: &GivenFiles<'_>,
) -> Option<MappedFile> {
    table.only(&[
        "name",
        "header_row",
        "body",
        "period",
        "source",
        "source_column",
        "codes",
        "national",
        "recorded_with",
        "skip",
        "missing",
        "column",
    ]);
    let name = table.required_text("name");
    if let Some(name) = &name {
        if !is_plain(name.value) {
            table.document.add(&name.spot, |at| {
                at(format!(
                    "{} is not a CSV file in this folder",
                    quoted(name.value)
                ))
                .expecting("the name of a .csv file beside indicator_files.toml")
            });
        } else if !given.names.contains(&name.value) {
            if given.required == PublishedFiles::Any {
                return None;
            }
            table.document.add(&name.spot, |at| {
                at(format!(
                    "there is no file {} in this folder",
                    quoted(name.value)
                ))
            });
        }
    }
    let header_row = table.integer("header_row", HEADER_ROWS);
    let header_row = header_row.and_then(|row| u32::try_from(row.value).ok());
    let body = table.required_text("body");
    let texts = |key: &str| -> Vec<String> {
        let texts = table.texts(key).unwrap_or_default().into_iter();
        texts.map(|text| text.value.to_owned()).collect()
    };
    let named = |key: &str| -> Vec<NamedCode> {
        texts(key).iter().map(|code| NamedCode::new(code)).collect()
    };
    let national = named("national");
    let recorded_with = body_of(context, table, "recorded_with");
    if !national.is_empty() && !table.has("recorded_with") {
        table.missing("recorded_with");
    }
    let codes = table.table("codes").map(|codes| codes.every_text());
    let codes = codes.unwrap_or_default();
    for (_, now) in &codes {
        if context.organisations.find(now.value).is_none() {
            let (message, more) = context.no_body(now.value).parts();
            table.document.add(&now.spot, |at| more(at(message)));
        }
    }
    let codes = codes.into_iter();
    let period = table.owned("period");
    let columns: Vec<MappedColumn> = table
        .tables("column")
        .iter()
        .filter_map(|column| self::column(context, column, indicators, period.is_some()))
        .collect();
    if !table.has("column") {
        table.missing("column");
    }
    Some(MappedFile {
        name: name?.value.to_owned(),
        header_row,
        body: body?.value.to_owned(),
        period,
        source: table.owned("source_column"),
        source_text: table.owned("source"),
        codes: codes
            .map(|(code, now)| (NamedCode::new(code.value), now.value.to_owned()))
            .collect(),
        national,
        recorded_with,
        skip: named("skip"),
        missing: texts("missing"),
        columns,
    })
}

fn body_of(context: &Context<'_>, table: &Reader<'_>, key: &str) -> Option<BodyIndex> {
    let code = table.text(key)?;
    let found = context.organisations.find(code.value);
    if found.is_none() {
        let (message, more) = context.no_body(code.value).parts();
        table.document.add(&code.spot, |at| more(at(message)));
    }
    found
}

fn column(
    context: &Context<'_>,
    table: &Reader<'_>,
    indicators: &mut Indicators,
    has_periods: bool,
) -> Option<MappedColumn> {
    table.only(&[
        "indicator",
        "series",
        "of",
        "value",
        "lower",
        "upper",
        "break",
        "period",
        "confidence",
    ]);
    let value = table.required_text("value");
    let indicator = table.required_text("indicator");
    let found = indicator
        .as_ref()
        .and_then(|id| indicators.find(context, id.value));
    if let (Some(id), None) = (&indicator, found) {
        let near = indicators.nearest_id(context, id.value);
        table.document.add(&id.spot, |at| {
            at(format!("there is no indicator {}", quoted(id.value)))
                .expecting("an outcome of the framework, or an indicator of indicators.csv")
                .nearest_to(near.as_deref())
        });
    }
    let ids: Vec<(&str, SeriesIndex)> = context
        .framework
        .series
        .iter()
        .map(|series| series.id.as_str())
        .zip((0..).map(SeriesIndex))
        .collect();
    let series = table.word("series", &ids);
    let roles = SeriesRole::ALL.map(|role| (role.name(), role));
    let role = table.word("of", &roles);
    let period = table
        .text("period")
        .and_then(|text| fixed_period(table, &text));
    if !has_periods && !table.has("period") {
        table.document.add(&table.spot_of("period"), |at| {
            at("is missing".to_owned()).expecting(
                "the period of this column, or the column of periods in `period` of the file",
            )
        });
    }
    for (given, missing) in [("lower", "upper"), ("upper", "lower")] {
        if table.has(given) && !table.has(missing) {
            table.document.add(&table.spot_of(missing), |at| {
                at("is missing".to_owned())
                    .expecting(format!("both limits, as `{given}` is given, or neither"))
            });
        }
    }
    let confidence = table.number("confidence");
    if let Some(confidence) = &confidence
        && !is_confidence(confidence.value)
    {
        table.document.add(&confidence.spot, |at| {
            at(format!("{} is not a confidence level", confidence.value))
                .expecting(CONFIDENCE)
                .nearest_to(confidence_meant(confidence.value).as_deref())
        });
    }
    Some(MappedColumn {
        target: Target {
            indicator: found?,
            series: series.map_or_else(SeriesIndex::default, |series| series.value),
            role: role.map_or(SeriesRole::Own, |role| role.value),
        },
        value: value?.value.to_owned(),
        lower: table.owned("lower"),
        upper: table.owned("upper"),
        break_before: table.owned("break"),
        period,
        confidence: confidence.map(|number| number.value),
    })
}

fn fixed_period(table: &Reader<'_>, text: &Located<&str>) -> Option<(i16, PeriodForm)> {
    match parse_period(text.value) {
        Ok(period) => Some(period),
        Err(error) => {
            table.document.add(&text.spot, |at| {
                at(format!("{} {error}", quoted(text.value))).expecting(error.expected())
            });
            None
        }
    }
}

/// Reads a published file. Returns the number of its last row.
pub(super) fn read(
    context: &Context<'_>,
    input: impl Read,
    name: &str,
    indicators: &mut Indicators,
) -> u32 {
    let Some(at) = indicators.files.iter().position(|file| file.name == name) else {
        return 1;
    };
    let mapping = indicators.files.swap_remove(at);
    rows::rows(context, input, &mapping, indicators)
}
