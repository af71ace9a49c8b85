//! Reads and writes the members of a tar archive, and checks every byte around them.
//!
//! The `tar` crate writes archives and parses headers. This module reads them itself, because the
//! crate's reader ignores bytes between files and after the last one, and accepts an archive that
//! was cut off between two files.

use super::{BundleError, Flaw};
use std::io::{self, BufRead, ErrorKind, Read, Take, Write};
use tar::{Builder, EntryType, Header};

/// Size of an archive's blocks in bytes.
const BLOCK: usize = 512;

/// Builds the header of a file: its name and size, without an owner or a time.
fn header(name: &str, size: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    Ok(header)
}

/// Adds a file to an archive.
pub(super) fn append(to: &mut Builder<impl Write>, name: &str, bytes: &[u8]) -> io::Result<()> {
    to.append(&header(name, bytes.len() as u64)?, bytes)
}

/// A file in an archive whose bytes follow.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name; characters that cannot be shown are escaped.
    pub(super) name: String,
    /// Its size in bytes.
    pub(super) size: u64,
}

/// Reads an archive.
pub(super) struct Members<R> {
    from: R,
    /// Number of bytes read so far.
    at: u64,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(from: R) -> Members<R> {
        Members { from, at: 0 }
    }

    /// Returns the next file. There is always one, because reading stops at the head, which is the
    /// last.
    pub(super) fn next(&mut self) -> Result<Member, BundleError> {
        let place = format!("byte {}", self.at);
        let block = self.block()?;
        if block == [0; BLOCK] {
            return Err(Flaw::CutOff.at(place));
        }
        member(&block).map_err(|(name, flaw)| match name {
            Some(name) => flaw.at(name),
            None => flaw.at(place),
        })
    }

    /// Returns the bytes of a file, which may have at most `max`.
    pub(super) fn bytes(&mut self, member: &Member, max: usize) -> Result<Vec<u8>, BundleError> {
        let size = usize::try_from(member.size).unwrap_or(usize::MAX);
        if size == 0 || size > max {
            let flaw = Flaw::Size {
                size: member.size,
                max: max as u64,
            };
            return Err(flaw.at(&member.name));
        }
        let mut bytes = vec![0; size];
        self.fill(&mut bytes)?;
        self.end(member)?;
        Ok(bytes)
    }

    /// Returns a reader for the bytes of a file. Call [`Members::finish_member`] after reading all
    /// of them.
    pub(super) fn stream(&mut self, member: &Member) -> Take<&mut R> {
        self.from.by_ref().take(member.size)
    }

    /// Continues after a file whose bytes were read through [`Members::stream`].
    pub(super) fn finish_member(&mut self, member: &Member) -> Result<(), BundleError> {
        // A forged size may be as large as the type allows.
        self.at = self.at.saturating_add(member.size);
        self.end(member)
    }

    /// Checks that two empty blocks follow the last file, and nothing else.
    pub(super) fn finish(mut self) -> Result<(), BundleError> {
        let place = format!("byte {}", self.at);
        for _ in 0..2 {
            if self.block()? != [0; BLOCK] {
                return Err(Flaw::Behind.at(place));
            }
        }
        match self.from.fill_buf()? {
            [] => Ok(()),
            _ => Err(Flaw::Behind.at(place)),
        }
    }

    /// Checks that the padding after a file is zero.
    fn end(&mut self, member: &Member) -> Result<(), BundleError> {
        let size = member.size % BLOCK as u64;
        let mut padding = vec![0; (BLOCK - size as usize) % BLOCK];
        self.fill(&mut padding)?;
        match padding.iter().all(|byte| *byte == 0) {
            true => Ok(()),
            false => Err(Flaw::Filling.at(&member.name)),
        }
    }

    fn block(&mut self) -> Result<[u8; BLOCK], BundleError> {
        let mut block = [0; BLOCK];
        self.fill(&mut block)?;
        Ok(block)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BundleError> {
        match self.from.read_exact(bytes) {
            Ok(()) => {
                self.at = self.at.saturating_add(bytes.len() as u64);
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(Flaw::CutOff.at(format!("byte {}", self.at)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads the header of a file. The error has the file's name if it is known.
fn member(block: &[u8; BLOCK]) -> Result<Member, (Option<String>, Flaw)> {
    let actual = Header::from_byte_slice(block);
    // The checksum that the header should have.
    let mut corrected = actual.clone();
    corrected.set_cksum();
    if actual.cksum().ok() != corrected.cksum().ok() {
        return Err((None, Flaw::Header));
    }
    let name = String::from_utf8_lossy(&actual.path_bytes())
        .escape_debug()
        .to_string();
    if let Some(special) = special(actual.entry_type()) {
        return Err((Some(name), Flaw::Special(special)));
    }
    let Ok(size) = actual.entry_size() else {
        return Err((Some(name), Flaw::Header));
    };
    match header(&name, size) {
        Ok(expected) if expected.as_bytes() == block => Ok(Member { name, size }),
        _ => Err((Some(name), Flaw::Unlike)),
    }
}

/// Names the kind of a member that is not a regular file.
fn special(kind: EntryType) -> Option<&'static str> {
    Some(match kind {
        EntryType::Regular => return None,
        EntryType::Link => "a hard link",
        EntryType::Symlink => "a symbolic link",
        EntryType::Directory => "a folder",
        EntryType::GNULongName | EntryType::GNULongLink => "a long name of GNU tar",
        EntryType::XHeader | EntryType::XGlobalHeader => "an extension of pax",
        EntryType::GNUSparse => "a file with holes",
        _ => "not a regular file",
    })
}
