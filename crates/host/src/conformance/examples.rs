//! The plugin's own examples: folders with a `batch.json` and the expected `contribution.json`.

use super::client::Fault;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use wcc_plugin::{Batch, Contribution};

pub(super) const CHANGE_BATCH: &str =
    "write batch.json in the form that schemas/request.json gives under `evaluate`";

pub(super) const CHANGE_CONTRIBUTION: &str = "correct the plugin, or review and accept its new answer: run `UPDATE=1 cargo test` in its crate, or in another \
     language `wcc plugin run LIBRARY EXAMPLE/batch.json > EXAMPLE/contribution.json`";

/// A batch to evaluate, and the expected contribution if there is one.
pub(super) struct Example {
    pub(super) name: String,
    pub(super) batch: Value,
    pub(super) expected: Option<Contribution>,
}

/// Reads every example of a folder, in the order of their names.
pub(super) fn read(folder: &Path) -> Result<Vec<Example>, Fault> {
    let unreadable = |error: std::io::Error| {
        let what = format!("{}: {error}", folder.display());
        Fault::new(
            what,
            "give the folder that contains one folder for each example",
        )
    };
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join("batch.json").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    if folders.is_empty() {
        return Err(Fault::new(
            format!("{} has no example", folder.display()),
            "add a folder with batch.json and contribution.json",
        ));
    }
    folders.iter().map(|folder| read_example(folder)).collect()
}

fn read_example(folder: &Path) -> Result<Example, Fault> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let text = read_text(&folder.join("batch.json"), CHANGE_BATCH)?;
    let batch: Value = parse(&name, "batch.json", &text, CHANGE_BATCH)?;
    let _: Batch<'_> = parse(&name, "batch.json", &text, CHANGE_BATCH)?;
    let contribution = folder.join("contribution.json");
    let expected = if contribution.exists() {
        let text = read_text(&contribution, CHANGE_CONTRIBUTION)?;
        Some(parse(
            &name,
            "contribution.json",
            &text,
            CHANGE_CONTRIBUTION,
        )?)
    } else {
        None
    };
    Ok(Example {
        name: format!("example `{name}`"),
        batch,
        expected,
    })
}

fn read_text(path: &Path, change: &str) -> Result<String, Fault> {
    fs::read_to_string(path)
        .map_err(|error| Fault::new(format!("{}: {error}", path.display()), change))
}

fn parse<'t, T: serde::Deserialize<'t>>(
    name: &str,
    file: &str,
    text: &'t str,
    change: &str,
) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::new(format!("{name}/{file}: {error}"), change))
}

/// Finds the folder of examples of a library: in the crate from which Cargo built it, or a folder
/// named `examples` beside the library or in one of the folders above.
pub fn beside(library: &Path) -> Option<PathBuf> {
    let library = fs::canonicalize(library).ok()?;
    let source = find_crate(&library);
    let above = library.ancestors().skip(1).take(4).map(Path::to_path_buf);
    source
        .into_iter()
        .chain(above)
        .map(|folder| folder.join("examples"))
        .find(|examples| read(examples).is_ok_and(|examples| !examples.is_empty()))
}

/// Finds the crate's folder, from the list of sources that Cargo writes beside a library.
fn find_crate(library: &Path) -> Option<PathBuf> {
    let list = library.with_extension("d");
    let name = library.file_stem()?.to_str()?.strip_prefix("lib")?;
    let by_name = library.with_file_name(format!("{name}.d"));
    let text = fs::read_to_string(list).or_else(|_| fs::read_to_string(by_name));
    let text = text.ok()?;
    let sources = text.lines().next()?.split_once(": ")?.1;
    let file = Path::new("src").join("lib.rs");
    let root = sources
        .split(' ')
        .map(Path::new)
        .find(|path| path.ends_with(&file) && !path.ends_with("crates/plugin/src/lib.rs"))?;
    Some(root.parent()?.parent()?.to_path_buf())
}
