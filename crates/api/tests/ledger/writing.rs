//! Mutations: their effects, their refusals and the answers.

use crate::book::{CYCLE, LedgerApi};
use serde_json::{Value, json};

pub(crate) const RECORD: &str = "mutation Record($input: RecordJudgementInput!) {
    recordJudgement(input: $input) {
        entry at repeated userErrors { code field message nearest } cycle { code }
    }
}";
pub(crate) const FILE: &str = "mutation File($input: FileEvidenceInput!) {
    fileEvidence(input: $input) {
        entry repeated userErrors { code field message nearest } cycle { code }
    }
}";
const WITHDRAW: &str = "mutation Withdraw($input: WithdrawInput!) {
    withdraw(input: $input) { entry at repeated userErrors { code field message nearest } }
}";

/// Returns a judgement on the whole cluster; `more` adds or replaces members.
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

pub(crate) fn evidence(request: &str, more: Value) -> Value {
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

/// Returns the payload of a mutation. The request itself must be valid.
fn payload(mut answer: Value, field: &str) -> Value {
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"][field].take()
}

impl LedgerApi {
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

    /// Reads the calibrated value of 5KF on 3c.
    fn calibrated(&self) -> Value {
        let answer = self.ask(&format!(
            "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ cells(measures: [\"3c\"]) {{ \
             value(method: CALIBRATED) }} }} }}"
        ));
        answer["data"]["output"]["cells"][0]["value"].clone()
    }
}

/// Returns the code, field and nearest value of the only mistake.
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
fn the_next_query_reads_a_new_record() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    assert_eq!(ledger_api.calibrated(), Value::Null);
    let answer = ledger_api.record("one", json!({}));
    assert_eq!(answer["entry"], last + 1);
    assert_eq!(answer["repeated"], false);
    assert_eq!(answer["userErrors"], json!([]));
    assert_eq!(answer["cycle"]["code"], CYCLE);
    assert!(answer["at"].as_str().unwrap().ends_with('Z'), "{answer}");
    assert_eq!(ledger_api.calibrated(), "2");
    // The ledger records who entered the judgement; the judgement names the assessor.
    let note = ledger_api
        .ledger
        .look(|state| state.entry(last + 1))
        .unwrap();
    assert_eq!(&*note.actor.person, "the clerk");
    let read = ledger_api.ask(&format!(
        "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ cells(measures: [\"3c\"]) {{ \
         marks(methods: [CALIBRATED]) {{ entry author rationale origin place }} }} }} }}"
    ));
    let mark = &read["data"]["output"]["cells"][0]["marks"][0];
    assert_eq!(mark["entry"], last + 1, "{read}");
    assert_eq!(mark["author"], "The calibration panel");
    assert_eq!(mark["rationale"], "Raised after the calibration day.");
    assert_eq!(mark["origin"], "CLUSTER");
    assert_eq!(mark["place"], format!("entry {}", last + 1));
}

#[test]
fn the_same_request_enters_once() {
    let ledger_api = LedgerApi::new();
    let first = ledger_api.record("one", json!({}));
    let last = ledger_api.last();
    let again = ledger_api.record("one", json!({}));
    assert_eq!(again["repeated"], true);
    assert_eq!(
        (&again["entry"], &again["at"]),
        (&first["entry"], &first["at"])
    );
    assert_eq!(again["userErrors"], json!([]));
    let other = ledger_api.record("one", json!({ "value": "3" }));
    assert_eq!(
        mistake(&other),
        ("REQUEST_ID_REUSED", Some("input.requestId"), None)
    );
    assert_eq!(ledger_api.last(), last);
    assert_eq!(ledger_api.calibrated(), "2");
}

