//! Example queries on the real cases; a file holds the expected answer of each. `UPDATE=1` rewrites
//! the answers; review the diff.

use crate::ask::{data, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wcc_api::Request;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries")
}

/// Returns every query file with its text.
fn queries() -> Vec<(PathBuf, String)> {
    in_folder(&folder())
}

/// Returns the examples that need a ledger, which `tests/ledger` executes.
fn mutations() -> Vec<(PathBuf, String)> {
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/writing"))
}

/// Returns the examples of subscriptions, which `tests/live` executes.
fn subscriptions() -> Vec<(PathBuf, String)> {
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live"))
}

fn in_folder(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).expect("a folder of queries");
    let mut found: Vec<(PathBuf, String)> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "graphql"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a query");
            (path, text)
        })
        .collect();
    found.sort();
    found
}

/// Formats JSON with one value on each line, in the order of the answer. serde_json would sort the
/// keys.
fn indented(json: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    for sign in json.chars() {
        let opens = !quoted && matches!(sign, '{' | '[');
        let closes = !quoted && matches!(sign, '}' | ']');
        if closes {
            depth -= 1;
            // An empty list or object stays on its line.
            if out.ends_with(['{', '[']) {
                out.push(sign);
                continue;
            }
            line(&mut out, depth);
        } else if out.ends_with(['{', '[']) && !quoted {
            line(&mut out, depth);
        }
        out.push(sign);
        if quoted {
            quoted = escaped || sign != '"';
            escaped = !escaped && sign == '\\';
        } else if sign == '"' {
            quoted = true;
        } else if sign == ',' {
            line(&mut out, depth);
        } else if sign == ':' {
            out.push(' ');
        }
        depth += usize::from(opens);
    }
    out.push('\n');
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

#[test]
fn examples_have_the_expected_answers() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (path, query) in queries() {
        let variables = std::fs::read_to_string(path.with_extension("variables.json"));
        let request = Request::new(query).variables(variables.unwrap_or_default());
        let found = indented(&text(request));
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

#[test]
fn every_answer_has_a_query() {
    let queries: BTreeSet<PathBuf> = queries().into_iter().map(|(path, _)| path).collect();
    for entry in std::fs::read_dir(folder()).expect("tests/queries") {
        let path = entry.expect("an entry").path();
        let name = path.to_string_lossy().into_owned();
        let stem = name
            .trim_end_matches(".json")
            .trim_end_matches(".variables");
        let stem = stem.trim_end_matches(".graphql");
        assert!(
            queries.contains(Path::new(&format!("{stem}.graphql"))),
            "{name}"
        );
    }
}

#[test]
fn examples_use_every_root_field_and_filter() {
    let schema = data(
        "{ query: __type(name: \"Query\") { fields(includeDeprecated: true) { name } }
           mutation: __type(name: \"Mutation\") { fields { name } }
           findings: __type(name: \"FindingFilter\") { inputFields(includeDeprecated: true) { name } }
           challenges: __type(name: \"ChallengeFilter\") {
             inputFields(includeDeprecated: true) { name } } }",
    );
    let files = queries().into_iter().chain(mutations());
    let all: String = files.map(|(_, text)| text).collect();
    let words: BTreeSet<&str> = all
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .collect();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut wanted = list(&schema["query"]["fields"]);
    wanted.extend(list(&schema["mutation"]["fields"]));
    wanted.extend(list(&schema["findings"]["inputFields"]));
    wanted.extend(list(&schema["challenges"]["inputFields"]));
    let missing: Vec<&str> = wanted
        .iter()
        .filter_map(|field| field["name"].as_str())
        .filter(|name| !words.contains(name) && *name != "_service")
        .collect();
    assert!(missing.is_empty(), "in no example: {missing:?}");
}

#[test]
fn the_guide_quotes_the_examples() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/graphql.md");
    let guide = std::fs::read_to_string(guide).expect("docs/graphql.md");
    let blocks = guide.split("```graphql\n").skip(1);
    let shown: Vec<&str> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    assert!(shown.len() >= 10, "ten worked examples");
    let files = queries().into_iter().chain(mutations());
    let files: Vec<_> = files.chain(subscriptions()).collect();
    for block in shown {
        let is_a_file = files.iter().any(|(_, text)| text == block);
        assert!(is_a_file, "no file in tests/queries has:\n{block}");
    }
}
