//! Any text is read without a panic, and every line of it is accounted for.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::OnceLock;
use wcc_panel_report::{Catalogue, KnownBody};

fn known() -> &'static (Vec<Catalogue>, Vec<KnownBody>) {
    static KNOWN: OnceLock<(Vec<Catalogue>, Vec<KnownBody>)> = OnceLock::new();
    KNOWN.get_or_init(|| (support::catalogues(), support::bodies()))
}

fn published() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let file =
            support::root().join("crates/panel-report/tests/reports/south-staffordshire-2010.txt");
        let text = std::fs::read_to_string(file).expect("the report");
        text.lines().map(str::to_owned).collect()
    })
}

/// A line of the published report, part of one, or anything.
fn line() -> impl Strategy<Value = String> {
    let count = published().len();
    prop_oneof![
        4 => (0..count).prop_map(|at| published()[at].clone()),
        2 => (0..count, 0..200_usize).prop_map(|(at, length)| published()[at].chars().skip(length / 2).take(length).collect()),
        2 => "[•●□✓\\t |1-4a-c.()n/]{0,30}",
        1 => "(Competency|Governance|Headline|Outcomes|Rationale)[ 0-9:.-]{0,6}[a-z ]{0,12}",
        1 => ".{0,40}",
        1 => "\\PC{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_accounted_for(lines in prop::collection::vec(line(), 0..120)) {
        let text = lines.join("\n");
        let (catalogues, bodies) = known();
        let report = wcc_panel_report::read(&text, catalogues, bodies).expect("a small text");
        let counts = report.line_counts();
        prop_assert_eq!(counts.assigned + counts.structure + counts.furniture + counts.unplaced, counts.total);
        for value in report.values() {
            prop_assert!(value.lines.iter().all(|line| (*line as usize) <= counts.total && *line > 0));
        }
    }
}

#[test]
fn what_is_too_large_is_refused() {
    let (catalogues, bodies) = known();
    let text = "a\n".repeat(wcc_panel_report::MAX_LINES + 1);
    assert!(wcc_panel_report::read(&text, catalogues, bodies).is_err());
    assert!(wcc_panel_report::read("", catalogues, bodies).is_ok());
}
