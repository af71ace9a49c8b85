//! What subscribers are sent, and what not.

use crate::book::CYCLE;
use crate::fixture::{Live, Rule, commentary, hides_sunderland, last_text};
use crate::socket::{Received, Socket};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wcc_api::{Kind, Request, Settings, SubscriptionSettings};
use wcc_ledger::Clock;

#[test]
fn an_answer_is_sent_at_once_and_when_it_changes() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("a", commentary("5KF"));
    let first = socket.next("a");
    assert!(first["data"]["output"].is_object(), "{first}");
    live.comment("5KF", "One.");
    assert_eq!(last_text(&socket.next("a")), "One.");
    // An entry on another body changes nothing here, so the next message is of the one after it.
    live.comment("5KG", "Elsewhere.");
    live.comment("5KF", "Two.");
    assert_eq!(last_text(&socket.next("a")), "Two.");
    socket.send(json!({ "id": "a", "type": "complete" }));
    live.comment("5KF", "Three.");
    socket.subscribe("b", commentary("5KF"));
    assert_eq!(
        last_text(&socket.next("b")),
        "Three.",
        "the first has ended"
    );
}

/// The example of the documentation.
#[test]
fn a_judgement_changes_what_is_watched() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("1", json!({ "query": include_str!("watch.graphql") }));
    let value = |answer: &Value| answer["data"]["output"]["cells"][0]["value"].clone();
    let before = value(&socket.next("1"));
    assert_ne!(before, "4");
    let query = "mutation($input: RecordJudgementInput!) { recordJudgement(input: $input) {
        userErrors { message } } }";
    let input = json!({
        "requestId": "1", "cycle": CYCLE, "body": "south-of-tyne-and-wear", "measure": "3c",
        "method": "CALIBRATED", "value": "4", "rationale": "Raised.", "recordedBy": "The calibration panel",
    });
    let answer = live.ledger.change(query, &json!({ "input": input }));
    assert_eq!(
        answer["data"]["recordJudgement"]["userErrors"],
        json!([]),
        "{answer}"
    );
    assert_eq!(value(&socket.next("1")), "4");
}

#[test]
fn every_field_of_the_root_answers_as_the_query() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    for field in [
        format!("cycle(id: \"{CYCLE}\") {{ code bodyCount }}"),
        "group(code: \"south-of-tyne-and-wear\") { code bodies { code } }".to_owned(),
        format!("assurance(cycle: \"{CYCLE}\", body: \"5KF\") {{ outputs {{ body {{ code }} }} }}"),
        format!("output(cycle: \"{CYCLE}\", body: \"5KF\") {{ values }}"),
        format!(
            "outputs(cycle: \"{CYCLE}\", authority: \"Q30\", first: 2) {{ edges {{ cursor }} }}"
        ),
        format!(
            "findings(cycle: \"{CYCLE}\", first: 3) {{ totalCount edges {{ node {{ message }} }} }}"
        ),
        format!("challenges(cycle: \"{CYCLE}\", first: 3) {{ totalCount edges {{ cursor }} }}"),
        format!("matrix(cycle: \"{CYCLE}\", columns: COMPONENTS) {{ rows {{ code values }} }}"),
    ] {
        let queried = live.ledger.ask(&format!("{{ {field} }}"));
        assert_eq!(queried.get("errors"), None, "{queried}");
        socket.subscribe(
            &field,
            json!({ "query": format!("subscription {{ {field} }}") }),
        );
        assert_eq!(socket.next(&field), queried, "{field}");
    }
    let fields = live
        .ledger
        .ask("{ __type(name: \"Subscription\") { fields { name } } }");
    let fields = fields["data"]["__type"]["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 8, "each field is above: {fields:?}");
}

