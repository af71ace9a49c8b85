//! `wcc plugin check`: the conformance kit.

use super::super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::path::{Path, PathBuf};
use wcc_host::Definitions;
use wcc_host::conformance::{self, Report};

/// Test whether a library follows all the rules for plugins
///
/// Each test passes, fails or is not run; under each failure the report says what to change. Exits
/// with 3 if a test fails.
#[derive(clap::Args)]
#[command(after_help = "\
The kit tests the interface, the manifest, malformed requests, the plugin's own examples, a sample
region, no bodies, one body, unknown fields and words, the same request twice, bodies in another
order, a region split into its bodies, and finally time and memory. Each request goes to a fresh
process under the default limits.")]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,

    /// Folder of examples, each with batch.json and contribution.json [default: `examples` of the
    /// crate that Cargo built the library from, or beside the library, or in a folder above]
    #[arg(long, value_name = "FOLDER")]
    examples: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let report = report(&arguments.library, arguments.examples.as_deref(), settings).await?;
    print(&report.to_string())?;
    refused_if_failed(&report)
}

/// Runs the conformance kit. National definitions are checked only if the settings name frameworks
/// and tables of bodies, so that authors can work without these.
pub(super) async fn report(
    library: &Path,
    examples: Option<&Path>,
    settings: &Settings,
) -> Result<Report, Failure> {
    let reference = load::reference(settings);
    let definitions = reference.map_or_else(
        |_| Definitions::default(),
        |reference| reference.definitions(),
    );
    let worker = load::worker()?;
    let examples = match examples {
        Some(folder) => Some(folder.to_path_buf()),
        None => conformance::examples_beside(library),
    };
    Ok(conformance::check(library, examples.as_deref(), &worker, &definitions).await)
}

pub(super) fn refused_if_failed(report: &Report) -> Result<(), Failure> {
    match report.failures() {
        0 => Ok(()),
        count => Err(Failure::plugin(format!(
            "{}: {count} of {} tests failed",
            report.library.display(),
            report.lines.len()
        ))),
    }
}
