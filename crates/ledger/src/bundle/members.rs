//! The files of a tar archive, one after the other, and every byte around them as it must be.
//!
//! The library writes, and knows what a header is. Reading goes from header to header here: the
//! library's own reader passes over what stands between files and behind the last, and takes an
//! archive that was cut off between two files for a whole one.

use super::{BundleError, Flaw};
use std::io::{self, BufRead, ErrorKind, Read, Take, Write};
use tar::{Builder, EntryType, Header};

/// An archive is made of blocks of this size.
const BLOCK: usize = 512;

/// The header of a file: its name and size, and nothing of who packed it or when.
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

/// A file of an archive, in front of its bytes.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name; what cannot be shown is escaped.
    pub(super) name: String,
    /// How many bytes it has.
    pub(super) size: u64,
}

/// Reads an archive.
pub(super) struct Members<R> {
    from: R,
    /// How many bytes were read.
    at: u64,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(from: R) -> Members<R> {
        Members { from, at: 0 }
    }

    /// The next file. There is always one: the head, which is the last, ends the reading.
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

    /// Every byte of a file that may have at most so many.
    pub(super) fn bytes(&mut self, member: &Member, most: usize) -> Result<Vec<u8>, BundleError> {
        let size = usize::try_from(member.size).unwrap_or(usize::MAX);
        if size == 0 || size > most {
            let flaw = Flaw::Size {
                size: member.size,
                most: most as u64,
            };
            return Err(flaw.at(&member.name));
        }
        let mut bytes = vec![0; size];
        self.fill(&mut bytes)?;
        self.end(member)?;
        Ok(bytes)
    }

    /// The bytes of a file that is read as it comes; [`Members::passed`] follows once it is read.
    pub(super) fn stream(&mut self, member: &Member) -> Take<&mut R> {
        self.from.by_ref().take(member.size)
    }

    /// What was streamed of a file was all of it.
    pub(super) fn passed(&mut self, member: &Member) -> Result<(), BundleError> {
        // A size that was made up may be as large as can be said.
        self.at = self.at.saturating_add(member.size);
        self.end(member)
    }

    /// Behind the last file come two empty blocks and nothing else.
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

    /// A file's last block is filled up with zeros.
    fn end(&mut self, member: &Member) -> Result<(), BundleError> {
        let size = member.size % BLOCK as u64;
        let mut filling = vec![0; (BLOCK - size as usize) % BLOCK];
        self.fill(&mut filling)?;
        match filling.iter().all(|byte| *byte == 0) {
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

/// The file that a header announces; what is wrong with it, with its name where it has one.
fn member(block: &[u8; BLOCK]) -> Result<Member, (Option<String>, Flaw)> {
    let given = Header::from_byte_slice(block);
    // Computed anew, the checksum is that of the header as it should be.
    let mut sound = given.clone();
    sound.set_cksum();
    if given.cksum().ok() != sound.cksum().ok() {
        return Err((None, Flaw::Header));
    }
    let name = String::from_utf8_lossy(&given.path_bytes())
        .escape_debug()
        .to_string();
    if let Some(special) = special(given.entry_type()) {
        return Err((Some(name), Flaw::Special(special)));
    }
    let Ok(size) = given.entry_size() else {
        return Err((Some(name), Flaw::Header));
    };
    match header(&name, size) {
        Ok(expected) if expected.as_bytes() == block => Ok(Member { name, size }),
        _ => Err((Some(name), Flaw::Unlike)),
    }
}

/// What a member is that is no plain file.
fn special(kind: EntryType) -> Option<&'static str> {
    Some(match kind {
        EntryType::Regular => return None,
        EntryType::Link => "a hard link",
        EntryType::Symlink => "a symbolic link",
        EntryType::Directory => "a folder",
        EntryType::GNULongName | EntryType::GNULongLink => "a long name of GNU tar",
        EntryType::XHeader | EntryType::XGlobalHeader => "an extension of pax",
        EntryType::GNUSparse => "a file with holes",
        _ => "no plain file",
    })
}
