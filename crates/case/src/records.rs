//! Splits a CSV text into records, strictly: a quotation mark in the wrong place is reported as a
//! flaw and never silently joins the rows after it.
//!
//! The usual CSV readers are lenient here: they append text after a closing quotation mark, and
//! end an unclosed cell at the end of the file.

use std::ops::Range;

/// One record. It is reused for the next one, so that reading allocates little.
#[derive(Debug, Default)]
pub(crate) struct Record {
    text: Vec<u8>,
    /// The end of each cell in `text`.
    ends: Vec<usize>,
    /// Blank lines before the record; a spreadsheet counts them as rows.
    pub(crate) blanks_before: u32,
    /// The first misplaced quotation mark.
    pub(crate) flaw: Option<Flaw>,
}

/// A quotation mark in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) kind: FlawKind,
    /// Position of the cell, from 0.
    pub(crate) cell: usize,
    /// Number of line breaks inside the quotation marks. If there are any, the rows after the flaw
    /// cannot be told apart.
    pub(crate) breaks: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FlawKind {
    /// A cell opens with a quotation mark and is never closed.
    Unclosed,
    /// Text follows the quotation mark that closes a cell.
    TextAfter,
    /// Spaces come before the quotation mark that should open a cell.
    SpaceBefore,
    /// A quotation mark ends a cell that does not open with one.
    Unopened,
}

impl Record {
    /// The number of cells.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    fn range(&self, at: usize) -> Option<Range<usize>> {
        let end = *self.ends.get(at)?;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..end)
    }

    /// The cell at a position.
    pub(crate) fn get(&self, at: usize) -> Option<&[u8]> {
        self.text.get(self.range(at)?)
    }

    /// Every cell in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.blanks_before = 0;
        self.flaw = None;
    }

    fn collector(&mut self, kind: FlawKind, breaks: usize) {
        let cell = self.ends.len();
        self.flaw.get_or_insert(Flaw { kind, cell, breaks });
    }
}

/// Reads the records of a text whose lines end in line feeds.
pub(crate) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The text after the last record that was read.
    pub(crate) fn into_rest(self) -> &'a [u8] {
        self.rest
    }

    /// Reads the next record; false at the end of the text.
    pub(crate) fn next(&mut self, record: &mut Record) -> bool {
        record.clear();
        while let Some(after) = self.rest.strip_prefix(b"\n") {
            record.blanks_before = record.blanks_before.saturating_add(1);
            self.rest = after;
        }
        if self.rest.is_empty() {
            return false;
        }
        loop {
            self.cell(record);
            record.ends.push(record.text.len());
            let Some((delimiter, after)) = self.rest.split_first() else {
                return true;
            };
            self.rest = after;
            if *delimiter == b'\n' {
                return true;
            }
        }
    }

    /// Reads a cell up to the comma or line feed after it.
    fn cell(&mut self, record: &mut Record) {
        if let Some(inside) = self.rest.strip_prefix(b"\"") {
            self.rest = inside;
            self.quoted(record);
        } else {
            let cell = self.plain();
            let bare = cell.trim_ascii();
            if bare.starts_with(b"\"") {
                record.collector(FlawKind::SpaceBefore, 0);
            } else if bare.ends_with(b"\"") {
                record.collector(FlawKind::Unopened, 0);
            }
            record.text.extend_from_slice(cell);
        }
    }

    /// Reads everything before the next comma or line feed.
    fn plain(&mut self) -> &'a [u8] {
        let end = self
            .rest
            .iter()
            .position(|byte| matches!(byte, b',' | b'\n'));
        let (cell, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        cell
    }

    /// Reads a cell after its opening quotation mark.
    fn quoted(&mut self, record: &mut Record) {
        let start = record.text.len();
        loop {
            let Some(end) = self.rest.iter().position(|byte| *byte == b'"') else {
                record.text.extend_from_slice(self.rest);
                self.rest = &[];
                record.collector(FlawKind::Unclosed, breaks_in(&record.text, start));
                return;
            };
            let (text, rest) = self.rest.split_at(end);
            record.text.extend_from_slice(text);
            // Two quotation marks represent one.
            let Some(after) = rest.strip_prefix(b"\"\"") else {
                self.rest = rest.get(1..).unwrap_or_default();
                break;
            };
            record.text.push(b'"');
            self.rest = after;
        }
        let after = self.plain();
        if !after.trim_ascii().is_empty() {
            record.collector(FlawKind::TextAfter, breaks_in(&record.text, start));
            record.text.extend_from_slice(after);
        }
    }
}

fn breaks_in(text: &[u8], start: usize) -> usize {
    let text = text.get(start..).unwrap_or_default();
    text.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::{FlawKind, Record, Records};
    use proptest::prelude::*;

    fn read(text: &[u8]) -> (Vec<Vec<Vec<u8>>>, bool) {
        let mut records = Records::new(text);
        let mut record = Record::default();
        let (mut all, mut flawed) = (Vec::new(), false);
        while records.next(&mut record) {
            flawed |= record.flaw.is_some();
            all.push(record.iter().map(<[u8]>::to_vec).collect());
        }
        (all, flawed)
    }

    #[test]
    fn flaws_are_found() {
        let cases: [(&str, FlawKind, usize, usize); 6] = [
            ("a,\"b", FlawKind::Unclosed, 1, 0),
            ("a,\"b\nc\n", FlawKind::Unclosed, 1, 2),
            ("\"Build\" one,b", FlawKind::TextAfter, 0, 0),
            ("a,\"b\nc,\"d\",e", FlawKind::TextAfter, 1, 1),
            ("a, \"b, c\"", FlawKind::SpaceBefore, 1, 0),
            ("a,b\"\n", FlawKind::Unopened, 1, 0),
        ];
        for (text, kind, cell, breaks) in cases {
            let mut record = Record::default();
            assert!(Records::new(text.as_bytes()).next(&mut record));
            let flaw = record.flaw.expect(text);
            assert_eq!(
                (flaw.kind, flaw.cell, flaw.breaks),
                (kind, cell, breaks),
                "{text}"
            );
        }
        assert!(!read(b"FrameworkBuilder 5\" one,\"a\" ,\"\"\"b\"\"\"\n").1);
    }

    proptest! {
        /// The usual reader is the oracle: if there is no flaw, both read the same.
        #[test]
        fn sound_texts_are_read_as_usual(
            words in proptest::collection::vec(
                proptest::sample::select(&["a", ",", "\n", "\"", "\"\"", " ", "bc"][..]),
                0..40,
            ),
        ) {
            let text = words.concat();
            let (own, flawed) = read(text.as_bytes());
            if !flawed {
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes());
                let usual: Vec<Vec<Vec<u8>>> = reader
                    .byte_records()
                    .map(|record| record.expect("a record").iter().map(<[u8]>::to_vec).collect())
                    .collect();
                let trimmed = |records: Vec<Vec<Vec<u8>>>| -> Vec<Vec<Vec<u8>>> {
                    let cell = |cell: Vec<u8>| cell.trim_ascii_end().to_vec();
                    let record = |record: Vec<Vec<u8>>| record.into_iter().map(cell).collect();
                    records.into_iter().map(record).collect()
                };
                prop_assert_eq!(trimmed(own), trimmed(usual));
            }
        }
    }
}
