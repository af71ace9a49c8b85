//! The tables that are imported together: those of a case, and published files with the mapping
//! beside them.

use super::in_file;
use crate::cli::Failure;
use crate::contained;
use std::io::Read;
use std::path::{Path, PathBuf};
use wcc_case::cycle::{CycleTable, INDICATOR_FILES, MAPPED, TABLES, TableContent, published_files};
use wcc_programme::nearest;

/// Maximum size of a mapping, in bytes.
const MAX_MAPPING: u64 = 1 << 20;

/// Whether a file is a table, by its name.
pub(super) fn is_table(file: &Path) -> bool {
    super::has_extension(file, "csv") || is_mapping(file)
}

fn is_mapping(file: &Path) -> bool {
    name_of(file).eq_ignore_ascii_case(INDICATOR_FILES)
}

fn name_of(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Opens tables of one cycle, each given once. A published file brings the mapping beside it; a
/// mapping brings every file that it names.
pub(super) fn open<'a>(
    files: impl Iterator<Item = &'a PathBuf>,
) -> Result<Vec<CycleTable>, Failure> {
    let mut opened = OpenedTables::default();
    for file in files {
        opened.add(file)?;
    }
    Ok(opened.tables)
}

/// A mapping that was read.
struct Mapping {
    path: PathBuf,
    /// The names of the published files that it has read.
    names: Vec<String>,
}

#[derive(Default)]
struct OpenedTables {
    tables: Vec<CycleTable>,
    mapping: Option<Mapping>,
}

impl OpenedTables {
    fn add(&mut self, file: &Path) -> Result<(), Failure> {
        if is_mapping(file) {
            return self.add_all_published(file);
        }
        let name = name_of(file);
        let mut tables = TABLES.into_iter().filter(|table| table.ends_with(".csv"));
        if let Some(known) = tables.find(|known| known.eq_ignore_ascii_case(&name)) {
            if self.tables.iter().any(|other| other.name == known) {
                let message = format!("{known} is given twice: import one after the other");
                return Err(in_file(file, &message));
            }
            let content = contained::open_regular(file)?.into();
            self.push(known, name, content);
            return Ok(());
        }
        self.add_published(file, name)
    }

    fn push(&mut self, name: &'static str, file: String, content: TableContent) {
        self.tables.push(CycleTable {
            name,
            file,
            content,
        });
    }

    /// Adds a mapping and every file that it names.
    fn add_all_published(&mut self, file: &Path) -> Result<(), Failure> {
        let names = self.mapping(file)?.names.clone();
        for name in names {
            let published = file.with_file_name(&name);
            if !published.exists() {
                let message = format!("there is no file {name} beside it, which it names");
                return Err(in_file(file, &message));
            }
            if !self.has_published(&name) {
                let content = contained::open_regular(&published)?.into();
                self.push(MAPPED, name, content);
            }
        }
        Ok(())
    }

    fn has_published(&self, name: &str) -> bool {
        let mut tables = self.tables.iter();
        tables.any(|table| table.name == MAPPED && table.file == name)
    }

    /// Adds a file that the mapping beside it names.
    fn add_published(&mut self, file: &Path, name: String) -> Result<(), Failure> {
        let mapping = file.with_file_name(INDICATOR_FILES);
        if !mapping.is_file() {
            return Err(in_file(file, &unknown(&name, &[])));
        }
        let names = &self.mapping(&mapping)?.names;
        if !names.contains(&name) {
            return Err(in_file(file, &unknown(&name, names)));
        }
        if !self.has_published(&name) {
            let content = contained::open_regular(file)?.into();
            self.push(MAPPED, name, content);
        }
        Ok(())
    }

    /// Reads a mapping, once.
    fn mapping(&mut self, file: &Path) -> Result<&Mapping, Failure> {
        if self
            .mapping
            .as_ref()
            .is_some_and(|known| known.path != file)
        {
            let message = format!(
                "published files of two folders, each with its own {INDICATOR_FILES}: import one \
                 folder after the other"
            );
            return Err(in_file(file, &message));
        }
        if self.mapping.is_none() {
            let mut bytes = Vec::new();
            // One byte more than it may have, so that its reader refuses it.
            let opened = contained::open_regular(file)?.take(MAX_MAPPING + 1);
            let read = { opened }.read_to_end(&mut bytes);
            read.map_err(|error| {
                Failure::system(format!("{} cannot be read: {error}", file.display()))
            })?;
            let names = published_files(&bytes);
            self.push(INDICATOR_FILES, INDICATOR_FILES.to_owned(), bytes.into());
            self.mapping = Some(Mapping {
                path: file.to_owned(),
                names,
            });
        }
        let missing = || in_file(file, "the mapping was not read");
        self.mapping.as_ref().ok_or_else(missing)
    }
}

/// The message for a file that is neither a table of a case nor one that the mapping names.
fn unknown(name: &str, published: &[String]) -> String {
    let tables = || TABLES.into_iter().filter(|table| table.ends_with(".csv"));
    let mut message = format!("\"{name}\" is not the name of a table");
    if !published.is_empty() {
        message.push_str(&format!(
            ", nor of a published file that the {INDICATOR_FILES} beside it names"
        ));
    }
    let published = || published.iter().map(String::as_str);
    let all: Vec<&str> = tables().chain(published()).collect();
    message.push_str(&format!(
        "; expected one of {}",
        wcc_core::words::any_of(all.iter().copied())
    ));
    if let Some(near) = nearest(name, all.iter().copied()) {
        message.push_str(&format!(" (did you mean {near}?)"));
    }
    if published().next().is_none() {
        message.push_str(&format!(
            ". A published file is read with an {INDICATOR_FILES} beside it that names it"
        ));
    }
    message
}
