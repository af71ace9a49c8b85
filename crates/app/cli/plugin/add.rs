//! `wcc plugin add`: writes the settings entry for a library.

use super::super::whole_file::WholeFile;
use super::super::{Failure, print};
use super::check;
use crate::settings::Settings;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};
use wcc_host::conformance::Report;

/// Write the settings entry for a library, with its SHA-256, after running the conformance kit
///
/// With --to the entry is written to a settings file. If the file already has an entry for the
/// plugin, it is updated and keeps its limits and settings, so the command can be repeated after
/// every build. Without --to the entry is printed. The kit's report goes to standard error. If the
/// library fails the kit, nothing is written and the exit code is 3.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The shared library
    library: PathBuf,

    /// Settings file to write to: configs/local.toml; created if missing
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,

    /// Folder of examples, as for `wcc plugin check`
    #[arg(long, value_name = "FOLDER")]
    examples: Option<PathBuf>,

    /// Write the entry even if the kit fails, as long as the library has a valid manifest
    #[arg(long)]
    anyway: bool,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let library = &arguments.library;
    let path = std::fs::canonicalize(library)
        .map_err(|error| Failure::plugin(format!("{}: {error}", library.display())))?;
    let report = check::report(&path, arguments.examples.as_deref(), settings).await?;
    if report.passed() {
        anstream::eprintln!("{}", report.summary());
    } else {
        anstream::eprint!("{report}");
    }
    if !(arguments.anyway && report.manifest.is_some()) {
        check::refused_if_failed(&report)?;
    }
    let entry = Entry::of(&path, &report);
    match &arguments.to {
        Some(file) => {
            let change = write(file, &entry)?;
            print(&format!("{}: {change}\n", file.display()))
        }
        None => {
            if entry.is_configured(settings) {
                anstream::eprintln!(
                    "{} is already in the settings. Replace the old entry with this one, or use \
                     `--to FILE`: a second entry would be refused.",
                    entry.id
                );
            }
            let mut document = DocumentMut::new();
            entry.put_into(&mut document)?;
            print(&document.to_string())
        }
    }
}

/// One `[[plugin]]` of the settings.
struct Entry {
    path: String,
    sha256: String,
    id: String,
    regions: Vec<String>,
}

impl Entry {
    fn of(path: &Path, report: &Report) -> Entry {
        let manifest = report.manifest.as_ref();
        Entry {
            path: path.display().to_string(),
            sha256: report.digest.clone(),
            id: manifest
                .map(|manifest| manifest.id.clone())
                .unwrap_or_default(),
            // With these, the outputs that the plugin covers are known even if it cannot be loaded.
            regions: manifest
                .map(|manifest| manifest.regions.clone())
                .unwrap_or_default(),
        }
    }

    fn is_configured(&self, settings: &Settings) -> bool {
        let is_same = |plugin: &wcc_host::PluginSettings| {
            plugin.id.as_ref() == Some(&self.id) || plugin.path == Path::new(&self.path)
        };
        settings.plugins.iter().any(is_same)
    }

    /// Whether a table of the settings is for the same plugin.
    fn is_for(&self, table: &Table) -> bool {
        let text = |key: &str| table.get(key).and_then(Item::as_str);
        match text("id") {
            Some(id) => id == self.id,
            None => text("path") == Some(&self.path),
        }
    }

    /// Replaces the first entry of the same plugin, or appends the entry; removes further entries
    /// of the plugin. Returns whether there was one.
    fn put_into(&self, document: &mut DocumentMut) -> Result<bool, Failure> {
        let plugins = document
            .entry("plugin")
            .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let Some(plugins) = plugins.as_array_of_tables_mut() else {
            return Err(Failure::refused(
                "its `plugin` is not a list of [[plugin]] tables",
            ));
        };
        let positions: Vec<usize> = (0..plugins.len())
            .filter(|at| plugins.get(*at).is_some_and(|table| self.is_for(table)))
            .collect();
        for at in positions.iter().skip(1).rev() {
            plugins.remove(*at);
        }
        if positions.is_empty() {
            plugins.push(Table::new());
        }
        let at = positions.first().copied().unwrap_or(plugins.len() - 1);
        if let Some(table) = plugins.get_mut(at) {
            let regions: Array = self.regions.iter().collect();
            table["path"] = value(&self.path);
            table["sha256"] = value(&self.sha256);
            table["id"] = value(&self.id);
            table["regions"] = value(regions);
        }
        Ok(!positions.is_empty())
    }
}

/// Writes an entry to a settings file, completely or not at all. Returns a message about the
/// change.
fn write(file: &Path, entry: &Entry) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::system(format!("{}: {error}", file.display()));
    let before = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    let document = before.parse::<DocumentMut>();
    let mut document = document
        .map_err(|error| Failure::refused(format!("{} is not TOML: {error}", file.display())))?;
    let replaced = entry
        .put_into(&mut document)
        .map_err(|failure| Failure::refused(format!("{}: {failure}", file.display())))?;
    let after = document.to_string();
    if after == before {
        return Ok(format!("the entry for {} is already up to date", entry.id));
    }
    let mut new = WholeFile::create(file).map_err(failed)?;
    new.write_all(after.as_bytes()).map_err(failed)?;
    let permissions = match std::fs::metadata(file) {
        Ok(metadata) => metadata.permissions(),
        Err(_) => std::os::unix::fs::PermissionsExt::from_mode(0o644),
    };
    new.set_permissions(permissions).map_err(failed)?;
    new.finish().map_err(failed)?;
    Ok(if replaced {
        format!("updated the entry for {}", entry.id)
    } else {
        format!("added an entry for {}", entry.id)
    })
}
