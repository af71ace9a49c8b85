//! `wcc import panel-report`: what it shows and writes, other formats, and files that were made to do
//! harm.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{command, printed_with, refused_with, root, settings_with, stderr, stdout};
use zip::write::SimpleFileOptions;

fn published() -> PathBuf {
    root().join("crates/panel-report/tests/reports/south-staffordshire-2010.txt")
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A `.docx` with a document of this XML.
fn docx(path: &Path, xml: &[u8]) {
    let file = std::fs::File::create(path).expect("a file");
    let mut archive = zip::ZipWriter::new(file);
    let options = SimpleFileOptions::default();
    archive
        .start_file("word/document.xml", options)
        .expect("a part");
    archive.write_all(xml).expect("the part is written");
    archive.finish().expect("the archive is written");
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<w:tc>{}</w:tc>", paragraph(cell)))
        .collect();
    format!("<w:tr>{cells}</w:tr>")
}

#[test]
fn the_published_report_becomes_a_case_that_is_assured() {
    let settings = settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let case = shown(&folder.path().join("case"));
    let report = shown(&published());

    let dry = printed_with(&settings, &["import", "panel-report", &report]);
    assert!(
        dry.contains("South Staffordshire PCT (5PK), 2010-05, read by wcc-2009-10"),
        "{dry}"
    );
    assert!(dry.contains("3a panel, value: 2 [line 366]"), "{dry}");
    assert!(dry.contains("nothing was written"), "{dry}");

    let written = printed_with(
        &settings,
        &["import", "panel-report", &report, "--out", &case],
    );
    assert!(written.contains("0 that fit nowhere"), "{written}");
    let assured = printed_with(&settings, &["assure", &case]);
    assert!(assured.contains("South Staffordshire"), "{assured}");

    // An existing folder is left alone.
    let (_, again) = refused_with(
        &settings,
        &["import", "panel-report", &report, "--out", &case],
    );
    assert!(again.contains("not overwritten"), "{again}");

    let json = printed_with(&settings, &["import", "panel-report", &report, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let counts = &json["line_counts"];
    let parts = ["assigned", "structure", "furniture", "unplaced"]
        .map(|part| counts[part].as_u64().expect("a count"));
    assert_eq!(
        parts.iter().sum::<u64>(),
        counts["total"].as_u64().expect("a count")
    );
    assert_eq!(counts["total"].as_u64(), Some(606));
    let provenance =
        std::fs::read_to_string(Path::new(&case).join("provenance.json")).expect("the provenance");
    assert_eq!(
        json,
        serde_json::from_str::<serde_json::Value>(&provenance).expect("JSON")
    );
}

/// Options of all commands work before and after the name of the document.
#[test]
fn options_of_all_commands_work_at_any_place() {
    let settings = shown(&settings_with(""));
    let report = shown(&published());
    let run = |arguments: &[&str]| command().args(arguments).output().expect("wcc runs");
    for arguments in [
        ["--config", &settings, "import", "panel-report", &report],
        ["import", "--config", &settings, "panel-report", &report],
        ["import", "panel-report", "--config", &settings, &report],
        ["import", "panel-report", &report, "--config", &settings],
    ] {
        let output = run(&arguments);
        let text = stdout(&output);
        assert!(
            text.contains("South Staffordshire PCT (5PK)"),
            "{}",
            stderr(&output)
        );
    }
    // Options of another document are refused.
    let others = ["import", "--cycle", "a/2009-10", "panel-report", &report];
    let output = run(&others);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("its own options"),
        "{}",
        stderr(&output)
    );
    // The other commands with commands of their own.
    for command in [["policy", "check"], ["ledger", "show"], ["plugin", "list"]] {
        let [command, own] = command;
        let output = run(&[command, "--config", &settings, own]);
        assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
    }
}

#[test]
fn a_word_document_is_read() {
    let settings = settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.docx");
    let mut body = String::new();
    for text in [
        "World Class Commissioning Panel Report",
        "Bolton PCT",
        "May 2010",
        "Competency 3 – Panel assessment",
    ] {
        body.push_str(&paragraph(text));
    }
    body.push_str(&paragraph(
        "✓ Panel Assessment ● Last year&#39;s rating □ This year&apos;s self-rating",
    ));
    body.push_str("<w:tbl>");
    body.push_str(&row(&["Competency", "Measure", "1", "2", "3", "4"]));
    body.push_str(&row(&[
        "",
        "Influence on local health opinions and aspirations",
        "●",
        "✓",
        "□",
        "",
    ]));
    body.push_str(&row(&[
        "",
        "Public &amp; patient engagement",
        "",
        "✓●",
        "",
        "□",
    ]));
    body.push_str("</w:tbl>");
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    docx(&file, xml.as_bytes());
    let text = printed_with(&settings, &["import", "panel-report", &shown(&file)]);
    for line in [
        "Bolton PCT (5HQ)",
        "3a panel, value: 2",
        "3a self, value: 3",
        "3a previous, value: 1",
        "3b previous, value: 2",
        "3b self, value: 4",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn files_that_do_harm_end_in_a_message() {
    let settings = settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(place(name), bytes).expect("a file");
    write("lines.txt", "a\n".repeat(2_000_000).as_bytes());
    write("long-line.txt", "word ".repeat(400_000).as_bytes());
    write("zeros.txt", &vec![0; 1 << 20]);
    write("no-archive.docx", b"PK\x03\x04 nothing");
    write("report.pdf", b"%PDF-1.7");
    write("pdf.txt", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n");
    docx(&place("bomb.docx"), &vec![b' '; 300 << 20]);
    let entities = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><w:p><w:t>&b;</w:t></w:p>";
    docx(&place("entities.docx"), entities.as_bytes());
    docx(
        &place("text.docx"),
        format!("<d><p><t>{}</t></p></d>", "word ".repeat(4_000_000)).as_bytes(),
    );
    docx(&place("deep.docx"), "<a>".repeat(2_000_000).as_bytes());
    for name in [
        "lines.txt",
        "long-line.txt",
        "zeros.txt",
        "no-archive.docx",
        "report.pdf",
        "pdf.txt",
        "bomb.docx",
        "text.docx",
        "deep.docx",
    ] {
        let start = Instant::now();
        let (_, message) =
            refused_with(&settings, &["import", "panel-report", &shown(&place(name))]);
        assert!(message.contains(name), "{name}: {message}");
        assert!(start.elapsed() < Duration::from_secs(40), "{name}");
    }
    // What to do with a PDF is said with the names of the files.
    let pdf = shown(&place("report.pdf"));
    let (_, message) = refused_with(&settings, &["import", "panel-report", &pdf]);
    let command = format!(
        "pdftotext -layout '{pdf}' '{}'",
        shown(&place("report.txt"))
    );
    assert!(message.contains(&command), "{message}");
    let (_, message) = refused_with(
        &settings,
        &["import", "panel-report", &shown(&place("pdf.txt"))],
    );
    assert!(message.contains("pdftotext -layout"), "{message}");
    // Entities of the document are not expanded.
    let entities = shown(&place("entities.docx"));
    let (_, text) = refused_with(&settings, &["import", "panel-report", &entities]);
    assert!(!text.contains("aaaa"), "{text}");
}

/// The files of a folder that are part of a case, with their content.
fn case_files(folder: &Path) -> std::collections::BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.is_file()).map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("a text");
        (name.into_owned(), text)
    });
    let beside = [
        "README.md",
        "corrections.toml",
        "provenance.json",
        "source.txt",
    ];
    files
        .filter(|(name, _)| !beside.contains(&name.as_str()))
        .collect()
}

fn example() -> PathBuf {
    root().join("examples/south-staffordshire")
}

/// The published case is what the command reads from the report, with the reviewed corrections beside it.
#[test]
fn the_example_is_the_import_with_its_corrections() {
    let settings = settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let case = folder.path().join("case");
    let text = printed_with(
        &settings,
        &[
            "import",
            "panel-report",
            &shown(&published()),
            "--corrections",
            &shown(&example().join("corrections.toml")),
            "--out",
            &shown(&case),
        ],
    );
    assert!(text.contains("77 corrections applied"), "{text}");
    let (imported, published) = (case_files(&case), case_files(&example()));
    assert_eq!(
        imported.keys().collect::<Vec<_>>(),
        published.keys().collect::<Vec<_>>()
    );
    for (name, text) in &published {
        assert!(imported.get(name) == Some(text), "{name} differs");
    }
    let provenance = std::fs::read_to_string(case.join("provenance.json")).expect("provenance");
    let provenance: serde_json::Value = serde_json::from_str(&provenance).expect("JSON");
    assert_eq!(
        provenance["corrections"]["correction"][8]["column"],
        "inferred"
    );
}

/// Corrections that do not fit the reading are refused with what is wrong, and nothing is written.
#[test]
fn corrections_that_do_not_fit_are_refused() {
    let settings = settings_with("");
    let folder = tempfile::tempdir().expect("a folder");
    let (file, case) = (
        folder.path().join("corrections.toml"),
        folder.path().join("case"),
    );
    let block = |body: &str| format!("[[correction]]\n{body}\nwhy = \"seen on paper\"\n");
    let mark = |record: &str, column: &str, read: &str| {
        block(&format!(
            "file = \"judgements.csv\"\nrecord = \"{record}\"\ncolumn = \"{column}\"\nread = \"{read}\"\ncorrected = \"4\""
        ))
    };
    let text = |read: &str| {
        block(&format!(
            "file = \"rationales.md\"\nread = \"{read}\"\ncorrected = \"x\""
        ))
    };
    let cases = [
        (
            mark("3a panel", "value", "3"),
            "value of 3a panel was read as \"3\", but the reader gives \"2\": review it again",
        ),
        (
            mark("3a panels", "value", "2"),
            "has the record \"3a panels\" (did you mean 3a panel?)",
        ),
        (
            mark("3a panel", "values", "2"),
            "has the column \"values\" (did you mean value?)",
        ),
        (
            mark("3a panel", "value", "2").replace("judgements", "judgement"),
            "(did you mean judgements.csv?)",
        ),
        (
            mark("3a panel", "value", "2").repeat(2),
            "value of 3a panel is corrected twice",
        ),
        (
            mark("3a panel", "value", "4"),
            "`read` and `corrected` are the same",
        ),
        (
            mark("3a panel", "value", "2").replace("seen on paper", " "),
            "expected a reason in `why`",
        ),
        (
            mark("3a panel", "value", "2").replace("why", "lines = [607]\nwhy"),
            "line 607 is not in the report, which has 606 lines",
        ),
        (text("The PCT"), "times: give more of it"),
        (
            text("The PCT visions link across 7 strategic goals"),
            "the text that was read does not have",
        ),
        (
            "[[removal]]\nfile = \"survey.csv\"\nrecord = \"9z mori\"\nwhy = \"x\"\n".to_owned(),
            "has the record \"9z mori\"",
        ),
        (
            "[[addition]]\nfile = \"survey.csv\"\nrows = \"body,scores\\n5PK,3\"\nwhy = \"x\"\n"
                .to_owned(),
            "(did you mean score?)",
        ),
        (
            "[[addition]]\nfile = \"../evil.csv\"\nrows = \"body\\n5PK\"\nwhy = \"x\"\n".to_owned(),
            "expected the name of a table of a case",
        ),
        (
            "[[correction]]\nfile = 3\n".to_owned(),
            "line 2: invalid type",
        ),
        (mark("3a panel", "value", "2"), "make no valid case"),
    ];
    for (corrections, expected) in cases {
        // A mark that no scale has is refused by the reader of cases.
        let corrections = if expected.contains("no valid case") {
            corrections.replace("corrected = \"4\"", "corrected = \"7\"")
        } else {
            corrections
        };
        std::fs::write(&file, &corrections).expect("a file");
        let (_, message) = refused_with(
            &settings,
            &[
                "import",
                "panel-report",
                &shown(&published()),
                "--corrections",
                &shown(&file),
                "--out",
                &shown(&case),
            ],
        );
        assert!(message.contains(expected), "{corrections}\n{message}");
        assert!(!case.exists(), "{corrections}");
    }
}
