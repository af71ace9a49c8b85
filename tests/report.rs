//! `wcc report`: documents of each kind, as files.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use support::{printed, printed_with, refused_with, root, settings, wcc};

const CASE: &str = "examples/south-of-tyne-and-wear";

/// The files of a folder by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let files = entries.map(|entry| {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, std::fs::read(&path).expect("a file"))
    });
    files.collect()
}

/// Runs `wcc report` into a new folder, as web pages unless told otherwise; returns what it prints and
/// the files.
fn report(arguments: &[&str]) -> (String, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("new/folder");
    let path = out.to_string_lossy().into_owned();
    let mut all = vec!["report"];
    all.extend(arguments);
    all.extend(["--out", &path]);
    if !arguments.contains(&"--format") {
        all.extend(["--format", "html"]);
    }
    (printed(&all).replace(&path, "FOLDER"), files(&out))
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    let bytes = files.get(name);
    let bytes = bytes.unwrap_or_else(|| panic!("no file {name}, but {:?}", files.keys()));
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_kind_is_written_under_a_name_that_says_what_it_is() {
    let (said, written) = report(&[CASE, "--pct", "5KF"]);
    assert_eq!(said, "wrote 1 panel report as html (1 file) to FOLDER\n");
    let panel = text(&written, "5KF-panel-report-2008-09.html");
    assert!(panel.contains("Gateshead"), "{panel}");
    assert!(panel.contains("Draft: not released"), "{panel}");
    for (arguments, name) in [
        (
            &["--body", "5KF", "--kind", "scorecard"][..],
            "5KF-scorecard-2008-09.html",
        ),
        (
            &["--cluster", "south-of-tyne-and-wear"],
            "south-of-tyne-and-wear-cluster-2008-09.html",
        ),
        (
            &[
                "--group",
                "south-of-tyne-and-wear",
                "--kind",
                "panel-report",
            ],
            "south-of-tyne-and-wear-panel-report-2008-09.html",
        ),
        (&["--kind", "region"], "Q30-region-2008-09.html"),
        (&["--authority", "Q30"], "Q30-region-2008-09.html"),
        (
            &["--kind", "group", "--all"],
            "south-of-tyne-and-wear-cluster-2008-09.html",
        ),
    ] {
        let (_, written) = report(&[&[CASE][..], arguments].concat());
        assert_eq!(written.len(), 1, "{arguments:?}");
        assert!(text(&written, name).len() > 1000, "{name}");
    }
}

#[test]
fn all_bodies_at_once_and_the_same_bytes_again() {
    let (said, first) = report(&[CASE, "--all"]);
    assert_eq!(said, "wrote 3 panel reports as html (3 files) to FOLDER\n");
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "5KF-panel-report-2008-09.html",
            "5KG-panel-report-2008-09.html",
            "5KL-panel-report-2008-09.html",
        ]
    );
    let (_, second) = report(&[CASE, "--all"]);
    assert!(first == second, "the same results make the same bytes");
}

#[test]
fn each_format_is_written_and_is_the_same_again() {
    let formats = "html,docx,xlsx,html";
    let write = || report(&[CASE, "--pct", "5KG", "--format", formats]);
    let (said, first) = write();
    assert_eq!(
        said,
        "wrote 1 panel report as html, docx and xlsx (3 files) to FOLDER\n"
    );
    let starts: [(&str, &[u8]); 3] = [
        ("5KG-panel-report-2008-09.html", b"<!DOCTYPE html>"),
        ("5KG-panel-report-2008-09.docx", b"PK"),
        ("5KG-panel-report-2008-09.xlsx", b"PK"),
    ];
    for (name, start) in starts {
        let bytes = first.get(name).expect("a file of each format");
        assert!(bytes.starts_with(start), "{name}");
    }
    assert!(first == write().1, "the same results make the same bytes");
}

#[test]
fn text_alone_is_printed() {
    let text = printed(&["report", CASE, "--pct", "5KG", "--format", "text"]);
    assert!(text.contains("South Tyneside PCT"), "{text}");
    assert!(text.contains("Draft: not released"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 100),
        "{text}"
    );
    let (said, written) = report(&[CASE, "--pct", "5KG", "--format", "text"]);
    assert_eq!(said, "wrote 1 panel report as text (1 file) to FOLDER\n");
    assert_eq!(self::text(&written, "5KG-panel-report-2008-09.txt"), text);
}

#[test]
fn an_authority_has_its_own_style_and_a_broken_one_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let style = folder.path().to_string_lossy().into_owned();
    let file = folder.path().join("style.toml");
    std::fs::write(&file, "format = 1\nfooter = \"North East Commissioning\"\n").expect("a file");
    let (_, written) = report(&[CASE, "--pct", "5KG", "--style", &style]);
    let page = text(&written, "5KG-panel-report-2008-09.html");
    assert!(page.contains("North East Commissioning"), "{page}");
    std::fs::write(&file, "format = 1\n\nfotter = \"North East\"\n").expect("a file");
    let arguments = [
        "report", CASE, "--pct", "5KG", "--style", &style, "--format", "html",
    ];
    let (code, message) = refused_with(settings(), &arguments);
    assert_eq!(code, 1);
    assert!(message.contains("style.toml:3: "), "{message}");
}

