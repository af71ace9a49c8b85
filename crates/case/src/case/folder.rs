//! The files of a case's folder.

use super::settings::CaseFile;
use crate::cycle::{self, CycleTable};
use crate::files;
use crate::nearest::nearest;
use crate::organisations;
use crate::problem::{Found, Problem, Problems};
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
    let found = Found::default();
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
pub(super) fn refuse_strays(case: &Path, settings: &CaseFile, found: &Found) {
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
                    refuse_stray(name, &shown, of_cycle, found);
                }
            }
            // That there is no such folder is told where the folder is named.
            Ok(None) => {}
            Err(problems) => found.extend(problems),
        }
    }
}

fn refuse_stray(name: &str, shown: &str, of_cycle: bool, found: &Found) {
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
    let lower = name.to_ascii_lowercase();
    let every = || cycle::TABLES.into_iter().chain(organisations::TABLES);
    if lower.ends_with(".csv") {
        found.add(|| {
            let problem = Problem::of_file(file, "is not a table that a case has");
            match nearest_file(name, every()) {
                None => problem.expecting_one_of(every()),
                near => problem.nearest_to(near),
            }
        });
    } else if lower.ends_with(".md") {
        // Other texts may well lie here (README.md), so only a misspelt one is told.
        let texts = cycle::TABLES.into_iter().filter(|one| one.ends_with(".md"));
        if let Some(near) = nearest_file(name, texts) {
            found.add(|| {
                Problem::of_file(file, "is not a text that a case has").nearest_to(Some(near))
            });
        }
    }
}

/// The file whose name, without its ending, is nearest.
fn nearest_file<'a>(name: &str, files: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let stem = |file: &'a str| file.split('.').next().unwrap_or(file);
    let near = nearest(name.split('.').next()?, files.clone().map(stem))?;
    files.into_iter().find(|file| stem(file) == near)
}
