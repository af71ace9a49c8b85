//! The projection follows the GraphQL specification: aliases, merging, fragments, directives,
//! variables, nulls, errors.

use crate::ask::{answer, data, data_with, error, text};
use serde_json::{Value, json};
use wcc_api::Request;

const STAFFORDSHIRE: &str = "south-staffordshire/2009-10";

#[test]
fn aliases_are_the_keys_of_the_answer() {
    let data =
        data("{ one: sha(code: \"Q30\") { it: code } two: sha(code: \"Q31\") { it: code } }");
    assert_eq!(
        data,
        json!({ "one": { "it": "Q30" }, "two": { "it": "Q31" } })
    );
}

#[test]
fn keys_are_in_the_order_of_the_query() {
    let request = Request::new("{ sha(code: \"Q30\") { name code kind name } }");
    assert_eq!(
        text(request),
        "{\"data\":{\"sha\":{\"name\":\"North East\",\"code\":\"Q30\",\"kind\":\"SHA\"}}}"
    );
}

#[test]
fn fields_under_one_key_are_merged_at_every_depth() {
    let merged = data(
        "{ pct(code: \"5KF\") { sha { code } }
           pct(code: \"5KF\") { sha { name ...K } name }
           ... on Query { pct(code: \"5KF\") { sha { kind } } } }
         fragment K on Sha { code existsFrom }",
    );
    assert_eq!(
        merged,
        json!({ "pct": {
            "sha": { "code": "Q30", "name": "North East", "existsFrom": null, "kind": "SHA" },
            "name": "Gateshead PCT",
        } })
    );
}

#[test]
fn lists_of_merged_fields_have_each_item_once() {
    let merged = data("{ shas { code } shas { name } }");
    let shas = merged["shas"].as_array().expect("a list");
    assert_eq!(shas.len(), 11, "ten, and one of another regime");
    assert_eq!(shas[0], json!({ "code": "Q30", "name": "North East" }));
}

#[test]
fn fragments_apply_by_type() {
    let query = "query($code: ID!) { body(code: $code) { __typename code
        ... on Body { kind }
        ... on Node { id }
        ... on Sha { pcts { __typename } }
        ...P
        ... on Function { commissions } } }
        fragment P on Pct { onsCode cluster { __typename } }";
    let pct = data_with(query, "{\"code\":\"5KF\"}");
    assert_eq!(pct["body"]["__typename"], "Pct");
    assert_eq!(pct["body"]["cluster"]["__typename"], "Cluster");
    assert_eq!(pct["body"]["pcts"], Value::Null);
    let function = data_with(query, "{\"code\":\"cancer-network\"}");
    assert_eq!(function["body"]["__typename"], "Function");
    assert_eq!(function["body"]["commissions"], true);
    assert_eq!(function["body"]["onsCode"], Value::Null);
    assert!(function["body"]["id"].is_string());
}

#[test]
fn every_type_has_typename() {
    let data = data(
        "{ __typename cycles { __typename framework { __typename scales { __typename steps {
            __typename } } } } outputs(cycle: \"south-staffordshire/2009-10\") { __typename
            pageInfo { __typename } edges { __typename node { __typename } } } }",
    );
    assert_eq!(data["__typename"], "Query");
    let cycle = &data["cycles"][0];
    assert_eq!(cycle["__typename"], "Cycle");
    assert_eq!(
        cycle["framework"]["scales"][0]["steps"][0]["__typename"],
        "Step"
    );
    assert_eq!(data["outputs"]["__typename"], "OutputConnection");
    assert_eq!(data["outputs"]["pageInfo"]["__typename"], "PageInfo");
    assert_eq!(data["outputs"]["edges"][0]["__typename"], "OutputEdge");
}

