//! Mutations: what is entered, what is refused and how that is said.

use crate::book::{CYCLE, Kept};
use serde_json::{Value, json};

pub(crate) const RECORD: &str = "mutation Record($input: RecordJudgementInput!) {
    recordJudgement(input: $input) {
        entry at repeated userErrors { code field message nearest } cycle { code }
    }
}";
const FILE: &str = "mutation File($input: FileEvidenceInput!) {
    fileEvidence(input: $input) {
        entry repeated userErrors { code field message nearest } cycle { code }
    }
}";
const WITHDRAW: &str = "mutation Withdraw($input: WithdrawInput!) {
    withdraw(input: $input) { entry at repeated userErrors { code field message nearest } }
}";

/// A judgement on the whole cluster, with other members put in.
pub(crate) fn judgement(request: &str, more: Value) -> Value {
    let mut input = json!({
        "requestId": request,
        "cycle": CYCLE,
        "body": "south-of-tyne-and-wear",
        "measure": "3c",
        "method": "CALIBRATED",
        "value": "2",
        "rationale": "Raised after the calibration day.",
        "recordedBy": "The calibration panel",
    });
    let Value::Object(more) = more else {
        panic!("members")
    };
    input.as_object_mut().unwrap().extend(more);
    json!({ "input": input })
}

fn evidence(request: &str, more: Value) -> Value {
    let mut input = json!({
        "requestId": request,
        "cycle": CYCLE,
        "id": "calibration-minutes",
        "body": "south-of-tyne-and-wear",
        "kind": "DOCUMENT",
        "title": "Minutes of the calibration day",
        "measures": ["3c"],
        "document": "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
    });
    let Value::Object(more) = more else {
        panic!("members")
    };
    input.as_object_mut().unwrap().extend(more);
    json!({ "input": input })
}

/// What a mutation answers: its payload, where the request itself was good.
fn payload(mut answer: Value, field: &str) -> Value {
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"][field].take()
}

impl Kept {
    pub(crate) fn record(&self, request: &str, more: Value) -> Value {
        payload(
            self.change(RECORD, &judgement(request, more)),
            "recordJudgement",
        )
    }

    fn file(&self, request: &str, more: Value) -> Value {
        payload(self.change(FILE, &evidence(request, more)), "fileEvidence")
    }

    fn withdraw(&self, request: &str, entry: i64, reason: &str) -> Value {
        let input = json!({ "requestId": request, "entry": entry, "reason": reason });
        payload(
            self.change(WITHDRAW, &json!({ "input": input })),
            "withdraw",
        )
    }

    /// The calibrated value of 5KF on 3c.
    fn calibrated(&self) -> Value {
        let answer = self.ask(&format!(
            "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ cells(measures: [\"3c\"]) {{ \
             value(method: CALIBRATED) }} }} }}"
        ));
        answer["data"]["output"]["cells"][0]["value"].clone()
    }
}

/// The only mistake: its code, field and nearest value.
fn mistake(payload: &Value) -> (&str, Option<&str>, Option<&str>) {
    let errors = payload["userErrors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{payload}");
    assert_eq!(payload["entry"], Value::Null);
    assert_eq!(payload["repeated"], false);
    let error = &errors[0];
    assert!(error["message"].as_str().unwrap().len() > 8, "{error}");
    (
        error["code"].as_str().unwrap(),
        error["field"].as_str(),
        error["nearest"].as_str(),
    )
}

#[test]
fn what_is_recorded_is_there_for_the_next_query() {
    let kept = Kept::new();
    let last = kept.last();
    assert_eq!(kept.calibrated(), Value::Null);
    let made = kept.record("one", json!({}));
    assert_eq!(made["entry"], last + 1);
    assert_eq!(made["repeated"], false);
    assert_eq!(made["userErrors"], json!([]));
    assert_eq!(made["cycle"]["code"], CYCLE);
    assert!(made["at"].as_str().unwrap().ends_with('Z'), "{made}");
    assert_eq!(kept.calibrated(), "2");
    // The ledger notes who entered it; the judgement says who judged.
    let note = kept.ledger.look(|state| state.entry(last + 1)).unwrap();
    assert_eq!(&*note.actor.person, "the clerk");
    let seen = kept.ask(&format!(
        "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ cells(measures: [\"3c\"]) {{ \
         marks(methods: [CALIBRATED]) {{ entry author rationale origin place }} }} }} }}"
    ));
    let mark = &seen["data"]["output"]["cells"][0]["marks"][0];
    assert_eq!(mark["entry"], last + 1, "{seen}");
    assert_eq!(mark["author"], "The calibration panel");
    assert_eq!(mark["rationale"], "Raised after the calibration day.");
    assert_eq!(mark["origin"], "CLUSTER");
    assert_eq!(mark["place"], format!("entry {}", last + 1));
}

