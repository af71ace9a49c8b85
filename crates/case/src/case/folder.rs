//! Finds and reads the files of a case's folder.

use super::settings::CaseFile;
use crate::cycle::{self, CycleTable};
use crate::files;
use crate::misnamed_files;
use crate::organisations;
use crate::problem::{Problem, Problems};
use crate::problem_collector::ProblemCollector;
use std::collections::BTreeMap;
use std::path::Path;

/// The prefix of a file's name in problems: empty for the case's own folder.
pub(super) fn shown(folder: &str) -> String {
    let parts = Path::new(folder)
        .components()
        .filter_map(|part| match part {
            std::path::Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        });
    parts.map(|part| format!("{part}/")).collect()
}

/// Reads the tables and texts in a folder.
pub(super) fn tables(folder: &Path, shown: &str) -> Result<Vec<CycleTable>, Problems> {
    let collector = ProblemCollector::default();
    let mut tables = Vec::new();
    for name in cycle::TABLES {
        let file = format!("{shown}{name}");
        match files::open_if_there(&folder.join(name), &file, files::table_limit(name)) {
            Ok(Some(content)) => tables.push(CycleTable {
                name,
                file,
                content: content.into(),
            }),
            Ok(None) => {}
            Err(problems) => collector.extend(problems),
        }
    }
    let mapping = tables
        .iter()
        .find(|table| table.name == cycle::INDICATOR_FILES);
    // The reader of the mapping reports what is wrong with it.
    let mapping = mapping.and_then(|table| table.bytes().ok());
    let published = mapping.map(|bytes| cycle::published_files(&bytes));
    for published in published.unwrap_or_default() {
        let file = format!("{shown}{published}");
        let limit = files::table_limit(cycle::MAPPED);
        match files::open_if_there(&folder.join(&published), &file, limit) {
            Ok(Some(content)) => tables.push(CycleTable {
                name: cycle::MAPPED,
                file,
                content: content.into(),
            }),
            // The reader of the mapping reports a file that is missing.
            Ok(None) => {}
            Err(problems) => collector.extend(problems),
        }
    }
    collector.into_result(Some(tables))
}

/// Reports every table that would not be read.
pub(super) fn refuse_misnamed_files(
    case: &Path,
    settings: &CaseFile,
    collector: &ProblemCollector,
) {
    // Folders by name, with whether a cycle has its tables there.
    let mut folders = BTreeMap::from([(String::new(), (case.to_path_buf(), false))]);
    for entry in &settings.cycles {
        let path = case.join(&entry.folder);
        folders.insert(shown(&entry.folder), (path, true));
    }
    for (shown, (path, of_cycle)) in folders {
        let published = published_files(&path);
        match files::names_in(&path, &shown) {
            Ok(Some(names)) => {
                let others = names
                    .iter()
                    .filter(|name| !(of_cycle && published.contains(name)));
                for name in others {
                    refuse_misnamed_file(name, &names, &shown, of_cycle, collector);
                }
            }
            // A missing folder is reported at the key that names it.
            Ok(None) => {}
            Err(problems) => collector.extend(problems),
        }
    }
}

/// The published files that the folder's `indicator_files.toml` has read.
fn published_files(folder: &Path) -> Vec<String> {
    let file = folder.join(cycle::INDICATOR_FILES);
    let bytes = files::read_if_there(&file, cycle::INDICATOR_FILES, files::TOML_LIMIT);
    let bytes = bytes.ok().flatten();
    bytes.map_or_else(Vec::new, |bytes| cycle::published_files(&bytes))
}

fn refuse_misnamed_file(
    name: &str,
    beside: &[String],
    shown: &str,
    of_cycle: bool,
    collector: &ProblemCollector,
) {
    let of_bodies = organisations::table_names().any(|table| table == name);
    let known = cycle::TABLES.contains(&name);
    if of_bodies || known && of_cycle {
        return;
    }
    let file = format!("{shown}{name}");
    if known {
        collector.add(|| {
            Problem::of_file(file, "no cycle has its tables in this folder")
                .expecting("the file in the `folder` of its cycle")
        });
        return;
    }
    let every: Vec<&str> = cycle::TABLES
        .into_iter()
        .chain(organisations::table_names())
        .collect();
    if let Some(misnamed) = misnamed_files::find(name, beside, &every) {
        let shown = cycle::TABLES
            .into_iter()
            .chain(organisations::NEUTRAL_TABLES);
        collector
            .add(|| misnamed.problem(file, "is not read: no file of a case has this name", shown));
    }
}
