//! Reads published files as they are: `indicator_files.toml` says which column of a file is what.

use super::MAPPED;
use super::context::Context;
use super::indicators::{Indicators, Target};
use super::value_cells::{NamedCell, RowProblems, ValueCells};
use crate::files;
use crate::nearest::nearest;
use crate::problem::{Place, quoted};
use crate::problem_collector::ProblemCollector;
use crate::records::{Record, Records};
use crate::toml_reader::{Document, Located, Reader, Strictness};
use std::path::Path;
use wcc_core::BodyIndex;
use wcc_core::indicator::{PeriodForm, SeriesRole, parse_period};
use wcc_core::outcome::SeriesIndex;

/// The file that says how published files are read.
pub(super) const FILE: &str = "indicator_files.toml";
/// The most rows of a published file.
const MAX_ROWS: u32 = 2_000_000;

/// How one published file is read.
#[derive(Debug)]
pub(super) struct MappedFile {
    name: String,
    body: String,
    period: Option<String>,
    source: Option<String>,
    source_text: Option<String>,
    /// Codes of the file with the codes of the tables of bodies.
    codes: Vec<(String, String)>,
    /// Codes of the file whose rows are national figures.
    national: Vec<String>,
    /// The body with which national figures are recorded.
    recorded_with: Option<BodyIndex>,
    /// Codes of the file whose rows are left out.
    skip: Vec<String>,
    /// Texts that stand for a missing value.
    missing: Vec<String>,
    columns: Vec<MappedColumn>,
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

/// Reads `indicator_files.toml`. `given` are the names of the files that the caller has.
pub(super) fn mapping(
    context: &Context<'_>,
    bytes: &[u8],
    indicators: &mut Indicators,
    given: &[&str],
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
        if let Some(file) = file(context, table, indicators, given) {
            indicators.files.push(file);
        }
    }
}

fn file(
    context: &Context<'_>,
    table: &Reader<'_>,
    indicators: &mut Indicators,
    given: &[&str],
) -> Option<MappedFile> {
    table.only(&[
        "name",
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
        } else if !given.contains(&name.value) {
            table.document.add(&name.spot, |at| {
                at(format!(
                    "there is no file {} in this folder",
                    quoted(name.value)
                ))
            });
        }
    }
    let body = table.required_text("body");
    let texts = |key: &str| -> Vec<String> {
        let texts = table.texts(key).unwrap_or_default().into_iter();
        texts.map(|text| text.value.to_owned()).collect()
    };
    let national = texts("national");
    let recorded_with = body_of(context, table, "recorded_with");
    if !national.is_empty() && !table.has("recorded_with") {
        table.missing("recorded_with");
    }
    let codes = table.table("codes").map(|codes| codes.every_text());
    let codes = codes.unwrap_or_default().into_iter();
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
        body: body?.value.to_owned(),
        period,
        source: table.owned("source_column"),
        source_text: table.owned("source"),
        codes: codes
            .map(|(code, now)| (code.value.to_owned(), now.value.to_owned()))
            .collect(),
        national,
        recorded_with,
        skip: texts("skip"),
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
        confidence: table.number("confidence").map(|number| number.value),
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

/// Where the columns of one column of figures are in a file.
struct Positions<'m> {
    column: &'m MappedColumn,
    value: usize,
    lower: Option<usize>,
    upper: Option<usize>,
    break_before: Option<usize>,
}

/// Reads a published file. Returns the number of its last row.
pub(super) fn read(
    context: &Context<'_>,
    bytes: &[u8],
    name: &str,
    indicators: &mut Indicators,
) -> u32 {
    let Some(at) = indicators.files.iter().position(|file| file.name == name) else {
        return 1;
    };
    let mapping = indicators.files.swap_remove(at);
    let checked = files::check_size(bytes.len(), &context.file, files::table_limit(MAPPED))
        .and_then(|()| files::plain(bytes, &context.file));
    match checked {
        Ok(plain) => rows(context, &plain, &mapping, indicators),
        Err(problems) => {
            context.collector.extend(problems);
            1
        }
    }
}

