//! Every kind of record: how it is entered, read and corrected.

#[path = "kinds/planning.rs"]
pub(crate) mod planning;

use crate::book::{CYCLE, LedgerApi};
use crate::panel_kinds;
use serde_json::{Value, json};
use wcc_core::record::RecordKind;

/// A kind of record: its mutation, and a query that reads it.
pub(crate) struct Kind {
    pub(crate) kind: RecordKind,
    /// Field of the mutation.
    pub(crate) field: &'static str,
    /// Type of its input.
    pub(crate) input: &'static str,
    /// The fields of the input other than the request and the cycle.
    pub(crate) given: Value,
    /// The fields that the correction changes.
    pub(crate) corrected: Value,
    /// A query with `5KF` as its output.
    pub(crate) selection: &'static str,
    /// The path of the records in its answer, as a JSON pointer.
    pub(crate) path: &'static str,
    /// The field of a record that the correction changes.
    pub(crate) shown: &'static str,
    /// Its value before and after.
    pub(crate) values: [Value; 2],
    /// Wrong inputs, with the field and the code in the answer.
    pub(crate) mistakes: Vec<(Value, &'static str, &'static str)>,
}

/// A row for each kind.
pub(crate) fn kinds() -> Vec<Kind> {
    let mut kinds = kinds_of_the_assurance();
    kinds.extend(planning::kinds());
    kinds.extend(panel_kinds::kinds());
    kinds
}

