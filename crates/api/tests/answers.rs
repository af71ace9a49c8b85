//! Cached answers, and their removal when the programme changes.

#![allow(
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests, and what they share"
)]

#[path = "support/england.rs"]
mod england;

use std::sync::atomic::{AtomicBool, Ordering};
use wcc_api::{Answer, Api, Kind, Part, Request, Settings};

fn ask(api: &Api, request: Request) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(api.execute(request))
}

fn england(pcts: u16, answer_bytes: usize) -> Api {
    let settings = Settings {
        answer_bytes,
        ..Settings::default()
    };
    Api::new(england::programme(pcts), settings)
}

#[test]
fn a_cached_answer_equals_a_new_one() {
    let kept = england(12, 1 << 20);
    let fresh = england(12, 0);
    let query = "query Q($first: Int! = 3, $x: Boolean! = false) { outputs(cycle: \
                 \"england/2009-10\", first: $first) { edges { node { pct { code } } } } __typename \
                 @include(if: $x) } query R { cycles { code } }";
    for variables in ["", "{}", "{\"first\":2}", "{\"first\": 2}", "{\"x\":true}"] {
        for operation in ["Q", "R"] {
            let request = Request::new(query)
                .operation(operation)
                .variables(variables);
            let expected = ask(&fresh, request.clone());
            assert_eq!(expected.kind, Kind::Data);
            assert_eq!(ask(&kept, request.clone()), expected);
            assert_eq!(ask(&kept, request), expected);
        }
    }
    // A document that is known to be valid is still checked with the variables of each request.
    let wrong = Request::new(query)
        .operation("Q")
        .variables("{\"first\":\"x\"}");
    assert_eq!(ask(&kept, wrong).kind, Kind::Refused);
    let wrong = Request::new(query).operation("S");
    assert_eq!(ask(&kept, wrong).kind, Kind::Refused);
    assert_eq!(ask(&kept, Request::new(query)).kind, Kind::Refused);
}

#[test]
fn each_answer_is_of_one_programme() {
    let api = england(3, 1 << 20);
    let query = "{ cycles { pctCount outputs(first: 200) { totalCount edges { node { pct { code } } } } } }";
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..40 {
                api.replace(england::programme(3 + round % 5));
            }
            stop.store(true, Ordering::Relaxed);
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let answer = ask(&api, Request::new(query));
                    let json: serde_json::Value = serde_json::from_slice(&answer.bytes).unwrap();
                    let cycles = json["data"]["cycles"].as_array().unwrap();
                    let count = cycles[0]["pctCount"].as_u64().unwrap();
                    for cycle in cycles {
                        assert_eq!(cycle["pctCount"], count);
                        assert_eq!(cycle["outputs"]["totalCount"], count);
                        let edges = cycle["outputs"]["edges"].as_array().unwrap();
                        assert_eq!(edges.len() as u64, count);
                    }
                }
            });
        }
    });
    let json = String::from_utf8(
        ask(&api, Request::new("{ cycles { pctCount } }"))
            .bytes
            .to_vec(),
    );
    assert_eq!(
        json.unwrap(),
        r#"{"data":{"cycles":[{"pctCount":7},{"pctCount":7}]}}"#
    );
}

#[test]
fn a_whole_cycle_is_one_answer() {
    let api = england(12, 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let json = |cycle: &str, part: Option<Part<'_>>| -> serde_json::Value {
        let text = runtime.block_on(wcc_api::cycle_in_json(&api, cycle, part));
        serde_json::from_str(&text).unwrap()
    };
    let all = json("england/2009-10", None);
    assert!(all.get("errors").is_none(), "{}", all["errors"]);
    let assurances = all["cycle"]["assurances"].as_array().unwrap();
    let outputs: usize = assurances
        .iter()
        .map(|cycle| cycle["outputs"].as_array().unwrap().len())
        .sum();
    assert_eq!(outputs, 12);
    let output = json("england/2009-10", Some(Part::Pct("5004")));
    assert_eq!(output["output"]["pct"]["code"], "5004");
    assert_eq!(output["output"]["cycle"]["code"], "england/2009-10");
    let none = json("england/2009-10", Some(Part::Pct("nobody")));
    assert_eq!(none["errors"][0]["extensions"]["code"], "NOT_FOUND");
}
