//! A stray quotation mark anywhere in a table never loses a row silently.

use crate::support::settings;
use proptest::prelude::*;
use std::collections::BTreeMap;
use wcc_case::ReadCycle;
use wcc_case::cycle::{self, CycleTable, TableContent};

/// A cell as written in a file: plain, in quotation marks, with commas, marks or line breaks.
fn prose() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        4 => Just("seen".to_owned()),
        2 => Just("seen by all".to_owned()),
        2 => Just("\"seen, all of it\"".to_owned()),
        1 => Just("\", seen\"".to_owned()),
        1 => Just("\"the \"\"pilots\"\" say\"".to_owned()),
        1 => Just("\"\"".to_owned()),
        1 => Just("\"first line\nsecond line, with a comma\"".to_owned()),
        1 => Just("5\" deep".to_owned()),
    ]
}

fn line() -> impl Strategy<Value = String> {
    prose().prop_filter("one line", |cell| !cell.contains('\n'))
}

/// Formats a row from its body and measure, its prose and its line.
type WriteRow = fn(&str, &str, &str) -> String;

/// A table with one row for each of these cells; `order` selects the order of the columns.
fn table(name: &'static str, rows: &[(String, String)], order: usize) -> CycleTable {
    let subjects = [
        "P01,s1.lamps",
        "P02,s1.lamps",
        "P03,s1.lamps",
        "P01,s2.depth",
        "P02,s2.depth",
        "P03,s2.depth",
        "P04,s1.lamps",
        "P04,s2.depth",
    ];
    let (head, row): (&str, WriteRow) = match (name, order) {
        ("judgements.csv", 0) => (
            "body,measure,method,value,reason,rationale,source",
            |at, prose, line| format!("{at},panel,good,why,{prose},{line}"),
        ),
        ("judgements.csv", 1) => (
            "rationale,body,measure,method,value,reason,source",
            |at, prose, line| format!("{prose},{at},panel,good,why,{line}"),
        ),
        ("judgements.csv", _) => (
            "body,measure,rationale,reason,source,method,value",
            |at, prose, line| format!("{at},{prose},why,{line},panel,good"),
        ),
        (_, 0) => ("body,measure,supports,reason,source", |at, prose, line| {
            format!("{at},good,R{prose},{line}")
        }),
        _ => ("body,measure,supports,source,reason", |at, prose, line| {
            format!("{at},good,{line},R{prose}")
        }),
    };
    let mut text = head.to_owned();
    for (at, (prose, line)) in subjects.iter().zip(rows) {
        text.push('\n');
        // A reason is required, so it is never empty.
        let prose = match prose.strip_prefix('"') {
            Some(inside) if head.contains("supports") => format!("\"R{inside}"),
            _ => prose.clone(),
        };
        text.push_str(&row(at, &prose, line).replace("R\"R", "\"R"));
    }
    text.push('\n');
    CycleTable {
        name,
        file: name.to_owned(),
        content: text.into(),
    }
}

fn text_of(table: &CycleTable) -> String {
    match &table.content {
        TableContent::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        TableContent::File(file) => panic!("a text, not {file:?}"),
    }
}

/// The words of every record, without quotation marks and spaces; a changed cell may differ.
fn records(read: &ReadCycle) -> BTreeMap<u32, Vec<String>> {
    let plain = |text: Option<&str>| {
        let text = text.unwrap_or_default();
        text.replace('"', "").trim().to_owned()
    };
    let cycle = &read.cycle;
    let judged = cycle.records.judgements.iter().map(|judgement| {
        let cells = [
            format!(
                "{:?} {:?} {:?}",
                judgement.body, judgement.subject, judgement.value
            ),
            plain(judgement.details().rationale.as_deref()),
            plain(judgement.details().reason.as_deref()),
            plain(judgement.details().source.as_deref()),
        ];
        (judgement.record.0, cells.to_vec())
    });
    let criteria = cycle.records.criteria.iter().map(|criterion| {
        let cells = [
            format!(
                "{:?} {:?} {:?}",
                criterion.body, criterion.measure, criterion.supports
            ),
            plain(Some(&criterion.reason)),
            plain(criterion.source.as_deref()),
        ];
        (criterion.record.0, cells.to_vec())
    });
    judged.chain(criteria).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn a_quotation_mark_loses_no_row(
        name in proptest::sample::select(&["judgements.csv", "criteria.csv"][..]),
        rows in proptest::collection::vec((prose(), line()), 1..8),
        order in 0_usize..3,
        at in proptest::collection::vec(any::<proptest::sample::Index>(), 1..3),
    ) {
        let sound = table(name, &rows, order);
        let before = cycle::build(settings(), std::slice::from_ref(&sound));
        let before = before.unwrap_or_else(|problems| panic!("{problems}\n{}", text_of(&sound)));
        let mut text = text_of(&sound).into_bytes();
        for at in &at {
            text.insert(at.index(text.len()), b'"');
        }
        let touched = CycleTable { content: text.into(), ..sound.clone() };
        if let Ok(after) = cycle::build(settings(), std::slice::from_ref(&touched)) {
            let text = text_of(&touched);
            let (before, after) = (records(&before), records(&after));
            prop_assert_eq!(before.len(), after.len(), "{}", text);
            for (before, after) in before.values().zip(after.values()) {
                let different = before.iter().zip(after).filter(|(left, right)| left != right);
                prop_assert!(different.count() <= at.len(), "{}\n{:?}\n{:?}", text, before, after);
            }
        }
    }
}
