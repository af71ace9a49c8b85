//! The report that a worker sends to its host on the pipe: one byte for the kind, the length, and
//! the content.

use crate::failure::Cause;
use crate::settings::Limits;
use crate::text::shown_up_to;
use std::io::{self, Write};

/// The maximum number of characters of a report to show, because a library can write anything to
/// the pipe.
pub(crate) const MAX_WORDS: usize = 500;

/// Length of the header in bytes.
pub(crate) const HEADER: usize = 9;

/// The kind of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The plugin's answer.
    Answer = b'A' as isize,
    /// The answer is too large; the content is its length as decimal text.
    TooLarge = b'T' as isize,
    /// The library cannot be loaded; the content is the loader's message.
    NotLoaded = b'L' as isize,
    /// The library has another interface; the content is its number.
    Abi = b'V' as isize,
    /// The plugin returned no answer; the content is the number that it returned.
    NoAnswer = b'N' as isize,
    /// The plugin made a forbidden system call; the content is its number in four bytes.
    Forbidden = b'F' as isize,
    /// The worker could not be prepared; the content says why.
    NotStarted = b'S' as isize,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Kind::Answer,
        Kind::TooLarge,
        Kind::NotLoaded,
        Kind::Abi,
        Kind::NoAnswer,
        Kind::Forbidden,
        Kind::NotStarted,
    ];
}

/// Writes one report.
pub(crate) fn write(out: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    let mut header = [0; HEADER];
    header[0] = kind as u8;
    header[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
    out.write_all(&header)?;
    out.write_all(bytes)
}

/// Builds the report of a forbidden system call without allocating, because a signal handler sends
/// it.
pub(crate) fn forbidden(call: i32) -> [u8; HEADER + 4] {
    let mut report = [0; HEADER + 4];
    report[0] = Kind::Forbidden as u8;
    report[1..HEADER].copy_from_slice(&4_u64.to_le_bytes());
    report[HEADER..].copy_from_slice(&call.to_le_bytes());
    report
}

/// Reads a header: the kind, and the number of bytes that follow.
pub(crate) fn read_header(header: [u8; HEADER], limits: &Limits) -> Result<(Kind, usize), Cause> {
    let [kind, length @ ..] = header;
    let kind = Kind::ALL.into_iter().find(|known| *known as u8 == kind);
    let kind = kind.ok_or_else(|| Cause::Malformed("unknown kind of report".to_owned()))?;
    let length = u64::from_le_bytes(length);
    match usize::try_from(length) {
        Ok(length) if length <= limits.answer => Ok((kind, length)),
        _ => Err(Cause::TooLarge {
            length,
            limit: limits.answer,
        }),
    }
}

/// Returns the answer in a report, or why there is none.
pub(crate) fn answer(kind: Kind, bytes: Vec<u8>, limits: &Limits) -> Result<Vec<u8>, Cause> {
    let words = || String::from_utf8_lossy(&bytes);
    Err(match kind {
        Kind::Answer => return Ok(bytes),
        Kind::TooLarge => Cause::TooLarge {
            length: words().parse().unwrap_or(u64::MAX),
            limit: limits.answer,
        },
        Kind::NotLoaded => Cause::Load(shown_up_to(&words(), MAX_WORDS)),
        Kind::Abi => Cause::Abi {
            expected: wcc_plugin::ABI,
            found: words().parse().unwrap_or_default(),
        },
        Kind::NoAnswer => Cause::NoAnswer(words().parse().unwrap_or_default()),
        Kind::Forbidden => Cause::Forbidden(describe_call(&bytes)),
        Kind::NotStarted => Cause::Start(shown_up_to(&words(), MAX_WORDS)),
    })
}

fn describe_call(bytes: &[u8]) -> &'static str {
    let number = <[u8; 4]>::try_from(bytes).map_or(-1, i32::from_le_bytes);
    crate::filter::describe_call(i64::from(number))
}
