//! Reads a CSV table block by block, as strictly as the tables of a case.

use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::records::{FlawKind, Record, Records};
use std::io::Read;
use wcc_core::TextKind;

/// Bytes that are read at a time.
const BLOCK: usize = 256 * 1024;
/// Maximum size of one row, in bytes.
const LONGEST_ROW: usize = 4 * 1024 * 1024;

/// A table during reading.
pub(super) struct RowStream<'a, R> {
    table: R,
    file: &'a str,
    collector: &'a ProblemCollector,
    /// Bytes that were read and belong to no block yet.
    bytes: Vec<u8>,
    /// The number of the last row that was read, from 1.
    row: u32,
    is_at_end: bool,
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
            table,
            file,
            collector,
            bytes: Vec::new(),
            row: 0,
            is_at_end: false,
        }
    }

    /// The names of the columns as they are written; `None` if there are none, which is reported.
    pub(super) fn header(&mut self) -> Option<Vec<String>> {
        let before = self.collector.count();
        let block = self.block().unwrap_or_default();
        if self.collector.count() > before {
            return None;
        }
        let block = block
            .strip_prefix(b"\xef\xbb\xbf")
            .map_or(block.clone(), <[u8]>::to_vec);
        let mut records = Records::new(&block);
        let mut record = Record::default();
        if !records.next(&mut record) {
            self.collector.add(|| {
                Problem::of_file(self.file, "is empty").expecting("a row with names of columns")
            });
            return None;
        }
        self.row = 1 + record.blanks_before;
        let names = record.iter().map(|cell| {
            let name = String::from_utf8_lossy(cell);
            name.trim().to_owned()
        });
        let names = names.collect();
        // The rows after the header come first in the next block.
        let mut rest = records.into_rest().to_vec();
        rest.append(&mut self.bytes);
        self.bytes = rest;
        Some(names)
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
        while let Some(block) = self.block() {
            let mut records = Records::new(&block);
            while records.next(&mut record) {
                self.row = self
                    .row
                    .saturating_add(1)
                    .saturating_add(record.blanks_before);
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
                        FlawKind::Unclosed => {
                            "a cell opens with a quotation mark and is never closed"
                        }
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

    /// Whole rows, at least one unless the table has ended; `None` at the end, or after a problem
    /// that ends the reading.
    fn block(&mut self) -> Option<Vec<u8>> {
        let mut scanned = 0;
        let mut is_quoted = false;
        let mut end = None;
        loop {
            let new = self.bytes.get(scanned..).unwrap_or_default();
            if !is_quoted && !new.contains(&b'"') {
                let last = new.iter().rposition(|byte| *byte == b'\n');
                end = last.map(|at| scanned + at + 1).or(end);
            } else {
                for (at, byte) in (scanned..).zip(new) {
                    match byte {
                        b'"' => is_quoted = !is_quoted,
                        b'\n' if !is_quoted => end = Some(at + 1),
                        _ => {}
                    }
                }
            }
            scanned = self.bytes.len();
            if self.is_at_end {
                break;
            }
            if end.is_some() && scanned >= BLOCK {
                break;
            }
            if end.is_none() && scanned > LONGEST_ROW {
                let (file, row) = (self.file, self.row + 1);
                self.collector.add(|| {
                    let place = Place::Row { row, column: None };
                    Problem::at(
                        file,
                        place,
                        "the row is too long, or a quotation mark is not closed",
                    )
                    .expecting("at most 4 MiB in a row")
                });
                self.is_at_end = true;
                self.bytes.clear();
                return None;
            }
            let block = u64::try_from(BLOCK).unwrap_or(u64::MAX);
            let read = self.table.by_ref().take(block).read_to_end(&mut self.bytes);
            match read {
                Ok(0) => self.is_at_end = true,
                Ok(_) => {}
                Err(error) => {
                    self.collector
                        .add(|| Problem::of_file(self.file, format!("cannot be read: {error}")));
                    self.is_at_end = true;
                    self.bytes.clear();
                    return None;
                }
            }
        }
        let end = match end {
            Some(end) if !self.is_at_end => end,
            _ => self.bytes.len(),
        };
        if end == 0 {
            return None;
        }
        let rest = self.bytes.split_off(end);
        let mut block = std::mem::replace(&mut self.bytes, rest);
        if block.contains(&b'\r') {
            block = without_carriage_returns(&block);
        }
        Some(block)
    }
}

/// Line endings of other systems, as line feeds.
fn without_carriage_returns(block: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(block.len());
    let mut bytes = block.iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' if bytes.peek() == Some(&&b'\n') => {}
            b'\r' => plain.push(b'\n'),
            byte => plain.push(*byte),
        }
    }
    plain
}
