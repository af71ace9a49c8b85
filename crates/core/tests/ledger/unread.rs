//! Rule books that the program cannot read.

use super::*;

/// A later version of the program, which reads every text.
#[derive(Debug)]
struct Upgraded;

impl RuleBooks for Upgraded {
    fn framework(&self, _: &FrameworkText) -> Result<Framework, String> {
        Ok(support::framework())
    }

    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String> {
        Fixture.organisations(tables)
    }
}

/// A rule book of a later version of the program cannot be read. Everything but its cycle can.
#[test]
fn an_unreadable_rule_book_affects_only_its_cycle() {
    let mut state = opened();
    let before = snapshot(&state, state.last());
    let later = |id: &str| CycleFact {
        id: id.into(),
        framework: "test-9".into(),
        ..cycle_fact("Later")
    };
    let book = Fact::Framework(FrameworkText {
        format: FileFormat(9),
        id: "test-9".into(),
        text: "broken".into(),
    });
    let book = push(&mut state, book.into()).unwrap();
    push(&mut state, Fact::Cycle(later("case/9")).into()).unwrap();
    let record = |record: RecordFact| {
        Draft::from(Fact::Record {
            cycle: "case/9".into(),
            record,
        })
    };
    let Fact::Record {
        record: misplaced, ..
    } = judgement("X99", "12z", Method::Panel, "9").fact
    else {
        unreachable!("a judgement");
    };
    let evidence = RecordFact::Evidence(EvidenceFact {
        id: "plan".into(),
        body: "X99".into(),
        kind: EvidenceKind::Document,
        title: "Plan".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: Some("ab".repeat(32).into()),
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    });
    let first = push(&mut state, record(misplaced.clone())).unwrap();
    let second = push(&mut state, superseding(first, record(misplaced.clone()))).unwrap();
    assert!(push(&mut state, superseding(first, record(misplaced.clone()))).is_err());
    let filed = push(&mut state, record(evidence)).unwrap();
    push(&mut state, withdrawal(filed)).unwrap();
    let sound = judgement("5KF", "1a", Method::Panel, "2");
    let last = push(&mut state, sound.clone()).unwrap();

    let unread = state.unread_book_of("case/9", last);
    let unread = unread.expect("it cannot be read");
    assert_eq!((unread.entry, &*unread.problem), (book, "line 1: not TOML"));
    assert_eq!(state.unread_book_of("case/2", last), None);
    assert_eq!(state.cycle_of(first), Some("case/9"));
    let (cycle, _) = state.cycle_at("case/9", last).unwrap();
    assert!(cycle.records_in_codes().is_empty());
    assert_eq!(values(&state, last), [format!("{last}: 1a 2")]);
    // The document of the cycle still belongs to the ledger.
    let documents: Vec<(u32, &str)> = state.documents().collect();
    assert_eq!(documents, [(filed, &*"ab".repeat(32))]);

    // No new record, rule book or cycle is admitted that needs an unreadable rule book.
    let new_book = Fact::Framework(FrameworkText {
        format: FileFormat(9),
        id: "test-10".into(),
        text: "broken".into(),
    });
    let refused = [record(misplaced), new_book.into()];
    for draft in refused {
        let refusals = try_admit(&mut state, std::slice::from_ref(&draft)).unwrap_err();
        let reason = &refusals.each().next().unwrap().reason;
        let unreadable = matches!(reason, RefusalReason::Entry(EntryError::Unreadable { .. }));
        assert!(unreadable, "{draft:?}: {reason}");
    }

    let new_cycle = Fact::Cycle(later("case/10")).into();
    assert!(try_admit(&mut state, &[new_cycle]).is_err());
    assert!(try_admit(&mut state, &[withdrawal(second)]).is_err());

    let whole = state.segment(0, last);
    let mut again = State::new(Arc::new(Fixture));
    again.resume(whole.clone()).unwrap();
    assert_eq!(snapshot(&again, last), snapshot(&state, last));
    // A program that can read the rule book replays the entries.
    let mut upgraded = State::new(Arc::new(Upgraded));
    assert!(upgraded.resume(whole).is_err());
    state.truncate(3);
    assert_eq!(snapshot(&state, 3), before);
    assert_eq!(state.unread_book_of("case/9", state.last()), None);
    assert_eq!(state.documents().count(), 0);
}
