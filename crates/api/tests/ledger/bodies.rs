//! Bodies that have ended or that a cycle does not assure, and tables that a case brings itself.

use crate::book::Kept;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A case with tables of its own: `alpha` and `old-group` had ended by the day of the cycle, with
/// open memberships and delegations; `beta` goes on. 5J9 is no part of the cycle.
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

fn record(kept: &Kept, body: &str, measure: &str) -> Value {
    let query = "mutation($input: RecordJudgementInput!) { recordJudgement(input: $input) {
        entry userErrors { code field message } } }";
    let input = json!({
        "requestId": format!("{body} {measure}"), "cycle": cycle(kept), "body": body,
        "measure": measure, "method": "PANEL", "value": "2", "reason": "seen",
    });
    kept.change(query, &json!({ "input": input }))["data"]["recordJudgement"].take()
}

fn cycle(kept: &Kept) -> String {
    let answer = kept.ask("{ cycles { code } }");
    answer["data"]["cycles"][0]["code"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn what_has_ended_has_no_members() {
    let kept = Kept::with(case().path());
    let answer = kept.ask(
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
    let kept = Kept::with(case().path());
    let answer = kept.ask(
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
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(clusters, ["alpha", "beta"]);
}

#[test]
fn what_nobody_would_see_is_not_entered() {
    let kept = Kept::with(case().path());
    let last = kept.last();
    for (body, code, part) in [
        ("5J9", "NOT_ASSURED", "is not assured in the cycle"),
        ("alpha", "CONTRADICTION", "ended on 2008-12-01"),
        ("old-group", "CONTRADICTION", "ended on 2008-12-01"),
        ("south-of-tyne-and-wear", "NOT_FOUND", "there is no body"),
    ] {
        let refused = record(&kept, body, "2a");
        assert_eq!(refused["entry"], Value::Null, "{body}: {refused}");
        let errors = refused["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{body}: {refused}");
        assert_eq!(errors[0]["code"], code, "{body}: {refused}");
        assert_eq!(errors[0]["field"], "input.body", "{body}: {refused}");
        let message = errors[0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{body}: {message}");
    }
    assert_eq!(kept.last(), last);
    for body in ["5KF", "beta", "new-group"] {
        let made = record(&kept, body, "2b");
        assert_eq!(made["userErrors"], json!([]), "{body}: {made}");
    }
}
