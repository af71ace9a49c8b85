//! The `[trust]` table: the keys with which plugin libraries must be signed.

use super::{SettingsError, SettingsReader};
use wcc_host::Trust;

const KEYS: &str = "trust.keys";
const REQUIRED: &str = "trust.required";

/// Reads the trusted keys.
pub(super) fn read(settings: &SettingsReader<'_>) -> Result<Trust, SettingsError> {
    let error_for = |key: &str, message: String| SettingsError::Value {
        key: key.to_owned(),
        origin: settings.line(key).origin,
        message,
    };
    let keys = settings.list(KEYS)?;
    let required = settings.yes_or_no(REQUIRED)?;
    if required && keys.is_empty() && settings.is_set(REQUIRED) {
        let message = "no key is trusted, so no plugin could be signed by one; set `trust.keys`";
        return Err(error_for(REQUIRED, message.to_owned()));
    }
    let trust = Trust::new(keys).map_err(|error| error_for(KEYS, error.to_string()))?;
    Ok(if required { trust } else { trust.optional() })
}
