//! The reader of panel reports with the shipped frameworks and bodies.

use crate::shipped;
use std::sync::LazyLock;
use wcc_panel_report::{Catalogue, DocumentKind, KnownBody, ReadingRequest, read_document};

static REQUEST: LazyLock<ReadingRequest> = LazyLock::new(|| {
    let catalogues = ["wcc-2008-09", "wcc-2009-10"]
        .map(|id| Catalogue::of(shipped::FRAMEWORKS.find(id).expect("a shipped framework")));
    let bodies = shipped::TABLES.organisations();
    let bodies = bodies.each().take(20).map(|(_, body)| KnownBody {
        code: body.code.clone(),
        name: body.name.clone(),
    });
    ReadingRequest {
        catalogues: catalogues.to_vec(),
        bodies: bodies.collect(),
        body: Some("5PK".to_owned()),
        source: "report.txt".to_owned(),
        citation: wcc_panel_report::Citation::Lines,
    }
});

/// Reads a document; whatever was read accounts for every line and names lines that exist.
pub fn check(bytes: &[u8], kind: DocumentKind) {
    let Ok(reading) = read_document(bytes, kind, &REQUEST) else {
        return;
    };
    let counts = reading.line_counts;
    assert_eq!(
        counts.assigned + counts.structure + counts.furniture + counts.unplaced,
        counts.total
    );
    assert_eq!(counts.total, reading.texts.len());
    for value in &reading.values {
        assert!(
            value
                .lines
                .iter()
                .all(|line| *line > 0 && *line as usize <= counts.total)
        );
    }
}
