//! The rows of a published file.

use super::{FILE, MappedColumn, MappedFile, NamedCode};
use crate::cycle::MAPPED;
use crate::cycle::context::Context;
use crate::cycle::indicators::Indicators;
use crate::cycle::value_cells::{NamedCell, RowProblems, ValueCells};
use crate::files;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::records::Record;
use crate::rows::{Layout, RowReader};
use std::io::Read;
use wcc_core::TextKind;
use wcc_core::indicator::SeriesRole;

/// Where the columns of one column of figures are in a file.
struct Positions<'m> {
    column: &'m MappedColumn,
    value: usize,
    lower: Option<usize>,
    upper: Option<usize>,
    break_before: Option<usize>,
}

/// The columns of a published file.
struct PublishedLayout<'m> {
    mapping: &'m MappedFile,
    names: Vec<String>,
    kinds: Vec<TextKind>,
    body: usize,
    period: Option<usize>,
    source: Option<usize>,
    columns: Vec<Positions<'m>>,
}

impl Layout for PublishedLayout<'_> {
    fn width(&self) -> usize {
        self.names.len()
    }

    fn name(&self, at: usize) -> Option<&str> {
        let name = self.names.get(at).map(String::as_str);
        name.filter(|name| !name.is_empty())
    }

    fn kind(&self, at: usize, _: &str, _: &Record) -> Option<TextKind> {
        self.kinds.get(at).copied()
    }

    fn has_rows(&self, _: usize, _: &str) -> bool {
        false
    }

    fn is_missing(&self, text: &str) -> bool {
        self.mapping.missing.iter().any(|mark| mark == text)
    }
}

/// Reads the rows of a file. Returns the number of the last one.
pub(super) fn rows(
    context: &Context<'_>,
    input: impl Read,
    mapping: &MappedFile,
    indicators: &mut Indicators,
) -> u32 {
    let reader = RowReader {
        file: &context.file,
        collector: context.collector,
        limit: files::table_limit(MAPPED),
        header_row: mapping.header_row,
        recorded: false,
    };
    let last = reader.read(
        input,
        |problem| match mapping.header_row {
            Some(row) => problem.expecting(format!(
                "the names of the columns in row {row}, as `header_row` of {FILE} says"
            )),
            None => problem.expecting("a row with the names of the columns"),
        },
        |number, record| layout(context, &reader, number, record, mapping),
        |number, record, layout| {
            let row = MappedRow {
                context,
                layout,
                record,
                number,
            };
            row.take(indicators);
        },
    );
    warn_of_unused(context, mapping);
    last
}

/// Warns of codes in the mapping that no row has: they may be misspelt.
fn warn_of_unused(context: &Context<'_>, mapping: &MappedFile) {
    let renamed = mapping.codes.iter().map(|(code, _)| ("codes", code));
    let national = mapping.national.iter().map(|code| ("national", code));
    let skipped = mapping.skip.iter().map(|code| ("skip", code));
    for (key, named) in renamed.chain(national).chain(skipped) {
        if !named.is_used.get() {
            let code = quoted(&named.code);
            let message = format!("no row has the code {code}, which `{key}` of {FILE} names");
            let warnings = &context.warnings;
            warnings.report(&context.file, None, message, |problem| problem);
        }
    }
}

/// Finds the columns; `None` if rows cannot be read.
fn layout<'m>(
    context: &Context<'_>,
    reader: &RowReader<'_>,
    number: u32,
    record: &Record,
    mapping: &'m MappedFile,
) -> Option<PublishedLayout<'m>> {
    let names = record
        .iter()
        .map(|cell| Some(reader.column_name(number, cell)?.to_owned()));
    let names: Vec<String> = names.collect::<Option<_>>()?;
    if mapping
        .columns_named()
        .all(|name| !names.iter().any(|column| column == name))
    {
        let message = format!("the row has none of the columns that {FILE} names");
        reader.report(number, None, message, |problem| {
            problem.expecting(
                "the names of the columns: if titles come before them, give the number of their row \
                 as `header_row`",
            )
        });
        return None;
    }
    let before = context.collector.count();
    let find = |name: &str| position(reader, number, &names, name);
    let optional = |name: &Option<String>| name.as_deref().and_then(find);
    let body = find(&mapping.body);
    let period = optional(&mapping.period);
    let source = optional(&mapping.source);
    let columns = mapping.columns.iter();
    let columns = columns.map(|column| Positions {
        column,
        value: find(&column.value).unwrap_or_default(),
        lower: optional(&column.lower),
        upper: optional(&column.upper),
        break_before: optional(&column.break_before),
    });
    let columns: Vec<Positions<'_>> = columns.collect();
    if context.collector.count() != before {
        return None;
    }
    let body = body?;
    // Only texts that are shown may hold more than one word; none may have several lines, because
    // a stray quotation mark joins rows.
    let mut kinds = vec![TextKind::Line; names.len()];
    let coded = columns.iter().flat_map(|column| {
        let value = Some(column.value);
        [value, column.lower, column.upper, column.break_before]
    });
    for at in coded.chain([Some(body), period]).flatten() {
        if let Some(kind) = kinds.get_mut(at) {
            *kind = TextKind::Code;
        }
    }
    Some(PublishedLayout {
        mapping,
        names,
        kinds,
        body,
        period,
        source,
        columns,
    })
}

fn position(reader: &RowReader<'_>, row: u32, header: &[String], name: &str) -> Option<usize> {
    let mut named = header.iter().zip(0..).filter(|(column, _)| *column == name);
    let found = named.next().map(|(_, at)| at);
    if found.is_none() {
        let message = format!("there is no column {}, which {FILE} names", quoted(name));
        reader.report(row, None, message, |problem| {
            let columns = || header.iter().map(String::as_str);
            problem
                .expecting_one_of(columns())
                .nearest_to(nearest(name, columns()))
        });
    } else if named.next().is_some() {
        let message = format!(
            "more than one column is named {}, which {FILE} names",
            quoted(name)
        );
        reader.report(row, None, message, |problem| {
            problem.expecting("one column of this name: rename the others")
        });
    }
    found
}

/// One row of a published file.
struct MappedRow<'r> {
    context: &'r Context<'r>,
    layout: &'r PublishedLayout<'r>,
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
            column: self.layout.name(at).unwrap_or_default(),
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
        if self.layout.is_missing(cell.text) {
            return NamedCell { text: "", ..cell };
        }
        cell
    }

    fn take(&self, indicators: &mut Indicators) {
        let mapping = self.layout.mapping;
        let mut code = self.cell(self.layout.body);
        let has = |codes: &[NamedCode]| codes.iter().any(|known| known.matches(code.text));
        if has(&mapping.skip) {
            return;
        }
        let is_national = has(&mapping.national);
        let mut renamed = mapping.codes.iter();
        if let Some((_, now)) = renamed.find(|(old, _)| old.matches(code.text)) {
            code.text = now;
        }
        let problems = RowProblems::new(self.context, self.number);
        let body = if is_national {
            mapping.recorded_with
        } else {
            problems.body(code)
        };
        let period = self
            .layout
            .period
            .and_then(|at| problems.period(self.cell(at)));
        let source = match self.layout.source {
            Some(at) => self.cell(at).text,
            None => mapping.source_text.as_deref().unwrap_or_default(),
        };
        for positions in &self.layout.columns {
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
                confidence_column: "",
            };
            let period = positions.column.period.or(period);
            indicators.take(&problems, Some(target), body, period, &cells);
        }
    }
}
