//! The keys of open surveys: a file for each, outside the database.

use crate::seal::{KEY_BYTES, SealingKey};
use data_encoding::HEXLOWER;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder with the keys of open surveys. Copies of it should be kept apart from copies of the
/// database, if any are made: a key that is lost loses the answers of its survey, and a key that is
/// gone makes every copy of the database unreadable.
#[derive(Clone, Debug)]
pub struct KeyFolder(PathBuf);

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key.
    #[error(
        "the key of this survey, {}, is missing: without it nobody can read who was invited or what \
         was answered. Restore the file, set surveys.keys to the folder that has it, or give the survey \
         up with `wcc survey discard`", .0.display()
    )]
    Missing(PathBuf),
    /// The file is not a key.
    #[error("{} is not a key: expected 64 hexadecimal digits", .0.display())]
    Malformed(PathBuf),
    /// The file cannot be read, written or removed.
    #[error("the key {} cannot be used: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

impl KeyFolder {
    /// The folder at a path; it is created with the first key.
    pub fn new(path: impl Into<PathBuf>) -> KeyFolder {
        KeyFolder(path.into())
    }

    fn file(&self, tag: &str) -> PathBuf {
        self.0.join(format!("{tag}.key"))
    }

    /// Makes the key of a new survey.
    pub(crate) fn create(&self, tag: &str) -> Result<SealingKey, KeyError> {
        let path = self.file(tag);
        let failed = |error| KeyError::File {
            path: path.clone(),
            error,
        };
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| failed(error.into()))?;
        create_folder(&self.0).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let written = file
            .write_all(HEXLOWER.encode(&key).as_bytes())
            .and_then(|()| file.sync_all());
        written.map_err(failed)?;
        SealingKey::new(&key).ok_or_else(|| KeyError::Malformed(path.clone()))
    }

    /// The key of an open survey.
    pub(crate) fn open(&self, tag: &str) -> Result<SealingKey, KeyError> {
        let path = self.file(tag);
        let text = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => KeyError::Missing(path.clone()),
            _ => KeyError::File {
                path: path.clone(),
                error,
            },
        })?;
        let key = HEXLOWER.decode(text.trim_ascii()).ok();
        let key: Option<[u8; KEY_BYTES]> = key.and_then(|key| key.try_into().ok());
        key.and_then(|key| SealingKey::new(&key))
            .ok_or(KeyError::Malformed(path))
    }

    /// Overwrites and removes a key; does nothing if it is gone already.
    pub(crate) fn destroy(&self, tag: &str) -> Result<(), KeyError> {
        let path = self.file(tag);
        let overwritten = OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|mut file| {
                file.write_all(&[b'0'; 2 * KEY_BYTES])?;
                file.sync_all()
            });
        match overwritten.and_then(|()| fs::remove_file(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(KeyError::File { path, error })
            }
            _ => Ok(()),
        }
    }
}

fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
