//! An administrator's pages: accounts, roles, tokens; what only an operator may; and evidence with its
//! document.

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
use std::path::Path;
use support::{stderr, wcc_with_line};

const PASSWORD: &str = "correct horse battery staple";

/// Runs `wcc` with the password of accounts on its standard input; it must succeed.
fn run(settings: &Path, arguments: &[&str]) {
    let output = wcc_with_line(settings, arguments, PASSWORD);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// An office with an administrator and an operator beside the demonstration accounts.
fn office() -> Office {
    // Each reader has a view of their own, which a busy machine may take long to build.
    let settings = "[server]\nrequest_seconds = 120\n";
    Office::open_with(settings, &["toolkit", "self-assessment"], |settings| {
        for (name, role) in [
            ("an.administrator", "administrator"),
            ("an.operator", "operator"),
        ] {
            let arguments = ["account", "add", name, "--person", name, "--role", role];
            run(settings, &arguments);
        }
    })
}

/// The desk of somebody with an account, invented or not.
fn desk_of(office: &Office, name: &str) -> Browser {
    if name.starts_with("demo-") {
        office.desk_of(name)
    } else {
        office.desk_with(name, PASSWORD)
    }
}

/// Somebody signs in with a browser of their own, or tries to.
fn sign_in(office: &Office, name: &str, password: &str) -> (Browser, Page) {
    let mut browser = office.browser();
    let page = office.sign_in(&mut browser, name, password);
    (browser, page)
}

/// Sends the form of a page.
fn send(browser: &mut Browser, page: &str, to: &str, fields: &[(&str, &str)]) -> Page {
    let token = browser.get(page).field("form-token");
    let mut all = vec![("form-token", token.as_str())];
    all.extend_from_slice(fields);
    browser.post(to, &all)
}

/// What is shown once.
fn secret(page: &Page) -> String {
    assert_eq!(page.status, 200, "{}", page.text());
    let code = page.body.split("<code>").nth(1);
    let code = code.unwrap_or_else(|| panic!("no secret: {}", page.text()));
    code.split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn an_administrator_makes_changes_and_ends_accounts() {
    let office = office();
    let mut administrator = desk_of(&office, "an.administrator");
    assert!(administrator.get("/desk").body.contains("href=\"/people\""));
    let roles = [
        ("name", "A.Chair@pct.example"),
        ("person", "A. Chair"),
        ("role-0", "chair"),
        ("body-0", "south-of-tyne-and-wear"),
        ("cycle-0", CYCLE),
    ];
    let made = send(&mut administrator, "/people/add", "/people/add", &roles);
    let password = secret(&made);
    let (mut chair, desk) = sign_in(&office, "a.chair@pct.example", &password);
    assert_eq!(desk.status, 200, "{}", desk.text());
    assert!(
        desk.text()
            .contains("panel chair for South of Tyne and Wear in South of Tyne and Wear, 2008/09"),
        "{}",
        desk.text()
    );
    // They change the password that the administrator has seen.
    let wrong = [("old", "wrong"), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(send(&mut chair, "/account", "/account", &wrong).status, 422);
    let unlike = [
        ("old", password.as_str()),
        ("new", PASSWORD),
        ("again", "another one"),
    ];
    assert_eq!(
        send(&mut chair, "/account", "/account", &unlike).status,
        422
    );
    let right = [
        ("old", password.as_str()),
        ("new", PASSWORD),
        ("again", PASSWORD),
    ];
    let changed = send(&mut chair, "/account", "/account", &right);
    assert!(
        changed.text().contains("What you entered is recorded."),
        "{}",
        changed.text()
    );
    assert_eq!(
        sign_in(&office, "a.chair@pct.example", &password).1.status,
        401
    );
    assert_eq!(chair.get("/desk").status, 200);

    let people = administrator.get("/people");
    assert!(people.text().contains("A. Chair"), "{}", people.text());
    let page = "/people/account?name=a.chair%40pct.example";
    let act = |browser: &mut Browser, fields: &[(&str, &str)]| {
        let named = [&[("name", "a.chair@pct.example")], fields].concat();
        send(browser, page, "/people/account", &named)
    };
    let other = [
        ("act", "roles"),
        ("role-0", "member"),
        ("body-0", "no-such-body"),
    ];
    let refused = act(&mut administrator, &other);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("there is no body with the code"),
        "{}",
        refused.text()
    );
    let other = [("act", "roles"), ("role-0", "member"), ("body-0", "q30")];
    let changed = act(&mut administrator, &other);
    assert_eq!(changed.status, 200, "{}", changed.text());
    // Where messages are sent is changed by the administrator, and by the person.
    let wrong = act(&mut administrator, &[("act", "mail"), ("mail", "A. Chair")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("href=\"#mail\""), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"A. Chair\""), "{}", wrong.body);
    // The form with the roles still has them: saved without, the account would have none.
    assert_eq!(wrong.field("body-0"), "Q30");
    let right = [("act", "mail"), ("mail", "chair@pct.example")];
    let changed = act(&mut administrator, &right);
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert!(administrator.get(page).text().contains("chair@pct.example"));
    let own = chair.get("/account");
    assert!(
        own.body.contains("value=\"chair@pct.example\""),
        "{}",
        own.body
    );
    let wrong = [("act", "mail"), ("mail", "@pct.example")];
    let wrong = send(&mut chair, "/account", "/account", &wrong);
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.body.contains("value=\"@pct.example\""),
        "{}",
        wrong.body
    );
    let own = [("act", "mail"), ("mail", "own@pct.example")];
    assert_eq!(send(&mut chair, "/account", "/account", &own).status, 200);
    assert!(administrator.get(page).text().contains("own@pct.example"));
    let desk = chair.get("/desk");
    assert!(
        desk.text().contains("panel member for North East (Q30)"),
        "{}",
        desk.text()
    );
    assert_eq!(
        act(&mut administrator, &[("act", "end-sessions")]).status,
        200
    );
    assert_eq!(chair.get("/desk").status, 401);
    let again = act(&mut administrator, &[("act", "password")]);
    let password = secret(&again);
    let (mut chair, _) = sign_in(&office, "a.chair@pct.example", &password);
    assert_eq!(chair.get("/desk").status, 200);
    assert_eq!(act(&mut administrator, &[("act", "disable")]).status, 200);
    assert_eq!(chair.get("/desk").status, 401);
    let (_, disabled) = sign_in(&office, "a.chair@pct.example", &password);
    assert_eq!(disabled.status, 401);
    assert_eq!(act(&mut administrator, &[("act", "approve")]).status, 200);
    assert_eq!(
        sign_in(&office, "a.chair@pct.example", &password).1.status,
        200
    );
    let log = office.server.log_with("made the account");
    assert!(log.contains("disabled a.chair@pct.example"), "{log}");
    assert!(!log.contains(&password), "a password in the log");
}

#[test]
fn only_an_operator_makes_or_changes_operators() {
    let office = office();
    let mut administrator = desk_of(&office, "an.administrator");
    let roles = [
        ("name", "another"),
        ("person", "Another"),
        ("role-0", "operator"),
    ];
    let refused = send(&mut administrator, "/people/add", "/people/add", &roles);
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text()
            .contains("Only an operator makes somebody an operator")
    );
    let reset = [("name", "an.operator"), ("act", "password")];
    let refused = send(&mut administrator, "/people/add", "/people/account", &reset);
    assert_eq!(refused.status, 422, "{}", refused.text());
    let token = [
        ("act", "issue"),
        ("person", "P"),
        ("role-0", "operator"),
        ("days", "1"),
    ];
    let refused = send(
        &mut administrator,
        "/people/tokens",
        "/people/tokens",
        &token,
    );
    assert_eq!(refused.status, 422, "{}", refused.text());
    // Nobody gives roles to themselves.
    let own = [
        ("name", "an.administrator"),
        ("act", "roles"),
        ("role-0", "chair"),
    ];
    let refused = send(&mut administrator, "/people/add", "/people/account", &own);
    assert_eq!(refused.status, 422, "{}", refused.text());
    let mut operator = desk_of(&office, "an.operator");
    let made = send(&mut operator, "/people/add", "/people/add", &roles);
    secret(&made);
}

