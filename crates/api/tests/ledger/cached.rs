//! Cached answers: true after every entry, and ledger_api for the cycles that an entry does not touch.

use crate::book::{CYCLE, LedgerApi, answer};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use wcc_api::Request;
use wcc_core::Actor;
use wcc_core::ledger::{CycleFact, Draft, Fact};
use wcc_core::policy::{Decision, Policy, Question, READ};

/// The year that looks back on [`CYCLE`].
const NEXT: &str = "south-of-tyne-and-wear/2009-10";
/// A cycle that has nothing to do with either.
const OTHER: &str = "south-staffordshire/2009-10";

/// Hides a PCT from everybody but the operator.
#[derive(Debug)]
struct HidesAPct;

impl Policy for HidesAPct {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let body = question.resource.body;
        let is_hidden = body.is_some_and(|body| body.code == "5KG");
        if question.act == READ && is_hidden && &*question.actor.role == Actor::PUBLIC {
            let reason = "hidden".to_owned();
            return Decision::Denied { reason };
        }
        Decision::Allowed
    }
}

/// A ledger with the three cycles.
fn ledger() -> LedgerApi {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let cases = ["south-of-tyne-and-wear", "south-staffordshire"];
    let [first, second] = cases.map(|case| examples.join(case));
    let next = Draft::from(Fact::Cycle(CycleFact {
        id: NEXT.into(),
        title: "The year after".into(),
        as_of: date(2009, 11, 30),
        illustrative: None,
        framework: "wcc-2009-10".into(),
        organisations: CYCLE.into(),
        pcts: ["5KF", "5KG", "5KL"].map(Into::into).into(),
        previous: Some(CYCLE.into()),
        review: None,
    }));
    let ledger_api = LedgerApi::with_all(&[&first, &second], vec![next]);
    ledger_api.api.set_policy(Arc::new(HidesAPct));
    ledger_api
}

/// A query, and the cycles that its answer is written from; `None` for everything.
struct QueryCase {
    query: String,
    cycles: Option<Vec<&'static str>>,
}

fn queries() -> Vec<QueryCase> {
    let of_cycle = |cycle: &'static str| {
        let query = format!(
            "{{ cycle(id: \"{cycle}\") {{ title pctCount
                outputs {{ edges {{ node {{ pct {{ code }}
                    components {{ value(method: CALIBRATED) lastYear: value(method: PREVIOUS) }}
                }} }} }}
                findings {{ edges {{ node {{ message }} }} }}
                matrix(method: PANEL) {{ rows {{ name }} }} }} }}"
        );
        let cycles = Some(vec![cycle]);
        QueryCase { query, cycles }
    };
    let case = |query: &str, cycles: Option<&[&'static str]>| QueryCase {
        query: query.to_owned(),
        cycles: cycles.map(<[&str]>::to_vec),
    };
    let previous = format!(
        "{{ cycle(id: \"{NEXT}\") {{ previous {{ findings {{ edges {{ node {{ message }} }} }} }} }} }}"
    );
    let body = "{ pct(code: \"5KF\") { name outputs { components { value(method: PANEL) } } } }";
    vec![
        of_cycle(CYCLE),
        of_cycle(NEXT),
        of_cycle(OTHER),
        case(&previous, Some(&[NEXT, CYCLE])),
        case("{ cycles { code pctCount } }", Some(&[CYCLE, NEXT, OTHER])),
        case(body, Some(&[CYCLE, NEXT, OTHER])),
        case(
            "{ frameworks { code } plugins { code } notAssured { code } }",
            Some(&[]),
        ),
        case(
            "{ pct(code: \"5KG\") { name cluster { name } } }",
            Some(&[]),
        ),
        case("{ cycle(id: \"nowhere\") { code } }", Some(&[])),
        case("{ ledger { head { entry } } }", None),
    ]
}

/// A judgement that is entered.
#[derive(Clone, Debug)]
struct Write {
    cycle: &'static str,
    body: &'static str,
    measure: &'static str,
    method: &'static str,
    value: u8,
}

fn writes() -> impl Strategy<Value = Write> {
    let bodies = prop_oneof![
        (
            Just(CYCLE),
            prop::sample::select(vec!["5KF", "5KG", "south-of-tyne-and-wear"])
        ),
        (
            Just(NEXT),
            prop::sample::select(vec!["5KL", "5KG", "south-of-tyne-and-wear"])
        ),
        (Just(OTHER), Just("5PK")),
    ];
    let measures = prop::sample::select(vec!["3a", "3c", "5b"]);
    let methods = prop::sample::select(vec!["PANEL", "CALIBRATED"]);
    (bodies, measures, methods, 1_u8..=4).prop_map(|((cycle, body), measure, method, value)| {
        Write {
            cycle,
            body,
            measure,
            method,
            value,
        }
    })
}

