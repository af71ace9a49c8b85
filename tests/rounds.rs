//! Regimes with rounds of their own: a cycle follows a cycle under the same framework, and a server
//! has no bodies but theirs.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::{Value, json};
use server::Server;
use support::{compare_with_file, printed, printed_with, refused_with, root, settings_with};

const CASE: &str = "tests/cases/rounds";

/// Compares what a command prints with a file of the case.
fn compare(case: &str, file: &str, arguments: &[&str]) {
    let expected = root().join(case).join("expected").join(file);
    compare_with_file(&expected, &printed(arguments));
}

/// Nothing in the framework mentions earlier results: neither `previous` nor a method.
#[test]
fn a_cycle_is_compared_with_the_one_before_under_the_same_framework() {
    compare(CASE, "brief.txt", &["assure", CASE]);
    compare(CASE, "full.txt", &["assure", CASE, "--full"]);
    let explained = ["explain", CASE, "HILL", "readers", "--cycle", "2025"];
    let text = printed(&explained);
    assert!(text.contains("grade weak"), "{text}");
    let first = printed(&["assure", CASE, "--full", "--cycle", "2024"]);
    assert!(!first.contains("previous"), "{first}");
}

#[test]
fn a_ledger_compares_like_the_files() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    for form in ["--json", "--full"] {
        let ledger = printed_with(&settings, &["assure", "ledger:", form]);
        assert_eq!(printed_with(&settings, &["assure", CASE, form]), ledger);
    }
}

/// A framework with a mapping to the one before is used twice: its mapping leads nowhere here.
#[test]
fn a_mapping_counts_only_between_frameworks() {
    let text = with_changes(|file, text| match file {
        "library-review.toml" => text
            .replace("year = ", "previous = \"review-2020\"\nyear = ")
            .replace(
                "title = \"New books\"",
                "title = \"New books\"\nchange = \"new\"",
            )
            .replace(
                "title = \"Opening hours\"",
                "title = \"Opening hours\"\nprevious = \"hours\"\nchange = \"changed\"",
            )
            .replace(
                "title = \"Help at the desk\"",
                "title = \"Help at the desk\"\nprevious = \"readers.1\"\nchange = \"changed\"",
            )
            .replace(
                "title = \"Readers\"",
                "title = \"Readers\"\nprevious = \"r\"\nchange = \"same\"",
            )
            .replace("title = \"Stock\"", "title = \"Stock\"\nchange = \"new\""),
        _ => text.to_owned(),
    });
    let expected = printed(&["assure", CASE, "--cycle", "2025"]);
    assert_eq!(text.expect("it is assured"), expected);
}

#[test]
fn a_cycle_can_name_the_one_that_it_follows() {
    let with_previous = |line: &str| {
        with_changes(|file, text| match file {
            "case.toml" => text.replace("id = \"2025\"", &format!("id = \"2025\"\n{line}")),
            _ => text.to_owned(),
        })
    };
    let expected = printed(&["assure", CASE, "--cycle", "2025"]);
    let named = with_previous("previous = \"2024\"");
    assert_eq!(named.expect("it is assured"), expected);
    let unknown = with_previous("previous = \"2042\"").expect_err("an unknown cycle");
    assert!(
        unknown.contains("the case has no cycle \"2042\""),
        "{unknown}"
    );
    assert!(unknown.contains("did you mean \"2024\"?"), "{unknown}");
    let itself = with_previous("previous = \"2025\"").expect_err("its own day is not earlier");
    assert!(itself.contains("must be before 2025-06-30"), "{itself}");
}

/// Assures the second cycle of a copy of the case with changed files.
fn with_changes(change: impl Fn(&str, &str) -> String) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("rounds");
    for part in ["", "2024", "2025"] {
        let (from, to) = (root().join(CASE).join(part), copy.join(part));
        std::fs::create_dir_all(&to).expect("a folder");
        for entry in std::fs::read_dir(from).expect("the case") {
            let path = entry.expect("a file").path();
            let Some(name) = path.file_name().filter(|_| path.is_file()) else {
                continue;
            };
            let text = std::fs::read_to_string(&path).expect("a text");
            let text = change(&name.to_string_lossy(), &text);
            std::fs::write(to.join(name), text).expect("written");
        }
    }
    let copy = copy.display().to_string();
    let arguments = ["assure", &copy, "--cycle", "2025"];
    let output = support::wcc(&arguments);
    if output.status.success() {
        Ok(support::stdout(&output))
    } else {
        Err(support::stderr(&output))
    }
}

