//! People sign in and do their work in pages: a self-assessment, a form, an answer to a challenge; and
//! what is refused, in words.

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

use browser::Browser;
use office::{CYCLE, Office};

const SESSION: &str = "wcc-session";
const PAGES: &str = "/cycles/south-of-tyne-and-wear/2008-09";

fn office() -> Office {
    Office::open("", &["toolkit", "self-assessment"])
}

#[test]
fn people_sign_in_and_out() {
    let office = office();
    let mut browser = office.browser();
    assert_eq!(browser.get("/desk").status, 401);
    let wrong = office.sign_in(&mut browser, "demo-lead", "not the password");
    assert_eq!(wrong.status, 401);
    assert!(
        wrong.text().contains("The name or the password is wrong."),
        "{}",
        wrong.text()
    );
    // Somebody planted a session before.
    let planted = "A".repeat(43);
    browser.cookies.insert(SESSION.to_owned(), planted.clone());
    let desk = office.sign_in(&mut browser, "demo-lead", &office.password);
    assert!(desk.text().contains("Your desk"), "{}", desk.text());
    assert_ne!(browser.cookies[SESSION], planted);
    let mut attacker = office.browser();
    attacker.cookies.insert(SESSION.to_owned(), planted);
    assert_eq!(attacker.get("/desk").status, 401);
    let token = desk.field("form-token");
    let first = browser.post("/sign-out", &[("form-token", &token)]);
    assert_eq!((first.status, first.address.as_str()), (200, "/"));
    assert_eq!(browser.get("/desk").status, 401);
}

#[test]
fn forged_forms_are_refused() {
    let office = office();
    let mut browser = office.desk_of("demo-executive");
    let mut other = office.desk_of("demo-lead");
    let form = browser.get(&format!("/do/recordAction?cycle={CYCLE}&body=5KF"));
    let foreign = other.get("/desk").field("form-token");
    let fields = |token: &str| {
        [
            ("form-token", token.to_owned()),
            ("request-id", form.field("request-id")),
            ("cycle", CYCLE.to_owned()),
            ("body", "5KF".to_owned()),
            ("id", "a1".to_owned()),
            ("text", "Ask partners again".to_owned()),
        ]
    };
    let send = |browser: &mut Browser, token: &str, headers: &[&str]| {
        let fields = fields(token);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        browser.post_with("/do/recordAction", headers, &fields)
    };
    assert_eq!(send(&mut browser, "", &[]).status, 400, "no token");
    assert_eq!(
        send(&mut browser, &foreign, &[]).status,
        400,
        "another session's"
    );
    let own = form.field("form-token");
    let elsewhere = send(&mut browser, &own, &["Origin: http://evil.example"]);
    assert_eq!(elsewhere.status, 400, "another site");
    let mut nobody = office.browser();
    assert_eq!(send(&mut nobody, &own, &[]).status, 401);
    let returned = browser.get(&format!(
        "/do/recordAction?cycle={CYCLE}&return=//evil.example"
    ));
    assert_eq!(returned.field("return"), "/desk");
}