#[test]
fn skip_and_include_take_variables() {
    let query = "query($no: Boolean!, $yes: Boolean = true) { sha(code: \"Q30\") {
        code @include(if: $no) name @include(if: $yes) kind @skip(if: $yes) id @skip(if: $no)
        ... @include(if: $no) { note }
        ...S @skip(if: $yes) } }
        fragment S on Sha { source }";
    let keys = |variables: &str| {
        let data = data_with(query, variables);
        let sha = data["sha"].as_object().expect("an object").clone();
        let mut keys: Vec<String> = sha.keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys("{\"no\":false}"), ["id", "name"]);
    assert_eq!(
        keys("{\"no\":true,\"yes\":false}"),
        ["code", "kind", "note", "source"]
    );
}

#[test]
fn a_selection_may_become_empty() {
    let data =
        data("{ sha(code: \"Q30\") { code @skip(if: true) } shas { code @include(if: false) } }");
    assert_eq!(data["sha"], json!({}));
    assert_eq!(data["shas"][9], json!({}));
}

#[test]
fn a_selection_of_introspection_may_become_empty() {
    let no = "@skip(if: true)";
    for (query, answer) in [
        (
            format!("{{ __schema {{ types {no} {{ name }} }} }}"),
            json!({"__schema": {}}),
        ),
        (
            format!("{{ s: __schema {{ queryType {{ name {no} }} }} }}"),
            json!({"s": {"queryType": {}}}),
        ),
        (
            format!(
                "{{ __type(name: \"ID\") {{ ...F {no} ... {no} {{ kind }} }} }} fragment F on __Type {{ name }}"
            ),
            json!({"__type": {}}),
        ),
        (
            format!(
                "{{ ...Q }} fragment Q on Query {{ __type(name: \"ID\") {{ ofType {{ name {no} }} name {no} ... {{ kind }} }} }}"
            ),
            json!({"__type": {"ofType": null, "kind": "SCALAR"}}),
        ),
    ] {
        assert_eq!(data(&query), answer, "{query}");
    }
}

#[test]
fn variables_have_defaults_and_may_be_left_out() {
    let query = "query($first: Int! = 2, $sha: ID, $m: Method = PANEL) {
        outputs(cycle: \"england/2009-10\", first: $first, sha: $sha) {
            totalCount edges { node { value: componentValues(method: $m) } } } }";
    let default = data_with(query, "");
    assert_eq!(
        default["outputs"]["edges"].as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(default["outputs"]["totalCount"], 152);
    let region = data_with(query, "{\"first\":1,\"sha\":\"Q30\",\"m\":\"SELF\"}");
    assert_eq!(region["outputs"]["edges"].as_array().map(Vec::len), Some(1));
    assert_eq!(region["outputs"]["totalCount"], 12);
    assert_eq!(
        data_with(query, "{\"sha\":null}")["outputs"]["totalCount"],
        152
    );
}

#[test]
fn variables_are_checked() {
    let query = "query($first: Int!, $method: Method, $filter: FindingFilter) {
        outputs(cycle: \"england/2009-10\", first: $first) { totalCount
            edges { node { values(method: $method) findings(filter: $filter) { id } } } } }";
    let refused = [
        "{}",
        "{\"first\":null}",
        "{\"first\":\"1\"}",
        "{\"first\":1.5}",
        "{\"first\":3000000000}",
        "{\"first\":1,\"method\":\"BEST\"}",
        "{\"first\":1,\"method\":1}",
        "{\"first\":1,\"filter\":{\"sevrity\":\"NOTE\"}}",
        "{\"first\":1,\"filter\":[]}",
    ];
    for variables in refused {
        let answer = answer(Request::new(query).variables(variables));
        assert!(answer.get("data").is_none(), "{variables}: {answer}");
        assert!(answer["errors"][0]["message"].is_string(), "{variables}");
    }
    data_with(
        query,
        "{\"first\":1,\"method\":null,\"filter\":{\"severity\":[\"NOTE\"]}}",
    );
    // A single value is a list of one.
    data_with(query, "{\"first\":1,\"filter\":{\"severity\":\"NOTE\"}}");
}

