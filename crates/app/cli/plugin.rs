//! `wcc plugin`: lists configured plugins, and helps authors and operators with a library.

mod add;
mod check;
mod docs;
mod example;
mod new;
mod run;

use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::fmt::Write as _;
use wcc_core::CheckDocumentation;
use wcc_core::words::counted;

/// Work with regional plugins
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// List the configured plugins and whether each is available; exits with 3 if one is not
    List,
    /// Show a configured plugin's manifest and checks, by identifier
    Inspect {
        /// Identifier: once-north-east
        id: String,
    },
    Add(add::Arguments),
    Check(check::Arguments),
    Docs(docs::Arguments),
    Example(example::Arguments),
    New(new::Arguments),
    Run(run::Arguments),
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::List => list(settings).await,
        Command::Inspect { id } => inspect(settings, &id).await,
        Command::Add(arguments) => add::run(arguments, settings).await,
        Command::Check(arguments) => check::run(arguments, settings).await,
        Command::Docs(arguments) => docs::run(arguments).await,
        Command::Example(arguments) => example::run(arguments, settings).await,
        Command::New(arguments) => new::run(&arguments, settings),
        Command::Run(arguments) => run::run(arguments).await,
    }
}

async fn list(settings: &Settings) -> Result<(), Failure> {
    let plugins = load::configured(settings, &load::reference(settings)?).await?;
    let mut text = String::new();
    for plugin in plugins.each() {
        let identity = plugin.identity();
        match (plugin.manifest(), plugin.failure()) {
            (Some(manifest), None) => {
                let _ = writeln!(
                    text,
                    "{} {}: {} ({}, {}, {})",
                    identity.id,
                    identity.version,
                    manifest.title,
                    counted(manifest.checks.len(), "check"),
                    counted(manifest.outcomes.len(), "local outcome"),
                    counted(manifest.functions.len(), "function"),
                );
            }
            (_, failure) => {
                let reason = failure
                    .map(|failure| failure.cause.to_string())
                    .unwrap_or_default();
                let _ = writeln!(text, "{}: not available: {reason}", identity.id);
            }
        }
        let _ = writeln!(
            text,
            "    {}\n    sha256 {}\n    {}",
            plugin.settings().path.display(),
            identity.digest,
            signed(plugin.signed_by()),
        );
    }
    if text.is_empty() {
        text.push_str(
            "no plugin is configured; `wcc plugin add LIBRARY --to configs/local.toml` adds one\n",
        );
    }
    print(&text)?;
    match plugins.failures().count() {
        0 => Ok(()),
        1 => Err(Failure::plugin("1 plugin is not available")),
        several => Err(Failure::plugin(format!(
            "{several} plugins are not available"
        ))),
    }
}

fn signed(by: Option<&str>) -> String {
    by.map_or_else(|| "not signed".to_owned(), |key| format!("signed by {key}"))
}

async fn inspect(settings: &Settings, id: &str) -> Result<(), Failure> {
    let plugins = load::configured(settings, &load::reference(settings)?).await?;
    let Some(plugin) = plugins.each().find(|plugin| plugin.identity().id == id) else {
        let ids: Vec<String> = plugins
            .each()
            .map(|plugin| plugin.identity().id.clone())
            .collect();
        let known = if ids.is_empty() {
            "none".to_owned()
        } else {
            ids.join(", ")
        };
        return Err(Failure::not_found(format!(
            "no plugin `{id}`; configured: {known}"
        )));
    };
    if let Some(failure) = plugin.failure() {
        return Err(Failure::plugin(failure.to_string()));
    }
    let Some(manifest) = plugin.manifest() else {
        return Ok(());
    };
    let mut text = format!("{} {}: {}\n", manifest.id, manifest.version, manifest.title);
    let _ = writeln!(text, "regions: {}", manifest.regions.join(", "));
    let _ = writeln!(text, "frameworks: {}", manifest.frameworks.join(", "));
    for function in &manifest.functions {
        let applies_to = if function.reaches.is_empty() {
            "applies to no measure".to_owned()
        } else {
            format!("applies to {}", function.reaches.join(", "))
        };
        let _ = writeln!(
            text,
            "function {}: {} ({applies_to})",
            function.code, function.title
        );
    }
    for outcome in &manifest.outcomes {
        let _ = writeln!(
            text,
            "outcome {}: {} ({})",
            outcome.id, outcome.title, outcome.unit
        );
    }
    for check in plugin.checks() {
        write_check(&mut text, &check);
    }
    print(&text)
}

fn write_check(text: &mut String, check: &CheckDocumentation) {
    let _ = writeln!(
        text,
        "\ncheck {}: {}\n    what     {}\n    why      {}\n    example  {}",
        check.id, check.title, check.what, check.why, check.example,
    );
}
