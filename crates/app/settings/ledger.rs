//! The settings of the ledger, and of the surveys beside it.

use super::{SettingsError, SettingsReader};
use std::path::{Path, PathBuf};
use wcc_ledger::{Address, CheckpointFile};

/// The settings of the ledger.
#[derive(Debug)]
pub(crate) struct LedgerSettings {
    /// The SQLite file or the PostgreSQL database.
    pub(crate) address: Address,
    /// Code of the authority that owns it.
    pub(crate) sha: String,
    /// The file that records its head.
    pub(crate) head: PathBuf,
    /// The checkpoint file.
    pub(crate) checkpoint: CheckpointFile,
    /// The store of evidence documents: a folder, or a bucket.
    pub(crate) documents: String,
    /// How long a write is retried while the database does not answer, in seconds.
    pub(crate) patience_seconds: u64,
}

/// Reads the settings of the ledger; paths are relative to `base`, the folder of the settings file.
pub(super) fn read(
    reader: &SettingsReader<'_>,
    base: &Path,
) -> Result<LedgerSettings, SettingsError> {
    let data = base.join(reader.text("paths.data")?);
    let or_in_data = |text: String, name: &str| match text.as_str() {
        "" => data.join(name),
        path => base.join(path),
    };
    let address = match Address::parse(&reader.text("ledger.address")?) {
        Address::Sqlite(path) => {
            Address::Sqlite(or_in_data(path.display().to_string(), "ledger.db"))
        }
        address => address,
    };
    let checkpoint = or_in_data(reader.text("ledger.checkpoint")?, "ledger.checkpoint");
    let entries = reader.number("ledger.checkpoint_entries", 1, 1_000_000)?;
    Ok(LedgerSettings {
        address,
        sha: reader.text("ledger.sha")?,
        head: or_in_data(reader.text("ledger.head")?, "ledger.head"),
        checkpoint: CheckpointFile::new(checkpoint).every(entries as u32),
        documents: match reader.text("ledger.documents")? {
            bucket if bucket.starts_with("s3://") => bucket,
            folder => or_in_data(folder, "documents").display().to_string(),
        },
        patience_seconds: reader.number("ledger.patience_seconds", 1, 600)? as u64,
    })
}

/// The settings of surveys.
#[derive(Debug)]
pub(crate) struct SurveySettings {
    /// The SQLite file or the PostgreSQL database.
    pub(crate) address: Address,
    /// The folder with the keys of open surveys.
    pub(crate) keys: PathBuf,
}

/// Reads the settings of surveys. By default they are in the same PostgreSQL database as the
/// ledger, or in a file of their own.
pub(super) fn read_surveys(
    reader: &SettingsReader<'_>,
    base: &Path,
) -> Result<SurveySettings, SettingsError> {
    let data = base.join(reader.text("paths.data")?);
    let address = beside_ledger(
        reader,
        base,
        "surveys.address",
        "surveys.db",
        "exports and copies of the ledger hold no answers",
    )?;
    Ok(SurveySettings {
        address,
        keys: match reader.text("surveys.keys")?.as_str() {
            "" => data.join("survey-keys"),
            folder => base.join(folder),
        },
    })
}

/// A setting's value for display: removes the password that a database address may contain.
pub(super) fn without_password(value: String) -> String {
    match Address::parse(&value) {
        address @ Address::Postgres(_) => address.to_string(),
        Address::Sqlite(_) => value,
    }
}

/// Reads the address of a database beside the ledger's. By default its tables are in the same PostgreSQL
/// database, or in a file of their own: `why` says why not in the ledger's file.
pub(super) fn beside_ledger(
    reader: &SettingsReader<'_>,
    base: &Path,
    key: &str,
    file: &str,
    why: &str,
) -> Result<Address, SettingsError> {
    let own = reader.text(key)?;
    let ledger = read(reader, base)?.address;
    let address = match (own.as_str(), &ledger) {
        ("", Address::Postgres(_)) => ledger.clone(),
        ("", Address::Sqlite(_)) => {
            Address::Sqlite(base.join(reader.text("paths.data")?).join(file))
        }
        (own, _) => match Address::parse(own) {
            Address::Sqlite(path) => Address::Sqlite(base.join(path)),
            address => address,
        },
    };
    match (&address, &ledger) {
        (Address::Sqlite(own), Address::Sqlite(ledger)) if own == ledger => {
            Err(SettingsError::Value {
                key: key.to_owned(),
                origin: reader.line(key).origin,
                message: format!("expected a file of its own, not that of the ledger: {why}"),
            })
        }
        _ => Ok(address),
    }
}