#[test]
fn literal_arguments_are_checked() {
    for query in [
        "{ sha }",
        "{ sha(code: \"Q30\") }",
        "{ sha { code } }",
        "{ sha(code: Q30) { code } }",
        "{ sha(code: \"Q30\", extra: 1) { code } }",
        "{ cycles { code { x } } }",
        "{ outputs(cycle: \"x\", first: \"1\") { totalCount } }",
        "{ output(cycle: \"x\", pct: \"y\") { values(method: BEST) } }",
    ] {
        let answer = answer(Request::new(query));
        assert!(answer.get("data").is_none(), "{query}: {answer}");
    }
}

#[test]
fn a_wrong_code_affects_only_its_field() {
    let answer = answer(Request::new(
        "{ good: sha(code: \"Q30\") { code } bad: pct(code: \"5KX\") { name } }",
    ));
    assert_eq!(
        answer["data"],
        json!({ "good": { "code": "Q30" }, "bad": null })
    );
    let error = &answer["errors"][0];
    assert_eq!(error["path"], json!(["bad"]));
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    assert!(error["extensions"]["nearest"].is_string(), "{error}");
}

#[test]
fn an_error_within_a_list_has_its_path() {
    let answer = answer(Request::new(
        "{ outputs(cycle: \"south-of-tyne-and-wear/2008-09\") { edges { node {
            cells(measures: [\"5x\"]) { value } pct { code } } } } }",
    ));
    let errors = answer["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 3);
    assert_eq!(
        errors[1]["path"],
        json!(["outputs", "edges", 1, "node", "cells"])
    );
    let node = &answer["data"]["outputs"]["edges"][1]["node"];
    assert_eq!(node, &json!({ "cells": null, "pct": { "code": "5KG" } }));
}

#[test]
fn errors_have_a_code_and_suggest_the_nearest_value() {
    let cases = [
        (
            "{ cycle(id: \"england/2009-11\") { code } }",
            "NOT_FOUND",
            "england/2009-10",
        ),
        (
            "{ framework(id: \"wcc-2009-01\") { code } }",
            "NOT_FOUND",
            "wcc-2009-10",
        ),
        (
            "{ framework(id: \"wcc-2009-10\") { measure(code: \"5e\") { code } } }",
            "NOT_FOUND",
            "5",
        ),
        (
            "{ plugin(id: \"once-north-west\") { code } }",
            "NOT_FOUND",
            "once-north-east",
        ),
        (
            "{ cluster(code: \"south-of-tyne\") { code } }",
            "NOT_FOUND",
            "south-of-tyne-and-wear",
        ),
        (
            "{ output(cycle: \"south-staffordshire/2009-10\", pct: \"5PL\") { id } }",
            "NOT_FOUND",
            "`5PL` in the cycle `south-staffordshire/2009-10`: did you mean `5PK`?",
        ),
        (
            "{ sha(code: \"5KF\") { code } }",
            "BAD_USER_INPUT",
            "kind SHA",
        ),
        (
            "{ outputs(cycle: \"england/2009-10\", first: 201) { totalCount } }",
            "BAD_USER_INPUT",
            "200",
        ),
        (
            "{ outputs(cycle: \"england/2009-10\", first: -1) { totalCount } }",
            "BAD_USER_INPUT",
            "0 and 200",
        ),
        (
            "{ outputs(cycle: \"england/2009-10\", after: \"\") { totalCount } }",
            "BAD_USER_INPUT",
            "endCursor",
        ),
        (
            "{ outputs(cycle: \"england/2009-10\", after: \"Zm9v\") { totalCount } }",
            "BAD_USER_INPUT",
            "endCursor",
        ),
        (
            "{ findings(cycle: \"england/2009-10\", filter: {check: \"benchmark-mising\"}) { totalCount } }",
            "NOT_FOUND",
            "benchmark-missing",
        ),
        (
            "{ search(cycle: \"england/2009-10\", conditions: []) { totalCount } }",
            "BAD_USER_INPUT",
            "between 1 and",
        ),
        (
            "{ search(cycle: \"england/2009-10\", conditions: {measure: \"5a\", atLeast: \"5\"}) { totalCount } }",
            "BAD_USER_INPUT",
            "1, 2, 3 or 4",
        ),
        (
            "{ search(cycle: \"england/2009-10\", conditions: {atLeast: \"3\"}) { totalCount } }",
            "BAD_USER_INPUT",
            "exactly one",
        ),
    ];
    for (query, code, part) in cases {
        let (message, found) = error(query, "");
        assert_eq!(found, code, "{query}: {message}");
        assert!(message.contains(part), "{query}: {message}");
    }
}

#[test]
fn pages_make_the_whole_list() {
    let query = "query($after: String) { outputs(cycle: \"england/2009-10\", first: 47, after: $after) {
        totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor node { pct { code } } } } }";
    let mut codes = Vec::new();
    let mut after = Value::Null;
    loop {
        let data = data_with(query, &json!({ "after": after }).to_string());
        let page = &data["outputs"];
        let edges = page["edges"].as_array().expect("edges");
        assert_eq!(
            page["pageInfo"]["hasPreviousPage"],
            json!(!codes.is_empty())
        );
        assert_eq!(page["totalCount"], 152);
        codes.extend(
            edges
                .iter()
                .map(|edge| edge["node"]["pct"]["code"].to_string()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        assert_eq!(edges.last().map(|edge| &edge["cursor"]), Some(&after));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(codes.len(), 152);
    codes.dedup();
    assert_eq!(codes.len(), 152, "each once");
    assert!(codes.is_sorted());
}

#[test]
fn every_node_is_found_by_its_id() {
    let query = format!(
        "{{ cycles {{ id }} frameworks {{ id components {{ id }} measures {{ id }} }} shas {{ id }}
           clusters {{ id }} functions {{ id }} plugins {{ id }}
           output(cycle: \"{STAFFORDSHIRE}\", pct: \"5PK\") {{ id pct {{ id }} findings {{ id }} challenges {{ id }} }} }}"
    );
    let mut ids = Vec::new();
    collect_ids(&data(&query), &mut ids);
    assert!(ids.len() > 150, "{}", ids.len());
    let count = ids.len();
    for some in ids.chunks(100) {
        let variables = json!({ "ids": some }).to_string();
        let found = data_with(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            &variables,
        );
        let found: Vec<&Value> = found["nodes"].as_array().expect("a list").iter().collect();
        let found: Vec<&str> = found
            .iter()
            .filter_map(|node| node["id"].as_str())
            .collect();
        assert_eq!(found, some, "the same again");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "each id is one thing's");
}

fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(id) if key == "id" => ids.push(id.clone()),
                    value => collect_ids(value, ids),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn unknown_ids_are_null() {
    let data = data("{ node(id: \"\") { id } nodes(ids: [\"x\", \"Y3ljbGUKbm9uZQ\"]) { id } }");
    assert_eq!(data, json!({ "node": null, "nodes": [null, null] }));
}

#[test]
fn a_nation_in_one_table_is_small() {
    let query = "{ matrix(cycle: \"england/2009-10\") { columns { code area } rows { code name values } } }";
    let bytes = text(Request::new(query)).len();
    assert!((40_000..80_000).contains(&bytes), "{bytes}");
}

#[test]
fn compact_values_agree_with_the_cells() {
    let data = data(
        "{ output(cycle: \"south-of-tyne-and-wear/2008-09\", pct: \"5KL\") {
            cells { value panel: value(method: PANEL) } values panel: values(method: PANEL)
            components { value } componentValues
            cycle { framework { measures { code } } matrix { rows { code values } } } } }",
    );
    let output = &data["output"];
    let column = |list: &str, key: &str| -> Vec<Value> {
        let cells = output[list].as_array().expect("a list").iter();
        cells.map(|cell| cell[key].clone()).collect()
    };
    assert_eq!(output["values"], json!(column("cells", "value")));
    assert_eq!(output["panel"], json!(column("cells", "panel")));
    assert_eq!(
        output["componentValues"],
        json!(column("components", "value"))
    );
    let rows = output["cycle"]["matrix"]["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["code"] == "5KL").expect("a row");
    assert_eq!(row["values"], output["values"]);
}
