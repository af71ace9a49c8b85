//! Cases of the repository, read and assured without plugins.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]
#![allow(dead_code, reason = "not every test uses every helper")]

use std::path::{Path, PathBuf};
use wcc_case::Frameworks;
use wcc_case::organisations::ShippedTables;
use wcc_core::{Assurance, CheckedCycle, Cycle, assure};
use wcc_document::model::{Block, Document, Section, Text};
use wcc_document::{Provenance, Source};

/// A cycle with its results.
pub(crate) struct Assured {
    pub(crate) cycle: CheckedCycle,
    pub(crate) assurance: Assurance,
}

impl Assured {
    pub(crate) fn source(&self) -> Source<'_> {
        let provenance = Provenance {
            program: "wcc 0.0.0".to_owned(),
            ..Provenance::default()
        };
        Source::new(&self.cycle, &self.assurance, provenance)
    }

    pub(crate) fn document(&self, kind: wcc_document::DocumentKind, code: &str) -> Document {
        let body = self.cycle.organisations.find(code).expect("a body");
        wcc_document::build(kind, &self.source(), Some(body)).expect("a document")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The last cycle of an example.
pub(crate) fn example(name: &str) -> Assured {
    example_with(name, |_| ())
}

/// The same with a change.
pub(crate) fn example_with(name: &str, change: impl FnOnce(&mut Cycle)) -> Assured {
    let frameworks =
        Frameworks::read(&root().join("configs/frameworks")).expect("the shipped frameworks");
    let tables =
        ShippedTables::read(&root().join("configs/organisations")).expect("the shipped tables");
    let folder = root().join("examples").join(name);
    let case = wcc_case::case::read(&folder, &frameworks, &tables).expect("an example");
    let read = case.cycles.into_iter().next_back().expect("a cycle");
    let mut cycle = Cycle::clone(&read.cycle);
    change(&mut cycle);
    let cycle = cycle
        .check()
        .expect("records that do not contradict each other");
    let assurance = assure(&cycle, Vec::new(), None);
    Assured { cycle, assurance }
}

/// Every text of a document, one a line.
pub(crate) fn texts(document: &Document) -> Vec<String> {
    let json = serde_json::to_value(document).expect("a value");
    let mut texts = Vec::new();
    collect(&json, &mut texts);
    texts
}

/// The words of a text or paragraph in one line, and every other string.
fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(items) => {
            let runs = items.iter().map(|item| item.get("text")?.as_str());
            let runs: Option<Vec<&str>> = runs.collect();
            match runs.filter(|runs| !runs.is_empty()) {
                Some(runs) if items.iter().all(|item| item.get("style").is_some()) => {
                    texts.push(runs.concat());
                }
                _ => items.iter().for_each(|item| collect(item, texts)),
            }
        }
        serde_json::Value::Object(members) => {
            members.values().for_each(|value| collect(value, texts));
        }
        _ => {}
    }
}

/// Letters and digits alone, so that markup and line breaks do not matter.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|one| one.is_alphanumeric()).collect()
}

/// An outline: headings with what is under each, and the first words of texts.
pub(crate) fn outline(document: &Document) -> String {
    let mut text = format!(
        "{} · {} · {}\n{:?}\n",
        document.title, document.subject, document.cycle_id, document.status
    );
    for notice in &document.notices {
        text.push_str(&format!("! {}\n", notice.text.to_plain()));
    }
    for entry in &document.legend {
        text.push_str(&format!("{:?}: {}\n", entry.kind, entry.words));
    }
    for section in &document.sections {
        outline_section(section, 0, &mut text);
    }
    for fact in &document.provenance {
        // A digest changes with every comment in a framework.
        let value = match fact.name.starts_with("SHA-256") {
            true => "(a digest)".to_owned(),
            false => short(&fact.value),
        };
        text.push_str(&format!("{}: {value}\n", fact.name));
    }
    text
}

fn short(text: &Text) -> String {
    let plain = text.to_plain();
    let mut words: String = plain.chars().take(70).collect();
    if words.len() < plain.len() {
        words.push('…');
    }
    words
}

fn outline_section(section: &Section, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let page = if section.new_page { " (new page)" } else { "" };
    text.push_str(&format!(
        "{indent}# {} [{}]{page}\n",
        section.title, section.id
    ));
    outline_blocks(&section.blocks, depth + 1, text);
    for inner in &section.sections {
        outline_section(inner, depth + 1, text);
    }
}

fn outline_blocks(blocks: &[Block], depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for block in blocks {
        match block {
            Block::Paragraph(words) => text.push_str(&format!("{indent}{}\n", short(words))),
            Block::Nothing(words) => text.push_str(&format!("{indent}({})\n", short(words))),
            Block::Notice(notice) => text.push_str(&format!("{indent}! {}\n", short(&notice.text))),
            Block::Facts(facts) => text.push_str(&format!("{indent}{} facts\n", facts.len())),
            Block::Chart(chart) => text.push_str(&format!("{indent}{chart:?}\n")),
            Block::List { markers, items, .. } => {
                for (at, item) in items.iter().enumerate() {
                    let marker = markers.get(at).map_or("-", String::as_str);
                    text.push_str(&format!("{indent}{marker}\n"));
                    outline_blocks(item, depth + 1, text);
                }
            }
            Block::Table(table) => {
                text.push_str(&format!("{indent}table: {}\n", table.caption));
                for row in &table.rows {
                    let cells = row.cells.iter().map(|cell| match &cell.aside {
                        Some(aside) => format!("{} ({aside})", cell.text.to_plain()),
                        None => cell.text.to_plain(),
                    });
                    let cells: Vec<String> = cells.collect();
                    text.push_str(&format!("{indent}  {}\n", cells.join(" | ")));
                }
                for note in &table.notes {
                    text.push_str(&format!("{indent}  note: {}\n", note.to_plain()));
                }
            }
            Block::Marks(grid) => {
                let steps: Vec<&str> = grid.steps.iter().map(|step| &*step.label).collect();
                text.push_str(&format!("{indent}marks: {} {steps:?}\n", grid.caption));
                for row in &grid.rows {
                    let marks = row.marks.iter().map(|mark| {
                        let signs = match mark.qualifiers.is_empty() {
                            true => String::new(),
                            false => format!(" {:?}", mark.qualifiers),
                        };
                        format!("{:?} {}{signs}", mark.kind, mark.words)
                    });
                    let marks: Vec<String> = marks.collect();
                    text.push_str(&format!(
                        "{indent}  {} {}: {} · {}\n",
                        row.code.as_deref().unwrap_or("="),
                        row.label,
                        marks.join(", "),
                        row.change.as_deref().unwrap_or("-")
                    ));
                    if let Some(note) = &row.note {
                        text.push_str(&format!("{indent}    {}\n", note.to_plain()));
                    }
                }
            }
        }
    }
}
