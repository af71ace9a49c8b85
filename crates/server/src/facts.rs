//! Where the facts come from: folders of cases, or a ledger.

use std::path::PathBuf;
use std::sync::Arc;
use wcc_core::ledger::AsOf;
use wcc_ledger::{Address, Documents, Ledger, OpenError, Opening};
use wcc_programme::{Beside, FileFormats, Standing};

/// Where the facts come from.
#[derive(Clone, Debug)]
pub enum FactSource {
    /// Folders of cases. They are read again at every reload; nothing can be entered.
    Cases(Vec<PathBuf>),
    /// A ledger, which takes new entries.
    Ledger(LedgerSettings),
}

/// A ledger and its evidence documents.
#[derive(Clone, Debug)]
pub struct LedgerSettings {
    /// Where the ledger is and how it is opened.
    pub opening: Opening,
    /// Folder of the documents, or `s3://BUCKET/PREFIX`.
    pub documents: String,
}

/// Why a ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenLedgerError {
    /// A folder for its files cannot be made.
    #[error("the folder {} cannot be made: {error}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// The ledger itself.
    #[error(transparent)]
    Ledger(#[from] OpenError),
}

/// Why the facts at an entry cannot be gathered.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The ledger is shorter.
    #[error("there is no entry {entry}: the last is {last}")]
    NoEntry {
        /// The entry that was asked for.
        entry: u32,
        /// The last entry of the ledger.
        last: u32,
    },
}

/// Facts that are open for reading.
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

/// Opens a ledger. Makes the folders of its files first if the ledger may be created. Whoever opens
/// a ledger must close it ([`Ledger::close`]), so that its database file is complete afterwards.
///
/// # Errors
/// A folder cannot be made, or the ledger cannot be opened.
pub async fn open_ledger(opening: Opening) -> Result<Ledger, OpenLedgerError> {
    if opening.create {
        make_folders(&opening)?;
    }
    Ok(Ledger::open(opening, Arc::new(FileFormats)).await?)
}

/// Makes the folders of the ledger's files, readable by their owner alone.
fn make_folders(opening: &Opening) -> Result<(), OpenLedgerError> {
    use std::os::unix::fs::DirBuilderExt;
    let head = opening.head_file.as_deref().and_then(|file| file.parent());
    let database = match &opening.address {
        Address::Sqlite(path) => path.parent(),
        Address::Postgres(_) => None,
    };
    for folder in head.into_iter().chain(database) {
        let mut make = std::fs::DirBuilder::new();
        let made = make.recursive(true).mode(0o700).create(folder);
        made.map_err(|error| OpenLedgerError::Folder {
            folder: folder.to_owned(),
            error,
        })?;
    }
    Ok(())
}

/// Gathers the facts of a ledger at a moment; now, if none is named. Beside the programme of another
/// moment only what changed in between is gathered.
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