/// Keeps the set-up that it is given beside itself, and refuses its templates.
#[cfg(unix)]
const REFUSING_PRINTER: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
length=$(head -c 4 | od -An -tu4 | tr -d ' ')
head -c "$length" > "$0.setup"
printf '\061\000\000\000Tstyle.typ:2:15: unknown variable: nonsense\nthere'
"#;

#[cfg(unix)]
#[test]
fn templates_of_an_authority_reach_the_program_and_a_broken_one_is_refused_with_its_line() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let style = folder.path().join("own");
    std::fs::create_dir_all(style.join("templates")).expect("a folder");
    std::fs::write(style.join("style.toml"), "format = 1\n").expect("a file");
    let template = "#let ink = black\n#let accent = nonsense\n";
    std::fs::write(style.join("templates/style.typ"), template).expect("a file");
    let program = folder.path().join("wcc-pdf");
    std::fs::write(&program, REFUSING_PRINTER).expect("a program");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let (style, program) = (style.to_string_lossy(), program.to_string_lossy());
    let out = folder.path().to_string_lossy();
    let arguments = [
        "report",
        CASE,
        "--pct",
        "5KG",
        "--style",
        &style,
        "--pdf-program",
        &program,
        "--out",
        &out,
    ];
    let (code, message) = refused_with(settings(), &arguments);
    assert_eq!(code, 1, "{message}");
    assert!(
        message.contains("own/templates/style.typ:2:15: unknown variable: nonsense"),
        "{message}"
    );
    let setup = std::fs::read_to_string(folder.path().join("wcc-pdf.setup")).expect("a set-up");
    let setup: serde_json::Value = serde_json::from_str(&setup).expect("a set-up");
    assert_eq!(setup["templates"]["style.typ"], template);
}

#[test]
fn the_ledger_has_its_head_on_the_last_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = support::settings_with("");
    let ledger = |arguments: &[&str]| support::printed_with(&settings, arguments);
    ledger(&["ledger", "load", CASE]);
    let path = folder.path().to_string_lossy().into_owned();
    ledger(&[
        "report", "ledger:", "--pct", "5KF", "--format", "html", "--out", &path,
    ]);
    let page = text(&files(folder.path()), "5KF-panel-report-2008-09.html");
    let head = ledger(&["ledger", "head"]);
    let is_hash = |word: &&str| word.len() == 64;
    let mut words = head.split(|one: char| !one.is_ascii_alphanumeric());
    let hash = words.find(is_hash);
    assert!(page.contains(hash.expect("a hash")), "{head}");
}

#[test]
fn a_file_of_an_earlier_run_is_replaced_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    let name = "5PK-panel-report-2009-10.html";
    std::fs::write(folder.path().join(name), "old").expect("a file");
    std::fs::write(folder.path().join("other.html"), "other").expect("a file");
    let case = "examples/south-staffordshire";
    printed(&["report", case, "--format", "html", "--out", &path]);
    let written = files(folder.path());
    assert_eq!(written.len(), 2, "{:?}", written.keys());
    assert!(text(&written, name).contains("Robust financial plan"));
    assert_eq!(text(&written, "other.html"), "other");
}

#[test]
fn another_regime_prints_its_own_report() {
    let (_, written) = report(&["examples/another-regime", "--all"]);
    assert!(!written.is_empty());
    for (name, bytes) in &written {
        let page = String::from_utf8_lossy(bytes);
        for word in ["PCT", "World Class", "ompetenc"] {
            assert!(!page.contains(word), "{name} has the word {word}");
        }
    }
}

#[test]
fn each_regime_lays_out_a_report_of_its_own() {
    let headings = |case: &str, body: &str| {
        let text = printed(&["report", case, "--body", body, "--format", "text"]);
        let lines: Vec<&str> = text.lines().collect();
        let pairs = lines.windows(2);
        let first = lines.first().map(|line| (*line).to_owned());
        let headings = pairs.filter(|pair| pair[1].starts_with('═'));
        let headings = headings.map(|pair| pair[0].to_owned());
        first.into_iter().chain(headings).collect::<Vec<_>>()
    };
    let narrative = headings("examples/annual-letters", "QXB");
    assert_eq!(
        narrative,
        [
            "Annual assessment letter: Northmoor Integrated Care Board",
            "Dear Chair",
            "System leadership",
            "Improving population health and healthcare",
            "Tackling unequal outcomes, access and experience",
            "Enhancing productivity and value for money",
            "What we ask of Northmoor Integrated Care Board",
            "What is illustrative or inferred",
            "About this document",
        ]
    );
    let council = headings("examples/council-assessments", "blackpool");
    assert_eq!(
        council[..4],
        [
            "Assessment report: Blackpool Council",
            "Rating and scores",
            "Theme: Working with people",
            "Theme: Providing support",
        ]
    );
    let trust = headings("examples/trust-segments", "RYW");
    assert_eq!(trust[1], "Segment");
}

