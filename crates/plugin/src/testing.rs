//! Runs a plugin's examples as tests: folders with a `batch.json` and the expected `contribution.json`.

use crate::message::Batch;
use crate::{Contribution, Plugin};
use std::fs;
use std::path::Path;

/// Runs every example of a plugin: `examples/NAME/batch.json` must give `contribution.json`.
/// With `UPDATE=1` in the environment, it writes the expected files instead.
///
/// ```no_run
/// # use wcc_plugin::{Batch, Contribution, Manifest, Plugin};
/// # struct NorthWest;
/// # impl Plugin for NorthWest {
/// #     fn manifest(&self) -> Manifest { Manifest::new("north-west", "North West", "0.1.0") }
/// #     fn evaluate(&self, _: &Batch<'_>) -> Result<Contribution, String> { Err(String::new()) }
/// # }
/// #[test]
/// fn examples() -> Result<(), String> {
///     wcc_plugin::testing::run_examples(&NorthWest, concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
/// }
/// ```
///
/// # Errors
/// The first example that differs, or the file that cannot be read; the difference is printed on
/// standard error. A folder without examples is an error too.
pub fn run_examples(plugin: &impl Plugin, folder: impl AsRef<Path>) -> Result<(), String> {
    let folder = folder.as_ref();
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut count = 0;
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let example = entry.map_err(unreadable)?.path();
        if example.is_dir() {
            run_example(plugin, &example)?;
            count += 1;
        }
    }
    match count {
        0 => Err(format!("{}: no example found", folder.display())),
        _ => Ok(()),
    }
}

fn run_example(plugin: &impl Plugin, example: &Path) -> Result<(), String> {
    let batch = read(&example.join("batch.json"))?;
    let batch: Batch<'_> = serde_json::from_str(&batch)
        .map_err(|error| format!("{}/batch.json: {error}", example.display()))?;
    let actual = plugin.evaluate(&batch)?;
    let path = example.join("contribution.json");
    if std::env::var_os("UPDATE").is_some() {
        return write(&path, &actual);
    }
    let text = read(&path)?;
    let expected: Contribution =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    if actual == expected {
        return Ok(());
    }
    // A failing test shows standard error as it is, but an error as a literal on one line.
    eprintln!(
        "{}\n{}",
        path.display(),
        difference(&pretty(&expected)?, &pretty(&actual)?)
    );
    Err(format!(
        "{}: the contribution differs (above: - expected, + actual); `UPDATE=1` accepts the actual one",
        path.display()
    ))
}

/// Returns the lines by which two texts differ, with three lines of context: `-` expected, `+` actual.
pub fn difference(expected: &str, actual: &str) -> String {
    let difference = similar::TextDiff::from_lines(expected, actual);
    let mut lines = difference.unified_diff();
    lines.context_radius(3).missing_newline_hint(false);
    lines.to_string()
}

/// Reads the batch of an example, for tests of single checks. It leaks the text, which is acceptable in a test.
///
/// # Errors
/// The file that cannot be read, and why.
pub fn batch(path: impl AsRef<Path>) -> Result<Batch<'static>, String> {
    let text: &'static str = Box::leak(read(path.as_ref())?.into_boxed_str());
    serde_json::from_str(text).map_err(|error| format!("{}: {error}", path.as_ref().display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, contribution: &Contribution) -> Result<(), String> {
    let text = pretty(contribution)? + "\n";
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn pretty(contribution: &Contribution) -> Result<String, String> {
    serde_json::to_string_pretty(contribution).map_err(|error| error.to_string())
}
