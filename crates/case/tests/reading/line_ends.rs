//! The same case gives the same data, whichever system its files were written on.

use crate::support;
use std::path::Path;
use wcc_case::case;

/// Copies the files of a case, each line ending in `end`, perhaps with a byte order mark.
fn copy(from: &Path, to: &Path, mark: &str, end: &str) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let text = std::fs::read_to_string(&path).expect("a text");
            let text = format!("{mark}{}", text.replace('\n', end));
            let name = path.file_name().expect("a name");
            std::fs::write(to.join(name), text).expect("a file");
        }
    }
}

fn describe(folder: &Path) -> String {
    let case = case::read(folder, &support::frameworks(), &support::shipped());
    let case = case.unwrap_or_else(|problems| panic!("{problems}"));
    let mut text = support::describe(&case);
    for read in &case.cycles {
        let books = read.books.as_ref().expect("a folder has books");
        text.push_str(&books.framework.text);
        for (name, table) in books.organisations.each() {
            let table = String::from_utf8_lossy(&table.bytes);
            text.push_str(&format!("{name}: {table}\n"));
        }
    }
    text
}

#[test]
fn line_ends_are_not_data() {
    for case in [
        "everything",
        "own-framework",
        "own-bodies",
        "prose-with-breaks",
    ] {
        let from = support::tests_folder("cases").join(case);
        let mut expected = None;
        for (mark, end) in [("", "\n"), ("\u{feff}", "\r\n"), ("", "\r\n"), ("", "\r")] {
            let to = tempfile::tempdir().expect("a folder");
            let folder = to.path().join(case);
            std::fs::create_dir(&folder).expect("a folder");
            copy(&from, &folder, mark, end);
            for entry in std::fs::read_dir(&from).expect("a folder") {
                let below = entry.expect("an entry").path();
                if below.is_dir() {
                    let inner = folder.join(below.file_name().expect("a name"));
                    std::fs::create_dir(&inner).expect("a folder");
                    copy(&below, &inner, mark, end);
                }
            }
            let text = describe(&folder);
            assert!(!text.contains('\r'), "{case} with {end:?}");
            assert_eq!(
                *expected.get_or_insert(text.clone()),
                text,
                "{case} with {end:?}"
            );
        }
    }
}
