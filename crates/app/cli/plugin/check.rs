//! `wcc plugin check`: the conformance kit.

use super::super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::path::{Path, PathBuf};
use wcc_host::Definitions;
use wcc_host::conformance::{self, Report};

/// Try on a library everything that a plugin must keep to
///
/// Every line passes, fails or was not tried; under a failing one stands what to change. Exits
/// with 3 where a line fails.
#[derive(clap::Args)]
#[command(after_help = "\
Tried: the interface, the manifest, garbage as requests, the plugin's own examples, a region of the
kit's, no bodies, one body, unknown fields and words, the same question twice, bodies in another
order, a region split into its PCTs; at last time and memory. Each question goes to a fresh process
under the default limits.")]
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

/// Runs the kit. What is defined nationally is known where the settings lead to frameworks and
/// tables of bodies; elsewhere an author can do without.
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
    let found = match examples {
        Some(folder) => Some(folder.to_path_buf()),
        None => conformance::examples_beside(library),
    };
    Ok(conformance::check(library, found.as_deref(), &worker, &definitions).await)
}

pub(super) fn refused_if_failed(report: &Report) -> Result<(), Failure> {
    match report.failures() {
        0 => Ok(()),
        count => Err(Failure::plugin(format!(
            "{}: refused by {count} of {} lines",
            report.library.display(),
            report.lines.len()
        ))),
    }
}