fn kinds_of_the_assurance() -> Vec<Kind> {
    vec![
        Kind {
            kind: RecordKind::Judgement,
            field: "recordJudgement",
            input: "RecordJudgementInput",
            given: json!({ "body": "5KF", "measure": "1a", "method": "ANALYST", "value": "2", "reason": "Seen in the plan." }),
            corrected: json!({ "value": "3" }),
            selection: "cells(measures: [\"1a\"]) { marks(methods: [ANALYST]) { value entry } }",
            path: "/cells/0/marks",
            shown: "value",
            values: [json!("2"), json!("3")],
            mistakes: vec![
                (json!({ "measure": "1z" }), "input.measure", "NOT_FOUND"),
                (json!({ "value": "9" }), "input.value", "NOT_FOUND"),
            ],
        },
        Kind {
            kind: RecordKind::Evidence,
            field: "fileEvidence",
            input: "FileEvidenceInput",
            given: json!({ "body": "5KF", "id": "minutes", "kind": "DOCUMENT", "title": "Minutes of the board" }),
            corrected: json!({ "title": "Minutes of the board, June" }),
            selection: "evidence { title entry }",
            path: "/evidence",
            shown: "title",
            values: [
                json!("Minutes of the board"),
                json!("Minutes of the board, June"),
            ],
            mistakes: vec![
                (json!({ "measures": ["1z"] }), "input.measures", "NOT_FOUND"),
                (json!({ "title": " " }), "input.title", "MALFORMED"),
            ],
        },
        Kind {
            kind: RecordKind::Answer,
            field: "answerChallenge",
            input: "AnswerChallengeInput",
            given: json!({ "body": "5KF", "measure": "4c", "method": "PANEL", "reason": "It was evaluated in October." }),
            corrected: json!({ "reason": "It was evaluated in November." }),
            selection: "challenges { answer answerEntry }",
            path: "/challenges",
            shown: "answer",
            values: [
                json!("It was evaluated in October."),
                json!("It was evaluated in November."),
            ],
            mistakes: vec![
                (json!({ "measure": "8z" }), "input.measure", "NOT_FOUND"),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
                (json!({ "reason": " " }), "input.reason", "MALFORMED"),
            ],
        },
        Kind {
            kind: RecordKind::Survey,
            field: "recordSurveyResult",
            input: "RecordSurveyResultInput",
            given: json!({ "body": "5KF", "survey": "key-stakeholder", "measure": "6b", "score": 2.5 }),
            corrected: json!({ "score": 3.25 }),
            selection: "surveys { score entry }",
            path: "/surveys",
            shown: "score",
            values: [json!(2.5), json!(3.25)],
            mistakes: vec![
                (json!({ "measure": "6z" }), "input.measure", "NOT_FOUND"),
                (json!({ "body": "5K" }), "input.body", "NOT_FOUND"),
            ],
        },
        Kind {
            kind: RecordKind::Criterion,
            field: "recordCriterion",
            input: "RecordCriterionInput",
            given: json!({ "body": "5KF", "measure": "6c", "kind": "METRIC", "supports": "1", "reason": "The pack was late." }),
            corrected: json!({ "reason": "The pack was very late." }),
            selection: "criteria { reason entry }",
            path: "/criteria",
            shown: "reason",
            values: [
                json!("The pack was late."),
                json!("The pack was very late."),
            ],
            mistakes: vec![
                (json!({ "supports": "5" }), "input.supports", "NOT_FOUND"),
                (
                    json!({ "evidence": ["none"] }),
                    "input.evidence",
                    "NOT_FOUND",
                ),
            ],
        },
        Kind {
            kind: RecordKind::Outcome,
            field: "recordOutcome",
            input: "RecordOutcomeInput",
            given: json!({
                "pct": "5KF", "slot": 6, "outcome": "smoking-quitters", "title": "Men who stop smoking",
                "better": "HIGHER", "scope": "LOCAL", "series": "MALES",
                "rates": { "historic": 1.5, "aspiration": 2.0 },
                "values": [{ "year": 2006, "value": 800.0 }, { "year": 2007, "value": 820.0, "breakBefore": true }],
                "stated": { "position": "improved", "change": 2.5, "rateQuartile": 2 },
            }),
            corrected: json!({ "title": "Men who stopped smoking" }),
            selection: "outcomes { title entry }",
            path: "/outcomes",
            shown: "title",
            values: [
                json!("Men who stop smoking"),
                json!("Men who stopped smoking"),
            ],
            mistakes: vec![
                (json!({ "pct": "5K" }), "input.pct", "NOT_FOUND"),
                (
                    json!({ "pct": "south-of-tyne-and-wear" }),
                    "input.pct",
                    "CONTRADICTION",
                ),
                (json!({ "pct": "5ND" }), "input.pct", "NOT_ASSURED"),
                (
                    json!({ "stated": { "rateQuartile": 5 } }),
                    "input.stated.rateQuartile",
                    "CONTRADICTION",
                ),
                (
                    json!({ "rates": { "historicFrom": 2005 } }),
                    "input.rates",
                    "MALFORMED",
                ),
                (json!({ "slot": -1 }), "input.slot", "MALFORMED"),
                (
                    json!({ "rates": { "onsCluster": 5000.0 } }),
                    "input.rates.onsCluster",
                    "CONTRADICTION",
                ),
                (
                    json!({ "stated": { "position": "gained" } }),
                    "input.stated.position",
                    "CONTRADICTION",
                ),
                (
                    json!({ "values": [{ "year": 2006 }, { "year": 2007 }, { "year": 2006 }] }),
                    "input.values[2].year",
                    "CONTRADICTION",
                ),
                (
                    json!({ "values": [{ "year": 2006 }, { "year": 99_999 }] }),
                    "input.values[1].year",
                    "MALFORMED",
                ),
                (json!({ "slot": 11 }), "input.slot", "CONTRADICTION"),
                (json!({ "slot": 9 }), "input.slot", "CONTRADICTION"),
                (
                    json!({ "series": "PERSONS" }),
                    "input.outcome",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::Commentary,
            field: "recordCommentary",
            input: "RecordCommentaryInput",
            given: json!({ "body": "5KF", "headings": ["Competency 6"], "text": "Priorities are clear.", "components": ["6", "outcomes"] }),
            corrected: json!({ "text": "Priorities are clear and funded." }),
            selection: "commentary { text entry }",
            path: "/commentary",
            shown: "text",
            values: [
                json!("Priorities are clear."),
                json!("Priorities are clear and funded."),
            ],
            mistakes: vec![
                (
                    json!({ "components": ["66"] }),
                    "input.components",
                    "NOT_FOUND",
                ),
                (json!({ "headings": [""] }), "input.headings", "MALFORMED"),
            ],
        },
        Kind {
            kind: RecordKind::Recommendation,
            field: "recordRecommendation",
            input: "RecordRecommendationInput",
            given: json!({ "body": "5KF", "id": "funding", "text": "Fund the plan.", "about": ["6a"] }),
            corrected: json!({ "text": "Fund the whole plan." }),
            selection: "recommendations { text entry }",
            path: "/recommendations",
            shown: "text",
            values: [json!("Fund the plan."), json!("Fund the whole plan.")],
            mistakes: vec![
                (json!({ "about": ["66z"] }), "input.about", "NOT_FOUND"),
                (
                    json!({ "id": "market" }),
                    "input.supersedes",
                    "ALREADY_SAID",
                ),
            ],
        },
        Kind {
            kind: RecordKind::Statement,
            field: "recordStatement",
            input: "RecordStatementInput",
            given: json!({ "body": "5KF", "kind": "OUTCOMES_SLIPPED", "count": 3 }),
            corrected: json!({ "count": 4 }),
            selection: "outcomeStatements { count entry }",
            path: "/outcomeStatements",
            shown: "count",
            values: [json!(3), json!(4)],
            mistakes: vec![(json!({ "count": -3 }), "input.count", "MALFORMED")],
        },
        Kind {
            kind: RecordKind::Release,
            field: "releaseResults",
            input: "ReleaseResultsInput",
            given: json!({ "body": "Q30", "to": ["public"], "from": "2009-03-01", "uses": "Development." }),
            corrected: json!({ "uses": "Development, not ranking." }),
            selection: "cycle { releases { uses entry } }",
            path: "/cycle/releases",
            shown: "uses",
            values: [json!("Development."), json!("Development, not ranking.")],
            mistakes: vec![
                (json!({ "to": ["publics"] }), "input.to", "CONTRADICTION"),
                (json!({ "body": "5K" }), "input.body", "NOT_FOUND"),
            ],
        },
        Kind {
            kind: RecordKind::ReleasedOutput,
            field: "keepReleasedOutput",
            input: "KeepReleasedOutputInput",
            given: json!({
                "body": "5KF", "release": 7, "engine": "0.1.0", "framework": "wcc-2008-09 9f86d081", "plugins": ["once-north-east 0.1.0"],
                "document": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }),
            corrected: json!({ "engine": "0.1.1" }),
            selection: "releasedOutputs { engine entry }",
            path: "/releasedOutputs",
            shown: "engine",
            values: [json!("0.1.0"), json!("0.1.1")],
            mistakes: vec![
                (json!({ "document": "9f86" }), "input.document", "MALFORMED"),
                (json!({ "body": "5K" }), "input.body", "NOT_FOUND"),
            ],
        },
        Kind {
            kind: RecordKind::Approval,
            field: "approve",
            input: "ApproveInput",
            given: json!({ "body": "5KF", "approval": "submitted", "digest": digest(), "note": "Minute 7." }),
            corrected: json!({ "note": "Minute 8." }),
            selection: "approvals { note entry }",
            path: "/approvals",
            shown: "note",
            values: [json!("Minute 7."), json!("Minute 8.")],
            mistakes: vec![
                (
                    json!({ "approval": "submited" }),
                    "input.approval",
                    "NOT_FOUND",
                ),
                (json!({ "digest": "4f" }), "input.digest", "MALFORMED"),
                (
                    json!({ "digest": "0".repeat(64) }),
                    "input.digest",
                    "CONTRADICTION",
                ),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
            ],
        },
        Kind {
            kind: RecordKind::PhaseDates,
            field: "setTimetable",
            input: "SetTimetableInput",
            given: json!({ "body": "Q30", "phase": "panel-days", "from": "2008-11-10", "to": "2008-11-28", "note": "As agreed." }),
            corrected: json!({ "note": "A week later." }),
            selection: "cycle { timetable { note entry } }",
            path: "/cycle/timetable",
            shown: "note",
            values: [json!("As agreed."), json!("A week later.")],
            mistakes: vec![
                (json!({ "phase": "panel-day" }), "input.phase", "NOT_FOUND"),
                (json!({ "to": "2008-11-01" }), "input.to", "CONTRADICTION"),
            ],
        },
        Kind {
            kind: RecordKind::Phase,
            field: "openPhase",
            input: "OpenPhaseInput",
            given: json!({ "body": "Q30", "phase": "toolkit", "reason": "As planned." }),
            corrected: json!({ "reason": "A month early." }),
            selection: "cycle { phaseOpenings { reason entry } }",
            path: "/cycle/phaseOpenings",
            shown: "reason",
            values: [json!("As planned."), json!("A month early.")],
            mistakes: vec![
                (json!({ "phase": "toolkits" }), "input.phase", "NOT_FOUND"),
                (json!({ "body": "5K" }), "input.body", "NOT_FOUND"),
            ],
        },
        Kind {
            kind: RecordKind::Indicator,
            field: "recordIndicator",
            input: "RecordIndicatorInput",
            given: json!({
                "body": "5KF", "indicator": "obesity-admissions", "series": "FEMALES",
                "values": [
                    { "period": "2011/12", "value": 12.5, "lower": 11.0, "upper": 14.25 },
                    { "period": "2012/13", "value": 13.0, "breakBefore": true },
                ],
                "definition": {
                    "title": "Admissions for obesity", "unit": "per 100,000", "better": "LOWER", "min": 0.0,
                },
                "confidence": 95.0, "source": "A publication",
            }),
            corrected: json!({ "confidence": 99.8 }),
            selection: "indicators { confidence entry }",
            path: "/indicators",
            shown: "confidence",
            values: [json!(95.0), json!(99.8)],
            mistakes: vec![
                (json!({ "body": "5K" }), "input.body", "NOT_FOUND"),
                (
                    json!({ "values": [{ "period": "2011-12", "value": 1.0 }] }),
                    "input.values[0].period",
                    "MALFORMED",
                ),
            ],
        },
    ]
}

/// The digest of the self-assessment of 5KF, as it is loaded.
fn digest() -> Value {
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ approvals {{ code digest }} }} }}"
    );
    let mut answer = LedgerApi::new().ask(&query);
    let approvals = answer["data"]["output"]["approvals"].as_array_mut();
    let mut approvals = approvals.unwrap().iter_mut();
    let submitted = approvals.find(|approval| approval["code"] == "submitted");
    submitted.unwrap()["digest"].take()
}

