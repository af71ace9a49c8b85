//! The samples printed in `docs/` can be read unchanged.

use crate::support;
use std::path::Path;
use wcc_case::{Frameworks, case, framework};

/// The fenced blocks of a language in a document, in order.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(document);
    let text = std::fs::read_to_string(&path).expect("a document");
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|rest| {
            let (block, _) = rest.split_once("```").expect("the fence is closed");
            block.to_owned()
        })
        .collect()
}

#[test]
fn the_smallest_framework_is_read() {
    let blocks = blocks("framework-files.md", "toml");
    let read = framework::parse(&blocks[0], "engagement-2017.toml");
    let framework = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(framework.id, "engagement-2017");
    assert_eq!(framework.measures.len(), 1);
}

/// The sample with every key can be read.
#[test]
fn the_framework_with_every_key_is_read() {
    let blocks = blocks("framework-files.md", "toml");
    let read = framework::parse(&blocks[1], "wcc-2009-10.toml");
    let framework = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(framework.previous.as_deref(), Some("wcc-2008-09"));
    assert_eq!(framework.surveys.len(), 1);
    assert_eq!(framework.outcomes.catalogue.len(), 1);
    assert!(framework.overall.is_some());
}

/// The sample of `case.toml`, with the bodies and the framework that ship.
#[test]
fn the_case_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("case.toml"),
        &blocks("case-files.md", "toml")[0],
    )
    .expect("a file");
    let frameworks = Frameworks::read(&root.join("configs/frameworks"));
    let shipped = wcc_case::ShippedTables::read(&root.join("configs/organisations"));
    let read = case::read(
        folder.path(),
        &frameworks.unwrap_or_else(|problems| panic!("{problems}")),
        &shipped.unwrap_or_else(|problems| panic!("{problems}")),
    );
    let case = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(case.cycles.len(), 1);
    assert_eq!(case.cycles[0].cycle.pcts.len(), 1);
}

/// Every column that the reader knows is documented.
#[test]
fn columns_of_cycles_are_all_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/case-files.md");
    let document = std::fs::read_to_string(path).expect("a document");
    let folder = tempfile::tempdir().expect("a folder");
    let settings =
        "title = \"t\"\n[[cycle]]\nid = \"c\"\nframework = \"harbour-2002\"\nas_of = 2002-06-01\n";
    std::fs::write(folder.path().join("case.toml"), settings).expect("a file");
    for table in wcc_case::cycle::TABLES
        .iter()
        .filter(|name| name.ends_with(".csv"))
    {
        let start = format!("\n`{table}` - ");
        let (_, rest) = document.split_once(&start).expect(table);
        // A paragraph, or a paragraph with a table under it.
        let mut parts = rest.split("\n\n");
        let mut text = parts.next().unwrap_or_default().to_owned();
        let more = parts.next().unwrap_or_default();
        if more.starts_with('|') {
            text.push_str(more);
        }
        std::fs::write(folder.path().join(table), "zzzzzz\n").expect("a file");
        let read = case::read(folder.path(), &support::frameworks(), &support::shipped());
        let problems = read.expect_err("there is no such column").to_string();
        let (_, known) = problems.split_once("expected ").expect("the known columns");
        let known = known.split([';', '\n']).next().unwrap_or_default();
        let known = known.replace(" or ", ", ");
        for column in known.split(", ") {
            let named = text.contains(&format!("`{column}`"));
            assert!(
                named,
                "docs/case-files.md does not name {table}'s column {column}"
            );
        }
        std::fs::remove_file(folder.path().join(table)).expect("a file");
    }
}
