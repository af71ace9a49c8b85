//! A server with a ledger, as clients and operators use it.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::{Value, json};
use server::{Answer, Server};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{policies, settings_with, stderr, stdout, wcc_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// Writes a settings file with a ledger that contains South of Tyne and Wear.
fn loaded(entries: &str) -> PathBuf {
    let settings = settings_with(entries);
    let case = ["ledger", "load", "examples/south-of-tyne-and-wear"];
    let output = wcc_with(&settings, &case);
    assert!(output.status.success(), "{}", stderr(&output));
    settings
}

fn token(settings: &Path) -> String {
    let file = settings.with_file_name("data").join("operator.token");
    let text = std::fs::read_to_string(file).expect("the token");
    format!("Authorization: Bearer {}", text.trim())
}

fn post(server: &Server, authorization: &str, query: &str, variables: &Value) -> Answer {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let json = "Content-Type: application/json";
    server.send("POST /graphql", &[json, authorization], &body)
}

const RECORD: &str = "mutation($input: RecordJudgementInput!) { recordJudgement(input: $input) {
    entry repeated served userErrors { code field message } } }";

/// Records a panel's level on 9b for 5KF; returns the payload.
fn record(server: &Server, token: &str, value: &str, request: &str, more: &Value) -> Value {
    let mut input = json!({
        "cycle": CYCLE, "body": "5KF", "measure": "9b", "method": "PANEL", "value": value,
        "reason": "seen on the day", "requestId": request,
    });
    let fields = input.as_object_mut().expect("an object");
    fields.extend(more.as_object().cloned().unwrap_or_default());
    let answer = post(server, token, RECORD, &json!({ "input": input }));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"]["recordJudgement"].clone()
}

/// Reads the panel's level on 9b for 5KF.
fn level(server: &Server, moment: &str) -> Value {
    let query = format!(
        "query {moment} {{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ values(method: PANEL)
           cycle {{ framework {{ measures {{ code }} }} }} }} }}"
    );
    let output = server.ask(&query)["output"].clone();
    let measures = output["cycle"]["framework"]["measures"].as_array();
    let mut measures = measures.expect("measures").iter();
    let at = measures.position(|measure| measure["code"] == "9b");
    output["values"][at.expect("9b")].clone()
}

#[test]
fn a_new_record_is_read_at_once_and_earlier_states_remain() {
    let settings = loaded("");
    let server = Server::on_ledger(&settings);
    let token = token(&settings);
    let before = level(&server, "");
    let first = record(&server, &token, "4", "one", &json!({}));
    let entry = first["entry"].as_u64().expect("an entry");
    assert_eq!(level(&server, ""), "4");
    let then = format!("@asOf(entry: {})", entry - 1);
    assert_eq!(level(&server, &then), before);

    let again = record(&server, &token, "4", "one", &json!({}));
    assert_eq!(again["entry"], first["entry"]);
    assert_eq!(again["repeated"], true);
    let another = record(&server, &token, "2", "one", &json!({}));
    assert!(
        another["userErrors"][0]["message"].as_str().is_some(),
        "{another}"
    );
    let twice = record(&server, &token, "2", "two", &json!({}));
    assert!(twice["entry"].is_null(), "it is said already: {twice}");
    let better = record(&server, &token, "2", "two", &json!({ "supersedes": entry }));
    assert_eq!(better["entry"], entry + 1);
    assert_eq!(level(&server, ""), "2");

    let head = server.ask("{ ledger { head { entry } } }");
    assert_eq!(head["ledger"]["head"]["entry"], entry + 1);
    drop(server);
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    let server = Server::on_ledger(&settings);
    assert_eq!(level(&server, ""), "2", "the next start finds it");
}

#[test]
fn nobody_writes_without_the_token() {
    let settings = loaded("");
    let server = Server::on_ledger(&settings);
    let input = json!({ "input": {
        "cycle": CYCLE, "body": "5KF", "measure": "9b", "method": "PANEL", "value": "4",
        "reason": "seen on the day", "requestId": "one",
    } });
    let head = server.ask("{ ledger { head { entry } } }");
    for authorization in [
        "X-Nothing: 1",
        "Authorization: Bearer 00",
        "Authorization: Basic eDp5",
    ] {
        let answer = post(&server, authorization, RECORD, &input);
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(
            answer
                .head
                .to_lowercase()
                .contains("www-authenticate: bearer")
        );
    }
    assert_eq!(server.ask("{ ledger { head { entry } } }"), head);
}

