//! The program from outside: documents in, tagged PDFs out.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

use lopdf::{Dictionary, Object};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running program.
struct Program(Child);

impl Program {
    fn spawn() -> Program {
        let child = Command::new(env!("CARGO_BIN_EXE_wcc-pdf"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Program(child.expect("the program starts"))
    }

    /// Starts it with a set-up, and returns it with its answer.
    fn start(setup: &Value) -> (Program, (u8, Vec<u8>)) {
        let mut program = Program::spawn();
        let answer = program.ask(setup.to_string().as_bytes());
        (program, answer)
    }

    fn send(&mut self, message: &[u8]) {
        let input = self.0.stdin.as_mut().expect("an input");
        let length = u32::try_from(message.len()).expect("a short message");
        input.write_all(&length.to_le_bytes()).expect("it reads");
        input.write_all(message).expect("it reads");
        input.flush().expect("it reads");
    }

    fn ready() -> Program {
        let (program, (kind, answer)) = Program::start(&json!({ "format": 1 }));
        assert_eq!(kind, b'R', "{}", String::from_utf8_lossy(&answer));
        program
    }

    fn ask(&mut self, message: &[u8]) -> (u8, Vec<u8>) {
        self.send(message);
        let output = self.0.stdout.as_mut().expect("an output");
        let mut head = [0; 5];
        output.read_exact(&mut head).expect("it answers");
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let mut answer = vec![0; length - 1];
        output.read_exact(&mut answer).expect("it answers");
        (head[4], answer)
    }

    /// The PDF of a document.
    fn print(&mut self, document: &[u8]) -> Vec<u8> {
        let (kind, answer) = self.ask(document);
        assert_eq!(kind, b'P', "{}", String::from_utf8_lossy(&answer));
        answer
    }

    /// Why a document is refused.
    fn refusal(&mut self, document: &[u8]) -> String {
        let (kind, answer) = self.ask(document);
        assert_eq!(kind, b'E', "it was printed");
        String::from_utf8(answer).expect("words")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The sample documents that every renderer is tested with, by name.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/render/tests/samples");
    let mut samples: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .expect("the folder of samples")
        .map(|file| file.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read(&path).expect("a sample"))
        })
        .collect();
    samples.sort();
    assert!(
        !samples.is_empty(),
        "there is no sample in {}",
        folder.display()
    );
    samples
}

fn first_sample() -> Vec<u8> {
    samples().swap_remove(0).1
}

/// The types of all structure elements of a PDF, and of those with a text for what is not text.
fn structure(pdf: &[u8]) -> (Vec<String>, usize) {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    let named = |dictionary: &Dictionary, key: &[u8]| {
        let name = dictionary.get(key).ok()?.as_name().ok()?;
        Some(String::from_utf8_lossy(name).into_owned())
    };
    let mut types = Vec::new();
    let mut described = 0;
    for object in document.objects.values() {
        let Object::Dictionary(dictionary) = object else {
            continue;
        };
        if dictionary.get(b"P").is_err() {
            continue;
        }
        if let Some(kind) = named(dictionary, b"S") {
            described += usize::from(dictionary.get(b"Alt").is_ok());
            types.push(kind);
        }
    }
    (types, described)
}

#[test]
fn every_sample_is_tagged_and_says_that_it_conforms() {
    let mut program = Program::ready();
    for (name, sample) in samples() {
        let pdf = program.print(&sample);
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-1."), "{name}");
        assert!(text.contains("<pdfuaid:part>1</pdfuaid:part>"), "{name}");
        let document: Value = serde_json::from_slice(&sample).expect("a document");
        let (types, _) = structure(&pdf);
        let has = |kind: &str| types.iter().any(|one| one == kind);
        assert!(has("Title") || has("H1") || has("P"), "{name}: {types:?}");
        let sections = document["sections"].as_array().expect("sections").len();
        let headings = types.iter().filter(|one| *one == "H1").count();
        assert!(
            headings >= sections,
            "{name}: {headings} headings for {sections} sections"
        );
        let says = |block: &str| {
            document
                .to_string()
                .contains(&format!("\"block\":\"{block}\""))
        };
        if says("table") || says("marks") {
            assert!(has("Table") && has("TH") && has("TD"), "{name}: {types:?}");
        }
    }
}

#[test]
fn every_mark_and_chart_has_its_words() {
    let mut program = Program::ready();
    for (name, sample) in samples() {
        let document: Value = serde_json::from_slice(&sample).expect("a document");
        let (marks, charts) = count(&document);
        let (_, described) = structure(&program.print(&sample));
        assert!(
            described >= marks + charts,
            "{name}: {described} descriptions of {marks} marks and {charts} charts"
        );
    }
}

/// The number of marks on a step and of charts in a value.
fn count(value: &Value) -> (usize, usize) {
    let of_all = |all: &mut dyn Iterator<Item = &Value>| {
        all.map(count)
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    };
    match value {
        Value::Array(items) => of_all(&mut items.iter()),
        Value::Object(fields) => {
            let is_mark = fields.contains_key("qualifiers") && fields["step"].is_u64();
            let is_chart = fields.get("block").is_some_and(|block| block == "chart");
            let (marks, charts) = of_all(&mut fields.values());
            (marks + usize::from(is_mark), charts + usize::from(is_chart))
        }
        _ => (0, 0),
    }
}

#[test]
fn the_same_document_makes_the_same_bytes() {
    for (name, sample) in samples() {
        let mut one = Program::ready();
        let first = one.print(&sample);
        assert!(
            first == one.print(&sample),
            "{name}: printed twice by one process"
        );
        assert!(
            first == Program::ready().print(&sample),
            "{name}: printed by another process"
        );
    }
}

#[test]
fn the_properties_say_what_it_is() {
    let mut sample: Value = serde_json::from_slice(&first_sample()).expect("a document");
    sample["subject"] = json!("A body of its own");
    sample["title"] = json!("Panel report");
    sample["as_of"] = json!("2010-05-31");
    let pdf = Program::ready().print(sample.to_string().as_bytes());
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("A body of its own: Panel report"));
    assert!(
        text.contains("2010-05-31"),
        "the date of the results is the date of the file"
    );
}

