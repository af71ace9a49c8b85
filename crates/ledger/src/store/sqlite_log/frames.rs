//! Reads the frames of a write-ahead log, as specified in
//! <https://www.sqlite.org/fileformat2.html#walformat>.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

/// The first bytes of a log; the last bit gives the byte order of its checksums.
const MAGIC: u32 = 0x377f_0682;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Maximum page size of SQLite.
const LARGEST_PAGE: usize = 65_536;

/// Returns the number of pages of the database after the last committed transaction in a log;
/// `None` if there is none. Frames after the first incomplete one were never committed, or belong
/// to an earlier use of the log.
pub(super) fn committed_pages(log: &Path) -> std::io::Result<Option<u32>> {
    match File::open(log) {
        Ok(file) => last_commit(&mut BufReader::new(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "the buffers have the length of a header and of a frame"
)]
fn last_commit(log: &mut impl Read) -> std::io::Result<Option<u32>> {
    let mut header = [0; LOG_HEADER];
    if !fill(log, &mut header)? {
        return Ok(None);
    }
    let magic = word(&header, 0);
    let page = word(&header, 8) as usize;
    if magic & !1 != MAGIC || page > LARGEST_PAGE || !page.is_multiple_of(8) {
        return Ok(None);
    }
    let mut sum = Checksum {
        big_endian: magic & 1 == 1,
        halves: (0, 0),
    };
    sum.add(&header[..24]);
    if !sum.is(&header[24..]) {
        return Ok(None);
    }
    let mut last = None;
    let mut frame = vec![0; FRAME_HEADER + page];
    while fill(log, &mut frame)? {
        sum.add(&frame[..8]);
        sum.add(&frame[FRAME_HEADER..]);
        let salted = frame[8..16] == header[16..24];
        if !salted || !sum.is(&frame[16..24]) {
            break;
        }
        let pages = word(&frame, 4);
        if pages > 0 {
            last = Some(pages);
        }
    }
    Ok(last)
}

/// Fills the buffer; returns false if there are fewer bytes left.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn word(bytes: &[u8], offset: usize) -> u32 {
    let word = bytes.get(offset..).and_then(|rest| rest.first_chunk());
    u32::from_be_bytes(word.copied().unwrap_or_default())
}

struct Checksum {
    big_endian: bool,
    halves: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let word = |bytes: [u8; 4]| match self.big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        };
        let (mut first, mut second) = self.halves;
        let (words, _) = bytes.as_chunks::<4>();
        let (pairs, _) = words.as_chunks::<2>();
        for [left, right] in pairs {
            first = first.wrapping_add(word(*left)).wrapping_add(second);
            second = second.wrapping_add(word(*right)).wrapping_add(first);
        }
        self.halves = (first, second);
    }

    fn is(&self, written: &[u8]) -> bool {
        self.halves == (word(written, 0), word(written, 4))
    }
}