/// Files evidence that names a document; returns the payload.
fn name(server: &Server, token: &str, document: &str, request: &str) -> Value {
    let query = "mutation($input: FileEvidenceInput!) { fileEvidence(input: $input) {
        entry userErrors { field message } } }";
    let input = json!({ "input": {
        "cycle": CYCLE, "id": "new-strategy", "body": "5KF", "kind": "DOCUMENT",
        "title": "Strategy", "document": document, "requestId": request,
    } });
    post(server, token, query, &input).body["data"]["fileEvidence"].clone()
}

const DOCX: &str = "Content-Type: \
     application/vnd.openxmlformats-officedocument.wordprocessingml.document";

#[test]
fn a_document_is_filed_named_by_evidence_and_downloaded() {
    let settings = loaded("");
    let server = Server::on_ledger(&settings);
    let token = token(&settings);
    let pdf = "Content-Type: application/pdf";
    let filed = server.send("POST /documents", &[pdf, &token], "%PDF-1.4 strategy");
    assert_eq!(filed.status, 201, "{filed:?}");
    let sha256 = filed.body["sha256"].as_str().expect("a digest").to_owned();
    for (headers, body, status) in [
        (vec![pdf], "%PDF-1.4", 401),
        (vec![pdf, token.as_str()], "no PDF", 422),
        (vec!["Content-Type: text/html", token.as_str()], "<p>", 415),
        (vec![DOCX, token.as_str()], "PK\u{3}\u{4} any archive", 422),
    ] {
        let answer = server.send("POST /documents", &headers, body);
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 422 {
            let told = answer.body["error"].as_str().unwrap_or_default();
            assert!(told.contains("the document is not a"), "{told}");
        }
    }
    let refused = name(&server, &token, &"0".repeat(64), "one");
    assert_eq!(
        refused["userErrors"][0]["field"], "input.document",
        "{refused}"
    );
    // Until a record names it, only actors who may file evidence can read it.
    let get = format!("GET /documents/{sha256}");
    assert_eq!(server.send(&get, &[], "").status, 404);
    assert!(server.raw(&get, &[&token]).ends_with("%PDF-1.4 strategy"));
    assert!(
        name(&server, &token, &sha256, "two")["entry"]
            .as_u64()
            .is_some()
    );
    // Then actors whom the policies permit can read it: by default only the operator.
    assert_eq!(server.send(&get, &[], "").status, 404);
    let raw = server.raw(&get, &[&token]);
    assert!(raw.ends_with("%PDF-1.4 strategy"), "{raw}");
    let raw = raw.to_lowercase();
    assert!(raw.contains("content-disposition: attachment"), "{raw}");
    assert!(raw.contains("x-content-type-options: nosniff"), "{raw}");
    let unknown = server.send(&format!("GET /documents/{}", "0".repeat(64)), &[&token], "");
    assert_eq!(unknown.status, 404);
}

/// Runs a command; returns its exit code, output and messages.
fn ran(settings: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = wcc_with(settings, arguments);
    (output.status.code(), stdout(&output), stderr(&output))
}

