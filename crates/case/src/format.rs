//! Versions of the formats of framework files, tables of bodies and `case.toml`.
//!
//! A TOML file names its version in the key `format`, an entry of the ledger in a field of its
//! own. What names none is in the first version. The text is always read by the reader of its
//! version, so that a ledger's rule books mean the same to every later version of the program.

use crate::problem::{Problem, Problems};
use crate::toml_reader::Reader;
use wcc_core::ledger::FileFormat;

/// The key of a TOML file that holds its version.
pub(crate) const KEY: &str = "format";

/// A version that this program reads. Whoever adds one is led by the compiler to each place that
/// chooses a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// [`FileFormat::FIRST`].
    First,
}

impl Version {
    /// Every version, oldest first.
    const ALL: [Version; 1] = [Version::First];

    /// The number that files and entries name.
    pub(crate) fn number(self) -> FileFormat {
        match self {
            Version::First => FileFormat::FIRST,
        }
    }

    /// The version with a number, if this program knows it.
    pub(crate) fn numbered(number: FileFormat) -> Option<Version> {
        let mut all = Version::ALL.into_iter();
        all.find(|version| version.number() == number)
    }

    /// The version of a TOML file. Reports one that is unknown; then nothing else in the file can
    /// be judged.
    pub(crate) fn of_file(root: &Reader<'_>) -> Option<Version> {
        if !root.has(KEY) {
            return Some(Version::First);
        }
        let written = root.integer(KEY, 1..=i64::from(u16::MAX))?;
        let number = FileFormat(u16::try_from(written.value).ok()?);
        let version = Version::numbered(number);
        if version.is_none() {
            root.document
                .add(&written.spot, |at| expecting_known(at(unknown(number))));
        }
        version
    }

    /// The version that an entry of the ledger names; `file` is its name in problems.
    ///
    /// # Errors
    /// This program does not know it.
    pub(crate) fn of_entry(number: FileFormat, file: &str) -> Result<Version, Problems> {
        let version = Version::numbered(number);
        version.ok_or_else(|| expecting_known(Problem::of_file(file, unknown(number))).into())
    }
}

fn unknown(number: FileFormat) -> String {
    format!("this version of wcc cannot read format {}", number.0)
}

fn expecting_known(problem: Problem) -> Problem {
    let numbers: Vec<String> = Version::ALL
        .iter()
        .map(|version| version.number().0.to_string())
        .collect();
    let known = wcc_core::words::any_of(numbers.iter().map(String::as_str));
    problem.expecting(format!(
        "format {known}: upgrade wcc to read a newer format"
    ))
}
