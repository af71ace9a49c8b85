//! The operator's settings for a plugin.

use std::path::PathBuf;
use std::time::Duration;

/// One plugin as configured. The host loads no other library.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginSettings {
    /// Path of the library. A relative path starts at the working directory.
    pub path: PathBuf,
    /// SHA-256 of the library, 64 hexadecimal digits. The host rejects any other file.
    pub sha256: String,
    /// Identifier that the manifest must have; `None` accepts any. It also identifies a plugin that
    /// cannot be asked; without it, the file name does.
    pub id: Option<String>,
    /// Codes of the SHAs whose outputs are marked "not checked" if the plugin cannot be asked;
    /// empty means all. The manifest of an available plugin gives its regions.
    pub regions: Vec<String>,
    /// Where the plugin runs.
    pub isolation: Isolation,
    /// The limits of one call.
    pub limits: Limits,
    /// The plugin's own settings: an object that matches the schema in its manifest.
    pub settings: serde_json::Value,
    /// File with the library's detached signature, for [trusted keys](crate::Trust). The default is
    /// the library's path with `.minisig` appended.
    pub signature: Option<PathBuf>,
}

impl PluginSettings {
    /// Configures a plugin in a worker process under the default limits, without settings of its
    /// own.
    pub fn new(path: impl Into<PathBuf>, sha256: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            sha256: sha256.into(),
            id: None,
            regions: Vec::new(),
            isolation: Isolation::default(),
            limits: Limits::default(),
            settings: serde_json::Value::Object(serde_json::Map::new()),
            signature: None,
        }
    }

    /// Returns the identifier to use until the manifest is known: the configured one, else the name
    /// of the file: `once-north-east` for `libonce_north_east.so`.
    pub fn presumed_id(&self) -> String {
        let from_file = || {
            let stem = self.path.file_stem().unwrap_or(self.path.as_os_str());
            let stem = stem.to_string_lossy();
            stem.strip_prefix("lib").unwrap_or(&stem).replace('_', "-")
        };
        self.id.clone().unwrap_or_else(from_file)
    }
}

/// Where a plugin runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// In a fresh, confined process for every call.
    #[default]
    Worker,
    /// In this process: for debugging, and for systems that cannot start processes. A crash of the
    /// plugin then crashes the server, and only the limit on the answer applies.
    None,
}

/// The limits of one call of a plugin. They guard against accidents: native code that is loaded is
/// trusted code, and the list of digests is the security boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Time from start to answer. Default 10 s.
    pub wall: Duration,
    /// Processor time, in whole seconds. Default 11 s.
    pub cpu: Duration,
    /// Address space in bytes. Default 512 MiB; 64 MiB is enough for the whole nation.
    pub address_space: u64,
    /// Length of an answer in bytes. Default 16 MiB.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(11),
            address_space: 512 << 20,
            answer: 16 << 20,
        }
    }
}
