//! The settings of accounts and their sessions.

use super::ledger::beside_ledger;
use super::{SettingsError, SettingsReader};
use std::path::Path;
use std::time::Duration;
use wcc_accounts::AccountSettings;

/// Reads the settings of accounts; paths are relative to `base`, the folder of the settings file.
pub(super) fn read(
    reader: &SettingsReader<'_>,
    base: &Path,
) -> Result<AccountSettings, SettingsError> {
    let minutes = reader.number("accounts.idle_minutes", 5, 24 * 60)?;
    let hours = reader.number("accounts.session_hours", 1, 7 * 24)?;
    Ok(AccountSettings {
        address: beside_ledger(
            reader,
            base,
            "accounts.address",
            "accounts.db",
            "exports and copies of the ledger hold no passwords",
        )?,
        idle: Duration::from_mins(minutes as u64),
        absolute: Duration::from_hours(hours as u64),
    })
}
