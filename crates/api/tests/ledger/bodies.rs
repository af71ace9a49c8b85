//! Bodies that have ended, bodies that a cycle does not assure, and a case's own tables.

use crate::book::LedgerApi;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Writes a case with its own tables: `alpha` and `old-group` ended before the day of the cycle, but
/// still have memberships and delegations; `beta` continues. 5J9 is not part of the cycle.
fn case() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "case.toml",
        "title = \"A case\"\nsource = \"Invented\"\nillustrative = \"Invented.\"\n\n\
         [[cycle]]\nid = \"2008-09\"\nframework = \"wcc-2008-09\"\nas_of = 2009-03-31\n\
         pcts = [\"5KF\", \"5KG\"]\n",
    );
    write(
        "clusters.csv",
        "code,name,sha,from,until\nalpha,Alpha,Q30,,2008-12-01\nbeta,Beta,Q30,,\n",
    );
    write(
        "memberships.csv",
        "cluster,pct,from,until\nalpha,5KF,,\nbeta,5KG,,\nbeta,5J9,,\n",
    );
    write(
        "functions.csv",
        "code,name,sha,commissions,from,until\n\
         old-group,Old group,Q30,yes,,2008-12-01\nnew-group,New group,Q30,yes,,\n",
    );
    write(
        "delegations.csv",
        "function,pct,from,until\nold-group,5KF,,\nnew-group,5KF,,\n",
    );
    write(
        "judgements.csv",
        "body,measure,method,value,source\n5KF,1a,panel,2,seen\nbeta,1b,panel,3,seen\n",
    );
    folder
}

fn record(ledger_api: &LedgerApi, body: &str, measure: &str) -> Value {
    let query = "mutation($input: RecordJudgementInput!) { recordJudgement(input: $input) {
        entry userErrors { code field message } } }";
    let input = json!({
        "requestId": format!("{body} {measure}"), "cycle": cycle(ledger_api), "body": body,
        "measure": measure, "method": "PANEL", "value": "2", "reason": "seen",
    });
    ledger_api.change(query, &json!({ "input": input }))["data"]["recordJudgement"].take()
}

fn cycle(ledger_api: &LedgerApi) -> String {
    let answer = ledger_api.ask("{ cycles { code } }");
    answer["data"]["cycles"][0]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn an_ended_body_has_no_members() {
    let ledger_api = LedgerApi::with(case().path());
    let answer = ledger_api.ask(
        "{ alpha: cluster(code: \"alpha\") { pcts { code } earlier: pcts(on: \"2008-11-30\") { code } }
           beta: cluster(code: \"beta\") { pcts { code } }
           old: function(code: \"old-group\") { delegatedBy { code } earlier: delegatedBy(on: \"2008-11-30\") { code } }
           new: function(code: \"new-group\") { delegatedBy { code } } }",
    );
    let codes = |codes: &[&str]| {
        json!(
            codes
                .iter()
                .map(|code| json!({ "code": code }))
                .collect::<Vec<_>>()
        )
    };
    let data = &answer["data"];
    assert_eq!(data["alpha"]["pcts"], json!([]), "{answer}");
    assert_eq!(data["alpha"]["earlier"], codes(&["5KF"]));
    assert_eq!(data["beta"]["pcts"], codes(&["5KG", "5J9"]));
    assert_eq!(data["old"]["delegatedBy"], json!([]));
    assert_eq!(data["old"]["earlier"], codes(&["5KF"]));
    assert_eq!(data["new"]["delegatedBy"], codes(&["5KF"]));
}

#[test]
fn a_body_is_read_from_the_tables_of_the_case_that_is_loaded() {
    let ledger_api = LedgerApi::with(case().path());
    let answer = ledger_api.ask(
        "{ kg: pct(code: \"5KG\") { cluster { code } }
           kf: pct(code: \"5KF\") { cluster { code } earlier: cluster(on: \"2008-11-30\") { code } }
           j9: body(code: \"5J9\") { ... on Pct { cluster { code pcts { code } } } }
           sha(code: \"Q30\") { clusters { code } } }",
    );
    let data = &answer["data"];
    assert_eq!(data["kg"]["cluster"]["code"], "beta", "{answer}");
    assert_eq!(data["kf"]["cluster"], Value::Null);
    assert_eq!(data["kf"]["earlier"]["code"], "alpha");
    assert_eq!(data["j9"]["cluster"]["code"], "beta");
    let clusters = data["sha"]["clusters"].as_array().unwrap();
    let clusters: Vec<&str> = clusters
        .iter()
        .filter_map(|body| body["code"].as_str())
        .collect();
    assert_eq!(clusters, ["alpha", "beta"]);
}

#[test]
fn a_record_that_affects_no_pct_is_not_entered() {
    let ledger_api = LedgerApi::with(case().path());
    let last = ledger_api.last();
    for (body, code, part) in [
        ("5J9", "NOT_ASSURED", "is not assured in the cycle"),
        ("alpha", "CONTRADICTION", "ended on 2008-12-01"),
        ("old-group", "CONTRADICTION", "ended on 2008-12-01"),
        ("south-of-tyne-and-wear", "NOT_FOUND", "there is no body"),
    ] {
        let refused = record(&ledger_api, body, "2a");
        assert_eq!(refused["entry"], Value::Null, "{body}: {refused}");
        let errors = refused["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{body}: {refused}");
        assert_eq!(errors[0]["code"], code, "{body}: {refused}");
        assert_eq!(errors[0]["field"], "input.body", "{body}: {refused}");
        let message = errors[0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{body}: {message}");
    }
    assert_eq!(ledger_api.last(), last);
    for body in ["5KF", "beta", "new-group"] {
        let answer = record(&ledger_api, body, "2b");
        assert_eq!(answer["userErrors"], json!([]), "{body}: {answer}");
    }
}
