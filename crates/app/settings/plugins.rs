//! The `[[plugin]]` entries of the settings.

use super::{SettingsError, nearest, origin_of};
use config::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wcc_host::{Isolation, Limits, PluginSettings};

/// One entry as written in a settings file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: PathBuf,
    sha256: String,
    signature: Option<PathBuf>,
    id: Option<String>,
    #[serde(default)]
    regions: Vec<String>,
    isolation: Option<String>,
    wall_seconds: Option<u64>,
    cpu_seconds: Option<u64>,
    memory_mib: Option<u64>,
    answer_mib: Option<usize>,
    #[serde(default)]
    settings: Option<serde_json::Value>,
}

/// The keys of an entry, for the error about an unknown one.
const KEYS: [&str; 11] = [
    "path",
    "sha256",
    "signature",
    "id",
    "regions",
    "isolation",
    "wall_seconds",
    "cpu_seconds",
    "memory_mib",
    "answer_mib",
    "settings",
];

/// Reads the list of plugins; paths are relative to the settings file's folder.
pub(super) fn read(value: Value, base: &Path) -> Result<Vec<PluginSettings>, SettingsError> {
    let entries = value.into_array()?;
    (1..)
        .zip(entries)
        .map(|(number, entry)| read_entry(number, entry, base))
        .collect()
}

fn read_entry(number: usize, value: Value, base: &Path) -> Result<PluginSettings, SettingsError> {
    let origin = origin_of(&value);
    let table = value.clone().into_table()?;
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(SettingsError::Unknown {
            key: format!("plugin[{number}].{key}"),
            origin: table.get(key).map_or(origin, origin_of),
            nearest: nearest(key, KEYS).map(str::to_owned),
        });
    }
    let entry: Entry = value
        .try_deserialize()
        .map_err(|error| SettingsError::Value {
            key: format!("plugin[{number}]"),
            origin: origin.clone(),
            message: error.to_string(),
        })?;
    let isolation = match entry.isolation.as_deref() {
        None | Some("worker") => Isolation::Worker,
        Some("none") => Isolation::None,
        Some(other) => {
            return Err(SettingsError::Value {
                key: format!("plugin[{number}].isolation"),
                origin,
                message: format!("expected \"worker\" or \"none\", not `{other}`"),
            });
        }
    };
    let mut settings = PluginSettings::new(base.join(entry.path), entry.sha256);
    settings.signature = entry.signature.map(|path| base.join(path));
    settings.id = entry.id;
    settings.regions = entry.regions;
    settings.isolation = isolation;
    settings.limits = limits(
        entry.wall_seconds,
        entry.cpu_seconds,
        entry.memory_mib,
        entry.answer_mib,
    );
    if let Some(plugin_settings) = entry.settings {
        settings.settings = plugin_settings;
    }
    Ok(settings)
}

/// The limits: as written, or the defaults. The default limit for processor time follows wall time.
fn limits(
    wall: Option<u64>,
    cpu: Option<u64>,
    memory: Option<u64>,
    answer: Option<usize>,
) -> Limits {
    let mut limits = Limits::default();
    if let Some(wall) = wall {
        limits.wall = Duration::from_secs(wall);
        limits.cpu = Duration::from_secs(wall + 1);
    }
    if let Some(cpu) = cpu {
        limits.cpu = Duration::from_secs(cpu);
    }
    if let Some(memory) = memory {
        limits.address_space = memory << 20;
    }
    if let Some(answer) = answer {
        limits.answer = answer << 20;
    }
    limits
}
