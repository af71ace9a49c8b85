//! The files of a case's folder.

use super::settings::CaseFile;
use crate::cycle::{self, CycleTable};
use crate::files;
use crate::found::ProblemCollector;
use crate::organisations;
use crate::problem::{Problem, Problems};
use crate::strays;
use std::collections::BTreeMap;
use std::path::Path;

/// What stands before a file's name in problems: nothing for the case's own folder.
pub(super) fn shown(folder: &str) -> String {
    let parts = Path::new(folder)
        .components()
        .filter_map(|part| match part {
            std::path::Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        });
    parts.map(|part| format!("{part}/")).collect()
}

/// Reads the tables and texts that a folder has.
pub(super) fn tables(folder: &Path, shown: &str) -> Result<Vec<CycleTable>, Problems> {
    let found = ProblemCollector::default();
    let mut tables = Vec::new();
    for name in cycle::TABLES {
        let file = format!("{shown}{name}");
        let limit = if name.ends_with(".md") {
            files::MARKDOWN_LIMIT
        } else {
            files::TABLE_LIMIT
        };
        match files::read_if_there(&folder.join(name), &file, limit) {
            Ok(Some(bytes)) => tables.push(CycleTable { name, file, bytes }),
            Ok(None) => {}
            Err(problems) => found.extend(problems),
        }
    }
    found.or(Some(tables))
}

/// Tells every table that nothing would read.
pub(super) fn refuse_strays(case: &Path, settings: &CaseFile, found: &ProblemCollector) {
    // Folders by what they are called, with whether a cycle has its tables there.
    let mut folders = BTreeMap::from([(String::new(), (case.to_path_buf(), false))]);
    for entry in &settings.cycles {
        let path = case.join(&entry.folder);
        folders.insert(shown(&entry.folder), (path, true));
    }
    for (shown, (path, of_cycle)) in folders {
        match files::names_in(&path, &shown) {
            Ok(Some(names)) => {
                for name in &names {
                    refuse_stray(name, &names, &shown, of_cycle, found);
                }
            }
            // That there is no such folder is told where the folder is named.
            Ok(None) => {}
            Err(problems) => found.extend(problems),
        }
    }
}

fn refuse_stray(
    name: &str,
    beside: &[String],
    shown: &str,
    of_cycle: bool,
    found: &ProblemCollector,
) {
    let of_bodies = organisations::TABLES.contains(&name);
    let known = cycle::TABLES.contains(&name);
    if of_bodies || known && of_cycle {
        return;
    }
    let file = format!("{shown}{name}");
    if known {
        found.add(|| {
            Problem::of_file(file, "no cycle has its tables in this folder")
                .expecting("it in the `folder` of its cycle")
        });
        return;
    }
    let every: Vec<&str> = cycle::TABLES
        .into_iter()
        .chain(organisations::TABLES)
        .collect();
    if let Some(stray) = strays::find(name, beside, &every) {
        found.add(|| stray.problem(file, "is not read: a case has no file of this name", every));
    }
}
