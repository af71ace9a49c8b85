//! Documents over HTTP: made from what whoever asks may see, and absent where that is nothing.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/ratified.rs"]
mod ratified;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::Value;
use server::Server;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{command, printed_with, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const FORMATS: [&str; 4] = ["html", "docx", "xlsx", "txt"];

/// The addresses of all formats but PDF, which a server prints only where its program is.
fn without_pdf(links: Vec<String>) -> Vec<String> {
    let mut links = links;
    links.retain(|link| !link.ends_with(".pdf"));
    links
}

/// A response whose body need not be text.
struct Fetched {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Fetched {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn fetch(server: &Server, token: Option<&str>, path: &str, more: &[String]) -> Fetched {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    for header in more {
        head.push_str(&format!("{header}\r\n"));
    }
    if let Some(token) = token {
        head.push_str(&format!("Authorization: Bearer {token}\r\n"));
    }
    stream
        .write_all(format!("{head}\r\n").as_bytes())
        .expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("a response");
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("text");
    let status = head
        .split(' ')
        .nth(1)
        .expect("a status")
        .parse()
        .expect("a number");
    Fetched {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    }
}

/// The addresses of the documents on a body, or of overviews.
fn links(server: &Server, token: Option<&str>, body: Option<&str>) -> Vec<String> {
    let selection = "documents { kind format body url }";
    let query = match body {
        Some(body) => {
            format!("{{ it: output(cycle: \"{CYCLE}\", body: \"{body}\") {{ {selection} }} }}")
        }
        None => format!("{{ it: cycle(id: \"{CYCLE}\") {{ {selection} }} }}"),
    };
    let answer = send(server, token, None, &query);
    assert_eq!(answer.status, 200, "{answer:?}");
    let documents = answer.body["data"]["it"]["documents"].as_array().cloned();
    let urls = documents
        .unwrap_or_default()
        .into_iter()
        .map(|one| match &one["url"] {
            Value::String(url) => url.clone(),
            other => panic!("{other}"),
        });
    urls.collect()
}

fn issue(settings: &Path, role: &str, body: &str) -> String {
    let who = ["--person", role, "--role", role, "--body", body];
    tokens::issue(settings, &who)
}

fn governed() -> std::path::PathBuf {
    let settings = settings_with("[server]\nrequest_seconds = 120\n");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    for phase in ["toolkit", "self-assessment"] {
        printed_with(&settings, &["phase", "open", CYCLE, phase]);
    }
    ratified::ratify(&settings, CYCLE);
    printed_with(&settings, &["phase", "open", CYCLE, "panel-days"]);
    settings
}

#[test]
fn documents_are_for_those_who_see_the_results() {
    let settings = governed();
    let server = Server::on_ledger(&settings);
    let operator = issue(&settings, "operator", "Q30");
    let board = issue(&settings, "board", "5KF");
    let report = format!("/reports/{CYCLE}/5KF/panel-report.html");

    // Nobody but those who work on it sees anything before a release.
    let draft = fetch(&server, Some(&operator), &report, &[]);
    assert_eq!(draft.status, 200, "{}", draft.text());
    assert!(draft.text().contains("Gateshead"));
    let absent = fetch(
        &server,
        Some(&operator),
        &format!("/reports/{CYCLE}/NONE/scorecard.html"),
        &[],
    );
    assert_eq!(absent.status, 404);
    let hidden = fetch(&server, None, &report, &[]);
    assert_eq!((hidden.status, hidden.text()), (404, absent.text()));
    assert_eq!(links(&server, None, Some("5KF")), Vec::<String>::new());
    assert_eq!(links(&server, None, None), Vec::<String>::new());
    for region in ["all", "Q30"] {
        let overview = format!("/reports/{CYCLE}/{region}/region.html");
        assert_eq!(fetch(&server, None, &overview, &[]).status, 404, "{region}");
        assert_eq!(
            fetch(&server, Some(&operator), &overview, &[]).status,
            200,
            "{region}"
        );
    }
    // Of another's results, a board sees what the public sees.
    let other = format!("/reports/{CYCLE}/5KG/panel-report.html");
    assert_eq!(fetch(&server, Some(&board), &other, &[]).status, 404);

    let release = [
        "release",
        CYCLE,
        "--to",
        "public",
        "--for",
        "5KF",
        "--from",
        "2009-02-15",
    ];
    printed_with(&settings, &release);
    // Another process entered the release; the server follows the ledger.
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut public = fetch(&server, None, &report, &[]);
    while public.status == 404 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
        public = fetch(&server, None, &report, &[]);
    }
    assert_eq!(public.status, 200, "{}", public.text());
    assert_ne!(public.body, draft.body, "the public sees less");
    let partial = "This document shows what its reader may see.";
    assert!(public.text().contains(partial), "{}", public.text());
    assert!(!draft.text().contains(partial), "{}", draft.text());
    assert_eq!(
        fetch(&server, None, &other, &[]).status,
        404,
        "only one is released"
    );
    let offered = without_pdf(links(&server, None, Some("5KF")));
    assert_eq!(offered.len(), 2 * FORMATS.len());
}

#[test]
fn each_link_leads_to_a_document() {
    let settings = governed();
    let server = Server::on_ledger(&settings);
    let operator = issue(&settings, "operator", "Q30");
    let mut all = without_pdf(links(&server, Some(&operator), Some("5KF")));
    assert_eq!(all.len(), 2 * FORMATS.len());
    let overviews = without_pdf(links(&server, Some(&operator), None));
    assert_eq!(
        overviews.len(),
        2 * FORMATS.len(),
        "of all and of the authority"
    );
    all.extend(overviews);
    for url in all {
        let document = fetch(&server, Some(&operator), &url, &[]);
        assert_eq!(document.status, 200, "{url}: {}", document.text());
        let file = document
            .header("content-disposition")
            .expect("a name")
            .to_owned();
        let ending = url.rsplit_once('.').expect("an ending").1;
        assert!(file.starts_with("attachment; filename=\""), "{file}");
        assert!(file.ends_with(&format!(".{ending}\"")), "{file}");
        assert!(FORMATS.contains(&ending), "{url}");
        assert_eq!(document.header("cache-control"), Some("private, no-cache"));
        let starts: &[u8] = match ending {
            "html" => b"<!DOCTYPE html>",
            "txt" => b"",
            _ => b"PK",
        };
        assert!(document.body.starts_with(starts), "{url}");
        // Whoever has it already is not sent it again.
        let tag = document.header("etag").expect("a tag").to_owned();
        let again = fetch(
            &server,
            Some(&operator),
            &url,
            &[format!("If-None-Match: {tag}")],
        );
        assert_eq!((again.status, again.body.len()), (304, 0), "{url}");
        let others = [format!("If-None-Match: \"x{}", tag.trim_start_matches('"'))];
        assert_eq!(
            fetch(&server, Some(&operator), &url, &others).status,
            200,
            "that is the tag of another"
        );
    }
    // An earlier moment has no documents, and what does not exist has none.
    let earlier = "query @asOf(entry: 300) { cycle(id: \"south-of-tyne-and-wear/2008-09\") \
                   { documents { url } } }";
    let answer = send(&server, Some(&operator), None, earlier);
    assert_eq!(
        answer.body["data"]["cycle"]["documents"],
        serde_json::json!([]),
        "{answer:?}"
    );
    for wrong in [
        format!("{CYCLE}/5KF/panel-report.odt"),
        format!("{CYCLE}/5KF/region.html"),
        format!("{CYCLE}/5KF/report.html"),
        format!("{CYCLE}/5KF/panel-report"),
        "nowhere/2008-09/5KF/panel-report.html".to_owned(),
        "5KF".to_owned(),
    ] {
        let document = fetch(&server, Some(&operator), &format!("/reports/{wrong}"), &[]);
        assert_eq!(document.status, 404, "{wrong}");
    }
    let wrong = fetch(&server, Some("nonsense"), "/reports/x", &[]);
    assert_eq!(wrong.status, 401, "{}", wrong.text());
}

/// Answers as the program that prints PDFs does: that it is ready, and then the same page for each
/// document, of which it keeps count beside itself. After the first document it ends, as if somebody had
/// killed it.
const PRINTER: &str = r#"#!/bin/sh
PATH=/usr/bin:/bin
message() { length=$(head -c 4 | od -An -tu4 | tr -d ' '); [ -n "$length" ] && head -c "$length" >&2; }
message 2>/dev/null || exit
printf '\003\000\000\000R1.'
message 2>/dev/null || exit
echo printed >> "$0.count"
printf '\011\000\000\000P%%PDF-1.7'
"#;

#[test]
fn a_server_offers_pdfs_if_it_has_the_program() {
    use std::os::unix::fs::PermissionsExt as _;
    let settings = settings_with("[documents]\npdf = \"wcc-pdf-of-test\"\nstyle = \"own\"\n");
    let folder = settings.parent().expect("a folder").join("own");
    fs::create_dir_all(&folder).expect("the folder");
    fs::write(folder.join("style.toml"), "format = 1\n").expect("a file");
    let serve = ["serve", "examples/south-of-tyne-and-wear"];
    let (_, error) = support::refused_with(&settings, &serve);
    assert!(
        error.contains("setting `documents.pdf`: there is no program at"),
        "{error}"
    );

    let program = settings.parent().expect("a folder").join("wcc-pdf-of-test");
    fs::write(&program, PRINTER).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    let server = Server::start(&settings, &["south-of-tyne-and-wear"]);
    let offered = links(&server, None, Some("5KF"));
    let pdf: Vec<&String> = offered.iter().filter(|url| url.ends_with(".pdf")).collect();
    assert_eq!(pdf.len(), 2, "{offered:?}");
    let printed = || {
        let count = fs::read_to_string(program.with_file_name("wcc-pdf-of-test.count"));
        count.map_or(0, |count| count.lines().count())
    };
    // The program that was kept has ended by the second time. A document that was made before is not
    // printed again, until the style has changed.
    for (url, expected) in [(pdf[0], 1), (pdf[1], 2), (pdf[0], 2), (pdf[1], 2)] {
        let document = fetch(&server, None, url, &[]);
        assert_eq!(document.status, 200, "{}", document.text());
        assert_eq!(document.header("content-type"), Some("application/pdf"));
        assert_eq!(document.text(), "%PDF-1.7");
        assert_eq!(printed(), expected, "{url}");
    }
    let other = "format = 1\nfooter = \"Not for publication\"\n";
    fs::write(folder.join("style.toml"), other).expect("a file");
    assert_eq!(fetch(&server, None, pdf[0], &[]).status, 200);
    assert_eq!(printed(), 3);
}

#[test]
fn a_server_uses_the_style_of_its_authority_and_refuses_a_broken_one() {
    let settings = settings_with("[documents]\nstyle = \"own\"\n");
    let folder = settings.parent().expect("a folder").join("own");
    fs::create_dir_all(&folder).expect("the folder");
    fs::write(folder.join("style.toml"), "format = 1\nfoter = \"x\"\n").expect("a file");
    let serve = [
        "--config",
        &settings.display().to_string(),
        "serve",
        "examples/joint-service",
    ];
    let refused = command().args(serve).output().expect("ran");
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(
        error.contains("style.toml:2: unknown field `foter`"),
        "{error}"
    );

    fs::write(
        folder.join("style.toml"),
        "format = 1\norganisation = \"Office of Assurance\"\n",
    )
    .expect("a file");
    let server = Server::start(&settings, &["south-of-tyne-and-wear"]);
    let report = format!("/reports/{CYCLE}/5KF/scorecard.html");
    let document = fetch(&server, None, &report, &[]);
    assert_eq!(document.status, 200, "{}", document.text());
    assert!(document.text().contains("Office of Assurance"));

    // The server follows the folder; what has a fault changes nothing.
    let change = |style: &str| {
        fs::write(folder.join("style.toml"), style).expect("a file");
        let document = fetch(&server, None, &report, &[]);
        assert_eq!(document.status, 200, "{}", document.text());
        document.text()
    };
    let changed = change("format = 1\norganisation = \"Office of Commissioning\"\n");
    assert!(changed.contains("Office of Commissioning"), "{changed}");
    let broken = "format = 1\norganisatoin = \"Office of Mistakes\"\n";
    assert_eq!(change(broken), changed);
    assert_eq!(change(broken), changed);
    let fault = "style.toml:2: unknown field `organisatoin`";
    let log = server.log_with(fault);
    assert_eq!(log.matches(fault).count(), 1, "reported once: {log}");
    let mended = change("format = 1\norganisation = \"Office of Mistakes\"\n");
    assert!(mended.contains("Office of Mistakes"), "{mended}");
}
