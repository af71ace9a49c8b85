//! Surveys by requests alone, to a real server: the whole process, who may do what, attacks on the
//! privacy of respondents, submissions at once, and a server that is killed.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "surveys_api/attacks.rs"]
mod attacks;
#[path = "surveys_api/results.rs"]
mod results;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::{Answer, Server};
use std::path::{Path, PathBuf};
use support::{printed_with, root, settings_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const SURVEY: &str = "south-of-tyne-and-wear/2008-09/5KF/partners-360";
const FAR: &str = "2099-12-31";
/// What whoever has no usable invitation is told.
const UNUSABLE: &str = "this invitation cannot be used";

const OPEN: &str = "mutation ($input: OpenSurveyInput!) { it: openSurvey(input: $input) {
    changed survey { code state closes body { code } questionnaire { code } }
    userErrors { code field message nearest } } }";
const INVITE: &str = "mutation ($input: InviteToSurveyInput!) { it: inviteToSurvey(input: $input) {
    invitations { group contact invitation } known elsewhere
    userErrors { code field message nearest } } }";
const REMIND: &str = "mutation ($input: RemindOfSurveyInput!) { it: remindOfSurvey(input: $input) {
    unanswered { group contact } userErrors { code field message } } }";
const CLOSE: &str = "mutation ($input: CloseSurveyInput!) { it: closeSurvey(input: $input) {
    entry served results survey { state } cycle { surveys { code state } }
    userErrors { code field message } } }";
const SHEET: &str = "mutation ($input: OpenAnswerSheetInput!) { it: openAnswerSheet(input: $input) {
    sheet { closes questionnaire { title questions { code text takesComment } scale { score wording } }
      answers { question score comment } } userErrors { code field message } } }";
const SAVE: &str = "mutation ($input: SaveAnswerSheetInput!) { it: saveAnswerSheet(input: $input) {
    sheet { answers { question score comment } } userErrors { code field message } } }";
const SAVE_WITH_NEAREST: &str =
    "mutation ($input: SaveAnswerSheetInput!) { it: saveAnswerSheet(input: $input) {
    userErrors { field nearest } } }";
const SUBMIT: &str =
    "mutation ($input: SubmitAnswerSheetInput!) { it: submitAnswerSheet(input: $input) {
    submitted userErrors { code field message } } }";
const FOLLOW: &str = "{ cycle(id: \"south-of-tyne-and-wear/2008-09\") { surveys { code state
    groups { code invited answered } } } }";

/// A server in the phase of the partner survey, and the token of the authority's assurer.
struct Authority {
    settings: PathBuf,
    server: Server,
    assurer: String,
}

/// An invitation.
#[derive(Clone)]
struct Invitation {
    group: String,
    contact: String,
    invitation: String,
}

impl Authority {
    fn new() -> Authority {
        // Each reader has a view of their own, which a busy machine may take long to build.
        let settings = settings_with("[server]\nrequest_seconds = 120\n[log]\nlevel = 'debug'\n");
        printed_with(
            &settings,
            &["ledger", "load", "examples/south-of-tyne-and-wear"],
        );
        for phase in ["toolkit", "self-assessment", "partner-survey"] {
            printed_with(&settings, &["phase", "open", CYCLE, phase]);
        }
        let assurer = token(&settings, "an.assurer", "assurer", "Q30");
        Authority {
            server: Server::on_ledger(&settings),
            settings,
            assurer,
        }
    }

    fn token(&self, person: &str, role: &str, body: &str) -> String {
        token(&self.settings, person, role, body)
    }

    /// The payload of a mutation.
    fn ask(&self, token: Option<&str>, query: &str, input: &Value) -> Value {
        let answer = ask(&self.server, token, query, input);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
        answer.body["data"]["it"].clone()
    }

    fn done(&self, query: &str, input: &Value) -> Value {
        let payload = self.ask(Some(&self.assurer), query, input);
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload
    }

    /// The first mistake of a request.
    fn mistake(&self, token: Option<&str>, query: &str, input: &Value) -> Value {
        let payload = self.ask(token, query, input);
        payload["userErrors"][0].clone()
    }

    fn open(&self) -> Value {
        self.done(OPEN, &opening("partners-360"))
    }

    fn invite(&self, groups: &[(&str, usize)]) -> Vec<Invitation> {
        let people = groups.iter().flat_map(|(group, count)| {
            (0..*count).map(move |at| {
                json!({ "group": group, "contact": format!("{group}.{at}@partner.example") })
            })
        });
        let contacts: Vec<Value> = people.collect();
        let input = json!({ "requestId": "invite", "survey": SURVEY, "contacts": contacts });
        invitations(&self.done(INVITE, &input))
    }

