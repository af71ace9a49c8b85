//! The report of the kit, with one line for each test.

use super::kit::TestResult;
use std::fmt;
use std::path::{Path, PathBuf};
use wcc_plugin::Manifest;

/// The results of the kit for a library.
#[derive(Clone, Debug)]
pub struct Report {
    /// The library.
    pub library: PathBuf,
    /// Its SHA-256; empty if the library cannot be read.
    pub digest: String,
    /// Its manifest, if it is valid.
    pub manifest: Option<Manifest>,
    /// One line for each test, in order.
    pub lines: Vec<Line>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Name of the test.
    pub name: &'static str,
    /// Its result.
    pub verdict: Verdict,
}

/// The result of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The library behaved correctly; the text says what was observed.
    Passed(String),
    /// The library did not behave correctly.
    Failed {
        /// What happened.
        what: String,
        /// What the author should change.
        change: String,
    },
    /// The test did not run; the text says why.
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

    pub(super) fn add(&mut self, name: &'static str, result: TestResult) {
        let verdict = match result {
            Ok(observation) => Verdict::Passed(observation),
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

    /// Returns the number of failed lines.
    pub fn failures(&self) -> usize {
        let failed = |line: &&Line| matches!(line.verdict, Verdict::Failed { .. });
        self.lines.iter().filter(failed).count()
    }

    /// Returns whether no line failed.
    pub fn passed(&self) -> bool {
        self.failures() == 0
    }

    /// Summarises the report in one line.
    pub fn summary(&self) -> String {
        let library = match &self.manifest {
            Some(manifest) => format!("{} {}", manifest.id, manifest.version),
            None => self.library.display().to_string(),
        };
        let count = self.lines.len();
        match self.failures() {
            0 => format!("{library}: {count} lines, none failed"),
            failed => format!("{library}: {failed} of {count} lines failed"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Line { name, verdict } in &self.lines {
            match verdict {
                Verdict::Passed(observation) => writeln!(out, "pass  {name:<17}  {observation}")?,
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
