//! `wcc framework`: writes and checks framework files.

use super::{Failure, print};
use crate::load::warn;
use crate::settings::Settings;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use wcc_core::Framework;
use wcc_core::explain::rulebook_in_words;
use wcc_core::words::counted;

/// Work with framework files
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check a framework file: read it back in sentences, or print every error with its place
    Check {
        /// The file (see docs/framework-files.md)
        file: PathBuf,
    },
    /// Write a new framework file with comments, which can be checked and used immediately
    ///
    /// It has a scale, an area with measures, an overall result and a limit. An existing file is
    /// not overwritten.
    #[command(after_help = "\
Example, from nothing to a rule book that is read back in sentences:
  wcc framework new libraries-2026.toml
  wcc framework check libraries-2026.toml
Then change the file and check it again. docs/your-own-regime.md goes on from there.")]
    New {
        /// The file: the framework's identifier with .toml after it
        file: PathBuf,
    },
}

/// A complete framework with comments. Its identifier is replaced by that of the new file.
const START: &str = include_str!("framework/start.toml");
const START_ID: &str = "\"start\"";

pub(super) fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Check { file } => check(&file, settings),
        Command::New { file } => new(&file),
    }
}

fn check(file: &Path, settings: &Settings) -> Result<(), Failure> {
    // References to the previous year are checked if its framework is configured. An error in
    // another configured framework does not concern this file.
    let framework = match wcc_case::Frameworks::read(&settings.frameworks) {
        Ok(others) => {
            let read = wcc_case::framework::read_among(file, &others)?;
            warn(&read.warnings);
            read.framework
        }
        Err(_) => wcc_case::framework::read(file)?,
    };
    print(&summary(&framework))
}

fn summary(framework: &Framework) -> String {
    let components = framework.components.iter();
    let scored = components
        .filter(|component| component.scored && component.rating.scale().is_some())
        .count();
    let words = &framework.words;
    let mut text = format!(
        "{}: {}, {}\n{}, {} ({scored} scored), {}, {}, {}\n",
        framework.id,
        framework.title,
        framework.year,
        counted(framework.areas.len(), "area"),
        counted(framework.components.len(), "component"),
        words.measure.counted(framework.measures.len()),
        words.outcome.counted(framework.outcomes.catalogue.len()),
        counted(framework.phases.len(), "phase"),
    );
    for section in rulebook_in_words(framework) {
        text.push_str(&format!("\n{}\n", section.title));
        for sentence in section.sentences {
            text.push_str(&format!("  {sentence}\n"));
        }
    }
    text
}

fn new(file: &Path) -> Result<(), Failure> {
    let name = file.file_name().map(|name| name.to_string_lossy());
    let name = name.as_deref().unwrap_or_default();
    let Some(id) = name.strip_suffix(".toml") else {
        return Err(Failure::refused(format!(
            "{}: not a framework file; expected a name that ends in .toml, as in libraries-2026.toml",
            file.display()
        )));
    };
    let text = START.replacen(START_ID, &format!("\"{id}\""), 1);
    // The name may not be an identifier.
    wcc_case::framework::parse(&text, name)?;
    let created = OpenOptions::new().write(true).create_new(true).open(file);
    let written = created.and_then(|mut created| created.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::refused(format!(
            "{}: the file exists and is not overwritten; choose another name",
            file.display()
        )),
        _ => Failure::system(format!("{} cannot be written: {error}", file.display())),
    })?;
    let shown = file.display();
    print(&format!(
        "wrote {shown}\n\
         next: change it, then read it back in sentences with `wcc framework check {shown}`\n"
    ))
}