#[test]
fn a_draft_differs_on_every_page_from_a_release() {
    let mut sample: Value = serde_json::from_slice(&first_sample()).expect("a document");
    let mut pages = |state: &str| {
        sample["status"] = json!({ "state": state, "words": "Same words" });
        let pdf = Program::ready().print(sample.to_string().as_bytes());
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        let pages = document.get_pages();
        let content = |page| document.get_page_content(page);
        pages
            .values()
            .map(|page| content(*page))
            .collect::<Vec<_>>()
    };
    let (draft, released) = (pages("draft"), pages("released"));
    assert_eq!(draft.len(), released.len());
    for (number, (draft, released)) in draft.iter().zip(&released).enumerate() {
        assert!(
            draft.len() > released.len(),
            "page {} has no draft mark",
            number + 1
        );
    }
}

#[test]
fn a_broken_template_is_refused_with_its_line() {
    let style = "#let ink = rgb(\"#000000\")\n#let accent = nonsense\n";
    let refusal = refused_templates(json!({ "style.typ": style }));
    assert!(refusal.starts_with("style.typ:2:15: "), "{refusal}");
    assert!(refusal.contains("nonsense"), "{refusal}");
}

/// Why templates are refused before there is a document.
fn refused_templates(templates: Value) -> String {
    let (_program, (kind, answer)) =
        Program::start(&json!({ "format": 1, "templates": templates }));
    let words = String::from_utf8(answer).expect("words");
    assert_eq!(kind, b'T', "{words}");
    words
}

