//! Tests that rejecting a query is cheap, counted in visited selections rather than time.

use super::{Limits, QueryMeter, Refusal};
use crate::project::registry::types_from;
use crate::root::ROOTS;
use async_graphql::Variables;
use async_graphql::parser::parse_query;

/// The result of measuring a document, and the number of selections visited.
fn measure_document(text: &str) -> (Result<(), Refusal>, u64) {
    let document = parse_query(text).unwrap();
    let types = types_from(&ROOTS);
    let variables = Variables::default();
    let mut measure = QueryMeter::new(&document, &variables, &types);
    let result = measure.document(&Limits::default());
    (result, measure.visited)
}

/// The number of selections written in a document, which is the least possible work.
fn count_selections(text: &str) -> u64 {
    text.split_whitespace()
        .filter(|word| word.starts_with("...") || word.starts_with("code"))
        .count() as u64
        + 1
}

fn doubling(depth: usize) -> String {
    let spread: String = (0..depth)
        .map(|n| format!(" fragment F{n} on Cycle {{ ...F{0} ...F{0} }}", n + 1))
        .collect();
    format!("{{ cycles {{ ...F0 }} }}{spread} fragment F{depth} on Cycle {{ code }}")
}

#[test]
fn each_selection_is_visited_once() {
    for depth in [1, 5, 10, 30, 48] {
        let text = doubling(depth);
        let (_, visited) = measure_document(&text);
        assert_eq!(visited, count_selections(&text), "{depth}");
    }
    assert!(measure_document(&doubling(5)).0.is_ok());
    assert!(matches!(
        measure_document(&doubling(30)).0,
        Err(Refusal::Selections { .. })
    ));
}

#[test]
fn a_cycle_of_fragments_ends_at_once() {
    let text = "{ cycles { ...A } } fragment A on Cycle { ...B ...B } fragment B on Cycle { ...A }";
    let (result, visited) = measure_document(text);
    assert_eq!(result, Err(Refusal::Cycle));
    assert_eq!(visited, 4);
}

#[test]
fn rows_multiply() {
    let cost = |text: &str, variables: serde_json::Value| {
        let document = parse_query(text).unwrap();
        let types = types_from(&ROOTS);
        let variables = Variables::from_json(variables);
        let (_, operation) = document.operations.iter().next().unwrap();
        QueryMeter::new(&document, &variables, &types)
            .cost(&operation.node, &Limits::default())
            .unwrap()
    };
    let none = serde_json::json!({});
    let page =
        |first: &str| format!("query($n: Int) {{ outputs(cycle: \"c\"{first}) {{ totalCount }} }}");
    assert_eq!(cost(&page(""), none.clone()), 50 * 2);
    assert_eq!(cost(&page(", first: 7"), none.clone()), 7 * 2);
    assert_eq!(cost(&page(", first: 0"), none.clone()), 0);
    assert_eq!(cost(&page(", first: -5"), none.clone()), 0);
    assert_eq!(cost(&page(", first: 100000"), none.clone()), 200 * 2);
    assert_eq!(
        cost(&page(", first: $n"), serde_json::json!({ "n": 9 })),
        9 * 2
    );
    assert_eq!(cost(&page(", first: $n"), none.clone()), 200 * 2);
    let nodes = "query($i: [ID!]!) { nodes(ids: $i) { id } }";
    assert_eq!(
        cost(nodes, serde_json::json!({ "i": vec!["x"; 300] })),
        300 * 2
    );
    assert_eq!(cost(nodes, serde_json::json!({ "i": "x" })), 10 * 2);
    assert_eq!(cost("{ __type(name: \"x\") { name } }", none), 10);
}
