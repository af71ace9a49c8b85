//! The settings of the ledger.

use super::{Read, SettingsError};
use std::path::{Path, PathBuf};
use wcc_ledger::{Address, CheckpointFile};

/// Where the ledger is and how it is kept.
#[derive(Debug)]
pub(crate) struct LedgerSettings {
    /// Where it is kept.
    pub(crate) address: Address,
    /// Code of the authority that keeps it.
    pub(crate) sha: String,
    /// The file that its head is written down in.
    pub(crate) head: PathBuf,
    /// Where what the entries came to is kept.
    pub(crate) checkpoint: CheckpointFile,
    /// Where evidence documents are kept: a folder, or a bucket.
    pub(crate) documents: String,
    /// Seconds for which a write is tried while the database does not answer.
    pub(crate) patience_seconds: u64,
}

/// Reads the settings of the ledger; paths are relative to `base`, the folder of the settings file.
pub(super) fn read(read: &Read<'_>, base: &Path) -> Result<LedgerSettings, SettingsError> {
    let data = base.join(read.text("paths.data")?);
    let or_in_data = |text: String, name: &str| match text.as_str() {
        "" => data.join(name),
        given => base.join(given),
    };
    let address = match Address::parse(&read.text("ledger.address")?) {
        Address::Sqlite(path) => {
            Address::Sqlite(or_in_data(path.display().to_string(), "ledger.db"))
        }
        address => address,
    };
    let checkpoint = or_in_data(read.text("ledger.checkpoint")?, "ledger.checkpoint");
    let every = read.number("ledger.checkpoint_entries", 1, 1_000_000)?;
    Ok(LedgerSettings {
        address,
        sha: read.text("ledger.sha")?,
        head: or_in_data(read.text("ledger.head")?, "ledger.head"),
        checkpoint: CheckpointFile::new(checkpoint).every(every as u32),
        documents: match read.text("ledger.documents")? {
            bucket if bucket.starts_with("s3://") => bucket,
            folder => or_in_data(folder, "documents").display().to_string(),
        },
        patience_seconds: read.number("ledger.patience_seconds", 1, 600)? as u64,
    })
}

/// A setting's value as it may be shown: the address of a database can hold a password.
pub(super) fn without_password(value: String) -> String {
    match Address::parse(&value) {
        address @ Address::Postgres(_) => address.to_string(),
        Address::Sqlite(_) => value,
    }
}
