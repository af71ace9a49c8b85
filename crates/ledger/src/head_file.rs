//! The head, written down beside the database: without it nobody could tell that the newest
//! entries were cut off.

use crate::chain::{Hash, Head};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that holds a head.
#[derive(Clone, Debug)]
pub struct HeadFile(PathBuf);

/// What is wrong with a head that was written down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeadFileError {
    /// The file cannot be read or written.
    #[error("the head of the ledger in {}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("the head of the ledger in {}: {error}", .path.display())]
    NotAHead {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: crate::chain::NotAHead,
    },
    /// Entries that were there are gone.
    #[error(
        "the ledger ends at entry {last}, but entry {written} was there: the newest were cut off. \
         If it was restored from a backup on purpose, remove {} and enter again what is missing",
        .path.display()
    )]
    CutOff {
        /// The file.
        path: PathBuf,
        /// The last entry that there is.
        last: u32,
        /// The last entry that was written down.
        written: u32,
    },
    /// The entry is another.
    #[error(
        "entry {number} is not the one that was there: the ledger from there on was written anew. \
         {} holds the hash that it had",
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
    /// The head at a path; the file need not be there.
    pub fn new(path: PathBuf) -> HeadFile {
        HeadFile(path)
    }

    /// The head that was written down; nothing where none was. It is not synced at every commit:
    /// after a loss of power some file systems leave the file empty, which is as if it were gone.
    ///
    /// # Errors
    /// A file that cannot be read or holds something else.
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

    /// Writes a head down: whole or not at all.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn write(&self, head: Head) -> Result<(), HeadFileError> {
        let beside = self.0.with_extension("head-new");
        let write = |path: &Path| {
            let mut file = fs::File::create(path)?;
            writeln!(file, "{head}")?;
            fs::rename(path, &self.0)
        };
        write(&beside).map_err(|error| self.failed(error))
    }

    /// Checks a ledger that ends at `head` against what [`HeadFile::read`] gave. `hash_of` tells
    /// the hash of an entry.
    ///
    /// # Errors
    /// What is gone or replaced.
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
