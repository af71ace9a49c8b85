//! `wcc framework`: checks framework files.

use super::{Failure, print};
use crate::load::warn;
use crate::settings::Settings;
use std::path::PathBuf;
use wcc_core::words::counted;

/// Work with framework files
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check a framework file: print a summary of its contents, or every error with its place
    Check {
        /// The file (see docs/framework-files.md)
        file: PathBuf,
    },
}

pub(super) fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    let Command::Check { file } = command;
    // References to the previous year are checked if its framework is configured. An error in
    // another configured framework does not concern this file.
    let framework = match wcc_case::Frameworks::read(&settings.frameworks) {
        Ok(others) => {
            let read = wcc_case::framework::read_among(&file, &others)?;
            warn(&read.warnings);
            read.framework
        }
        Err(_) => wcc_case::framework::read(&file)?,
    };
    let scored = framework
        .components
        .iter()
        .filter(|component| component.scored)
        .count();
    let mut text = format!(
        "{}: {}, {}\n{}, {} ({scored} scored), {}, {}, {}\n",
        framework.id,
        framework.title,
        framework.year,
        counted(framework.areas.len(), "area"),
        counted(framework.components.len(), "component"),
        counted(framework.measures.len(), "measure"),
        counted(framework.outcomes.catalogue.len(), "outcome"),
        counted(framework.phases.len(), "phase"),
    );
    for (position, area) in framework.areas.iter().enumerate() {
        let belongs_to_area =
            |component: &&wcc_core::framework::Component| component.area == position;
        let rules: Vec<&str> = framework
            .components
            .iter()
            .filter(belongs_to_area)
            .filter_map(|component| Some(component.rating.rule()?.name()))
            .collect();
        let mut distinct = rules.clone();
        distinct.sort_unstable();
        distinct.dedup();
        text.push_str(&format!(
            "{}: {}, combined by {}\n",
            area.title,
            counted(rules.len(), &area.component_word),
            wcc_core::words::all_of(distinct),
        ));
    }
    if let Some(overall) = &framework.overall
        && let Some(rule) = overall.rating.rule()
    {
        text.push_str(&format!(
            "{}: {}\n",
            overall.title,
            wcc_core::explain::rule_meaning(&framework, rule, "its inputs")
        ));
    }
    print(&text)
}
