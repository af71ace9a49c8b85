//! From settings and case folders to the programme that every face reads.

use crate::cli::Failure;
use crate::settings::Settings;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;
use wcc_case::{Frameworks, ShippedTables};
use wcc_host::{PluginSettings, Plugins, Worker};
use wcc_programme::Programme;

/// What the settings name, read once.
pub(crate) struct Shipped {
    pub(crate) frameworks: Frameworks,
    pub(crate) tables: ShippedTables,
}

impl Shipped {
    /// Reads the frameworks and the tables of bodies.
    pub(crate) fn read(settings: &Settings) -> Result<Shipped, Failure> {
        Ok(Shipped {
            frameworks: Frameworks::read(&settings.frameworks)?,
            tables: ShippedTables::read(&settings.organisations)?,
        })
    }
}

/// Asks plugins what they are. One that cannot be asked is kept as unavailable.
pub(crate) async fn plugins(settings: Vec<PluginSettings>) -> Result<Plugins, Failure> {
    let worker = Worker::this_program().map_err(|error| {
        Failure::system(format!(
            "this program cannot start itself as a worker: {error}"
        ))
    })?;
    Ok(Plugins::load(settings, worker).await)
}

/// Reads cases and assures them.
pub(crate) async fn programme(
    settings: &Settings,
    cases: &[PathBuf],
) -> Result<Programme, Failure> {
    let shipped = Shipped::read(settings)?;
    let mut read = Vec::new();
    for folder in cases {
        let progress = progress(&format!("reading {}", folder.display()));
        read.push(wcc_case::case::read(
            folder,
            &shipped.frameworks,
            &shipped.tables,
        )?);
        progress.finish_and_clear();
    }
    let progress = progress("assuring");
    let plugins = plugins(settings.plugins.clone()).await?;
    let programme = Programme::assure(&shipped.frameworks, &shipped.tables, read, &plugins).await;
    progress.finish_and_clear();
    Ok(programme?)
}

/// A sign of life on standard error for what may take longer than a second; nothing where that
/// is not a terminal.
fn progress(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let progress = ProgressBar::new_spinner()
        .with_style(style)
        .with_message(what.to_owned());
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}