    fn submit(&self, person: &Invitation, score: usize, comment: &str) {
        let payload = self.ask(None, SUBMIT, &submission(person, score, comment));
        assert_eq!(payload["submitted"], true, "{payload}");
    }

    fn follow(&self, token: Option<&str>) -> Value {
        let answer = tokens::send(&self.server, token, None, FOLLOW);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"]["cycle"]["surveys"].clone()
    }

    /// Every file that the server leaves, except the keys of open surveys.
    fn everything_stored(&self) -> String {
        let data = self.settings.with_file_name("data");
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(data).expect("the data") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                bytes.extend(std::fs::read(&path).expect("a file"));
            }
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn token(settings: &Path, person: &str, role: &str, body: &str) -> String {
    let who = ["--person", person, "--role", role, "--body", body];
    tokens::issue(settings, &who)
}

fn ask(server: &Server, token: Option<&str>, query: &str, input: &Value) -> Answer {
    let mut headers = vec![
        "Content-Type: application/json".to_owned(),
        "Accept: application/graphql-response+json".to_owned(),
    ];
    headers.extend(token.map(|token| format!("Authorization: Bearer {token}")));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let body = json!({ "query": query, "variables": { "input": input } });
    server.send("POST /graphql", &headers, &body.to_string())
}

fn opening(questionnaire: &str) -> Value {
    let file = root().join(format!("configs/surveys/{questionnaire}.toml"));
    let text = std::fs::read_to_string(file).expect("a questionnaire");
    json!({
        "requestId": "open", "cycle": CYCLE, "body": "5KF", "questionnaire": text, "closes": FAR,
    })
}

fn invitations(payload: &Value) -> Vec<Invitation> {
    let text = |of: &Value, field: &str| of[field].as_str().expect("a text").to_owned();
    let all = payload["invitations"].as_array().expect("a list");
    let all = all.iter().map(|of| Invitation {
        group: text(of, "group"),
        contact: text(of, "contact"),
        invitation: text(of, "invitation"),
    });
    all.collect()
}

fn submission(person: &Invitation, score: usize, comment: &str) -> Value {
    json!({
        "requestId": "submit", "invitation": person.invitation,
        "answers": [
            { "question": "local-leader", "score": score, "comment": comment },
            { "question": "partner", "score": score },
        ],
    })
}

#[test]
fn a_whole_survey_is_run_by_requests_alone() {
    let authority = Authority::new();
    let opened = authority.open();
    assert_eq!(opened["changed"], true);
    assert_eq!(opened["survey"]["code"], SURVEY);
    assert_eq!(opened["survey"]["body"]["code"], "5KF");
    assert_eq!(authority.open()["changed"], false, "it is open already");
    let groups = [
        ("local-authorities", 3),
        ("pbc-clusters", 5),
        ("foundation-trusts", 2),
    ];
    let people = authority.invite(&groups);
    assert_eq!(people.len(), 10);
    let contact = json!({ "group": people[0].group, "contact": people[0].contact });
    let again = json!({ "requestId": "again", "survey": SURVEY, "contacts": [contact] });
    let again = authority.done(INVITE, &again);
    assert_eq!(
        (&again["known"], &again["invitations"]),
        (&json!(1), &json!([]))
    );

    // Read, save, resume, change, submit: with nothing but the invitation.
    let first = json!({ "requestId": "a", "invitation": people[0].invitation });
    let sheet = authority.ask(None, SHEET, &first);
    let questions = sheet["sheet"]["questionnaire"]["questions"].as_array();
    assert_eq!(questions.expect("questions").len(), 6);
    assert_eq!(sheet["sheet"]["answers"], json!([]));
    let save = submission(&people[0], 2, "saved only");
    authority.ask(None, SAVE, &save);
    let more = json!({ "requestId": "b", "invitation": people[0].invitation,
        "answers": [{ "question": "partner", "score": 4 }] });
    authority.ask(None, SAVE, &more);
    let resumed = authority.ask(None, SHEET, &first);
    assert_eq!(
        resumed["sheet"]["answers"],
        json!([
            { "question": "local-leader", "score": 2, "comment": "saved only" },
            { "question": "partner", "score": 4, "comment": null },
        ])
    );
    authority.submit(&people[0], 5, "submitted");
    for (at, person) in people.iter().enumerate().skip(1).take(8) {
        authority.submit(person, 1 + at % 6, &format!("comment {at}"));
    }

    // Only response rates are shown, and who has not answered.
    let surveys = authority.follow(Some(&authority.assurer));
    assert_eq!(
        surveys[0]["groups"][2],
        json!({ "code": "foundation-trusts", "invited": 2, "answered": 1 })
    );
    let reminded = authority.done(REMIND, &json!({ "requestId": "r", "survey": SURVEY }));
    let left = json!([{ "group": people[9].group, "contact": people[9].contact }]);
    assert_eq!(reminded["unanswered"], left);

    let close = json!({ "requestId": "close", "survey": SURVEY });
    let early = authority.mistake(Some(&authority.assurer), CLOSE, &close);
    assert_eq!(early["field"], "input.early", "{early}");
    let close = json!({ "requestId": "close", "survey": SURVEY, "early": true });
    let closed = authority.done(CLOSE, &close);
    assert_eq!(closed["results"], 2, "{closed}");
    assert_eq!(closed["served"], true);
    assert_eq!(closed["survey"]["state"], "CLOSED");
    assert_eq!(
        closed["cycle"]["surveys"],
        json!([{ "code": SURVEY, "state": "CLOSED" }])
    );
    let again = authority.done(CLOSE, &close);
    assert_eq!(
        (&again["results"], &again["entry"]),
        (&json!(0), &json!(null))
    );

    // The aggregates are in the ledger, and the small groups in no figure of their own.
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ surveys {{ survey score figures {{ answers
           invited responded groups {{ code hidden shown {{ answers }} }} pooled {{ answers }} }} }} }} }}"
    );
    let read = tokens::send(&authority.server, Some(&authority.assurer), None, &query);
    let results = read.body["data"]["output"]["surveys"].clone();
    let mut figures = results.as_array().expect("results").iter();
    let figures = figures.find(|result| result["figures"]["answers"] == 9);
    let figures = figures.unwrap_or_else(|| panic!("{results}"))["figures"].clone();
    assert_eq!(
        (&figures["invited"], &figures["responded"]),
        (&json!(10), &json!(9))
    );
    let hidden = figures["groups"].as_array().expect("groups").iter();
    let hidden = hidden.filter(|group| group["hidden"] == true);
    let hidden: Vec<&str> = hidden.filter_map(|group| group["code"].as_str()).collect();
    assert!(hidden.contains(&"foundation-trusts"), "{figures}");
    // What the command line shows of it is the same survey.
    let printed = printed_with(&authority.settings, &["survey", "results", "partners-360"]);
    assert!(
        printed.contains("Local authorities: 3 of 3 answered"),
        "{printed}"
    );
}

