//! The kinds of records of a panel, for the tests of every kind.

use crate::book::{CYCLE, LedgerApi};
use crate::kinds::Kind;
use serde_json::json;
use wcc_core::record::RecordKind;

/// Two members of a panel, of whom one may score, and a comment that has no reply.
const MEMBER: &str = "a.member";
const SCORER: &str = "c.scorer";
const COMMENT: &str = "staff";

/// A ledger with what other records need.
pub(crate) fn prepared() -> LedgerApi {
    prepared_with(wcc_api::Settings::default())
}

/// The same with other settings of the API.
pub(crate) fn prepared_with(settings: wcc_api::Settings) -> LedgerApi {
    prepare(LedgerApi::with_settings(settings))
}

/// Enters what other records need.
pub(crate) fn prepare(ledger_api: LedgerApi) -> LedgerApi {
    let member = |person: &str, category: &str| json!({ "body": "5KF", "person": person, "name": person, "category": category });
    let inputs = [
        ("appointPanelMember", member(MEMBER, "peer")),
        ("appointPanelMember", member(SCORER, "other")),
        (
            "declareInterests",
            json!({ "body": "5KF", "person": SCORER, "nothingToDeclare": true }),
        ),
        (
            "commentOnFacts",
            json!({ "body": "5KF", "id": COMMENT, "comment": "There are 40 staff." }),
        ),
    ];
    for (at, (field, mut input)) in inputs.into_iter().enumerate() {
        let own = json!({ "requestId": format!("before {at}"), "cycle": CYCLE });
        let own = own.as_object().unwrap().clone();
        input.as_object_mut().unwrap().extend(own);
        let capital = field[..1].to_uppercase() + &field[1..];
        let mutation = format!(
            "mutation Enter($input: {capital}Input!) {{ {field}(input: $input) {{ userErrors {{ message }} }} }}"
        );
        let answer = ledger_api.change(&mutation, &json!({ "input": input }));
        assert_eq!(answer["data"][field]["userErrors"], json!([]), "{answer}");
    }
    open_earlier_year(&ledger_api);
    ledger_api
}

/// Opens the cycle that records are carried from.
fn open_earlier_year(ledger_api: &LedgerApi) {
    let opened = ledger_api.change(
        r#"mutation {
            openCycle(input: {
                requestId: "earlier cycle", id: "an-earlier-year", title: "An earlier year",
                framework: "wcc-2008-09", bodies: "south-of-tyne-and-wear/2008-09", assured: ["5KF"],
                asOf: "2007-11-30"
            }) { userErrors { message } }
        }"#,
        &json!({}),
    );
    assert_eq!(
        opened["data"]["openCycle"]["userErrors"],
        json!([]),
        "{opened}"
    );
}

/// A row for each kind.
pub(crate) fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            kind: RecordKind::PanelMember,
            field: "appointPanelMember",
            input: "AppointPanelMemberInput",
            given: json!({
                "body": "5KF", "person": "b.chair", "name": "B. Chair",
                "category": "peer", "chairs": true, "organisation": "Leeds PCT",
            }),
            corrected: json!({ "name": "Dr B. Chair" }),
            selection: "review { members { name entry } }",
            path: "/review/members",
            shown: "name",
            values: [json!("B. Chair"), json!("Dr B. Chair")],
            mistakes: vec![
                (
                    json!({ "category": "peers" }),
                    "input.category",
                    "NOT_FOUND",
                ),
                (
                    json!({ "organisation": "Gateshead PCT" }),
                    "input.organisation",
                    "CONTRADICTION",
                ),
                (json!({ "body": "Q30" }), "input.body", "NOT_ASSURED"),
            ],
        },
        Kind {
            kind: RecordKind::InterestDeclaration,
            field: "declareInterests",
            input: "DeclareInterestsInput",
            given: json!({
                "body": "5KF", "person": MEMBER,
                "interests": [{ "organisation": "5KF", "nature": "Worked there until 2006." }],
            }),
            corrected: json!({
                "interests": [{ "organisation": "5KF", "nature": "Worked there until 2007." }],
            }),
            selection: "review { members { interests { interests { nature } entry } } }",
            path: "/review/members/0/interests",
            shown: "interests",
            values: [
                json!([{ "nature": "Worked there until 2006." }]),
                json!([{ "nature": "Worked there until 2007." }]),
            ],
            mistakes: vec![
                (
                    json!({ "person": "nobody" }),
                    "input.person",
                    "CONTRADICTION",
                ),
                (
                    json!({ "interests": [], "nothingToDeclare": false }),
                    "input.nothingToDeclare",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::PanelDay,
            field: "planPanelDay",
            input: "PlanPanelDayInput",
            given: json!({
                "body": "5KF", "date": "2008-11-18", "venue": "Gateshead",
                "interviews": [
                    { "starts": "11:00", "with": "The board" },
                    { "starts": "09:30", "with": "The chief executive", "topic": "Strategy" },
                ],
            }),
            corrected: json!({ "venue": "Sunderland" }),
            selection: "review { day { venue entry } }",
            path: "/review/day",
            shown: "venue",
            values: [json!("Gateshead"), json!("Sunderland")],
            mistakes: vec![(
                json!({ "interviews": [{ "starts": "9.30", "with": "The board" }] }),
                "input.interviews[0].starts",
                "MALFORMED",
            )],
        },
        Kind {
            kind: RecordKind::Score,
            field: "scoreMeasure",
            input: "ScoreMeasureInput",
            given: json!({ "body": "5KF", "measure": "1a", "member": SCORER, "value": "2" }),
            corrected: json!({ "value": "3" }),
            selection: "cells(measures: [\"1a\"]) { memberScores { scores { value entry } } }",
            path: "/cells/0/memberScores/scores",
            shown: "value",
            values: [json!("2"), json!("3")],
            mistakes: vec![
                (json!({ "value": "green" }), "input.value", "NOT_FOUND"),
                (
                    json!({ "member": "nobody" }),
                    "input.member",
                    "CONTRADICTION",
                ),
                // Has declared nothing.
                (json!({ "member": MEMBER }), "input.member", "CONTRADICTION"),
                // The panel has judged it.
                (
                    json!({ "measure": "finance.1", "value": "amber" }),
                    "input.measure",
                    "CONTRADICTION",
                ),
            ],
        },
        Kind {
            kind: RecordKind::FactComment,
            field: "commentOnFacts",
            input: "CommentOnFactsInput",
            given: json!({
                "body": "5KF", "id": "reviews", "about": ["1a"], "quoted": "one review",
                "comment": "There were two reviews.",
            }),
            corrected: json!({ "comment": "There were three reviews." }),
            selection: "factComments { comment entry }",
            path: "/factComments",
            shown: "comment",
            values: [
                json!("There were two reviews."),
                json!("There were three reviews."),
            ],
            mistakes: vec![(json!({ "about": ["66z"] }), "input.about", "NOT_FOUND")],
        },
        Kind {
            kind: RecordKind::FactReply,
            field: "replyToComment",
            input: "ReplyToCommentInput",
            given: json!({
                "body": "5KF", "comment": COMMENT, "accepted": false, "reason": "It is in the minutes.",
            }),
            corrected: json!({ "reason": "It is in the minutes of June." }),
            selection: "factComments { reply { reason entry } }",
            path: "/factComments/0/reply",
            shown: "reason",
            values: [
                json!("It is in the minutes."),
                json!("It is in the minutes of June."),
            ],
            mistakes: vec![(
                json!({ "comment": "no-comment" }),
                "input.comment",
                "CONTRADICTION",
            )],
        },
    ]
}