/// Follows the steps in docs/ledger.md, also after the loss of a document.
#[test]
fn a_backup_restores_entries_and_documents() {
    let settings = loaded("");
    let server = Server::on_ledger(&settings);
    let token = self::token(&settings);
    let pdf = "Content-Type: application/pdf";
    let filed = server.send("POST /documents", &[pdf, &token], "%PDF-1.4 strategy");
    let sha256 = filed.body["sha256"].as_str().expect("a digest").to_owned();
    let entry = name(&server, &token, &sha256, "one")["entry"].clone();
    assert_eq!(entry, 305);
    let bundle = settings.with_file_name("ledger.bundle");
    let bundle = bundle.to_str().expect("text");
    let (code, backed_up, words) = ran(&settings, &["backup", bundle]);
    assert_eq!((code, &*words), (Some(0), ""), "while it is in use");
    assert!(
        backed_up.starts_with("305 entries and 1 document in "),
        "{backed_up}"
    );

    // The backup can be opened with standard tools.
    let member = format!("documents/{sha256}.pdf");
    let opened = std::process::Command::new("tar")
        .args(["-xOf", bundle, &member])
        .output()
        .expect("tar runs");
    assert_eq!(stdout(&opened), "%PDF-1.4 strategy");

    let restored = settings_with("");
    let (code, read, words) = ran(&restored, &["import", bundle]);
    assert_eq!((code, &*words), (Some(0), ""));
    assert!(read.starts_with("305 entries and 1 document; "), "{read}");
    let (code, verified, _) = ran(&restored, &["verify"]);
    assert_eq!(code, Some(0));
    assert!(
        verified.ends_with("\n1 document, as it was filed\n"),
        "{verified}"
    );
    let again = restored.with_file_name("ledger.bundle");
    ran(&restored, &["export", again.to_str().expect("text")]);
    let same = std::fs::read(bundle).expect("it") == std::fs::read(&again).expect("it");
    assert!(same, "the bundle is the same");
    let other = Server::on_ledger(&restored);
    let get = format!("GET /documents/{sha256}");
    let raw = other.raw(&get, &[&self::token(&restored)]);
    assert!(raw.ends_with("%PDF-1.4 strategy"), "{raw}");

    let kept = Path::new("documents")
        .join(&sha256[..2])
        .join(&member[10..]);
    let kept = settings.with_file_name("data").join(kept);
    let told = format!("entry 305 names the document {sha256}, which ");
    for lose in [
        |kept: &Path| std::fs::write(kept, "something else"),
        |kept: &Path| std::fs::remove_file(kept),
    ] {
        lose(&kept).expect("it is lost");
        for (command, printed) in [
            (&["verify"][..], "305 entries, every one as it was entered"),
            (&["export", bundle], "305 entries and 0 documents in "),
            (&["backup", bundle], "305 entries and 0 documents in "),
        ] {
            let (code, done, words) = ran(&settings, command);
            assert_eq!(code, Some(6), "{command:?}: {words}");
            assert!(done.starts_with(printed), "{command:?}: {done}");
            assert!(words.contains(&told), "{command:?}: {words}");
        }
    }
    // The rest can be restored, and the lost document is reported again.
    let rest = settings_with("");
    let (code, read, words) = ran(&rest, &["import", bundle]);
    assert_eq!(code, Some(0), "{words}");
    assert!(read.starts_with("305 entries and 0 documents; "), "{read}");
    assert!(words.contains(&told), "{words}");
    let (code, _, words) = ran(&rest, &["verify"]);
    assert_eq!(code, Some(6));
    assert!(words.contains(&format!("{told}is missing")), "{words}");
}