#[test]
fn the_policy_decides_who_runs_surveys_and_who_follows_them() {
    let authority = Authority::new();
    let open = opening("partners-360");
    let executive = authority.token("an.executive", "executive", "5KF");
    let analyst = authority.token("an.analyst", "analyst", "Q30");
    let elsewhere = authority.token("another.assurer", "assurer", "Q31");
    let unauthenticated = ask(&authority.server, None, OPEN, &open);
    assert_eq!(unauthenticated.status, 401, "{unauthenticated:?}");
    let refused = authority.mistake(Some(&executive), OPEN, &open);
    assert_eq!(refused["code"], "NOT_PERMITTED", "{refused}");
    let refused = authority.mistake(Some(&elsewhere), OPEN, &open);
    assert_ne!(refused["code"], Value::Null, "another authority: {refused}");
    authority.open();
    authority.invite(&[("local-authorities", 1)]);
    for (query, more) in [
        (
            INVITE,
            json!({ "contacts": [{ "group": "public", "contact": "x" }] }),
        ),
        (REMIND, json!({})),
        (CLOSE, json!({ "early": true })),
    ] {
        let mut input = json!({ "requestId": "x", "survey": SURVEY });
        for (name, value) in more.as_object().expect("an object") {
            input[name] = value.clone();
        }
        let unauthenticated = ask(&authority.server, None, query, &input);
        assert_eq!(unauthenticated.status, 401, "{unauthenticated:?}");
        for other in [&executive, &analyst] {
            let refused = authority.mistake(Some(other), query, &input);
            assert_eq!(refused["code"], "NOT_PERMITTED", "{query}: {refused}");
        }
        // What is elsewhere looks as if it were not there.
        let hidden = authority.mistake(Some(&elsewhere), query, &input);
        input["survey"] = json!("south-of-tyne-and-wear/2008-09/5KF/partners-361");
        let missing = authority.mistake(Some(&elsewhere), query, &input);
        assert_eq!(hidden["code"], missing["code"], "{hidden} {missing}");
    }
    assert_eq!(authority.follow(Some(&analyst))[0]["code"], SURVEY);
    assert_eq!(authority.follow(Some(&executive)), json!([]));
    // An assurer of another region does not see the cycle at all, or nothing of it.
    let other = authority.follow(Some(&elsewhere));
    assert!(other.as_array().is_none_or(Vec::is_empty), "{other}");
    let public = authority.follow(None);
    assert!(public.as_array().is_none_or(Vec::is_empty), "{public}");
}

