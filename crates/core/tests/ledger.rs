//! Replaying entries: the current records, which record replaced which, and earlier states.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic"
)]

#[path = "ledger/draw.rs"]
mod draw;
#[path = "support/replay.rs"]
mod replay;
mod support;
#[path = "ledger/unread.rs"]
mod unread;

use draw::any_draft;
use jiff::Timestamp;
use proptest::prelude::*;
use replay::{check_earlier_states, entry, push, try_admit};
use std::sync::Arc;
use wcc_core::ledger::{
    AsOf, CycleFact, Draft, EntryError, Fact, FileFormat, FrameworkText, OrganisationTables,
    RefusalReason, RuleBooks, SegmentError, State,
};
use wcc_core::record::{
    EvidenceFact, EvidenceKind, JudgementDetails, JudgementFact, RecordFact, RecordKind,
    UnknownCode,
};
use wcc_core::{Framework, Method, Organisations};

/// Reads any text as the framework and the bodies of the fixture.
#[derive(Debug)]
struct Fixture;

impl RuleBooks for Fixture {
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String> {
        match &*text.text {
            "broken" => Err("line 1: not TOML".to_owned()),
            _ => Ok(support::framework()),
        }
    }

    fn organisations(&self, _: &OrganisationTables) -> Result<Organisations, String> {
        Ok(support::organisations())
    }
}

/// A program that reads the measures of the same text in a different order.
#[derive(Debug)]
struct ReversedMeasures;

impl RuleBooks for ReversedMeasures {
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String> {
        let mut framework = Fixture.framework(text)?;
        framework.measures.swap(0, 1);
        Ok(framework)
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        Fixture.organisations(tables)
    }
}

fn framework_fact() -> Fact {
    Fact::Framework(FrameworkText {
        format: FileFormat::FIRST,
        id: "test-2".into(),
        text: "as the fixture".into(),
    })
}

fn cycle_fact(title: &str) -> CycleFact {
    CycleFact {
        id: "case/2".into(),
        title: title.into(),
        as_of: jiff::civil::date(2008, 11, 30),
        illustrative: None,
        framework: "test-2".into(),
        organisations: "all".into(),
        pcts: vec!["5KF".into(), "5KG".into()],
        previous: None,
        review: None,
    }
}

fn opening() -> Vec<Draft> {
    let organisations = OrganisationTables {
        format: FileFormat::FIRST,
        id: "all".into(),
        tables: Vec::new(),
    };
    vec![
        framework_fact().into(),
        Fact::Organisations(organisations).into(),
        Fact::Cycle(cycle_fact("Case")).into(),
    ]
}

fn judgement(body: &str, measure: &str, method: Method, value: &str) -> Draft {
    let fact = JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method,
        value: Some(value.into()),
        assessor: None,
        details: JudgementDetails::default(),
    };
    in_cycle(RecordFact::Judgement(fact))
}

fn in_cycle(record: RecordFact) -> Draft {
    Draft::from(Fact::Record {
        cycle: "case/2".into(),
        record,
    })
}

fn superseding(entry: u32, draft: Draft) -> Draft {
    Draft {
        supersedes: Some(entry),
        ..draft
    }
}

fn withdrawal(entry: u32) -> Draft {
    superseding(
        entry,
        Fact::Withdrawn {
            reason: "entered for the wrong body".into(),
        }
        .into(),
    )
}

fn opened() -> State {
    let mut state = State::new(Arc::new(Fixture));
    for draft in opening() {
        push(&mut state, draft).unwrap();
    }
    state
}

/// The same beside the earlier cycle that records are carried from.
fn opened_after_another() -> State {
    let mut state = opened();
    let earlier = CycleFact {
        id: "case/1".into(),
        as_of: jiff::civil::date(2007, 11, 30),
        ..cycle_fact("The year before")
    };
    push(&mut state, Fact::Cycle(earlier).into()).unwrap();
    state
}

/// Formats everything that can be read from a state after an entry.
fn snapshot(state: &State, number: u32) -> String {
    let cycles = state.cycles_at(number).map(|id| {
        let (cycle, fact) = state.cycle_at(id, number).unwrap();
        let records = cycle.records_in_codes();
        format!("{fact:?} {records:?}\n")
    });
    cycles.collect()
}

