//! Identifiers of sections and parts of file names.

use std::collections::BTreeSet;

/// The identifiers of a document's sections, each used once.
#[derive(Debug, Default)]
pub(crate) struct SectionIds(BTreeSet<String>);

impl SectionIds {
    /// An identifier made of a title: lower-case letters, digits and hyphens. A number is added if
    /// it is taken.
    pub(crate) fn take(&mut self, title: &str) -> String {
        let wanted = of_title(title);
        let mut id = wanted.clone();
        let mut number = 2_u32;
        while !self.0.insert(id.clone()) {
            id = format!("{wanted}-{number}");
            number += 1;
        }
        id
    }

    /// Whether there is a section with an identifier.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains(id)
    }
}

/// Lower-case letters and digits of a title with hyphens between words.
pub(crate) fn of_title(title: &str) -> String {
    let mut id = String::new();
    for letter in title.chars() {
        if letter.is_ascii_alphanumeric() {
            id.push(letter.to_ascii_lowercase());
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
        if id.len() >= 48 {
            break;
        }
    }
    let id = id.trim_end_matches('-');
    if id.is_empty() {
        "section".to_owned()
    } else {
        id.to_owned()
    }
}

/// A code or identifier as a part of a file name.
pub(crate) fn file_part(text: &str) -> String {
    let safe = |letter: char| {
        if letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.') {
            letter
        } else {
            '-'
        }
    };
    let part: String = text.chars().map(safe).collect();
    part.trim_start_matches('.').to_owned()
}
