//! The file and row that each record comes from.

use std::sync::Arc;
use wcc_core::RecordId;

/// The number of an entry, with the file and the row (or line) that it was loaded from.
pub type ReadFrom = (u32, (Arc<str>, u32));

/// The places of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// Files with their first numbers; a record's number is the first number of its file plus its
    /// row (or line in Markdown).
    Files(Vec<(u32, String)>),
    /// Entries of a ledger. Those that were read from a file are listed by number, each with the
    /// file and row.
    Entries(Arc<[ReadFrom]>),
}

impl Default for Places {
    fn default() -> Places {
        Places::Files(Vec::new())
    }
}

impl Places {
    /// The place of a record in words: `judgements.csv, row 12`, or `entry 12` for a record that
    /// was entered into the ledger directly.
    pub fn place(&self, record: RecordId) -> Option<String> {
        match self.locate(record) {
            Some((file, row)) => Some(format!("{file}, {} {row}", word_for_row(file))),
            None if matches!(self, Places::Entries(_)) => Some(format!("entry {}", record.0)),
            None => None,
        }
    }

    /// The file and the row (or line) of a record.
    pub fn locate(&self, record: RecordId) -> Option<(&str, u32)> {
        match self {
            Places::Files(files) => {
                let at = files.partition_point(|(first, _)| *first <= record.0);
                let (first, file) = files.get(at.checked_sub(1)?)?;
                Some((file, record.0 - first))
            }
            Places::Entries(entries) => {
                let at = entries.binary_search_by_key(&record.0, |(entry, _)| *entry);
                let (_, (file, row)) = entries.get(at.ok()?)?;
                Some((file, *row))
            }
        }
    }
}

/// Whether places in a file are lines and not rows.
pub(crate) fn counts_lines(file: &str) -> bool {
    file.ends_with(".md")
}

fn word_for_row(file: &str) -> &'static str {
    if counts_lines(file) { "line" } else { "row" }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use wcc_core::RecordId;

    #[test]
    fn a_place_is_a_file_and_a_row() {
        let places = Places::Files(vec![
            (0, "judgements.csv".into()),
            (13, "commentary.md".into()),
        ]);
        let place = |record| places.place(RecordId(record));
        assert_eq!(place(12).as_deref(), Some("judgements.csv, row 12"));
        assert_eq!(place(14).as_deref(), Some("commentary.md, line 1"));
        assert_eq!(Places::default().place(RecordId(3)), None);
    }
}
