//! Opening the ledger that the settings name, and what is standing in it.

use crate::cli::Failure;
use crate::settings::Settings;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::ledger::AsOf;
use wcc_ledger::{HeadFile, Ledger, OpenError, Opening};
use wcc_programme::{Beside, FileFormats, Standing};

/// How the settings say that the ledger is opened.
fn opening(settings: &Settings, create: bool) -> Opening {
    Opening {
        address: settings.ledger.address.clone(),
        sha: settings.ledger.sha.clone(),
        head_file: Some(settings.ledger.head.clone()),
        checkpoint: Some(settings.ledger.checkpoint.clone()),
        patience: Duration::from_secs(settings.ledger.patience_seconds),
        create,
    }
}

/// Opens the ledger that the settings name; where there is none, makes it or says how.
pub(crate) async fn ledger(settings: &Settings, create: bool) -> Result<Ledger, Failure> {
    if create {
        make_folders(settings)?;
    }
    let opened = Ledger::open(opening(settings, create), Arc::new(FileFormats)).await;
    Ok(opened?)
}

/// The folders of the ledger's files, readable by their owner alone.
fn make_folders(settings: &Settings) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let head = settings.ledger.head.parent();
    let database = match &settings.ledger.address {
        wcc_ledger::Address::Sqlite(path) => path.parent(),
        wcc_ledger::Address::Postgres(_) => None,
    };
    for folder in head.into_iter().chain(database) {
        let mut make = std::fs::DirBuilder::new();
        make.recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| {
                Failure::system(format!(
                    "the folder {} cannot be made: {error}",
                    folder.display()
                ))
            })?;
    }
    Ok(())
}

/// The head that is written down beside the ledger.
pub(crate) fn head_file(settings: &Settings) -> HeadFile {
    HeadFile::new(settings.ledger.head.clone())
}

/// What stood in the ledger at a moment; now, where none is named. Beside a picture of another
/// moment only what changed in between is gathered.
pub(crate) fn standing(
    ledger: &Ledger,
    as_of: Option<AsOf>,
    beside: Option<Beside<'_>>,
) -> Result<Standing, Failure> {
    let head = ledger.head().number;
    ledger.look(|state| {
        let entry = as_of.map_or(head, |as_of| state.number_at(as_of).min(head));
        if let Some(AsOf::Entry(number)) = as_of
            && number > head
        {
            return Err(Failure::not_found(format!(
                "there is no entry {number}: the last is {head}"
            )));
        }
        Standing::gather_beside(state, entry, beside)
            .map_err(|error| Failure::refused(error.to_string()))
    })
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        match error {
            OpenError::Missing(address) => Failure::not_found(format!(
                "there is no ledger at {address}: make one with `wcc ledger load CASE`, or name \
                 another in the setting ledger.address"
            )),
            OpenError::Store { .. } | OpenError::Thread(_) => Failure::system(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}
