//! Opens the configured ledger for one command, and closes it again.

use crate::cli::Failure;
use crate::settings::Settings;
use crate::stop::StopSignals;
use std::sync::Arc;
use std::time::Duration;
use wcc_ledger::{
    Address, HeadFile, Ledger, LedgerOptions, OpenError, Store, StoreError, SystemClock,
};
use wcc_server::{GatherError, OpenLedgerError};

/// The options for opening the configured ledger.
pub(crate) fn opening(settings: &Settings, create: bool) -> LedgerOptions {
    LedgerOptions {
        address: settings.ledger.address.clone(),
        sha: settings.ledger.sha.clone(),
        head_file: Some(settings.ledger.head.clone()),
        checkpoint: Some(settings.ledger.checkpoint.clone()),
        patience: Duration::from_secs(settings.ledger.patience_seconds),
        create,
        clock: Arc::new(SystemClock),
        policy: Arc::new(wcc_core::policy::Unrestricted),
    }
}

/// Opens the ledger, runs some work and closes the ledger, even if the work fails or the process is
/// asked to stop. Everything that a command leaves on disk is therefore complete.
pub(crate) async fn with_ledger<T>(
    settings: &Settings,
    create: bool,
    work: impl AsyncFnOnce(&Ledger) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = StopSignals::listen()?;
    let ledger = open(settings, create).await?;
    let result = signals.unless_stopped(work(&ledger)).await;
    ledger.close().await;
    signals.end_the_process();
    result
}

/// Like [`with_ledger`], but only with the ledger's database, which must exist.
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
    let result = signals.unless_stopped(work(&store)).await;
    store.close().await;
    signals.end_the_process();
    result
}

/// Opens the configured ledger. If there is none, creates it or says how to. The caller must close
/// it: see [`with_ledger`].
async fn open(settings: &Settings, create: bool) -> Result<Ledger, Failure> {
    Ok(wcc_server::open_ledger(opening(settings, create)).await?)
}

/// The file with the recorded head of the ledger.
pub(crate) fn head_file(settings: &Settings) -> HeadFile {
    HeadFile::new(settings.ledger.head.clone())
}

impl From<OpenLedgerError> for Failure {
    fn from(error: OpenLedgerError) -> Failure {
        match error {
            OpenLedgerError::Folder { .. } => Failure::system(error.to_string()),
            OpenLedgerError::Ledger(error) => error.into(),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        match error {
            OpenError::Missing(address) => Failure::not_found(format!(
                "there is no ledger at {address}: create one with `wcc ledger load CASE`, or set \
                 ledger.address to another"
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

impl From<GatherError> for Failure {
    fn from(error: GatherError) -> Failure {
        match error {
            GatherError::NoEntry { .. } => Failure::not_found(error.to_string()),
        }
    }
}
