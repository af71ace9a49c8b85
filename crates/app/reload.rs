//! Taking in changed plugins, cases and tables while the server runs.
//!
//! Everything new is read, loaded and assured beside what is being served, and swapped in whole;
//! whatever is wrong with it leaves the old one serving.

use crate::cli::Failure;
use crate::load::{self, Shipped};
use crate::settings::Settings;
use std::path::PathBuf;
use wcc_host::Plugins;
use wcc_programme::Programme;

/// What is being served, and what it was made from.
pub(crate) struct Serving {
    config: Option<PathBuf>,
    cases: Vec<PathBuf>,
    plugins: Plugins,
}

impl Serving {
    /// Reads and assures everything for the first time.
    pub(crate) async fn start(
        config: Option<PathBuf>,
        cases: Vec<PathBuf>,
        settings: &Settings,
    ) -> Result<(Serving, Programme), Failure> {
        let plugins = load::plugins(settings.plugins.clone()).await?;
        let programme = assured(settings, &cases, &plugins).await?;
        Ok((
            Serving {
                config,
                cases,
                plugins,
            },
            programme,
        ))
    }

    /// The configured plugins that cannot be used.
    pub(crate) fn failures(&self) -> impl Iterator<Item = wcc_host::Failure> {
        self.plugins.failures()
    }

    /// Reads settings, plugins, tables and cases again.
    ///
    /// # Errors
    /// What is wrong with them; nothing has changed then.
    pub(crate) async fn reload(&mut self) -> Result<Programme, Failure> {
        let settings = Settings::read(self.config.as_deref(), &[])?;
        let plugins = self.plugins.reload(settings.plugins.clone()).await;
        if let Some(lost) = lost(&self.plugins, &plugins) {
            return Err(Failure::plugin(lost));
        }
        let programme = assured(&settings, &self.cases, &plugins).await?;
        self.plugins = plugins;
        Ok(programme)
    }
}

async fn assured(
    settings: &Settings,
    cases: &[PathBuf],
    plugins: &Plugins,
) -> Result<Programme, Failure> {
    let shipped = Shipped::read(settings)?;
    let cases = load::cases(cases, &shipped)?;
    Ok(Programme::assure(&shipped.frameworks, &shipped.tables, cases, plugins).await?)
}

/// A plugin that cannot be used although it is configured, and was usable before or is new: a bad
/// replacement does not push out a good plugin.
fn lost(before: &Plugins, after: &Plugins) -> Option<String> {
    let broken_before = |id: &str| {
        before
            .each()
            .any(|plugin| plugin.identity().id == id && plugin.failure().is_some())
    };
    after
        .failures()
        .find(|failure| !broken_before(&failure.plugin.id))
        .map(|one| one.to_string())
}
