//! Hostile queries, large queries, and the messages of refusals. The unit tests of `src/limits`
//! count the work of a refusal.

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

use std::sync::LazyLock;
use std::time::Duration;
use wcc_api::{Answer, Api, Kind, Limits, Request, Settings};

static API: LazyLock<Api> = LazyLock::new(|| {
    let settings = Settings {
        answer_bytes: 0,
        ..Settings::default()
    };
    Api::new(england::programme(152), settings)
});

fn run(request: Request) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(API.execute(request))
}

fn ask(query: impl Into<String>) -> Answer {
    run(Request::new(query))
}

fn json(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.bytes).unwrap()
}

/// Returns the code and message of a refusal.
fn refusal(answer: &Answer) -> (String, String) {
    assert_eq!(
        answer.kind,
        Kind::Refused,
        "{:?}",
        String::from_utf8_lossy(&answer.bytes)
    );
    let json = json(answer);
    assert!(json.get("data").is_none());
    let error = &json["errors"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&error["extensions"]["code"]), text(&error["message"]))
}

fn refused_for(query: impl Into<String>, what: &str) {
    let answer = ask(query);
    let (code, message) = refusal(&answer);
    assert_eq!(code, "QUERY_TOO_LARGE", "{message}");
    assert!(message.contains(what), "{message}");
    assert!(answer.bytes.len() < 1_000);
}

#[test]
fn the_standard_introspection_query_passes() {
    let answer = ask(include_str!("support/introspection.graphql"));
    assert_eq!(answer.kind, Kind::Data);
    let json = json(&answer);
    assert_eq!(json.get("errors"), None);
    assert!(json["data"]["__schema"]["types"].as_array().unwrap().len() > 20);
}

#[test]
fn the_nation_without_rationales_passes() {
    let answer = ask(include_str!("support/nation.graphql"));
    assert_eq!(
        answer.kind,
        Kind::Data,
        "{}",
        String::from_utf8_lossy(&answer.bytes)
    );
    let json = json(&answer);
    assert_eq!(json.get("errors"), None, "{}", json["errors"]);
    assert_eq!(
        json["data"]["outputs"]["edges"].as_array().unwrap().len(),
        152
    );
}

/// Returns fragments that each spread the next one twice.
fn doubling(depth: usize, last: &str) -> String {
    let mut query = "{ cycles { ...F0 } }".to_owned();
    for n in 0..depth {
        let next = n + 1;
        query.push_str(&format!(
            " fragment F{n} on Cycle {{ ...F{next} ...F{next} }}"
        ));
    }
    query.push_str(&format!(" fragment F{depth} on Cycle {{ {last} }}"));
    query
}

#[test]
fn doubling_fragments_are_refused() {
    for last in ["code", "__typename", "nope", "...Missing"] {
        refused_for(doubling(30, last), "once every fragment is spread");
    }
    refused_for(doubling(48, "code"), "over 5000000");
    assert_eq!(ask(doubling(6, "code")).kind, Kind::Data);
    // The same with fields between them, and in fragments that nothing spreads.
    let mut query = "{ __typename } fragment Z on Cycle { ...F0 }".to_owned();
    for n in 0..30 {
        let next = n + 1;
        query.push_str(&format!(
            " fragment F{n} on Cycle {{ ... {{ ...F{next} }} a: previous {{ code }} ...F{next} }}"
        ));
    }
    query.push_str(" fragment F30 on Cycle { code }");
    let (_, message) = refusal(&ask(query));
    assert!(
        message.contains("fragment") || message.contains("aliases"),
        "{message}"
    );
}

#[test]
fn circular_fragments_are_refused() {
    for query in [
        "{ cycles { ...A } } fragment A on Cycle { ...A }",
        "{ cycles { ...A } } fragment A on Cycle { previous { ...B } } fragment B on Cycle { ...A }",
        "{ __typename } fragment A on Cycle { ...B } fragment B on Cycle { ...A }",
    ] {
        let (code, message) = refusal(&ask(query));
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
        assert_eq!(message, "a fragment spreads itself");
    }
}

#[test]
fn overloads_are_refused() {
    let many = |count: usize, format_item: &dyn Fn(usize) -> String| {
        (0..count).map(format_item).collect::<Vec<_>>().join(" ")
    };
    let aliases = many(101, &|n| format!("a{n}: __typename"));
    refused_for(format!("{{ {aliases} }}"), "101 aliases; at most 30");
    let aliases = many(31, &|n| format!("a{n}: code"));
    refused_for(format!("{{ cycles {{ {aliases} }} }}"), "31 aliases");
    let fields = many(11, &|_| "cycles { code }".to_owned());
    refused_for(
        format!("{{ {fields} }}"),
        "11 fields at its root; at most 10",
    );
    let directives = many(51, &|_| "@include(if: true)".to_owned());
    refused_for(
        format!("{{ __typename {directives} }}"),
        "51 directives; at most 50",
    );
    let directives = many(51, &|_| "@aa".to_owned());
    refused_for(
        format!("query {directives} {{ __typename }}"),
        "51 directives",
    );
    let fragments = many(51, &|n| format!("fragment F{n} on Query {{ __typename }}"));
    refused_for(format!("{{ __typename }} {fragments}"), "51 fragments");
    let repeated = many(1_999, &|_| "code".to_owned());
    refused_for(format!("{{ cycles {{ {repeated} }} }}"), "2000 tokens");
    let operations = many(600, &|n| format!("query Q{n} {{ a }}"));
    refused_for(operations, "2000 tokens");
}

