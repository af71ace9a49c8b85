//! `wcc plugin docs`: prints a library's documentation as Markdown.

use super::super::{Failure, print};
use crate::load;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use wcc_host::{Admission, PluginSettings, Plugins};

/// Print a library's documentation as Markdown: checks, local outcomes, functions
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,
}

/// Loads and describes a library as the only plugin.
pub(super) async fn described(library: &Path) -> Result<Plugins, Failure> {
    let failed = |reason: String| Failure::plugin(format!("{}: {reason}", library.display()));
    let path = std::fs::canonicalize(library).map_err(|error| failed(error.to_string()))?;
    let sha256 = wcc_host::digest_of(&path).map_err(|cause| failed(cause.to_string()))?;
    let settings = vec![PluginSettings::new(&path, &sha256)];
    let plugins = load::plugins(settings, Admission::default()).await?;
    let failure = plugins.failures().next();
    match failure {
        Some(failure) => Err(failed(failure.cause.to_string())),
        None => Ok(plugins),
    }
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let plugins = described(&arguments.library).await?;
    let mut text = String::new();
    for manifest in plugins.each().filter_map(wcc_host::Plugin::manifest) {
        let _ = write!(
            text,
            "# {}\n\n`{}` {}. Regions: {}. Frameworks: {}.\n",
            manifest.title,
            manifest.id,
            manifest.version,
            manifest.regions.join(", "),
            manifest.frameworks.join(", "),
        );
        text.push_str("\n## Checks\n");
        if manifest.checks.is_empty() {
            text.push_str("\nNone.\n");
        }
        for check in &manifest.checks {
            let _ = write!(
                text,
                "\n### {}\n\n`{}/{}`, about {}.\n\n{}\n\n*Why.* {}\n\n*Example.* {}\n",
                check.title,
                manifest.id,
                check.id,
                check.about,
                check.what,
                check.why,
                check.example,
            );
        }
        if !manifest.outcomes.is_empty() {
            text.push_str("\n## Local outcomes\n\n| identifier | title | unit | better | values |\n|---|---|---|---|---|\n");
        }
        for outcome in &manifest.outcomes {
            let better = format!("{:?}", outcome.better).to_lowercase();
            let values = match (outcome.min, outcome.max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, Some(max)) => format!("at most {max}"),
                (None, None) => "any".to_owned(),
            };
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {better} | {values} |",
                outcome.id,
                cell(&outcome.title),
                cell(&outcome.unit),
            );
        }
        if !manifest.functions.is_empty() {
            text.push_str("\n## Delegated functions\n\n| code | title | commissions | applies to |\n|---|---|---|---|\n");
        }
        for function in &manifest.functions {
            let commissions = if function.commissions { "yes" } else { "no" };
            let _ = writeln!(
                text,
                "| `{}` | {} | {commissions} | {} |",
                function.code,
                cell(&function.title),
                function.reaches.join(", ")
            );
        }
    }
    print(&text)
}

/// Escapes text for a table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
