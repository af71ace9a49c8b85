//! The ledger commands: loading, showing, verifying, moving and backing up entries.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use std::path::{Path, PathBuf};
use support::{entry, library, printed_with, refused_with, settings_with};

/// A settings file with an empty ledger of its own.
fn settings() -> PathBuf {
    let plugins = ["once-north-east", "west-midlands"].map(library);
    settings_with(&plugins.iter().map(|path| entry(path)).collect::<String>())
}

fn data(settings: &Path, name: &str) -> PathBuf {
    settings.with_file_name("data").join(name)
}

/// Cases with cycles: folders of `examples`.
const CYCLES: [(&str, &str); 4] = [
    ("south-staffordshire", "2009-10"),
    ("south-of-tyne-and-wear", "2008-09"),
    ("north-east", "2008-09"),
    ("another-regime", "2017-18"),
];

#[test]
fn a_loaded_case_gives_the_same_bytes_as_its_files() {
    let settings = settings();
    for (case, _) in CYCLES {
        printed_with(&settings, &["ledger", "load", &format!("examples/{case}")]);
    }
    for (case, cycle) in CYCLES {
        let (folder, id) = (format!("examples/{case}"), format!("{case}/{cycle}"));
        for form in [&["--json"][..], &[]] {
            let files = [&["assure", &folder, "--cycle", cycle], form].concat();
            let ledger = [&["assure", "ledger:", "--cycle", &id], form].concat();
            let (files, ledger) = (
                printed_with(&settings, &files),
                printed_with(&settings, &ledger),
            );
            assert!(files == ledger, "{id} {form:?} differs");
        }
    }
    let explained = ["explain", "examples/south-staffordshire", "5PK", "10a"];
    let from_files = printed_with(&settings, &explained);
    let from_ledger = ["explain", "ledger:", "5PK", "10a"];
    assert_eq!(from_files, printed_with(&settings, &from_ledger));
}

/// Every folder of `tests/refused` is an invalid case that looks valid. It is refused with the
/// messages in its `expected.txt`, and nothing of it is loaded into a ledger.
#[test]
fn a_case_that_loses_something_is_refused_and_not_loaded() {
    let settings = settings();
    let folders = std::fs::read_dir(support::root().join("tests/refused")).expect("the cases");
    let mut folders: Vec<_> = folders.map(|entry| entry.expect("a case").path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let case = folder.display().to_string();
        for command in [&["assure"][..], &["ledger", "load"]] {
            let (code, message) = refused_with(&settings, &[command, &[&case]].concat());
            assert_eq!(code, 1, "{case}: {message}");
            support::compare_with_file(&folder.join("expected.txt"), &message);
        }
    }
    assert!(
        !data(&settings, "ledger.db").exists(),
        "nothing was entered"
    );
}

#[test]
fn an_earlier_state_is_shown() {
    let settings = settings();
    printed_with(&settings, &["ledger", "load", "examples/another-regime"]);
    let first = printed_with(&settings, &["assure", "ledger:", "--json"]);
    let head = printed_with(&settings, &["ledger", "head"]);
    let (number, _) = head.trim().split_once(':').expect("a head");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-staffordshire"],
    );
    let then = ["assure", &format!("ledger:{number}"), "--json"];
    assert_eq!(printed_with(&settings, &then), first);
    assert_ne!(
        printed_with(&settings, &["assure", "ledger:", "--json"]),
        first
    );
    let (code, words) = refused_with(&settings, &["assure", "ledger:9999"]);
    assert_eq!(code, 4);
    assert!(
        words.contains("there is no entry 9999: the last is"),
        "{words}"
    );
    let (code, words) = refused_with(&settings, &["assure", "ledger:2999-01-01T00:00:00Z"]);
    assert_eq!(code, 1);
    assert!(
        words.contains("2999-01-01T00:00:00Z` is in the future")
            && words.contains("give `ledger:` for the ledger as it is now"),
        "{words}"
    );
    let ask = [
        "policy", "ask", "--role", "public", "--in", "ledger:1", "read", "x",
    ];
    let (code, words) = refused_with(&settings, &ask);
    assert_eq!(code, 4);
    assert!(
        words.contains("there is no cycle `x`: there is no cycle at all"),
        "{words}"
    );
    let (code, words) = refused_with(&settings, &["assure", "ledger:yesterday"]);
    assert_eq!(code, 2);
    assert!(words.contains("ledger:120 (after entry 120)"), "{words}");
}

#[test]
fn loading_again_is_refused_and_changes_nothing() {
    let settings = settings();
    let case = ["ledger", "load", "examples/another-regime"];
    printed_with(&settings, &case);
    let head = printed_with(&settings, &["ledger", "head"]);
    let (code, words) = refused_with(&settings, &case);
    assert_eq!(code, 1);
    assert!(
        words.contains("already has the cycle `another-regime/2017-18`"),
        "{words}"
    );
    assert_eq!(printed_with(&settings, &["ledger", "head"]), head);
}

#[test]
fn a_missing_ledger_is_reported_with_a_remedy() {
    let settings = settings();
    for arguments in [
        &["assure", "ledger:"][..],
        &["verify"],
        &["ledger", "head"],
        &["export", "nowhere"],
    ] {
        let (code, words) = refused_with(&settings, arguments);
        assert_eq!(code, 4, "{arguments:?}");
        assert!(
            words.contains("create one with `wcc ledger load CASE`"),
            "{words}"
        );
    }
}

