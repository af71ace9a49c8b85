//! The library file: read once, compared with its digest, and kept where nobody can change it.

use crate::dependencies;
use crate::failure::Cause;
use rustix::fs::{MemfdFlags, SealFlags};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often sealing is tried before a busy kernel is an error, 20 ms apart.
const SEALING_ATTEMPTS: u32 = 50;

/// The most bytes of a library.
const MOST_BYTES: u64 = 256 << 20;

/// The file of a library whose digest was checked: a sealed copy in memory.
///
/// What happens to the file later (replaced, truncated while mapped, deleted, a link pointed
/// elsewhere) has no effect until the configuration is loaded again.
#[derive(Debug)]
pub(crate) struct LibraryFile {
    file: File,
    digest: String,
}

/// A library that may be loaded: its digest was checked, and what it needs.
#[derive(Debug)]
pub(crate) struct Library {
    file: File,
    /// The libraries of the system that it needs.
    pub(crate) dependencies: Vec<&'static str>,
    /// SHA-256 in lower-case hexadecimal.
    pub(crate) digest: String,
}

/// Why a library is not taken, with its digest where it could be read.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) digest: String,
    pub(crate) cause: Cause,
}

impl<E: Into<Cause>> From<E> for Refused {
    fn from(cause: E) -> Self {
        Self {
            digest: String::new(),
            cause: cause.into(),
        }
    }
}

impl LibraryFile {
    /// Reads the file at `path` and compares it with `expected` (hexadecimal, any case).
    pub(crate) fn read(path: &Path, expected: &str) -> Result<Self, Refused> {
        if expected.len() != 64 || !expected.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Cause::NoDigest(expected.to_owned()).into());
        }
        let (file, digest) = sealed_copy(&mut open_file(path)?)?;
        if digest.eq_ignore_ascii_case(expected) {
            return Ok(Self { file, digest });
        }
        let cause = Cause::Digest {
            expected: expected.to_ascii_lowercase(),
            found: digest.clone(),
        };
        Err(Refused { digest, cause })
    }

    /// SHA-256 in lower-case hexadecimal.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// What was read, for a signature.
    pub(crate) fn bytes(&self) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.file.metadata()?.len()).unwrap_or_default();
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// The library in the file, if it needs nothing but the system's libraries.
    pub(crate) fn library(self) -> Result<Library, Refused> {
        let Self { file, digest } = self;
        match dependencies::of(&file) {
            Ok(dependencies) => Ok(Library {
                file,
                dependencies,
                digest,
            }),
            Err(cause) => Err(Refused { digest, cause }),
        }
    }
}

impl Library {
    /// A path by which this process can load it, as long as this value lives.
    pub(crate) fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }

    /// The copy opened anew, for a worker: it reads from the beginning, whatever others read. The
    /// descriptor is inherited by every process that this one starts while it is open.
    pub(crate) fn to_inherit(&self) -> io::Result<OwnedFd> {
        Ok(rustix::io::dup(File::open(self.path())?)?)
    }
}

/// SHA-256 of a library, in lower-case hexadecimal, for the entry in the configuration.
///
/// # Errors
/// As reading it does.
pub fn digest_of(path: &Path) -> Result<String, Cause> {
    Ok(sealed_copy(&mut open_file(path)?)?.1)
}

fn open_file(path: &Path) -> Result<File, Cause> {
    // A named pipe would otherwise block until somebody writes to it.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)?;
    let metadata = file.metadata()?;
    let kind = metadata.file_type();
    if kind.is_dir() {
        return Err(Cause::NotAFile("directory"));
    }
    if kind.is_fifo() || kind.is_socket() || kind.is_char_device() || kind.is_block_device() {
        return Err(Cause::NotAFile("device or pipe"));
    }
    if metadata.len() > MOST_BYTES {
        return Err(Cause::LibraryTooLarge { limit: MOST_BYTES });
    }
    Ok(file)
}

fn sealed_copy(file: &mut File) -> io::Result<(File, String)> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = File::from(rustix::fs::memfd_create("wcc-plugin", flags)?);
    let mut hash = Sha256::new();
    let mut part = vec![0; 256 << 10];
    let mut rest = file.take(MOST_BYTES);
    loop {
        let length = rest.read(&mut part)?;
        if length == 0 {
            break;
        }
        hash.update(&part[..length]);
        copy.write_all(&part[..length])?;
    }
    seal(&copy)?;
    Ok((copy, hex(&hash.finalize())))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seals a copy against every change. The kernel refuses for a moment ("busy") while it still
/// holds pages just written, which happens on a loaded machine; so it is asked again.
fn seal(copy: &File) -> io::Result<()> {
    let seals = SealFlags::SEAL | SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK;
    for _ in 0..SEALING_ATTEMPTS {
        match rustix::fs::fcntl_add_seals(copy, seals) {
            Err(rustix::io::Errno::BUSY) => std::thread::sleep(Duration::from_millis(20)),
            sealed => return Ok(sealed?),
        }
    }
    Ok(rustix::fs::fcntl_add_seals(copy, seals)?)
}
