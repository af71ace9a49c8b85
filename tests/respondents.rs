//! A survey in pages: an authority opens it, invites, follows and closes it; people who were invited
//! answer a page at a time, come back, check and send once; and what does not work says so in words.

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
use support::root;

const SURVEYS: &str = "/cycles/south-of-tyne-and-wear/2008-09/surveys";
const UNUSABLE: &str = "This invitation cannot be used: it is not complete, its answers were submitted already, \
                        it was replaced by a new one, or the survey takes no more answers.";
const INVITATION: &str = "wcc-invitation";

/// An office in the phase of the partner survey, and the browser of the authority's assurer.
struct Authority {
    office: Office,
    assurer: Browser,
}

impl Authority {
    fn new() -> Authority {
        let settings = "[server]\nrequest_seconds = 120\n[log]\nlevel = 'debug'\n";
        let phases = ["toolkit", "self-assessment", "partner-survey"];
        let office = Office::open(settings, &phases);
        Authority {
            assurer: office.desk_of("demo-assurer"),
            office,
        }
    }

    fn browser(&self) -> Browser {
        self.office.browser()
    }

    /// Opens the survey of partners.
    fn open(&mut self) {
        let file = root().join("configs/surveys/partners-360.toml");
        let questionnaire = std::fs::read_to_string(file).expect("a questionnaire");
        let form = self.assurer.get(&format!(
            "/do/openSurvey?cycle={CYCLE}&body=5KF&return={SURVEYS}"
        ));
        let fields = [
            ("form-token", form.field("form-token")),
            ("request-id", form.field("request-id")),
            ("return", form.field("return")),
            ("cycle", CYCLE.to_owned()),
            ("body", "5KF".to_owned()),
            ("questionnaire", questionnaire),
            ("closes", "2099-12-31".to_owned()),
        ];
        let opened = post(&mut self.assurer, "/do/openSurvey", &fields);
        assert_eq!(opened.status, 200, "{}", opened.text());
    }

    /// The invitations of some people, in the order of the list.
    fn invite(&mut self, people: &str) -> Vec<String> {
        let page = self.assurer.get(SURVEYS);
        let address = link(&page, "/surveys/invite");
        let form = self.assurer.get(&address);
        let fields = [
            ("form-token", form.field("form-token")),
            ("survey", form.field("survey")),
            ("return", form.field("return")),
            ("contacts", people.to_owned()),
        ];
        let invited = post(&mut self.assurer, "/surveys/invite", &fields);
        assert_eq!(invited.status, 200, "{}", invited.text());
        let cells = invited.body.split("<td class=\"nhsuk-table__cell\">");
        let cells = cells
            .skip(1)
            .map(|cell| cell.split('<').next().unwrap_or_default().to_owned());
        let cells: Vec<String> = cells.collect();
        cells.chunks(3).map(|row| row[2].clone()).collect()
    }
}

