//! Examples as tests: folders with a `batch.json` and the `contribution.json` expected for it.

use crate::message::Batch;
use crate::{Contribution, Plugin};
use std::fs;
use std::path::Path;

/// Runs every example of a plugin: `examples/NAME/batch.json` must give `contribution.json`.
/// With `UPDATE=1` in the environment the expected files are written instead.
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
/// Names the first example that differs, or the file that cannot be read; the difference goes to
/// standard error. A folder without any example is an error too.
pub fn run_examples(plugin: &impl Plugin, folder: impl AsRef<Path>) -> Result<(), String> {
    let folder = folder.as_ref();
    let at = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut ran = 0;
    for entry in fs::read_dir(folder).map_err(at)? {
        let example = entry.map_err(at)?.path();
        if example.is_dir() {
            run_example(plugin, &example)?;
            ran += 1;
        }
    }
    match ran {
        0 => Err(format!("{}: no example found", folder.display())),
        _ => Ok(()),
    }
}

fn run_example(plugin: &impl Plugin, example: &Path) -> Result<(), String> {
    let batch = read(&example.join("batch.json"))?;
    let batch: Batch<'_> = serde_json::from_str(&batch)
        .map_err(|error| format!("{}/batch.json: {error}", example.display()))?;
    let found = plugin.evaluate(&batch)?;
    let expected = example.join("contribution.json");
    if std::env::var_os("UPDATE").is_some() {
        return write(&expected, &found);
    }
    let text = read(&expected)?;
    let wanted: Contribution =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", expected.display()))?;
    if found == wanted {
        return Ok(());
    }
    // On standard error, which a failing test shows as it is. An error would be shown as a literal,
    // on one line.
    eprintln!(
        "{}\n{}",
        expected.display(),
        difference(&pretty(&wanted)?, &pretty(&found)?)
    );
    Err(format!(
        "{}: another contribution than expected (above: - expected, + found); UPDATE=1 writes what \
         was found",
        expected.display()
    ))
}

/// The lines by which two texts differ, with three lines around each: `-` expected, `+` found.
pub fn difference(expected: &str, found: &str) -> String {
    let difference = similar::TextDiff::from_lines(expected, found);
    let mut lines = difference.unified_diff();
    lines.context_radius(3).missing_newline_hint(false);
    lines.to_string()
}

/// The batch of an example, for the tests of single checks: leaks it, which a test may.
///
/// # Errors
/// Names the file that cannot be read, and why.
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