#[test]
fn refusals_say_what_to_do() {
    let refused = |arguments: &[&str]| refused_with(settings(), &[&["report"], arguments].concat());
    let (code, message) = refused(&[CASE]);
    assert_eq!(code, 4);
    assert!(
        message
            .contains("has 3 of these: choose one with --pct CODE, or give --all (5KF, 5KG, 5KL)"),
        "{message}"
    );
    let (code, message) = refused(&[CASE, "--pct", "5KX"]);
    assert_eq!(code, 4);
    assert!(message.contains("`5KX` is not assured"), "{message}");
    let (code, message) = refused(&[
        CASE, "--pct", "5KF", "--kind", "cluster", "--format", "html",
    ]);
    assert_eq!(code, 4);
    assert!(
        message.contains("is about a cluster, and Gateshead"),
        "{message}"
    );
    let (code, message) = refused(&[CASE, "--authority", "Q31"]);
    assert_eq!(code, 4);
    assert!(message.contains("did you mean `Q30`?"), "{message}");
    let (code, message) = refused(&[CASE, "--all", "--kind", "panel"]);
    assert_eq!(code, 2);
    assert!(
        message.contains("expected panel-report, scorecard"),
        "{message}"
    );
    let (code, message) = refused(&[CASE, "--all", "--format", "doc"]);
    assert_eq!(code, 2);
    assert!(
        message.contains("unknown format `doc`: pdf, html"),
        "{message}"
    );
    let (code, message) = refused(&[
        CASE,
        "--all",
        "--pdf-program",
        "no/wcc-pdf",
        "--format",
        "pdf",
    ]);
    assert_eq!(code, 5);
    assert!(message.contains("not found: no/wcc-pdf"), "{message}");
    assert!(
        message.contains("cargo build --release --manifest-path pdf/Cargo.toml"),
        "{message}"
    );
    assert!(
        message.contains("--format html,docx,xlsx,text"),
        "{message}"
    );
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_string_lossy().into_owned();
    let (code, message) = refused(&[CASE, "--all", "--format", "html", "--out", &path]);
    assert_eq!(code, 5);
    assert!(message.contains("cannot create the folder"), "{message}");
}

#[test]
fn a_case_folder_is_found_from_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    let case = root().join("examples/south-staffordshire");
    let case = case.to_string_lossy();
    let output = wcc(&["report", &case, "--format", "html", "--out", &path]);
    assert!(output.status.success());
    // The page names the case and not the folders of this machine.
    let page = text(&files(folder.path()), "5PK-panel-report-2009-10.html");
    assert!(page.contains("the case south-staffordshire"), "{page}");
    assert!(!page.contains(&*root().to_string_lossy()));
}

#[test]
fn a_document_on_several_bodies_is_released_only_with_each_of_them() {
    let settings = support::settings_with("");
    let cycle = "south-of-tyne-and-wear/2008-09";
    printed_with(&settings, &["ledger", "load", CASE]);
    let release = ["release", cycle, "--to", "public", "--from", "2008-12-01"];
    printed_with(&settings, &release);
    let sheet = |kind: &str| {
        let selected: &[&str] = match kind {
            "group" => &["--group", "south-of-tyne-and-wear"],
            _ => &["--authority", "Q30"],
        };
        let mut all = vec!["report", "ledger:", "--format", "text"];
        all.extend(selected);
        printed_with(&settings, &all)
    };
    for kind in ["group", "region"] {
        let text = sheet(kind);
        assert!(
            text.contains("Released to everybody, from 2008-12-01"),
            "{text}"
        );
        assert!(!text.contains("Draft"), "{text}");
    }
    let one = [
        "release",
        cycle,
        "--to",
        "public",
        "--for",
        "5KF",
        "--from",
        "2999-01-01",
    ];
    printed_with(&settings, &one);
    for kind in ["group", "region"] {
        let text = sheet(kind);
        assert!(text.contains("Draft: not released"), "{text}");
    }
}

#[test]
fn documents_that_would_overwrite_each_other_are_refused() {
    let settings = support::settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_string_lossy().into_owned();
    for case in [CASE, "examples/north-east"] {
        printed_with(&settings, &["ledger", "load", case]);
    }
    let both = [
        "report", "ledger:", "--cycle", "2008-09", "--body", "5KF", "--format", "html", "--out",
        &out,
    ];
    let (_, refusal) = refused_with(&settings, &both);
    assert!(
        refusal.contains("would be called 5KF-panel-report-2008-09"),
        "{refusal}"
    );
    assert!(refusal.contains("north-east/2008-09"), "{refusal}");
    assert!(files(folder.path()).is_empty(), "nothing is written");
}
