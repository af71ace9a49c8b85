//! A framework with its own series: from files through the ledger to the API, and back.

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

use serde_json::{Value, json};
use server::Server;
use support::{CopiedCase, printed, stderr};

const CASE: &str = "tests/cases/regimes/series";

/// Records the absence of all pupils of S3, which the case does not have, with other fields.
fn record(request: &str, more: &str) -> String {
    format!(
        "mutation {{ recordOutcome(input: {{ requestId: \"{request}\", cycle: \"series/2025\", \
         pct: \"S3\", slot: 3, outcome: \"absence\", title: \"Days of absence\", better: LOWER, \
         scope: NATIONAL, {more} }}) {{ entry userErrors {{ code field message nearest }} }} }}"
    )
}

#[test]
fn series_are_recorded_and_shown_by_their_identifiers() {
    let settings = support::settings_with("");
    let loaded = support::wcc_with(&settings, &["ledger", "load", CASE]);
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let served = support::printed_with(&settings, &["assure", "ledger:", "--full"]);
    assert_eq!(served, printed(&["assure", CASE, "--full"]));
    let server = Server::on_ledger(&settings);
    let token = settings.with_file_name("data").join("operator.token");
    let token = std::fs::read_to_string(token).expect("the token");
    let authorization = format!("Authorization: Bearer {}", token.trim());
    let send = |query: &str| -> Value {
        let headers = ["Content-Type: application/json", &authorization];
        let body = json!({ "query": query }).to_string();
        let answer = server.send("POST /graphql", &headers, &body).body;
        answer["data"]["recordOutcome"].clone()
    };
    let errors = |query: &str| send(query)["userErrors"].clone();
    let unknown = errors(&record("1", "seriesId: \"all-pupil\""));
    assert_eq!(
        unknown,
        json!([{
            "code": "NOT_FOUND",
            "field": "input.seriesId",
            "message": "there is no series `all-pupil`: did you mean `all-pupils`?",
            "nearest": "all-pupils",
        }])
    );
    let by_sex = errors(&record("2", "series: PERSONS"));
    assert_eq!(by_sex[0]["field"], "input.series");
    assert_eq!(by_sex[0]["code"], "NOT_FOUND");
    for neither_or_both in ["", "series: MALES, seriesId: \"boys\""] {
        let refused = errors(&record("3", neither_or_both));
        let message = "give either `seriesId` or `series`";
        assert_eq!(refused[0]["message"], message, "{neither_or_both}");
    }
    let recorded = send(&record("4", "seriesId: \"All-Pupils\""));
    assert!(recorded["entry"].is_number(), "{recorded}");
    let again = errors(&record("5", "seriesId: \"all-pupils\""));
    let message = again[0]["message"].as_str().expect("a message");
    assert!(message.contains("for all pupils is already"), "{message}");
    let shown = server.ask(
        "{ cycle(id: \"series/2025\") { framework { series { code title isWhole } outcomes { code \
         series seriesIds } } } output(cycle: \"series/2025\", pct: \"S3\") { outcomes { code series \
         seriesId seriesTitle } } }",
    );
    let outcomes = &shown["output"]["outcomes"];
    let absence = json!({ "code": "absence", "series": null, "seriesId": "all-pupils",
        "seriesTitle": "all pupils" });
    assert_eq!(outcomes[3], absence, "{outcomes}");
    assert_eq!(
        outcomes[0]["seriesId"], "girls",
        "the first that is declared"
    );
    let framework = &shown["cycle"]["framework"];
    assert_eq!(
        framework["series"][2],
        json!({ "code": "all-pupils", "title": "all pupils", "isWhole": true })
    );
    assert_eq!(
        framework["outcomes"][0],
        json!({ "code": "reading", "series": [], "seriesIds": ["boys", "girls"] })
    );
}

#[test]
fn a_series_that_the_framework_does_not_declare_is_refused_with_its_place() {
    let case = CopiedCase::of("../tests/cases/regimes/series");
    case.edit("outcomes.csv", |text| text.replacen("boys", "males", 1));
    case.edit("outcome_values.csv", |text| {
        text.replacen("boys", "girl", 1)
    });
    let problems = case.refused();
    for expected in [
        "outcomes.csv, row 2, column series: \"males\" is not known; expected girls, boys or all-pupils",
        "outcome_values.csv, row 2, column series: \"girl\" is not known; expected girls, boys or \
         all-pupils; did you mean \"girls\"?",
    ] {
        assert!(problems.contains(expected), "{problems}");
    }
}
