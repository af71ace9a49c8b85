//! The sample documents, which the tests of every renderer read, cover the whole model.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "samples/read.rs"]
mod read;

use read::sample;
use wcc_document::model::FORMAT;

#[test]
fn samples_are_documents() {
    for name in read::NAMES {
        let document = sample(name);
        assert_eq!(document.format, FORMAT, "{name}");
    }
}

/// A renderer that forgets something is found only if a sample has it.
#[test]
fn samples_have_everything_that_the_model_has() {
    let all: String = read::NAMES.iter().map(|name| read::text(name)).collect();
    for value in [
        r#""block": "paragraph""#,
        r#""block": "list""#,
        r#""block": "facts""#,
        r#""block": "table""#,
        r#""block": "marks""#,
        r#""block": "chart""#,
        r#""block": "notice""#,
        r#""block": "nothing""#,
        r#""chart": "lines""#,
        r#""chart": "spread""#,
        r#""kind": "illustrative""#,
        r#""kind": "not-checked""#,
        r#""kind": "use""#,
        r#""kind": "note""#,
        r#""kind": "previous""#,
        r#""kind": "self-assessment""#,
        r#""kind": "panel""#,
        r#""kind": "calibrated""#,
        r#""kind": "supported""#,
        r#""inferred""#,
        r#""by-rule""#,
        r#""from-group""#,
        r#""from-function""#,
        r#""departure""#,
        r#""state": "draft""#,
        r#""state": "released""#,
        r#""orientation": "portrait""#,
        r#""orientation": "landscape""#,
        r#""style": "strong""#,
        r#""style": "emphasis""#,
        r#""style": "quiet""#,
        r#""style": "code""#,
        r#""role": "own""#,
        r#""role": "national""#,
        r#""role": "peers""#,
        r#""role": "top-decile""#,
        r#""role": "trajectory""#,
        r#""breaks": true"#,
        r#""markers""#,
        r#""over""#,
        r#""aside""#,
        r#""heading": true"#,
        r#""new_page": true"#,
        r#""sections": []"#,
    ] {
        assert!(all.contains(value), "no sample has {value}");
    }
}
