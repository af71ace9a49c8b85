//! Opening the ledger that the settings name, and what is standing in it.

use crate::cli::Failure;
use crate::settings::Settings;
use crate::stop::StopSignals;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::ledger::AsOf;
use wcc_ledger::{Address, HeadFile, Ledger, OpenError, Opening, Store, StoreError, SystemClock};
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
        clock: Arc::new(SystemClock),
    }
}

/// Opens the ledger, does something with it, and closes it: also if that fails, and if the process
/// is asked to stop meanwhile. So whatever a command leaves on disk is complete.
pub(crate) async fn with_ledger<T>(
    settings: &Settings,
    create: bool,
    work: impl AsyncFnOnce(&Ledger) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = StopSignals::listen()?;
    let ledger = ledger(settings, create).await?;
    let done = signals.unless_stopped(work(&ledger)).await;
    ledger.close().await;
    signals.end_the_process();
    done
}

/// The same with the ledger's database alone, which must be there.
pub(crate) async fn with_store<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Store) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = StopSignals::listen()?;
    let address = &settings.ledger.address;
    if let Address::Sqlite(path) = address
        && !path.exists()
    {
        return Err(OpenError::Missing(address.clone()).into());
    }
    let store = Store::open(address, &settings.ledger.sha)
        .await
        .map_err(|error| {
            let address = address.clone();
            Failure::from(OpenError::Store { address, error })
        })?;
    let done = signals.unless_stopped(work(&store)).await;
    store.close().await;
    signals.end_the_process();
    done
}

/// Opens the ledger that the settings name; where there is none, makes it or says how. Whoever
/// opens it must close it: see [`with_ledger`].
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
        Address::Sqlite(path) => path.parent(),
        Address::Postgres(_) => None,
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
            OpenError::Store {
                error: StoreError::ForeignLog { .. } | StoreError::LogAlone { .. },
                ..
            } => Failure::refused(error.to_string()),
            OpenError::Store { .. } | OpenError::Thread(_) => Failure::system(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}