fn values(state: &State, number: u32) -> Vec<String> {
    let (cycle, _) = state.cycle_at("case/2", number).unwrap();
    let each = cycle.records_in_codes().into_iter();
    each.map(|(record, fact)| match fact {
        RecordFact::Judgement(judgement) => {
            format!(
                "{}: {} {}",
                record.0,
                judgement.subject,
                judgement.value.unwrap()
            )
        }
        other => format!("{}: {other:?}", record.0),
    })
    .collect()
}

#[test]
fn a_later_judgement_replaces_an_earlier_one() {
    let mut state = opened();
    let first = push(&mut state, judgement("5KF", "1a", Method::Panel, "2")).unwrap();
    let again = push(&mut state, judgement("5KF", "1a", Method::Panel, "3"));
    let details = String::new();
    let by = first;
    assert_eq!(again, Err(EntryError::AlreadyRecorded { by, details }));

    let better = superseding(first, judgement("5KF", "1a", Method::Panel, "3"));
    let second = push(&mut state, better.clone()).unwrap();
    assert_eq!(values(&state, second), ["5: 1a 3"]);
    assert_eq!(values(&state, first), ["4: 1a 2"], "as it stood before");
    assert_eq!(state.entry(first).unwrap().superseded_by, Some(second));

    let refused = push(&mut state, better).unwrap_err().to_string();
    assert_eq!(refused, "entry 4 cannot be superseded: entry 5 replaced it");
}

#[test]
fn a_record_supersedes_only_a_record_of_the_same_subject() {
    let mut state = opened();
    let first = push(&mut state, judgement("5KF", "1a", Method::Panel, "2")).unwrap();
    for other in [
        judgement("5KG", "1a", Method::Panel, "2"),
        judgement("5KF", "1b", Method::Panel, "2"),
        judgement("5KF", "1a", Method::SelfAssessment, "2"),
    ] {
        let refused = push(&mut state, superseding(first, other)).unwrap_err();
        assert!(refused.to_string().ends_with("it is about another thing"));
    }
    let nothing = superseding(99, judgement("5KF", "1a", Method::Panel, "2"));
    let refused = push(&mut state, nothing).unwrap_err().to_string();
    assert_eq!(
        refused,
        "entry 99 cannot be superseded: there is no such entry"
    );
    assert_eq!(state.last(), first, "nothing was entered");
}

#[test]
fn a_withdrawal_leaves_the_place_empty() {
    let mut state = opened();
    let first = push(&mut state, judgement("5KF", "1a", Method::Panel, "2")).unwrap();
    let gone = push(&mut state, withdrawal(first)).unwrap();
    assert!(values(&state, gone).is_empty());
    assert_eq!(values(&state, first), ["4: 1a 2"]);
    push(&mut state, judgement("5KF", "1a", Method::Panel, "4")).unwrap();
    assert_eq!(values(&state, state.last()), ["6: 1a 4"]);
    let again = push(&mut state, withdrawal(first)).unwrap_err().to_string();
    assert_eq!(again, "entry 4 cannot be withdrawn: entry 5 withdrew it");
    let replaced = push(
        &mut state,
        superseding(6, judgement("5KF", "1a", Method::Panel, "3")),
    );
    assert_eq!(replaced, Ok(7));
    let late = push(&mut state, withdrawal(6)).unwrap_err().to_string();
    assert_eq!(late, "entry 6 cannot be withdrawn: entry 7 replaced it");
    let nothing = push(&mut state, withdrawal(99)).unwrap_err().to_string();
    assert_eq!(
        nothing,
        "entry 99 cannot be withdrawn: there is no such entry"
    );
    let not = push(&mut state, withdrawal(1)).unwrap_err();
    assert!(matches!(not, EntryError::NotWithdrawn { entry: 1, .. }));
}

#[test]
fn evidence_that_a_judgement_cites_is_not_withdrawn() {
    let mut state = opened();
    let named = |id: &str| {
        let mut draft = judgement("5KF", "1a", Method::Panel, "2");
        if let Fact::Record {
            record: RecordFact::Judgement(judgement),
            ..
        } = &mut draft.fact
        {
            judgement.details.evidence = vec![id.into()];
        }
        draft
    };
    let refused = push(&mut state, named("strategy")).unwrap_err().to_string();
    assert_eq!(refused, "evidence: there is no evidence `strategy`");
    let evidence = EvidenceFact {
        id: "strategy".into(),
        body: "5KF".into(),
        kind: EvidenceKind::Document,
        title: "Strategy".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: None,
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    };
    let evidence = push(&mut state, in_cycle(RecordFact::Evidence(evidence))).unwrap();
    let judged = push(&mut state, named("strategy")).unwrap();
    assert!(push(&mut state, withdrawal(evidence)).is_err());
    push(&mut state, withdrawal(judged)).unwrap();
    push(&mut state, withdrawal(evidence)).unwrap();
}