fn rows(
    context: &Context<'_>,
    bytes: &[u8],
    mapping: &MappedFile,
    indicators: &mut Indicators,
) -> u32 {
    let mut records = Records::new(bytes);
    let mut record = Record::default();
    if !records.next(&mut record) {
        report(
            context,
            1,
            "the header row is missing".to_owned(),
            "a row with the names of the columns",
        );
        return 1;
    }
    let mut number = record.blanks_before.saturating_add(1);
    let width = record.len();
    let header: Vec<String> = record
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    let before = context.collector.count();
    let body_at = position(context, number, &header, &mapping.body);
    let optional = |name: &Option<String>| {
        name.as_ref()
            .map(|name| position(context, number, &header, name).unwrap_or_default())
    };
    let period_at = optional(&mapping.period);
    let source_at = optional(&mapping.source);
    let columns: Vec<Positions<'_>> = mapping
        .columns
        .iter()
        .map(|column| Positions {
            column,
            value: position(context, number, &header, &column.value).unwrap_or_default(),
            lower: optional(&column.lower),
            upper: optional(&column.upper),
            break_before: optional(&column.break_before),
        })
        .collect();
    let Some(body_at) = body_at.filter(|_| context.collector.count() == before) else {
        return number;
    };
    while records.next(&mut record) {
        number = number
            .saturating_add(record.blanks_before)
            .saturating_add(1);
        if number > MAX_ROWS {
            report(
                context,
                number,
                format!("the file has more than {MAX_ROWS} rows"),
                "fewer rows",
            );
            break;
        }
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        if let Some(flaw) = &record.flaw {
            let message = "a quotation mark is in the wrong place".to_owned();
            let expected = "quotation marks around whole cells, and \"\" for one inside a cell";
            report(context, number, message, expected);
            if flaw.breaks > 0 {
                break;
            }
            continue;
        }
        if record.len() != width {
            let message = format!("the row has {} cells", record.len());
            report(
                context,
                number,
                message,
                &format!("{width}, as in the header"),
            );
            continue;
        }
        if let Some(cell) = record
            .iter()
            .find(|cell| std::str::from_utf8(cell).is_err())
        {
            report(
                context,
                number,
                files::not_utf8(cell),
                "text saved as UTF-8",
            );
            break;
        }
        let row = MappedRow {
            context,
            mapping,
            header: &header,
            record: &record,
            number,
        };
        row.take(body_at, period_at, source_at, &columns, indicators);
    }
    number
}

fn report(context: &Context<'_>, row: u32, message: String, expected: &str) {
    let place = Place::Row { row, column: None };
    context
        .collector
        .report(&context.file, Some(place), message, |problem| {
            problem.expecting(expected)
        });
}

fn position(context: &Context<'_>, row: u32, header: &[String], name: &str) -> Option<usize> {
    let found = header.iter().position(|column| column == name);
    if found.is_none() {
        let message = format!(
            "there is no column {}, which indicator_files.toml names",
            quoted(name)
        );
        let place = Place::Row { row, column: None };
        context
            .collector
            .report(&context.file, Some(place), message, |problem| {
                let columns = || header.iter().map(String::as_str);
                problem
                    .expecting_one_of(columns())
                    .nearest_to(nearest(name, columns()))
            });
    }
    found
}

/// One row of a published file.
struct MappedRow<'r> {
    context: &'r Context<'r>,
    mapping: &'r MappedFile,
    header: &'r [String],
    record: &'r Record,
    number: u32,
}

impl<'r> MappedRow<'r> {
    fn cell(&self, at: usize) -> NamedCell<'r> {
        let text = self
            .record
            .get(at)
            .and_then(|cell| std::str::from_utf8(cell).ok());
        NamedCell {
            column: self.header.get(at).map_or("", String::as_str),
            text: text.map_or("", str::trim),
        }
    }

    /// A cell of figures, empty if it has a mark for a missing value.
    fn figure(&self, at: Option<usize>) -> NamedCell<'r> {
        let Some(at) = at else {
            return NamedCell {
                column: "",
                text: "",
            };
        };
        let cell = self.cell(at);
        if self.mapping.missing.iter().any(|mark| mark == cell.text) {
            return NamedCell { text: "", ..cell };
        }
        cell
    }

    fn take(
        &self,
        body_at: usize,
        period_at: Option<usize>,
        source_at: Option<usize>,
        columns: &[Positions<'_>],
        indicators: &mut Indicators,
    ) {
        let mut code = self.cell(body_at);
        let has = |codes: &[String]| codes.iter().any(|known| known == code.text);
        if has(&self.mapping.skip) {
            return;
        }
        let is_national = has(&self.mapping.national);
        let mut renamed = self.mapping.codes.iter();
        if let Some((_, now)) = renamed.find(|(old, _)| old == code.text) {
            code.text = now;
        }
        let problems = RowProblems::new(self.context, self.number);
        let body = if is_national {
            self.mapping.recorded_with
        } else {
            problems.body(code)
        };
        let period = period_at.and_then(|at| problems.period(self.cell(at)));
        let source = match source_at {
            Some(at) => self.cell(at).text,
            None => self.mapping.source_text.as_deref().unwrap_or_default(),
        };
        for positions in columns {
            let mut target = positions.column.target;
            if is_national && target.role == SeriesRole::Own {
                target.role = SeriesRole::National;
            }
            let cells = ValueCells {
                value: self.figure(Some(positions.value)),
                lower: self.figure(positions.lower),
                upper: self.figure(positions.upper),
                break_before: self.figure(positions.break_before),
                source,
                inferred: "",
                confidence: positions.column.confidence,
            };
            let period = positions.column.period.or(period);
            indicators.take(&problems, Some(target), body, period, &cells);
        }
    }
}
