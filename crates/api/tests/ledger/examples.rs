//! The examples of mutations, executed in order on one ledger. `UPDATE=1` rewrites the answers;
//! review the diff.

use crate::book::LedgerApi;
use std::path::{Path, PathBuf};
use wcc_api::Request;

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/writing");
    let entries = std::fs::read_dir(folder).expect("tests/writing");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "graphql"))
        .collect();
    found.sort();
    found
}

/// Replaces values that differ between runs.
fn replace_varying(answer: &mut serde_json::Value) {
    match answer {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "at" if value.is_string() => *value = "2009-06-15T14:30:00.123456Z".into(),
                    "hash" => *value = "0".repeat(64).into(),
                    _ => replace_varying(value),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(replace_varying),
        _ => {}
    }
}

#[test]
fn examples_of_mutations_have_the_expected_answers() {
    let update = std::env::var_os("UPDATE").is_some();
    let ledger_api = LedgerApi::new();
    let mut wrong = Vec::new();
    let examples = examples();
    assert!(examples.len() >= 6, "{examples:?}");
    for path in examples {
        let query = std::fs::read_to_string(&path).expect("a query");
        let variables = std::fs::read_to_string(path.with_extension("variables.json"));
        let request = Request::new(query)
            .variables(variables.unwrap_or_default())
            .actor(wcc_core::Actor::operator("the clerk"));
        let mut answer = serde_json::from_str(&ledger_api.text(request)).expect("JSON");
        replace_varying(&mut answer);
        assert!(
            answer.get("errors").is_none(),
            "{}: a valid request has no errors beside its answer: {answer}",
            path.display()
        );
        let found = format!("{}\n", serde_json::to_string_pretty(&answer).expect("JSON"));
        let expected = path.with_extension("json");
        if update {
            std::fs::write(&expected, &found).expect("the answer can be written");
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(path);
        }
    }
    assert!(
        wrong.is_empty(),
        "other answers than committed (UPDATE=1 accepts them): {wrong:?}"
    );
}
