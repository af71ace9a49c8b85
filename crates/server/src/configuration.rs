//! The configuration: the part of the settings that a reload reads again.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use wcc_host::{PluginSettings, Trust};
use wcc_tokens::TokenSettings;

/// The part of the settings that the server reads at the start and again at every reload.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Folder of framework files.
    pub frameworks: PathBuf,
    /// Folder of the tables of bodies.
    pub organisations: PathBuf,
    /// Folder of policies; `None` for the policies that ship.
    pub policies: Option<PathBuf>,
    /// Plugins, in the order of the configuration.
    pub plugins: Vec<PluginSettings>,
    /// The keys with which plugins may be signed.
    pub trust: Trust,
    /// Whose tokens are accepted besides the server's own.
    pub tokens: TokenSettings,
}

/// An error in the configuration. The message says where it is and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigurationError(Box<dyn std::error::Error + Send + Sync>);

impl ConfigurationError {
    /// Wraps an error of the code that reads the settings.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConfigurationError {
        ConfigurationError(error.into())
    }
}

/// Reads the configuration.
type ReadConfiguration = dyn Fn() -> Result<Configuration, ConfigurationError> + Send + Sync;

/// The source of the configuration: settings files, or a fixed value.
#[derive(Clone)]
pub struct ConfigurationSource(Arc<ReadConfiguration>);

impl ConfigurationSource {
    /// Creates a source from a function that is called at the start and at every reload.
    pub fn new(
        read: impl Fn() -> Result<Configuration, ConfigurationError> + Send + Sync + 'static,
    ) -> ConfigurationSource {
        ConfigurationSource(Arc::new(read))
    }

    /// Creates a source whose configuration never changes. A reload still reads plugins and tables
    /// from disk.
    pub fn fixed(configuration: Configuration) -> ConfigurationSource {
        ConfigurationSource::new(move || Ok(configuration.clone()))
    }

    /// Reads the current configuration.
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
