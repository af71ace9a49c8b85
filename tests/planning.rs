//! Leads, actions and plans of a body: who records them, who sees them, and what is missing.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::{printed_with, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
const CLUSTER: &str = "south-of-tyne-and-wear";

/// Settings with a ledger that holds the example, in its first phase.
fn ledger() -> PathBuf {
    let settings = settings_with("");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    printed_with(&settings, &["phase", "open", CYCLE, "toolkit"]);
    settings
}

/// The number of requests so far, so that each has an identifier of its own.
static REQUESTS: AtomicU32 = AtomicU32::new(0);

/// Somebody in a role, who acts for a body.
struct Person<'s> {
    server: &'s Server,
    token: Option<String>,
}

impl Person<'_> {
    fn new<'s>(server: &'s Server, settings: &Path, role: &str, body: &str) -> Person<'s> {
        let who = ["--person", role, "--role", role, "--body", body];
        Person {
            server,
            token: Some(tokens::issue(settings, &who)),
        }
    }

    /// Records something; returns the messages of the mistakes in it.
    fn record(&self, field: &str, input: &str) -> Vec<String> {
        let request = REQUESTS.fetch_add(1, Ordering::Relaxed);
        let query = format!(
            "mutation {{ {field}(input: {{ requestId: \"{request}\", cycle: \"{CYCLE}\", {input} }}) \
             {{ userErrors {{ message }} }} }}"
        );
        let answer = send(self.server, self.token.as_deref(), None, &query);
        let errors = answer.body["data"][field]["userErrors"].as_array();
        let errors = errors.unwrap_or_else(|| panic!("{field}: {answer:?}"));
        let messages = errors.iter().map(|error| error["message"].as_str());
        messages.flatten().map(str::to_owned).collect()
    }

    fn allowed(&self, field: &str, input: &str) {
        assert_eq!(self.record(field, input), Vec::<String>::new(), "{field}");
    }

    fn denied(&self, field: &str, input: &str) {
        let messages = self.record(field, input);
        assert!(
            messages.iter().any(|message| message.contains("may not")),
            "{field}: {messages:?}"
        );
    }

    /// What they read of a PCT.
    fn reads(&self, body: &str, selection: &str) -> Value {
        let query = format!("{{ output(cycle: \"{CYCLE}\", body: \"{body}\") {{ {selection} }} }}");
        let answer = send(self.server, self.token.as_deref(), None, &query);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"]["output"].clone()
    }

    /// Waits until they read something of Gateshead.
    fn sees(&self, selection: &str, expected: &Value) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.reads("5KF", selection) != *expected {
            let found = self.reads("5KF", selection);
            assert!(Instant::now() < end, "{expected}: {found}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

const ACTION: &str = "body: \"south-of-tyne-and-wear\", id: \"market-analysis\", \
    text: \"Publish the market analysis.\", about: [\"7a\"], due: \"2008-10-31\", state: STARTED";
const LEAD: &str = "body: \"south-of-tyne-and-wear\", area: \"6\", person: \"A. Director\"";
const PLAN: &str = "body: \"south-of-tyne-and-wear\", plan: \"strategic-plan\", version: \"1\", \
    date: \"2008-10-20\"";

#[test]
fn each_role_records_its_part_and_partners_see_actions_once_they_are_released() {
    let settings = ledger();
    let server = Server::on_ledger(&settings);
    let person = |role: &str, body: &str| Person::new(&server, &settings, role, body);
    let (executive, lead) = (person("executive", CLUSTER), person("lead", CLUSTER));
    let (coordinator, assurer) = (person("coordinator", CLUSTER), person("assurer", "Q30"));
    let (partner, other) = (person("partner", "5KF"), person("executive", "5KG"));

    coordinator.allowed("allocateLead", LEAD);
    lead.denied("allocateLead", LEAD);
    lead.allowed("recordAction", ACTION);
    coordinator.denied("recordAction", ACTION);
    executive.allowed("filePlan", PLAN);
    lead.denied("filePlan", PLAN);
    let programme = "body: \"Q30\", plan: \"development-programme\", version: \"1\", \
        date: \"2008-06-01\"";
    assurer.allowed("filePlan", programme);
    executive.denied("filePlan", programme);
    // An executive of one PCT does not act for the cluster.
    other.denied("filePlan", PLAN);

    // What the cluster plans, each of its PCTs sees at once; an SHA sees it as well.
    let selection = "leads { person } actions(lateOn: \"2008-11-01\") { code } \
        plans { missing newest { version } }";
    let plan = |is_missing: bool| match is_missing {
        true => json!({ "missing": true, "newest": null }),
        false => json!({ "missing": false, "newest": { "version": "1" } }),
    };
    let missing = [false, true, true, true, true].map(plan);
    let all = json!({
        "leads": [{ "person": "A. Director" }],
        "actions": [{ "code": "market-analysis" }],
        "plans": missing,
    });
    executive.sees(selection, &all);
    assurer.sees(selection, &all);
    let without = json!({
        "leads": [{ "person": "A. Director" }],
        "actions": [],
        "plans": missing,
    });
    partner.sees(selection, &without);

    printed_with(
        &settings,
        &[
            "release",
            CYCLE,
            "--for",
            CLUSTER,
            "--to",
            "partner",
            "--from",
            "2009-02-15",
        ],
    );
    partner.sees(selection, &all);
    let public = Person {
        server: &server,
        token: None,
    };
    public.sees(selection, &Value::Null);
    // What is released to the public, actions are no part of.
    printed_with(
        &settings,
        &[
            "release",
            CYCLE,
            "--for",
            CLUSTER,
            "--to",
            "public",
            "--from",
            "2009-02-15",
        ],
    );
    public.sees(selection, &without);
}

#[test]
fn a_cluster_shares_an_area_of_concern_and_its_authority_records_support() {
    let settings = ledger();
    let server = Server::on_ledger(&settings);
    let person = |role: &str, body: &str| Person::new(&server, &settings, role, body);
    let (executive, assurer) = (person("executive", CLUSTER), person("assurer", "Q30"));
    let (board, partner) = (person("board", "5KF"), person("partner", "5KF"));
    let concern = format!("body: \"{CLUSTER}\", id: \"skills\", text: \"Market analysis.\"");
    let support = format!(
        "body: \"{CLUSTER}\", id: \"secondment\", areaOfConcern: \"skills\", \
         text: \"A secondment.\", state: CHOSEN"
    );
    let consequence =
        "body: \"5KF\", id: \"monitoring\", kind: INCENTIVE, text: \"Less monitoring.\"";
    assurer.denied("shareAreaOfConcern", &concern);
    executive.allowed("shareAreaOfConcern", &concern);
    executive.sees(
        "planning { areasWithoutSupport { code } }",
        &json!({ "planning": { "areasWithoutSupport": [{ "code": "skills" }] } }),
    );
    executive.denied("recordSupport", &support);
    assurer.allowed("recordSupport", &support);
    assurer.allowed("recordConsequence", consequence);

    let selection = "areasOfConcern { code support { code } } \
        support { areaOfConcern { code } } consequences { code } \
        planning { areasWithoutSupport { code } }";
    let seen = |consequences: Value| {
        json!({
            "areasOfConcern": [{ "code": "skills", "support": [{ "code": "secondment" }] }],
            "support": [{ "areaOfConcern": { "code": "skills" } }],
            "consequences": consequences,
            "planning": { "areasWithoutSupport": [] },
        })
    };
    assurer.sees(selection, &seen(json!([{ "code": "monitoring" }])));
    // A consequence would betray the result that it has, so it waits for the release.
    board.sees(selection, &seen(json!([])));
    let nothing = json!({
        "areasOfConcern": [], "support": [], "consequences": [],
        "planning": { "areasWithoutSupport": [] },
    });
    partner.sees(selection, &nothing);
}

#[test]
fn an_authority_sees_what_is_missing_of_each_of_its_bodies() {
    let settings = ledger();
    let server = Server::on_ledger(&settings);
    let person = |role: &str, body: &str| Person::new(&server, &settings, role, body);
    let (executive, assurer) = (person("executive", CLUSTER), person("assurer", "Q30"));
    let areas = [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "11",
        "governance",
        "outcomes",
    ];
    for area in areas {
        let lead = format!("body: \"{CLUSTER}\", area: \"{area}\", person: \"A. Director\"");
        executive.allowed("allocateLead", &lead);
    }
    executive.allowed("recordAction", ACTION);
    executive.allowed("filePlan", PLAN);
    executive.sees(
        "planning { areasAllocated }",
        &json!({ "planning": { "areasAllocated": 13 } }),
    );
    let query = format!(
        "{{ cycle(id: \"{CYCLE}\") {{ planning(authority: \"Q30\", on: \"2008-11-01\") {{ \
         body {{ code }} areaCount areasAllocated latePlans {{ plan {{ code }} }} \
         actions {{ late }} complete }} }} }}"
    );
    let answer = send(&server, assurer.token.as_deref(), None, &query);
    let planning = &answer.body["data"]["cycle"]["planning"];
    let late = json!([
        { "plan": { "code": "operating-plan" } },
        { "plan": { "code": "development-plan" } },
    ]);
    let of_pct = |code: &str| {
        json!({
            "body": { "code": code }, "areaCount": 13, "areasAllocated": 13, "latePlans": late,
            "actions": { "late": 1 }, "complete": false,
        })
    };
    let of_authority = json!({
        "body": { "code": "Q30" }, "areaCount": 0, "areasAllocated": 0, "latePlans": [],
        "actions": { "late": 0 }, "complete": false,
    });
    let expected = json!([of_pct("5KF"), of_pct("5KG"), of_pct("5KL"), of_authority]);
    assert_eq!(*planning, expected);
    // The command says the same.
    let arguments = ["planning", "ledger:", "--on", "2008-11-01"];
    let text = printed_with(&settings, &arguments);
    let row = text
        .lines()
        .find(|line| line.starts_with("Gateshead PCT (5KF)"));
    let row = row.unwrap_or_else(|| panic!("no row for Gateshead:\n{text}"));
    let figures: Vec<&str> = row.split_whitespace().skip(3).collect();
    assert_eq!(figures[..5], ["13/13", "1/5", "2", "1", "1"], "{text}");
    assert!(
        text.contains("late actions: market-analysis (due 2008-10-31)"),
        "{text}"
    );
    assert!(
        text.contains("plans not filed: Annual operating plan (due 2008-10-31)"),
        "{text}"
    );
}
