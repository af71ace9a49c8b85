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

/// A version that this program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// [`FileFormat::FIRST`].
    First,
    /// Of framework files only: the file declares its words and its methods.
    Second,
}

impl Version {
    /// The versions of framework files, oldest first.
    pub(crate) const FRAMEWORKS: &[Version] = &[Version::First, Version::Second];

    /// The versions of `case.toml`, oldest first.
    pub(crate) const CASES: &[Version] = &[Version::First];

    /// The versions of questionnaires, oldest first.
    pub(crate) const QUESTIONNAIRES: &[Version] = &[Version::First];

    /// The versions of tables of bodies, oldest first.
    pub(crate) const BODIES: &[Version] = &[Version::First];

    /// The number that files and entries name.
    pub(crate) fn number(self) -> FileFormat {
        match self {
            Version::First => FileFormat::FIRST,
            Version::Second => FileFormat(2),
        }
    }

    /// The version with a number among those of a kind of file.
    fn numbered(number: FileFormat, known: &[Version]) -> Option<Version> {
        let mut all = known.iter().copied();
        all.find(|version| version.number() == number)
    }

    /// The version of a TOML file, one of the `known` versions of its kind. Reports one that is
    /// unknown; then nothing else in the file can be judged.
    pub(crate) fn of_file(root: &Reader<'_>, known: &[Version]) -> Option<Version> {
        if !root.has(KEY) {
            return Some(Version::First);
        }
        let written = root.integer(KEY, 1..=i64::from(u16::MAX))?;
        let number = FileFormat(u16::try_from(written.value).ok()?);
        let version = Version::numbered(number, known);
        if version.is_none() {
            root.document.add(&written.spot, |at| {
                expecting_known(at(unknown(number)), known)
            });
        }
        version
    }

    /// The version that an entry of the ledger names, one of the `known` versions of its kind;
    /// `file` is its name in problems.
    ///
    /// # Errors
    /// This program does not know it.
    pub(crate) fn of_entry(
        number: FileFormat,
        known: &[Version],
        file: &str,
    ) -> Result<Version, Problems> {
        let version = Version::numbered(number, known);
        version
            .ok_or_else(|| expecting_known(Problem::of_file(file, unknown(number)), known).into())
    }
}

fn unknown(number: FileFormat) -> String {
    format!("this version of wcc cannot read format {}", number.0)
}

fn expecting_known(problem: Problem, known: &[Version]) -> Problem {
    let numbers: Vec<String> = known
        .iter()
        .map(|version| version.number().0.to_string())
        .collect();
    let known = wcc_core::words::any_of(numbers.iter().map(String::as_str));
    problem.expecting(format!(
        "format {known}: upgrade wcc to read a newer format"
    ))
}