#[test]
fn an_unknown_code_is_reported_with_the_known_ones() {
    let mut state = opened();
    let refused = push(&mut state, judgement("5KF", "9z", Method::Panel, "2")).unwrap_err();
    let EntryError::Unknown(UnknownCode { field, known, .. }) = refused else {
        panic!("{refused}");
    };
    assert_eq!(field, "measure");
    assert!(known.contains(&"1a".into()));
    let refused = push(&mut state, judgement("5KF", "1a", Method::Panel, "9")).unwrap_err();
    assert_eq!(refused.to_string(), "value: there is no step `9`");
    let unreadable = Fact::Framework(FrameworkText {
        format: FileFormat::FIRST,
        id: "test-3".into(),
        text: "broken".into(),
    });
    let refused = try_admit(&mut state, &[unreadable.into()]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "entry 1 of the request: framework `test-3` cannot be read: line 1: not TOML"
    );
    assert_eq!(state.last(), 3);
}

#[test]
fn entries_are_in_order_of_number_and_time() {
    let mut state = opened();
    let late = entry(9, judgement("5KF", "1a", Method::Panel, "2"));
    assert_eq!(
        state.apply(late),
        Err(EntryError::OutOfOrder { given: 9, last: 3 })
    );
    let mut early = entry(4, judgement("5KF", "1a", Method::Panel, "2"));
    early.at = Timestamp::from_second(1).unwrap();
    assert_eq!(state.apply(early), Err(EntryError::BeforePrevious(4)));
}

#[test]
fn a_time_selects_the_last_entry_up_to_it() {
    let mut state = opened();
    push(&mut state, judgement("5KF", "1a", Method::Panel, "2")).unwrap();
    let at = |second| AsOf::Time(Timestamp::from_second(second).unwrap());
    assert_eq!(state.number_at(at(1_000_003)), 3);
    assert_eq!(state.number_at(at(1_000_999)), 4);
    assert_eq!(state.number_at(at(0)), 0);
    assert_eq!(state.number_at(AsOf::Entry(2)), 2);
    assert_eq!(state.number_at(AsOf::Entry(99)), 4);
}

#[test]
fn a_new_description_of_a_cycle_keeps_its_framework() {
    let mut state = opened();
    let anew = superseding(3, Fact::Cycle(cycle_fact("Another title")).into());
    push(&mut state, anew).unwrap();
    let title = |number| state.cycle_at("case/2", number).unwrap().0.title;
    assert_eq!(
        (title(3), title(4)),
        ("Case".into(), "Another title".into())
    );
    let mut other = cycle_fact("Case");
    other.organisations = "others".into();
    let refused = push(&mut state, superseding(4, Fact::Cycle(other).into()));
    assert!(refused.is_err());
}

#[test]
fn a_segment_is_added_only_in_its_place() {
    let mut state = opened();
    let entered = push(&mut state, judgement("5KF", "1a", Method::Panel, "2"));
    let last = entered.unwrap();
    let rest = state.segment(last - 1, last);
    let mut fresh = State::new(Arc::new(Fixture));
    let elsewhere = SegmentError::OutOfPlace {
        after: last - 1,
        last: 0,
    };
    assert_eq!(fresh.resume(rest.clone()), Err(elsewhere));
    // The cycle that it refers to is missing.
    let mut without = State::new(Arc::new(Fixture));
    let again = Fact::Framework(FrameworkText {
        format: FileFormat::FIRST,
        id: "test-3".into(),
        text: "as the fixture".into(),
    });
    for draft in opening().into_iter().take(2).chain([again.into()]) {
        push(&mut without, draft).unwrap();
    }
    assert_eq!(without.resume(rest), Err(SegmentError::Dangling(last)));
    assert_eq!(without.last(), last - 1);
    // To a program that reads the framework differently, positions mean something else.
    let mut otherwise = State::new(Arc::new(ReversedMeasures));
    let whole = state.segment(0, last);
    assert_eq!(otherwise.resume(whole), Err(SegmentError::OtherReader));
    assert_eq!(otherwise.last(), 0);
}