/// Waits until a server has an entry of the other.
fn wait_until(sees: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !sees() {
        assert!(Instant::now() < end, "the other server never sees it");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn two_servers_on_one_file_see_each_other() {
    let settings = loaded("");
    let (first, second) = (Server::on_ledger(&settings), Server::on_ledger(&settings));
    let token = token(&settings);
    record(&first, &token, "4", "one", &json!({}));
    wait_until(|| level(&second, "") == "4");
    record(&second, &token, "3", "two", &json!({ "body": "5KG" }));
    wait_until(|| first.ask("{ ledger { head { entry } } }")["ledger"]["head"]["entry"] == 306);
}

#[test]
fn operators_can_monitor_it() {
    let settings = loaded("[log]\nformat = 'json'\n");
    let server = Server::on_ledger(&settings);
    for path in ["/livez", "/readyz"] {
        assert!(
            server
                .raw(&format!("GET {path}"), &[])
                .starts_with("HTTP/1.1 200")
        );
    }
    level(&server, "");
    let metrics = server.raw("GET /metrics", &[]);
    for line in [
        "wcc_ledger_entries 304",
        "wcc_ledger_entries_served 304",
        "wcc_requests_total{route=\"/graphql\",status=\"200\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    let log = server.log_with("operator.token");
    for line in log.lines() {
        assert!(
            serde_json::from_str::<Value>(line).is_ok(),
            "not JSON: {line}"
        );
    }
    let ended = server.terminate();
    assert_eq!(ended, Some(0), "SIGTERM ends it without failure");
}

#[test]
fn a_killed_server_keeps_every_acknowledged_entry() {
    let settings = loaded("");
    let mut entered = Vec::new();
    for round in 0..3 {
        let mut server = Server::on_ledger(&settings);
        let token = token(&settings);
        for measure in ["1a", "1b", "2a", "2b", "3a"] {
            let more = match entered.iter().rfind(|(of, _, _)| *of == measure) {
                Some((_, entry, _)) => json!({ "measure": measure, "supersedes": entry }),
                None => json!({ "measure": measure }),
            };
            let request = format!("{round} {measure}");
            let value = ["1", "2", "4"][round];
            let payload = record(&server, &token, value, &request, &more);
            let entry = payload["entry"].as_u64();
            entered.push((
                measure,
                entry.unwrap_or_else(|| panic!("{payload}")),
                request,
            ));
        }
        server.kill();
    }
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
    let server = Server::on_ledger(&settings);
    let token = token(&settings);
    for (measure, entry, request) in &entered[10..] {
        let more = entered
            .iter()
            .rfind(|(of, before, _)| of == measure && before < entry);
        let supersedes = more.map(|(_, entry, _)| *entry);
        let more = json!({ "measure": measure, "supersedes": supersedes });
        let again = record(&server, &token, "4", request, &more);
        assert_eq!(again["repeated"], true, "{again}");
        assert_eq!(again["entry"], *entry);
    }
}

#[test]
fn a_folder_of_policies_decides_on_every_route() {
    let hides = "@id(\"not-public\") forbid (principal in Role::\"public\",
        action == Action::\"read\", resource is Body) when { resource.code == \"5KF\" };";
    let folder = policies(hides);
    let reads = "@id(\"everybody-reads-documents\")
        permit (principal, action == Action::\"read-document\", resource);";
    std::fs::write(folder.join("documents.cedar"), reads).expect("written");
    let settings = loaded(&format!("policies = '{}'\n", folder.display()));
    let server = Server::on_ledger(&settings);
    let token = token(&settings);
    let pdf = "Content-Type: application/pdf";
    let filed = server.send("POST /documents", &[pdf, &token], "%PDF-1.4 strategy");
    let sha256 = filed.body["sha256"].as_str().expect("a digest").to_owned();
    let named = name(&server, &token, &sha256, "one");
    assert!(named["entry"].as_u64().is_some(), "{named}");
    let document = format!("GET /documents/{sha256}");
    let entries = |headers: &[&str]| {
        let metrics = server.raw("GET /metrics", headers);
        assert!(metrics.trim_end().ends_with("# EOF"), "{metrics}");
        metrics.contains("wcc_ledger_entries")
    };
    let asked = "{ ledger { head { entry } } pct(code: \"5KF\") { name } }";
    let ask = |authorization: &str| post(&server, authorization, asked, &json!({})).body;
    let public = "X-Nobody: here";
    let seen = |authorization: &str| {
        let is_read = server
            .raw(&document, &[authorization])
            .ends_with("%PDF-1.4 strategy");
        let name = ask(authorization)["data"]["pct"]["name"].is_string();
        (is_read, name, entries(&[authorization]))
    };
    assert_eq!(seen(public), (false, false, false));
    assert_eq!(seen(&token), (true, true, true));
    // Without the policy everybody sees it; with it again, nobody does.
    let reload = || server.send("POST /plugins/reload", &[&token], "").status;
    std::fs::remove_file(folder.join("more.cedar")).expect("removed");
    assert_eq!(reload(), 200);
    assert_eq!(seen(public), (true, true, true));
    std::fs::write(folder.join("more.cedar"), hides).expect("written");
    assert_eq!(reload(), 200);
    assert_eq!(seen(public), (false, false, false));
    // A policy that is broken changes nothing.
    std::fs::write(folder.join("more.cedar"), "forbid (nobody);").expect("written");
    assert_eq!(reload(), 422);
    assert_eq!(seen(public), (false, false, false));
}
