//! Reads a library file once, checks its digest, and keeps a sealed copy that nobody can change.

use crate::dependencies;
use crate::failure::Cause;
use data_encoding::HEXLOWER;
use rustix::fs::{MemfdFlags, SealFlags};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{FileExt, FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often sealing is tried, 20 ms apart, before a busy kernel counts as an error.
const SEALING_ATTEMPTS: u32 = 50;

/// The maximum size of a library in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// A sealed copy in memory of a library file whose digest was checked.
///
/// Later changes to the file (replacing, truncating or deleting it, or changing a link) have no
/// effect until the configuration is loaded again.
#[derive(Debug)]
pub(crate) struct LibraryFile {
    file: File,
    digest: String,
}

/// A library that may be loaded: its digest and dependencies were checked.
#[derive(Debug)]
pub(crate) struct Library {
    file: File,
    /// The system libraries that it needs.
    pub(crate) dependencies: Vec<&'static str>,
    /// SHA-256 in lower-case hexadecimal.
    pub(crate) digest: String,
}

/// A library that was rejected, with its digest if it could be read.
#[derive(Debug)]
pub(crate) struct RejectedLibrary {
    pub(crate) digest: String,
    pub(crate) cause: Cause,
}

impl<E: Into<Cause>> From<E> for RejectedLibrary {
    fn from(cause: E) -> Self {
        Self {
            digest: String::new(),
            cause: cause.into(),
        }
    }
}

impl LibraryFile {
    /// Reads the file at `path` and compares it with `expected` (hexadecimal, any case).
    pub(crate) fn read(path: &Path, expected: &str) -> Result<Self, RejectedLibrary> {
        if expected.len() != 64 || !expected.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Cause::MalformedDigest(expected.to_owned()).into());
        }
        let (file, digest) = sealed_copy(&mut open_file(path)?)?;
        if digest.eq_ignore_ascii_case(expected) {
            return Ok(Self { file, digest });
        }
        let cause = Cause::Digest {
            expected: expected.to_ascii_lowercase(),
            found: digest.clone(),
        };
        Err(RejectedLibrary { digest, cause })
    }

    /// SHA-256 in lower-case hexadecimal.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// Returns the bytes of the file, for checking a signature.
    pub(crate) fn bytes(&self) -> io::Result<Vec<u8>> {
        let length = usize::try_from(self.file.metadata()?.len()).unwrap_or_default();
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }

    /// Returns the library in the file, if it needs only system libraries.
    pub(crate) fn library(self) -> Result<Library, RejectedLibrary> {
        let Self { file, digest } = self;
        match dependencies::read_dependencies(&file) {
            Ok(dependencies) => Ok(Library {
                file,
                dependencies,
                digest,
            }),
            Err(cause) => Err(RejectedLibrary { digest, cause }),
        }
    }
}

impl Library {
    /// Returns a path from which this process can load the library while this value exists.
    pub(crate) fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.file.as_raw_fd()).into()
    }

    /// Opens the copy again for a worker, with its own read position.
    pub(crate) fn open_again(&self) -> io::Result<OwnedFd> {
        Ok(File::open(self.path())?.into())
    }
}

/// Computes the SHA-256 of a library in lower-case hexadecimal, for its entry in the configuration.
///
/// # Errors
/// If the library cannot be read.
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
    if metadata.len() > MAX_BYTES {
        return Err(Cause::LibraryTooLarge { limit: MAX_BYTES });
    }
    Ok(file)
}

#[expect(
    clippy::indexing_slicing,
    reason = "a reader returns at most the length of the buffer"
)]
fn sealed_copy(file: &mut File) -> io::Result<(File, String)> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = File::from(rustix::fs::memfd_create("wcc-plugin", flags)?);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut rest = file.take(MAX_BYTES);
    loop {
        let length = rest.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hash.update(&buffer[..length]);
        copy.write_all(&buffer[..length])?;
    }
    seal(&copy)?;
    Ok((copy, HEXLOWER.encode(&hash.finalize())))
}

/// Seals a copy against every change. On a loaded machine the kernel may briefly report "busy"
/// while it still holds newly written pages, so this function retries.
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
