//! The accounts of people who sign in to the pages, beside the ledger.

use crate::facts::FactSource;
use std::net::SocketAddr;
use std::sync::Arc;
use wcc_accounts::{AccountError, AccountSettings, Accounts};
use wcc_ledger::Clock;

/// Opens the accounts of a server. If it serves cases and they cannot be opened, logs the reason and does
/// without: whoever only reads files needs none.
///
/// # Errors
/// The server serves a ledger, and its accounts cannot be opened.
pub(crate) async fn open(
    settings: Option<AccountSettings>,
    facts: &FactSource,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Accounts>, AccountError> {
    let Some(settings) = settings else {
        return Ok(None);
    };
    match (Accounts::open(settings, Arc::clone(clock)).await, facts) {
        (Ok(accounts), _) => Ok(Some(accounts)),
        (Err(error), FactSource::Cases(_)) => {
            tracing::warn!("{error}; nobody can sign in to this server");
            Ok(None)
        }
        (Err(error), FactSource::Ledger(_)) => Err(error),
    }
}

/// Accepts accounts of a demonstration if only this machine can reach the server. If others can, says so
/// in the log, provided that there are any.
pub(crate) async fn decide_on_demonstration(accounts: &Accounts, listens_on: Option<SocketAddr>) {
    let is_here = listens_on.is_some_and(|address| address.ip().is_loopback());
    if accounts.permit_demonstration(is_here) {
        return;
    }
    match accounts.has_demonstration().await {
        Ok(false) => {}
        Ok(true) => tracing::warn!(
            "the accounts of a demonstration are refused, because other machines can reach this server"
        ),
        Err(error) => tracing::warn!(
            "the accounts of a demonstration are refused, because other machines can reach this server; \
             whether there are any is not known: {error}"
        ),
    }
}
