//! Reads the rows of a CSV table block by block, as strictly as the tables of a case.

use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::record_stream::RecordStream;
use crate::records::{FlawKind, Record};
use std::io::Read;
use wcc_core::TextKind;

/// A table during reading.
pub(super) struct RowStream<'a, R> {
    records: RecordStream<R>,
    file: &'a str,
    collector: &'a ProblemCollector,
    /// The number of the last row that was read, from 1.
    row: u32,
}

/// A row of the table.
pub(super) struct Row<'a> {
    file: &'a str,
    collector: &'a ProblemCollector,
    number: u32,
    record: &'a Record,
}

/// The positions of named columns.
pub(super) struct NamedColumns {
    names: Vec<String>,
    /// The number of columns.
    pub(super) count: usize,
}

impl NamedColumns {
    /// Whether the table has a column.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// The cell of a row in a column; empty if the table has no such column.
    pub(super) fn cell<'r>(&self, row: &Row<'r>, name: &str) -> &'r [u8] {
        let position = self.names.iter().position(|own| own == name);
        position
            .and_then(|at| row.record.get(at))
            .unwrap_or_default()
    }
}

impl<'a> Row<'a> {
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a [u8]> {
        self.record.iter()
    }

    /// Reports a problem; `more` adds what was expected.
    pub(super) fn problem(
        &self,
        column: Option<&str>,
        message: &str,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let place = Place::Row {
            row: self.number,
            column: column.map(str::to_owned),
        };
        self.collector
            .report(self.file, Some(place), message.to_owned(), more);
    }

    /// Reports a problem.
    pub(super) fn wrong(&self, column: Option<&str>, message: &str, expected: &str) {
        self.problem(column, message, |problem| problem.expecting(expected));
    }

    /// The text of a cell; `None` if it has a problem, which is reported.
    pub(super) fn text(&self, column: Option<&str>, cell: &[u8], kind: TextKind) -> Option<String> {
        let Ok(text) = std::str::from_utf8(cell) else {
            self.wrong(column, "is not UTF-8", "a file saved as UTF-8");
            return None;
        };
        if let Err(error) = kind.check(text) {
            let message = format!("the text has {error}: {}", quoted(text));
            self.wrong(column, &message, "text without it");
            return None;
        }
        Some(text.to_owned())
    }
}

impl<'a, R: Read> RowStream<'a, R> {
    pub(super) fn new(table: R, file: &'a str, collector: &'a ProblemCollector) -> Self {
        RowStream {
            records: RecordStream::new(table, u64::MAX),
            file,
            collector,
            row: 0,
        }
    }

    /// Reads the next record and counts its row. False at the end, and after a problem that ends the
    /// reading.
    fn next(&mut self, record: &mut Record) -> bool {
        match self.records.next(record) {
            Ok(true) => {
                let rows = record.blanks_before.saturating_add(1);
                self.row = self.row.saturating_add(rows);
                true
            }
            Ok(false) => false,
            Err(error) => {
                let row = self.row.saturating_add(1);
                self.collector.add(|| error.problem(self.file, row));
                false
            }
        }
    }

    /// The names of the columns as they are written; `None` if there are none, which is reported.
    pub(super) fn header(&mut self) -> Option<Vec<String>> {
        let before = self.collector.count();
        let mut record = Record::default();
        if !self.next(&mut record) {
            if self.collector.count() == before {
                self.collector.add(|| {
                    Problem::of_file(self.file, "is empty").expecting("a row with names of columns")
                });
            }
            return None;
        }
        let names = record.iter().map(|cell| {
            let name = String::from_utf8_lossy(cell);
            name.trim().to_owned()
        });
        Some(names.collect())
    }

    /// The columns of a table whose columns have fixed names; `None` if they cannot be used.
    pub(super) fn named_columns(
        &mut self,
        required: &[&str],
        optional: &[&str],
    ) -> Option<NamedColumns> {
        let names = self.header()?.into_iter();
        let names: Vec<String> = names.map(|name| name.to_lowercase()).collect();
        let known = || required.iter().chain(optional).copied();
        let before = self.collector.count();
        let report = |column: &str, message: String| {
            let place = Place::Row {
                row: 1,
                column: Some(column.to_owned()),
            };
            self.collector.add(|| {
                Problem::at(self.file, place, message)
                    .expecting_one_of(known())
                    .nearest_to(nearest(column, known()).filter(|near| *near != column))
            });
        };
        for (at, name) in names.iter().enumerate() {
            if !known().any(|known| known == name) {
                report(name, format!("{} is not a column", quoted(name)));
            } else if names.iter().take(at).any(|earlier| earlier == name) {
                report(name, "comes twice".to_owned());
            }
        }
        for name in required {
            if !names.iter().any(|own| own == name) {
                report(name, "the column is missing".to_owned());
            }
        }
        (self.collector.count() == before).then_some(NamedColumns {
            count: names.len(),
            names,
        })
    }

    /// Reads every row. Rows with a flaw or another number of cells are reported instead.
    pub(super) fn each(&mut self, columns: usize, mut each: impl FnMut(Row<'_>)) {
        let mut record = Record::default();
        while self.next(&mut record) {
            let row = Row {
                file: self.file,
                collector: self.collector,
                number: self.row,
                record: &record,
            };
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            if let Some(flaw) = &record.flaw {
                let message = match flaw.kind {
                    FlawKind::Unclosed => "a cell opens with a quotation mark and is never closed",
                    FlawKind::TextAfter => "text follows the quotation mark that closes a cell",
                    FlawKind::SpaceBefore => "spaces come before a quotation mark",
                    FlawKind::Unopened => {
                        "a quotation mark ends a cell that does not open with one"
                    }
                };
                row.wrong(
                    None,
                    message,
                    "quotation marks around a whole cell, doubled inside it",
                );
            } else if record.len() != columns {
                let message = format!("the row has {} cells", record.len());
                row.wrong(None, &message, &format!("{columns}, as in the first row"));
            } else {
                each(row);
            }
        }
    }
}
