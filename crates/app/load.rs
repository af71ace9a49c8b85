//! From settings and case folders to the programme that every face reads.

use crate::cli::Failure;
use crate::settings::Settings;
#[cfg(feature = "server")]
use crate::source;
use crate::source::Source;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;
use wcc_case::{Case, Frameworks, Problems, ShippedTables};
#[cfg(feature = "server")]
use wcc_core::ledger::AsOf;
use wcc_host::{Admission, Definitions, PluginSettings, Plugins, Worker};
use wcc_programme::Programme;

/// What the settings name, read once.
pub(crate) struct Shipped {
    pub(crate) frameworks: Frameworks,
    pub(crate) tables: ShippedTables,
}

impl Shipped {
    /// Reads the frameworks and the tables of bodies.
    pub(crate) fn read(settings: &Settings) -> Result<Shipped, Failure> {
        if !settings.found && !settings.frameworks.is_dir() {
            return Err(Failure::system(
                "no settings were found: there is no configs/wcc.toml here or in a folder above; \
                 name one with --config FILE",
            ));
        }
        Ok(Shipped {
            frameworks: Frameworks::read(&settings.frameworks)?,
            tables: ShippedTables::read(&settings.organisations)?,
        })
    }
}

impl Shipped {
    /// The same, with the local outcomes that plugins declare.
    pub(crate) fn knowing(self, plugins: &Plugins) -> Shipped {
        Shipped {
            frameworks: self
                .frameworks
                .with_local_outcomes(plugins.local_outcomes()),
            ..self
        }
    }

    /// What decides whether a plugin is taken.
    pub(crate) fn admission(&self, settings: &Settings) -> Admission {
        Admission::new(settings.trust.clone(), self.definitions())
    }

    /// What is defined nationally.
    pub(crate) fn definitions(&self) -> Definitions {
        let frameworks = self.frameworks.each().map(AsRef::as_ref);
        Definitions::new(frameworks, self.tables.organisations())
    }
}

/// Asks plugins what they are. One that cannot be asked is kept as unavailable.
pub(crate) async fn plugins(
    settings: Vec<PluginSettings>,
    admission: Admission,
) -> Result<Plugins, Failure> {
    let worker = Worker::this_program().map_err(|error| {
        Failure::system(format!(
            "this program cannot start itself as a worker: {error}"
        ))
    })?;
    Ok(Plugins::load_trusting(settings, worker, admission).await)
}

/// The plugins that the settings name.
pub(crate) async fn configured(settings: &Settings, shipped: &Shipped) -> Result<Plugins, Failure> {
    plugins(settings.plugins.clone(), shipped.admission(settings)).await
}

/// Everything that the settings name: the frameworks know what the plugins declare.
pub(crate) async fn all(settings: &Settings) -> Result<(Shipped, Plugins), Failure> {
    let shipped = Shipped::read(settings)?;
    let plugins = configured(settings, &shipped).await?;
    Ok((shipped.knowing(&plugins), plugins))
}

/// Reads cases. What the plugins declare of their outcomes need not be repeated in them.
pub(crate) fn cases(folders: &[PathBuf], shipped: &Shipped) -> Result<Vec<Case>, Failure> {
    let mut read = Vec::new();
    for folder in folders {
        let progress = progress(&format!("reading {}", folder.display()));
        let (frameworks, tables) = (&shipped.frameworks, &shipped.tables);
        let case = wcc_case::case::read(folder, frameworks, tables)?;
        progress.finish_and_clear();
        for cycle in &case.cycles {
            warn(&cycle.warnings);
        }
        read.push(case);
    }
    Ok(read)
}

/// Tells on standard error what is allowed and yet most probably a mistake.
pub(crate) fn warn(warnings: &Problems) {
    for warning in &warnings.problems {
        anstream::eprintln!("warning: {warning}");
    }
    if warnings.more > 0 {
        anstream::eprintln!("and {} more warnings", warnings.more);
    }
}

/// Reads a case, or the ledger, and assures it.
pub(crate) async fn programme(settings: &Settings, source: &Source) -> Result<Programme, Failure> {
    let folder = match source {
        Source::Case(folder) => folder,
        #[cfg(feature = "server")]
        Source::Ledger(as_of) => {
            return of_ledger(settings, &Shipped::read(settings)?, *as_of).await;
        }
        #[cfg(not(feature = "server"))]
        Source::Ledger(_) => {
            return Err(Failure::refused(
                "this build of wcc has no ledger: build it with the feature `server`",
            ));
        }
    };
    let (shipped, plugins) = all(settings).await?;
    let cases = cases(std::slice::from_ref(folder), &shipped)?;
    let progress = progress("assuring");
    let programme = Programme::assure(&shipped.frameworks, &shipped.tables, cases, &plugins).await;
    progress.finish_and_clear();
    Ok(programme?)
}

#[cfg(feature = "server")]
async fn of_ledger(
    settings: &Settings,
    shipped: &Shipped,
    as_of: Option<AsOf>,
) -> Result<Programme, Failure> {
    let progress = progress("reading the ledger");
    let standing = source::with_ledger(settings, false, async |ledger| {
        source::standing(ledger, as_of, None)
    })
    .await?;
    progress.set_message("assuring");
    let plugins = configured(settings, shipped).await?;
    let (frameworks, tables) = (&shipped.frameworks, &shipped.tables);
    let programme = Programme::assure_standing(standing, frameworks, tables, &plugins).await;
    progress.finish_and_clear();
    Ok(programme?)
}

/// A sign of life on standard error for what may take longer than a second; nothing where that
/// is not a terminal.
pub(crate) fn progress(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let progress = ProgressBar::new_spinner()
        .with_style(style)
        .with_message(what.to_owned());
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}
