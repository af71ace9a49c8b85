//! What a refusal gives away: nothing that is hidden from whoever is refused.
//!
//! Every kind of draft is tried on two ledgers: one that holds records, a cycle, a framework and
//! tables that are hidden from the actor, and one in which they never existed. A refusal on the
//! first must be the same as on the second, or one of a few sentences that name nothing.

use super::*;
use wcc_core::record::{CriterionKind, RecordKind};

/// Code of the hidden PCT.
const PCT: &str = "5KG";
/// A word in the name of everything else that is hidden.
const MARK: &str = "secret";

/// What is said when the reason is hidden. None of them names anything.
const NEUTRAL: [&str; 6] = [
    "this identifier cannot be used here: choose another",
    "the ledger does not take this as it is: ask the operator of this server",
    "the role `panel` may not do this (`open-cycle`)",
    "the role `panel` may not do this (`rebase-cycle`)",
    "it is no longer current",
    "others may rely on it; correct it with `supersedes` instead",
];

/// Allows everything but to see one PCT and the cycles whose name has the mark.
#[derive(Debug)]
struct Hides;

impl Policy for Hides {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let resource = question.resource;
        let is_pct = resource.body.is_some_and(|body| body.code == PCT);
        let is_marked = resource.cycle.is_some_and(|cycle| cycle.contains(MARK));
        if question.act == READ && (is_pct || is_marked) {
            let reason = "hidden".to_owned();
            return Decision::Denied { reason };
        }
        Decision::Allowed
    }
}

fn framework_text(id: &str) -> Draft {
    Draft::from(Fact::Framework(FrameworkText {
        format: FileFormat::FIRST,
        id: id.into(),
        text: "as the fixture".into(),
    }))
}

fn tables(id: &str, text: &str) -> Draft {
    let Fact::Organisations(tables) = bodies(text).fact else {
        panic!("tables of bodies");
    };
    let id = id.into();
    Draft::from(Fact::Organisations(OrganisationTables { id, ..tables }))
}

fn described(id: &str, uses: [&str; 2], pcts: &[&str], previous: Option<&str>) -> Draft {
    let Fact::Cycle(fact) = cycle(id, 2008, pcts, previous).fact else {
        panic!("a cycle");
    };
    let [framework, organisations] = uses;
    Draft::from(Fact::Cycle(CycleFact {
        framework: framework.into(),
        organisations: organisations.into(),
        ..fact
    }))
}

fn in_cycle(cycle: &str, record: RecordFact) -> Draft {
    let cycle = cycle.into();
    Draft::from(Fact::Record { cycle, record })
}

fn judged(body: &str, measure: &str, assessor: Option<&str>, evidence: &[&str]) -> RecordFact {
    RecordFact::Judgement(JudgementFact {
        body: body.into(),
        subject: measure.into(),
        method: Method::Panel,
        value: Some(if measure == "finance.1" { "red" } else { "2" }.into()),
        assessor: assessor.map(Into::into),
        details: JudgementDetails {
            evidence: evidence.iter().map(|id| (*id).into()).collect(),
            ..JudgementDetails::default()
        },
    })
}

fn evidence(id: &str, body: &str) -> RecordFact {
    RecordFact::Evidence(EvidenceFact {
        id: id.into(),
        body: body.into(),
        kind: EvidenceKind::Document,
        title: "Minutes".into(),
        measures: Vec::new(),
        issuer: None,
        dated: None,
        source: None,
        document: None,
        dates: wcc_core::record::EvidenceDates::default(),
        carried_from: None,
        rating: None,
    })
}

fn chosen(pct: &str, better: Better) -> RecordFact {
    RecordFact::Outcome(OutcomeFact {
        pct: pct.into(),
        better,
        ..super::outcome()
    })
}

fn criterion(body: &str, evidence: &str) -> RecordFact {
    RecordFact::Criterion(wcc_core::record::CriterionFact {
        body: body.into(),
        measure: "1a".into(),
        kind: CriterionKind::Criterion,
        supports: "2".into(),
        reason: "not met".into(),
        evidence: vec![evidence.into()],
        inferred: None,
        source: None,
    })
}

fn superseding(draft: Draft, entry: u32) -> Draft {
    let supersedes = Some(entry);
    Draft {
        supersedes,
        ..draft
    }
}