/// Each library is reviewed on a date of its own, so no round has the results of all.
#[test]
fn each_body_has_a_standing_result() {
    let case = "tests/cases/rolling";
    for (day, file) in [
        ("2024-12-31", "2024-12.txt"),
        ("2025-03-31", "2025-03.txt"),
        ("2025-12-31", "2025-12.txt"),
        ("2023-01-01", "2023-01.txt"),
    ] {
        compare(case, file, &["standing", case, "--on", day]);
    }
    let server = Server::on_case(&settings_with(""), case);
    let standing = |arguments: &str| {
        let query = format!(
            "{{ standing(framework: \"library-review\"{arguments}) {{ edges {{ node {{
                body {{ code }} cycle {{ code asOf }} overall {{ value }} }} }} }} }}"
        );
        let answer = server.ask(&query);
        let edges = answer["standing"]["edges"].as_array().expect("edges");
        let nodes = edges.iter().map(|edge| &edge["node"]);
        let text = |node: &Value, field: [&str; 2]| {
            node[field[0]][field[1]].as_str().unwrap_or("?").to_owned()
        };
        let each = nodes.map(|node| {
            let parts = [["body", "code"], ["cycle", "code"], ["overall", "value"]];
            parts.map(|field| text(node, field)).join(" ")
        });
        each.collect::<Vec<_>>()
    };
    let in_march = standing(", on: \"2025-03-31\"");
    assert_eq!(
        in_march,
        [
            "HILL rolling/hill-2025 strong",
            "LAKE rolling/lake-2024 weak"
        ]
    );
    let latest = standing("");
    assert_eq!(
        latest,
        [
            "HILL rolling/hill-2025 strong",
            "LAKE rolling/all-2025 fair"
        ]
    );
    assert_eq!(server.terminate(), Some(0));
}

const BODIES: &str = "{ shas { code } clusters { code } functions { code }
    pcts(first: 200) { edges { node { code } } } }";

/// The codes of all bodies that a server lists, in order.
fn bodies_of(server: &Server) -> Vec<String> {
    let answer = server.ask(BODIES);
    let lists = ["shas", "clusters", "functions"].map(|list| &answer[list]);
    let lists = lists.into_iter().chain([&answer["pcts"]["edges"]]);
    let bodies = lists.flat_map(|list| list.as_array().expect("a list"));
    let mut codes: Vec<String> = bodies
        .map(|body| {
            body.get("node").unwrap_or(body)["code"]
                .as_str()
                .expect("a code")
                .to_owned()
        })
        .collect();
    codes.sort();
    codes
}

#[test]
fn a_server_lists_only_the_bodies_of_its_regime() {
    let settings = settings_with("");
    let own = ["ASH", "ELM", "OAK", "REG", "adoption", "elm-oak"];
    let server = Server::on_case(&settings, "tests/cases/council");
    assert_eq!(bodies_of(&server), own);
    assert_no_body(&server, "5PK");
    assert_eq!(server.terminate(), Some(0));

    printed_with(&settings, &["ledger", "load", "tests/cases/council"]);
    let server = Server::on_ledger(&settings);
    assert_eq!(bodies_of(&server), own);
    assert_no_body(&server, "5PK");
    assert_eq!(server.terminate(), Some(0));
    let ask = ["policy", "ask", "record-judgement", "council/2024"];
    let (_, message) = refused_with(&settings, &[&ask[..], &["5PK"]].concat());
    let names_shipped = ["5PJ", "5PL", "5P5"].map(|code| message.contains(code));
    assert!(!names_shipped.contains(&true), "{message}");
}

/// A regime without an authority needs none.
#[test]
fn a_regime_without_an_authority_has_only_its_bodies() {
    let server = Server::on_case(&settings_with(""), CASE);
    assert_eq!(bodies_of(&server), ["HILL", "LAKE"]);
    assert_no_body(&server, "Q30");
    assert_eq!(server.terminate(), Some(0));
}

/// A server of World Class Commissioning keeps the bodies that ship with it.
#[test]
fn shipped_bodies_belong_to_their_frameworks() {
    let server = Server::on_case(&settings_with(""), "examples/south-staffordshire");
    let bodies = bodies_of(&server);
    assert!(bodies.len() > 150, "{}", bodies.len());
    assert_eq!(server.terminate(), Some(0));
}

fn assert_no_body(server: &Server, code: &str) {
    let query = json!({ "query": format!("{{ body(code: \"{code}\") {{ code }} }}") });
    let headers = ["Content-Type: application/json", "Accept: application/json"];
    let answer = server.send("POST /graphql", &headers, &query.to_string());
    assert_eq!(answer.body["data"]["body"], Value::Null, "{answer:?}");
    let message = answer.body["errors"][0]["message"].as_str();
    let message = message.expect("an error");
    assert!(!message.contains("did you mean"), "{message}");
}
