//! Case files and the ledger go through the same gate: whatever is written in a case's tables is
//! accepted or refused, row by row and rule by rule, as the same records offered to `admit`.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod draw;
mod tables;

use draw::any_records;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tables::Tables;
use wcc_case::cycle::{self, CycleTable};
use wcc_case::organisations::{BodyTable, BodyTables};
use wcc_case::{Frameworks, Place, Problems, Settings, ShippedTables};
use wcc_core::Actor;
use wcc_core::framework::Words;
use wcc_core::ledger::{
    Command, CycleFact, Draft, EntryError, Fact, FrameworkText, OrganisationTable,
    OrganisationTables, RefusalReason, State, admit,
};
use wcc_core::policy::Unrestricted;
use wcc_core::record::{RecordFact, RecordKind};
use wcc_programme::FileFormats;

const FRAMEWORK: &str = "harbour-2002";
const CYCLE: &str = "gate/2002";
/// The PCTs of the cycle.
const PCTS: [&str; 3] = ["P01", "P02", "P03"];
/// A PCT that the cycle leaves out. Files may name it, with a warning that its rows are not used.
const LEFT_OUT: &str = "P04";

fn day() -> jiff::civil::Date {
    jiff::civil::date(2002, 6, 1)
}

struct Fixture {
    settings: Settings,
    framework: FrameworkText,
    organisations: OrganisationTables,
}

/// The invented harbours of the case reader's tests, with a cluster that has ended and one that has
/// no members.
static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../case/tests/configs");
    let frameworks = Frameworks::read(&configs.join("frameworks")).unwrap();
    let shipped = ShippedTables::read(&configs.join("organisations")).unwrap();
    let mut tables = shipped.tables().clone();
    let clusters = "code,name,sha,from,until\n\
                    twin-ports,Twin Ports,R01,,\n\
                    old-ports,Old Ports,R01,1990-01-01,2001-01-01\n\
                    no-ports,No Ports,R01,,\n";
    let clusters = BodyTable {
        file: "clusters.csv".to_owned(),
        bytes: clusters.as_bytes().into(),
        shipped: false,
    };
    assert!(tables.set("clusters.csv", clusters));
    let organisations = Arc::new(
        tables
            .organisations(&Words::world_class_commissioning())
            .unwrap(),
    );
    let source = frameworks.source(FRAMEWORK).unwrap();
    let recorded = tables.each().map(|(name, table)| OrganisationTable {
        name: name.into(),
        file: table.file.as_str().into(),
        shipped: false,
        text: std::str::from_utf8(&table.bytes).unwrap().into(),
    });
    Fixture {
        framework: FrameworkText {
            id: FRAMEWORK.into(),
            format: source.format,
            text: (*source.text).into(),
        },
        organisations: OrganisationTables {
            id: "harbours".into(),
            format: BodyTables::FORMAT,
            tables: recorded.collect(),
        },
        settings: Settings {
            earlier: Vec::new(),
            recorded: wcc_case::cycle::RecordedOutcomes::default(),
            published: wcc_case::cycle::PublishedFiles::All,
            id: CYCLE.to_owned(),
            title: "Gate".to_owned(),
            as_of: day(),
            illustrative: None,
            framework: Arc::clone(frameworks.find(FRAMEWORK).unwrap()),
            pcts: Some(
                PCTS.iter()
                    .map(|code| organisations.find(code).unwrap())
                    .collect(),
            ),
            organisations,
            local_outcomes: Arc::default(),
            indicators: Vec::new(),
        },
    }
});

/// What is wrong, by file and row: the names of the rules, and an empty one for a cell that could
/// not be read.
type Faults = BTreeMap<(String, u32), BTreeSet<&'static str>>;

fn faults_of_files(problems: &Problems, tables: &Tables) -> Faults {
    assert_eq!(problems.more, 0);
    let mut faults = Faults::new();
    for problem in &problems.problems {
        let row = match &problem.place {
            Some(Place::Row { row, .. } | Place::Cells { row, .. } | Place::Line(row)) => *row,
            other => panic!("{other:?}: {problem}"),
        };
        let repeats = &problem.repeats;
        for row in std::iter::once(row).chain(repeats.first.iter().copied()) {
            let place = match problem.file.as_str() {
                "outcome_values.csv" => place_of_value(tables, row),
                "indicator_values.csv" => place_of_series(tables, row),
                file => (file.to_owned(), row),
            };
            let rules = faults.entry(place).or_default();
            rules.insert(problem.rule.unwrap_or_default());
            // Too many rows to list: only the decision is compared.
            if repeats.count > repeats.first.len() {
                rules.insert("");
            }
        }
    }
    faults
}

/// The row of the outcome that a row of values belongs to.
fn place_of_value(tables: &Tables, row: u32) -> (String, u32) {
    let mut last = 1;
    for (fact, origin) in &tables.origins {
        if let RecordFact::Outcome(outcome) = fact {
            last += u32::try_from(outcome.values.len()).unwrap();
            if row <= last {
                return (origin.file.to_string(), origin.row);
            }
        }
    }
    panic!("no outcome has row {row}");
}

/// The first row of the series that a row of an indicator belongs to.
fn place_of_series(tables: &Tables, row: u32) -> (String, u32) {
    let file = "indicator_values.csv";
    let origins = tables.origins.iter().map(|(_, origin)| origin);
    let first = origins.filter(|origin| &*origin.file == file && origin.row <= row);
    let first = first.map(|origin| origin.row).max();
    (file.to_owned(), first.expect("a series has the row"))
}

