//! Mutations over HTTP: their authorisation, their methods and the caching of their answers.

use crate::book::LedgerApi;
use crate::client::{Response, send};
use crate::england;
use crate::server::Server;
use crate::writing::{FILE, RECORD, evidence, judgement};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wcc_api::{Api, Authenticator, BoxFuture, Entered, History, HistoryError, Settings};
use wcc_core::Actor;
use wcc_core::ledger::{AsOf, EntryNote};
use wcc_ledger::{AppendError, Head};
use wcc_programme::Programme;

const JSON: (&str, &str) = ("content-type", "application/json");
const NEW: (&str, &str) = ("accept", "application/graphql-response+json");
const INVALID_TOKEN: &str = "Bearer error=\"invalid_token\"";
const TOKEN: (&str, &str) = ("authorization", "Bearer the-token");

fn router(api: Api) -> axum::Router {
    let authenticator = Authenticator::of_tokens(|token| {
        (token == "the-token").then(|| Actor::operator("the clerk"))
    });
    wcc_api::with_layers(wcc_api::routes(api, authenticator))
}

fn server(ledger_api: &LedgerApi) -> Server {
    Server::routed(ledger_api.api.clone(), router(ledger_api.api.clone()))
}

fn post(server: &Server, headers: &[(&str, &str)], body: &Value) -> Response {
    let headers: Vec<_> = [JSON, NEW]
        .into_iter()
        .chain(headers.iter().copied())
        .collect();
    let body = body.to_string();
    send(
        server.address,
        "POST",
        "/graphql",
        &headers,
        body.as_bytes(),
    )
}

fn record(request: &str) -> Value {
    json!({ "query": RECORD, "variables": judgement(request, json!({})) })
}

#[test]
fn a_mutation_needs_the_token() {
    let ledger_api = LedgerApi::new();
    let server = server(&ledger_api);
    let last = ledger_api.last();
    for (headers, status, challenge) in [
        (&[][..], 401, "Bearer"),
        (&[("authorization", "Bearer another")], 401, INVALID_TOKEN),
        (&[("authorization", "")], 401, INVALID_TOKEN),
        (&[TOKEN, TOKEN], 400, "Bearer error=\"invalid_request\""),
    ] {
        for accept in [NEW, ("accept", "application/json")] {
            let headers: Vec<_> = headers.iter().copied().chain([JSON, accept]).collect();
            let body = record("one").to_string();
            let response = send(
                server.address,
                "POST",
                "/graphql",
                &headers,
                body.as_bytes(),
            );
            assert_eq!(response.status, status, "{headers:?}");
            assert_eq!(response.header("www-authenticate"), Some(challenge));
            assert_eq!(response.header("cache-control"), Some("no-store"));
            let answer = response.json();
            assert_eq!(answer.get("data"), None);
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        }
    }
    assert_eq!(ledger_api.last(), last);
    let made = post(&server, &[TOKEN], &record("one"));
    assert_eq!(made.status, 200);
    assert_eq!(made.json()["data"]["recordJudgement"]["entry"], last + 1);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    assert_eq!(made.header("etag"), None);
}

#[test]
fn an_answer_to_a_mutation_is_never_cached() {
    let ledger_api = LedgerApi::new();
    let server = server(&ledger_api);
    let first = post(&server, &[TOKEN], &record("one")).json();
    let again = post(&server, &[TOKEN], &record("one")).json();
    assert_eq!(first["data"]["recordJudgement"]["repeated"], false);
    assert_eq!(again["data"]["recordJudgement"]["repeated"], true);
    // A client that sends the same bytes without the token does not get the answer either.
    assert_eq!(post(&server, &[], &record("one")).status, 401);
}

#[test]
fn queries_need_no_token_and_mutations_cannot_use_get() {
    let ledger_api = LedgerApi::new();
    let server = server(&ledger_api);
    let query = json!({ "query": "{ ledger { head { entry } } }" });
    // Wrong credentials are refused, even where none are needed.
    let wrong = [("authorization", "Basic nonsense")];
    assert_eq!(post(&server, &wrong, &query).status, 401);
    let get = "/graphql?query=%7Bledger%7Bhead%7Bentry%7D%7D%7D";
    let response = send(server.address, "GET", get, &[wrong[0], NEW], b"");
    assert_eq!(response.status, 401);
    for headers in [&[][..], &[TOKEN]] {
        let response = post(&server, headers, &query);
        assert_eq!(response.status, 200);
        assert_eq!(
            response.json()["data"]["ledger"]["head"]["entry"],
            ledger_api.last()
        );
    }
    let target = "/graphql?query=mutation%7Bwithdraw(input:%7BrequestId:%22x%22,entry:1,reason:%22y%22%7D)%7Bentry%7D%7D";
    let response = send(server.address, "GET", target, &[NEW, TOKEN], b"");
    assert_eq!(response.status, 405);
    assert_eq!(response.header("allow"), Some("POST"));
    // Any page on the web could send a form.
    let form = [("content-type", "text/plain"), TOKEN];
    let body = record("one").to_string();
    let response = send(server.address, "POST", "/graphql", &form, body.as_bytes());
    assert_eq!(response.status, 415);
}

