//! The operator's token: who may change what the server serves.
//!
//! The first start in a data folder creates it there, in a file that only the server's user can read.
//! It is never logged, and only its digest is kept in memory.

use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Its file in the data folder.
const FILE: &str = "operator.token";

/// How many random bytes it has.
const BYTES: usize = 32;

/// Why the file of the token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It cannot be read.
    #[error("the operator's token {} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: io::Error,
    },
    /// Others may read or change it.
    #[error("the operator's token {} is open to others (mode {mode:03o}); chmod 600 it, or remove \
             it to get a new one", path.display())]
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

/// The token, by its digest.
#[derive(Clone)]
pub(crate) struct Token {
    digest: [u8; 32],
    path: PathBuf,
}

impl Token {
    /// Reads the token of a data folder; creates one if there is none. `None` if none can be
    /// created because the folder is not writable: the reason is logged.
    ///
    /// # Errors
    /// There is a file, and it cannot be used as a token.
    pub(crate) fn open_or_create(folder: &Path) -> Result<Option<Token>, TokenError> {
        let path = folder.join(FILE);
        if !path.exists()
            && let Err(error) = create(folder, &path)
        {
            tracing::warn!(
                "no operator's token can be created at {}: {error}; requests cannot change \
                 anything",
                path.display()
            );
            return Ok(None);
        }
        read(path).map(Some)
    }

    /// Whether the value of an `Authorization` header is `Bearer` and this token.
    pub(crate) fn permits(&self, authorization: &str) -> bool {
        let Some((scheme, given)) = authorization.trim().split_once(' ') else {
            return false;
        };
        // Comparing digests takes a time that depends on nothing in the token.
        scheme.eq_ignore_ascii_case("bearer") && digest(given.trim()) == self.digest
    }

    /// Its file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.to_ascii_lowercase()).into()
}

/// Creates a token. If several servers start at once, the first one's token is kept.
fn create(folder: &Path, path: &Path) -> io::Result<()> {
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true).mode(0o700).create(folder)?;
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
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
    let found = fs::metadata(&path).and_then(|found| Ok((found, fs::read_to_string(&path)?)));
    let (found, text) = match found {
        Ok(found) => found,
        Err(error) => return Err(TokenError::Unreadable { path, error }),
    };
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(TokenError::Open { path, mode });
    }
    let text = text.trim();
    if text.len() != 2 * BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(TokenError::Malformed { path });
    }
    Ok(Token {
        digest: digest(text),
        // For people: without the `..` of a relative setting.
        path: path.canonicalize().unwrap_or(path),
    })
}
