//! Reads the records of a CSV table block by block, so that a table of any length takes little
//! memory.

use crate::files;
use crate::problem::{Place, Problem};
use crate::records::{Record, Records};
use crate::rows::MAX_COLUMNS;
use std::io::Read;

/// Bytes that are read at a time.
const BLOCK: usize = 256 * 1024;
/// Maximum size of one row, in bytes: more than 200 cells of 64 KiB have.
const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// Cells of an unfinished row from which on it is not read any further: it has too many columns, and the place of each
/// would take memory.
const MOST_CELLS: usize = 100_000;

/// Why no further record can be read.
#[derive(Debug)]
pub(crate) enum StreamError {
    /// The input cannot be read.
    Unreadable(std::io::Error),
    /// The table is larger than the limit, in bytes.
    TooLarge(u64),
    /// The table is UTF-16.
    Utf16,
    /// A row is longer than [`LONGEST_ROW`].
    LongRow,
    /// A row that goes on has more cells than [`MOST_CELLS`].
    ManyCells,
}

impl StreamError {
    /// The problem of a file, whose next row has a number.
    pub(crate) fn problem(&self, file: &str, row: u32) -> Problem {
        match self {
            StreamError::Unreadable(error) => {
                Problem::of_file(file, format!("cannot be read: {error}"))
            }
            StreamError::TooLarge(limit) => files::too_large(file, *limit),
            StreamError::Utf16 => files::in_utf16(file),
            StreamError::LongRow => {
                let place = Place::Row { row, column: None };
                let mebibytes = LONGEST_ROW / (1024 * 1024);
                Problem::at(
                    file,
                    place,
                    "the row is too long, or a quotation mark opens a cell that is never closed",
                )
                .expecting(format!("at most {mebibytes} MiB in a row"))
            }
            StreamError::ManyCells => {
                let place = Place::Row { row, column: None };
                Problem::at(
                    file,
                    place,
                    format!("the row has more than {MOST_CELLS} cells"),
                )
                .expecting(format!("at most {MAX_COLUMNS}"))
            }
        }
    }
}

/// The records of a table, read from any input.
pub(crate) struct RecordStream<R> {
    input: R,
    /// Maximum size of the table, in bytes.
    limit: u64,
    /// Bytes that were read so far.
    size: u64,
    /// Text that was read, with line feeds at the ends of its lines.
    text: Vec<u8>,
    /// Where the next record starts in `text`.
    start: usize,
    /// Whether the last byte that was read is a carriage return.
    is_after_return: bool,
    is_at_end: bool,
}

impl<R: Read> RecordStream<R> {
    pub(crate) fn new(input: R, limit: u64) -> Self {
        RecordStream {
            input,
            limit,
            size: 0,
            text: Vec::new(),
            start: 0,
            is_after_return: false,
            is_at_end: false,
        }
    }

    /// Reads the next record; false at the end of the table.
    ///
    /// # Errors
    /// Why no further record can be read.
    pub(crate) fn next(&mut self, record: &mut Record) -> Result<bool, StreamError> {
        loop {
            let mut records = Records::new(self.text.get(self.start..).unwrap_or_default());
            let is_found = records.next(record);
            let rest = records.into_rest().len();
            // A record that ends with the text may go on in the next block.
            if rest > 0 || self.is_at_end {
                self.start = self.text.len() - rest;
                return Ok(is_found);
            }
            if record.len() > MOST_CELLS {
                return Err(StreamError::ManyCells);
            }
            self.fill()?;
        }
    }

    /// Reads another block.
    fn fill(&mut self) -> Result<(), StreamError> {
        self.text.drain(..self.start);
        self.start = 0;
        let before = self.text.len();
        if before > LONGEST_ROW {
            return Err(StreamError::LongRow);
        }
        // A long row is looked at again with each block, so blocks grow with it.
        let wanted = BLOCK.max(before);
        self.text.reserve(wanted);
        let block = self.input.by_ref().take(wanted as u64);
        let read = { block }.read_to_end(&mut self.text);
        let read = read.map_err(StreamError::Unreadable)?;
        self.is_at_end = read == 0;
        let is_first = self.size == 0;
        self.size = self.size.saturating_add(read as u64);
        if self.size > self.limit {
            return Err(StreamError::TooLarge(self.limit));
        }
        if is_first {
            if files::is_utf16(&self.text) {
                return Err(StreamError::Utf16);
            }
            if self.text.starts_with(files::BYTE_ORDER_MARK) {
                self.text.drain(..files::BYTE_ORDER_MARK.len());
            }
        }
        self.end_lines_with_line_feeds(before);
        Ok(())
    }

