//! `wcc plugin add`: the entry that names a library in the settings.

use super::super::{Failure, print};
use super::check;
use std::path::PathBuf;

/// Print the settings entry for a library, with its SHA-256, after running the conformance kit
///
/// The entry goes to standard output, what the kit found to standard error: append the one to
/// configs/local.toml with `>>`. Nothing is printed of a library that fails, and the exit code
/// is 3.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,

    /// Folder of examples, as for `wcc plugin check`
    #[arg(long, value_name = "FOLDER")]
    examples: Option<PathBuf>,

    /// Print the entry of a library that says who it is, whatever else the kit finds
    #[arg(long)]
    anyway: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let library = &arguments.library;
    let path = std::fs::canonicalize(library)
        .map_err(|error| Failure::plugin(format!("{}: {error}", library.display())))?;
    let report = check::report(&path, arguments.examples.as_deref()).await?;
    if report.passed() {
        anstream::eprintln!("{}", report.summary());
    } else {
        anstream::eprint!("{report}");
    }
    if !(arguments.anyway && report.manifest.is_some()) {
        check::refused_if_failed(&report)?;
    }
    // A literal string of TOML takes every path but one with a quotation mark in it.
    let written = path.display().to_string();
    let quoted = if written.contains('\'') {
        format!("\"{}\"", written.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("'{written}'")
    };
    let mut entry = format!(
        "[[plugin]]\npath = {quoted}\nsha256 = \"{}\"\n",
        report.digest
    );
    if let Some(manifest) = &report.manifest {
        // So that the outputs it covers are known even when it cannot be asked.
        let regions: Vec<String> = manifest
            .regions
            .iter()
            .map(|region| format!("\"{region}\""))
            .collect();
        let regions = regions.join(", ");
        entry.push_str(&format!(
            "id = \"{}\"\nregions = [{regions}]\n",
            manifest.id
        ));
    }
    print(&entry)
}
