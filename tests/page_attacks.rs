//! Attacks on the pages, over HTTP against a running server: forged forms, addresses of other servers, headers in parameters,
//! markup in every text.

#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/office.rs"]
mod office;
#[path = "support/server.rs"]
mod server;
mod support;

use browser::{Browser, Page};
use office::{CYCLE, Office};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use support::{printed_with, stderr, wcc_with_line};

const PAGES: &str = "/cycles/south-of-tyne-and-wear/2008-09";
const PASSWORD: &str = "correct horse battery staple";
/// Markup that a page must not contain as it is, in two kinds of quotation marks, and what templates calculate.
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*191}}${7*191}";

/// Every route that takes a form.
const FORMS: [&str; 18] = [
    "/sign-in",
    "/sign-out",
    "/role",
    "/do/recordAction",
    "/do/recordAction/correct",
    "/evidence/file",
    "/account",
    "/messages/send-again",
    "/people/add",
    "/people/account",
    "/people/tokens",
    "/surveys/invite",
    "/surveys/remind",
    "/survey",
    "/survey/questions/1",
    "/survey/submit",
    "/survey/leave",
    "/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF/assess/finance",
];

fn office() -> Office {
    Office::open_with(
        "[server]\nrequest_seconds = 120\n",
        &["toolkit", "self-assessment"],
        |settings| {
            let add = [
                "account",
                "add",
                "an.operator",
                "--person",
                "An Operator",
                "--role",
                "operator",
            ];
            add_account(settings, &add);
        },
    )
}

