//! A property: the answer to any selection is the merge of the answers to each of its leaves.
//!
//! The reference requests one leaf at a time, so that nothing is merged, aliased or shared. The
//! projection must return the same tree for all leaves at once, for every order and for all aliases
//! and fragments.

use crate::ask::data;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::Value;

/// Leaves of one output, outermost field first, with the condition of the innermost fragment.
const LEAVES: &[&[&str]] = &[
    &["pct", "code"],
    &["pct", "name"],
    &["pct", "sha", "code"],
    &["pct", "cluster", "name"],
    &["pct", "functions", "code"],
    &["cluster", "pcts", "code"],
    &["cycle", "asOf"],
    &["cycle", "framework", "scales", "steps", "points"],
    &["cycle", "framework", "scales", "steps", "key"],
    &["cycle", "plugins", "checked"],
    &["notChecked"],
    &["cells", "value"],
    &["cells", "supported"],
    &["cells", "measure", "code"],
    &["cells", "measure", "component", "label"],
    &["cells", "marks", "origin"],
    &["cells", "marks", "body", "code"],
    &["cells", "marks", "date"],
    &["cells", "ceilings", "supports"],
    &["cells", "ceilings", "body", "kind"],
    &["cells", "challenges", "answered"],
    &["components", "value"],
    &["components", "results", "mean"],
    &["components", "results", "isOverride"],
    &["counts", "metSelfAssessment"],
    &["outcomes", "historic", "inWords"],
    &["outcomes", "values", "value"],
    &["findings", "numbers", "value"],
    &["findings", "body", "code"],
    &["findings", "severity"],
    &["evidence", "measures", "code"],
    &["surveys", "score"],
    &["recommendations", "text"],
];

/// The types that a fragment on the output may have as its condition.
const CONDITIONS: [&str; 3] = ["", "on Output ", "on Node "];

fn root(selections: &str) -> String {
    format!(
        "{{ output(cycle: \"south-of-tyne-and-wear/2008-09\", pct: \"5KF\") {{ {selections} }} }}"
    )
}

/// Formats a leaf as a selection of its own.
fn alone(leaf: &[&str]) -> String {
    match leaf {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, rest @ ..] => format!("{first} {{ {} }}", alone(rest)),
    }
}

/// Merges one answer into another: objects by their keys, lists item by item.
fn merge(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(into), Value::Object(other)) => {
            for (key, value) in other {
                match into.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None => drop(into.insert(key, value)),
                }
            }
        }
        (Value::Array(into), Value::Array(other)) => {
            assert_eq!(into.len(), other.len(), "one list has one length");
            for (into, other) in into.iter_mut().zip(other) {
                merge(into, other);
            }
        }
        (into, other) => assert_eq!(*into, other, "one field has one value"),
    }
}

fn reference(leaves: &[&[&str]]) -> Value {
    let mut merged = data(&root(&alone(leaves[0])));
    for leaf in &leaves[1..] {
        merge(&mut merged, data(&root(&alone(leaf))));
    }
    merged
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_selection_is_the_sum_of_its_leaves(
        leaves in subsequence(LEAVES, 1..12).prop_shuffle(),
        conditions in prop::collection::vec(0..4_usize, 12),
        twice in any::<prop::sample::Index>(),
    ) {
        let mut parts: Vec<String> = Vec::new();
        let mut fragments = String::new();
        for (at, leaf) in leaves.iter().enumerate() {
            let selection = alone(leaf);
            match CONDITIONS.get(conditions[at]) {
                Some(&"") => parts.push(selection),
                // A fragment on an interface may select only the fields of the interface, so a
                // second fragment within it selects those of the output.
                Some(&"on Node ") => parts.push(format!("... on Node {{ ... on Output {{ {selection} }} }}")),
                Some(condition) => parts.push(format!("... {condition}{{ {selection} }}")),
                None => {
                    parts.push(format!("...F{at}"));
                    fragments.push_str(&format!(" fragment F{at} on Output {{ {selection} }}"));
                }
            }
        }
        parts.push(parts[twice.index(parts.len())].clone());
        let together = data(&format!("{}{fragments}", root(&parts.join(" "))));
        prop_assert_eq!(together, reference(&leaves));
    }
}
