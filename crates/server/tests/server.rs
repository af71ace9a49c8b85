//! Tests a whole server within this process: starts it on its own port, queries and changes it, and
//! stops it.

#![allow(
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "../../api/tests/support/client.rs"]
mod client;
#[path = "server/messages.rs"]
mod messages;

use client::Response;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use wcc_core::Actor;
use wcc_host::{Trust, Worker};
use wcc_ledger::{Address, Clock, LedgerOptions, Request};
use wcc_programme::{ReferenceData, entries_of};
use wcc_server::{
    Change, ChangeListener, Configuration, ConfigurationSource, FactSource, LedgerSettings,
    ReportSettings, Server, Settings, open_ledger,
};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const JSON: (&str, &str) = ("content-type", "application/json");

const RECORD: &str = "mutation($request: String!) {
    recordCommentary(input: {
        requestId: $request, cycle: \"south-of-tyne-and-wear/2008-09\", body: \"5KF\",
        headings: [\"Remarks\"], text: \"A remark.\"
    }) { entry served userErrors { message } }
}";

/// A fixed clock, to test that entries are dated by the server's clock.
#[derive(Debug)]
struct SummerOf2009;

impl Clock for SummerOf2009 {
    fn now(&self) -> Timestamp {
        "2009-07-01T12:00:00Z".parse().unwrap()
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn configuration() -> Configuration {
    Configuration {
        frameworks: repository().join("configs/frameworks"),
        organisations: repository().join("configs/organisations"),
        policies: None,
        plugins: Vec::new(),
        trust: Trust::default(),
        tokens: wcc_tokens::TokenSettings::default(),
    }
}

fn settings(folder: &Path) -> Settings {
    Settings {
        reports: ReportSettings::default(),
        workbooks: std::sync::Arc::new(wcc_server::NoWorkbooks),
        facts: FactSource::Ledger(LedgerSettings {
            opening: opening(folder),
            documents: folder.join("documents").to_str().unwrap().to_owned(),
            surveys: None,
        }),
        configuration: ConfigurationSource::fixed(configuration()),
        worker: Worker::this_program().unwrap(),
        data: folder.join("data"),
        accounts: None,
        api: wcc_api::Settings::default(),
        clock: Arc::new(SummerOf2009),
        delivery: None,
    }
}

fn opening(folder: &Path) -> LedgerOptions {
    LedgerOptions {
        address: Address::Sqlite(folder.join("ledger.db")),
        sha: "england".to_owned(),
        head_file: None,
        checkpoint: None,
        patience: Duration::from_secs(10),
        create: true,
        clock: Arc::new(SummerOf2009),
        policy: Arc::new(wcc_core::policy::Unrestricted),
    }
}

/// Enters an example into a new ledger. Returns the number of its last entry.
async fn load(folder: &Path) -> u32 {
    let Configuration {
        frameworks,
        organisations,
        ..
    } = configuration();
    let reference = ReferenceData::read(&frameworks, &organisations).unwrap();
    let case = repository().join("examples/south-of-tyne-and-wear");
    let case = wcc_case::case::read(&case, &reference.frameworks, &reference.tables).unwrap();
    let ledger = open_ledger(opening(folder)).await.unwrap();
    let request = Request {
        actor: Actor::operator("operator"),
        id: "load".to_owned(),
        drafts: ledger.look(|state| entries_of(&case, state)).unwrap(),
    };
    let last = ledger.append(request).await.unwrap().last;
    ledger.close().await;
    last
}

async fn send(
    address: SocketAddr,
    method: &'static str,
    target: &'static str,
    headers: &[(&str, &str)],
    body: String,
) -> Response {
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let sending = tokio::task::spawn_blocking(move || {
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        client::send(address, method, target, &headers, body.as_bytes())
    });
    sending.await.unwrap()
}

async fn next(listener: &mut ChangeListener) -> Option<Change> {
    tokio::time::timeout(Duration::from_secs(60), listener.next())
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_answers_changes_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = load(folder.path()).await;
    let server = Server::start(settings(folder.path()), std::future::pending());
    let server = Arc::new(server.await.unwrap());
    let mut changes = server.changes();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = Arc::clone(&server);
    let serving = tokio::spawn(async move {
        let stopped = async { drop(stopping.await) };
        serving.serve(listener, stopped).await.unwrap();
    });

    // Every route sends the common headers.
    for (method, target) in [
        ("GET", "/graphql?query=%7B__typename%7D"),
        ("GET", "/"),
        ("GET", "/metrics"),
        ("GET", "/readyz"),
        ("GET", "/nothing"),
        ("POST", "/plugins/reload"),
        ("POST", "/documents"),
        ("GET", "/documents/0"),
    ] {
        let id = [("x-request-id", "of-the-client.1")];
        let response = send(address, method, target, &id, String::new()).await;
        assert_eq!(response.header("x-request-id"), Some("of-the-client.1"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            // With none at all, browsers send forms of pages as if from another site.
            (
                "referrer-policy",
                if target == "/" {
                    "same-origin"
                } else {
                    "no-referrer"
                },
            ),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(response.header(name), Some(value), "{target}: {name}");
        }
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(response.header("cache-control").is_some(), "{target}");
        let generated = send(address, method, target, &[], String::new()).await;
        assert!(generated.header("x-request-id").is_some(), "{target}");
    }

    // Every route that needs credentials rejects bad ones in the same way.
    let token = std::fs::read_to_string(folder.path().join("data/operator.token")).unwrap();
    let bearer = format!("Bearer {}", token.trim());
    let operator = ("authorization", bearer.as_str());
    let query = json!({ "query": "{ cycles { code } }" }).to_string();
    for (given, status) in [
        (&[("authorization", "Bearer 0")][..], 401),
        (&[("authorization", "Basic 0")], 401),
        (&[operator, operator], 400),
    ] {
        for (method, target) in [
            ("POST", "/graphql"),
            ("GET", "/graphql?query=%7B__typename%7D"),
            ("POST", "/plugins/reload"),
            ("POST", "/documents"),
            ("GET", "/documents/0"),
        ] {
            let headers: Vec<_> = given.iter().copied().chain([JSON]).collect();
            let response = send(address, method, target, &headers, query.clone()).await;
            assert_eq!(response.status, status, "{target} {given:?}");
            let challenge = response.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer error="), "{challenge}");
        }
    }

    let body = json!({ "query": RECORD, "variables": { "request": "one" } }).to_string();
    let refused = send(address, "POST", "/graphql", &[JSON], body.clone()).await;
    assert_eq!(
        refused.json()["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    let recorded = send(address, "POST", "/graphql", &[JSON, operator], body).await;
    let recorded: Value = recorded.json();
    let recorded = &recorded["data"]["recordCommentary"];
    assert_eq!(recorded["entry"], loaded + 1, "{recorded}");
    assert_eq!(recorded["served"], true);
    let Some(Change::Entries {
        first,
        last,
        cycles,
        beyond_cycles,
        ..
    }) = next(&mut changes).await
    else {
        panic!("expected the change for the new entry");
    };
    assert_eq!(
        (first, last, beyond_cycles),
        (loaded + 1, loaded + 1, false)
    );
    assert_eq!(cycles, [CYCLE]);

    let report = server.reload().await.unwrap();
    let revision = report.revision;
    assert_eq!(
        next(&mut changes).await,
        Some(Change::Reloaded { revision })
    );

    stop.send(()).unwrap();
    serving.await.unwrap();
    let obstacle = Some("this server is stopping".to_owned());
    assert_eq!(
        next(&mut changes).await,
        Some(Change::Readiness { obstacle })
    );
    Arc::into_inner(server).unwrap().close().await;
    let again = open_ledger(opening(folder.path())).await.unwrap();
    assert_eq!(again.head().number, loaded + 1);
    let entry = again.look(|state| state.entry(loaded + 1)).unwrap();
    assert!(entry.at.to_string().starts_with("2009-07-01T12:00:00"));
    again.close().await;
}
