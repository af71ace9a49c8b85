//! From settings and case folders to the programme that every face reads.

use crate::cli::Failure;
#[cfg(feature = "server")]
use crate::ledger_access;
use crate::settings::Settings;
use crate::source::Source;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;
use wcc_case::{Case, Problems};
#[cfg(feature = "server")]
use wcc_core::ledger::AsOf;
use wcc_host::{Admission, PluginSettings, Plugins, Worker};
use wcc_programme::{Programme, ReferenceData};

/// Reads the frameworks and the tables of bodies that the settings name.
pub(crate) fn reference(settings: &Settings) -> Result<ReferenceData, Failure> {
    require_settings(settings)?;
    let (frameworks, organisations) = (&settings.frameworks, &settings.organisations);
    Ok(ReferenceData::read(frameworks, organisations)?)
}

/// Refuses to go on without any settings: neither a file nor the default folders were found.
pub(crate) fn require_settings(settings: &Settings) -> Result<(), Failure> {
    if settings.found || settings.frameworks.is_dir() {
        return Ok(());
    }
    Err(Failure::system(
        "no settings were found: there is no configs/wcc.toml here or in a folder above; name one \
         with --config FILE",
    ))
}

/// The program that runs plugins: this one.
pub(crate) fn worker() -> Result<Worker, Failure> {
    Worker::this_program().map_err(|error| {
        Failure::system(format!(
            "this program cannot start itself as a worker: {error}"
        ))
    })
}

/// Asks plugins what they are. One that cannot be asked is kept as unavailable.
pub(crate) async fn plugins(
    settings: Vec<PluginSettings>,
    admission: Admission,
) -> Result<Plugins, Failure> {
    Ok(Plugins::load_trusting(settings, worker()?, admission).await)
}

/// The plugins that the settings name.
pub(crate) async fn configured(
    settings: &Settings,
    reference: &ReferenceData,
) -> Result<Plugins, Failure> {
    let admission = reference.admission(settings.trust.clone());
    plugins(settings.plugins.clone(), admission).await
}

/// Everything that the settings name: the frameworks know what the plugins declare.
pub(crate) async fn all(settings: &Settings) -> Result<(ReferenceData, Plugins), Failure> {
    let reference = reference(settings)?;
    let plugins = configured(settings, &reference).await?;
    Ok((reference.with_local_outcomes(&plugins), plugins))
}

/// Reads cases. What the plugins declare of their outcomes need not be repeated in them.
pub(crate) fn cases(folders: &[PathBuf], reference: &ReferenceData) -> Result<Vec<Case>, Failure> {
    let mut read = Vec::new();
    for folder in folders {
        let progress = progress(&format!("reading {}", folder.display()));
        let (frameworks, tables) = (&reference.frameworks, &reference.tables);
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
            return of_ledger(settings, &reference(settings)?, *as_of).await;
        }
        #[cfg(not(feature = "server"))]
        Source::Ledger(_) => {
            return Err(Failure::refused(
                "this build of wcc has no ledger: build it with the feature `server`",
            ));
        }
    };
    let (reference, plugins) = all(settings).await?;
    let cases = cases(std::slice::from_ref(folder), &reference)?;
    let progress = progress("assuring");
    let programme =
        Programme::assure(&reference.frameworks, &reference.tables, cases, &plugins).await;
    progress.finish_and_clear();
    Ok(programme?)
}

#[cfg(feature = "server")]
async fn of_ledger(
    settings: &Settings,
    reference: &ReferenceData,
    as_of: Option<AsOf>,
) -> Result<Programme, Failure> {
    let progress = progress("reading the ledger");
    let standing = ledger_access::with_ledger(settings, false, async |ledger| {
        Ok(wcc_server::gather(ledger, as_of, None)?)
    })
    .await?;
    progress.set_message("assuring");
    let plugins = configured(settings, reference).await?;
    let (frameworks, tables) = (&reference.frameworks, &reference.tables);
    let programme = Programme::assure_standing(standing, frameworks, tables, &plugins).await;
    progress.finish_and_clear();
    let programme = programme?;
    for cycle in &programme.not_assured {
        anstream::eprintln!("warning: {cycle}");
    }
    let looking_back = programme.cycles.iter();
    for (cycle, previous) in
        looking_back.filter_map(|cycle| Some((cycle, programme.previous_not_assured(cycle)?)))
    {
        anstream::eprintln!(
            "warning: the cycle `{}` is not compared with `{}`, which is not assured",
            cycle.cycle.id,
            previous.cycle.id
        );
    }
    Ok(programme)
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
