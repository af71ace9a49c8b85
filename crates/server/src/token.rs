//! The operator's token, whose holder may change what the server serves.
//!
//! The first start with a data folder creates the token there, in a file that only the server's
//! user can read. The token is never logged, and only its digest is kept in memory.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Name of its file in the data folder.
const FILE: &str = "operator.token";

/// Number of random bytes in a token.
const BYTES: usize = 32;

/// Why the file of the token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("the operator's token {} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// Other users may read or change it.
    #[error("other users can read or change the operator's token {} (mode {mode:03o}); run chmod 600 \
             on it, or remove it to get a new one", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It does not hold a token.
    #[error("{} is not a token: expected {} hexadecimal digits; remove it to get a new one",
            path.display(), 2 * BYTES)]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

/// A token, stored as its digest.
#[derive(Clone)]
pub(crate) struct Token {
    digest: [u8; 32],
    path: PathBuf,
}

impl Token {
    /// Reads the token of a data folder, or creates one if there is none. Returns `None` and logs
    /// the reason if it cannot create one.
    ///
    /// # Errors
    /// The file exists but cannot be used as a token.
    pub(crate) fn open_or_create(folder: &Path) -> Result<Option<Token>, TokenError> {
        let path = folder.join(FILE);
        if !path.exists()
            && let Err(error) = create(folder, &path)
        {
            tracing::warn!(
                "the operator's token cannot be created at {}: {error}; no request can change \
                 anything",
                path.display()
            );
            return Ok(None);
        }
        read(path).map(Some)
    }

    /// Returns whether a text is this token. It compares digests, so the time does not reveal
    /// anything about the token.
    pub(crate) fn matches(&self, text: &str) -> bool {
        digest(text) == self.digest
    }

    /// Path of its file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.to_ascii_lowercase()).into()
}

/// Creates a token. If several servers start at the same time, the first server's token is kept.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true).mode(0o700).create(folder)?;
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    let text = HEXLOWER.encode(&bytes);
    let new = folder.join(format!("{FILE}.{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| writeln!(file, "{text}"))
        // Unlike rename, this never replaces an existing token.
        .and_then(|()| fs::hard_link(&new, path));
    let _ = fs::remove_file(&new);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => Ok(()),
        written => written,
    }
}

fn read(path: PathBuf) -> Result<Token, TokenError> {
    let file = fs::metadata(&path).and_then(|metadata| Ok((metadata, fs::read_to_string(&path)?)));
    let (metadata, text) = match file {
        Ok(file) => file,
        Err(error) => return Err(TokenError::Unreadable { path, error }),
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(TokenError::Open { path, mode });
    }
    let text = text.trim();
    if text.len() != 2 * BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(TokenError::Malformed { path });
    }
    Ok(Token {
        digest: digest(text),
        // Canonical, so that logs show it without the `..` of a relative setting.
        path: path.canonicalize().unwrap_or(path),
    })
}
