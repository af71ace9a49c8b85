//! Reads the templates of an authority: the files of the folder `templates` of its style, which the
//! program that prints PDFs uses instead of its own of the same name.

use super::StyleError;
use super::folder::read;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder in that of a style.
const FOLDER: &str = "templates";
/// The ending of templates. Other files are what templates read: pictures and fonts.
const TEMPLATE: &str = "typ";
const OTHERS: [&str; 5] = ["svg", "png", "jpg", "ttf", "otf"];
/// The maximum number of files.
const MOST_FILES: usize = 64;
/// The maximum size of a template.
const MOST_TEMPLATE: u64 = 256 * 1024;
/// The maximum size of a picture or font.
const MOST_OTHER: u64 = 4 * 1024 * 1024;

/// Templates of an authority and what they read, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    /// Where they come from.
    pub folder: PathBuf,
    /// Templates in the language of Typst: `style.typ`.
    pub sources: BTreeMap<String, String>,
    /// Pictures and fonts.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Templates {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.files.is_empty()
    }

    /// Reads the templates of a style; none if its folder has no folder of them.
    pub(super) fn read(style: &Path) -> Result<Templates, StyleError> {
        let folder = style.join(FOLDER);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Templates::default());
            }
            Err(error) => return Err(fault(&folder, format!("cannot be read: {error}"))),
        };
        let mut paths = Vec::new();
        for entry in entries {
            let entry =
                entry.map_err(|error| fault(&folder, format!("cannot be read: {error}")))?;
            paths.push(entry.path());
        }
        if paths.len() > MOST_FILES {
            let message = format!("has {} files: at most {MOST_FILES}", paths.len());
            return Err(fault(&folder, message));
        }
        paths.sort();
        let mut templates = Templates {
            folder,
            ..Templates::default()
        };
        for path in &paths {
            templates.add(path)?;
        }
        Ok(templates)
    }

    fn add(&mut self, path: &Path) -> Result<(), StyleError> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.filter(|name| name.chars().all(is_of_name));
        let Some(name) = name else {
            let message = "not the name of a template: expected letters from a to z, digits, \
                           hyphens and points";
            return Err(fault(path, message));
        };
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let is_template = ending == TEMPLATE;
        if !is_template && !OTHERS.contains(&ending) {
            let message = format!(
                "not a template, picture or font: expected a name that ends with .{TEMPLATE}, .{}",
                OTHERS.join(", .")
            );
            return Err(fault(path, message));
        }
        if name.starts_with("logo.") {
            return Err(fault(path, "the logo belongs beside `style.toml`"));
        }
        let most = match is_template {
            true => MOST_TEMPLATE,
            false => MOST_OTHER,
        };
        let bytes = read(path, most)?.unwrap_or_default();
        if is_template {
            let text = String::from_utf8(bytes)
                .map_err(|_| fault(path, "not UTF-8: save the file as UTF-8"))?;
            self.sources.insert(name.to_owned(), text);
        } else {
            self.files.insert(name.to_owned(), bytes);
        }
        Ok(())
    }

    /// Words of the program that prints PDFs, with the path of each template of the authority that
    /// they name at the start of a line.
    pub(crate) fn with_paths(&self, words: &str) -> String {
        let lines = words.lines().map(|line| {
            let named = line.split(':').next().unwrap_or_default();
            match self.sources.contains_key(named) {
                true => format!("{}/{line}", self.folder.display()),
                false => line.to_owned(),
            }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn is_of_name(one: char) -> bool {
    one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.')
}

fn fault(path: &Path, message: impl Into<String>) -> StyleError {
    StyleError {
        file: path.to_owned(),
        line: None,
        message: message.into(),
    }
}