    /// Turns the line endings of other systems into line feeds, from a position on.
    fn end_lines_with_line_feeds(&mut self, from: usize) {
        let new = self.text.get_mut(from..).unwrap_or_default();
        if !self.is_after_return && !new.contains(&b'\r') {
            return;
        }
        let mut kept = 0;
        for at in 0..new.len() {
            let Some(byte) = new.get(at).copied() else {
                break;
            };
            let is_second = byte == b'\n' && self.is_after_return;
            self.is_after_return = byte == b'\r';
            if is_second {
                continue;
            }
            if let Some(place) = new.get_mut(kept) {
                *place = if byte == b'\r' { b'\n' } else { byte };
            }
            kept += 1;
        }
        self.text.truncate(from + kept);
    }
}

#[cfg(test)]
mod tests {
    use super::{RecordStream, StreamError};
    use crate::files;
    use crate::records::{Record, Records};
    use proptest::prelude::*;
    use std::io::Read;

    /// Gives a few bytes at a time, as a pipe may.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    type Row = (u32, Vec<Vec<u8>>, bool);

    fn row(record: &Record) -> Row {
        let cells = record.iter().map(<[u8]>::to_vec).collect();
        (record.blanks_before, cells, record.flaw.is_some())
    }

    fn streamed(input: impl Read) -> Result<Vec<Row>, StreamError> {
        let mut stream = RecordStream::new(input, 1 << 30);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while stream.next(&mut record)? {
            rows.push(row(&record));
        }
        Ok(rows)
    }

    fn at_once(text: &[u8]) -> Vec<Row> {
        let plain = files::plain(text, "t.csv").expect("not UTF-16");
        let mut records = Records::new(&plain);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while records.next(&mut record) {
            rows.push(row(&record));
        }
        rows
    }

    proptest! {
        /// A stream gives the records of the whole text, wherever its blocks end.
        #[test]
        fn blocks_do_not_matter(
            words in proptest::collection::vec(
                proptest::sample::select(&["a", ",", "\n", "\r\n", "\r", "\"", "\"\"", " ", "bc", "é"][..]),
                0..60,
            ),
            // Fills up to the end of a block, with or without blank lines.
            filling in prop_oneof![Just(0_usize), 262_100..262_150_usize, 524_240..524_300_usize],
            blank in any::<bool>(),
            step in 1..5_usize,
        ) {
            let mut text = if blank { "\n" } else { "x" }.repeat(filling).into_bytes();
            text.extend_from_slice(words.concat().as_bytes());
            prop_assert_eq!(streamed(text.as_slice()).expect("a table"), at_once(&text));
            if filling == 0 {
                prop_assert_eq!(streamed(Slow(&text, step)).expect("a table"), at_once(&text));
            }
        }
    }

    #[test]
    fn a_row_and_a_table_have_limits() {
        let long = std::iter::once(b'"').chain(std::iter::repeat_n(b'x', 40 << 20));
        let long: Vec<u8> = long.collect();
        assert!(matches!(
            streamed(long.as_slice()),
            Err(StreamError::LongRow)
        ));
        let wide = streamed(std::io::repeat(b',').take(40 << 20));
        assert!(matches!(wide, Err(StreamError::ManyCells)));
        let mut stream = RecordStream::new(&b"a,b\nc,d\n"[..], 6);
        let error = stream.next(&mut Record::default());
        assert!(matches!(error, Err(StreamError::TooLarge(6))));
        let utf16 = streamed(&b"\xFF\xFEa\0"[..]);
        assert!(matches!(utf16, Err(StreamError::Utf16)));
        let marked = streamed(&b"\xEF\xBB\xBFa\n"[..]).expect("a table");
        assert_eq!(marked, [(0, vec![b"a".to_vec()], false)]);
    }
}
