//! A regime in its own words: no output of any command has a word of World Class Commissioning.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::Value;
use server::Server;
use std::path::Path;
use support::{command, printed, root, settings, stderr, stdout, wcc};

const CASE: &str = "tests/cases/council";

/// Words of World Class Commissioning, in lower case. Each is found at the beginning of a word.
const WCC_WORDS: [&str; 18] = [
    "pct",
    "sha",
    "cluster",
    "panel",
    "self-assess",
    "self assess",
    "calibrat",
    "world class",
    "nhs",
    "competenc",
    "strand",
    "primary care",
    "ons",
    "once north",
    "trust",
    "delegated function",
    "strategic health",
    "360",
];

/// Words that only begin like one of World Class Commissioning.
const OTHER_WORDS: [&str; 4] = ["share", "shared", "sha-256", "shall"];

/// The lines of a text with a word of World Class Commissioning.
fn lines_with_wcc_words(text: &str) -> Vec<String> {
    let is_letter = |letter: char| letter.is_alphanumeric();
    let has_word = |line: &str| {
        let line = line.to_lowercase();
        WCC_WORDS.iter().any(|word| {
            line.match_indices(word).any(|(at, _)| {
                let (before, rest) = line.split_at(at);
                let starts = !before.ends_with(is_letter);
                let end = rest.find(|letter: char| !is_letter(letter) && letter != '-');
                let whole = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
                // These are too short to look for in longer words and in digests.
                let is_short = matches!(*word, "ons" | "sha" | "360");
                let is_first = whole.split('-').next() == Some(*word);
                let matches = !is_short || is_first || whole == format!("{word}s");
                starts && matches && !OTHER_WORDS.contains(&whole)
            })
        })
    };
    let lines = text.lines().filter(|line| has_word(line));
    lines.map(str::to_owned).collect()
}

/// Collects what commands print, with the lines that are wrong.
#[derive(Default)]
struct Outputs {
    wrong: Vec<String>,
}

impl Outputs {
    fn check(&mut self, what: &str, text: &str) {
        for line in lines_with_wcc_words(text) {
            self.wrong.push(format!("{what}\n    {line}"));
        }
    }

    /// Runs a command on an example whose bodies are NHS trusts: "NHS" and "trust" are its own words.
    fn of_example(&mut self, arguments: &[&str]) {
        let output = wcc(arguments);
        let mut text = stdout(&output) + &stderr(&output);
        assert!(output.status.success(), "{arguments:?}: {text}");
        for own in ["NHS", "trust", "Trust", "TRUST"] {
            text = text.replace(own, "…");
        }
        self.check(&arguments.join(" "), &text);
    }

    /// Runs a command and checks everything that it prints. Returns its output.
    fn of(&mut self, arguments: &[&str]) -> String {
        let output = wcc(arguments);
        let (text, problems) = (stdout(&output), stderr(&output));
        let what = arguments.join(" ");
        self.check(&what, &text);
        self.check(&what, &problems);
        text + &problems
    }

