//! Reports in `tests/reports`: each `NAME.txt` is read, and what was read is `NAME.expected.txt`.
//! `south-staffordshire-2010.txt` is the published report on South Staffordshire PCT, May 2010, in its
//! damaged text version; the others are invented, one for each kind of layout and damage.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod support;

#[test]
fn reports_are_read_as_expected() {
    let folder = support::root().join("crates/panel-report/tests/reports");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the reports")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| !path.to_string_lossy().ends_with(".expected.txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a report");
        let report = support::read(&text);
        let found = support::listing(&report);
        assert_eq!(support::case_errors(&report), None, "{}", file.display());
        let expected = file.with_extension("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &found).expect("the file is written");
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(found, expected, "{}", file.display());
    }
}
