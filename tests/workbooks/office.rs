//! A ledger with a cycle, and the files that people fill in for it.

use crate::support::{printed_with, refused_with, settings_with};
use std::path::{Path, PathBuf};

pub(crate) const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
pub(crate) const CLUSTER: &str = "south-of-tyne-and-wear";

/// A ledger with a cycle, and a folder for workbooks.
pub(crate) struct Office {
    pub(crate) settings: PathBuf,
    pub(crate) folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn open() -> Office {
        Office::with("")
    }

    /// An office with further settings.
    pub(crate) fn with(entries: &str) -> Office {
        let settings = settings_with(entries);
        printed_with(
            &settings,
            &["ledger", "load", "examples/south-of-tyne-and-wear"],
        );
        Office {
            settings,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn template(&self, kind: &str, body: &str) -> PathBuf {
        let file = self.file(&format!("{kind}-{body}.xlsx"));
        let out = file.display().to_string();
        printed_with(
            &self.settings,
            &["template", kind, "ledger:", "--body", body, "--out", &out],
        );
        file
    }

    pub(crate) fn import(&self, file: &Path, more: &[&str]) -> String {
        let file = file.display().to_string();
        let arguments: Vec<&str> = ["import", &file].iter().chain(more).copied().collect();
        printed_with(&self.settings, &arguments)
    }

    pub(crate) fn refuse(&self, file: &Path) -> String {
        self.refused(file, &["--apply"])
    }

    pub(crate) fn refused(&self, file: &Path, more: &[&str]) -> String {
        let before = self.head();
        let file = file.display().to_string();
        let arguments: Vec<&str> = ["import", &file].iter().chain(more).copied().collect();
        let (code, message) = refused_with(&self.settings, &arguments);
        assert_eq!(code, 1, "{message}");
        assert_eq!(self.head(), before, "a refused import left an entry");
        message
    }

    pub(crate) fn head(&self) -> String {
        printed_with(&self.settings, &["ledger", "head"])
    }
}