/// A request is known by who makes it and by what they call it.
#[test]
fn two_people_may_call_their_requests_the_same() {
    let ledger_api = LedgerApi::new();
    let authenticator = Authenticator::of_tokens(|token| match token {
        "the-token" => Some(Actor::operator("the clerk")),
        "another-token" => Some(Actor::operator("the deputy")),
        _ => None,
    });
    let routes = wcc_api::routes(ledger_api.api.clone(), authenticator);
    let server = Server::routed(ledger_api.api.clone(), wcc_api::with_layers(routes));
    let clerk = [TOKEN];
    let deputy = [("authorization", "Bearer another-token")];
    let evidence = json!({ "query": FILE, "variables": evidence("one", json!({})) });
    let payload = |headers: &[(&str, &str)], body: &Value| {
        let response = post(&server, headers, body);
        assert_eq!(response.status, 200, "{}", response.text());
        let data = response.json()["data"].clone();
        let mut fields = data.as_object().unwrap().values();
        fields.next().unwrap().clone()
    };
    let judged = payload(&clerk, &record("one"));
    let filed = payload(&deputy, &evidence);
    let number = |payload: &Value| payload["entry"].as_i64().expect("an entry");
    assert_eq!(number(&filed), number(&judged) + 1, "{filed}");
    assert_eq!(filed["repeated"], false);
    // Each gets their own answer again, and nobody the other's.
    for (headers, body, first) in [
        (&clerk, &record("one"), &judged),
        (&deputy, &evidence, &filed),
    ] {
        let again = payload(headers, body);
        assert_eq!(number(&again), number(first));
        assert_eq!(again["repeated"], true);
    }
    let reused = payload(&clerk, &evidence);
    assert_eq!(reused["userErrors"][0]["code"], "REQUEST_ID_REUSED");
    assert_eq!(i64::from(ledger_api.last()), number(&filed));
}

#[test]
fn a_router_without_authority_refuses_mutations() {
    let ledger_api = LedgerApi::new();
    let server = Server::with(ledger_api.api.clone());
    assert_eq!(post(&server, &[], &record("one")).status, 401);
    assert_eq!(post(&server, &[TOKEN], &record("one")).status, 403);
}

#[test]
fn every_entry_changes_every_tag() {
    let ledger_api = LedgerApi::new();
    let server = server(&ledger_api);
    let (now, then) = (
        "/graphql?query=%7Bcycles%7Bcode%7D%7D",
        "/graphql?query=query@asOf(entry:3)%7Bcycles%7Bcode%7D%7D",
    );
    let tag = |target: &str| {
        let response = send(server.address, "GET", target, &[], b"");
        assert_eq!(response.status, 200, "{}", response.text());
        response.header("etag").unwrap().to_owned()
    };
    let first = (tag(now), tag(then));
    assert_ne!(first.0, first.1);
    assert_eq!(first, (tag(now), tag(then)));
    let held = [("if-none-match", first.1.as_str())];
    assert_eq!(send(server.address, "GET", then, &held, b"").status, 304);
    post(&server, &[TOKEN], &record("one"));
    assert_ne!(first.0, tag(now));
}

/// A ledger with an unavailable database.
struct UnavailableLedger;

impl History for UnavailableLedger {
    fn programme_at(&self, _: AsOf) -> BoxFuture<'_, Result<Arc<Programme>, HistoryError>> {
        Box::pin(async { Err(HistoryError::Failed("postgres://secret".to_owned())) })
    }

    fn enter(&self, request: wcc_ledger::Request) -> BoxFuture<'_, Result<Entered, AppendError>> {
        Box::pin(async move {
            Err(match request.id.as_str() {
                "busy" => AppendError::Busy,
                "stopping" => AppendError::Stopping,
                "never" => std::future::pending().await,
                _ => AppendError::Store("postgres://secret".to_owned()),
            })
        })
    }

    fn head(&self) -> Head {
        Head {
            number: 5,
            ..Head::START
        }
    }

    fn entry(&self, _: u32) -> Option<EntryNote> {
        None
    }
}

#[test]
fn the_error_of_an_unavailable_ledger_omits_its_address() {
    let settings = Settings {
        request_time: Duration::from_millis(500),
        ..Settings::default()
    };
    let api = Api::with_history(england::programme(3), settings, Arc::new(UnavailableLedger));
    let server = Server::routed(api.clone(), router(api));
    for (request, words) in [
        ("busy", "too many"),
        ("stopping", "stopping"),
        ("never", "in time"),
        ("gone", "does not respond"),
    ] {
        let response = post(&server, &[TOKEN], &record(request));
        assert_eq!(response.status, 200);
        assert!(!response.text().contains("secret"), "{}", response.text());
        let answer = response.json();
        assert_eq!(answer["data"]["recordJudgement"], Value::Null);
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "SERVICE_UNAVAILABLE");
        assert_eq!(error["path"], json!(["recordJudgement"]));
        assert!(
            error["message"].as_str().unwrap().contains(words),
            "{error}"
        );
    }
    let earlier = json!({ "query": "query @asOf(entry: 3) { cycles { code } }" });
    let response = post(&server, &[], &earlier);
    assert_eq!(response.status, 503);
    assert!(!response.text().contains("secret"), "{}", response.text());
    assert_eq!(
        response.json()["errors"][0]["extensions"]["code"],
        "SERVICE_UNAVAILABLE"
    );
}
