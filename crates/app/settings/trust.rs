//! The `[trust]` table: whom libraries of plugins must be signed by.

use super::{Read, SettingsError};
use wcc_host::Trust;

const KEYS: &str = "trust.keys";
const REQUIRED: &str = "trust.required";

/// Reads the trusted keys.
pub(super) fn read(settings: &Read<'_>) -> Result<Trust, SettingsError> {
    let refused = |key: &str, message: String| SettingsError::Value {
        key: key.to_owned(),
        origin: settings.shown(key).origin,
        message,
    };
    let keys = settings.list(KEYS)?;
    let required = settings.yes_or_no(REQUIRED)?;
    if required && keys.is_empty() && settings.is_set(REQUIRED) {
        let message = "no key is trusted, so no plugin could be signed by one; set `trust.keys`";
        return Err(refused(REQUIRED, message.to_owned()));
    }
    let trust = Trust::new(keys).map_err(|error| refused(KEYS, error.to_string()))?;
    Ok(if required { trust } else { trust.optional() })
}
