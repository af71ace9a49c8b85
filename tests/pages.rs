//! The pages, as a browser gets them from the real server: every link leads somewhere, tables sort and
//! download, what is hidden looks absent.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use server::Server;
use std::collections::{BTreeSet, VecDeque};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use support::{settings, settings_with};

const CASES: [&str; 3] = [
    "south-of-tyne-and-wear",
    "south-staffordshire",
    "another-regime",
];

/// A page as it was sent.
struct Page {
    status: u16,
    head: String,
    body: String,
}

fn get(server: &Server, address: &str) -> Page {
    get_as(server, address, &[])
}

fn get_as(server: &Server, address: &str, headers: &[&str]) -> Page {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let host = server.address();
    write!(
        stream,
        "GET {address} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"
    )
    .expect("the server reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    // A workbook is no text.
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Page {
        status: status.expect("a status"),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

/// The addresses that a page links to on this server, without fragments.
fn links(body: &str) -> BTreeSet<String> {
    let parts = body.split(" href=\"").skip(1);
    parts
        .filter_map(|part| part.split('"').next())
        .map(|link| link.replace("&amp;", "&"))
        .map(|link| link.split('#').next().unwrap_or_default().to_owned())
        .filter(|link| link.starts_with('/'))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let server = Server::start(settings(), &CASES);
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut next = VecDeque::from(["/".to_owned()]);
    let mut pages = 0;
    while let Some(address) = next.pop_front() {
        let page = get(&server, &address);
        assert_eq!(page.status, 200, "{address}");
        let is_page = page.head.contains("content-type: text/html");
        if !is_page || address == "/graphiql" {
            continue;
        }
        pages += 1;
        assert_eq!(page.body.matches("<h1").count(), 1, "{address}");
        assert!(
            page.head
                .contains("content-security-policy: default-src 'none'")
        );
        assert!(
            !page.body.contains(" style=\""),
            "{address} needs inline styles"
        );
        for link in links(&page.body) {
            // Orders of tables are tried elsewhere; reports are made by another program.
            if link.contains("sort=") || link.starts_with("/reports/") {
                continue;
            }
            if seen.insert(link.clone()) {
                next.push_back(link);
            }
        }
    }
    assert!(pages > 150, "only {pages} pages were found");
}

#[test]
fn a_scorecard_shows_marks_in_words_and_opens_to_their_reasons() {
    let server = Server::start(settings(), &CASES);
    let page = get(&server, "/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF");
    let body = &page.body;
    for expected in [
        "Gateshead PCT",
        "South of Tyne and Wear",
        "At a glance",
        "panel assessment: Baseline met",
        "Invented figures.",
        "Supports",
        "href=\"/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF/why/2b\"",
    ] {
        assert!(body.contains(expected), "{expected} is missing");
    }
    let why = get(
        &server,
        "/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF/why/2b",
    );
    for expected in [
        "Ability to conduct constructive partnerships",
        "while the evidence supports <strong>2</strong>",
        "three joint planning days",
    ] {
        assert!(why.body.contains(expected), "{expected} is missing");
    }
}

#[test]
fn a_table_is_sorted_and_downloaded() {
    let server = Server::start(settings(), &["england"]);
    let cycle = "/cycles/england/2009-10";
    let first = |order: &str| {
        let page = get(
            &server,
            &format!("{cycle}?authority=Q30&sort=results.{order}"),
        );
        let rows = page.body.split("<tbody").nth(1).expect("a table");
        let name = rows.split("/bodies/").nth(1).expect("a body");
        name.split('"').next().unwrap_or_default().to_owned()
    };
    assert_ne!(first("0"), first("-0"));
    let csv = get(&server, &format!("{cycle}?authority=Q30&table=results.csv"));
    assert!(csv.head.contains("attachment; filename=\"results.csv\""));
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(lines.len(), 13, "twelve PCTs and the headings: {lines:?}");
    assert!(lines[0].contains("Open challenges"), "{}", lines[0]);
    let workbook = get(&server, &format!("{cycle}?table=results.xlsx"));
    assert!(workbook.head.contains("spreadsheetml"));
}

#[test]
fn bodies_at_chosen_levels_are_found() {
    let server = Server::start(settings(), &["england"]);
    let cycle = "/cycles/england/2009-10";
    let chosen = "measure-1=5a&level-1=3&measure-2=6b&level-2=3&measure-3=&level-3=1";
    let page = get(&server, &format!("{cycle}/search?{chosen}"));
    assert_eq!(page.status, 200);
    let query = "{ search(cycle: \"england/2009-10\", conditions: [{measure: \"5a\", atLeast: \"3\"}, \
                 {measure: \"6b\", atLeast: \"3\"}]) { totalCount } }";
    let count = server.ask(query)["search"]["totalCount"].to_string();
    assert_ne!(count, "0");
    assert!(
        page.body
            .contains(&format!("<strong>{count}</strong> PCTs")),
        "{count}"
    );
}

#[test]
fn what_does_not_exist_is_said_in_words() {
    let server = Server::start(settings(), &CASES);
    let cycle = "/cycles/south-of-tyne-and-wear/2008-09";
    for (address, status) in [
        ("/cycles/nowhere/2008-09".to_owned(), 404),
        (format!("{cycle}/bodies/5XX"), 404),
        (format!("{cycle}/bodies/5KF/why/99z"), 404),
        (format!("{cycle}/groups/5KF"), 404),
        (format!("{cycle}/functions/nothing"), 404),
        (format!("{cycle}/bodies/5KF/nothing"), 404),
        (format!("{cycle}?table=nothing.csv"), 404),
        (format!("{cycle}?as-of=yesterday"), 400),
        (format!("{cycle}?method=nobody"), 404),
        ("/frameworks/nothing".to_owned(), 404),
        ("/plugins/nothing".to_owned(), 404),
        ("/cycles/%ff".to_owned(), 404),
    ] {
        let page = get(&server, &address);
        assert_eq!(page.status, status, "{address}");
        assert!(page.body.contains("<h1"), "{address} says nothing");
    }
    let refused = get_as(&server, "/", &["Authorization: Bearer nonsense"]);
    assert_eq!(refused.status, 401);
}

#[test]
fn nobody_is_asked_to_sign_in_where_there_are_no_accounts() {
    let unreachable = "[accounts]\naddress = '/dev/null/accounts.db'\n";
    let server = Server::start(&settings_with(unreachable), &CASES[..1]);
    assert!(!get(&server, "/").body.contains("/sign-in"));
    let unknown = get_as(&server, "/nothing/here", &["Accept: text/html"]);
    assert_eq!(unknown.status, 404);
    assert!(!unknown.body.contains("/sign-in"), "{}", unknown.body);
}