#[test]
fn the_same_request_enters_once() {
    let kept = Kept::new();
    let first = kept.record("one", json!({}));
    let last = kept.last();
    let again = kept.record("one", json!({}));
    assert_eq!(again["repeated"], true);
    assert_eq!(
        (&again["entry"], &again["at"]),
        (&first["entry"], &first["at"])
    );
    assert_eq!(again["userErrors"], json!([]));
    let other = kept.record("one", json!({ "value": "3" }));
    assert_eq!(
        mistake(&other),
        ("REQUEST_ID_REUSED", Some("input.requestId"), None)
    );
    assert_eq!(kept.last(), last);
    assert_eq!(kept.calibrated(), "2");
}

#[test]
fn a_correction_supersedes() {
    let kept = Kept::new();
    let first = kept.record("one", json!({}))["entry"].as_i64().unwrap();
    let said = kept.record("two", json!({ "value": "3" }));
    let entry = first.to_string();
    assert_eq!(
        mistake(&said),
        (
            "ALREADY_SAID",
            Some("input.supersedes"),
            Some(entry.as_str())
        )
    );
    let made = kept.record("three", json!({ "value": "3", "supersedes": first }));
    assert_eq!(made["entry"], first + 1);
    assert_eq!(kept.calibrated(), "3");
    let stale = kept.record("four", json!({ "value": "1", "supersedes": first }));
    assert_eq!(
        mistake(&stale),
        ("NOT_SUPERSEDED", Some("input.supersedes"), None)
    );
    // A value that nobody knows is not the one that was known.
    let unknown = kept.record("five", json!({ "value": null, "supersedes": first + 1 }));
    assert_eq!(unknown["entry"], first + 2);
    assert_eq!(kept.calibrated(), Value::Null);
}

#[test]
fn mistakes_name_their_field_and_what_is_near() {
    let kept = Kept::new();
    let last = kept.last();
    for (more, expected) in [
        (json!({ "measure": "3d" }), ("NOT_FOUND", "measure", true)),
        (
            json!({ "body": "south-of-tyne" }),
            ("NOT_FOUND", "body", true),
        ),
        (
            json!({ "cycle": "south-of-tyne-and-wear/2008-90" }),
            ("NOT_FOUND", "cycle", true),
        ),
        (json!({ "value": "5" }), ("NOT_FOUND", "value", false)),
        (
            json!({ "assessor": "nobody at all" }),
            ("NOT_FOUND", "assessor", false),
        ),
        (
            json!({ "evidence": ["never-filed"] }),
            ("NOT_FOUND", "evidence", false),
        ),
        (
            json!({ "supersedes": 0 }),
            ("MALFORMED", "supersedes", false),
        ),
        (
            json!({ "supersedes": 99_999 }),
            ("NOT_SUPERSEDED", "supersedes", false),
        ),
        (
            json!({ "rationale": "x".repeat(20_001) }),
            ("TOO_LONG", "rationale", false),
        ),
        (
            json!({ "rationale": " \n" }),
            ("MALFORMED", "rationale", false),
        ),
        (
            json!({ "rationale": "a bell \u{7}" }),
            ("MALFORMED", "rationale", false),
        ),
        (json!({ "reason": "" }), ("MALFORMED", "reason", false)),
        (
            json!({ "source": "x".repeat(1_001) }),
            ("TOO_LONG", "source", false),
        ),
        (
            json!({ "measure": "x".repeat(201) }),
            ("TOO_LONG", "measure", false),
        ),
        (
            json!({ "evidence": vec!["x"; 201] }),
            ("TOO_LONG", "evidence", false),
        ),
        (
            json!({ "requestId": "" }),
            ("MALFORMED", "requestId", false),
        ),
        (
            json!({ "requestId": "x".repeat(101) }),
            ("TOO_LONG", "requestId", false),
        ),
        (
            json!({ "requestId": "two\nlines" }),
            ("MALFORMED", "requestId", false),
        ),
        // What files may not have either.
        (
            json!({ "source": "two\nlines" }),
            ("MALFORMED", "source", false),
        ),
        (
            json!({ "rationale": "turned \u{202e} over" }),
            ("MALFORMED", "rationale", false),
        ),
        (
            json!({ "measure": "1a\u{200b}" }),
            ("MALFORMED", "measure", false),
        ),
        (
            json!({ "body": "5KF", "assessor": "5KF" }),
            ("CONTRADICTION", "assessor", false),
        ),
        (json!({ "body": "Q30" }), ("CONTRADICTION", "body", false)),
    ] {
        let shown = more.to_string().chars().take(60).collect::<String>();
        let said = kept.record("one", more);
        let (code, field, nearest) = mistake(&said);
        assert_eq!(code, expected.0, "{shown}");
        assert_eq!(
            field,
            Some(format!("input.{}", expected.1).as_str()),
            "{shown}"
        );
        if expected.2 {
            assert!(nearest.is_some(), "{shown}: {said}");
        }
    }
    assert_eq!(kept.last(), last, "nothing was entered");
    let two = kept.record("one", json!({ "body": "", "measure": "\u{0}" }));
    assert_eq!(
        two["userErrors"].as_array().unwrap().len(),
        2,
        "all at once"
    );
}

