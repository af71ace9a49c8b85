//! Moving a cycle to another set of bodies: its records, its earlier and later states, and refused
//! moves.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test: it stops at the first surprise"
)]

#[path = "support/replay.rs"]
mod replay;
mod support;

use proptest::prelude::*;
use replay::{check_earlier_states, push, try_admit};
use std::sync::Arc;
use wcc_core::body::{Membership, Period};
use wcc_core::ledger::{
    CycleFact, Draft, Fact, FileFormat, FrameworkText, OrganisationTable, OrganisationTables,
    RebaseFact, RuleBooks, State,
};
use wcc_core::record::{JudgementDetails, JudgementFact, RecordFact};
use wcc_core::{Framework, Method, Organisations};

/// Reads the framework of the fixture, and its bodies in the order that a table gives. `+` marks
/// the PCTs of the cluster: `Q30 cluster +5KF 5J9`.
#[derive(Debug)]
struct Books;

impl RuleBooks for Books {
    fn framework(&self, _: &FrameworkText) -> Result<Framework, String> {
        Ok(support::framework())
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        if tables.format != FileFormat::FIRST {
            return Err("another format".to_owned());
        }
        let fixture = support::organisations();
        let words: Vec<&str> = tables.tables[0].text.split_whitespace().collect();
        let code = |word: &str| word.trim_start_matches('+').to_owned();
        let position = |word: &str| {
            let position = words.iter().position(|other| code(other) == word);
            wcc_core::BodyIndex(u32::try_from(position.unwrap()).unwrap())
        };
        let bodies = words.iter().map(|word| {
            let mut body = fixture.body(fixture.find(&code(word)).unwrap()).clone();
            body.sha = body.sha.map(|_| position("Q30"));
            body
        });
        let members = words.iter().filter(|word| word.starts_with('+'));
        let memberships = members.map(|pct| Membership {
            cluster: position("cluster"),
            pct: position(&code(pct)),
            period: Period::default(),
            source: None,
        });
        let (bodies, memberships) = (bodies.collect(), memberships.collect());
        Ok(Organisations::new(bodies, memberships, Vec::new()))
    }
}

const TABLE: &str = "Q30 cluster +5KF +5KG 5J9";
/// 5J9 has joined the cluster, 5KL is new, and the order differs.
const CORRECTED: &str = "5KL 5J9 +5KG +5KF cluster Q30";
/// As [`CORRECTED`], without 5KG.
const SMALLER: &str = "+5KL cluster +5KF Q30";

fn tables(id: &str, text: &str) -> Draft {
    Fact::Organisations(OrganisationTables {
        id: id.into(),
        format: FileFormat::FIRST,
        tables: vec![OrganisationTable {
            name: "pct.csv".into(),
            file: "pct.csv".into(),
            shipped: false,
            text: text.into(),
        }],
    })
    .into()
}

fn description(pcts: &[&str]) -> CycleFact {
    CycleFact {
        id: "case/2".into(),
        title: "Case".into(),
        as_of: jiff::civil::date(2008, 11, 30),
        illustrative: None,
        framework: "test-2".into(),
        organisations: "all".into(),
        pcts: pcts.iter().map(|code| (*code).into()).collect(),
        previous: None,
        review: None,
    }
}

fn opening() -> Vec<Draft> {
    let framework = FrameworkText {
        format: FileFormat::FIRST,
        id: "test-2".into(),
        text: "".into(),
    };
    vec![
        Fact::Framework(framework).into(),
        tables("all", TABLE),
        Fact::Cycle(description(&["5KF", "5KG", "5J9"])).into(),
    ]
}

fn rebase(organisations: &str, pcts: &[&str]) -> Draft {
    Fact::Rebase(RebaseFact {
        cycle: "case/2".into(),
        organisations: organisations.into(),
        pcts: pcts.iter().map(|code| (*code).into()).collect(),
        reason: None,
    })
    .into()
}

fn judgement(body: &str, measure: &str, method: Method, value: &str) -> Draft {
    Draft::from(Fact::Record {
        cycle: "case/2".into(),
        record: RecordFact::Judgement(JudgementFact {
            body: body.into(),
            subject: measure.into(),
            method,
            value: Some(value.into()),
            assessor: None,
            details: JudgementDetails::default(),
        }),
    })
}

