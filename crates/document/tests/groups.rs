//! Documents of one body without a group, and of a group of four with its bodies.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use support::{Assured, example, outline, texts};
use wcc_document::DocumentKind;
use wcc_document::model::{Block, Document, Section, Table};

/// The PCTs of Tees, in the order of their codes.
const OF_TEES: [(&str, &str); 4] = [
    ("5D9", "Hartlepool PCT"),
    ("5E1", "Stockton-On-Tees Teaching PCT"),
    ("5KM", "Middlesbrough PCT"),
    ("5QR", "Redcar & Cleveland PCT"),
];

fn tables(sections: &[Section]) -> Vec<&Table> {
    let of_one = sections.iter().flat_map(|section| {
        let own = section.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        own.chain(tables(&section.sections)).collect::<Vec<_>>()
    });
    of_one.collect()
}

/// A document on an authority's bodies.
fn region(assured: &Assured, authority: &str) -> Document {
    assured.document(DocumentKind::Region, authority)
}

#[test]
fn the_sheet_of_a_group_of_four_has_each_of_them_beside_the_others() {
    let assured = example("north-east");
    let sheet = assured.document(DocumentKind::Cluster, "tees");
    insta::assert_snapshot!("cluster-of-four", outline(&sheet));
    let side_by_side: Vec<&Table> = tables(&sheet.sections)
        .into_iter()
        .filter(|table| table.columns.len() == 1 + OF_TEES.len())
        .collect();
    assert_eq!(side_by_side.len(), 2, "competencies and governance");
    for table in side_by_side {
        let headings = table.columns.iter().skip(1);
        let headings: Vec<&str> = headings.map(|column| &*column.heading).collect();
        assert_eq!(headings, OF_TEES.map(|(_, name)| name));
        for row in table.rows.iter().filter(|row| !row.heading) {
            assert_eq!(row.cells.len(), table.columns.len(), "{row:?}");
        }
    }
    // A group that has one body less has one column less.
    let three = example("south-of-tyne-and-wear");
    let three = three.document(DocumentKind::Cluster, "south-of-tyne-and-wear");
    let widest = tables(&three.sections);
    let widest = widest.iter().map(|table| table.columns.len()).max();
    assert_eq!(widest, Some(4));
}

#[test]
fn each_body_of_a_group_of_four_has_its_own_documents() {
    let assured = example("north-east");
    for (code, name) in OF_TEES {
        for kind in [DocumentKind::PanelReport, DocumentKind::Scorecard] {
            let document = assured.document(kind, code);
            assert_eq!((&*document.code, &*document.subject), (code, name));
            for (_, other) in OF_TEES.iter().filter(|(other, _)| *other != code) {
                let texts = texts(&document);
                let named = texts.iter().find(|text| text.contains(other));
                assert_eq!(named, None, "{kind:?} of {name} is about {other}");
            }
        }
    }
    // The one that departs from its group says so, and only that one.
    for (code, name) in OF_TEES {
        let report = outline(&assured.document(DocumentKind::PanelReport, code));
        let departs = report.contains("Its professional executive committee led three");
        assert_eq!(departs, code == "5KM", "{name}");
    }
    let report = assured.document(DocumentKind::PanelReport, "tees");
    insta::assert_snapshot!("report-of-a-cluster-of-four", outline(&report));
}

#[test]
fn a_body_without_a_group_has_documents_of_each_kind_but_those_of_groups() {
    let assured = example("south-staffordshire");
    let scorecard = assured.document(DocumentKind::Scorecard, "5PK");
    insta::assert_snapshot!("scorecard-of-one", outline(&scorecard));
    let region = region(&assured, "Q34");
    insta::assert_snapshot!("region-of-one", outline(&region));
    let report = assured.document(DocumentKind::PanelReport, "5PK");
    assert_eq!(marks_of_groups(&report), 0);
    // One of a group of four has such marks, and departs from it once.
    let one_of_four = example("north-east").document(DocumentKind::PanelReport, "5KM");
    assert!(marks_of_groups(&one_of_four) > 30);
}

/// How many marks are taken over from a group or depart from it.
fn marks_of_groups(document: &Document) -> usize {
    let texts = texts(document);
    let of_groups = texts
        .iter()
        .filter(|text| matches!(text.as_str(), "from-group" | "departure"));
    of_groups.count()
}
