//! Policy files: those that ship with the program, and those in a folder.

use crate::problem::{PolicyProblem, PolicyProblems, line_and_column};
use std::path::Path;

/// The file extension of policy files.
const EXTENSION: &str = "cedar";

/// One file of policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its name, for problems and for the names of its policies.
    pub name: String,
    /// Its text, in Cedar.
    pub text: String,
}

impl PolicyFile {
    /// Creates a file with a name and a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> PolicyFile {
        PolicyFile {
            name: name.into(),
            text: text.into(),
        }
    }

    /// Creates a file from its bytes.
    fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<PolicyFile, PolicyProblems> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let end = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..end).unwrap_or_default();
            let place = line_and_column(&String::from_utf8_lossy(before), end);
            let problem = PolicyProblem::at(name, Some(place), "a character is not UTF-8");
            PolicyProblems(vec![problem.with_help("save the file as UTF-8")])
        })?;
        Ok(PolicyFile::new(name, text))
    }

    /// Returns the files that ship with the program.
    pub fn shipped() -> Vec<PolicyFile> {
        let shipped = [
            (
                "operator.cedar",
                include_str!("../../../configs/policies/operator.cedar"),
            ),
            (
                "people.cedar",
                include_str!("../../../configs/policies/people.cedar"),
            ),
            (
                "public.cedar",
                include_str!("../../../configs/policies/public.cedar"),
            ),
            (
                "scope.cedar",
                include_str!("../../../configs/policies/scope.cedar"),
            ),
        ];
        let files = shipped.into_iter();
        files
            .map(|(name, text)| PolicyFile::new(name, text))
            .collect()
    }

    /// Reads every `*.cedar` file of a folder, in the order of their names.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or the folder has no policy file.
    pub fn read_folder(folder: &Path) -> Result<Vec<PolicyFile>, PolicyProblems> {
        let folder_name = folder.display().to_string();
        let unreadable = |file: &str, error: &std::io::Error| {
            let message = format!("cannot be read: {error}");
            PolicyProblems(vec![PolicyProblem::of_file(file, message)])
        };
        let entries =
            std::fs::read_dir(folder).map_err(|error| unreadable(&folder_name, &error))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| unreadable(&folder_name, &error))?
                .path();
            if path
                .extension()
                .is_some_and(|extension| extension == EXTENSION)
            {
                paths.push(path);
            }
        }
        paths.sort();
        let mut files = Vec::new();
        for path in &paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = std::fs::read(path).map_err(|error| unreadable(&name, &error))?;
            files.push(PolicyFile::from_bytes(&name, bytes)?);
        }
        if files.is_empty() {
            let problem = PolicyProblem::of_file(folder_name, "has no policy file").with_help(
                "add files that end in `.cedar`; without a policy, nobody may do anything",
            );
            return Err(PolicyProblems(vec![problem]));
        }
        Ok(files)
    }
}
