//! What the settings files say and a reload reads again.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use wcc_host::{PluginSettings, Trust};

/// The part of the settings that is read at the start and again at every reload.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Folder of framework files.
    pub frameworks: PathBuf,
    /// Folder of the tables of bodies.
    pub organisations: PathBuf,
    /// Folder of policies; `None` for those that ship.
    pub policies: Option<PathBuf>,
    /// Plugins, in the order of the configuration.
    pub plugins: Vec<PluginSettings>,
    /// Whose signatures on plugins are accepted.
    pub trust: Trust,
}

/// Why the configuration cannot be read. The message says where and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigurationError(Box<dyn std::error::Error + Send + Sync>);

impl ConfigurationError {
    /// Wraps the error of whoever reads settings.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConfigurationError {
        ConfigurationError(error.into())
    }
}

/// Reads the configuration.
type Read = dyn Fn() -> Result<Configuration, ConfigurationError> + Send + Sync;

/// Where the configuration comes from: settings files, or a value.
#[derive(Clone)]
pub struct ConfigurationSource(Arc<Read>);

impl ConfigurationSource {
    /// A function that is called at the start and at every reload.
    pub fn new(
        read: impl Fn() -> Result<Configuration, ConfigurationError> + Send + Sync + 'static,
    ) -> ConfigurationSource {
        ConfigurationSource(Arc::new(read))
    }

    /// A configuration that never changes. Plugins and tables on disk are still read again.
    pub fn fixed(configuration: Configuration) -> ConfigurationSource {
        ConfigurationSource::new(move || Ok(configuration.clone()))
    }

    /// Reads it as it is now.
    ///
    /// # Errors
    /// The settings are malformed.
    pub fn read(&self) -> Result<Configuration, ConfigurationError> {
        (self.0)()
    }
}

impl fmt::Debug for ConfigurationSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConfigurationSource")
            .finish_non_exhaustive()
    }
}
