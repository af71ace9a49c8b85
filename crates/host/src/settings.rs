//! What an operator decides about a plugin.

use std::path::PathBuf;
use std::time::Duration;

/// One plugin as configured. Nothing else is ever loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginSettings {
    /// The library. A relative path is taken from the working directory.
    pub path: PathBuf,
    /// SHA-256 of the library, 64 hexadecimal digits. Another file is refused.
    pub sha256: String,
    /// Identifier that its manifest must have; `None` accepts any. It also names the plugin where
    /// it cannot be asked (else the file's name does).
    pub id: Option<String>,
    /// Codes of the SHAs whose outputs are marked "not checked" where the plugin cannot be asked;
    /// empty means all. A plugin that can be asked says its regions itself.
    pub regions: Vec<String>,
    /// Where it runs.
    pub isolation: Isolation,
    /// What it may use.
    pub limits: Limits,
    /// Settings of the plugin's own: an object; by the schema in its manifest.
    pub settings: serde_json::Value,
    /// File with the library's detached signature, for [trusted keys](crate::Trust); by default the
    /// one beside the library: its name with `.minisig` after it.
    pub signature: Option<PathBuf>,
}

impl PluginSettings {
    /// A plugin in a worker process under the default limits, without settings of its own.
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

    /// What the plugin is called as long as it has not said so itself: the configured identifier,
    /// else the name of the file: `once-north-east` for `libonce_north_east.so`.
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
    /// In a fresh process for every call, which is contained and limited.
    #[default]
    Worker,
    /// In this process: for debugging, and where processes cannot be started. A crash of the
    /// plugin is then a crash of the server, and only the limit on the answer holds.
    None,
}

/// What one call of a plugin may use. They stop accidents; native code that is loaded is trusted
/// code, and the list of digests is the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Time from start to answer. Default 10 s.
    pub wall: Duration,
    /// Processor time, in whole seconds. Default 11 s.
    pub cpu: Duration,
    /// Address space in bytes. Default 512 MiB; 64 MiB suffices for the whole nation.
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