fn superseding(entry: u32, draft: Draft) -> Draft {
    Draft {
        supersedes: Some(entry),
        ..draft
    }
}

fn later_tables() -> Draft {
    let Fact::Organisations(known) = tables("later", "").fact else {
        unreachable!("tables");
    };
    Draft::from(Fact::Organisations(OrganisationTables {
        format: FileFormat(2),
        ..known
    }))
}

fn withdrawal(entry: u32) -> Draft {
    let reason = "entered for the wrong body".into();
    superseding(entry, Fact::Withdrawn { reason }.into())
}

fn opened() -> State {
    let mut state = State::new(Arc::new(Books));
    for draft in opening() {
        push(&mut state, draft).unwrap();
    }
    state
}

/// Returns the current value of each body after an entry.
fn values(state: &State, number: u32) -> Vec<String> {
    let (cycle, _) = state.cycle_at("case/2", number).unwrap();
    let records = cycle.records_in_codes().into_iter();
    records
        .map(|(record, fact)| match fact {
            RecordFact::Judgement(judgement) => {
                let value = judgement.value.unwrap();
                format!("{}: {} {}", record.0, judgement.body, value)
            }
            other => format!("{}: {other:?}", record.0),
        })
        .collect()
}

fn pcts(state: &State, number: u32) -> Vec<String> {
    let (cycle, _) = state.cycle_at("case/2", number).unwrap();
    let pcts = cycle.pcts.iter();
    pcts.map(|pct| cycle.organisations.body(*pct).code.clone())
        .collect()
}

#[test]
fn records_keep_their_codes() {
    let mut state = opened();
    push(&mut state, judgement("5KG", "1a", Method::Panel, "2")).unwrap();
    push(&mut state, judgement("5J9", "1a", Method::Panel, "3")).unwrap();
    push(&mut state, judgement("cluster", "1b", Method::Panel, "4")).unwrap();
    let before = values(&state, 6);
    let moved = [
        superseding(2, tables("all", CORRECTED)),
        rebase("all", &["5KF", "5KG", "5J9", "5KL"]),
    ];
    try_admit(&mut state, &moved).unwrap();
    assert_eq!(values(&state, 8), before);
    assert_eq!(pcts(&state, 8), ["5KF", "5KG", "5J9", "5KL"]);
    // Earlier states have the earlier tables, even after the new tables were entered.
    assert_eq!(values(&state, 7), before);
    assert_eq!(pcts(&state, 7), ["5KF", "5KG", "5J9"]);
    let (cycle, _) = state.cycle_at("case/2", 7).unwrap();
    assert!(cycle.organisations.find("5KL").is_none());

    // The new PCT is assured, and earlier records can be superseded and withdrawn.
    try_admit(&mut state, &[judgement("5KL", "1a", Method::Panel, "1")]).unwrap();
    let again = judgement("5KG", "1a", Method::Panel, "4");
    let refused = try_admit(&mut state, std::slice::from_ref(&again)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "entry 1 of the request: entry 4 already records this (panel assessment of 5KG on 1a: 2; by \
         the operator, on 12 January 1970 at 13:46 UTC); supersede it, or leave it unchanged"
    );
    try_admit(&mut state, &[superseding(4, again), withdrawal(5)]).unwrap();
    assert_eq!(
        values(&state, state.last()),
        ["6: cluster 4", "9: 5KL 1", "10: 5KG 4"]
    );
}

#[test]
fn a_record_of_a_missing_body_is_named() {
    let mut state = opened();
    push(&mut state, judgement("5KG", "1a", Method::Panel, "2")).unwrap();
    push(&mut state, tables("smaller", SMALLER)).unwrap();
    let refused = try_admit(&mut state, &[rebase("smaller", &["5KF", "5KL"])]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "entry 1 of the request: the cycle `case/2` cannot move to the bodies `smaller`: entry 4 \
         names the body `5KG`, which they lack; keep it in the tables, or withdraw the entry first"
    );
    assert_eq!(state.last(), 5, "nothing was entered");
    try_admit(
        &mut state,
        &[withdrawal(4), rebase("smaller", &["5KF", "5KL"])],
    )
    .unwrap();
    assert!(values(&state, state.last()).is_empty());
}