#[test]
fn queries_and_mutations_are_answered_once() {
    let live = Live::start();
    let mut socket =
        Socket::ready_with(&live.server, json!({ "Authorization": "Bearer the-clerk" }));
    socket.subscribe("1", json!({ "query": "{ cycles { code } }" }));
    let expected = live.ledger.ask("{ cycles { code } }");
    assert_eq!(socket.next("1"), expected);
    assert_eq!(socket.message("1").0, "complete");
    let mutation = "mutation($input: RecordCommentaryInput!) { recordCommentary(input: $input) {
        entry userErrors { message } } }";
    let input = json!({
        "requestId": "1", "cycle": CYCLE, "body": "5KF", "headings": ["Remarks"], "text": "By socket.",
    });
    let payload = json!({ "query": mutation, "variables": { "input": input } });
    socket.subscribe("2", payload.clone());
    let written = socket.next("2");
    assert_eq!(
        written["data"]["recordCommentary"]["entry"],
        live.ledger.last()
    );
    assert_eq!(socket.message("2").0, "complete");
    // Without a token it is refused like over HTTP.
    let last = live.ledger.last();
    let mut public = Socket::ready(&live.server);
    public.subscribe("3", payload);
    let (kind, errors) = public.message("3");
    assert_eq!(kind, "error");
    assert_eq!(errors[0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(live.ledger.last(), last);
}

#[test]
fn mistakes_in_the_request_are_errors_of_the_operation() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    let output = format!("output(cycle: \"{CYCLE}\", body: \"5KF\") {{ values }}");
    for (query, code) in [
        ("subscription {".to_owned(), "GRAPHQL_PARSE_FAILED"),
        (
            "subscription { nope }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { cycles { code } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { __typename }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { __schema { queryType { name } } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("subscription {{ {output} other: {output} }}"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!(
                "subscription {{ ...F }} fragment F on Subscription {{ {output} b: {output} }}"
            ),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { cycle(id: \"x\") @skip(if: true) { code } }".to_owned(),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("subscription @asOf(entry: 3) {{ {output} }}"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            format!("subscription A {{ {output} }} subscription B {{ {output} }}"),
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            format!(
                "subscription {{ {} }}",
                "a: cycle(id: \"c\") { code } ".repeat(11)
            ),
            "QUERY_TOO_LARGE",
        ),
    ] {
        socket.subscribe("1", json!({ "query": query }));
        let (kind, errors) = socket.message("1");
        assert_eq!(kind, "error", "{query}");
        assert_eq!(errors[0]["extensions"]["code"], code, "{query}: {errors}");
    }
    // A field that fails is not a mistake in the request, and may come into being.
    let query = "subscription { cycle(id: \"nothing\") { code } }";
    socket.subscribe("1", json!({ "query": query }));
    let answer = socket.next("1");
    assert_eq!(answer["data"]["cycle"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let hash = json!({ "extensions": { "persistedQuery": { "sha256Hash": "x" } } });
    socket.subscribe("2", hash);
    let (kind, errors) = socket.message("2");
    assert_eq!(
        (&*kind, &errors[0]["message"]),
        ("error", &json!("PersistedQueryNotSupported"))
    );
}

#[test]
fn a_transport_with_one_answer_refuses_subscriptions() {
    let live = Live::start();
    let query = format!("subscription {{ cycle(id: \"{CYCLE}\") {{ code }} }}");
    // Also when a subscriber has the answer already.
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("1", json!({ "query": query }));
    socket.next("1");
    let answer = live.ledger.answer(Request::new(query));
    assert_eq!(answer.kind, Kind::Refused);
    let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
    assert!(text.contains("STREAM_REQUIRED"), "{text}");
}

#[test]
fn nobody_hears_of_what_they_may_not_see() {
    let live = Live::start();
    live.ledger.api.set_policy(Arc::new(Rule(hides_sunderland)));
    let watched = format!(
        "subscription {{ outputs(cycle: \"{CYCLE}\") {{ totalCount edges {{ node {{
            body {{ code }} commentary {{ text }} }} }} }} }}"
    );
    let payload = json!({ "query": watched });
    let mut public = Socket::ready(&live.server);
    public.subscribe("1", payload.clone());
    assert_eq!(public.next("1")["data"]["outputs"]["totalCount"], 2);
    let mut clerk =
        Socket::ready_with(&live.server, json!({ "Authorization": "Bearer the-clerk" }));
    clerk.subscribe("1", payload);
    assert_eq!(clerk.next("1")["data"]["outputs"]["totalCount"], 3);
    live.comment("5KL", "Hidden.");
    assert!(clerk.next("1").to_string().contains("Hidden."));
    live.comment("5KF", "Shown.");
    // The next thing that the public hears is of the second entry.
    let shown = public.next("1").to_string();
    assert!(
        shown.contains("Shown.") && !shown.contains("Hidden."),
        "{shown}"
    );
}

#[test]
fn a_change_of_the_policy_changes_the_answer() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("1", commentary("5KL"));
    assert!(socket.next("1")["data"]["output"].is_object());
    live.ledger.api.set_policy(Arc::new(Rule(hides_sunderland)));
    let hidden = socket.next("1");
    assert_eq!(hidden["data"]["output"], Value::Null);
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "NOT_FOUND");
    live.ledger.api.set_policy(Arc::new(Rule(|_| true)));
    assert!(socket.next("1")["data"]["output"].is_object());
}

/// A clock that a test can set to the next day.
#[derive(Debug, Default)]
struct TwoDays(AtomicBool);

impl Clock for TwoDays {
    fn now(&self) -> Timestamp {
        let text = if self.0.load(Ordering::SeqCst) {
            "2009-06-16T00:00:01Z"
        } else {
            "2009-06-15T23:59:59Z"
        };
        text.parse().unwrap()
    }
}

#[test]
fn a_new_day_changes_the_answer() {
    // What somebody may see is decided once a day.
    static IS_HIDDEN: AtomicBool = AtomicBool::new(false);
    let clock = Arc::new(TwoDays::default());
    let live = Live::with_settings(Settings {
        clock: clock.clone(),
        subscriptions: SubscriptionSettings {
            check_time: Duration::from_millis(50),
            ..SubscriptionSettings::default()
        },
        ..Settings::default()
    });
    live.ledger.api.set_policy(Arc::new(Rule(|question| {
        hides_sunderland(question) || !IS_HIDDEN.load(Ordering::SeqCst)
    })));
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("1", commentary("5KL"));
    assert!(socket.next("1")["data"]["output"].is_object());
    IS_HIDDEN.store(true, Ordering::SeqCst);
    clock.0.store(true, Ordering::SeqCst);
    assert_eq!(socket.next("1")["data"]["output"], Value::Null);
}

#[test]
fn pings_are_answered_and_sent() {
    let live = Live::with(SubscriptionSettings {
        ping_time: Duration::from_millis(50),
        ..SubscriptionSettings::default()
    });
    let mut socket = Socket::ready(&live.server);
    for _ in 0..5 {
        assert_eq!(socket.receive(), Received::Ping);
    }
    socket.send(json!({ "type": "ping", "payload": { "a": [1] } }));
    socket.send(json!({ "type": "pong" }));
    let answered = loop {
        match socket.receive() {
            Received::Ping => {}
            other => break other,
        }
    };
    let pong = json!({ "type": "pong", "payload": { "a": [1] } });
    assert_eq!(answered, Received::Message(pong));
}