#[test]
fn a_repeated_field_is_answered_once() {
    let repeated = "code ".repeat(1_900);
    let answer = ask(format!("{{ cycles {{ {repeated} }} }}"));
    let expected = ask("{ cycles { code } }");
    assert_eq!(answer, expected);
}

#[test]
fn nesting_is_refused() {
    let previous = |depth: usize| {
        format!(
            "{{ cycles {{ {}code{} }} }}",
            "previous { ".repeat(depth),
            " }".repeat(depth)
        )
    };
    assert_eq!(ask(previous(13)).kind, Kind::Data);
    refused_for(previous(14), "16 deep");
    refused_for(previous(1_000), "brackets");
    for open in ["{", "[", "(", "{a(b:[", "{a{"] {
        let query = open.repeat(400);
        let (code, _) = refusal(&ask(query));
        assert_eq!(code, "QUERY_TOO_LARGE");
    }
    let types = "type { fields { ".repeat(6);
    let query = format!(
        "{{ __schema {{ types {{ fields {{ {types} name {} }} }} }} }}",
        "} } ".repeat(6)
    );
    refused_for(query, "deep");
    let types = "type { fields { ".repeat(4);
    let query = format!(
        "{{ __schema {{ types {{ fields {{ {types} name {} }} }} }} }}",
        "} } ".repeat(4)
    );
    refused_for(query, "costs");
}

#[test]
fn long_lists_are_counted() {
    let cells = |first: &str| {
        format!(
            "{{ outputs(cycle: \"england/2009-10\", first: {first}) {{ edges {{ node {{ cells {{ \
             marks {{ value }} why {{ text }} }} }} }} }} }}"
        )
    };
    let answer = ask(cells("1"));
    let json = json(&answer);
    if json.get("errors").is_some() {
        panic!("{json}");
    }
    let ids = vec!["\"x\""; 1_900].join(",");
    let query = format!(
        "{{ nodes(ids: [{ids}]) {{ ... on Output {{ cells {{ \
         marks {{ value title origin method date }} measure {{ code title }} value title supported \
         ceilings {{ reason }} why {{ text }} again: why {{ text }} }} }} }} }}"
    );
    refused_for(query, "costs");
    // The same in a variable.
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Cycle { \
                 assurances { outputs { cells { marks { value } } } } } } }";
    let ids = vec!["x"; 1_400];
    let request = Request::new(query).variables(serde_json::json!({ "ids": ids }).to_string());
    let (code, message) = refusal(&run(request));
    assert_eq!(code, "QUERY_TOO_LARGE", "{message}");
    // A list of methods multiplies too.
    let methods = vec!["PANEL"; 900].join(" ");
    let query = format!(
        "{{ outputs(cycle: \"england/2009-10\", first: 200) {{ edges {{ node {{ cells {{ \
         marks(methods: [{methods}]) {{ value }} }} }} }} }} }}"
    );
    refused_for(query, "costs");
}

#[test]
fn large_variables_are_checked_quickly() {
    let list = vec!["x"; 20_000];
    let query = "query($first: Int) { outputs(cycle: \"england/2009-10\", first: $first) { \
                 edges { node { pct { code } } } } }";
    for value in [
        serde_json::json!({ "first": list }),
        serde_json::json!({ "first": "x".repeat(80_000) }),
        serde_json::json!({ "first": 1e300 }),
        serde_json::json!({ "first": { "a": list } }),
    ] {
        let (code, message) = refusal(&run(Request::new(query).variables(value.to_string())));
        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.len() < 400, "{message}");
    }
    for (variables, kind) in [
        ("", Kind::Data),
        ("{\"unused\": 1, \"first\": 2}", Kind::Data),
        ("{\"first\": null}", Kind::Data),
        ("[]", Kind::Refused),
        ("{", Kind::Refused),
        ("null", Kind::Refused),
    ] {
        assert_eq!(
            run(Request::new(query).variables(variables)).kind,
            kind,
            "{variables}"
        );
    }
}

