//! Workbooks to fill in, from a real server.

use super::archive::Archive;
use super::{CYCLE, Client, XLSX};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What the server answers: status, head and body.
fn fetch(client: &Client, token: Option<&str>, path: &str) -> (u16, String, Vec<u8>) {
    let address = client.server.address();
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let token = token.map_or_else(String::new, |token| format!("{token}\r\n"));
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\n{token}Connection: close\r\n\r\n"
    )
    .expect("the server reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), head, answer[end + 4..].to_vec())
}

fn path(kind: &str, body: &str) -> String {
    format!("/templates/{kind}?cycle={CYCLE}&body={body}")
}

fn message(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).expect("JSON");
    body.to_string()
}

/// The same workbook as on the command line, and importing it as it is changes nothing.
#[test]
fn a_workbook_is_fetched_filled_in_and_imported() {
    let client = Client::open();
    for (kind, body) in [
        ("self-assessment", "south-of-tyne-and-wear"),
        ("metrics", "5KF"),
        ("survey", "south-of-tyne-and-wear"),
    ] {
        let (status, head, bytes) = fetch(&client, Some(&client.token), &path(kind, body));
        assert_eq!(status, 200, "{head}");
        assert!(head.contains(&format!("content-type: {XLSX}")), "{head}");
        let name = format!("filename=\"{kind}-{}.xlsx\"", body.to_lowercase());
        assert!(head.contains(&name), "{head}");
        assert!(head.contains("no-store"), "{head}");
        let own = Archive::read(&client.office.template(kind, body));
        let file = client.office.file("fetched.xlsx");
        std::fs::write(&file, &bytes).expect("written");
        let fetched = Archive::read(&file);
        assert_eq!(fetched.contents(), own.contents(), "{kind}");
        let imported = client.send_file(kind, "fetched.xlsx", &bytes, true);
        assert_eq!(imported["changes"], serde_json::json!([]), "{imported}");
        assert_eq!(imported["entry"], Value::Null);
    }
}

#[test]
fn what_is_missing_is_named_with_the_nearest() {
    let client = Client::open();
    let told = |path: &str| {
        let (status, _, body) = fetch(&client, Some(&client.token), path);
        (status, message(&body))
    };
    let (status, text) = told(&path("self-assesment", "5KF"));
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("self-assessment"), "{text}");
    let (status, text) = told(&path("metrics", "5KX"));
    assert_eq!(status, 404, "{text}");
    assert!(text.contains("did you mean"), "{text}");
    let (status, text) = told("/templates/metrics?cycle=nowhere&body=5KF");
    assert_eq!(status, 404, "{text}");
    let (status, text) = told("/templates/metrics?body=5KF");
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("give `cycle` once"), "{text}");
    let twice = format!("{}&body=5KG", path("metrics", "5KF"));
    assert_eq!(told(&twice).0, 400);
}

/// Whoever may not see a body gets what they would get if there were no such body.
#[test]
fn a_workbook_of_what_the_policy_hides_looks_absent() {
    let client = Client::under(
        "@id(\"hidden\") forbid (principal, action == Action::\"read\", resource is Body) \
         when { resource.code == \"5KF\" } unless { principal in Role::\"operator\" };",
    );
    let seen = fetch(&client, Some(&client.token), &path("metrics", "5KF"));
    assert_eq!(seen.0, 200);
    let (status, _, hidden) = fetch(&client, None, &path("metrics", "5KF"));
    let (_, _, missing) = fetch(&client, None, &path("metrics", "5KX"));
    assert_eq!(status, 404);
    assert_eq!(
        message(&hidden).replace("5KF", "5KX"),
        message(&missing),
        "it looks absent"
    );
    let wrong = fetch(
        &client,
        Some("Authorization: Bearer wrong"),
        &path("metrics", "5KG"),
    );
    assert_eq!(wrong.0, 401);
}
