//! The kinds of records of planning.

use super::Kind;
use crate::book::{CYCLE, LedgerApi};
use serde_json::json;
use wcc_core::record::RecordKind;

/// Enters the area of concern that support is recorded for.
pub(crate) fn share_area_of_concern(ledger_api: &LedgerApi) {
    let mutation = format!(
        "mutation {{ shareAreaOfConcern(input: {{ requestId: \"shared\", cycle: \"{CYCLE}\", \
         body: \"south-of-tyne-and-wear\", id: \"shared\", text: \"Skills.\" }}) \
         {{ userErrors {{ message }} }} }}"
    );
    let answer = ledger_api.change(&mutation, &json!({}));
    let errors = &answer["data"]["shareAreaOfConcern"]["userErrors"];
    assert_eq!(*errors, json!([]), "{answer}");
}

pub(super) fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            kind: RecordKind::CarriedRecord,
            field: "carryRecord",
            input: "CarryRecordInput",
            given: json!({
                "body": "5KF", "kind": "OWN_JUDGEMENT", "code": "6c", "about": ["6c"], "value": "2",
                "text": "Forecasts are reviewed.", "fromCycle": "an-earlier-year", "fromEntry": 4,
            }),
            corrected: json!({ "text": "Forecasts are reviewed each month." }),
            selection: "carried { text entry }",
            path: "/carried",
            shown: "text",
            values: [
                json!("Forecasts are reviewed."),
                json!("Forecasts are reviewed each month."),
            ],
            mistakes: vec![
                (json!({ "about": ["6z"] }), "input.about", "NOT_FOUND"),
                (json!({ "about": [] }), "input.about", "CONTRADICTION"),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
                (json!({ "fromEntry": -1 }), "input.fromEntry", "MALFORMED"),
                (
                    json!({ "fromCycle": "an-earlier-yaer" }),
                    "input.fromCycle",
                    "NOT_FOUND",
                ),
                (json!({ "value": "9" }), "input.value", "CONTRADICTION"),
                (json!({ "kind": "LEAD" }), "input.owner", "CONTRADICTION"),
                (json!({ "kind": "ACTION" }), "input.value", "CONTRADICTION"),
                (
                    json!({ "kind": "RECOMMENDATION", "value": null, "text": null }),
                    "input.text",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::AreaOfConcern,
            field: "shareAreaOfConcern",
            input: "ShareAreaOfConcernInput",
            given: json!({ "body": "5KF", "id": "skills", "text": "Market analysis.", "about": ["7a"] }),
            corrected: json!({ "text": "Skills in market analysis." }),
            selection: "areasOfConcern { text entry }",
            path: "/areasOfConcern",
            shown: "text",
            values: [
                json!("Market analysis."),
                json!("Skills in market analysis."),
            ],
            mistakes: vec![
                (json!({ "about": ["77"] }), "input.about", "NOT_FOUND"),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
            ],
        },
        Kind {
            kind: RecordKind::Support,
            field: "recordSupport",
            input: "RecordSupportInput",
            given: json!({
                "body": "south-of-tyne-and-wear", "id": "secondment", "areaOfConcern": "shared",
                "text": "A secondment.", "provider": "North East SHA",
            }),
            corrected: json!({ "state": "CHOSEN", "followUp": "It begins in May." }),
            selection: "support { state entry }",
            path: "/support",
            shown: "state",
            values: [json!("PROPOSED"), json!("CHOSEN")],
            mistakes: vec![
                (
                    json!({ "areaOfConcern": "none" }),
                    "input.areaOfConcern",
                    "NOT_FOUND",
                ),
                (json!({ "body": "5KF" }), "input.body", "CONTRADICTION"),
                (
                    json!({ "state": "DECLINED" }),
                    "input.followUp",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::Consequence,
            field: "recordConsequence",
            input: "RecordConsequenceInput",
            given: json!({
                "body": "5KF", "id": "monitoring", "kind": "INCENTIVE", "text": "Less monitoring.",
            }),
            corrected: json!({ "rule": "Level 3 or more on every competency." }),
            selection: "consequences { rule entry }",
            path: "/consequences",
            shown: "rule",
            values: [json!(null), json!("Level 3 or more on every competency.")],
            mistakes: vec![
                (
                    json!({ "id": "less monitoring" }),
                    "input.id",
                    "CONTRADICTION",
                ),
                (json!({ "text": " " }), "input.text", "MALFORMED"),
            ],
        },
        Kind {
            kind: RecordKind::Lead,
            field: "allocateLead",
            input: "AllocateLeadInput",
            given: json!({
                "body": "5KF", "area": "6", "person": "A. Director", "jobTitle": "Director of Finance",
                "staff": ["B. Analyst"],
            }),
            corrected: json!({ "person": "C. Director" }),
            selection: "leads { person entry }",
            path: "/leads",
            shown: "person",
            values: [json!("A. Director"), json!("C. Director")],
            mistakes: vec![
                (json!({ "area": "66" }), "input.area", "NOT_FOUND"),
                (json!({ "area": "6a" }), "input.area", "CONTRADICTION"),
                (json!({ "person": " " }), "input.person", "MALFORMED"),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
            ],
        },
        Kind {
            kind: RecordKind::Action,
            field: "recordAction",
            input: "RecordActionInput",
            given: json!({
                "body": "5KF", "id": "forecasts", "text": "Review the forecast each month.", "about": ["6c"],
                "owner": "A. Director", "due": "2008-12-31", "state": "STARTED", "horizon": "SHORT",
                "origin": { "kind": "EARLIER_REVIEW", "reference": "Fitness for Purpose: forecasting" },
            }),
            corrected: json!({ "progress": "Two months were reviewed." }),
            selection: "actions { progress entry }",
            path: "/actions",
            shown: "progress",
            values: [json!(null), json!("Two months were reviewed.")],
            mistakes: vec![
                (json!({ "about": ["66z"] }), "input.about", "NOT_FOUND"),
                (
                    json!({ "origin": { "kind": "RECOMMENDATION", "reference": "none" } }),
                    "input.origin.reference",
                    "NOT_FOUND",
                ),
                (
                    json!({ "origin": { "kind": "GAP" } }),
                    "input.origin.reference",
                    "CONTRADICTION",
                ),
                (
                    json!({ "due": null, "horizon": null }),
                    "input.due",
                    "CONTRADICTION",
                ),
                (
                    json!({ "state": "STOPPED" }),
                    "input.progress",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::Plan,
            field: "filePlan",
            input: "FilePlanInput",
            given: json!({
                "body": "5KF", "plan": "strategic-plan", "version": "draft-1", "date": "2008-09-30",
                "note": "For the board.",
            }),
            corrected: json!({ "note": "As the board saw it." }),
            selection: "plans { versions { note entry } }",
            path: "/plans/0/versions",
            shown: "note",
            values: [json!("For the board."), json!("As the board saw it.")],
            mistakes: vec![
                (json!({ "plan": "strategy" }), "input.plan", "NOT_FOUND"),
                (
                    json!({ "version": "first draft" }),
                    "input.version",
                    "CONTRADICTION",
                ),
                (json!({ "document": "12" }), "input.document", "MALFORMED"),
                (
                    json!({ "plan": "development-programme" }),
                    "input.body",
                    "CONTRADICTION",
                ),
                (json!({ "body": "Q30" }), "input.body", "CONTRADICTION"),
                (json!({ "body": "5ND" }), "input.body", "CONTRADICTION"),
            ],
        },
        Kind {
            kind: RecordKind::PlanLine,
            field: "recordPlanLine",
            input: "RecordPlanLineInput",
            given: json!({
                "body": "5KF", "plan": "operating-plan", "id": "quitters", "title": "Smoking quitters",
                "unit": "people",
                "planned": [100.0, 100.0, 100.0, 110.0, 110.0, 110.0, 90.0, 90.0, 90.0, 120.0, 120.0, 120.5],
                "actual": [98.5, 101.0, null, 107.25],
            }),
            corrected: json!({ "title": "People who stop smoking" }),
            selection: "plans { lines { title entry } }",
            path: "/plans/1/lines",
            shown: "title",
            values: [json!("Smoking quitters"), json!("People who stop smoking")],
            mistakes: vec![
                (
                    json!({ "plan": "strategic-plan" }),
                    "input.plan",
                    "CONTRADICTION",
                ),
                (
                    json!({ "planned": [1.0, 2.0] }),
                    "input.planned",
                    "CONTRADICTION",
                ),
                (
                    json!({ "actual": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] }),
                    "input.actual",
                    "MALFORMED",
                ),
                (
                    json!({ "actual": [1e-300] }),
                    "input.actual",
                    "CONTRADICTION",
                ),
                (json!({ "unit": "" }), "input.unit", "MALFORMED"),
            ],
        },
    ]
}