proptest! {
    /// The state as of an entry equals the replay of the entries up to it, and forgetting newer entries restores it.
    #[test]
    fn an_earlier_state_is_the_replay_of_its_entries(drafts in prop::collection::vec(any_draft(), 0..40)) {
        check_earlier_states(opened(), opening(), drafts, snapshot)?;
    }

    /// A state that is rebuilt from segments, wherever it was cut, equals the original, and accepts and refuses the same drafts.
    #[test]
    fn segments_lead_to_the_same_state(
        drafts in prop::collection::vec(any_draft(), 0..40),
        more in prop::collection::vec(any_draft(), 0..10),
        cuts in prop::collection::vec(0u32..45, 0..4),
    ) {
        let mut state = opened();
        for draft in drafts {
            let _ = push(&mut state, draft);
        }
        let last = state.last();
        let mut ends: Vec<u32> = cuts.into_iter().filter(|cut| *cut < last).collect();
        ends.push(last);
        ends.sort_unstable();
        let mut again = State::new(Arc::new(Fixture));
        for end in ends {
            let segment = state.segment(again.last(), end);
            prop_assert_eq!(again.resume(segment), Ok(()));
        }
        for number in 0..=last {
            prop_assert_eq!(snapshot(&again, number), snapshot(&state, number));
            prop_assert_eq!(again.entry(number), state.entry(number));
        }
        // A segment that was written later describes these entries as an earlier one would have.
        let then = format!("{:?}", state.segment(0, last));
        for draft in more {
            let taken = push(&mut state, draft.clone());
            prop_assert_eq!(push(&mut again, draft), taken);
        }
        prop_assert_eq!(format!("{:?}", state.segment(0, last)), then);
        prop_assert_eq!(snapshot(&again, again.last()), snapshot(&state, state.last()));
        again.truncate(2);
        state.truncate(2);
        prop_assert_eq!(snapshot(&again, 2), snapshot(&state, 2));
    }

    /// Checking each entry only against the records that it touches finds every contradiction.
    #[test]
    fn checking_the_touched_records_finds_the_same_contradictions(drafts in prop::collection::vec(any_draft(), 0..60)) {
        let mut state = opened_after_another();
        // Whether a phase may open, an approval be given, or a member score, depends on what was entered before, and in which
        // order; a cycle does not hold that.
        const IN_ORDER: [RecordKind; 6] = [
            RecordKind::Phase,
            RecordKind::Approval,
            RecordKind::InterestDeclaration,
            RecordKind::Score,
            RecordKind::FactComment,
            RecordKind::FactReply,
        ];
        let is_in_order = |draft: &Draft| matches!(
            &draft.fact,
            Fact::Record { record, .. } if IN_ORDER.contains(&record.kind())
        );
        for draft in drafts.into_iter().filter(|draft| !is_in_order(draft)) {
            let before = state.last();
            if push(&mut state, draft.clone()).is_err() {
                continue;
            }
            let (whole, _) = state.cycle_at("case/2", state.last()).unwrap();
            let contradicts = whole.check().is_err();
            state.truncate(before);
            let refused = try_admit(&mut state, &[draft]).err();
            prop_assert_eq!(refused.is_some(), contradicts, "{:?}", refused);
            prop_assert_eq!(state.last(), before + u32::from(refused.is_none()));
        }
    }

    /// A command with one draft that cannot be entered enters nothing, wherever the draft is in it, and leaves the state unchanged.
    #[test]
    fn one_bad_draft_leaves_the_state_as_before(
        entered in prop::collection::vec(any_draft(), 0..20),
        drafts in prop::collection::vec(any_draft(), 0..20),
        at in any::<prop::sample::Index>(),
    ) {
        let mut state = opened();
        for draft in entered {
            let _ = try_admit(&mut state, &[draft]);
        }
        let last = state.last();
        let before = (snapshot(&state, last), format!("{:?}", state.segment(0, last)));
        let mut with_bad = drafts.clone();
        with_bad.insert(at.index(drafts.len() + 1), judgement("5KF", "9z", Method::Panel, "2"));
        prop_assert!(try_admit(&mut state, &with_bad).is_err());
        let after = (snapshot(&state, last), format!("{:?}", state.segment(0, last)));
        prop_assert_eq!((state.last(), after), (last, before));
        // No trace is left: the next drafts are decided as if it had never been requested.
        let mut untouched = State::new(Arc::new(Fixture));
        untouched.resume(state.segment(0, last)).unwrap();
        prop_assert_eq!(try_admit(&mut state, &drafts), try_admit(&mut untouched, &drafts));
        prop_assert_eq!(snapshot(&state, state.last()), snapshot(&untouched, untouched.last()));
    }
}