fn read(tables: &Tables) -> Result<(), Problems> {
    let tables: Vec<CycleTable> = cycle::TABLES
        .iter()
        .filter_map(|name| {
            Some(CycleTable {
                name,
                file: (*name).to_owned(),
                content: tables.texts.get(name)?.clone().into(),
            })
        })
        .collect();
    cycle::build(&FIXTURE.settings, &tables).map(drop)
}

fn opened() -> State {
    let mut state = State::new(Arc::new(FileFormats));
    let cycle = CycleFact {
        id: CYCLE.into(),
        title: "Gate".into(),
        as_of: day(),
        illustrative: None,
        framework: FRAMEWORK.into(),
        organisations: FIXTURE.organisations.id.clone(),
        pcts: PCTS.iter().map(|code| (*code).into()).collect(),
        previous: None,
        review: None,
    };
    let drafts = [
        Fact::Framework(FIXTURE.framework.clone()).into(),
        Fact::Organisations(FIXTURE.organisations.clone()).into(),
        Fact::Cycle(cycle).into(),
    ];
    offer(&mut state, &drafts).unwrap();
    state
}

/// Whether drafts are admitted; otherwise what is wrong with them, and whether this is everything.
fn offer(state: &mut State, drafts: &[Draft]) -> Result<(), (Faults, bool)> {
    let command = Command {
        request: "gate",
        drafts,
    };
    let operator = Actor::operator("operator");
    let admitted = admit(
        state,
        &Unrestricted,
        &operator,
        Timestamp::UNIX_EPOCH,
        command,
    );
    let Err(refusals) = admitted else {
        return Ok(());
    };
    let mut faults = Faults::new();
    let mut is_all = true;
    for refusal in refusals.each() {
        let rule = match &refusal.reason {
            RefusalReason::Contradiction(error) => error.rule(),
            RefusalReason::Entry(EntryError::AlreadyRecorded { .. }) => "repeated",
            RefusalReason::Entry(EntryError::Unknown(_)) => "",
            other => panic!("{other}"),
        };
        is_all &= matches!(refusal.reason, RefusalReason::Contradiction(_));
        let origin = refusal.origin.as_ref().expect("a draft is at fault");
        let place = (origin.file.to_string(), origin.row);
        faults.entry(place).or_default().insert(rule);
    }
    Err((faults, is_all))
}

fn drafts(tables: &Tables) -> Vec<Draft> {
    let mut records = tables.origins.clone();
    // What others cite comes first, as when a case is loaded.
    records.sort_by_key(|(fact, _)| fact.kind() != RecordKind::Evidence);
    records.retain(|(fact, _)| fact.kind().is_cited() || fact.body() != LEFT_OUT);
    let each = records.into_iter().map(|(record, origin)| Draft {
        fact: Fact::Record {
            cycle: CYCLE.into(),
            record,
        },
        supersedes: None,
        origin: Some(origin),
    });
    each.collect()
}

fn compare(records: Vec<RecordFact>) -> Result<Option<Faults>, TestCaseError> {
    let mut tables = Tables::default();
    for record in records {
        tables.add(record);
    }
    let from_files = read(&tables);
    let admitted = offer(&mut opened(), &drafts(&tables));
    let shown = || format!("{:?}\n{from_files:?}\n{admitted:?}", tables.texts);
    prop_assert_eq!(from_files.is_ok(), admitted.is_ok(), "{}", shown());
    let (Err(problems), Err((faults, is_all))) = (&from_files, &admitted) else {
        return Ok(None);
    };
    let of_files = faults_of_files(problems, &tables);
    let unread = of_files.values().any(|rules| rules.contains(""));
    if *is_all && !unread {
        prop_assert_eq!(&of_files, faults, "{}", shown());
    } else if !unread {
        // A key that is taken ends the admission: what comes after it is not looked at.
        for (place, rules) in faults {
            let found = of_files.get(place);
            prop_assert!(
                found.is_some_and(|found| rules.is_subset(found)),
                "{}",
                shown()
            );
        }
    }
    // A row that cannot be read is not compared with others, and one unknown code is reported once.
    Ok(Some(of_files))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn case_files_and_the_ledger_take_the_same_decision(records in any_records()) {
        compare(records)?;
    }
}

/// The cases that are drawn break every rule of a record.
#[test]
fn the_cases_drawn_reach_every_rule() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let (mut reached, mut accepted, mut compared) = (BTreeSet::new(), 0, 0);
    for _ in 0..3_000 {
        let records = any_records().new_tree(&mut runner).unwrap().current();
        match compare(records).unwrap() {
            None => accepted += 1,
            Some(faults) => {
                let rules: BTreeSet<&str> = faults.into_values().flatten().collect();
                compared += u32::from(!rules.contains(""));
                reached.extend(rules);
            }
        }
    }
    assert!(accepted > 200 && compared > 300, "{accepted} {compared}");
    let expected = BTreeSet::from([
        "",
        "area-of-statement",
        "assessor-of-function",
        "assured-for-each-pct",
        "body-exists",
        "body-is-assured",
        "cluster-with-members",
        "departure-with-reason",
        "direction",
        "kind-of-body",
        "known-position",
        "known-wording",
        "limits-around-value",
        "one-direction",
        "one-form-of-period",
        "one-outcome-a-slot",
        "one-value-a-year",
        "quartile-in-range",
        "rate-in-range",
        "rate-with-years",
        "repeated",
        "score-in-range",
        "score-or-wording",
        "sha-is-not-judged",
        "slot-in-range",
        "value-in-range",
        "year-in-range",
        "years-in-order",
    ]);
    assert_eq!(reached, expected);
}