impl Kind {
    pub(crate) fn enter(&self, ledger_api: &LedgerApi, request: &str, more: &[&Value]) -> Value {
        let mutation = format!(
            "mutation Enter($input: {}!) {{ answer: {}(input: $input) {{ entry repeated served \
             userErrors {{ code field message }} cycle {{ code }} }} }}",
            self.input, self.field
        );
        let mut input = json!({ "requestId": request, "cycle": CYCLE });
        for given in [&self.given].into_iter().chain(more.iter().copied()) {
            let fields = given.as_object().unwrap().clone();
            input.as_object_mut().unwrap().extend(fields);
        }
        let mut answer = ledger_api.change(&mutation, &json!({ "input": input }));
        assert_eq!(answer.get("errors"), None, "{}: {answer}", self.field);
        answer["data"]["answer"].take()
    }

    /// Reads the record of an entry, if it is current.
    pub(crate) fn seen(&self, ledger_api: &LedgerApi, entry: &Value) -> Option<Value> {
        let selection = self.selection;
        let query = format!("{{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ {selection} }} }}");
        let answer = ledger_api.ask(&query);
        assert_eq!(answer.get("errors"), None, "{answer}");
        let records = answer["data"]["output"].pointer(self.path);
        let records = match records {
            Some(Value::Array(records)) => records.clone(),
            // One record, or none.
            Some(record) => vec![record.clone()],
            None => Vec::new(),
        };
        let of_entry =
            |record: &&Value| [&record["entry"], &record["answerEntry"]].contains(&entry);
        records
            .iter()
            .find(of_entry)
            .map(|record| record[self.shown].clone())
    }
}
