//! Reads the sample documents.

use std::path::Path;
use wcc_document::Document;

/// The samples.
pub(crate) const NAMES: [&str; 3] = ["everything", "region", "empty"];

/// The text of a sample.
pub(crate) fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let path = folder.join(format!("{name}.json"));
    std::fs::read_to_string(path).expect("a sample")
}

/// A sample.
pub(crate) fn sample(name: &str) -> Document {
    serde_json::from_str(&text(name)).expect("a document")
}