    fn finish(self) {
        assert!(
            self.wrong.is_empty(),
            "{} lines with words of World Class Commissioning:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
    }
}

#[test]
fn scorecards_have_the_words_of_the_regime() {
    let mut outputs = Outputs::default();
    let full = outputs.of(&["assure", CASE, "--full"]);
    for expected in [
        "own evaluation",
        "inspection",
        "consistency check",
        "joint service",
        "councils",
        "similar",
        "the lead inspector",
        "adjusted",
        "family group",
        "indicators",
    ] {
        let is_there = full.to_lowercase().contains(expected);
        assert!(is_there, "{expected}: {full}");
    }
    outputs.of(&["assure", CASE]);
    for (option, code) in [
        ("body", "ELM"),
        ("group", "elm-oak"),
        ("function", "adoption"),
    ] {
        let option = format!("--{option}");
        outputs.of(&["assure", CASE, &option, code]);
        outputs.of(&["assure", CASE, &option, code, "--full"]);
    }
    outputs.of(&["assure", CASE, "--body", "elm-oak"]);
    outputs.of(&["assure", CASE, "--group", "ELM"]);
    outputs.of(&["assure", CASE, "--body", "ELN"]);
    outputs.of(&["assure", CASE, "--cycle", "2025"]);
    outputs.of(&[
        "framework",
        "check",
        "tests/cases/council/rulebook-2024.toml",
    ]);
    outputs.finish();
}

#[test]
fn explanations_have_the_words_of_the_regime() {
    let mut outputs = Outputs::default();
    let items = [
        "care.1",
        "care.2",
        "protection.1",
        "leaders.1",
        "care",
        "protection",
        "leaders",
        "services",
        "leadership",
        "overall",
        "stability",
        "visits",
        "nothing",
    ];
    for body in ["ELM", "OAK", "ASH", "elm-oak", "adoption", "ELN"] {
        for item in items {
            outputs.of(&["explain", CASE, body, item]);
        }
    }
    outputs.finish();
}

#[test]
fn the_examples_have_the_words_of_their_regimes() {
    let examples = [
        (
            "council-assessments",
            "cqc-councils-2024",
            &["blackpool", "camden"][..],
            &["QS1", "leadership", "statements", "overall"][..],
        ),
        (
            "trust-segments",
            "nof-2025-q1",
            &["RLY", "RXG", "RYA", "RNK", "RXV"],
            &[
                "OF1016",
                "OF1041",
                "OF5004",
                "OF5007",
                "access-to-services",
                "metrics",
                "adjustments",
                "overall",
            ],
        ),
    ];
    let mut outputs = Outputs::default();
    for (case, rule_book, bodies, parts) in examples {
        let case = format!("examples/{case}");
        let file = format!("{case}/{rule_book}.toml");
        outputs.of_example(&["framework", "check", &file]);
        outputs.of_example(&["assure", &case]);
        outputs.of_example(&["assure", &case, "--full"]);
        for body in bodies {
            outputs.of_example(&["assure", &case, "--body", body]);
            for part in parts {
                outputs.of_example(&["explain", &case, body, part]);
            }
        }
    }
    outputs.finish();
}

/// Joint services without a plugin.
#[test]
fn joint_services_have_the_words_of_the_regime() {
    const JOINT: &str = "tests/cases/joint-service";
    let mut outputs = Outputs::default();
    outputs.of(&["assure", JOINT]);
    outputs.of(&["assure", JOINT, "--full"]);
    for function in ["bins", "books"] {
        outputs.of(&["assure", JOINT, "--function", function]);
        outputs.of(&["assure", JOINT, "--function", function, "--full"]);
    }
    for body in ["north", "south", "west", "bins", "books"] {
        for part in ["waste.1", "waste.2", "waste", "libraries.2", "overall"] {
            outputs.of(&["explain", JOINT, body, part]);
        }
    }
    let json = printed(&["assure", JOINT, "--json"]);
    let answer: Value = serde_json::from_str(&json).expect("JSON");
    check_values(&mut outputs, "", &answer);
    outputs.finish();
}

/// The ledger's commands. An entry in full is shown as it is stored, in the published format.
#[test]
fn the_ledger_has_the_words_of_the_regime() {
    let settings = support::settings_with("");
    let mut outputs = Outputs::default();
    for arguments in [
        &["ledger", "load", CASE][..],
        &["ledger", "load", CASE],
        &["ledger", "show", "1", "100"],
        &["assure", "ledger:", "--full"],
        &["ledger", "rebase", "council/2024", "--bodies", CASE],
        &[
            "ledger",
            "rebase",
            "council/2024",
            "--bodies",
            CASE,
            "--body",
            "ELN",
        ],
        &[
            "policy",
            "ask",
            "record-judgement",
            "--role",
            "inspector",
            "--method",
            "inspection",
            "council/2024",
            "ELM",
        ],
        &[
            "policy",
            "ask",
            "record-judgement",
            "--role",
            "inspector",
            "--method",
            "inspektion",
            "council/2024",
            "ELM",
        ],
        &["verify"],
    ] {
        let output = support::wcc_with(&settings, arguments);
        let what = arguments.join(" ");
        outputs.check(&what, &stdout(&output));
        outputs.check(&what, &stderr(&output));
        if what.contains("inspection") {
            let (text, problems) = (stdout(&output), stderr(&output));
            assert!(
                text.contains("record-judgement on Elmshire"),
                "{text}{problems}"
            );
        }
        if what.contains("inspektion") {
            let problems = stderr(&output);
            assert!(
                problems.contains("did you mean `inspection`?"),
                "{problems}"
            );
        }
    }
    outputs.finish();
}

/// Names and values of JSON.
#[test]
fn json_has_the_words_of_the_regime() {
    let mut outputs = Outputs::default();
    let all = outputs.of(&["assure", CASE, "--json"]);
    for expected in [
        "\"bodyCount\": 3",
        "\"kindId\": \"body\"",
        "\"kindTitle\": \"council\"",
        "\"methodId\": \"inspection\"",
        "\"originId\": \"group\"",
        "\"improvedOnPrevious\"",
    ] {
        assert!(all.contains(expected), "{expected}: {all}");
    }
    for value in ["PREVIOUS", "PANEL", "SELF", "LAST_YEAR"] {
        assert!(!all.contains(value), "{value}");
    }
    for (option, code) in [
        ("--body", "ELM"),
        ("--group", "elm-oak"),
        ("--function", "adoption"),
    ] {
        let part = outputs.of(&["assure", CASE, "--json", option, code]);
        assert!(!part.contains("\"extensions\""), "{part}");
    }
    let series = outputs.of(&["assure", "tests/cases/regimes/series", "--json"]);
    assert!(series.contains("\"seriesId\": \"girls\""), "{series}");
    outputs.of_example(&["assure", "examples/council-assessments", "--json"]);
    outputs.of_example(&["assure", "examples/trust-segments", "--json"]);
    outputs.finish();
}

fn check_values(outputs: &mut Outputs, path: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // The codes of checks are published, and a path names fields of the schema.
                if !["check", "__typename", "id", "path"].contains(&name.as_str()) {
                    check_values(outputs, &format!("{path}.{name}"), value);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                check_values(outputs, path, item);
            }
        }
        Value::String(text) => {
            let is_of_schema = text
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_');
            if !is_of_schema {
                outputs.check(path, text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A server of this regime alone lists its own bodies, and refuses in its own words.
#[test]
fn a_server_lists_the_bodies_of_the_regime_and_refuses_in_its_words() {
    let settings = support::settings_with("");
    let loaded = support::wcc_with(&settings, &["ledger", "load", CASE]);
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let server = Server::on_ledger(&settings);
    let bodies = server.ask(
        "{ authorities { code kindId kindTitle } bodies { edges { node { code kindTitle } } } \
         checks { title what why example } }",
    );
    let authority = serde_json::json!([{
        "code": "REG", "kindId": "authority", "kindTitle": "regulator",
    }]);
    assert_eq!(bodies["authorities"], authority);
    let councils = bodies["bodies"]["edges"].as_array().map(Vec::len);
    assert_eq!(councils, Some(3), "{bodies}");
    let mut outputs = Outputs::default();
    check_values(&mut outputs, "", &bodies);
    let file = settings.with_file_name("data").join("operator.token");
    let token = std::fs::read_to_string(file).expect("the token");
    let authorization = format!("Authorization: Bearer {}", token.trim());
    let judgement = |body: &str, method: &str, more: &str| {
        format!(
            "mutation {{ recordJudgement(input: {{ cycle: \"council/2024\", body: \"{body}\", \
             measure: \"protection.1\", method: {method}, value: \"2\", requestId: \"{body} {method} \
             {more}\" {more} }}) {{ entry userErrors {{ message expected nearest }} }} }}"
        )
    };
    let queries = [
        judgement("REG", "PANEL", ""),
        judgement("ELN", "PANEL", ""),
        judgement("ELM", "PREVIOUS", ""),
        judgement("ELM", "ANALYST", ""),
        judgement("ELM", "PANEL", ""),
        judgement("ELM", "SELF", "assessor: \"ASH\""),
        judgement("ELM", "PANEL", "methodId: \"inspection\""),
        judgement("ELM", "null", ""),
        judgement("ELM", "null", "methodId: \"inspektion\""),
        "{ pct(code: \"elm-oak\") { name } }".to_owned(),
        "{ pct(code: \"5KF\") { name } }".to_owned(),
        "{ body(code: \"5KF\") { name } }".to_owned(),
        "{ sha(code: \"ELM\") { name } }".to_owned(),
        "{ output(cycle: \"council/2024\", pct: \"elm-oak\") { id } }".to_owned(),
        "{ cycle(id: \"council/2024\") { framework { component(id: \"x\") { title } } } }"
            .to_owned(),
    ];
    for query in queries {
        let body = serde_json::json!({ "query": query }).to_string();
        let headers = ["Content-Type: application/json", &authorization];
        let answer = server.send("POST /graphql", &headers, &body).body;
        let refused = answer.to_string();
        let is_refused = refused.contains("\"errors\"") || refused.contains("\"message\"");
        assert!(is_refused, "{query}\n{refused}");
        // A message names the field or argument of the schema that is at fault.
        check_values(&mut outputs, &query, &answer);
    }
    outputs.finish();
    // The regime's own words for methods and kinds are accepted.
    let given = "cycle: \"council/2024\", body: \"ASH\"";
    let accepted = [
        format!(
            "mutation {{ recordJudgement(input: {{ {given}, requestId: \"own 1\", measure: \"leaders.1\", \
             methodId: \"own\", value: \"3\" }}) {{ entry userErrors {{ message }} }} }}"
        ),
        format!(
            "mutation {{ fileEvidence(input: {{ {given}, requestId: \"own 2\", id: \"walk\", \
             kindId: \"hearing\", title: \"Visit\" }}) {{ entry userErrors {{ message }} }} }}"
        ),
    ];
    for query in accepted {
        let body = serde_json::json!({ "query": query }).to_string();
        let headers = ["Content-Type: application/json", &authorization];
        let answer = server.send("POST /graphql", &headers, &body).body;
        let field = query.split(['{', '(']).nth(1).unwrap_or_default().trim();
        assert!(answer["data"][field]["entry"].is_number(), "{answer}");
    }
    let shown = server.ask(
        "{ output(cycle: \"council/2024\", body: \"ASH\") { cells(measures: [\"leaders.1\"]) { \
         value(methodId: \"own\") marks(methodIds: [\"own\"]) { methodId methodTitle originId } } \
         evidence { code kindId kindTitle } } }",
    );
    let cell = serde_json::json!({ "value": "3", "marks": [{
        "methodId": "own", "methodTitle": "own evaluation", "originId": "own",
    }] });
    assert_eq!(shown["output"]["cells"][0], cell);
    let visit = serde_json::json!({ "code": "walk", "kindId": "hearing", "kindTitle": "hearing" });
    let evidence = shown["output"]["evidence"].as_array();
    assert!(evidence.is_some_and(|all| all.contains(&visit)), "{shown}");
}

/// Many bodies are printed as a table.
#[test]
fn a_table_of_bodies_has_the_words_of_the_regime() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&root().join(CASE), folder.path());
    let add = |file: &str, row: &dyn Fn(u32) -> String| {
        let path = folder.path().join(file);
        let mut text = std::fs::read_to_string(&path).expect("a file of the case");
        text.extend((10..25).map(row));
        std::fs::write(&path, text).expect("it can be written");
    };
    add("bodies.csv", &|at| format!("C{at},Council {at},REG,\n"));
    add("judgements.csv", &|at| {
        format!("C{at},care.1,inspection,2,,,\n")
    });
    let case = folder.path().join("case.toml");
    let text = std::fs::read_to_string(&case).expect("case.toml");
    let text = text.replace("bodies = [\"ELM\", \"OAK\", \"ASH\"]\n", "");
    std::fs::write(&case, text).expect("it can be written");
    let mut outputs = Outputs::default();
    let table = outputs.of(&["assure", &folder.path().display().to_string()]);
    assert!(table.contains("Council 24"), "{table}");
    assert!(table.contains("--group"), "{table}");
    outputs.finish();
}

/// Files with mistakes: what is reported, and what was expected instead.
#[test]
fn problems_of_files_have_the_words_of_the_regime() {
    let mistakes: [(&str, &str, &str); 25] = [
        ("rulebook-2024.toml", "rule = \"mean\"", "rule = \"meen\""),
        (
            "judgements.csv",
            "elm-oak,care.1,own,3",
            "elm-oak,care.1,panel,3",
        ),
        (
            "judgements.csv",
            "elm-oak,care.1,own,3",
            "elm-oak,care.1,previous,3",
        ),
        (
            "judgements.csv",
            "elm-oak,care.1,own,3",
            "elm-oka,care.1,own,3",
        ),
        ("judgements.csv", "elm-oak,care.1,own,3", "REG,care.1,own,3"),
        (
            "judgements.csv",
            "elm-oak,care.1,own,3",
            "elm-oak,care.9,own,3",
        ),
        (
            "judgements.csv",
            "ASH,care.1,own,4",
            "ASH,care.1,own,4\nASH,care.1,own,3",
        ),
        ("judgements.csv", "Its own referrals wait for weeks.", ""),
        (
            "judgements.csv",
            "ASH,care.1,own,4,,,",
            "ASH,care.1,own,4,,,ELM",
        ),
        (
            "judgements.csv",
            "body,measure,method",
            "boddy,measure,method",
        ),
        ("bodies.csv", "ELM,Elmshire,REG", "ELM,Elmshire,REGG"),
        ("bodies.csv", "ELM,Elmshire,REG", "ELM,Elmshire,"),
        ("bodies.csv", "ELM,Elmshire,REG", "REG,Elmshire,REG"),
        (
            "bodies.csv",
            "code,name,authority,peers",
            "code,name,authority,pears",
        ),
        (
            "bodies.csv",
            "code,name,authority,peers",
            "code,name,autority,peers",
        ),
        ("memberships.csv", "elm-oak,OAK", "elm-oak,OKA"),
        ("memberships.csv", "group,body", "grop,body"),
        ("memberships.csv", "elm-oak,OAK", "elm-oak,OAK\nelm-oak,ELM"),
        ("case.toml", "\"ASH\"]", "\"ASH\", \"ASSH\"]"),
        ("case.toml", "\"ASH\"]", "\"ASH\", \"elm-oak\"]"),
        ("case.toml", "bodies = [", "body = ["),
        ("outcomes.csv", "ELM,1,stability", "elm-oak,1,stability"),
        ("outcomes.csv", "code,peers", "code,peers"),
        ("statements.csv", "met-own", "met-self-assess"),
        ("evidence.csv", "elm-oak,hearing", "elm-oak,panel-day"),
    ];
    let mut outputs = Outputs::default();
    for (file, right, wrong) in mistakes {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&root().join(CASE), folder.path());
        let path = folder.path().join(file);
        let text = std::fs::read_to_string(&path).expect("a file of the case");
        let changed = text.replacen(right, wrong, 1);
        std::fs::write(&path, changed).expect("it can be written");
        let output = command()
            .arg("--config")
            .arg(settings())
            .arg("assure")
            .arg(folder.path())
            .output()
            .expect("wcc runs");
        // What was written is repeated, and may be a word of World Class Commissioning.
        let problems = stderr(&output).replace(&format!("\"{}\"", quoted_word(wrong)), "");
        outputs.check(&format!("{file}: {wrong}"), &problems);
    }
    outputs.finish();
}

/// The word of a mistake that a message quotes.
fn quoted_word(wrong: &str) -> &str {
    let mut words = wrong.split(',');
    words
        .find(|word| ["panel", "previous", "panel-day", "met-self-assess"].contains(word))
        .unwrap_or(wrong)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("a file");
        if entry.path().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
        }
    }
}