fn post(browser: &mut Browser, address: &str, fields: &[(&str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post(address, &fields)
}

/// The address of the first link that starts like this.
fn link(page: &Page, start: &str) -> String {
    let href = format!("href=\"{start}");
    let rest = page.body.split(&href).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no link to {start}: {}", page.text()));
    let rest = rest.split('"').next().unwrap_or_default();
    format!("{start}{rest}").replace("&amp;", "&")
}

/// Enters an invitation.
fn enter(browser: &mut Browser, invitation: &str) -> Page {
    let form = browser.get("/survey");
    let fields = [
        ("form-token", form.field("form-token")),
        ("invitation", invitation.to_owned()),
    ];
    post(browser, "/survey", &fields)
}

/// Answers the questions of a page with the same score.
fn answer(browser: &mut Browser, page: usize, score: &str, next: &str) -> Page {
    let address = format!("/survey/questions/{page}");
    let form = browser.get(&address);
    let mut fields = vec![
        ("form-token".to_owned(), form.field("form-token")),
        ("next".to_owned(), next.to_owned()),
    ];
    for part in form.body.split("<fieldset").skip(1) {
        let id = part.split("id=\"").nth(1).unwrap_or_default();
        let name = id.split('"').next().unwrap_or_default();
        fields.push((name.to_owned(), score.to_owned()));
        if part.contains("<textarea") {
            let comment = name.replace("score-", "comment-");
            fields.push((comment, "Well <done>".to_owned()));
        }
    }
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(&address, &fields)
}

fn send(browser: &mut Browser) -> Page {
    let token = browser.get("/survey/check").field("form-token");
    browser.post("/survey/submit", &[("form-token", &token)])
}

#[test]
fn a_respondent_answers_comes_back_and_sends_once() {
    let mut authority = Authority::new();
    authority.open();
    let people = "local-authorities, a@council.example\nlocal-authorities, b@council.example\n\
                  public, c@people.example";
    let invitations = authority.invite(people);
    assert_eq!(invitations.len(), 3);

    let mut respondent = authority.browser();
    // A letter breaks it, and a telephone begins with a capital letter.
    let (start, end) = invitations[0].split_at(20);
    let typed = format!(" {}\r\n{end} ", start.to_uppercase());
    let survey = enter(&mut respondent, &typed);
    assert_eq!((survey.status, survey.address.as_str()), (200, "/survey"));
    assert!(
        survey
            .text()
            .contains("You have answered 0 of 6 questions."),
        "{}",
        survey.text()
    );
    assert!(
        survey.text().contains("Answer by 31 December 2099."),
        "{}",
        survey.text()
    );

    // Later, on another device.
    let saved = answer(&mut respondent, 1, "5", "later");
    assert_eq!(saved.address, "/survey");
    let mut other = authority.browser();
    let survey = enter(&mut other, &invitations[0]);
    assert!(
        survey
            .text()
            .contains("You have answered 3 of 6 questions."),
        "{}",
        survey.text()
    );
    let first = other.get("/survey/questions/1");
    assert!(first.body.contains("value=\"5\" checked"), "{}", first.body);
    assert!(first.body.contains("Well &lt;done&gt;"), "{}", first.body);
    // Taken back, and given again.
    answer(&mut other, 1, "none", "later");
    let survey = other.get("/survey");
    assert!(
        survey
            .text()
            .contains("You have answered 0 of 6 questions."),
        "{}",
        survey.text()
    );
    let second = answer(&mut other, 1, "4", "on");
    assert_eq!(second.address, "/survey/questions/2");
    let check = answer(&mut other, 2, "6", "on");
    assert_eq!(check.address, "/survey/check");
    let wrong = answer(&mut other, 2, "1000", "on");
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("There is a problem"));

    let sent = send(&mut other);
    assert_eq!(sent.address, "/survey/submitted", "{}", sent.text());
    assert!(!other.cookies.contains_key(INVITATION));
    // The other device still has the invitation.
    let again = respondent.get("/survey");
    assert_eq!(again.status, 422);
    assert!(again.text().contains(UNUSABLE), "{}", again.text());
    let token = again.field("form-token");
    let twice = respondent.post("/survey/submit", &[("form-token", &token)]);
    assert!(
        twice
            .text()
            .contains("If you have just sent your answers, they have arrived."),
        "{}",
        twice.text()
    );

    let surveys = authority.assurer.get(SURVEYS);
    assert!(
        surveys
            .text()
            .contains("Answers are taken until 31 December 2099."),
        "{}",
        surveys.text()
    );
    let answered = authority
        .assurer
        .get(&format!("{SURVEYS}?table=answered-0.csv"));
    let row = answered.body.lines().find(|line| line.starts_with("Local"));
    assert!(
        row.is_some_and(|row| row.contains(",2,1,50")),
        "{}",
        answered.body
    );
    let form = authority.assurer.get(&link(&surveys, "/surveys/remind"));
    let fields = [
        ("form-token", form.field("form-token")),
        ("survey", form.field("survey")),
    ];
    let open = post(&mut authority.assurer, "/surveys/remind", &fields);
    let text = open.text();
    assert!(text.contains("c@people.example"), "{text}");
    assert!(text.contains("@council.example"), "{text}");
}

#[test]
fn an_invitation_is_in_no_address_page_or_log() {
    let mut authority = Authority::new();
    authority.open();
    let invitations = authority.invite("public, a@people.example");
    let invitation = &invitations[0];
    let mut respondent = authority.browser();
    let entered = enter(&mut respondent, invitation);
    let mut pages = vec![entered];
    for address in ["/survey", "/survey/questions/1", "/survey/check"] {
        pages.push(respondent.get(address));
    }
    // Answers that cannot be saved are shown again, the invitation is not.
    let token = pages[0].field("form-token");
    let kept = respondent.cookies.remove(INVITATION).expect("kept");
    let fields = [
        ("form-token", token.as_str()),
        ("invitation", invitation.as_str()),
        ("comment-local-leader", "A long text"),
    ];
    let lost = respondent.post("/survey/questions/1", &fields);
    assert_eq!(lost.status, 422);
    assert!(lost.text().contains("A long text"), "{}", lost.text());
    pages.push(lost);
    for page in &pages {
        assert!(!page.body.contains(invitation.as_str()));
        assert!(!page.address.contains(invitation.as_str()));
    }
    assert_eq!(&kept, invitation);
    let head = &enter(&mut respondent, invitation).head;
    assert!(head.contains("cache-control: no-store"), "{head}");
    // Somebody who leaves leaves nothing.
    let left = respondent.post("/survey/leave", &[("form-token", &token)]);
    assert!(left.text().contains("Your invitation"), "{}", left.text());
    assert!(!respondent.cookies.contains_key(INVITATION));
    let log = authority.office.server.log_with("answered");
    assert!(!log.contains(invitation.as_str()), "in the log");
    let secret = invitation.split('-').nth(1).expect("a secret");
    assert!(!log.contains(secret), "in the log");
}

#[test]
fn what_cannot_be_answered_says_so_in_words() {
    let mut authority = Authority::new();
    authority.open();
    let invitation = authority.invite("public, a@people.example").remove(0);
    let mut respondent = authority.browser();
    let unknown = enter(&mut respondent, "0123456789-aaaa");
    assert_eq!(unknown.status, 422);
    assert!(unknown.text().contains(UNUSABLE), "{}", unknown.text());
    assert_eq!(
        respondent.get("/survey/questions/1").status,
        200,
        "the form"
    );
    // A page of another site enters its own invitation, to read what is answered.
    let form = respondent.get("/survey");
    let token = form.field("form-token");
    let fields = [
        ("form-token", token.as_str()),
        ("invitation", invitation.as_str()),
    ];
    let forged = respondent.post_with("/survey", &["Origin: http://evil.example"], &fields);
    assert_eq!(forged.status, 400, "{}", forged.text());
    let forged = respondent.post("/survey", &[("invitation", invitation.as_str())]);
    assert_eq!(forged.status, 422, "{}", forged.text());
    let mut other = authority.browser();
    let foreign = other.get("/survey").field("form-token");
    let fields = [
        ("form-token", foreign.as_str()),
        ("invitation", invitation.as_str()),
    ];
    let forged = respondent.post("/survey", &fields);
    assert_eq!(forged.status, 422, "{}", forged.text());
    assert!(!respondent.cookies.contains_key(INVITATION));

    enter(&mut respondent, &invitation);
    assert_eq!(respondent.get("/survey/questions/9").status, 404);
    // Closed before everybody has answered.
    let close = link(&authority.assurer.get(SURVEYS), "/do/closeSurvey");
    let form = authority.assurer.get(&close);
    let fields = [
        ("form-token", form.field("form-token")),
        ("request-id", form.field("request-id")),
        ("survey", format!("{CYCLE}/5KF/partners-360")),
        ("early", "true".to_owned()),
    ];
    let closed = post(&mut authority.assurer, "/do/closeSurvey", &fields);
    assert_eq!(closed.status, 200, "{}", closed.text());
    let late = respondent.get("/survey");
    assert_eq!(late.status, 422);
    assert!(late.text().contains(UNUSABLE), "{}", late.text());
    let surveys = authority.assurer.get(SURVEYS);
    assert!(surveys.text().contains("Closed"), "{}", surveys.text());
    assert!(!surveys.text().contains("Invite people"));
}

#[test]
fn others_do_not_run_surveys() {
    let mut authority = Authority::new();
    authority.open();
    let mut board = authority.office.desk_of("demo-board");
    let page = board.get(SURVEYS);
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("Invite people"), "{}", page.text());
    assert!(
        page.text()
            .contains("There is no survey here that you may follow."),
        "{}",
        page.text()
    );
    let address = format!("/surveys/remind?survey={CYCLE}/5KF/partners-360");
    let form = board.get(&address);
    let fields = [
        ("form-token", form.field("form-token")),
        ("survey", form.field("survey")),
    ];
    let refused = post(&mut board, "/surveys/remind", &fields);
    assert_eq!(refused.status, 422, "{}", refused.text());
    let mut nobody = authority.browser();
    assert_eq!(nobody.get(&address).status, 401);
    // The whole cycle is for the people who run it.
    assert_eq!(nobody.get(SURVEYS).status, 404);
}
