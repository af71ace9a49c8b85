//! What different actors are answered over one ledger: names, caches, entity tags, earlier moments.

use crate::book::{CYCLE, LedgerApi};
use crate::client::send;
use crate::server::Server;
use crate::writing::judgement;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use wcc_api::{Api, Authenticator, Request};
use wcc_core::Actor;
use wcc_core::ledger::{Draft, Fact, OrganisationTable, OrganisationTables, RebaseFact};
use wcc_core::policy::{Decision, Policy, Question, READ, READ_PERSON};
use wcc_programme::{NotAssuredCycle, Programme};

/// A policy from a function.
#[derive(Debug)]
struct Rule(fn(&Question<'_>) -> bool);

impl Policy for Rule {
    fn decide(&self, question: &Question<'_>) -> Decision {
        if (self.0)(question) {
            return Decision::Allowed;
        }
        Decision::Denied {
            reason: "not for you".to_owned(),
        }
    }
}

/// A policy that permits everything, and counts how often it is asked who sees a body.
#[derive(Debug, Default)]
struct Counting(AtomicUsize);

impl Policy for Counting {
    fn decide(&self, question: &Question<'_>) -> Decision {
        if question.act == READ && question.resource.body.is_some() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        Decision::Allowed
    }
}

fn is_public(question: &Question<'_>) -> bool {
    &*question.actor.role == Actor::PUBLIC
}

fn auditor() -> Actor {
    Actor {
        role: "auditor".into(),
        body: Some("Q30".into()),
        ..Actor::operator("A. Uditor")
    }
}

fn as_actor(ledger_api: &LedgerApi, actor: Option<Actor>, query: &str) -> String {
    let request = Request {
        actor,
        ..Request::new(query)
    };
    ledger_api.text(request)
}

fn public(ledger_api: &LedgerApi, query: &str) -> String {
    as_actor(ledger_api, None, query)
}

/// A server that knows the auditor by a token.
fn server(ledger_api: &LedgerApi) -> Server {
    let authenticator = Authenticator::of_tokens(|token| (token == "auditor").then(auditor));
    let api: Api = ledger_api.api.clone();
    let router = wcc_api::with_layers(wcc_api::routes(api, authenticator));
    Server::routed(ledger_api.api.clone(), router)
}

const AUDITOR: (&str, &str) = ("authorization", "Bearer auditor");

fn target(query: &str) -> String {
    let escaped: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/graphql?query={escaped}")
}

/// Status, entity tag and body of a GET.
fn get(server: &Server, query: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
    let response = send(server.address, "GET", &target(query), headers, b"");
    let tag = response.header("etag").unwrap_or_default().to_owned();
    (response.status, tag, response.text())
}

const NAMES: &str = "{ output(cycle: \"south-of-tyne-and-wear/2008-09\", pct: \"5KF\") {
    cells(measures: [\"3c\"]) { marks { method entry enteredBy { person role body { code } at } } } } }";

/// Who entered the calibrated value of [`NAMES`].
fn entered_by(answer: &str) -> Value {
    let answer: Value = serde_json::from_str(answer).unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    let marks = answer["data"]["output"]["cells"][0]["marks"].as_array();
    let marks = marks.unwrap_or_else(|| panic!("{answer}")).iter();
    let mut calibrated = marks.filter(|mark| mark["method"] == "CALIBRATED");
    let mark = calibrated.next();
    mark.unwrap_or_else(|| panic!("{answer}"))["enteredBy"].clone()
}

#[test]
fn the_policy_decides_who_sees_the_names_of_those_who_made_entries() {
    let ledger_api = LedgerApi::new();
    ledger_api.record("one", json!({}));
    let without_policy = entered_by(&public(&ledger_api, NAMES));
    assert_eq!(without_policy["person"], "the clerk");
    // The public sees the role, an auditor the names in one region, the operator all.
    ledger_api.api.set_policy(Arc::new(Rule(|question| {
        let in_region = question.resource.sha == Some("Q30");
        match (question.act, &*question.actor.role) {
            (READ_PERSON, "public") => false,
            (READ_PERSON, "auditor") => in_region,
            _ => true,
        }
    })));
    for _ in 0..2 {
        let told = entered_by(&public(&ledger_api, NAMES));
        assert_eq!(told["person"], Value::Null);
        assert_eq!(told["role"], "operator");
        assert_eq!(told["body"], Value::Null);
        assert_eq!(told["at"], without_policy["at"]);
        for actor in [auditor(), Actor::operator("somebody else")] {
            let told = entered_by(&as_actor(&ledger_api, Some(actor), NAMES));
            assert_eq!(told["person"], "the clerk");
        }
    }
    // The same of an earlier moment, and in the answer to a mutation.
    let then = format!("query @asOf(entry: {}) {NAMES}", ledger_api.last());
    assert_eq!(
        entered_by(&public(&ledger_api, &then))["person"],
        Value::Null
    );
    let told = entered_by(&as_actor(&ledger_api, Some(auditor()), &then));
    assert_eq!(told["person"], "the clerk");
    let mutation =
        "mutation Record($input: RecordJudgementInput!) { recordJudgement(input: $input) {
        cycle { outputs(first: 1) { edges { node { cells(measures: [\"3c\"]) {
            marks { method enteredBy { person role body { code } } } } } } } } } }";
    let last = ledger_api.last();
    let input = judgement("two", json!({ "value": "3", "supersedes": last }));
    let request = Request::new(mutation).variables(input.to_string());
    let answer: Value = serde_json::from_str(&ledger_api.text(request.actor(auditor()))).unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    let cycle = &answer["data"]["recordJudgement"]["cycle"];
    let output = &cycle["outputs"]["edges"][0]["node"];
    let answer = json!({ "data": { "output": output } }).to_string();
    let expected = json!({
        "person": "A. Uditor", "role": "auditor", "body": { "code": "Q30" },
    });
    assert_eq!(entered_by(&answer), expected);
}

#[test]
fn the_tag_of_one_actor_is_not_answered_to_another() {
    let ledger_api = LedgerApi::new();
    ledger_api.record("one", json!({}));
    ledger_api.api.set_policy(Arc::new(Rule(|question| {
        !(question.act == READ_PERSON && is_public(question))
    })));
    let server = server(&ledger_api);
    for query in [
        NAMES,
        &format!("query @asOf(entry: {}) {NAMES}", ledger_api.last()),
    ] {
        let of_auditor = get(&server, query, &[AUDITOR]);
        let of_public = get(&server, query, &[]);
        assert_ne!(of_auditor.1, of_public.1);
        assert!(of_auditor.2.contains("the clerk"), "{of_auditor:?}");
        assert!(!of_public.2.contains("the clerk"), "{of_public:?}");
        let held = |tag: &str, more: &[(&str, &str)]| {
            let headers = [&[("if-none-match", tag)][..], more].concat();
            get(&server, query, &headers)
        };
        assert_eq!(held(&of_auditor.1, &[AUDITOR]).0, 304);
        assert_eq!(held(&of_public.1, &[]).0, 304);
        assert_eq!(held(&of_auditor.1, &[]), of_public);
        assert_eq!(held(&of_public.1, &[AUDITOR]), of_auditor);
    }
}

#[test]
fn another_policy_is_answered_at_once() {
    let ledger_api = LedgerApi::new();
    let server = server(&ledger_api);
    let last = ledger_api.last();
    let pcts = "{ pcts { edges { node { code } } } }";
    let queries = [
        pcts.to_owned(),
        format!("query @asOf(entry: {last}) {pcts}"),
    ];
    ledger_api.api.set_policy(Arc::new(Rule(|_| true)));
    for query in &queries {
        let first = get(&server, query, &[]);
        assert!(first.2.contains("5KF"), "{first:?}");
        ledger_api.api.set_policy(Arc::new(Rule(|question| {
            let body = question.resource.body.map(|body| body.code.as_str());
            !(question.act == READ && is_public(question) && body == Some("5KF"))
        })));
        let held = [("if-none-match", first.1.as_str())];
        let second = get(&server, query, &held);
        assert_eq!(second.0, 200);
        assert!(!second.2.contains("5KF"), "{second:?}");
        ledger_api.api.set_policy(Arc::new(Rule(|_| true)));
        let held = [("if-none-match", second.1.as_str())];
        let third = get(&server, query, &held);
        assert_eq!((third.0, &third.2), (200, &first.2));
    }
}

/// The tables of the cycle, with one membership fewer.
fn without_membership(ledger_api: &LedgerApi, pct: &str) -> OrganisationTables {
    let tables = ledger_api.ledger.look(|state| {
        let sets = state.organisations_at(state.last());
        sets.first().unwrap().1.clone()
    });
    let shorter = |table: OrganisationTable| {
        let membership = format!("south-of-tyne-and-wear,{pct},");
        let lines = table
            .text
            .lines()
            .filter(|line| !line.starts_with(&membership));
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        OrganisationTable {
            text: text.into(),
            ..table
        }
    };
    OrganisationTables {
        id: "corrected".into(),
        tables: tables.tables.into_iter().map(shorter).collect(),
        ..tables
    }
}

#[test]
fn two_who_see_the_same_now_may_see_different_things_of_the_past() {
    let ledger_api = LedgerApi::new();
    let before = ledger_api.last();
    // The public does not see a PCT as long as it is in a cluster.
    ledger_api.api.set_policy(Arc::new(Rule(|question| {
        let resource = question.resource;
        let is_pct = resource.body.is_some_and(|body| body.code == "5KF");
        let in_cluster = resource.cycle.is_some() && resource.cluster.is_some();
        !(question.act == READ && is_public(question) && is_pct && in_cluster)
    })));
    let query = format!("{{ cycle(id: \"{CYCLE}\") {{ pctCount }} }}");
    let then = format!("query @asOf(entry: {before}) {query}");
    let hidden = public(&ledger_api, &query);
    let moved = Draft::from(Fact::Rebase(RebaseFact {
        cycle: CYCLE.into(),
        organisations: "corrected".into(),
        pcts: ["5KF", "5KG", "5KL"].map(Into::into).into(),
        reason: None,
    }));
    let tables = Draft::from(Fact::Organisations(without_membership(&ledger_api, "5KF")));
    ledger_api.enter("corrected", vec![tables, moved]);
    assert_ne!(
        public(&ledger_api, &query),
        hidden,
        "it is in no cluster any more"
    );
    assert_eq!(
        public(&ledger_api, &query),
        as_actor(&ledger_api, Some(auditor()), &query)
    );
    let server = server(&ledger_api);
    let of_auditor = get(&server, &then, &[AUDITOR]);
    let held = [("if-none-match", of_auditor.1.as_str())];
    for _ in 0..2 {
        assert_ne!(as_actor(&ledger_api, Some(auditor()), &then), hidden);
        assert_eq!(public(&ledger_api, &then), hidden);
        let of_public = get(&server, &then, &held);
        assert_eq!((of_public.0, &of_public.2), (200, &hidden));
    }
}

#[test]
fn the_end_of_the_ledger_does_not_show_to_those_who_do_not_see_everything() {
    let ledger_api = LedgerApi::new();
    ledger_api.api.set_policy(Arc::new(Rule(|question| {
        let is_pct = question
            .resource
            .body
            .is_some_and(|body| body.code == "5KG");
        !(question.act == READ && is_public(question) && is_pct)
    })));
    let server = server(&ledger_api);
    let query = format!(
        "query @asOf(entry: 1000000) {{ ledger {{ head {{ entry }} }} outputs(cycle: \"{CYCLE}\") {{
            edges {{ cursor node {{ pct {{ code }} }} }} pageInfo {{ endCursor }} }} }}"
    );
    let first = get(&server, &query, &[]);
    assert!(first.2.contains("\"ledger\":null"), "{first:?}");
    let remark = json!({ "body": "5KG", "measure": "1a" });
    ledger_api.record("on what is hidden", remark);
    assert_eq!(get(&server, &query, &[]), first, "with the same tag");
    let operator = as_actor(&ledger_api, Some(Actor::operator("somebody")), &query);
    assert!(operator.contains("the last entry is"), "{operator}");
}