#[test]
fn an_assessment_is_saved_once_and_conflicts_are_explained() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let tasks = executive.get(&format!("{PAGES}/bodies/5KF/assess?method=self"));
    assert!(
        tasks.text().contains("You have completed 2 of 2 sections."),
        "{}",
        tasks.text()
    );
    let page = executive.get(&format!("{PAGES}/bodies/5KF/assess/finance?method=self"));
    assert!(page.text().contains("Historical financial management"));
    let fields = [
        ("form-token", page.field("form-token")),
        ("request-id", page.field("request-id")),
        ("was-value-finance.1", page.field("was-value-finance.1")),
        ("was-rationale-finance.1", String::new()),
        ("entry-finance.1", page.field("entry-finance.1")),
        ("value-finance.1", "red".to_owned()),
        ("rationale-finance.1", "A deficit in two years".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let address = format!("{PAGES}/bodies/5KF/assess/finance?method=self");
    let saved = executive.post(&address, &fields);
    assert_eq!(saved.status, 200, "{}", saved.text());
    assert!(
        saved.text().contains("What you entered is recorded."),
        "{}",
        saved.text()
    );
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let why = executive.get(&format!("{PAGES}/bodies/5KF/why/finance.1?as-of={today}"));
    assert!(
        why.text().contains("A deficit in two years"),
        "{}",
        why.text()
    );
    // The second click sends the same request.
    let again = executive.post(&address, &fields);
    assert_eq!(again.status, 200, "{}", again.text());
    // Another tab that was opened before: the same entry is corrected twice.
    let mut late = fields.clone();
    late[1].1 = "another request";
    late[5].1 = "amber";
    let late = executive.post(&address, &late);
    assert_eq!(late.status, 422, "{}", late.text());
    assert!(
        late.text().contains("There is a problem"),
        "{}",
        late.text()
    );
    let kept = late.body.contains("value=\"amber\" checked");
    assert!(kept, "what was typed is kept: {}", late.body);
    assert!(
        late.text().contains("Recorded meanwhile: Red"),
        "{}",
        late.text()
    );
}

#[test]
fn a_form_shows_what_is_wrong_and_records_what_is_right() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let form = executive.get(&format!("/do/recordAction?cycle={CYCLE}&body=5KF"));
    let token = form.field("form-token");
    let request = form.field("request-id");
    let fields = |id: &'static str| {
        [
            ("form-token", token.as_str()),
            ("request-id", request.as_str()),
            ("cycle", CYCLE),
            ("body", "5KF"),
            ("id", id),
            ("text", "Ask partners again"),
            ("about", "2b"),
            ("owner", "A. Director"),
            ("due", "2009-06-30"),
        ]
    };
    let wrong = executive.post("/do/recordAction", &fields("two words"));
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("There is a problem"));
    assert!(
        wrong.body.contains("Ask partners again"),
        "what was typed is kept"
    );
    let right = executive.post("/do/recordAction", &fields("ask-again"));
    assert_eq!(right.status, 200, "{}", right.text());
    assert!(right.text().contains("What you entered is recorded."));
    let mut board = office.desk_of("demo-board");
    let refused = board.post("/do/recordAction", &fields("another"));
    assert_eq!(refused.status, 400, "a form of another session");
}

