//! The results of surveys and training needs by requests, answers on paper, and surveys that are given up.

use super::support::printed_with;
use super::{
    Authority, CLOSE, INVITE, Invitation, SUBMIT, SURVEY, ask, invitations, opening, tokens,
};
use serde_json::{Value, json};

const STAFF: &str = "south-of-tyne-and-wear/2008-09/5KF/staff-competencies";
const IMPORT: &str =
    "mutation ($input: ImportSurveyAnswersInput!) { it: importSurveyAnswers(input: $input) {
    respondents earlier survey { groups { code imported } }
    userErrors { code field message nearest } } }";
const DISCARD: &str = "mutation ($input: DiscardSurveyInput!) { it: discardSurvey(input: $input) {
    discarded survey { state groups { code invited answered imported } }
    userErrors { code field message } } }";
const REPORTS: &str =
    "{ cycle(id: \"south-of-tyne-and-wear/2008-09\") { surveys { code state report {
    questions { code text overall { ...of } groups { ...of } supports { measure level }
      comments { group comments } }
    trainingNeeds { groups question text components expected mean answers below needed } } } } }
    fragment of on SurveyAnswerFigures { groups answers mean spread wording belowExpected
      counts { score wording answers } }";

/// The survey with an identifier, as somebody may follow it.
fn followed(authority: &Authority, token: &str, survey: &str) -> Value {
    let answer = tokens::send(&authority.server, Some(token), None, REPORTS);
    assert_eq!(answer.status, 200, "{answer:?}");
    let surveys = answer.body["data"]["cycle"]["surveys"].as_array().cloned();
    let mut surveys = surveys.unwrap_or_default().into_iter();
    let found = surveys.find(|known| known["code"] == survey);
    found.unwrap_or_default()
}

fn invite(authority: &Authority, survey: &str, groups: &[(&str, usize)]) -> Vec<Invitation> {
    let people = groups.iter().flat_map(|(group, count)| {
        (0..*count).map(move |at| json!({ "group": group, "contact": format!("{group}.{at}") }))
    });
    let contacts: Vec<Value> = people.collect();
    let input = json!({ "requestId": "invite", "survey": survey, "contacts": contacts });
    invitations(&authority.done(INVITE, &input))
}

fn answer(authority: &Authority, person: &Invitation, question: &str, score: usize, comment: &str) {
    let input = json!({ "requestId": "submit", "invitation": person.invitation,
        "answers": [{ "question": question, "score": score, "comment": comment }] });
    let payload = authority.ask(None, SUBMIT, &input);
    assert_eq!(payload["submitted"], true, "{payload}");
}

fn close(authority: &Authority, survey: &str) {
    let input = json!({ "requestId": "close", "survey": survey, "early": true });
    authority.done(CLOSE, &input);
}

fn importing(survey: &str, table: &str, replace: bool) -> Value {
    json!({ "requestId": "paper", "survey": survey, "table": table, "replace": replace })
}

/// The printed JSON of a command.
fn printed_json(authority: &Authority, arguments: &[&str]) -> Value {
    let printed = printed_with(&authority.settings, arguments);
    serde_json::from_str(&printed).expect("JSON")
}

#[test]
fn training_needs_are_read_by_requests_as_on_the_command_line() {
    let authority = Authority::new();
    authority.done(super::OPEN, &opening("staff-competencies"));
    let people = invite(
        &authority,
        STAFF,
        &[
            ("commissioning", 4),
            ("finance", 3),
            ("quality", 2),
            ("corporate", 3),
        ],
    );
    for (at, person) in people.iter().enumerate() {
        let comment = format!("comment of {}", person.group);
        answer(&authority, person, "competency-1", 1 + at % 4, &comment);
    }
    let open = followed(&authority, &authority.assurer, STAFF);
    assert_eq!(
        (&open["state"], &open["report"]),
        (&json!("OPEN"), &Value::Null)
    );
    close(&authority, STAFF);
    let closed = followed(&authority, &authority.assurer, STAFF);
    let report = &closed["report"];

    let needs = printed_json(
        &authority,
        &["survey", "needs", "staff-competencies", "--json"],
    );
    let needs = needs.as_array().expect("needs");
    let read = report["trainingNeeds"].as_array().expect("needs");
    assert_eq!(read.len(), needs.len(), "{report}");
    assert!(read.iter().any(|need| need["needed"] == true), "{report}");
    for (read, printed) in read.iter().zip(needs) {
        for field in [
            "groups",
            "question",
            "text",
            "components",
            "expected",
            "answers",
            "below",
        ] {
            assert_eq!(read[field], printed[field], "{field}");
        }
        assert_eq!(read["needed"], printed["needsTraining"]);
        let mean: f64 = printed["mean"]
            .as_str()
            .expect("a mean")
            .parse()
            .expect("a number");
        assert_eq!(read["mean"].as_f64(), Some(mean));
    }
    // Two people of a directorate are in no figure of their own, and neither are their comments.
    let shown = report["questions"][0]["groups"].as_array().expect("groups");
    assert!(
        shown
            .iter()
            .all(|figures| figures["groups"] != json!(["quality"])),
        "{report}"
    );
    assert!(
        !report.to_string().contains("comment of quality"),
        "{report}"
    );
    assert!(
        report.to_string().contains("comment of commissioning"),
        "{report}"
    );

    // Who may follow surveys sees it; nobody else does.
    let analyst = authority.token("an.analyst", "analyst", "Q30");
    assert_eq!(followed(&authority, &analyst, STAFF)["report"], *report);
    for (person, role, body) in [
        ("an.executive", "executive", "5KF"),
        ("another", "assurer", "Q31"),
    ] {
        let other = authority.token(person, role, body);
        assert_eq!(followed(&authority, &other, STAFF), Value::Null, "{person}");
    }
}