#[test]
fn a_correction_supersedes() {
    let ledger_api = LedgerApi::new();
    let first = ledger_api.record("one", json!({}))["entry"]
        .as_i64()
        .unwrap();
    let refused = ledger_api.record("two", json!({ "value": "3" }));
    let entry = first.to_string();
    assert_eq!(
        mistake(&refused),
        (
            "ALREADY_SAID",
            Some("input.supersedes"),
            Some(entry.as_str())
        )
    );
    let answer = ledger_api.record("three", json!({ "value": "3", "supersedes": first }));
    assert_eq!(answer["entry"], first + 1);
    assert_eq!(ledger_api.calibrated(), "3");
    let stale = ledger_api.record("four", json!({ "value": "1", "supersedes": first }));
    assert_eq!(
        mistake(&stale),
        ("NOT_SUPERSEDED", Some("input.supersedes"), None)
    );
    // An unknown value does not repeat the known one.
    let unknown = ledger_api.record("five", json!({ "value": null, "supersedes": first + 1 }));
    assert_eq!(unknown["entry"], first + 2);
    assert_eq!(ledger_api.calibrated(), Value::Null);
}

#[test]
fn mistakes_name_their_field_and_the_nearest_value() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
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
        // Files may not have these either.
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
        let answer = ledger_api.record("one", more);
        let (code, field, nearest) = mistake(&answer);
        assert_eq!(code, expected.0, "{shown}");
        assert_eq!(
            field,
            Some(format!("input.{}", expected.1).as_str()),
            "{shown}"
        );
        if expected.2 {
            assert!(nearest.is_some(), "{shown}: {answer}");
        }
    }
    assert_eq!(ledger_api.last(), last, "nothing was entered");
    let two = ledger_api.record("one", json!({ "body": "", "measure": "\u{0}" }));
    assert_eq!(
        two["userErrors"].as_array().unwrap().len(),
        2,
        "all at once"
    );
}

#[test]
fn a_departure_needs_its_reason() {
    let ledger_api = LedgerApi::new();
    let answer = ledger_api.record("cluster", json!({}));
    assert_eq!(answer["userErrors"], json!([]));
    let departure = json!({ "body": "5KF", "value": "1" });
    let silent = ledger_api.record("pct", departure.clone());
    assert_eq!(
        mistake(&silent),
        ("CONTRADICTION", Some("input.reason"), None)
    );
    let mut told = departure;
    told["reason"] = json!("Its own engagement team left in spring.");
    assert_eq!(ledger_api.record("pct", told)["userErrors"], json!([]));
    assert_eq!(ledger_api.calibrated(), "1");
    // A value for the cluster is refused if it turns an existing value into a departure without a
    //     // reason.
    let panel = json!({ "body": "5KF", "measure": "3b", "value": "2" });
    assert_eq!(ledger_api.record("own", panel)["userErrors"], json!([]));
    let shared = ledger_api.record("shared", json!({ "measure": "3b", "value": "3" }));
    assert_eq!(mistake(&shared), ("CONTRADICTION", None, None));
}

#[test]
fn evidence_is_filed_and_cited() {
    let ledger_api = LedgerApi::new();
    let filed = ledger_api.file("file", json!({}));
    assert_eq!(filed["userErrors"], json!([]));
    let answer = ledger_api.record("one", json!({ "evidence": ["calibration-minutes"] }));
    assert_eq!(answer["userErrors"], json!([]));
    let read = ledger_api.ask(&format!(
        "{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ evidence {{ code document entry title }} }} }}"
    ));
    let mut all = read["data"]["output"]["evidence"]
        .as_array()
        .unwrap()
        .iter();
    let found = all
        .find(|item| item["code"] == "calibration-minutes")
        .unwrap();
    assert_eq!(found["entry"], filed["entry"]);
    assert_eq!(
        found["document"],
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    );
    let wrong = ledger_api.file("again", json!({ "document": "abc" }));
    assert_eq!(mistake(&wrong), ("MALFORMED", Some("input.document"), None));
    let wrong = ledger_api.file("again", json!({ "id": "x", "measures": ["3c", "3z"] }));
    assert_eq!(mistake(&wrong).1, Some("input.measures"));
    let relied_on = ledger_api.withdraw("gone", filed["entry"].as_i64().unwrap(), "a draft");
    assert_eq!(
        mistake(&relied_on),
        ("NOT_WITHDRAWN", Some("input.entry"), None)
    );
}

