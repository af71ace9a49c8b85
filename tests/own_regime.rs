//! A regime of one's own: a framework is begun, read back in sentences, and used as
//! docs/your-own-regime.md says.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;
use support::{command, compare_with_file, printed, root, stderr, stdout};

/// Runs `wcc` in a folder, with the settings that it finds there.
fn wcc_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command();
    command.args(arguments).current_dir(folder);
    command.output().expect("wcc runs")
}

#[test]
fn a_framework_is_read_back_in_sentences() {
    let expected = root().join("tests/cases/rulebooks");
    for framework in [
        "configs/frameworks/wcc-2008-09.toml",
        "configs/frameworks/wcc-2009-10.toml",
        "examples/another-regime/ccg-engagement-2017.toml",
        "tests/cases/rulebooks/everything-2026.toml",
    ] {
        let text = printed(&["framework", "check", framework]);
        let name = Path::new(framework).with_extension("txt");
        let name = name.file_name().expect("a name");
        compare_with_file(&expected.join(name), &text);
    }
}

#[test]
fn a_new_framework_passes_the_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let new = wcc_in(folder, &["framework", "new", "libraries-2026.toml"]);
    assert!(new.status.success(), "{}", stderr(&new));
    assert!(
        stdout(&new).contains("wcc framework check libraries-2026.toml"),
        "{}",
        stdout(&new)
    );
    let check = wcc_in(folder, &["framework", "check", "libraries-2026.toml"]);
    assert!(check.status.success(), "{}", stderr(&check));
    assert_eq!(stderr(&check), "", "a start has no warnings");
    assert!(stdout(&check).starts_with("libraries-2026: "));
}

#[test]
fn a_new_framework_overwrites_nothing_and_needs_a_usable_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let file = folder.join("mine.toml");
    fs::write(&file, "mine").expect("a file");
    for (name, message) in [
        ("mine.toml", "is not overwritten"),
        ("mine", "a name that ends in .toml"),
        ("two words.toml", "is not an identifier"),
        ("nowhere/mine.toml", "cannot be written"),
    ] {
        let output = wcc_in(folder, &["framework", "new", name]);
        assert!(!output.status.success(), "{name}");
        assert!(
            stderr(&output).contains(message),
            "{name}: {}",
            stderr(&output)
        );
    }
    assert_eq!(fs::read_to_string(&file).expect("a file"), "mine");
    assert_eq!(fs::read_dir(folder).expect("a folder").count(), 1);
}

/// A block of a page between two lines with three backticks.
struct Block {
    /// The line of the page on which it begins, for messages.
    line: usize,
    /// The word after the backticks: `console`, `toml`.
    kind: String,
    /// The file that the line before names, if it does: `case.toml`.
    file: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let mut before = "";
    for (line, text) in (1..).zip(page.lines()) {
        match (text.strip_prefix("```"), open.take()) {
            (Some(kind), None) => {
                open = Some(Block {
                    line,
                    kind: kind.to_owned(),
                    file: file_named(before),
                    text: String::new(),
                });
            }
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(text);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
        if !text.is_empty() {
            before = text;
        }
    }
    assert!(open.is_none(), "a block of the page is not closed");
    blocks
}

/// The name in a line "File `NAME`:".
fn file_named(line: &str) -> Option<String> {
    let name = line.strip_prefix("File `")?.strip_suffix("`:")?;
    Some(name.to_owned())
}

/// Runs the commands of a block, each in a line that begins with `$`. The lines after a command must
/// be in its output, in this order; `...` stands for any lines between them.
fn run_commands(folder: &Path, block: &Block) {
    for part in block.text.split("$ ").skip(1) {
        let (line, expected) = part.split_once('\n').expect("a line");
        let mut words = line.split_whitespace();
        match words.next() {
            Some("mkdir") => {
                let names = words.filter(|word| !word.starts_with('-'));
                names.for_each(|name| fs::create_dir_all(folder.join(name)).expect("a folder"));
            }
            Some("wcc") => {
                let arguments: Vec<&str> = words.collect();
                let output = wcc_in(folder, &arguments);
                let text = stdout(&output) + &stderr(&output);
                let mut lines = text.lines();
                for wanted in expected.lines().filter(|wanted| !wanted.trim().is_empty()) {
                    let found = wanted == "..." || lines.any(|line| line.trim() == wanted.trim());
                    assert!(
                        found,
                        "docs/your-own-regime.md, block at line {}: `{line}` does not print {wanted:?} \
                         there, but\n{text}",
                        block.line
                    );
                }
                let is_refused = expected.contains("expected ");
                assert_eq!(output.status.success(), !is_refused, "{line}: {text}");
            }
            other => panic!("the page has a command that this test does not run: {other:?}"),
        }
    }
}

#[test]
fn the_page_about_a_regime_of_ones_own_works_as_written() {
    let page = fs::read_to_string(root().join("docs/your-own-regime.md")).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let mut count = 0;
    for block in blocks(&page) {
        match &block.file {
            Some(name) => fs::write(folder.path().join(name), &block.text).expect("a file"),
            None => {
                assert_eq!(block.kind, "console", "the block at line {}", block.line);
                run_commands(folder.path(), &block);
            }
        }
        count += 1;
    }
    assert!(count > 8, "{count} blocks");
    // A limit makes no result by a method that nobody used.
    let explained = stdout(&wcc_in(
        folder.path(),
        &["explain", "first-round", "mill", "overall"],
    ));
    let limited = explained.matches("limited by").count();
    assert_eq!(limited, 1, "{explained}");
}
