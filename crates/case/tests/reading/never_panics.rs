//! For any bytes, reading ends with a value or with problems.

use crate::support::{self, settings};
use proptest::prelude::*;
use wcc_case::cycle::{self, CycleTable};
use wcc_case::framework;
use wcc_case::organisations::{self, BodyTable, BodyTables};

/// Bytes that sometimes resemble valid input.
fn bytes(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        8 => proptest::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
        1 => "\\PC{0,6}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(word, 0..120).prop_map(|words| words.concat())
}

const TABLE_WORDS: &[&str] = &[
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\"",
    "\r\n",
    "\r",
    " ",
    ";",
    "body",
    "measure",
    "method",
    "value",
    "P01",
    "P03",
    "twin-ports",
    "dredging",
    "R01",
    "s1",
    "s1.lamps",
    "panel",
    "self",
    "good",
    "poor",
    "red",
    "1",
    "2",
    "-1.5",
    "1e308",
    "2002-01-01",
    "yes",
    "id",
    "kind",
    "title",
    "E1",
    "document",
    "survey",
    "crews",
    "score",
    "wording",
    "agree",
    "supports",
    "reason",
    "slot",
    "outcome",
    "turnaround",
    "herring",
    "better",
    "higher",
    "series",
    "males",
    "year",
    "2000",
    "text",
    "statement",
    "area",
    "count",
    "code",
    "name",
    "sha",
    "cluster",
    "pct",
    "function",
    "from",
    "until",
    "# ",
    "## ",
    "### ",
    "# P03\n",
    "## s1.lamps\n",
    "(self)",
    "Bears on: s1\n",
    "```\n",
    "> ",
    "- ",
    "\u{feff}",
    "\0",
];

/// A valid header, so that the rows are read.
fn header(name: &str) -> &'static str {
    match name {
        "evidence.csv" => "id,body,kind,title,measures\n",
        "judgements.csv" => "body,measure,method,value,evidence,assessor,date\n",
        "survey.csv" => "body,survey,measure,score,wording\n",
        "criteria.csv" => "body,measure,kind,supports,reason\n",
        "answers.csv" => "body,measure,method,reason\n",
        "outcomes.csv" => "body,slot,outcome,title,series,better,historic\n",
        "outcome_values.csv" => "body,outcome,series,year,value\n",
        "recommendations.csv" => "id,body,text,about\n",
        "statements.csv" => "body,statement,area,count\n",
        "sha.csv" => "code,name,from,until\n",
        "pct.csv" | "clusters.csv" | "functions.csv" => "code,name,sha,from,until\n",
        "memberships.csv" => "cluster,pct,from,until\n",
        "delegations.csv" => "function,pct,from,until\n",
        _ => "",
    }
}

fn with_header(name: &str, rest: &[u8], sound: bool) -> Vec<u8> {
    let header = if sound { header(name) } else { "" };
    [header.as_bytes(), rest].concat()
}

const FRAMEWORK_WORDS: &[&str] = &[
    "id",
    "title",
    "year",
    "previous",
    "=",
    " = ",
    "\"",
    "\"a\"",
    "\n",
    "[",
    "]",
    "[[",
    "]]\n",
    "{",
    "}",
    ",",
    ".",
    "1",
    "-5",
    "2.5",
    "nan",
    "2002-05-01",
    "true",
    "scale",
    "steps",
    "key",
    "points",
    "area",
    "component",
    "measure",
    "rule",
    "lowest",
    "percent-bands",
    "bands",
    "from",
    "step",
    "survey",
    "outcomes",
    "phase",
    "overall",
    "over",
    "#",
    "'",
    "'''",
    "\u{feff}",
    "\0",
    "[[scale]]\nid = \"s\"\ntitle = \"S\"\n",
    "[[area]]\nid = \"a\"\ntitle = \"A\"\n",
    "steps = [ { key = \"x\", title = \"X\", points = 1 }, { key = \"y\", title = \"Y\", points = 2 } ]\n",
    "[[area.component]]\nid = \"c\"\n",
    "[[area.component.measure]]\nid = \"m\"\n",
    "scale = \"s\"\n",
    "rule = \"sum-bands\"\n",
    "[overall]\n",
    "over = \"components\"\n",
    "bands = [ { from = 0, step = \"x\" } ]\n",
    "scored = false\n",
    "[area.result]\n",
];

proptest! {
    #[test]
    fn tables_of_a_cycle(
        each in proptest::collection::vec((bytes(TABLE_WORDS), any::<bool>()), cycle::TABLES.len()),
    ) {
        let tables: Vec<CycleTable> = cycle::TABLES
            .into_iter()
            .zip(each)
            .map(|(name, (rest, sound))| CycleTable {
                name,
                file: name.to_owned(),
                content: with_header(name, &rest, sound).into(),
            })
            .collect();
        for table in &tables {
            let _ = cycle::build(settings(), std::slice::from_ref(table));
        }
        let _ = cycle::build(settings(), &tables);
    }

    #[test]
    fn tables_of_bodies(
        each in proptest::collection::vec((bytes(TABLE_WORDS), any::<bool>(), any::<bool>()), 6),
    ) {
        let mut tables = BodyTables::default();
        for (name, (rest, sound, shipped)) in organisations::TABLES.into_iter().zip(each) {
            let bytes = with_header(name, &rest, sound).into();
            tables.set(name, BodyTable { file: name.to_owned(), bytes, shipped });
        }
        let _ = tables.organisations(&wcc_core::framework::Words::world_class_commissioning());
    }

    #[test]
    fn frameworks(text in bytes(FRAMEWORK_WORDS)) {
        let _ = framework::parse(&String::from_utf8_lossy(&text), "any.toml");
    }

    #[test]
    fn frameworks_with_a_flaw(at in any::<proptest::sample::Index>(), flaw in bytes(FRAMEWORK_WORDS)) {
        let path = support::tests_folder("configs/frameworks/harbour-2002.toml");
        let text = std::fs::read(path).expect("it is there");
        let at = at.index(text.len());
        let flawed = [&text[..at], &flaw, &text[at..]].concat();
        let _ = framework::parse(&String::from_utf8_lossy(&flawed), "any.toml");
    }
}