#[test]
fn a_departure_needs_its_reason() {
    let kept = Kept::new();
    let made = kept.record("cluster", json!({}));
    assert_eq!(made["userErrors"], json!([]));
    let departure = json!({ "body": "5KF", "value": "1" });
    let silent = kept.record("pct", departure.clone());
    assert_eq!(
        mistake(&silent),
        ("CONTRADICTION", Some("input.reason"), None)
    );
    let mut told = departure;
    told["reason"] = json!("Its own engagement team left in spring.");
    assert_eq!(kept.record("pct", told)["userErrors"], json!([]));
    assert_eq!(kept.calibrated(), "1");
    // A value for the cluster that makes a departure of another's value is not that value's fault.
    let panel = json!({ "body": "5KF", "measure": "3b", "value": "2" });
    assert_eq!(kept.record("own", panel)["userErrors"], json!([]));
    let shared = kept.record("shared", json!({ "measure": "3b", "value": "3" }));
    assert_eq!(mistake(&shared), ("CONTRADICTION", None, None));
}

#[test]
fn evidence_is_filed_and_named() {
    let kept = Kept::new();
    let filed = kept.file("file", json!({}));
    assert_eq!(filed["userErrors"], json!([]));
    let made = kept.record("one", json!({ "evidence": ["calibration-minutes"] }));
    assert_eq!(made["userErrors"], json!([]));
    let seen = kept.ask(&format!(
        "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ evidence {{ code document entry title }} }} }}"
    ));
    let mut all = seen["data"]["output"]["evidence"]
        .as_array()
        .unwrap()
        .iter();
    let found = all
        .find(|one| one["code"] == "calibration-minutes")
        .unwrap();
    assert_eq!(found["entry"], filed["entry"]);
    assert_eq!(
        found["document"],
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    );
    let wrong = kept.file("again", json!({ "document": "abc" }));
    assert_eq!(mistake(&wrong), ("MALFORMED", Some("input.document"), None));
    let wrong = kept.file("again", json!({ "id": "x", "measures": ["3c", "3z"] }));
    assert_eq!(mistake(&wrong).1, Some("input.measures"));
    let relied_on = kept.withdraw("gone", filed["entry"].as_i64().unwrap(), "a draft");
    assert_eq!(
        mistake(&relied_on),
        ("NOT_WITHDRAWN", Some("input.entry"), None)
    );
}

#[test]
fn what_is_withdrawn_stands_no_more() {
    let kept = Kept::new();
    let entry = kept.record("one", json!({}))["entry"].as_i64().unwrap();
    assert_eq!(kept.calibrated(), "2");
    let gone = kept.withdraw("two", entry, "Entered for the wrong year.");
    assert_eq!(
        (&gone["entry"], &gone["userErrors"]),
        (&json!(entry + 1), &json!([]))
    );
    assert_eq!(kept.calibrated(), Value::Null);
    let again = kept.withdraw("three", entry, "Once more.");
    assert_eq!(
        mistake(&again),
        ("NOT_SUPERSEDED", Some("input.entry"), None)
    );
    let nothing = kept.withdraw("four", 99_999, "What?");
    assert_eq!(mistake(&nothing).1, Some("input.entry"));
    let opening = kept.withdraw("five", 1, "The rule book.");
    assert_eq!(mistake(&opening).0, "NOT_WITHDRAWN");
}