#[test]
fn a_record_that_would_affect_no_pct_is_named() {
    let mut state = opened();
    push(&mut state, judgement("5KG", "1a", Method::Panel, "2")).unwrap();
    push(&mut state, superseding(2, tables("all", CORRECTED))).unwrap();
    let refused = try_admit(&mut state, &[rebase("all", &["5KF"])]).unwrap_err();
    let refused = refused.to_string();
    assert_eq!(
        refused,
        "entry 4 prevents this: `5KG` is not assured in the cycle `case/2`: no output would show \
         this record"
    );
    // The same applies to a description that omits a PCT.
    let without = superseding(3, Fact::Cycle(description(&["5KF", "5J9"])).into());
    assert_eq!(
        try_admit(&mut state, &[without]).unwrap_err().to_string(),
        refused
    );
}

#[test]
fn a_cycle_moves_only_to_other_bodies() {
    let mut state = opened();
    let mut refuse = |draft: Draft| try_admit(&mut state, &[draft]).unwrap_err().to_string();
    for (draft, expected) in [
        (rebase("all", &["5KF"]), "it has them already"),
        (rebase("others", &["5KF"]), "there is no set of bodies"),
        (
            superseding(3, rebase("all", &["5KF"])),
            "supersedes nothing",
        ),
    ] {
        let refused = refuse(draft);
        assert!(refused.contains(expected), "{refused}");
    }
    push(&mut state, tables("new", CORRECTED)).unwrap();
    for (pct, expected) in [
        ("cluster", "`cluster` is of kind cluster"),
        ("5XX", "there is no body `5XX`"),
    ] {
        let refused = try_admit(&mut state, &[rebase("new", &["5KF", pct])]).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    let unknown = Fact::Rebase(RebaseFact {
        cycle: "case/3".into(),
        organisations: "new".into(),
        pcts: Vec::new(),
        reason: None,
    });
    let refused = try_admit(&mut state, &[unknown.into()]).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("cycle: there is no cycle `case/3`")
    );
}

/// Generates drafts, among them moves to other sets of bodies.
fn any_draft() -> impl Strategy<Value = Draft> {
    let body = prop::sample::select(vec!["5KF", "5KG", "5J9", "5KL", "cluster"]);
    let measure = prop::sample::select(vec!["1a", "1b"]);
    let value = prop::sample::select(vec!["1", "2", "4"]);
    let judged = (body, measure, value)
        .prop_map(|(body, measure, value)| judgement(body, measure, Method::Panel, value));
    let text = prop::sample::select(vec![TABLE, CORRECTED, SMALLER]);
    let id = prop::sample::select(vec!["all", "new"]);
    let superseded = prop::option::weighted(0.5, 1u32..20);
    (judged, text, id, superseded, 0..8u8).prop_map(|(draft, text, id, supersedes, kind)| {
        match (kind, supersedes) {
            (0, Some(entry)) => withdrawal(entry),
            (1, Some(entry)) => {
                superseding(entry, Fact::Cycle(description(&["5KF", "5KG"])).into())
            }
            (2, supersedes) => Draft {
                supersedes,
                ..tables(id, text)
            },
            (3, _) => rebase(id, &["5KF"]),
            (4, _) => rebase(id, &["5KF", "5KG", "5J9"]),
            (_, supersedes) => Draft {
                supersedes,
                ..draft
            },
        }
    })
}

/// Formats everything that can be read from a state after an entry.
fn snapshot(state: &State, number: u32) -> String {
    let (cycle, fact) = state.cycle_at("case/2", number).unwrap();
    let bodies: Vec<String> = cycle
        .organisations
        .each()
        .map(|(_, body)| body.code.clone())
        .collect();
    format!("{fact:?} {bodies:?} {:?}", cycle.records_in_codes())
}