#[test]
fn a_cycle_that_comes_not_assured_is_asked_about_too() {
    let ledger_api = LedgerApi::new();
    ledger_api.api.set_policy(Arc::new(Rule(|question| {
        let cycle = question.resource.cycle;
        !(question.act == READ && is_public(question) && cycle == Some("hidden"))
    })));
    let query = "{ notAssured { code } cycles { code } }";
    let before = public(&ledger_api, query);
    let now: Programme = ledger_api.programme();
    let cycle = &now.cycles[0];
    let hidden = NotAssuredCycle {
        cycle: wcc_core::Cycle {
            id: "hidden".to_owned(),
            ..(*cycle.cycle).clone()
        },
        errors: Vec::new(),
        previous: None,
        places: cycle.places.clone(),
    };
    let mut next = now.clone();
    next.not_assured.push(Arc::new(hidden));
    ledger_api.api.replace_at(next, ledger_api.ledger.head());
    assert_eq!(public(&ledger_api, query), before);
    let operator = as_actor(&ledger_api, Some(Actor::operator("somebody")), query);
    assert!(operator.contains("hidden"), "{operator}");
}

#[test]
fn a_view_is_made_only_for_an_answer_to_a_mutation_that_reads_it() {
    let ledger_api = LedgerApi::new();
    let counting = Arc::new(Counting::default());
    ledger_api
        .api
        .set_policy(Arc::clone(&counting) as Arc<dyn Policy>);
    let server = server(&ledger_api);
    let asked_after = |id: &str, measure: &str, selection: &str| {
        let mutation = format!(
            "mutation Record($input: RecordJudgementInput!) {{
                recordJudgement(input: $input) {{ {selection} }} }}"
        );
        let input = judgement(id, json!({ "measure": measure }));
        let request = json!({ "query": mutation, "variables": input }).to_string();
        let headers = [AUDITOR, ("content-type", "application/json")];
        let response = send(
            server.address,
            "POST",
            "/graphql",
            &headers,
            request.as_bytes(),
        );
        let text = response.text();
        assert!(text.contains("\"entry\":"), "{text}");
        assert!(!text.contains("rrors\":[{"), "{text}");
        counting.0.load(Ordering::Relaxed)
    };
    let bodies = ledger_api.programme().organisations.each().count();
    let alone = "__typename entry at repeated served userErrors { message }";
    assert!(asked_after("one", "3b", alone) < bodies);
    assert!(asked_after("two", "3c", "entry cycle { id }") >= bodies);
}
