//! Which file and row a record came from.

use wcc_core::RecordId;

/// The places that records come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Files by number; a record's number is its file's first number plus its row (its line for
    /// Markdown).
    pub files: Vec<(u32, String)>,
}

impl Places {
    /// Where a record was written, in words: `judgements.csv, row 12`.
    pub fn place(&self, record: RecordId) -> Option<String> {
        let (file, row) = self.locate(record)?;
        Some(format!("{file}, {} {row}", word_for_row(file)))
    }

    /// The file and the row (or line) that a record was written in.
    pub fn locate(&self, record: RecordId) -> Option<(&str, u32)> {
        let at = self.files.partition_point(|(first, _)| *first <= record.0);
        let (first, file) = self.files.get(at.checked_sub(1)?)?;
        Some((file, record.0 - first))
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
        let places = Places {
            files: vec![(0, "judgements.csv".into()), (13, "commentary.md".into())],
        };
        let place = |record| places.place(RecordId(record));
        assert_eq!(place(12).as_deref(), Some("judgements.csv, row 12"));
        assert_eq!(place(14).as_deref(), Some("commentary.md, line 1"));
        assert_eq!(Places::default().place(RecordId(3)), None);
    }
}