/// Enters judgements, each in place of the one that it corrects.
struct Clerk<'a> {
    ledger_api: &'a LedgerApi,
    current: HashMap<[&'static str; 4], i64>,
    requests: usize,
}

impl Clerk<'_> {
    /// Whether it was entered.
    fn enter(&mut self, write: &Write) -> bool {
        let Write {
            cycle,
            body,
            measure,
            method,
            value,
        } = *write;
        self.requests += 1;
        let place = [cycle, body, measure, method];
        let input = json!({
            "requestId": format!("request {}", self.requests),
            "cycle": cycle, "body": body, "measure": measure, "method": method,
            "value": value.to_string(), "reason": "as the panel decided",
            "supersedes": self.current.get(&place),
        });
        let answer = self.ledger_api.change(
            "mutation Record($input: RecordJudgementInput!) {
                recordJudgement(input: $input) { entry served userErrors { message } } }",
            &json!({ "input": input }),
        );
        let recorded = &answer["data"]["recordJudgement"];
        let Some(entry) = recorded["entry"].as_i64() else {
            assert_ne!(recorded["userErrors"], json!([]), "{answer}");
            return false;
        };
        assert_eq!(recorded["served"], Value::Bool(true), "{answer}");
        self.current.insert(place, entry);
        true
    }
}

fn viewers() -> [Option<Actor>; 2] {
    [None, Some(Actor::operator("the operator"))]
}

fn request(query: &str, actor: Option<&Actor>) -> Request {
    match actor {
        Some(actor) => Request::new(query).actor(actor.clone()),
        None => Request::new(query),
    }
}

/// The cycles whose results an entry in a cycle may change.
fn touched(cycle: &str) -> &'static [&'static str] {
    match cycle {
        CYCLE => &[CYCLE, NEXT],
        NEXT => &[NEXT],
        _ => &[OTHER],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_cached_answer_is_that_of_a_server_that_has_just_started(
        writes in prop::collection::vec(writes(), 1..7),
    ) {
        let ledger_api = ledger();
        let mut clerk = Clerk { ledger_api: &ledger_api, current: HashMap::new(), requests: 0 };
        let queries = queries();
        for write in writes {
            let before: Vec<_> = viewers().iter().map(|viewer| {
                let each = queries.iter();
                each.map(|asked| ledger_api.answer(request(&asked.query, viewer.as_ref()))).collect::<Vec<_>>()
            }).collect();
            let entered = clerk.enter(&write);
            let started = ledger_api.another_api();
            started.set_policy(Arc::new(HidesAPct));
            for (viewer, before) in viewers().iter().zip(&before) {
                for (asked, before) in queries.iter().zip(before) {
                    let request = request(&asked.query, viewer.as_ref());
                    let now = ledger_api.answer(request.clone());
                    prop_assert_eq!(&now, &answer(&started, request), "{} {:?}", &asked.query, &write);
                    let is_touched = asked.cycles.as_ref().is_none_or(|cycles| {
                        cycles.iter().any(|cycle| touched(write.cycle).contains(cycle))
                    });
                    let is_kept = now.bytes.as_ptr() == before.bytes.as_ptr();
                    prop_assert_eq!(is_kept, !(entered && is_touched), "{} {:?}", &asked.query, &write);
                }
            }
        }
    }
}

/// More views than a server keeps: nobody is given the answer to somebody else.
#[test]
fn each_of_many_viewers_is_answered_from_their_own_view() {
    /// Everybody sees the PCT that they act for, and no other.
    #[derive(Debug)]
    struct OwnPct;

    impl Policy for OwnPct {
        fn decide(&self, question: &Question<'_>) -> Decision {
            let body = question
                .resource
                .body
                .filter(|body| body.kind == wcc_core::BodyKind::Pct);
            let own = question.actor.body.as_deref();
            match body {
                Some(body) if question.act == READ && own != Some(&*body.code) => {
                    let reason = "hidden".to_owned();
                    Decision::Denied { reason }
                }
                _ => Decision::Allowed,
            }
        }
    }

    let ledger_api = LedgerApi::new();
    let codes = ledger_api.ask("{ pcts(first: 30) { edges { node { code } } } }");
    let codes = codes["data"]["pcts"]["edges"].as_array().unwrap().clone();
    ledger_api.api.set_policy(Arc::new(OwnPct));
    assert_eq!(codes.len(), 30);
    for code in codes.iter().chain(&codes) {
        let code = code["node"]["code"].as_str().unwrap();
        let actor = Actor {
            person: "a reader".into(),
            role: "reader".into(),
            body: Some(code.into()),
            cycle: None,
        };
        let query = "{ pcts(first: 200) { edges { node { code } } } }";
        let answer: Value =
            serde_json::from_str(&ledger_api.text(request(query, Some(&actor)))).unwrap();
        let own = json!([{ "node": { "code": code } }]);
        assert_eq!(answer["data"]["pcts"]["edges"], own);
    }
}
