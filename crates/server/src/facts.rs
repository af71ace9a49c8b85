//! The source of the facts: folders of cases, or a ledger.

use crate::surveys::SurveySettings;
use std::path::PathBuf;
use std::sync::Arc;
use wcc_core::ledger::AsOf;
use wcc_ledger::{Address, Documents, Ledger, LedgerOptions, OpenError};
use wcc_programme::{Beside, FileFormats, Standing};

/// The source of the facts.
#[derive(Clone, Debug)]
pub enum FactSource {
    /// Folders of cases. Every reload reads them again; the server takes no new entries.
    Cases(Vec<PathBuf>),
    /// A ledger, to which clients can add entries.
    Ledger(LedgerSettings),
}

/// A ledger, its evidence documents, and the surveys beside it.
#[derive(Clone, Debug)]
pub struct LedgerSettings {
    /// The address of the ledger, and how to open it.
    pub opening: LedgerOptions,
    /// Folder of the documents, or `s3://BUCKET/PREFIX`.
    pub documents: String,
    /// Where surveys are kept; `None` if the server runs none.
    pub surveys: Option<Box<SurveySettings>>,
}

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenLedgerError {
    /// A folder for its files cannot be created.
    #[error("the folder {} cannot be created: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The ledger itself cannot be opened.
    #[error(transparent)]
    Ledger(#[from] OpenError),
}

/// Why the facts as of an entry cannot be gathered.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The ledger has no such entry.
    #[error("there is no entry {entry}: the last is {last}")]
    NoEntry {
        /// The requested entry.
        entry: u32,
        /// The last entry of the ledger.
        last: u32,
    },
}

/// An opened source of facts.
#[derive(Clone)]
pub(crate) enum OpenFacts {
    /// Folders of cases.
    Cases(Vec<PathBuf>),
    /// A ledger with its documents.
    Ledger(Ledger, Documents),
}

impl OpenFacts {
    /// The ledger, if the facts come from one.
    pub(crate) fn ledger(&self) -> Option<&Ledger> {
        match self {
            OpenFacts::Cases(_) => None,
            OpenFacts::Ledger(ledger, _) => Some(ledger),
        }
    }
}

/// Opens a ledger. If the ledger may be created, the folders for its files are created first. The
/// caller must close the ledger ([`Ledger::close`]), so that its database file is complete
/// afterwards.
///
/// # Errors
/// A folder cannot be created, or the ledger cannot be opened.
pub async fn open_ledger(opening: LedgerOptions) -> Result<Ledger, OpenLedgerError> {
    if opening.create {
        create_folders(&opening)?;
    }
    Ok(Ledger::open(opening, Arc::new(FileFormats)).await?)
}

/// Creates the folders of the ledger's files, which only their owner can read.
fn create_folders(opening: &LedgerOptions) -> Result<(), OpenLedgerError> {
    use std::os::unix::fs::DirBuilderExt;
    let head = opening.head_file.as_deref().and_then(|file| file.parent());
    let database = match &opening.address {
        Address::Sqlite(path) => path.parent(),
        Address::Postgres(_) => None,
    };
    for folder in head.into_iter().chain(database) {
        let mut builder = std::fs::DirBuilder::new();
        let created = builder.recursive(true).mode(0o700).create(folder);
        created.map_err(|error| OpenLedgerError::Folder {
            folder: folder.to_owned(),
            error,
        })?;
    }
    Ok(())
}

/// Gathers the facts of a ledger as of an entry, or the current ones. Given the programme of
/// another entry, it gathers only the changes in between.
///
/// # Errors
/// The ledger has no such entry.
pub fn gather(
    ledger: &Ledger,
    as_of: Option<AsOf>,
    beside: Option<Beside<'_>>,
) -> Result<Standing, GatherError> {
    let head = ledger.head().number;
    ledger.look(|state| {
        let entry = as_of.map_or(head, |as_of| state.number_at(as_of).min(head));
        if let Some(AsOf::Entry(number)) = as_of
            && number > head
        {
            return Err(GatherError::NoEntry {
                entry: number,
                last: head,
            });
        }
        Ok(Standing::gather_beside(state, entry, beside))
    })
}
