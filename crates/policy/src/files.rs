//! Policy files: those that ship with the program, and those of a folder.

use crate::problem::{PolicyProblem, PolicyProblems};
use std::path::Path;

/// The ending of a policy file's name.
const ENDING: &str = "cedar";

/// One file of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its name, for problems and for the names of its policies.
    pub name: String,
    /// Its text, in Cedar.
    pub text: String,
}

impl PolicyFile {
    /// A file with a name and a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> PolicyFile {
        PolicyFile {
            name: name.into(),
            text: text.into(),
        }
    }

    /// The files that ship with the program.
    pub fn shipped() -> Vec<PolicyFile> {
        let shipped = [
            (
                "operator.cedar",
                include_str!("../../../configs/policies/operator.cedar"),
            ),
            (
                "public.cedar",
                include_str!("../../../configs/policies/public.cedar"),
            ),
        ];
        let files = shipped.into_iter();
        files
            .map(|(name, text)| PolicyFile::new(name, text))
            .collect()
    }

    /// Every `*.cedar` file of a folder, in the order of the names.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or the folder has no policy file.
    pub fn read_folder(folder: &Path) -> Result<Vec<PolicyFile>, PolicyProblems> {
        let named = folder.display().to_string();
        let unreadable = |file: &str, error: &std::io::Error| {
            let message = format!("cannot be read: {error}");
            PolicyProblems(vec![PolicyProblem::of_file(file, message)])
        };
        let entries = std::fs::read_dir(folder).map_err(|error| unreadable(&named, &error))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&named, &error))?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                paths.push(path);
            }
        }
        paths.sort();
        let mut files = Vec::new();
        for path in &paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(&name, &error))?;
            files.push(PolicyFile::new(name, text));
        }
        if files.is_empty() {
            let mut problem = PolicyProblem::of_file(named, "has no policy file");
            problem.help = Some(
                "expected files that end in `.cedar`; without any, nobody may do anything"
                    .to_owned(),
            );
            return Err(PolicyProblems(vec![problem]));
        }
        Ok(files)
    }
}
