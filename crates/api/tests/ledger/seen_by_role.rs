//! What each role sees of each field of the schema, in each phase of a cycle, and that nothing which the policy
//! denies to a role is in any answer, however they ask: through lists, nodes, entities, search, counts, earlier
//! moments, history, refusals and subscriptions.
//!
//! Each record has a text of its own, which is looked for in every answer. Whether somebody may see the record is
//! asked of the policy, not of the answers; a rationale is excused if the policy shows it without its value, asked for its body.
//! `docs/permissions/fields-wcc-2008-09.md` is the table of fields;
//! `UPDATE=1` rewrites it.
//!
//! Everything is asked of one API, in one query for all fields, one for all other ways and one subscription for each
//! field that can be watched: what takes time is to derive what somebody sees, once for each role and moment.

mod schema;
mod table;
mod watching;

use crate::book::CYCLE;
use crate::markers::{Hidden, Markers};
use crate::played::{GROUP, Played, somebody};
use schema::{INTROSPECTION, Schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use table::Table;
use watching::Watching;
use wcc_api::{Limits, Request, Settings};
use wcc_core::Actor;

/// The bodies that are asked for as entities.
const CODES: [&str; 5] = ["5KF", "5KG", GROUP, "cancer-network", "Q30"];
/// How many nodes are asked for in one field, and how many items of a list.
const AT_ONCE: usize = 200;
/// How many of the hidden entries somebody tries to replace and to withdraw.
const TRIED: usize = 3;
/// A field of an object type, such as `Output.commentary`.
type Field = (String, String);

/// What somebody sees: fields with something in them, and identifiers.
#[derive(Default)]
struct VisibleFields {
    fields: BTreeSet<Field>,
    /// By type.
    ids: BTreeMap<String, BTreeSet<String>>,
}

impl VisibleFields {
    fn gather(&mut self, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            Value::Object(fields) => {
                let of = fields.get("__typename").and_then(Value::as_str);
                for (key, value) in fields {
                    if let Some(of) = of.filter(|_| key != "__typename") {
                        // A field of one of several types is named after it.
                        let field = key.rsplit("__").next().unwrap_or_default();
                        self.note((of.to_owned(), field.to_owned()), value);
                    }
                    self.gather(value);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, field: Field, value: &Value) {
        let is_empty = match value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::String(text) => text.is_empty(),
            Value::Number(number) => number.as_f64() == Some(0.0),
            _ => false,
        };
        if is_empty {
            return;
        }
        if let ("id", Value::String(id)) = (field.1.as_str(), value) {
            let of_type = self.ids.entry(field.0.clone()).or_default();
            of_type.insert(id.clone());
        }
        self.fields.insert(field);
    }
}

/// What somebody is sent first when they watch something.
fn watch(played: &Played, actor: &Actor, query: &str) -> String {
    let request = Request::new(query).actor(actor.clone());
    let mut subscription = played.ledger_api.subscribe(request).unwrap();
    let answer = played.ledger_api.next(&mut subscription);
    String::from_utf8(answer.bytes.to_vec()).unwrap()
}

fn ask(played: &Played, actor: &Actor, query: &str) -> String {
    played
        .ledger_api
        .text(Request::new(query).actor(actor.clone()))
}

/// No limit on the size of a query; answers are not kept.
fn settings() -> Settings {
    Settings {
        answer_bytes: 0,
        request_time: Duration::from_secs(60),
        limits: Limits {
            tokens: u32::MAX,
            aliases: u32::MAX,
            depth: u32::MAX,
            root_fields: u32::MAX,
            selections: u32::MAX,
            cost: u64::MAX,
            ..Limits::default()
        },
        ..Settings::default()
    }
}

/// What somebody asks besides every field: nodes that others see, entities, lists with their number, and search.
fn other_ways(schema: &Schema, others: &VisibleFields, roles: &[&str]) -> String {
    let nodes: String = schema
        .nodes()
        .iter()
        .fold(String::new(), |mut nodes, name| {
            let _ = write!(
                nodes,
                " ... on {name} {{ {} }}",
                schema.selection(name, true)
            );
            nodes
        });
    let mut asked = String::new();
    let ids: Vec<String> = others
        .ids
        .values()
        .flatten()
        .map(|id| format!("{id:?}"))
        .collect();
    for (at, ids) in ids.chunks(AT_ONCE).enumerate() {
        let _ = writeln!(
            asked,
            "nodes{at}: nodes(ids: [{}]) {{ {nodes} }}",
            ids.join(", ")
        );
    }
    for name in ["Pct", "Cluster", "Function", "Sha"] {
        let each = CODES.map(|code| format!("{{ __typename: {name:?}, code: {code:?} }}"));
        let (each, selection) = (each.join(", "), schema.selection(name, false));
        let _ = writeln!(
            asked,
            "entities{name}: _entities(representations: [{each}]) {{ ... on {name} {{ {selection} }} }}"
        );
    }
    for (list, of) in [
        ("outputs", "Output"),
        ("findings", "Finding"),
        ("challenges", "Challenge"),
    ] {
        let selection = schema.selection(of, false);
        let _ = writeln!(
            asked,
            "{list}(cycle: {CYCLE:?}, first: {AT_ONCE}) {{ totalCount nodes {{ {selection} }} }}"
        );
    }
    let output = schema.selection("Output", false);
    let _ = writeln!(
        asked,
        "search(cycle: {CYCLE:?}, method: PANEL, conditions: [{{ measure: \"1a\", atLeast: \"1\" }}]) \
         {{ totalCount edges {{ node {{ {output} }} }} }}"
    );
    let duties = roles.iter().enumerate().map(|(at, role)| {
        format!("due{at}: due(role: {role:?}, on: \"2009-02-28\") {{ kind body {{ code }} }}")
    });
    let duties: Vec<String> = duties.collect();
    let _ = writeln!(asked, "cycle(id: {CYCLE:?}) {{ {} }}", duties.join(" "));
    format!("{{ {asked} }}")
}

/// Fails if a list says that it has more than can be seen of it.
fn check_counts(actor: &Actor, answer: &Value) {
    let data = answer["data"].as_object().into_iter().flatten();
    for (field, list) in data {
        let Some(count) = list["totalCount"].as_u64() else {
            continue;
        };
        let items = list["nodes"].as_array().or(list["edges"].as_array());
        let items = items.map_or(0, Vec::len);
        assert_eq!(
            usize::try_from(count).unwrap().min(AT_ONCE),
            items,
            "{actor:?} counts {count} in `{field}`"
        );
    }
}

/// What is due to each role, as (field, kind and body).
fn duties_in(answer: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (field, duties) in answer["data"]["cycle"].as_object().into_iter().flatten() {
        let duties = duties.as_array().into_iter().flatten();
        found.extend(duties.map(|duty| (field.clone(), duty.to_string())));
    }
    found
}

/// Names hidden entries in requests: to replace them, and to withdraw them. Each is refused, without a word of what
/// is hidden.
fn touch_hidden(played: &Played, actor: &Actor, hidden: &Hidden<'_>) {
    let entries: Vec<u32> = hidden.entries().collect();
    let tried = entries.iter().step_by(entries.len().div_ceil(TRIED).max(1));
    let mut mutations = String::new();
    let answered = "{ entry userErrors { code message } }";
    for entry in tried {
        let _ = write!(
            mutations,
            "replace{entry}: fileEvidence(input: {{ requestId: \"{0} {entry}\", cycle: {CYCLE:?}, body: \"5KF\", \
             id: \"another-{entry}\", kind: DOCUMENT, title: \"Minutes\", supersedes: {entry} }}) {answered} \
             withdraw{entry}: withdraw(input: {{ requestId: \"{0} without {entry}\", entry: {entry}, \
             reason: \"No.\" }}) {answered} ",
            actor.role
        );
    }
    if mutations.is_empty() {
        return;
    }
    let mutation = format!("mutation {{ {mutations} }}");
    let answer = ask(played, actor, &mutation);
    hidden.check_texts(actor, &mutation, &answer);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    for (field, result) in answer["data"].as_object().into_iter().flatten() {
        assert!(result["entry"].is_null(), "{actor:?} {field}: {result}");
    }
}

#[test]
fn what_the_policy_denies_is_absent_however_they_ask() {
    let mut played = Played::new(settings());
    let operator = Actor::operator("the operator");
    let described = ask(&played, &operator, INTROSPECTION);
    let schema = Schema::new(&serde_json::from_str(&described).unwrap());
    let every_field = schema.every_field();
    let subscriptions = schema.subscriptions();
    assert!(subscriptions.len() > 5, "{subscriptions:?}");
    let mut watching = Watching::default();
    let framework = played.framework();
    let roles = framework.roles.iter().map(|role| role.id.as_str());
    let roles: Vec<&str> = std::iter::once(Actor::PUBLIC).chain(roles).collect();
    let moments = played.moments();
    let before = played.ledger_api.last();
    let mut table = Table {
        roles: &roles,
        moments: &moments,
        all: BTreeSet::new(),
        seen: BTreeMap::new(),
    };
    let (mut looked_for, mut rationales) = (0, 0);
    for (at, moment) in moments.iter().enumerate() {
        println!("{moment}");
        played.go_on(at, &roles[1..]);
        let markers = Markers::of(&played.ledger_api);
        assert!(at > 0 || markers.count() > 50, "{}", markers.count());
        if at == 0 {
            let answers = subscriptions.iter();
            let answers = answers.map(|query| watch(&played, &operator, query));
            let (texts, rationales) = markers.count_in(&answers.collect::<Vec<_>>());
            assert!(texts > 50 && rationales > 10, "{texts} {rationales}");
        }
        let mut whole = VisibleFields::default();
        let answer: Value =
            serde_json::from_str(&ask(&played, &operator, &every_field.query)).unwrap();
        assert!(answer["data"].is_object(), "{answer}");
        whole.gather(&answer["data"]);
        let other_ways = other_ways(&schema, &whole, &roles[1..]);
        let answer = serde_json::from_str(&ask(&played, &operator, &other_ways)).unwrap();
        let due = duties_in(&answer);
        table.all.append(&mut whole.fields);
        for role in &roles {
            let actor = somebody(role);
            let hidden = markers.hidden_from(&played.ledger_api, &*played.policy, &actor);
            looked_for += hidden.count();
            rationales += hidden.rationales();
            let mut own = VisibleFields::default();
            let answer = ask(&played, &actor, &every_field.query);
            own.gather(&hidden.check(&actor, &every_field.query, &answer)["data"]);
            for field in own.fields {
                let of_role = table.seen.entry(field).or_default();
                of_role.entry((*role).to_owned()).or_default().insert(at);
            }
            let answer = ask(&played, &actor, &other_ways);
            let answer = hidden.check(&actor, &other_ways, &answer);
            check_counts(&actor, &answer);
            // What is hidden from somebody is not missing.
            let only_theirs: Vec<_> = duties_in(&answer).difference(&due).cloned().collect();
            assert!(
                only_theirs.is_empty(),
                "{actor:?} {moment}: {only_theirs:?}"
            );
            // As of a moment at which everybody saw everything: the cycle is assured again for it.
            if at == moments.len() / 2 {
                let earlier = format!("query @asOf(entry: {before}) {other_ways}");
                let answer = ask(&played, &actor, &earlier);
                hidden.check(&actor, &earlier, &answer);
            }
            watching.check(&played.ledger_api, &actor, &subscriptions, &hidden);
            touch_hidden(&played, &actor, &hidden);
        }
    }
    assert!(
        looked_for > 1_000 && rationales > 100,
        "{looked_for} hidden texts were looked for, {rationales} of them rationales"
    );
    let text = table.written(&every_field.types, &every_field.not_asked);
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions/fields-wcc-2008-09.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let mut lines = text.lines().zip(committed.lines());
    let differs = lines.find(|(now, then)| now != then);
    assert!(
        text == committed,
        "docs/permissions/fields-wcc-2008-09.md differs (UPDATE=1 accepts it): {differs:?}"
    );
}
