//! `wcc plugin example`: prints a real case as the batch that a plugin receives.

use super::super::{Failure, assure, print};
use super::docs;
use crate::load;
use crate::settings::Settings;
use serde_json::{Map, Value};
use std::path::PathBuf;
use wcc_host::{Admission, conformance};
use wcc_programme::Programme;

/// Print the batch that a library receives for a case, for use as one of its examples
///
/// Save it as examples/NAME/batch.json in the plugin's crate; `UPDATE=1 cargo test` there writes
/// the contribution.json beside it.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,

    /// Folder of the case
    case: PathBuf,

    /// The cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let plugins = docs::described(&arguments.library).await?;
    let manifest = plugins.each().find_map(wcc_host::Plugin::manifest);
    let reference = load::reference(settings)?.with_local_outcomes(&plugins);
    let case = wcc_case::case::read(&arguments.case, &reference.frameworks, &reference.tables)?;
    let none = load::plugins(Vec::new(), Admission::default()).await?;
    let programme =
        Programme::assure(&reference.frameworks, &reference.tables, vec![case], &none).await?;
    let cycles = assure::cycles(&programme, arguments.cycle.as_deref())?;
    for cycle in cycles {
        let Some(manifest) = manifest else { break };
        let batch = conformance::batch_of(manifest, &Map::new(), &cycle.cycle, &cycle.assurance);
        let batch = batch.map_err(|error| Failure::system(error.to_string()))?;
        if let Some(batch) = batch {
            let batch = serde_json::from_str(&batch);
            let mut batch: Value = batch.map_err(|error| Failure::system(error.to_string()))?;
            // Sorted, because the order of fields depends on the features that the program was
            // built with.
            batch.sort_all_objects();
            let mut text = String::new();
            format_value(&batch, 0, &mut text);
            text.push('\n');
            return print(&text);
        }
    }
    Err(Failure::not_found(
        "no cycle of the case has a body in the plugin's regions and one of its frameworks",
    ))
}

/// Maximum width of a list or object on one line, in characters.
const WIDTH: usize = 100;

/// Formats a value on one line if it fits, otherwise each part on its own line.
fn format_value(value: &Value, depth: usize, out: &mut String) {
    let short = value.to_string();
    let parts: Vec<(Option<&String>, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (None, item)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, item)| (Some(key), item)).collect(),
        _ => Vec::new(),
    };
    if parts.is_empty() || short.chars().count() + 2 * depth <= WIDTH {
        out.push_str(&short);
        return;
    }
    let (open, close) = if value.is_array() {
        ('[', ']')
    } else {
        ('{', '}')
    };
    out.push(open);
    for (at, (key, item)) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('\n');
        out.push_str(&"  ".repeat(depth + 1));
        if let Some(key) = key {
            out.push_str(&Value::from(key.as_str()).to_string());
            out.push_str(": ");
        }
        format_value(item, depth + 1, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}
