//! The head file: a copy of the head beside the database. It shows if the newest entries were cut
//! off.

use crate::chain::{Hash, Head};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that holds a head.
#[derive(Clone, Debug)]
pub struct HeadFile(PathBuf);

/// Why a head file cannot be used or does not match the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeadFileError {
    /// The file cannot be read or written.
    #[error("the head of the ledger in {}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The file does not contain a head.
    #[error("the head of the ledger in {}: {error}", .path.display())]
    NotAHead {
        /// The file.
        path: PathBuf,
        /// What is wrong with its content.
        error: crate::chain::ParseHeadError,
    },
    /// Entries are missing at the end of the ledger.
    #[error(
        "the ledger ends at entry {last}, but it had entry {written}: the newest entries were cut \
         off. If you restored it from a backup on purpose, remove {} and enter the missing \
         facts again",
        .path.display()
    )]
    CutOff {
        /// The file.
        path: PathBuf,
        /// The last entry of the ledger.
        last: u32,
        /// The last entry in the file.
        written: u32,
    },
    /// An entry was replaced.
    #[error(
        "entry {number} was replaced: the ledger was rewritten from there on. {} has the original \
         hash",
        .path.display()
    )]
    Replaced {
        /// The file.
        path: PathBuf,
        /// The entry.
        number: u32,
    },
}

impl HeadFile {
    /// Names the file, which need not exist.
    pub fn new(path: PathBuf) -> HeadFile {
        HeadFile(path)
    }

    /// Reads the head; `None` if there is no file. The file is not synced at every commit: after a
    /// power failure some file systems leave it empty, which counts as missing.
    ///
    /// # Errors
    /// The file cannot be read, or does not contain a head.
    pub fn read(&self) -> Result<Option<Head>, HeadFileError> {
        match fs::read_to_string(&self.0) {
            Ok(text) if text.is_empty() => Ok(None),
            Ok(text) => {
                let head = text.parse().map_err(|error| HeadFileError::NotAHead {
                    path: self.0.clone(),
                    error,
                });
                head.map(Some)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Writes a head atomically.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, head: Head) -> Result<(), HeadFileError> {
        let temporary = self.0.with_extension("head-new");
        let write = |path: &Path| {
            let mut file = fs::File::create(path)?;
            writeln!(file, "{head}")?;
            fs::rename(path, &self.0)
        };
        write(&temporary).map_err(|error| self.failed(error))
    }

    /// Checks a ledger that ends at `head` against the head from [`HeadFile::read`]. `hash_of`
    /// returns the hash of an entry.
    ///
    /// # Errors
    /// Entries are missing or were replaced.
    pub async fn check<F>(
        &self,
        written: Option<Head>,
        head: Head,
        hash_of: impl FnOnce(u32) -> F,
    ) -> Result<(), HeadFileError>
    where
        F: Future<Output = Option<Hash>>,
    {
        let Some(written) = written else {
            return Ok(());
        };
        if written.number > head.number {
            return Err(HeadFileError::CutOff {
                path: self.0.clone(),
                last: head.number,
                written: written.number,
            });
        }
        if written.number == 0 || hash_of(written.number).await == Some(written.hash) {
            return Ok(());
        }
        Err(HeadFileError::Replaced {
            path: self.0.clone(),
            number: written.number,
        })
    }

    fn failed(&self, error: std::io::Error) -> HeadFileError {
        HeadFileError::File {
            path: self.0.clone(),
            error,
        }
    }
}