#[test]
fn the_fields_of_one_operation_follow_one_another() {
    let kept = Kept::new();
    let (last, one) = (kept.last(), judgement("one", json!({})));
    let correction = judgement("three", json!({ "value": "3", "supersedes": last + 1 }));
    let variables = json!({
        "one": one["input"],
        "two": judgement("two", json!({ "measure": "3z" }))["input"],
        "three": correction["input"],
    });
    let value = "cycle { outputs(first: 1) { edges { node { cells(measures: [\"3c\"]) { \
                 value(method: CALIBRATED) } } } } }";
    let answer = kept.change(
        &format!(
            "mutation Several($one: RecordJudgementInput!, $two: RecordJudgementInput!, \
             $three: RecordJudgementInput!) {{
                 __typename
                 one: recordJudgement(input: $one) {{ entry {value} }}
                 two: recordJudgement(input: $two) {{ entry userErrors {{ field }} {value} }}
                 three: recordJudgement(input: $three) {{ entry {value} }}
             }}"
        ),
        &variables,
    );
    let data = &answer["data"];
    let value =
        |of: &Value| of["cycle"]["outputs"]["edges"][0]["node"]["cells"][0]["value"].clone();
    assert_eq!(data["__typename"], "Mutation");
    assert_eq!(data["one"]["entry"], last + 1, "{answer}");
    assert_eq!(value(&data["one"]), "2");
    assert_eq!(data["two"]["userErrors"][0]["field"], "input.measure");
    assert_eq!(data["two"]["cycle"], Value::Null);
    assert_eq!(data["three"]["entry"], last + 2);
    assert_eq!(value(&data["three"]), "3");
}

#[test]
fn an_input_that_is_not_of_its_type_is_refused_whole() {
    let kept = Kept::new();
    let last = kept.last();
    for more in [
        json!({ "method": "GUESS" }),
        json!({ "date": "2009-02-30" }),
        json!({ "requestId": null }),
        json!({ "supersedes": "one" }),
        json!({ "unknown": 1 }),
    ] {
        let answer = kept.change(RECORD, &judgement("one", more.clone()));
        assert_eq!(answer.get("data"), None, "{more}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    for query in [
        "mutation { recordJudgement { entry } }",
        "mutation { erase { entry } }",
        "mutation { recordJudgement(input: { requestId: \"x\" }) { entry } }",
        "mutation { __schema { types { name } } }",
    ] {
        let answer = kept.change(query, &json!({}));
        assert_eq!(answer.get("data"), None, "{query}");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query}: {answer}");
    }
    assert_eq!(kept.last(), last);
}

#[test]
fn nobody_writes_in_nobodys_name() {
    let kept = Kept::new();
    let last = kept.last();
    let variables = judgement("one", json!({})).to_string();
    let request = wcc_api::Request::new(RECORD).variables(variables);
    let answer: Value = serde_json::from_str(&kept.text(request)).unwrap();
    assert_eq!(answer.get("data"), None);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(kept.last(), last);
}

#[test]
fn a_mutation_of_which_nothing_is_left_does_nothing_and_answers_nothing() {
    let kept = Kept::new();
    let last = kept.last();
    let skipped = |query: &str, variables: Value| {
        let request = wcc_api::Request::new(query)
            .variables(variables.to_string())
            .actor(wcc_core::Actor::operator("the clerk"));
        kept.text(request)
    };
    let withdraw = "withdraw(input: { requestId: \"x\", entry: 1, reason: \"y\" })";
    for (query, variables) in [
        (
            "mutation { __typename @skip(if: true) }".to_owned(),
            json!({}),
        ),
        (
            format!("mutation {{ {withdraw} @skip(if: true) {{ entry }} }}"),
            json!({}),
        ),
        (
            format!("mutation {{ {withdraw} @include(if: false) {{ entry }} }}"),
            json!({}),
        ),
        (
            format!(
                "mutation($no: Boolean!) {{ ... @include(if: $no) {{ {withdraw} {{ entry }} }} }}"
            ),
            json!({ "no": false }),
        ),
        (
            format!(
                "mutation {{ ...F @skip(if: true) }} fragment F on Mutation {{ {withdraw} {{ entry }} }}"
            ),
            json!({}),
        ),
    ] {
        assert_eq!(skipped(&query, variables), r#"{"data":{}}"#, "{query}");
    }
    assert_eq!(kept.last(), last);
    let some = skipped(
        &format!("mutation {{ {withdraw} @skip(if: true) {{ entry }} __typename }}"),
        json!({}),
    );
    assert_eq!(some, r#"{"data":{"__typename":"Mutation"}}"#);
    let nested = skipped(
        &format!("mutation {{ {withdraw} {{ entry @skip(if: true) }} }}"),
        json!({}),
    );
    assert_eq!(nested, r#"{"data":{"withdraw":{}}}"#);
    let query = "{ cycles @skip(if: true) { code } }";
    assert_eq!(kept.text(wcc_api::Request::new(query)), r#"{"data":{}}"#);
    let query = "{ ledger { head @include(if: false) { entry } } }";
    assert_eq!(
        kept.text(wcc_api::Request::new(query)),
        r#"{"data":{"ledger":{}}}"#
    );
}