#[test]
fn a_phase_that_is_open_already_says_so_at_a_field_of_the_form() {
    let office = office();
    let mut assurer = office.desk_of("demo-assurer");
    let form = assurer.get(&format!("/do/openPhase?cycle={CYCLE}&body=Q30"));
    let token = form.field("form-token");
    let open = |browser: &mut Browser, phase: &str, request: &str, supersedes: &str| {
        let fields = [
            ("form-token", token.as_str()),
            ("request-id", request),
            ("cycle", CYCLE),
            ("body", "Q30"),
            ("phase", phase),
            ("supersedes", supersedes),
        ];
        browser.post("/do/openPhase", &fields)
    };
    let again = open(&mut assurer, "partner-survey", "r1", "");
    assert_eq!(again.status, 422, "{}", again.text());
    assert!(
        again.body.contains(r#"id="supersedes-error""#),
        "{}",
        again.body
    );
    assert_eq!(again.field("supersedes"), "", "the field is there");
    let choices = again
        .body
        .split("<datalist id=\"supersedes-choices\">")
        .nth(1);
    let choices = choices.expect("the phase that is open is offered");
    assert!(choices.contains("phase opened: "), "{choices}");
    let open_now = choices.split("value=\"").nth(1).expect("an entry");
    let open_now = open_now.split('"').next().unwrap_or_default().to_owned();
    let opened = open(&mut assurer, "partner-survey", "r2", &open_now);
    assert_eq!(opened.status, 200, "{}", opened.text());
}

#[test]
fn an_entry_that_is_not_listed_can_be_typed() {
    let office = office();
    let mut assurer = office.desk_of("demo-assurer");
    let form = assurer.get(&format!("/do/withdraw?cycle={CYCLE}&body=Q30&entry=999999"));
    assert_eq!(form.field("entry"), "999999");
    assert!(
        form.body.contains("<datalist id=\"entry-choices\">"),
        "{}",
        form.body
    );
    let form = assurer.get(&format!("/do/withdraw?cycle={CYCLE}&body=5KF"));
    assert!(form.body.contains(r#"label="outcome: "#), "{}", form.body);
}

#[test]
fn a_correction_begins_with_what_was_recorded_and_keeps_it_out_of_addresses() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let form = executive.get(&format!("/do/recordAction?cycle={CYCLE}&body=5KF"));
    let (token, request) = (form.field("form-token"), form.field("request-id"));
    let recorded = [
        ("cycle", CYCLE),
        ("body", "5KF"),
        ("id", "ask-again"),
        ("text", "Ask partners again"),
        ("due", "2009-06-30"),
    ];
    let by_form = [("form-token", token.as_str()), ("request-id", &request)];
    let saved = executive.post("/do/recordAction", &[&by_form[..], &recorded].concat());
    let text = saved.text();
    assert!(text.contains("What you entered is recorded."), "{text}");

    let plans = executive.get(&format!("{PAGES}/bodies/5KF/plans"));
    assert!(
        plans
            .body
            .contains(r#"name="text" value="Ask partners again""#)
    );
    let in_addresses = plans.body.split("href=").skip(1);
    let mut in_addresses = in_addresses.filter_map(|rest| rest.split('>').next());
    assert!(!in_addresses.any(|address| address.contains("partners")));

    let address = "/do/recordAction/correct";
    let again = executive.post(address, &recorded);
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(again.field("id"), "ask-again");
    assert!(again.body.contains("Ask partners again</textarea>"));
    let elsewhere = executive.post_with(address, &["Origin: http://evil.example"], &recorded);
    assert_eq!(elsewhere.status, 400, "another site");
    let unknown = executive.post("/do/nothing/correct", &recorded);
    assert_eq!(unknown.status, 404);
    assert_eq!(office.browser().post(address, &recorded).status, 401);
}

#[test]
fn the_address_of_a_correction_leads_to_where_it_can_be_made() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let plans = format!("{PAGES}/bodies/5KF/plans");
    let recorded = [("cycle", CYCLE), ("body", "5KF"), ("return", &plans)];
    // The session ended meanwhile.
    let signed_out = office.browser().post("/do/recordAction/correct", &recorded);
    assert_eq!(signed_out.status, 401);
    let back = format!("/sign-in?return={}", plans.replace('/', "%2F"));
    assert!(signed_out.body.contains(&back), "{}", signed_out.body);
    // Asked for again without its fields, as by a bookmark.
    let encoded = plans.replace('/', "%2F");
    let again = executive.get(&format!("/do/recordAction/correct?return={encoded}"));
    assert_eq!((again.status, again.address.as_str()), (200, &*plans));
    let again = executive.get(&format!("/do/recordAction/correct?cycle={CYCLE}&body=5KF"));
    assert_eq!(again.status, 200);
    assert!(again.text().contains("Record action"), "{}", again.text());
    let elsewhere = executive.get("/do/recordAction/correct?return=//evil.example");
    let place = (elsewhere.status, elsewhere.address.as_str());
    assert_eq!(place, (200, "/do/recordAction?return=//evil.example"));
    assert_eq!(elsewhere.field("return"), "/desk");
}

#[test]
fn a_challenge_is_answered_by_those_who_may() {
    let office = office();
    let why = format!("{PAGES}/bodies/5KF/why/2b");
    let answer = "/do/answerChallenge?";
    for (account, may) in [("demo-executive", true), ("demo-board", false)] {
        let page = office.desk_of(account).get(&why);
        assert_eq!(page.status, 200, "{account}");
        assert!(page.text().contains("Challenges"), "{}", page.text());
        assert_eq!(page.body.contains(answer), may, "{account}");
    }
}

#[test]
fn a_reason_without_a_level_is_not_called_saved() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let address = format!("{PAGES}/bodies/5KF/assess/finance?method=calibrated");
    let page = executive.get(&address);
    let token = page.field("form-token");
    let request = page.field("request-id");
    let fields = [
        ("form-token", token.as_str()),
        ("request-id", request.as_str()),
        ("was-value-finance.1", ""),
        ("was-rationale-finance.1", ""),
        ("rationale-finance.1", "Only a reason"),
    ];
    let refused = executive.post(&address, &fields);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.text().contains("choose a level"),
        "{}",
        refused.text()
    );
    assert!(refused.body.contains("Only a reason"));
}