#[test]
fn messages_never_echo_the_query() {
    let secret = "s3cr3t".repeat(2_000);
    for query in [
        format!("{{ a(b: \"{secret}\" "),
        format!("{{ {secret} "),
        format!("query {secret} {{"),
        format!("{{ a }} {secret}"),
        format!("fragment {secret} on Query {{ a }} fragment {secret} on Query {{ a }}"),
    ] {
        let answer = ask(query);
        let (code, message) = refusal(&answer);
        assert_eq!(code, "GRAPHQL_PARSE_FAILED");
        assert!(message.len() <= 200, "{message}");
        assert!(!message.contains("s3cr3t"), "{message}");
    }
    // An unknown name is quoted, but shortened.
    let answer = ask(format!("{{ {secret} }}"));
    assert!(answer.bytes.len() < 600);
    assert!(!String::from_utf8_lossy(&ask("{ cycle }").bytes).contains("Did you mean"));
    assert!(!String::from_utf8_lossy(&ask("{ cycels { code } }").bytes).contains("cycles"));
}

#[test]
fn fields_that_cannot_be_merged_are_refused() {
    let outputs = |fields: &str| {
        format!(
            "{{ outputs(cycle: \"england/2009-10\", first: 1) {{ edges {{ node {{ {fields} }} }} }} }}"
        )
    };
    for (query, good) in [
        (outputs("cells { value } cells { value }"), true),
        (
            outputs("cells { value } cells { value(method: PANEL) }"),
            false,
        ),
        (outputs("cells { x: value } cells { x: supported }"), false),
        (
            outputs("pct { x: name } pct { ... on Pct { x: code } }"),
            false,
        ),
        (
            outputs("pct { ...A } pct { x: name }") + " fragment A on Pct { x: code }",
            false,
        ),
        (outputs("x: pct { code } x: cycle { code }"), false),
        (
            "{ x: cycles { code } ... on Query { x: frameworks { code } } }".to_owned(),
            false,
        ),
        (
            "{ cycles { code } ... on Query { cycles { title } } }".to_owned(),
            true,
        ),
    ] {
        let answer = ask(query.clone());
        let expected = if good { Kind::Data } else { Kind::Refused };
        assert_eq!(
            answer.kind,
            expected,
            "{query}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
    }
}

#[test]
fn typename_is_validated_like_any_field() {
    for (query, good) in [
        ("query($x: Boolean!) { __typename @skip(if: $x) }", true),
        ("{ __typename @nothing }", false),
        ("{ __typename @skip }", false),
        ("{ __typename { x } }", false),
        ("{ __typename(x: 1) }", false),
    ] {
        let answer = run(Request::new(query).variables("{\"x\": true}"));
        let expected = if good { Kind::Data } else { Kind::Refused };
        assert_eq!(
            answer.kind,
            expected,
            "{query}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
    }
}

#[test]
fn the_size_and_the_time_of_an_answer_are_limited() {
    let with = |settings: Settings| {
        let api = Api::new(england::programme(152), settings);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(api.execute(Request::new(include_str!("support/nation.graphql"))))
    };
    let small = with(Settings {
        largest_answer: 10_000,
        ..Settings::default()
    });
    assert_eq!(small.kind, Kind::TooLarge);
    assert_eq!(
        json(&small)["errors"][0]["extensions"]["code"],
        "ANSWER_TOO_LARGE"
    );
    let short = with(Settings {
        request_time: Duration::ZERO,
        ..Settings::default()
    });
    assert_eq!(short.kind, Kind::TooSlow);
    assert_eq!(json(&short)["errors"][0]["extensions"]["code"], "TOO_SLOW");
}

#[test]
fn limits_can_be_set() {
    let settings = Settings {
        limits: Limits {
            depth: 1,
            ..Limits::default()
        },
        ..Settings::default()
    };
    let api = Api::new(england::programme(12), settings);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let answer = runtime.block_on(api.execute(Request::new("{ cycles { code } }")));
    assert_eq!(answer.kind, Kind::Refused);
}

#[test]
fn the_large_queries_that_pass_are_far_from_the_limit() {
    let cost = |query: &str, limit: u64| {
        let settings = Settings {
            limits: Limits {
                cost: limit,
                ..Limits::default()
            },
            ..Settings::default()
        };
        let api = Api::new(england::programme(1), settings);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let (_, message) = refusal(&runtime.block_on(api.execute(Request::new(query))));
        let words = message.split(' ').nth(3);
        words.and_then(|number| number.parse::<u64>().ok()).unwrap()
    };
    assert_eq!(cost("{ cycles { code } }", 1), 12);
    let introspection = cost(include_str!("support/introspection.graphql"), 10_000);
    let nation = cost(include_str!("support/nation.graphql"), 10_000);
    println!("introspection {introspection}, nation {nation}");
    assert!(introspection < 3_000_000, "{introspection}");
    assert!(nation < 1_500_000, "{nation}");
}