#[test]
fn everybody_else_finds_no_such_page() {
    let office = office();
    let mut lead = desk_of(&office, "demo-lead");
    assert!(!lead.get("/desk").body.contains("href=\"/people\""));
    let token = lead.get("/desk").field("form-token");
    for address in [
        "/people",
        "/people/add",
        "/people/account?name=an.operator",
        "/people/tokens",
    ] {
        assert_eq!(lead.get(address).status, 404, "{address}");
        let mut nobody = Browser::new(office.server.address());
        assert_eq!(nobody.get(address).status, 401, "{address}");
        let path = address.split('?').next().expect("a path");
        if path != "/people" {
            let fields = [
                ("form-token", token.as_str()),
                ("name", "an.operator"),
                ("act", "disable"),
            ];
            assert_eq!(lead.post(path, &fields).status, 404, "{address}");
        }
    }
    // An administrator for one body administers nobody.
    let arguments = [
        "account",
        "add",
        "local",
        "--person",
        "Local",
        "--role",
        "administrator",
        "--body",
        "5KF",
    ];
    run(&office.settings, &arguments);
    let mut local = desk_of(&office, "local");
    assert_eq!(local.get("/people").status, 404);
    assert_eq!(desk_of(&office, "an.operator").get("/people").status, 200);
}