#[test]
fn a_template_may_change_a_few_words_of_a_shipped_one() {
    let style =
        "#import \"shipped/style.typ\": *\n#let words = words + (provenance: \"Imprint\")\n";
    let setup = json!({ "format": 1, "templates": { "style.typ": style } });
    let (mut program, (kind, answer)) = Program::start(&setup);
    assert_eq!(kind, b'R', "{}", String::from_utf8_lossy(&answer));
    let (_, sample) = samples().swap_remove(1);
    let own = program.print(&sample);
    assert!(
        own != Program::ready().print(&sample),
        "the word is its own"
    );
}

#[test]
fn the_shipped_templates_can_be_copied() {
    let show = |name: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_wcc-pdf"));
        program
            .args(["--template", name])
            .output()
            .expect("it runs")
    };
    let shown = show("style.typ");
    assert!(shown.status.success());
    assert!(String::from_utf8_lossy(&shown.stdout).contains("#let accent"));
    let unknown = show("styel.typ");
    assert!(!unknown.status.success());
    let words = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(words.contains("document.typ, style.typ"), "{words}");
}

#[test]
fn a_template_reads_nothing_but_its_own_files() {
    for template in [
        "#read(\"/etc/hostname\")",
        "#read(\"../../etc/hostname\")",
        "#read(\"other.txt\")",
        "#import \"@preview/example:0.1.0\": *",
    ] {
        let refusal = refused_templates(json!({ "document.typ": template }));
        assert!(
            refusal.starts_with("document.typ:1:"),
            "{template}: {refusal}"
        );
    }
}

#[test]
fn what_pdf_ua_forbids_is_refused() {
    // A picture without a description.
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    let template = "#set document(title: \"t\")\n#image(\"logo.svg\")\n";
    let setup = json!({
        "format": 1,
        "templates": { "document.typ": template },
        "files": { "logo.svg": data_encoding::BASE64.encode(picture.as_bytes()) },
    });
    let (_program, (kind, answer)) = Program::start(&setup);
    let refusal = String::from_utf8(answer).expect("words");
    assert_eq!(kind, b'T', "{refusal}");
    assert!(refusal.contains("document.typ:2:"), "{refusal}");
}

#[test]
fn nonsense_is_refused_and_the_next_document_is_printed() {
    let mut program = Program::ready();
    for nonsense in ["", "{", "[]", "{\"format\":1}", "null"] {
        let refusal = program.refusal(nonsense.as_bytes());
        assert!(refusal.starts_with("this is not a document"), "{refusal}");
    }
    program.print(&first_sample());
}

#[test]
fn another_format_is_refused() {
    let (_program, (kind, answer)) = Program::start(&json!({ "format": 2 }));
    assert_eq!(kind, b'E');
    let words = String::from_utf8(answer).expect("words");
    assert!(words.contains("format 2"), "{words}");
}

#[test]
fn a_template_that_needs_too_much_memory_ends_alone() {
    let template =
        "#let grow(n) = if n == 0 { (0,) } else { let a = grow(n - 1); a + a }\n#grow(40).len()";
    let setup = json!({
        "format": 1,
        "memory": 600_000_000u64,
        "templates": { "document.typ": template },
    });
    let message = setup.to_string();
    let mut program = Program::spawn();
    program.send(message.as_bytes());
    let status = program.0.wait().expect("it ends");
    assert!(!status.success());
}

fn runs(text: &str) -> Value {
    json!([{ "text": text, "style": "plain" }])
}

fn cell(text: &str) -> Value {
    json!({ "text": runs(text), "tone": "neutral" })
}

fn column(heading: &str) -> Value {
    json!({ "heading": heading, "align": "start", "width": 3 })
}

fn paragraph(text: &str) -> Value {
    json!({ "block": "paragraph", "content": runs(text) })
}

fn section(title: &str, new_page: bool, blocks: Vec<Value>) -> Value {
    json!({ "id": title, "title": title, "new_page": new_page, "blocks": blocks, "sections": [] })
}

