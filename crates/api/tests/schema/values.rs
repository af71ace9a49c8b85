//! Values and variables that validation accepts, and those that it refuses before execution.

use crate::ask::{answer, data, data_with, error};
use serde_json::json;
use wcc_api::Request;

const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

#[test]
fn a_whole_number_is_an_id_everywhere() {
    let component = data("{ framework(id: \"wcc-2008-09\") { component(code: 1) { code } } }");
    assert_eq!(component["framework"]["component"]["code"], "1");
    let query =
        "query($c: ID!) { framework(id: \"wcc-2008-09\") { component(code: $c) { code } } }";
    for given in [json!({ "c": 10 }), json!({ "c": "10" })] {
        let component = data_with(query, &given.to_string());
        assert_eq!(component["framework"]["component"]["code"], "10");
    }
    let search = "query($s: [SearchCondition!]!) { search(cycle: \"england/2009-10\", conditions: $s) { totalCount } }";
    let conditions =
        |id: serde_json::Value| json!({ "s": { "component": id, "atLeast": "2" } }).to_string();
    assert_eq!(
        data_with(search, &conditions(json!(5))),
        data_with(search, &conditions(json!("5")))
    );
    let literal = data(
        "{ search(cycle: \"england/2009-10\", conditions: { component: 5, atLeast: \"2\" }) { totalCount } }",
    );
    assert_eq!(
        literal["search"],
        data_with(search, &conditions(json!(5)))["search"]
    );
    let filtered =
        data("{ findings(cycle: \"england/2009-10\", filter: { component: 1 }) { totalCount } }");
    assert!(filtered["findings"]["totalCount"].is_number());
    // An unknown code is looked up; it is not an error of type.
    let (message, code) = error("{ pct(code: 5) { code } }", "");
    assert_eq!(code, "NOT_FOUND", "{message}");
    for (query, variables) in [
        ("{ pct(code: 5.0) { code } }", "{}"),
        ("{ pct(code: true) { code } }", "{}"),
        ("{ pct(code: X5) { code } }", "{}"),
    ] {
        assert_eq!(error(query, variables).1, INVALID, "{query}");
    }
    let query = "query($c: ID!) { pct(code: $c) { code } }";
    assert_eq!(error(query, r#"{"c":5.5}"#).1, "BAD_USER_INPUT");
}

#[test]
fn variables_are_accepted_where_their_type_is() {
    let cycle = "cycle: \"england/2009-10\"";
    let refused = [
        "query($s: Boolean) { cycles @skip(if: $s) { code } }".to_owned(),
        "query($s: Boolean) { cycles @include(if: $s) { code } }".to_owned(),
        "query($s: Boolean = null) { cycles @skip(if: $s) { code } }".to_owned(),
        "query($s: String!) { cycles @skip(if: $s) { code } }".to_owned(),
        "query($s: Boolean) { ... @skip(if: $s) { __typename } }".to_owned(),
        "query($s: Boolean) { ...F @skip(if: $s) } fragment F on Query { __typename }".to_owned(),
        "query($s: Boolean) { ...F } fragment F on Query { cycles { code @skip(if: $s) } }"
            .to_owned(),
        "query($s: Boolean) { __typename @skip(if: $s) }".to_owned(),
        "query($c: ID) { pct(code: $c) { code } }".to_owned(),
        "query($c: String!) { pct(code: $c) { code } }".to_owned(),
        "query($c: String) { pcts(sha: $c) { totalCount } }".to_owned(),
        "query($c: [ID!]!) { pct(code: $c) { code } }".to_owned(),
        "query($c: ID!) { nodes(ids: $c) { id } }".to_owned(),
        "query($c: [ID]!) { nodes(ids: $c) { id } }".to_owned(),
        "query($c: ID) { nodes(ids: [$c]) { id } }".to_owned(),
        format!(
            "query($m: String) {{ matrix({cycle}, method: $m) {{ rows {{ pct {{ code }} }} }} }}"
        ),
        format!(
            "query($m: String!) {{ search({cycle}, conditions: {{ measure: $m, atLeast: \"2\" }}) {{ totalCount }} }}"
        ),
        format!(
            "query($m: String) {{ search({cycle}, conditions: {{ measure: \"5a\", atLeast: $m }}) {{ totalCount }} }}"
        ),
        "query($n: Int!) { __type(name: $n) { name } }".to_owned(),
    ];
    for query in &refused {
        let (message, code) = error(query, r#"{"s":true,"c":"5D9","m":"2","n":1}"#);
        assert!(
            matches!(&*code, INVALID | "BAD_USER_INPUT"),
            "{query}: {message}"
        );
        let (message, code) = error(query, "{}");
        assert!(
            matches!(&*code, INVALID | "BAD_USER_INPUT"),
            "{query}: {message}"
        );
    }
    let optional = &refused[0];
    let (message, code) = error(optional, "{}");
    assert_eq!(code, INVALID);
    assert!(
        message.contains("`$s` is declared as `Boolean`"),
        "{message}"
    );
    assert!(message.contains("`Boolean!`"), "{message}");
    for (query, variables) in [
        (
            "query($s: Boolean = false) { cycles @skip(if: $s) { code } }",
            "{}",
        ),
        (
            "query($s: Boolean!) { cycles @skip(if: $s) { code } }",
            r#"{"s":false}"#,
        ),
        ("query($c: [ID!]!) { nodes(ids: $c) { id } }", r#"{"c":[]}"#),
        ("query($c: ID!) { nodes(ids: [$c]) { id } }", r#"{"c":"x"}"#),
        (
            "query($c: ID!) { pcts(sha: $c) { totalCount } }",
            r#"{"c":"Q30"}"#,
        ),
        ("query($n: Int) { pcts(first: $n) { totalCount } }", "{}"),
        (
            "query($n: String!) { __type(name: $n) { name } }",
            r#"{"n":"Pct"}"#,
        ),
        (
            "query($m: [ID!]!) { output(cycle: \"south-staffordshire/2009-10\", pct: \"5PK\") { cells(measures: $m) { value } } }",
            r#"{"m":["5a"]}"#,
        ),
        (
            "query($s: [Severity!]!) { findings(cycle: \"england/2009-10\", filter: { severity: $s }) { totalCount } }",
            r#"{"s":["NOTE"]}"#,
        ),
    ] {
        data_with(query, variables);
    }
}

#[test]
fn enumeration_values_are_names_in_queries_and_strings_in_variables() {
    let cycle = "cycle: \"england/2009-10\"";
    for query in [
        format!("{{ matrix({cycle}, columns: \"COMPONENTS\") {{ rows {{ pct {{ code }} }} }} }}"),
        format!("{{ findings({cycle}, filter: {{ severity: \"WARNING\" }}) {{ totalCount }} }}"),
        format!(
            "{{ findings({cycle}, filter: {{ severity: [NOTE, \"WARNING\"] }}) {{ totalCount }} }}"
        ),
        format!(
            "query($m: Method = \"PANEL\") {{ search({cycle}, method: $m, conditions: {{ measure: \"5a\", atLeast: \"2\" }}) {{ totalCount }} }}"
        ),
        format!(
            "query($f: FindingFilter = {{ severity: \"NOTE\" }}) {{ findings({cycle}, filter: $f) {{ totalCount }} }}"
        ),
        format!(
            "query Q {{ __typename }} query R($m: Method = \"PANEL\") {{ search({cycle}, method: $m, conditions: {{ measure: \"5a\", atLeast: \"2\" }}) {{ totalCount }} }}"
        ),
        format!("{{ findings({cycle}, filter: {{ severity: BAD }}) {{ totalCount }} }}"),
    ] {
        let request = Request::new(&*query);
        let request = if query.contains("query Q") {
            request.operation("Q")
        } else {
            request
        };
        let answer = answer(request);
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], INVALID,
            "{query}: {answer}"
        );
        assert_eq!(answer.get("data"), None);
    }
    let query = format!("query($m: Method = PANEL, $f: FindingFilter) {{
        search({cycle}, method: $m, conditions: {{ measure: \"5a\", atLeast: \"2\" }}) {{ totalCount }}
        findings({cycle}, filter: $f) {{ totalCount }} }}");
    data_with(&query, r#"{"m":"SELF","f":{"severity":["NOTE"]}}"#);
}

#[test]
fn a_repeated_name_is_refused() {
    let search = "search(cycle: \"england/2009-10\", conditions: CONDITIONS) { totalCount }";
    for conditions in [
        "{ measure: \"5a\", atLeast: \"2\", atLeast: \"4\" }",
        "[{ measure: \"5a\", atLeast: \"2\" }, { measure: \"5a\", measure: \"5b\", atLeast: \"2\" }]",
    ] {
        let query = format!("{{ {} }}", search.replace("CONDITIONS", conditions));
        let (message, code) = error(&query, "");
        assert_eq!(code, INVALID, "{message}");
        assert!(message.contains("twice"), "{message}");
    }
    let query = format!(
        "query($c: [SearchCondition!]!) {{ {} }}",
        search.replace("CONDITIONS", "$c")
    );
    let (message, code) = error(
        &query,
        r#"{"c":{"measure":"5a","atLeast":"2","atLeast":"4"}}"#,
    );
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("gives `atLeast` twice"), "{message}");
    let (_, code) = error(&query, r#"{"c":[],"c":[]}"#);
    assert_eq!(code, "BAD_USER_INPUT");
}

#[test]
fn any_character_can_be_written_in_a_string() {
    for written in [r"\ud83d\ude00", r"\u{1F600}", "\u{1f600}", r"\u{0001f600}"] {
        let (message, code) = error(&format!("{{ pct(code: \"{written}\") {{ code }} }}"), "");
        assert_eq!(code, "NOT_FOUND", "{written}: {message}");
        assert!(message.contains('\u{1f600}'), "{written}: {message}");
    }
    for written in [r"\ud83d", r"\ude00", r"\u{d83d}", r"\u{110000}", r"\u{}"] {
        let (message, code) = error(&format!("{{ pct(code: \"{written}\") {{ code }} }}"), "");
        assert_eq!(code, "GRAPHQL_PARSE_FAILED", "{written}: {message}");
        assert!(message.contains("character"), "{written}: {message}");
    }
    let query = "query($c: ID!) { pct(code: $c) { code } }";
    let (message, _) = error(query, r#"{"c":"\ud83d\ude00"}"#);
    assert!(message.contains('\u{1f600}'), "{message}");
    let (message, code) = error(query, r#"{"c":"\ud83d"}"#);
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("half of a surrogate pair"), "{message}");
}

#[test]
fn a_bad_representation_affects_only_its_entity() {
    let query = "query($r: [_Any!]!) { bodies: _entities(representations: $r) { ... on Pct { code name } __typename } }";
    let variables = json!({ "r": [
        { "__typename": "Pct", "code": "5D9" },
        { "__typename": "Nothing", "code": "5D9" },
        { "__typename": "Pct" },
        { "__typename": "Pct", "code": 5 },
        "nonsense",
        { "__typename": "Sha", "code": "5D9" },
        { "__typename": "Sha", "code": "Q30" },
    ] });
    let answer = answer(Request::new(query).variables(variables.to_string()));
    let bodies = answer["data"]["bodies"].as_array().unwrap();
    assert_eq!(bodies[0]["code"], "5D9", "{answer}");
    assert_eq!(bodies[6]["__typename"], "Sha");
    assert!(
        bodies[1..6].iter().all(serde_json::Value::is_null),
        "{answer}"
    );
    let errors = answer["errors"].as_array().unwrap();
    let paths: Vec<_> = errors.iter().map(|error| error["path"].clone()).collect();
    assert_eq!(
        paths,
        [
            json!(["bodies", 1]),
            json!(["bodies", 2]),
            json!(["bodies", 4])
        ]
    );
    for error in errors {
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!(error["locations"], json!([{ "line": 1, "column": 23 }]));
    }
}
