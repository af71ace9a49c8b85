//! Every request gets JSON with an answer or an error of the client; nothing panics.

#![allow(
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/client.rs"]
mod client;
#[path = "support/england.rs"]
mod england;
#[path = "support/server.rs"]
mod server;

use proptest::prelude::*;
use server::Server;
use std::sync::LazyLock;
use wcc_api::{Answer, Api, Kind, Request, Settings};

static API: LazyLock<Api> = LazyLock::new(|| Api::new(england::programme(12), Settings::default()));

static SERVER: LazyLock<Server> = LazyLock::new(|| Server::with(API.clone()));

fn ask(request: Request) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(API.execute(request))
}

/// Documents from which random ones are made.
const SEEDS: [&str; 5] = [
    "mutation M($reason: String! = \"none\", $input: RecordJudgementInput) { __typename a: withdraw( \
     input: { requestId: \"1\", entry: 1, reason: $reason } ) { entry userErrors { code } } } query \
     Q($at: DateTime, $entry: Int = 0) @asOf(entry: $entry, time: $at) { ledger { head { hash } } }",
    include_str!("support/introspection.graphql"),
    include_str!("support/nation.graphql"),
    include_str!("../src/cycle.graphql"),
    "query Q($a: Boolean! = true, $b: [ID!]) { x: cycles @include(if: $a) { ...F } nodes(ids: $b) \
     { __typename ... on Pct { name } } } fragment F on Cycle { code previous { ...G } } fragment \
     G on Cycle { title matrix(columns: MEASURES) { rows { values } } }",
];

/// Generates known documents with parts removed, repeated and moved.
fn shuffled() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            any::<prop::sample::Index>(),
            0..4_u8,
        ),
        0..8,
    );
    (prop::sample::select(&SEEDS[..]), edits).prop_map(|(seed, edits)| {
        let mut tokens: Vec<&str> = seed
            .split_inclusive([' ', '\n', '(', ')', '{', '}', ':'])
            .collect();
        for (from, to, what) in edits {
            if tokens.is_empty() {
                break;
            }
            let (from, to) = (from.index(tokens.len()), to.index(tokens.len()));
            match what {
                0 => drop(tokens.remove(from)),
                1 => tokens.insert(to, tokens[from]),
                2 => tokens.swap(from, to),
                _ => tokens.truncate(to.max(1)),
            }
        }
        tokens.concat()
    })
}

/// Generates selections, most of which are valid.
fn selection() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(
        &[
            "code",
            "title",
            "__typename",
            "id",
            "a: code",
            "pctCount",
            "nope",
            "...F",
            "asOf @skip(if: true)",
            "code @include(if: $x)",
            "matrix { rows { code } }",
            "plugins { code }",
        ][..],
    );
    let leaf = leaf.prop_map(str::to_owned);
    let deeper = leaf.prop_recursive(5, 40, 4, |inner| {
        let within = prop::collection::vec(inner, 1..4);
        let field = prop::sample::select(
            &[
                "previous",
                "... on Cycle",
                "...",
                "framework",
                "b: previous",
                "outputs(first: 3) { edges { node",
            ][..],
        );
        (field, within).prop_map(|(field, within)| {
            let close = " }".repeat(1 + field.matches('{').count());
            format!("{field} {{ {} {close}", within.join(" "))
        })
    });
    prop::collection::vec(deeper, 1..5).prop_map(|fields| {
        let fields = fields.join(" ");
        format!(
            "query Q($x: Boolean = true) {{ cycles {{ {fields} }} y: __typename @skip(if: $x) }} \
             fragment F on Cycle {{ code title }}"
        )
    })
}

fn check(answer: &Answer) -> Result<(), TestCaseError> {
    prop_assert_ne!(answer.kind, Kind::Failed);
    let json: serde_json::Value = serde_json::from_slice(&answer.bytes)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    match answer.kind {
        Kind::Data => prop_assert!(json.get("data").is_some()),
        _ => {
            prop_assert!(json.get("data").is_none());
            let errors = json["errors"].as_array().map_or(0, Vec::len);
            prop_assert!(errors > 0);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_documents_are_answered(query in shuffled(), variables in "[{}a-z:\"\\[\\],0-9]{0,30}") {
        check(&ask(Request::new(query.clone())))?;
        check(&ask(Request::new(query).variables(variables)))?;
    }

    #[test]
    fn selections_are_answered(query in selection(), x in any::<bool>()) {
        let request = Request::new(query).variables(serde_json::json!({ "x": x }).to_string());
        let first = ask(request.clone());
        check(&first)?;
        prop_assert_eq!(first, ask(request), "the same again, from what is kept");
    }

    #[test]
    fn any_text_is_answered(query in any::<String>()) {
        check(&ask(Request::new(query)))?;
    }

    #[test]
    fn punctuation_is_answered(query in "[\\{\\}\\(\\)\\[\\]:!$@=|&.\"#a-c0-9 \\n\\\\-]{0,200}") {
        check(&ask(Request::new(query)))?;
    }

    #[test]
    fn any_body_is_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let headers = [("content-type", "application/json")];
        let response = client::send(SERVER.address, "POST", "/graphql", &headers, &body);
        prop_assert!(response.status < 500, "{response:?}");
    }

    #[test]
    fn any_json_is_answered(query in ".{0,40}", name in ".{0,10}", member in "[a-zA-Z]{1,10}", list in any::<bool>()) {
        let mut body = serde_json::json!({ "query": query, "operationName": name, member: [1, { "x": null }] });
        if list {
            body = serde_json::json!([body]);
        }
        let headers = [("content-type", "application/json")];
        let response = client::send(SERVER.address, "POST", "/graphql", &headers, body.to_string().as_bytes());
        prop_assert!(response.status < 500, "{response:?}");
    }

    #[test]
    fn any_address_is_answered(target in "/[a-z/]{0,10}(\\?[ -\"$-~&&[^ ]]{0,60})?", accept in "[ -~]{0,30}") {
        let response = client::send(SERVER.address, "GET", &target, &[("accept", &accept)], b"");
        prop_assert!(response.status < 500, "{response:?}");
    }
}