#[test]
fn tokens_are_shown_once_and_revoked() {
    let office = office();
    let mut administrator = desk_of(&office, "an.administrator");
    let fields = [
        ("act", "issue"),
        ("person", "A reporting program"),
        ("role-0", "analyst"),
        ("body-0", "Q30"),
        ("days", "7"),
    ];
    let shown = send(
        &mut administrator,
        "/people/tokens",
        "/people/tokens",
        &fields,
    );
    let token = secret(&shown);
    let authorization = format!("Authorization: Bearer {token}");
    let query = r#"{"query":"mutation { withdraw(input: { requestId: \"r\", cycle: \"c\", entry: 1 }) { userErrors { code } } }"}"#;
    let headers = [authorization.as_str(), "Content-Type: application/json"];
    let answer = office.server.send("POST /graphql", &headers, query);
    assert_eq!(answer.status, 200, "{answer:?}");
    let page = administrator.get("/people/tokens");
    assert!(
        page.text().contains("A reporting program"),
        "{}",
        page.text()
    );
    assert!(!page.body.contains(&token));
    let id = page
        .body
        .split("<option value=\"")
        .skip(1)
        .find(|part| part.contains("A reporting program"));
    let id = id
        .and_then(|part| part.split('"').next())
        .expect("an identifier");
    let revoked = send(
        &mut administrator,
        "/people/tokens",
        "/people/tokens",
        &[("act", "revoke"), ("id", id)],
    );
    assert!(revoked.text().contains("Revoked"), "{}", revoked.text());
    let answer = office.server.send("POST /graphql", &headers, query);
    assert_eq!(answer.status, 401, "{answer:?}");
    for (field, value, place) in [
        ("days", "0", "days"),
        ("days", "many", "days"),
        ("person", " ", "person"),
        ("from", "soon", "from"),
        ("from", "2009-11-30", "days"),
        ("role-0", "", "roles-0"),
    ] {
        let mut wrong = fields.to_vec();
        wrong.retain(|(name, _)| *name != field);
        wrong.push((field, value));
        let refused = send(
            &mut administrator,
            "/people/tokens",
            "/people/tokens",
            &wrong,
        );
        assert_eq!(refused.status, 422, "{field}: {}", refused.text());
        let link = format!("href=\"#{place}\"");
        assert!(refused.body.contains(&link), "{field}: {}", refused.text());
    }
    // A row keeps its number, by which the mistake names it.
    let mut wrong = fields.to_vec();
    wrong.extend([("role-2", "analyst"), ("body-2", "5XX")]);
    let page = "/people/tokens";
    let refused = send(&mut administrator, page, page, &wrong);
    assert!(
        refused.text().contains("Role 3: there is no body"),
        "{}",
        refused.text()
    );
    assert!(
        refused
            .body
            .contains(r#"name="body-2" type="text" spellcheck="false" value="5XX""#)
    );
}

#[test]
fn forms_are_offered_to_those_who_may_have_a_use_for_them() {
    let office = office();
    let evidence = format!("/cycles/{CYCLE}/bodies/5KF/evidence");
    let of = |name: &str, address: &str| desk_of(&office, name).get(address).text();
    let files = "File evidence";
    assert!(of("demo-executive", &evidence).contains(files));
    assert!(!of("demo-board", &evidence).contains(files));
    let surveys = format!("/cycles/{CYCLE}/surveys");
    assert!(of("an.operator", &surveys).contains("Open a survey"));
}

/// Sends the form for evidence with a file.
fn upload(browser: &mut Browser, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Page {
    let page = format!("/evidence/file?cycle={CYCLE}&body=5KF");
    let form = browser.get(&page);
    let (token, request) = (form.field("form-token"), form.field("request-id"));
    let mut all = vec![
        ("form-token", token.as_str()),
        ("request-id", request.as_str()),
        ("cycle", CYCLE),
        ("body", "5KF"),
        ("return", "/desk"),
        ("kindId", "document"),
    ];
    all.extend_from_slice(fields);
    browser.post_file("/evidence/file", &all, ("file", name, bytes))
}

#[test]
fn evidence_is_filed_with_its_document() {
    let office = office();
    let mut executive = desk_of(&office, "demo-executive");
    let pdf = b"%PDF-1.7\nThe strategy of a PCT\n%%EOF\n";
    let fields = [
        ("title", "Strategic plan"),
        ("measures", "finance.1"),
        ("measures", "finance.2"),
        ("date", "2008-09-30"),
    ];
    let hostile = "..\\..\\<script>alert(1)</script>\u{202e}.pdf";
    let filed = upload(&mut executive, &fields, hostile, pdf);
    assert_eq!(filed.status, 200, "{}", filed.text());
    assert!(
        filed.text().contains("What you entered is recorded."),
        "{}",
        filed.text()
    );
    let evidence = executive.get("/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF/evidence");
    let text = evidence.text();
    assert!(
        text.contains("Strategic plan") && text.contains("finance.1 finance.2"),
        "{text}"
    );
    assert!(!evidence.body.contains("alert(1)"));
    let document = evidence.body.split("href=\"/documents/").nth(1);
    let document = document
        .and_then(|part| part.split('"').next())
        .expect("a document");
    let address = format!("/documents/{document}");
    let fetched = executive.get(&address);
    assert_eq!(fetched.status, 200);
    assert!(fetched.body.contains("The strategy of a PCT"));
    assert!(
        fetched.head.contains("content-disposition: attachment"),
        "{}",
        fetched.head
    );
    assert_eq!(
        Browser::new(office.server.address()).get(&address).status,
        404
    );

    // What is refused says why, and keeps what was typed.
    let title = [("title", "Another plan")];
    for (name, bytes, status, words) in [
        (
            "plan.exe",
            &b"MZ"[..],
            422,
            "this kind of file is not taken",
        ),
        ("plan", &b"text"[..], 422, "this kind of file is not taken"),
        ("plan.pdf", &b"not a PDF"[..], 422, "%PDF-"),
        ("plan.pdf", &b""[..], 422, "0 bytes"),
        ("", &b""[..], 422, "Choose the file."),
    ] {
        let refused = upload(&mut executive, &title, name, bytes);
        assert_eq!(refused.status, status, "{name}: {}", refused.text());
        let text = refused.text().to_lowercase();
        assert!(text.contains(&words.to_lowercase()), "{name}: {text}");
        assert!(
            refused.body.contains("Another plan"),
            "what was typed is kept"
        );
    }
    // The file arrives, and something else is wrong: it need not be chosen again.
    let untitled = upload(&mut executive, &[("title", "")], "plan.pdf", pdf);
    assert_eq!(untitled.status, 422, "{}", untitled.text());
    assert_eq!(untitled.field("document"), document);
    let large = vec![b' '; 20 * 1024 * 1024 + 1];
    let large = upload(&mut executive, &title, "plan.txt", &large);
    assert_eq!(large.status, 413, "{}", large.text());

    // Whoever may not file evidence stores nothing.
    let mut member = desk_of(&office, "demo-member");
    let refused = upload(&mut member, &title, "plan.txt", b"from a member");
    assert_eq!(refused.status, 422, "{}", refused.text());
    let forged = executive.post_file(
        "/evidence/file",
        &[("title", "Forged"), ("cycle", CYCLE), ("body", "5KF")],
        ("file", "plan.pdf", pdf),
    );
    assert_eq!(forged.status, 400, "{}", forged.text());
}

#[test]
fn messages_are_shown_with_what_became_of_them() {
    let office = office();
    let mut coordinator = desk_of(&office, "demo-coordinator");
    assert!(
        coordinator
            .get("/desk")
            .body
            .contains("/2008-09/messages\"")
    );
    run(
        &office.settings,
        &["phase", "open", CYCLE, "partner-survey"],
    );
    let mut text = String::new();
    for _ in 0..100 {
        text = coordinator
            .get("/cycles/south-of-tyne-and-wear/2008-09/messages")
            .text();
        if text.contains("Waiting") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("no message: {text}");
}

#[test]
fn an_unknown_address_is_a_page_for_browsers_and_json_for_programs() {
    let office = office();
    let raw = office
        .server
        .raw("GET /nothing/here", &["Accept: text/html,*/*;q=0.8"]);
    assert!(raw.starts_with("HTTP/1.1 404"), "{raw}");
    assert!(raw.contains("Page not found"), "{raw}");
    let raw = office.server.raw("GET /nothing/here", &["Accept: */*"]);
    assert!(raw.starts_with("HTTP/1.1 404"), "{raw}");
    assert!(raw.contains("\"message\""), "{raw}");
}
