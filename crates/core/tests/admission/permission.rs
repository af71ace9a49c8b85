//! An act that the policy does not allow is refused, and a hidden object is refused as if it were
//! absent.

use super::*;

/// Allows one act, on everything or on one body, and reading of everything but one cycle and one
/// body.
#[derive(Debug, Default)]
struct OneAct {
    act: &'static str,
    body: Option<&'static str>,
    hidden: Option<&'static str>,
    /// Every question about a change, in words.
    text: Mutex<Vec<String>>,
}

impl Policy for OneAct {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let resource = question.resource;
        let body = resource.body.map(|body| body.code.as_str());
        let named = [body, resource.cycle];
        let allowed = if question.act == READ {
            self.hidden.is_none() || !named.contains(&self.hidden)
        } else {
            let words = [body, resource.cluster, resource.sha, resource.cycle];
            let words: Vec<&str> = words.into_iter().map(|word| word.unwrap_or("-")).collect();
            let method = resource.method.map_or("-", Method::name);
            let (role, act) = (&question.actor.role, question.act);
            let text = format!("{role} {act} {} {method}", words.join(" "));
            self.text.lock().unwrap().push(text);
            question.act == self.act && (self.body.is_none() || self.body == body)
        };
        if allowed {
            return Decision::Allowed;
        }
        Decision::Denied {
            reason: "not for you".to_owned(),
        }
    }
}

fn reason(refused: Result<(), Refusals>) -> RefusalReason {
    refused.unwrap_err().each().next().unwrap().reason.clone()
}

fn evidence(id: &str) -> RecordFact {
    RecordFact::Evidence(EvidenceFact {
        id: id.into(),
        body: "5KF".into(),
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

#[test]
fn permission_for_one_act_permits_no_other() {
    let withdrawal = Draft {
        supersedes: Some(4),
        ..Fact::Withdrawn {
            reason: "entered twice".into(),
        }
        .into()
    };
    let bodies_again = Draft {
        supersedes: Some(2),
        ..bodies("one more")
    };
    let drafts = [
        bodies_again,
        cycle("next", 2009, &["5KF"], None),
        judgement("5KF", "1b"),
        commentary("5KF"),
        record(evidence("minutes")),
        record(RecordFact::Outcome(outcome())),
        withdrawal,
    ];
    for act in acts() {
        for draft in &drafts {
            let mut state = opened("all");
            push(&mut state, judgement("5KF", "1a"));
            let policy = OneAct {
                act,
                ..OneAct::default()
            };
            let admitted = try_admit(&mut state, &policy, std::slice::from_ref(draft));
            if act == draft.fact.act() {
                admitted.unwrap_or_else(|refused| panic!("{act}: {refused}"));
                continue;
            }
            let denied = RefusalReason::NotPermitted {
                act: draft.fact.act(),
                reason: "not for you".to_owned(),
            };
            assert_eq!(reason(admitted), denied);
        }
    }
}

#[test]
fn a_policy_receives_the_object_of_an_act() {
    let mut state = opened("all");
    let policy = OneAct {
        act: "record-judgement",
        ..OneAct::default()
    };
    try_admit(&mut state, &policy, &[judgement("5KF", "1a")]).unwrap();
    let better = Draft {
        supersedes: Some(state.last()),
        ..judgement("5KF", "1a")
    };
    try_admit(&mut state, &policy, &[better]).unwrap();
    let panel = format!("panel record-judgement 5KF {CLUSTER} Q30 case panel");
    assert_eq!(*policy.text.lock().unwrap(), [&*panel, &*panel, &*panel]);
}

#[test]
fn superseding_is_an_act_on_the_superseded_record_too() {
    let mut state = opened("all");
    let entry = push(&mut state, commentary("5KG"));
    let policy = OneAct {
        act: "record-commentary",
        body: Some("5KF"),
        ..OneAct::default()
    };
    let own = Draft {
        supersedes: Some(entry),
        ..commentary("5KF")
    };
    let refused = reason(try_admit(&mut state, &policy, &[own]));
    assert!(
        matches!(refused, RefusalReason::NotPermitted { .. }),
        "{refused}"
    );
    try_admit(&mut state, &policy, &[commentary("5KF")]).unwrap();
}

#[test]
fn a_hidden_object_is_refused_as_if_it_did_not_exist() {
    let in_cycle = |id: &str| {
        let Fact::Record { record, .. } = judgement("5KF", "1a").fact else {
            panic!();
        };
        Draft::from(Fact::Record {
            cycle: id.into(),
            record,
        })
    };
    let superseding = |entry| Draft {
        supersedes: Some(entry),
        ..judgement("5KF", "1a")
    };
    let hidden_and_absent = [
        ("5KG", judgement("5KG", "1a"), judgement("5KZ", "1a")),
        ("case", in_cycle("case"), in_cycle("base")),
        ("5KG", superseding(4), superseding(9)),
    ];
    for (hidden, of_hidden, of_absent) in hidden_and_absent {
        let refusal = |draft: Draft| {
            let mut state = opened("all");
            push(&mut state, judgement("5KG", "1a"));
            let policy = OneAct {
                act: "record-judgement",
                hidden: Some(hidden),
                ..OneAct::default()
            };
            reason(try_admit(&mut state, &policy, &[draft]))
        };
        let (found, expected) = (refusal(of_hidden), refusal(of_absent));
        match (&found, &expected) {
            (
                RefusalReason::Entry(EntryError::Unknown(found)),
                RefusalReason::Entry(EntryError::Unknown(expected)),
            ) => {
                assert_eq!(found.field, expected.field);
                assert_eq!(found.what, expected.what);
                assert_eq!(found.known, expected.known);
                assert!(found.known.iter().all(|known| **known != *hidden));
            }
            _ => assert_eq!(
                found.to_string().replace('4', "9"),
                expected.to_string(),
                "{hidden}"
            ),
        }
    }
}

#[test]
fn a_refusal_names_the_row_of_its_draft() {
    let mut state = opened("all");
    let written = |row, draft| Draft {
        origin: Some(Origin {
            file: "judgements.csv".into(),
            row,
        }),
        ..draft
    };
    let drafts = [
        written(2, judgement("5KF", "1a")),
        written(3, judgement("5J9", "1a")),
    ];
    let refused = try_admit(&mut state, &Unrestricted, &drafts).unwrap_err();
    assert_eq!(
        refused
            .each()
            .map(|refusal| refusal.part)
            .collect::<Vec<_>>(),
        [Some(1)]
    );
    assert!(
        refused.to_string().starts_with("judgements.csv, row 3: "),
        "{refused}"
    );
}
