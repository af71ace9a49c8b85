//! Which file and row a record came from.

use std::sync::Arc;
use wcc_core::RecordId;

/// The number of an entry, with the file and the row (or line) that it was read from.
pub type ReadFrom = (u32, (Arc<str>, u32));

/// The places that records come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// Files by number; a record's number is its file's first number plus its row (its line for
    /// Markdown).
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
    /// Where a record was written, in words: `judgements.csv, row 12`; `entry 12` for what was
    /// written in the ledger first.
    pub fn place(&self, record: RecordId) -> Option<String> {
        match self.locate(record) {
            Some((file, row)) => Some(format!("{file}, {} {row}", word_for_row(file))),
            None if matches!(self, Places::Entries(_)) => Some(format!("entry {}", record.0)),
            None => None,
        }
    }

    /// The file and the row (or line) that a record was written in.
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

/// Whether a file counts lines rather than rows.
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
    fn tells_file_and_row() {
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