/// The ledger with everything, or as if what is hidden had never existed. What is shown has the
/// same numbers in both.
fn ledger(is_whole: bool) -> State {
    let mut state = State::new(Arc::new(Fixture));
    let (text, case, part): (&str, &[&str], &[&str]) = if is_whole {
        ("all", &["5KF", PCT], &[PCT])
    } else {
        ("without", &["5KF"], &[])
    };
    push(&mut state, framework_text("test-2"));
    push(&mut state, bodies(text));
    push(&mut state, cycle("case", 2008, case, None));
    push(&mut state, cycle("part", 2008, part, None));
    push(
        &mut state,
        record(judged("5KF", "1a", None, &["minutes"][..0])),
    );
    push(&mut state, record(evidence("minutes", "5KF")));
    push(&mut state, commentary("5KF"));
    push(&mut state, tables("newer", text));
    if is_whole {
        push(&mut state, framework_text("secret-rules"));
        push(&mut state, tables("secret-bodies", "all"));
        let uses = ["secret-rules", "secret-bodies"];
        push(&mut state, described("secret", uses, &["5KF"], None));
        push(&mut state, record(evidence("secret-notes", PCT)));
        let cited = ["minutes", "secret-notes"];
        push(&mut state, record(judged(PCT, "1b", None, &cited)));
        push(&mut state, record(judged(FUNCTION, "1a", Some(PCT), &[])));
        push(&mut state, record(chosen(PCT, Better::Lower)));
        push(&mut state, superseding(commentary(PCT), 7));
        let on_5kf = judged("5KF", "1a", None, &[]);
        push(&mut state, in_cycle("secret", on_5kf));
        let withdrawn = Fact::Withdrawn {
            reason: "entered twice".into(),
        };
        push(&mut state, superseding(withdrawn.into(), 16));
    }
    state
}

/// Drafts of every kind that name what is shown, what is hidden and what does not exist.
fn drafts() -> Vec<Draft> {
    let mut drafts = Vec::new();
    let pcts = ["5KF", PCT, CLUSTER, FUNCTION, "Q30", "none"];
    for id in ["test-2", "secret-rules", "new"] {
        drafts.push(framework_text(id));
    }
    for id in ["all", "secret-bodies", "new"] {
        drafts.push(tables(id, "all"));
    }
    for id in ["case", "part", "secret", "new"] {
        for framework in ["test-2", "secret-rules", "none"] {
            for organisations in ["all", "secret-bodies", "none"] {
                for pct in ["5KF", PCT, "none"] {
                    for previous in [None, Some("case"), Some("secret"), Some("none")] {
                        let uses = [framework, organisations];
                        drafts.push(described(id, uses, &[pct], previous));
                    }
                }
            }
        }
    }
    for in_this in ["case", "part", "secret", "none"] {
        for organisations in ["all", "newer", "secret-bodies", "none"] {
            for pct in ["5KF", PCT, "none"] {
                drafts.push(Draft::from(Fact::Rebase(RebaseFact {
                    cycle: in_this.into(),
                    organisations: organisations.into(),
                    pcts: vec![pct.into()],
                    reason: None,
                })));
            }
        }
        for body in pcts {
            for measure in ["1a", "1b", "finance.1", "none"] {
                for assessor in [None, Some(PCT), Some("Q30"), Some("none")] {
                    let judgement = judged(body, measure, assessor, &[]);
                    drafts.push(in_cycle(in_this, judgement));
                }
            }
            for id in ["minutes", "secret-notes", "new"] {
                let judgement = judged(body, "2a", None, &[id]);
                drafts.push(in_cycle(in_this, judgement));
                drafts.push(in_cycle(in_this, evidence(id, body)));
                drafts.push(in_cycle(in_this, criterion(body, id)));
            }
            for better in [Better::Higher, Better::Lower] {
                drafts.push(in_cycle(in_this, chosen(body, better)));
            }
        }
    }
    let few: Vec<Draft> = drafts.iter().step_by(7).cloned().collect();
    let withdrawal = Draft::from(Fact::Withdrawn {
        reason: "entered twice".into(),
    });
    for entry in 0..=19 {
        let each = few.iter().chain([&withdrawal]);
        let each = each.map(|draft| superseding(draft.clone(), entry));
        drafts.extend(each);
        for record in [commentary("5KF"), commentary(PCT)] {
            drafts.push(superseding(record, entry));
        }
        for id in ["minutes", "secret-notes"] {
            drafts.push(superseding(record(evidence(id, "5KF")), entry));
        }
    }
    drafts
}

/// A refusal in words, with the codes that it suggests.
fn told(refused: &Refusals) -> (String, Vec<Box<str>>) {
    let each = refused.each().map(|refusal| &refusal.reason);
    let suggested = each.filter_map(|reason| match reason {
        RefusalReason::Entry(EntryError::Unknown(unknown)) => Some(unknown.known.clone()),
        _ => None,
    });
    (refused.to_string(), suggested.flatten().collect())
}

#[test]
fn no_refusal_gives_away_what_is_hidden() {
    let (mut whole, mut never) = (ledger(true), ledger(false));
    let (last_of_whole, last_of_never) = (whole.last(), never.last());
    let (mut same, mut neutral, mut admitted) = (0, 0, 0);
    let drafts = drafts();
    for draft in &drafts {
        let of_whole = try_admit(&mut whole, &Hides, std::slice::from_ref(draft));
        let of_never = try_admit(&mut never, &Hides, std::slice::from_ref(draft));
        whole.truncate(last_of_whole);
        never.truncate(last_of_never);
        let of_whole = of_whole.as_ref().map_err(told);
        let of_never = of_never.as_ref().map_err(told);
        if of_whole == of_never {
            match of_whole {
                Ok(()) => admitted += 1,
                Err(_) => same += 1,
            }
            continue;
        }
        let Err((message, suggested)) = &of_whole else {
            panic!("admitted in spite of {of_never:?}: {draft:?}");
        };
        let is_neutral = NEUTRAL.iter().any(|neutral| message.contains(neutral));
        assert!(
            is_neutral && suggested.is_empty(),
            "{draft:?}\nwith what is hidden: {message} {suggested:?}\nwithout: {of_never:?}"
        );
        // Whatever the draft itself names may be repeated.
        let given = format!("{draft:?}");
        for mark in [PCT, MARK] {
            assert!(!message.contains(mark) || given.contains(mark), "{message}");
        }
        neutral += 1;
    }
    assert!(
        same > 1_000 && admitted > 40 && neutral > 20,
        "{same} alike, {admitted} admitted, {neutral} without the reason"
    );
}