#[test]
fn a_withdrawn_record_no_longer_applies() {
    let ledger_api = LedgerApi::new();
    let entry = ledger_api.record("one", json!({}))["entry"]
        .as_i64()
        .unwrap();
    assert_eq!(ledger_api.calibrated(), "2");
    let gone = ledger_api.withdraw("two", entry, "Entered for the wrong year.");
    assert_eq!(
        (&gone["entry"], &gone["userErrors"]),
        (&json!(entry + 1), &json!([]))
    );
    assert_eq!(ledger_api.calibrated(), Value::Null);
    let again = ledger_api.withdraw("three", entry, "Once more.");
    assert_eq!(
        mistake(&again),
        ("NOT_SUPERSEDED", Some("input.entry"), None)
    );
    let nothing = ledger_api.withdraw("four", 99_999, "What?");
    assert_eq!(mistake(&nothing).1, Some("input.entry"));
    let opening = ledger_api.withdraw("five", 1, "The rule book.");
    assert_eq!(mistake(&opening).0, "NOT_WITHDRAWN");
}

#[test]
fn the_fields_of_one_operation_are_executed_in_order() {
    let ledger_api = LedgerApi::new();
    let (last, one) = (ledger_api.last(), judgement("one", json!({})));
    let correction = judgement("three", json!({ "value": "3", "supersedes": last + 1 }));
    let variables = json!({
        "one": one["input"],
        "two": judgement("two", json!({ "measure": "3z" }))["input"],
        "three": correction["input"],
    });
    let value = "cycle { outputs(first: 1) { edges { node { cells(measures: [\"3c\"]) { \
                 value(method: CALIBRATED) } } } } }";
    let answer = ledger_api.change(
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
fn an_input_of_the_wrong_type_is_refused_as_a_whole() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    for more in [
        json!({ "method": "GUESS" }),
        json!({ "date": "2009-02-30" }),
        json!({ "requestId": null }),
        json!({ "supersedes": "one" }),
        json!({ "unknown": 1 }),
    ] {
        let answer = ledger_api.change(RECORD, &judgement("one", more.clone()));
        assert_eq!(answer.get("data"), None, "{more}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    for query in [
        "mutation { recordJudgement { entry } }",
        "mutation { erase { entry } }",
        "mutation { recordJudgement(input: { requestId: \"x\" }) { entry } }",
        "mutation { __schema { types { name } } }",
    ] {
        let answer = ledger_api.change(query, &json!({}));
        assert_eq!(answer.get("data"), None, "{query}");
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{query}: {answer}");
    }
    assert_eq!(ledger_api.last(), last);
}

#[test]
fn an_anonymous_client_cannot_write() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    let variables = judgement("one", json!({})).to_string();
    let request = wcc_api::Request::new(RECORD).variables(variables);
    let answer: Value = serde_json::from_str(&ledger_api.text(request)).unwrap();
    assert_eq!(answer.get("data"), None);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(ledger_api.last(), last);
}

#[test]
fn a_mutation_with_an_empty_selection_does_nothing() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    let skipped = |query: &str, variables: Value| {
        let request = wcc_api::Request::new(query)
            .variables(variables.to_string())
            .actor(wcc_core::Actor::operator("the clerk"));
        ledger_api.text(request)
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
    assert_eq!(ledger_api.last(), last);
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
    assert_eq!(
        ledger_api.text(wcc_api::Request::new(query)),
        r#"{"data":{}}"#
    );
    let query = "{ ledger { head @include(if: false) { entry } } }";
    assert_eq!(
        ledger_api.text(wcc_api::Request::new(query)),
        r#"{"data":{"ledger":{}}}"#
    );
}
