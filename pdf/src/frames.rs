//! Messages on a stream: four bytes of length, least significant first, and that many bytes.

use std::io::{self, Read, Write};

/// A message.
pub(crate) type Frame = Vec<u8>;

/// The longest message, in bytes.
const LONGEST: u32 = 64 << 20;

/// The answer to a frame. Its first byte is its kind.
pub(crate) enum Answer {
    /// `R`: ready, with the version of the program.
    Ready(String),
    /// `P`: the document as PDF.
    Pdf(Vec<u8>),
    /// `E`: what is wrong, in words.
    Problem(String),
    /// `T`: what is wrong with the templates of the authority, in words.
    Templates(String),
}

/// The next message; `None` at the end.
pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut length = [0; 4];
    let mut have = 0;
    while have < length.len() {
        let rest = length.get_mut(have..).unwrap_or_default();
        match input.read(rest)? {
            0 if have == 0 => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => have += count,
        }
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        let message = format!("a message has {length} bytes; at most {LONGEST} are allowed");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut frame = Vec::new();
    input.take(u64::from(length)).read_to_end(&mut frame)?;
    if frame.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(frame))
}

/// Writes an answer.
pub(crate) fn write(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let (kind, bytes) = match answer {
        Answer::Ready(version) => (b'R', version.as_bytes()),
        Answer::Pdf(pdf) => (b'P', pdf.as_slice()),
        Answer::Problem(problem) => (b'E', problem.as_bytes()),
        Answer::Templates(problem) => (b'T', problem.as_bytes()),
    };
    let length = u32::try_from(bytes.len().saturating_add(1))
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the answer is too long"))?;
    output.write_all(&length.to_le_bytes())?;
    output.write_all(&[kind])?;
    output.write_all(bytes)?;
    output.flush()
}