proptest! {
    #[test]
    fn an_earlier_state_is_the_replay_of_its_entries(drafts in prop::collection::vec(any_draft(), 0..40)) {
        check_earlier_states(opened(), opening(), drafts, snapshot)?;
    }

    #[test]
    fn segments_lead_to_the_same_state(
        drafts in prop::collection::vec(any_draft(), 0..40),
        more in prop::collection::vec(any_draft(), 0..10),
        cut in 0u32..40,
    ) {
        let mut state = opened();
        for draft in drafts {
            let _ = push(&mut state, draft);
        }
        let last = state.last();
        let mut again = State::new(Arc::new(Books));
        for end in [cut.min(last), last] {
            let segment = state.segment(again.last(), end);
            prop_assert_eq!(again.resume(segment), Ok(()));
        }
        for number in 3..=last {
            prop_assert_eq!(snapshot(&again, number), snapshot(&state, number));
            prop_assert_eq!(again.entry(number), state.entry(number));
        }
        for draft in more {
            let taken = push(&mut state, draft.clone());
            prop_assert_eq!(push(&mut again, draft), taken);
        }
        prop_assert_eq!(snapshot(&again, again.last()), snapshot(&state, state.last()));
    }

    /// The changes between two entries are listed exactly, or not at all.
    #[test]
    fn changes_lead_from_one_entry_to_the_other(
        drafts in prop::collection::vec(any_draft(), 0..40),
        from in 3u32..43,
        to in 3u32..43,
    ) {
        let mut state = opened();
        for draft in drafts {
            let _ = push(&mut state, draft);
        }
        let (from, to) = (from.min(state.last()), to.min(state.last()));
        let Some(changes) = state.changes("case/2", from, to) else {
            return Ok(());
        };
        let records = |number: u32| {
            let (cycle, _) = state.cycle_at("case/2", number).unwrap();
            let records = cycle.records.each().map(|record| record.id());
            records.collect::<Vec<_>>()
        };
        let mut led: Vec<_> = records(from);
        led.retain(|id| !changes.removed.each().any(|record| record.id() == *id));
        led.extend(changes.added.each().map(|record| record.id()));
        led.sort_unstable();
        let mut expected = records(to);
        expected.sort_unstable();
        prop_assert_eq!(led, expected);
    }
}

/// A later version of the program moved the cycle to tables that this one cannot read.
#[test]
fn a_cycle_that_moved_to_tables_of_a_later_version_stands_as_before_until_then() {
    let mut state = opened();
    let first = push(&mut state, judgement("5KG", "1a", Method::Panel, "2")).unwrap();
    let before = values(&state, first);
    let tables = push(&mut state, later_tables()).unwrap();
    let moved = push(&mut state, rebase("later", &["9ZZ"])).unwrap();
    let new = push(&mut state, judgement("9ZZ", "1a", Method::Panel, "4")).unwrap();
    push(
        &mut state,
        superseding(new, judgement("9ZZ", "1a", Method::Panel, "3")),
    )
    .unwrap();
    let last = push(&mut state, withdrawal(first)).unwrap();

    assert_eq!(values(&state, tables), before);
    assert_eq!(state.unread_book_of("case/2", tables), None);
    let unread = state.unread_book_of("case/2", moved).expect("the tables");
    assert_eq!((unread.entry, unread.what), (tables, "set of bodies"));
    assert!(values(&state, last).is_empty());
    // Moving it to tables that can be read does not bring back what cannot be.
    let refusals = try_admit(&mut state, &[rebase("all", &["5KF"])]).unwrap_err();
    assert!(
        refusals.to_string().contains("another format"),
        "{refusals}"
    );
    assert!(try_admit(&mut state, &[rebase("later", &["5KF"])]).is_err());

    let mut again = State::new(Arc::new(Books));
    again.resume(state.segment(0, last)).unwrap();
    assert_eq!(values(&again, tables), before);
    assert!(again.unread_book_of("case/2", last).is_some());
    state.truncate(first);
    assert_eq!(values(&state, first), before);
    assert_eq!(state.unread_book_of("case/2", first), None);
    push(
        &mut state,
        superseding(first, judgement("5KG", "1a", Method::Panel, "3")),
    )
    .unwrap();
}
