//! What the kit found, line by line.

use super::kit::Found;
use std::fmt;
use std::path::{Path, PathBuf};
use wcc_plugin::Manifest;

/// What the kit found out about a library.
#[derive(Clone, Debug)]
pub struct Report {
    /// The library.
    pub library: PathBuf,
    /// Its SHA-256; empty where it cannot be read.
    pub digest: String,
    /// What it says of itself, where that is acceptable.
    pub manifest: Option<Manifest>,
    /// One line for each thing that was tried, in the order of trying.
    pub lines: Vec<Line>,
}

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub name: &'static str,
    /// With what result.
    pub verdict: Verdict,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should; with what was seen.
    Passed(String),
    /// Not as it should.
    Failed {
        /// What happened.
        what: String,
        /// What the author can change about it.
        change: String,
    },
    /// Nothing was tried; why.
    NotTried(String),
}

impl Report {
    pub(super) fn new(library: &Path) -> Self {
        Self {
            library: library.to_path_buf(),
            digest: String::new(),
            manifest: None,
            lines: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, name: &'static str, found: Found) {
        let verdict = match found {
            Ok(seen) => Verdict::Passed(seen),
            Err(fault) => Verdict::Failed {
                what: fault.what,
                change: fault.change,
            },
        };
        self.lines.push(Line { name, verdict });
    }

    pub(super) fn not_tried(&mut self, name: &'static str, why: &str) {
        let verdict = Verdict::NotTried(why.to_owned());
        self.lines.push(Line { name, verdict });
    }

    /// How many lines failed.
    pub fn failures(&self) -> usize {
        let failed = |line: &&Line| matches!(line.verdict, Verdict::Failed { .. });
        self.lines.iter().filter(failed).count()
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failures() == 0
    }

    /// The result in one line.
    pub fn summary(&self) -> String {
        let who = match &self.manifest {
            Some(manifest) => format!("{} {}", manifest.id, manifest.version),
            None => self.library.display().to_string(),
        };
        let count = self.lines.len();
        match self.failures() {
            0 => format!("{who}: {count} lines, none failed"),
            failed => format!("{who}: {failed} of {count} lines failed"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { name, verdict } in &self.lines {
            match verdict {
                Verdict::Passed(seen) => writeln!(out, "pass  {name:<17}  {seen}")?,
                Verdict::NotTried(why) => writeln!(out, "-     {name:<17}  {why}")?,
                Verdict::Failed { what, change } => {
                    let mut lines = what.lines();
                    let first = lines.next().unwrap_or_default();
                    writeln!(out, "FAIL  {name:<17}  {first}")?;
                    for line in lines {
                        writeln!(out, "          {line}")?;
                    }
                    writeln!(out, "      {:<17}  change: {change}", "")?;
                }
            }
        }
        writeln!(out, "{}", self.summary())
    }
}