#[test]
fn what_was_typed_is_kept_when_a_request_cannot_be_sent_or_the_session_ends() {
    let office = office();
    let mut assurer = office.desk_of("demo-assurer");
    let address = format!("/do/planPanelDay?cycle={CYCLE}&body=south-of-tyne-and-wear");
    let form = assurer.get(&address);
    let token = form.field("form-token");
    let fields = [
        ("form-token", token.as_str()),
        ("request-id", "once"),
        ("cycle", CYCLE),
        ("body", "south-of-tyne-and-wear"),
        ("date", "10 November"),
        ("venue", "Jarrow Hall"),
        ("interviews.0.starts", "09:00"),
    ];
    let refused = assurer.post("/do/planPanelDay", &fields);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(
        refused.text().contains("With is needed."),
        "{}",
        refused.text()
    );
    assert!(refused.body.contains("Jarrow Hall"));
    let refused = assurer.post("/do/planPanelDay", &fields[..6]);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert!(refused.body.contains("Jarrow Hall"), "{}", refused.text());
    assurer.cookies.clear();
    let signed_out = assurer.post("/do/planPanelDay", &fields);
    assert_eq!(signed_out.status, 401);
    assert!(
        signed_out.text().contains("Jarrow Hall"),
        "{}",
        signed_out.text()
    );
}

#[test]
fn a_form_that_is_sent_again_with_another_text_can_be_saved() {
    let office = office();
    let mut executive = office.desk_of("demo-executive");
    let form = executive.get(&format!("/do/recordAction?cycle={CYCLE}&body=5KF"));
    let token = form.field("form-token");
    let send = |browser: &mut Browser, request: &str, id: &str| {
        let fields = [
            ("form-token", token.as_str()),
            ("request-id", request),
            ("cycle", CYCLE),
            ("body", "5KF"),
            ("id", id),
            ("text", "Ask partners again"),
            ("about", "2b"),
            ("owner", "A. Director"),
            ("due", "2009-06-30"),
        ];
        browser.post("/do/recordAction", &fields)
    };
    let first = send(&mut executive, "r1", "first");
    assert_eq!(first.status, 200, "{}", first.text());
    // The back button shows the form with the identifier of its first request.
    let back = send(&mut executive, "r1", "second");
    assert_eq!(back.status, 422, "{}", back.text());
    assert!(
        back.text().contains("save again to record this as well"),
        "{}",
        back.text()
    );
    let again = send(&mut executive, &back.field("request-id"), "second");
    assert_eq!(again.status, 200, "{}", again.text());
}

#[test]
fn a_year_under_way_says_what_is_due_from_whom_and_by_when() {
    let office = office();
    let mut browser = office.desk_of("demo-assurer");
    let page = browser.get(PAGES);
    let text = page.text();
    for expected in [
        "Where each PCT is, and what is due next",
        "Gateshead PCT",
        "Self-assessment",
        "Due next",
        "Late",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let before = browser.get(&format!("{PAGES}?as-of=304"));
    assert_eq!(before.status, 200);
    assert!(!before.text().contains("Due next"), "{}", before.text());
}

#[test]
fn entries_of_a_group_and_areas_are_chosen_by_title() {
    let office = office();
    let mut browser = office.desk_of("demo-assurer");
    let form = |name: &str| format!("/do/{name}?cycle={CYCLE}&body=south-of-tyne-and-wear");
    let page = browser.get(&form("withdraw"));
    let offered = "1a, Reputation as the local leader of the NHS, self-assessment, 2 (entry ";
    assert!(page.body.contains(offered), "{}", page.body);
    let page = browser.get(&form("recordStatement"));
    for expected in [">Governance</option>", ">Competencies</option>"] {
        assert!(page.body.contains(expected), "{expected}: {}", page.body);
    }
    assert!(!page.text().contains("Code of the body"), "{}", page.text());
    assert!(
        !page.text().contains("Identifier of the cycle"),
        "{}",
        page.text()
    );
}
