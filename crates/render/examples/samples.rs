//! Lays documents out for looking at them: the samples of the tests, or files of documents.
//!
//! `cargo run -p wcc-render --example samples -- FOLDER [DOCUMENT.json ...]`

#![allow(clippy::expect_used, reason = "a tool for whoever changes a renderer")]

use std::path::{Path, PathBuf};
use wcc_document::Document;
use wcc_render::Style;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().expect("the folder to write to"));
    let mut files: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    if files.is_empty() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
        for name in ["everything", "region", "empty"] {
            files.push(samples.join(format!("{name}.json")));
        }
    }
    std::fs::create_dir_all(&folder).expect("the folder");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        let document: Document = serde_json::from_str(&text).expect("a document");
        let style = Style::default();
        let target = folder.join(file.file_name().expect("a name"));
        let html = wcc_render::html(&document, &style);
        std::fs::write(target.with_extension("html"), html).expect("a page");
        let text = wcc_render::text(&document, 100);
        std::fs::write(target.with_extension("txt"), text).expect("a file");
        let docx = wcc_render::docx(&document, &style).expect("a document");
        std::fs::write(target.with_extension("docx"), docx).expect("a file");
        let xlsx = wcc_render::xlsx(&document, &style).expect("a workbook");
        std::fs::write(target.with_extension("xlsx"), xlsx).expect("a file");
    }
}