/// An import is compared with what its actor sees, which the hidden records do not change.
#[test]
fn a_cycle_is_as_if_the_hidden_bodies_had_never_existed() {
    let actor = Actor::operator("somebody");
    let seen = |state: &State| {
        let permission = Permission::new(state, &Hides, &actor, jiff::Timestamp::UNIX_EPOCH);
        assert!(permission.cycle_at("secret", permission.last()).is_none());
        assert!(permission.cycles().all(|id| !id.contains(MARK)));
        let cycle = permission.cycle_at("case", permission.last());
        let cycle = cycle.expect("the cycle is shown");
        assert!(cycle.organisations.find(PCT).is_none());
        let records = cycle.records_in_codes().into_iter();
        let records = records.map(|(_, record)| record);
        // A hidden commentary took the place of one that was shown, which is therefore gone.
        let stays = |record: &RecordFact| record.kind() != RecordKind::Commentary;
        records.filter(stays).collect::<Vec<_>>()
    };
    assert_eq!(seen(&ledger(true)), seen(&ledger(false)));
}

#[test]
fn evidence_that_only_hidden_records_cite_is_not_withdrawn_and_may_be_corrected() {
    let mut state = ledger(true);
    let withdrawal = Draft::from(Fact::Withdrawn {
        reason: "entered twice".into(),
    });
    let withdrawal = superseding(withdrawal, 6);
    let refused = try_admit(&mut state, &Hides, std::slice::from_ref(&withdrawal)).unwrap_err();
    assert!(
        refused.to_string().contains("others may rely on it"),
        "{refused}"
    );
    // Whoever sees the citing record is told of it.
    let refused = try_admit(&mut state, &Unrestricted, &[withdrawal]).unwrap_err();
    assert!(
        refused.to_string().contains("names it as evidence"),
        "{refused}"
    );
    let corrected = superseding(record(evidence("minutes", "5KF")), 6);
    try_admit(&mut state, &Hides, &[corrected]).unwrap();
}

fn filed(id: &str, body: &str, document: &str) -> RecordFact {
    let RecordFact::Evidence(fact) = evidence(id, body) else {
        panic!("evidence");
    };
    let document = Some(document.into());
    RecordFact::Evidence(EvidenceFact { document, ..fact })
}

/// Allows nothing but to see what [`Hides`] shows, and to read the documents of one PCT.
#[derive(Debug)]
struct ReadsDocuments(&'static str);

impl Policy for ReadsDocuments {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let body = question.resource.body.map(|body| body.code.as_str());
        let reads = question.act == READ_DOCUMENT && body == Some(self.0);
        match question.act {
            READ => Hides.decide(question),
            _ if reads => Decision::Allowed,
            _ => Decision::Denied {
                reason: "not for you".to_owned(),
            },
        }
    }
}

#[test]
fn a_document_is_read_by_whoever_may_read_those_of_a_record_that_names_it() {
    let mut state = ledger(true);
    let withdrawn = push(&mut state, record(filed("plan", "5KF", "of-5kf")));
    let reason = "entered twice".into();
    push(
        &mut state,
        superseding(Fact::Withdrawn { reason }.into(), withdrawn),
    );
    push(&mut state, record(filed("secret-plan", PCT, "of-5kg")));
    push(&mut state, record(filed("secret-shared", PCT, "of-both")));
    push(&mut state, record(filed("shared", "5KF", "of-both")));
    let now = jiff::Timestamp::from_second(0).unwrap();
    let actor = Actor::public();
    let asked = |policy: &dyn Policy, document| {
        let permission = Permission::new(&state, policy, &actor, now);
        let (reads, names) = (
            permission.reads_document(document),
            permission.names_document(document),
        );
        (reads, names)
    };
    // Also of a record that was withdrawn since: earlier states of the ledger show it.
    let all = ["of-5kf", "of-5kg", "of-both", "of-none"];
    let each = |policy: &dyn Policy| all.map(|document| asked(policy, document));
    let (open, closed, unnamed) = ((true, true), (false, false), (false, true));
    assert_eq!(each(&Unrestricted), [open; 4]);
    assert_eq!(each(&ReadsDocuments("5KF")), [open, closed, open, unnamed]);
    // Whoever may not see a record does not read its document either.
    assert_eq!(
        each(&ReadsDocuments(PCT)),
        [closed, closed, closed, unnamed]
    );
}