/// Whoever has the paper answers subtracts them from what is published.
#[test]
fn no_difference_of_results_and_paper_answers_is_about_few_people() {
    let authority = Authority::new();
    authority.open();
    let people = invite(
        &authority,
        SURVEY,
        &[
            ("local-authorities", 5),
            ("pbc-clusters", 2),
            ("public", 4),
            ("voluntary-sector", 1),
        ],
    );
    for (at, person) in people.iter().enumerate() {
        answer(
            &authority,
            person,
            "local-leader",
            1 + at % 6,
            &person.contact,
        );
    }
    let paper = [("pbc-clusters", 3), ("foundation-trusts", 3)];
    let rows = paper
        .iter()
        .flat_map(|(group, count)| (0..*count).map(move |at| format!("{group},{}\n", 1 + at % 6)));
    let table = format!("group,local-leader\n{}", rows.collect::<String>());
    let imported = authority.done(IMPORT, &importing(SURVEY, &table, false));
    assert_eq!(imported["respondents"], 6, "{imported}");
    close(&authority, SURVEY);
    let closed = followed(&authority, &authority.assurer, SURVEY);
    let question = &closed["report"]["questions"][0];
    assert_eq!(question["overall"]["answers"], 18, "{question}");
    let on_paper = |groups: &Value| -> u64 {
        let groups = groups.as_array().expect("groups");
        let of = |group: &Value| paper.iter().find(|(known, _)| group == known);
        groups.iter().filter_map(of).map(|(_, count)| count).sum()
    };
    let mut shown = 0;
    for figures in question["groups"].as_array().expect("groups") {
        let answers = figures["answers"].as_u64().expect("a number");
        let own = answers - on_paper(&figures["groups"]);
        assert!(own == 0 || own >= 3, "{own} people are left of {figures}");
        let counts = figures["counts"].as_array().expect("counts").iter();
        let counted: u64 = counts.filter_map(|point| point["answers"].as_u64()).sum();
        assert_eq!(counted, answers);
        shown += answers;
    }
    // Nobody is left over either.
    assert_eq!(shown, 18, "{question}");
    for person in &people {
        let is_small = ["pbc-clusters", "voluntary-sector"].contains(&&*person.group);
        assert_eq!(
            closed["report"].to_string().contains(&person.contact),
            !is_small && question["comments"].to_string().contains(&person.group),
            "{}",
            person.contact
        );
    }
    assert!(
        !question["comments"].to_string().contains("pbc-clusters"),
        "{question}"
    );
}