#[test]
fn entries_are_shown_with_their_author_and_time() {
    let settings = settings();
    let loading = [
        "ledger",
        "load",
        "examples/another-regime",
        "--author",
        "the clerk",
    ];
    printed_with(&settings, &loading);
    let latest = printed_with(&settings, &["ledger", "show"]);
    assert_eq!(latest.lines().count(), 20);
    assert!(
        latest.lines().all(|line| line.contains("  the clerk  ")),
        "{latest}"
    );
    let some = printed_with(&settings, &["ledger", "show", "3", "5"]);
    let numbers = some.lines().map(|line| line.split_whitespace().next());
    assert_eq!(
        numbers.collect::<Vec<_>>(),
        [Some("3"), Some("4"), Some("5")]
    );
    let entry = printed_with(&settings, &["ledger", "show", "24"]);
    for words in [
        "entry 24: ",
        "by the clerk",
        "written before",
        ".csv, row ",
        "hash ",
    ] {
        assert!(entry.contains(words), "`{words}` is not in {entry}");
    }
    let (code, told) = refused_with(&settings, &["ledger", "show", "25"]);
    assert_eq!(code, 4);
    assert!(
        told.contains("there is no entry 25: the entries are 1 to 24"),
        "{told}"
    );
    let (_, told) = refused_with(&settings, &["ledger", "show", "9", "7"]);
    assert!(told.contains("name the first, then the last"), "{told}");
}

#[test]
fn verify_finds_removed_entries() {
    let settings = settings();
    printed_with(&settings, &["ledger", "load", "examples/another-regime"]);
    let (database, kept) = (data(&settings, "ledger.db"), data(&settings, "older.db"));
    std::fs::copy(&database, &kept).expect("a copy");
    let old = printed_with(&settings, &["verify"]);
    assert!(old.contains("every one as it was entered"), "{old}");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-staffordshire"],
    );
    let head = printed_with(&settings, &["ledger", "head"]);
    // Someone restores the older database.
    for name in ["ledger.db-wal", "ledger.db-shm"] {
        let _ = std::fs::remove_file(data(&settings, name));
    }
    std::fs::copy(&kept, &database).expect("a copy");
    for arguments in [&["verify"][..], &["assure", "ledger:"]] {
        let (code, words) = refused_with(&settings, arguments);
        assert_eq!(code, 1);
        assert!(words.contains("the newest entries were cut off"), "{words}");
    }
    // If the head file is restored too, only a head that was stored elsewhere shows it.
    std::fs::remove_file(data(&settings, "ledger.head")).expect("it is there");
    let (code, words) = refused_with(&settings, &["verify", "--head", head.trim()]);
    assert_eq!(code, 1);
    assert!(words.contains("does not match the given head"), "{words}");
}

#[test]
fn a_backup_is_restored_into_another_database() {
    let settings = settings();
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-staffordshire"],
    );
    let bundle = data(&settings, "ledger.bundle");
    let bundle = bundle.to_str().expect("text");
    let backed_up = printed_with(&settings, &["backup", bundle]);
    assert!(backed_up.contains("read back and checked"), "{backed_up}");
    let verified = printed_with(&settings, &["verify"]);
    assert!(!verified.contains("document"), "it has none: {verified}");
    let documents = data(&settings, "documents");
    assert!(!documents.exists(), "reading makes no folder");
    let shown = printed_with(&settings, &["assure", "ledger:", "--json"]);

    let restored = self::settings();
    printed_with(&restored, &["import", bundle]);
    assert_eq!(
        printed_with(&restored, &["assure", "ledger:", "--json"]),
        shown
    );
    let again = data(&restored, "again.bundle");
    let again = again.to_str().expect("text");
    printed_with(&restored, &["export", again]);
    let read = |path: &str| std::fs::read(path).expect("a bundle");
    assert!(read(bundle) == read(again), "the bundle is the same");
    let (code, words) = refused_with(&restored, &["import", bundle]);
    assert_eq!(code, 1);
    assert!(
        words.contains("import a bundle into an empty ledger"),
        "{words}"
    );
}

#[test]
fn a_changed_bundle_is_refused_as_a_whole() {
    let settings = settings();
    printed_with(&settings, &["ledger", "load", "examples/another-regime"]);
    let bundle = data(&settings, "ledger.bundle");
    let bundle = bundle.to_str().expect("text");
    printed_with(&settings, &["export", bundle]);
    let text = std::fs::read_to_string(bundle).expect("a bundle");
    let changed = text.replacen("\"operator\"", "\"somebody\"", 1);
    assert_ne!(changed, text);
    let cut: String = text
        .lines()
        .take(10)
        .map(|line| format!("{line}\n"))
        .collect();
    for (broken, expected) in [
        (changed, "does not follow the previous one"),
        (cut, "it was cut off"),
        ("something else\n".to_owned(), "not a bundle"),
    ] {
        std::fs::write(bundle, broken).expect("it can be written");
        let restored = self::settings();
        let (code, words) = refused_with(&restored, &["import", bundle]);
        assert_eq!(code, 1, "{words}");
        assert!(words.contains(expected), "{words}");
        let (_, words) = refused_with(&restored, &["assure", "ledger:", "--cycle", "x"]);
        assert!(
            !words.contains("another-regime/"),
            "nothing was entered: {words}"
        );
    }
}