fn add_account(settings: &Path, arguments: &[&str]) {
    let output = wcc_with_line(settings, arguments, PASSWORD);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Everything that a form may have changed.
fn state(office: &Office, browser: &mut Browser) -> (String, String) {
    let head = printed_with(&office.settings, &["ledger", "head"]);
    let people = browser.get("/people");
    assert_eq!(
        people.status,
        200,
        "the session has ended: {}",
        people.text()
    );
    (head, people.text())
}

#[test]
fn every_form_is_refused_without_the_token_of_its_session_and_from_another_site() {
    let office = office();
    let mut browser = office.desk_with("an.operator", PASSWORD);
    let mut other = office.desk_of("demo-lead");
    let own = browser.get("/desk").field("form-token");
    let foreign = other.get("/desk").field("form-token");
    let before = state(&office, &mut browser);
    for address in FORMS {
        for (token, origin) in [
            ("", None),
            (foreign.as_str(), None),
            (own.as_str(), Some("Origin: http://evil.example")),
            (own.as_str(), Some("Origin: null")),
        ] {
            let fields = [
                ("form-token", token),
                ("request-id", "forged"),
                ("cycle", CYCLE),
                ("body", "5KF"),
                ("id", "forged"),
                ("text", "Forged"),
                ("name", "an.operator"),
                ("account", "demo-lead"),
                ("person", "Forged"),
                ("password", PASSWORD),
                ("act", "disable"),
                ("invitation", "forged"),
            ];
            let headers: Vec<&str> = origin.into_iter().collect();
            let refused = browser.post_with(address, &headers, &fields);
            let words = format!(
                "{address} {token:?} {origin:?}: {} {}",
                refused.status,
                refused.text()
            );
            // It shows a form with what it is given, as an address with parameters does, and records nothing.
            let only_shows = address.ends_with("/correct") && refused.status == 200;
            assert!(
                only_shows || (400..500).contains(&refused.status),
                "{words}"
            );
        }
    }
    assert_eq!(state(&office, &mut browser), before);
}

#[test]
fn nobody_is_led_to_another_server() {
    let office = office();
    let elsewhere = [
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "%0d%0aLocation:%20https://evil.example",
        "/desk%0d%0aSet-Cookie:%20planted=1",
        "@evil.example",
    ];
    let mut operator = office.desk_with("an.operator", PASSWORD);
    for given in elsewhere {
        for page in [
            "/sign-in?".to_owned(),
            format!("/do/recordAction?cycle={CYCLE}&body=5KF&"),
            format!("/evidence/file?cycle={CYCLE}&body=5KF&"),
        ] {
            let mut browser = match page.starts_with("/sign-in") {
                true => office.browser(),
                false => office.desk_of("demo-executive"),
            };
            let shown = browser.get(&format!("{page}return={given}"));
            assert_eq!(shown.status, 200, "{page}{given}");
            assert_eq!(shown.field("return"), "/desk", "{page}{given}");
        }
        let corrected = operator.get(&format!("/do/recordAction/correct?return={given}"));
        assert!(
            corrected.address.starts_with("/d"),
            "{given}: {}",
            corrected.address
        );
        let mut browser = office.browser();
        let form = browser.get("/sign-in");
        let token = form.field("form-token");
        let decoded = given
            .replace("%09", "\t")
            .replace("%0d%0a", "\r\n")
            .replace("%20", " ");
        let fields = [
            ("form-token", token.as_str()),
            ("name", "demo-lead"),
            ("password", office.password.as_str()),
            ("return", decoded.as_str()),
        ];
        let desk = browser.post("/sign-in", &fields);
        assert_eq!(desk.address, "/desk", "{given}");
        assert!(!browser.cookies.contains_key("planted"), "{given}");
    }
}

#[test]
fn parameters_cannot_add_headers() {
    let office = office();
    let mut browser = office.desk_with("an.operator", PASSWORD);
    let added = "%0d%0aSet-Cookie:%20planted=1%0d%0aX-Planted:%201%0d%0a%0d%0a";
    for address in [
        format!("{PAGES}?table=results{added}.csv"),
        format!("{PAGES}?table=results.csv{added}"),
        format!("{PAGES}?sort=results.0{added}"),
        format!("{PAGES}?as-of=304{added}"),
        format!("{PAGES}/bodies/5KF{added}"),
        format!("/frameworks/wcc{added}"),
        format!("/plugins/a{added}"),
        format!("/documents/a{added}"),
        format!("/reports/{CYCLE}/5KF/panel-report.html{added}"),
        format!("/templates/{CYCLE}/5KF.xlsx{added}"),
        format!("/do/recordAction/correct?return=/{added}"),
        format!("/sign-in/provider?return=/{added}"),
        format!("/nothing{added}"),
    ] {
        let page = browser.get(&address);
        assert!(
            !page.head.contains("\nx-planted"),
            "{address}: {}",
            page.head
        );
        assert!(!browser.cookies.contains_key("planted"), "{address}");
    }
}

/// The pages that a page links to.
fn links(page: &Page) -> Vec<String> {
    let links = page.body.split(" href=\"").skip(1);
    let links = links.filter_map(|part| part.split('"').next());
    let links = links.map(|link| {
        link.split('#')
            .next()
            .unwrap_or_default()
            .replace("&amp;", "&")
    });
    let is_page = |link: &String| {
        let others = [
            "sort=",
            "as-of=",
            "/why/",
            ".pdf",
            ".docx",
            ".xlsx",
            "/assets/",
            "/graphiql",
        ];
        link.starts_with('/') && !others.iter().any(|other| link.contains(other))
    };
    links.filter(is_page).collect()
}

fn check(address: &str, page: &Page) {
    for part in ["<script>alert", "<img src=x", "1337"] {
        assert!(!page.body.contains(part), "{part} in {address}");
    }
    // A file is downloaded, and opened in a sandbox.
    let is_file = page.head.contains("content-disposition: attachment");
    let policy = if is_file {
        "sandbox"
    } else {
        "frame-ancestors 'none'"
    };
    assert!(page.head.contains(policy), "{address}: {}", page.head);
    assert!(
        page.head.contains("x-frame-options: deny"),
        "{address}: {}",
        page.head
    );
    assert!(
        page.head.contains("x-content-type-options: nosniff"),
        "{address}: {}",
        page.head
    );
    let is_kept = !page.head.contains("cache-control: no-store")
        && !page.head.contains("cache-control: private");
    assert!(!is_kept, "{address}: {}", page.head);
}

#[test]
fn texts_are_never_markup_and_pages_are_neither_framed_nor_kept() {
    let office = Office::open_with("", &["toolkit", "self-assessment"], |settings| {
        let of_body = ["--cycle", CYCLE, "--body", "5KF"];
        for (act, fields) in [
            (
                "record-action",
                &[
                    "--id",
                    "a",
                    "--owner",
                    MARKUP,
                    "--due",
                    "2009-03-31",
                    "--text",
                    MARKUP,
                ][..],
            ),
            ("comment-on-facts", &["--id", "c", "--comment", MARKUP]),
            (
                "reply-to-comment",
                &["--comment", "c", "--accepted", "--reason", MARKUP],
            ),
            ("share-area-of-concern", &["--id", "s", "--text", MARKUP]),
            (
                "record-support",
                &["--id", "o", "--area-of-concern", "s", "--text", MARKUP],
            ),
            (
                "file-evidence",
                &["--id", "e", "--kind-id", "document", "--title", MARKUP],
            ),
            (
                "allocate-lead",
                &["--area", "1", "--person", MARKUP, "--job-title", MARKUP],
            ),
        ] {
            printed_with(
                settings,
                &[&["enter", act][..], &of_body[..], fields].concat(),
            );
        }
        let add = [
            "account",
            "add",
            "an.operator",
            "--person",
            MARKUP,
            "--role",
            "operator",
        ];
        add_account(settings, &add);
    });
    let mut browser = office.desk_with("an.operator", PASSWORD);
    let typed = "%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%3E";
    for address in [
        format!("/{typed}"),
        format!("/cycles/{typed}/2008-09"),
        format!("{PAGES}?as-of={typed}"),
        format!("{PAGES}?method={typed}"),
        format!("{PAGES}/search?measure-1={typed}&level-1={typed}"),
        format!("{PAGES}/bodies/{typed}"),
        format!("/do/recordAction?cycle={CYCLE}&body=5KF&text={typed}&owner={typed}&id={typed}"),
        format!("/do/{typed}"),
        format!("/sign-in?return=/{typed}"),
    ] {
        check(&address, &browser.get(&address));
    }
    let start = ["/desk".to_owned(), "/people".to_owned(), PAGES.to_owned()];
    let mut seen: BTreeSet<String> = start.iter().cloned().collect();
    let mut next = VecDeque::from(start);
    let mut shown = 0;
    while let Some(address) = next.pop_front() {
        let page = browser.get(&address);
        shown += page.body.matches("&lt;script&gt;alert(1)").count();
        if page.head.contains("content-type: text/html") {
            check(&address, &page);
        }
        for link in links(&page) {
            if seen.len() < 200 && seen.insert(link.clone()) {
                next.push_back(link);
            }
        }
    }
    assert!(seen.len() > 60, "only {} pages", seen.len());
    assert!(shown > 20, "the texts are shown {shown} times");
}