#[test]
fn paper_answers_are_imported_once_all_or_nothing() {
    let authority = Authority::new();
    authority.open();
    let table = "group,partner,partner.comment\npublic,5,the paper secret\npublic,4,\npublic,3,\n";
    let imported = authority.done(IMPORT, &importing(SURVEY, table, false));
    assert_eq!(
        (&imported["respondents"], &imported["earlier"]),
        (&json!(3), &json!(0))
    );
    let again = authority.done(IMPORT, &importing(SURVEY, table, false));
    assert_eq!(
        (&again["respondents"], &again["earlier"]),
        (&json!(0), &json!(0))
    );
    let more = authority.done(
        IMPORT,
        &importing(SURVEY, "group,partner\npublic,1\n", false),
    );
    assert_eq!(
        (&more["respondents"], &more["earlier"]),
        (&json!(1), &json!(1))
    );
    let count = |payload: &Value| {
        let groups = payload["survey"]["groups"].as_array().expect("groups");
        let public = groups.iter().find(|group| group["code"] == "public");
        public.expect("the group")["imported"].clone()
    };
    assert_eq!(count(&more), 4);
    // A mistake anywhere imports nothing, and has its place.
    let wrong = "group,partner\npublic,2\npublik,3\npublic,9\n";
    let payload = authority.ask(
        Some(&authority.assurer),
        IMPORT,
        &importing(SURVEY, wrong, true),
    );
    let errors = payload["userErrors"].as_array().expect("mistakes");
    assert_eq!(errors.len(), 2, "{payload}");
    assert!(
        errors.iter().all(|error| error["field"] == "input.table"),
        "{payload}"
    );
    assert!(
        errors[0]["message"].to_string().contains("row 3"),
        "{payload}"
    );
    assert_eq!(errors[0]["nearest"], "public");
    let replaced = authority.done(
        IMPORT,
        &importing(SURVEY, "group,partner\npublic,6\n", true),
    );
    assert_eq!(count(&replaced), 1, "{replaced}");
    // Only those who run surveys import, and what is elsewhere looks absent.
    let analyst = authority.token("an.analyst", "analyst", "Q30");
    let refused = authority.mistake(Some(&analyst), IMPORT, &importing(SURVEY, table, false));
    assert_eq!(refused["code"], "NOT_PERMITTED", "{refused}");
    let elsewhere = authority.token("another", "assurer", "Q31");
    let hidden = authority.mistake(Some(&elsewhere), IMPORT, &importing(SURVEY, table, false));
    let missing = importing("south-of-tyne-and-wear/2008-09/5KF/none", table, false);
    let missing = authority.mistake(Some(&elsewhere), IMPORT, &missing);
    assert_eq!(hidden["code"], missing["code"], "{hidden} {missing}");
    let unauthenticated = ask(
        &authority.server,
        None,
        IMPORT,
        &importing(SURVEY, table, false),
    );
    assert_eq!(unauthenticated.status, 401, "{unauthenticated:?}");
    // Neither the log nor what is kept has an answer.
    let log = authority.server.log_with("answered");
    assert!(
        !log.contains("the paper secret") && !log.contains("publik"),
        "{log}"
    );
    assert!(!authority.everything_stored().contains("the paper secret"));
}

#[test]
fn a_survey_is_given_up_without_results() {
    let authority = Authority::new();
    authority.open();
    let people = invite(&authority, SURVEY, &[("local-authorities", 3)]);
    answer(&authority, &people[0], "partner", 4, "");
    let input = |apply: bool| json!({ "requestId": "discard", "survey": SURVEY, "apply": apply });
    let analyst = authority.token("an.analyst", "analyst", "Q30");
    let refused = authority.mistake(Some(&analyst), DISCARD, &input(true));
    assert_eq!(refused["code"], "NOT_PERMITTED", "{refused}");
    let shown = authority.done(DISCARD, &input(false));
    assert_eq!(shown["discarded"], false);
    assert_eq!(
        shown["survey"]["groups"][0],
        json!({ "code": "local-authorities", "invited": 3, "answered": 1, "imported": 0 })
    );
    assert_ne!(
        followed(&authority, &authority.assurer, SURVEY),
        Value::Null
    );
    let done = authority.done(DISCARD, &input(true));
    assert_eq!(
        (&done["discarded"], &done["survey"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(
        followed(&authority, &authority.assurer, SURVEY),
        Value::Null
    );
    let payload = authority.ask(None, SUBMIT, &super::submission(&people[1], 3, ""));
    assert_ne!(payload["submitted"], true, "{payload}");
    let ledger = printed_with(&authority.settings, &["ledger", "show"]);
    assert!(
        !ledger.contains("an.assurer"),
        "nothing was entered: {ledger}"
    );
    // A closed survey keeps its results.
    authority.open();
    close(&authority, SURVEY);
    for apply in [false, true] {
        let refused = authority.mistake(Some(&authority.assurer), DISCARD, &input(apply));
        assert_eq!(refused["code"], "REFUSED", "{refused}");
    }
    let kept = followed(&authority, &authority.assurer, SURVEY);
    assert_eq!(kept["state"], "CLOSED", "{kept}");
}
