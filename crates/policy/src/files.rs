//! Policy files: those that ship with the program, and those in a folder.

use crate::problem::{PolicyProblem, PolicyProblems};
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

    /// Returns the files that ship with the program.
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
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(&name, &error))?;
            files.push(PolicyFile::new(name, text));
        }
        if files.is_empty() {
            let mut problem = PolicyProblem::of_file(folder_name, "has no policy file");
            problem.help = Some(
                "add files that end in `.cedar`; without a policy, nobody may do anything"
                    .to_owned(),
            );
            return Err(PolicyProblems(vec![problem]));
        }
        Ok(files)
    }
}
