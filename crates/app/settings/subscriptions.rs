//! The `[subscriptions]` table: limits and times of subscriptions to the API.

use super::{SettingsError, SettingsReader};
use std::time::Duration;
use wcc_api::SubscriptionSettings;

const ORIGINS: &str = "subscriptions.origins";

/// Reads the settings of subscriptions.
pub(super) fn read(reader: &SettingsReader<'_>) -> Result<SubscriptionSettings, SettingsError> {
    let count = |key| reader.number(key, 0, 1_000_000);
    let seconds = |key| {
        let seconds = reader.number(key, 1, 600);
        seconds.map(|seconds| Duration::from_secs(seconds as u64))
    };
    let origins = reader.list(ORIGINS)?;
    let is_origin = |origin: &String| {
        let host = ["https://", "http://"].iter();
        let mut host = host.filter_map(|scheme| origin.strip_prefix(scheme));
        host.next()
            .is_some_and(|host| !host.is_empty() && !host.contains('/'))
    };
    if let Some(wrong) = origins.iter().find(|origin| !is_origin(origin)) {
        return Err(SettingsError::Value {
            key: ORIGINS.to_owned(),
            origin: reader.line(ORIGINS).origin,
            message: format!(
                "`{wrong}` is not an origin: expected a scheme and a host without a path, such as \
                 `https://assurance.example`"
            ),
        });
    }
    Ok(SubscriptionSettings {
        connections: count("subscriptions.connections")?,
        connections_per_person: count("subscriptions.connections_per_person")?,
        connections_without_token: count("subscriptions.connections_without_token")?,
        operations_per_connection: count("subscriptions.operations_per_connection")?,
        origins,
        init_time: seconds("subscriptions.init_seconds")?,
        ping_time: seconds("subscriptions.ping_seconds")?,
        check_time: seconds("subscriptions.check_seconds")?,
        send_time: seconds("subscriptions.send_seconds")?,
    })
}
