//! Every kind of record can be entered, read, corrected and withdrawn while the server runs.

use crate::book::{CYCLE, LedgerApi};
use crate::kinds::{kinds, planning};
use crate::panel_kinds::prepared;
use serde_json::{Value, json};
use std::sync::Arc;
use wcc_core::policy::{Decision, Policy, Question, READ};
use wcc_core::record::RecordKind;

/// The other tests of this file cover every kind of record, and each kind is documented.
#[test]
fn every_kind_of_record_has_a_row_here_and_in_the_documentation() {
    let tested: Vec<RecordKind> = kinds().iter().map(|kind| kind.kind).collect();
    let documentation = include_str!("../../../../docs/graphql.md");
    for kind in RecordKind::ALL {
        assert!(tested.contains(kind), "{kind:?}");
    }
    for kind in kinds() {
        let row = format!("| `{}` |", kind.field);
        assert!(documentation.contains(&row), "docs/graphql.md: {row}");
    }
}

#[test]
fn every_kind_is_entered_read_corrected_and_withdrawn() {
    let ledger_api = prepared();
    planning::share_area_of_concern(&ledger_api);
    for kind in kinds() {
        let name = kind.field;
        let last = ledger_api.last();
        let payload = kind.enter(&ledger_api, &format!("{name} 1"), &[]);
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        assert_eq!(payload["entry"], last + 1, "{name}");
        assert_eq!(payload["cycle"]["code"], CYCLE, "{name}");
        let first = payload["entry"].clone();
        assert_eq!(
            kind.seen(&ledger_api, &first),
            Some(kind.values[0].clone()),
            "{name}"
        );

        // The same request again enters nothing.
        let again = kind.enter(&ledger_api, &format!("{name} 1"), &[]);
        assert_eq!(
            (&again["entry"], &again["repeated"]),
            (&first, &json!(true)),
            "{name}"
        );

        let supersedes = json!({ "supersedes": first });
        let corrected = kind.enter(
            &ledger_api,
            &format!("{name} 2"),
            &[&kind.corrected, &supersedes],
        );
        assert_eq!(corrected["userErrors"], json!([]), "{name}");
        let second = corrected["entry"].clone();
        assert_eq!(
            kind.seen(&ledger_api, &second),
            Some(kind.values[1].clone()),
            "{name}"
        );
        assert_eq!(kind.seen(&ledger_api, &first), None, "{name}");

        if kind.kind == RecordKind::Phase {
            // The only phase that is open in a cycle cannot be withdrawn.
            let another = json!({ "body": "5KF", "reason": "Of its own." });
            let payload = kind.enter(&ledger_api, &format!("{name} another"), &[&another]);
            assert_eq!(payload["userErrors"], json!([]), "{name}");
        }
        let withdraw = "mutation($input: WithdrawInput!) { withdraw(input: $input) { userErrors { message } } }";
        let input = json!({ "requestId": format!("{name} 3"), "entry": second, "reason": "Entered twice." });
        let withdrawn = ledger_api.change(withdraw, &json!({ "input": input }));
        assert_eq!(
            withdrawn["data"]["withdraw"]["userErrors"],
            json!([]),
            "{name}: {withdrawn}"
        );
        assert_eq!(kind.seen(&ledger_api, &second), None, "{name}");
    }
}

#[test]
fn a_mistake_names_the_field_and_enters_nothing() {
    let ledger_api = prepared();
    planning::share_area_of_concern(&ledger_api);
    let last = ledger_api.last();
    for kind in kinds() {
        for (wrong, field, code) in &kind.mistakes {
            let payload = kind.enter(&ledger_api, "wrong", &[wrong]);
            let errors = payload["userErrors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{}: {payload}", kind.field);
            assert_eq!(errors[0]["field"], *field, "{}: {payload}", kind.field);
            assert_eq!(errors[0]["code"], *code, "{}: {payload}", kind.field);
            assert_eq!(payload["entry"], Value::Null, "{}", kind.field);
        }
    }
    assert_eq!(ledger_api.last(), last);
}

/// Permits everybody to read and to perform one act.
#[derive(Debug)]
struct OneAct(&'static str);

impl Policy for OneAct {
    fn decide(&self, question: &Question<'_>) -> Decision {
        if [READ, self.0].contains(&question.act) {
            return Decision::Allowed;
        }
        Decision::Denied {
            reason: "your role may not do this".to_owned(),
        }
    }
}

#[test]
fn permission_for_one_act_permits_no_other() {
    let ledger_api = LedgerApi::new();
    planning::share_area_of_concern(&ledger_api);
    let last = ledger_api.last();
    ledger_api
        .ledger
        .set_policy(Arc::new(OneAct("record-statement")));
    for kind in kinds() {
        let payload = kind.enter(&ledger_api, kind.field, &[]);
        if kind.field == "recordStatement" {
            assert_eq!(payload["userErrors"], json!([]));
            continue;
        }
        let denied = json!([{
            "code": "NOT_PERMITTED", "field": null, "message": "your role may not do this",
        }]);
        assert_eq!(payload["userErrors"], denied, "{}", kind.field);
        assert_eq!(payload["entry"], Value::Null, "{}", kind.field);
    }
    assert_eq!(ledger_api.last(), last + 1);
}