/// A document of these sections.
fn document(sections: &[Value]) -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(&first_sample()).expect("a document");
    document["sections"] = json!(sections);
    document["legend"] = json!([]);
    document.to_string().into_bytes()
}

/// The text of each page.
fn pages(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    let pages = document.get_pages().into_keys();
    let texts = pages.map(|page| document.extract_text(&[page]).expect("text"));
    texts.collect()
}

/// The page that has a text.
fn page_of(pages: &[String], text: &str) -> usize {
    let page = pages.iter().position(|page| page.contains(text));
    page.unwrap_or_else(|| panic!("{text} is missing in {pages:?}"))
}

#[test]
fn a_cell_that_is_longer_than_a_page_goes_on_on_the_next() {
    let long = "The panel heard evidence and considered it. ".repeat(300);
    let table = json!({
        "caption": "Long",
        "columns": [column("A"), column("B")],
        "rows": [{ "cells": [cell(&long), cell("short")], "heading": false }],
        "notes": [],
    });
    let blocks = vec![json!({ "block": "table", "content": table })];
    let pdf = Program::ready().print(&document(&[section("One", true, blocks)]));
    let pages = pages(&pdf);
    let with_text = pages.iter().filter(|page| page.contains("evidence"));
    assert!(with_text.count() > 1, "the rest of the cell is lost");
}

/// Lines above something, from few enough to leave it room to more than a page.
fn fillers() -> impl Iterator<Item = Vec<Value>> {
    (32..58).map(|count| vec![paragraph("A line."); count])
}

#[test]
fn a_caption_stays_with_its_table_and_a_remark_with_its_item() {
    let table = json!({
        "block": "table",
        "content": {
            "caption": "Name of the table",
            "columns": [column("A"), column("B")],
            "rows": [
                { "cells": [cell("Rows of a kind"), cell("")], "heading": true },
                { "cells": [cell("First cell"), cell("b")], "heading": false },
            ],
            "notes": [],
        },
    });
    let item = [paragraph("Agree contracts."), paragraph("By March.")];
    let list = json!({ "block": "list", "content": { "ordered": false, "items": [item] } });
    let mut program = Program::ready();
    let mut print = |last: &Value, texts: [&str; 2]| {
        let pages_of_it = fillers().map(|mut blocks| {
            blocks.push(last.clone());
            let pages = pages(&program.print(&document(&[section("One", true, blocks)])));
            let found = texts.map(|text| page_of(&pages, text));
            assert_eq!(found[0], found[1], "{texts:?} are on different pages");
            found[0]
        });
        let pages_of_it: BTreeSet<usize> = pages_of_it.collect();
        assert!(pages_of_it.len() > 1, "the end of a page is among them");
    };
    print(&table, ["Name of the table", "First cell"]);
    print(&list, ["Agree contracts.", "By March."]);
}

#[test]
fn a_heading_with_a_line_does_not_take_a_page_if_smaller_letters_save_it() {
    let mut program = Program::ready();
    let saved = fillers().filter(|blocks| {
        let sections = [
            section("One", true, blocks.clone()),
            section("Short", false, vec![paragraph("Nothing was recorded.")]),
            section("Next", true, vec![paragraph("It goes on.")]),
        ];
        let pdf = program.print(&document(&sections));
        let document = lopdf::Document::load_mem(&pdf).expect("a PDF");
        let page = page_of(&pages(&pdf), "Nothing was recorded.");
        let (_, page) = document.get_pages().into_iter().nth(page).expect("a page");
        let content = document
            .get_and_decode_page_content(page)
            .expect("operations");
        let mut sizes = content
            .operations
            .iter()
            .filter(|operation| operation.operator == "Tf");
        sizes.any(|operation| {
            let size = operation
                .operands
                .get(1)
                .and_then(|size| size.as_float().ok());
            size.is_some_and(|size| (size - 9.5).abs() < 0.01)
        })
    });
    assert!(saved.count() > 0, "nothing is set smaller");
}