#[test]
fn surveys_are_never_answered_from_a_cache() {
    let authority = Authority::new();
    let token = authority.assurer.clone();
    let path = "GET /graphql?query=%7Bcycles%7Bcode%20surveys%7Bcode%7D%7D%7D";
    let authorization = format!("Authorization: Bearer {token}");
    let accept = "Accept: application/json";
    let before = authority.server.send(path, &[&authorization, accept], "");
    assert_eq!(
        before.body["data"]["cycles"][0]["surveys"],
        json!([]),
        "{before:?}"
    );
    let head = before.head.to_ascii_lowercase();
    assert!(!head.contains("etag:"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    authority.open();
    let after = authority.server.send(path, &[&authorization, accept], "");
    assert_eq!(
        after.body["data"]["cycles"][0]["surveys"],
        json!([{ "code": SURVEY }])
    );
}

#[test]
fn mistakes_are_told_with_the_place_and_the_nearest_value() {
    let authority = Authority::new();
    let told =
        |query: &str, input: Value| authority.mistake(Some(&authority.assurer), query, &input);
    let mut wrong = opening("partners-360");
    wrong["cycle"] = json!("south-of-tyne-and-wear/2008-90");
    let mistake = told(OPEN, wrong);
    assert_eq!(
        (&mistake["code"], &mistake["field"]),
        (&json!("NOT_FOUND"), &json!("input.cycle"))
    );
    assert_eq!(mistake["nearest"], CYCLE);
    let mut wrong = opening("partners-360");
    wrong["closes"] = json!("2008-10-31");
    assert_eq!(told(OPEN, wrong)["field"], "input.closes");
    let mut wrong = opening("partners-360");
    wrong["questionnaire"] = json!("format = 1\ncode = 5\n");
    assert_eq!(told(OPEN, wrong)["field"], "input.questionnaire");
    authority.open();
    let contacts = |group: &str, contact: &str| {
        json!({ "requestId": "i", "survey": SURVEY,
            "contacts": [{ "group": "public", "contact": "a@b.example" }, { "group": group, "contact": contact }] })
    };
    let mistake = told(INVITE, contacts("local-authority", "c@d.example"));
    assert_eq!(mistake["field"], "input.contacts[1].group", "{mistake}");
    assert_eq!(mistake["nearest"], "local-authorities");
    let mistake = told(INVITE, contacts("public", "A@b.example"));
    assert_eq!(mistake["field"], "input.contacts[1].contact", "{mistake}");
    let person = &authority.invite(&[("public", 1)])[0];
    let answers = |answers: Value| {
        let input =
            json!({ "requestId": "s", "invitation": person.invitation, "answers": answers });
        authority.mistake(None, SAVE_WITH_NEAREST, &input)
    };
    let mistake = answers(
        json!([{ "question": "partner", "score": 5 }, { "question": "parter", "score": 1 }]),
    );
    assert_eq!(mistake["field"], "input.answers[1].question", "{mistake}");
    assert_eq!(mistake["nearest"], "partner");
    let mistake = answers(json!([{ "question": "partner", "score": 7 }]));
    assert_eq!(mistake["field"], "input.answers[0].score", "{mistake}");
    let blank = json!({ "requestId": "s", "invitation": person.invitation });
    let mistake = authority.mistake(None, SUBMIT, &blank);
    assert_eq!(mistake["field"], "input.answers", "{mistake}");
    let long = "x".repeat(4_001);
    let mistake = answers(json!([{ "question": "local-leader", "comment": long }]));
    assert_eq!(mistake["field"], "input.answers[0].comment", "{mistake}");
    // Nothing of it was saved.
    let first = json!({ "requestId": "a", "invitation": person.invitation });
    assert_eq!(
        authority.ask(None, SHEET, &first)["sheet"]["answers"],
        json!([])
    );
}
