//! The register's files: read as a whole, replaced as a whole, and closed to other users.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Maximum size of the register, in bytes: about 100,000 tokens.
const MAX_BYTES: u64 = 32 << 20;

/// What tells one version of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    device: u64,
    inode: u64,
    changed: (i64, i64),
    bytes: u64,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read or written.
    #[error("{} cannot be read or written: {error}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// Other users may read or change it.
    #[error("other users can read or change {} (mode {mode:03o}); run chmod 600 on it", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is too large.
    #[error("{} is larger than {MAX_BYTES} bytes", path.display())]
    Size {
        /// The file.
        path: PathBuf,
    },
}

/// Turns the system's errors about a file into errors that name it.
pub(crate) fn system(path: &Path) -> impl Fn(io::Error) -> FileError {
    let path = path.to_path_buf();
    move |error| FileError::System {
        path: path.clone(),
        error,
    }
}

/// Creates a folder that only its owner may enter.
pub(crate) fn create_folder(folder: &Path) -> Result<(), FileError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(system(folder))
}

/// The version of a file.
pub(crate) fn version(path: &Path) -> io::Result<Version> {
    fs::metadata(path).map(|metadata| Version {
        device: metadata.dev(),
        inode: metadata.ino(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
        bytes: metadata.size(),
    })
}

/// Reads a file that only its owner may read; `None` if there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(system(path)(error)),
    };
    let mode = file.metadata().map_err(system(path))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let path = path.to_path_buf();
        return Err(FileError::Open { path, mode });
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(system(path))?;
    if bytes.len() as u64 > MAX_BYTES {
        let path = path.to_path_buf();
        return Err(FileError::Size { path });
    }
    Ok(Some(bytes))
}

/// Writes a file that only its owner may read, in place of an earlier one. Readers see the one or the
/// other, and after a power failure there is one of them.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let new = path.with_extension(format!("new.{}", std::process::id()));
    let write = || {
        let _ = fs::remove_file(&new);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        let folder = path.parent().map(File::open).transpose()?;
        folder.map_or(Ok(()), |folder| folder.sync_all())
    };
    let written = write();
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.map_err(system(path))
}

/// Waits for the lock of a folder, and holds it until the file is dropped.
pub(crate) fn lock(path: &Path) -> Result<File, FileError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(path).map_err(system(path))?;
    file.lock().map_err(system(path))?;
    Ok(file)
}
