//! Loads the programme that all outputs share, from the settings and a case or the ledger.

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

/// Reads the configured frameworks and tables of bodies.
pub(crate) fn reference(settings: &Settings) -> Result<ReferenceData, Failure> {
    require_settings(settings)?;
    let (frameworks, organisations) = (&settings.frameworks, &settings.organisations);
    Ok(ReferenceData::read(frameworks, organisations)?)
}

/// Fails if there are no settings: neither a settings file nor the default folders.
pub(crate) fn require_settings(settings: &Settings) -> Result<(), Failure> {
    if settings.found || settings.frameworks.is_dir() {
        return Ok(());
    }
    Err(Failure::system(
        "no settings were found: there is no configs/wcc.toml here or in a folder above; give one \
         with --config FILE",
    ))
}

/// The program that runs plugins, which is this program.
pub(crate) fn worker() -> Result<Worker, Failure> {
    Worker::this_program().map_err(|error| {
        Failure::system(format!(
            "this program cannot start itself as a worker: {error}"
        ))
    })
}

/// Loads plugins. A plugin that cannot be loaded is included as unavailable.
pub(crate) async fn plugins(
    settings: Vec<PluginSettings>,
    admission: Admission,
) -> Result<Plugins, Failure> {
    Ok(Plugins::load_trusting(settings, worker()?, admission).await)
}

/// The configured plugins.
pub(crate) async fn configured(
    settings: &Settings,
    reference: &ReferenceData,
) -> Result<Plugins, Failure> {
    let admission = reference.admission(settings.trust.clone());
    plugins(settings.plugins.clone(), admission).await
}

/// All reference data and plugins; the frameworks include the plugins' local outcomes.
pub(crate) async fn all(settings: &Settings) -> Result<(ReferenceData, Plugins), Failure> {
    let reference = reference(settings)?;
    let plugins = configured(settings, &reference).await?;
    Ok((reference.with_local_outcomes(&plugins), plugins))
}

/// Reads cases. They need not repeat what plugins declare about local outcomes.
pub(crate) fn cases(folders: &[PathBuf], reference: &ReferenceData) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for folder in folders {
        let progress = progress(&format!("reading {}", folder.display()));
        let (frameworks, tables) = (&reference.frameworks, &reference.tables);
        let case = wcc_case::case::read(folder, frameworks, tables)?;
        progress.finish_and_clear();
        for cycle in &case.cycles {
            warn(&cycle.warnings);
        }
        cases.push(case);
    }
    Ok(cases)
}

/// Prints warnings to standard error: input that is allowed but probably a mistake.
pub(crate) fn warn(warnings: &Problems) {
    for warning in &warnings.problems {
        anstream::eprintln!("warning: {warning}");
    }
    if warnings.more > 0 {
        anstream::eprintln!("and {} more warnings", warnings.more);
    }
}

/// The point of a ledger that was read.
pub(crate) struct LedgerPoint {
    /// Number of its last entry.
    pub(crate) entry: u32,
    /// Hash of that entry; `None` for an earlier point than the head.
    pub(crate) hash: Option<String>,
    /// Who made each entry, and when.
    pub(crate) authors: Vec<(u32, String)>,
}

/// Reads a case or the ledger, and assures it.
pub(crate) async fn programme(settings: &Settings, source: &Source) -> Result<Programme, Failure> {
    let (programme, _) = programme_and_point(settings, source, false).await?;
    Ok(programme)
}

/// The same with the point of the ledger that was read. Its authors are listed if `with_authors`.
pub(crate) async fn programme_and_point(
    settings: &Settings,
    source: &Source,
    with_authors: bool,
) -> Result<(Programme, Option<LedgerPoint>), Failure> {
    #[cfg(not(feature = "server"))]
    let _ = with_authors;
    let folder = match source {
        Source::Case(folder) => folder,
        #[cfg(feature = "server")]
        Source::Ledger(as_of) => {
            let reference = reference(settings)?;
            let (programme, point) =
                programme_of_ledger(settings, &reference, *as_of, with_authors).await?;
            return Ok((programme, Some(point)));
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
    Ok((programme?, None))
}

/// The point of a ledger that is read.
#[cfg(feature = "server")]
fn point_of(ledger: &wcc_ledger::Ledger, as_of: Option<AsOf>, with_authors: bool) -> LedgerPoint {
    let head = ledger.head();
    ledger.look(|state| {
        let entry = as_of.map_or(head.number, |as_of| state.number_at(as_of).min(head.number));
        let numbers = (1..=entry).filter(|_| with_authors);
        let authors = numbers.filter_map(|number| {
            let note = state.entry(number)?;
            let day = note.at.strftime("%-d %B %Y");
            Some((number, format!("{}, {day}", note.actor.person)))
        });
        LedgerPoint {
            entry,
            hash: (entry == head.number).then(|| head.hash.to_string()),
            authors: authors.collect(),
        }
    })
}

#[cfg(feature = "server")]
async fn programme_of_ledger(
    settings: &Settings,
    reference: &ReferenceData,
    as_of: Option<AsOf>,
    with_authors: bool,
) -> Result<(Programme, LedgerPoint), Failure> {
    refuse_future(as_of)?;
    let progress = progress("reading the ledger");
    let (state, point) = ledger_access::with_ledger(settings, false, async |ledger| {
        let state = wcc_server::gather(ledger, as_of, None)?;
        Ok((state, point_of(ledger, as_of, with_authors)))
    })
    .await?;
    progress.set_message("assuring");
    let plugins = configured(settings, reference).await?;
    let (frameworks, tables) = (&reference.frameworks, &reference.tables);
    let programme = Programme::assure_standing(state, frameworks, tables, &plugins).await;
    progress.finish_and_clear();
    let programme = programme?;
    for cycle in &programme.not_assured {
        anstream::eprintln!("warning: {cycle}");
    }
    let cycles = programme.cycles.iter();
    for (cycle, previous) in
        cycles.filter_map(|cycle| Some((cycle, programme.previous_not_assured(cycle)?)))
    {
        anstream::eprintln!(
            "warning: the cycle `{}` is not compared with `{}`, which is not assured",
            cycle.cycle.id,
            previous.cycle.id
        );
    }
    Ok((programme, point))
}

/// Refuses a time in the future, because entries may still be made before it.
#[cfg(feature = "server")]
fn refuse_future(as_of: Option<AsOf>) -> Result<(), Failure> {
    let now = jiff::Timestamp::now();
    match as_of {
        Some(AsOf::Time(time)) if time > now => Err(Failure::refused(format!(
            "`ledger:{time}` is in the future; it is now {now:.0}: give `ledger:` for the ledger as \
             it is now"
        ))),
        _ => Ok(()),
    }
}

/// Shows progress on standard error, for work that may take longer than a second. Shows nothing if
/// standard error is not a terminal.
pub(crate) fn progress(what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let progress = ProgressBar::new_spinner()
        .with_style(style)
        .with_message(what.to_owned());
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}
