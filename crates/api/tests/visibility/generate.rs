//! Queries for every field and argument of the schema.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const INTROSPECTION: &str = include_str!("../support/introspection.graphql");

/// The schema, read by introspection.
pub(crate) struct Schema {
    types: BTreeMap<String, Value>,
}

/// Identifiers and cursors from answers.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    pub(crate) ids: BTreeSet<String>,
    pub(crate) cursors: BTreeSet<String>,
}

impl Harvest {
    /// Collects the identifiers and cursors of an answer.
    pub(crate) fn gather(&mut self, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    let name = key.rsplit("__").next().unwrap_or_default();
                    match (name, value) {
                        ("id", Value::String(id)) => drop(self.ids.insert(id.clone())),
                        ("cursor" | "endCursor" | "startCursor", Value::String(cursor)) => {
                            self.cursors.insert(cursor.clone());
                        }
                        _ => self.gather(value),
                    }
                }
            }
            _ => {}
        }
    }
}

/// A field on the path from the root: its name with its arguments.
type Step = String;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The name of a type without lists and exclamation marks.
fn named(of: &Value) -> &str {
    match &of["ofType"] {
        Value::Null => text(&of["name"]),
        inner => named(inner),
    }
}

fn is_list(of: &Value) -> bool {
    of["kind"] == "LIST" || (of["kind"] == "NON_NULL" && is_list(&of["ofType"]))
}

fn is_required(argument: &Value) -> bool {
    argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
}

const CYCLES: &[&str] = &[
    "pilot/2009-10",
    "pilot/zanzibar-0809",
    "zanzibar/2009-10",
    "pilot/none",
];
const PCTS: &[&str] = &["5A1", "5ZX", "5A2", "5A4", "5A6", "5QQ"];
const CLUSTERS: &[&str] = &["north", "zanzibar-cluster", "none"];
const FUNCTIONS: &[&str] = &["cancer", "zanzibar-function", "none"];
const BODIES: &[&str] = &[
    "north",
    "5A1",
    "5ZX",
    "5A4",
    "5A6",
    "zanzibar-cluster",
    "cancer",
    "zanzibar-function",
    "Q30",
    "none",
];

impl Schema {
    /// Reads the schema from the answer to [`Schema::query`].
    pub(crate) fn new(answer: &str) -> Schema {
        let answer: Value = serde_json::from_str(answer).unwrap();
        let types = list(&answer["data"]["__schema"]["types"]);
        Schema {
            types: types
                .map(|ty| (text(&ty["name"]).to_owned(), ty.clone()))
                .collect(),
        }
    }

    /// Returns the introspection query.
    pub(crate) fn query() -> &'static str {
        INTROSPECTION
    }

    fn kind(&self, name: &str) -> &str {
        self.types.get(name).map_or("", |ty| text(&ty["kind"]))
    }

    fn fields(&self, name: &str) -> Vec<&Value> {
        let found = self.types.get(name);
        found.map_or_else(Vec::new, |ty| list(&ty["fields"]).collect())
    }

    /// Returns every reachable object type with the shortest path to it.
    pub(crate) fn paths(&self) -> BTreeMap<String, Vec<Step>> {
        let mut ways = BTreeMap::from([("Query".to_owned(), Vec::new())]);
        let mut queue = VecDeque::from(["Query".to_owned()]);
        while let Some(at) = queue.pop_front() {
            let here: Vec<Step> = ways[&at].clone();
            for field in self.fields(&at) {
                let target = named(&field["type"]).to_owned();
                if self.kind(&target) != "OBJECT" || ways.contains_key(&target) {
                    continue;
                }
                let mut way = here.clone();
                way.push(self.call(field, &[]));
                ways.insert(target.clone(), way);
                queue.push_back(target);
            }
        }
        ways
    }

    /// A field with its required arguments, and some others.
    fn call(&self, field: &Value, given: &[(&str, String)]) -> String {
        let mut arguments: Vec<String> = Vec::new();
        for argument in list(&field["args"]) {
            let name = text(&argument["name"]);
            let chosen = given.iter().find(|(of, _)| *of == name);
            let value = match chosen {
                Some((_, value)) => Some(value.clone()),
                None if is_required(argument) => self
                    .values(field, argument, &Harvest::default())
                    .into_iter()
                    .next(),
                None => None,
            };
            arguments.extend(value.map(|value| format!("{name}: {value}")));
        }
        let name = text(&field["name"]);
        if arguments.is_empty() {
            name.to_owned()
        } else {
            format!("{name}({})", arguments.join(", "))
        }
    }

    /// Returns values to try for an argument, the most usual first.
    fn values(&self, field: &Value, argument: &Value, harvest: &Harvest) -> Vec<String> {
        let of = &argument["type"];
        let (field, name) = (text(&field["name"]), text(&argument["name"]));
        let single = self.single(field, name, named(of), harvest);
        if !is_list(of) {
            return single;
        }
        let mut lists: Vec<String> = single.iter().map(|value| format!("[{value}]")).collect();
        lists.push(format!("[{}]", single.join(", ")));
        lists
    }

    fn single(&self, field: &str, name: &str, of: &str, harvest: &Harvest) -> Vec<String> {
        let quoted = |values: &[&str]| values.iter().map(|value| format!("{value:?}")).collect();
        match self.kind(of) {
            "ENUM" => {
                let values = list(&self.types[of]["enumValues"]);
                return values.map(|item| text(&item["name"]).to_owned()).collect();
            }
            "INPUT_OBJECT" => return self.inputs(of, harvest),
            _ => {}
        }
        match (of, name, field) {
            ("Boolean", ..) => vec!["true".into(), "false".into()],
            ("Int", ..) => vec!["1".into(), "2".into(), "0".into()],
            ("Date", ..) => quoted(&["2010-03-31", "2001-01-01"]),
            ("_Any", ..) => {
                let kinds = ["Pct", "Cluster", "Function", "Sha"];
                let each = kinds.iter().flat_map(|kind| {
                    BODIES
                        .iter()
                        .map(move |code| format!("{{__typename: {kind:?}, code: {code:?}}}"))
                });
                each.collect()
            }
            (_, "cycle", _) | (_, "id", "cycle") => quoted(CYCLES),
            (_, "id", "framework") => {
                quoted(&["wcc-2009-10", "wcc-2008-09", "zanzibar-rules", "none"])
            }
            (_, "id" | "ids", "node" | "nodes") => {
                let ids = harvest.ids.iter().map(|id| format!("{id:?}"));
                std::iter::once("\"none\"".to_owned()).chain(ids).collect()
            }
            (_, "after", _) => harvest
                .cursors
                .iter()
                .map(|value| format!("{value:?}"))
                .collect(),
            (_, "code", "sha" | "authority") | (_, "sha" | "authority", _) => {
                quoted(&["Q30", "Q31", "none"])
            }
            (_, "code", "cluster" | "group") | (_, "cluster" | "group", _) => quoted(CLUSTERS),
            (_, "code", "function") | (_, "function", _) => quoted(FUNCTIONS),
            (_, "code", "pct") | (_, "pct", _) => quoted(PCTS),
            (_, "code", "body") | (_, "body" | "assessor", _) => quoted(BODIES),
            (_, "code", "component") | (_, "component", _) => quoted(&["1", "strategy", "none"]),
            (_, "code", "area") | (_, "area" | "areas", _) => quoted(&["competencies", "none"]),
            (_, "outcome", _) | (_, "code", "outcome") => {
                quoted(&["life-expectancy", "cvd-mortality", "none"])
            }
            (_, "survey", _) => quoted(&["key-stakeholder", "none"]),
            (_, "check", _) => quoted(&["level-drop", "above-ceiling", "none"]),
            (_, "plugin", _) => quoted(&["core", "once-north-east", "none"]),
            (_, "methodId" | "methodIds", _) => quoted(&["panel", "self", "none"]),
            (_, "value", _) => quoted(&["3", "green", "unknown", "none"]),
            (_, "atLeast", _) => quoted(&["1", "2", "green"]),
            _ => quoted(&["1a", "5a", "1", "none"]),
        }
    }

    /// Returns input objects: one with the required fields only, and one more for each other field.
    fn inputs(&self, name: &str, harvest: &Harvest) -> Vec<String> {
        let fields: Vec<&Value> = list(&self.types[name]["inputFields"]).collect();
        let first = |field: &&Value| {
            let value = self.values(&Value::Null, field, harvest).into_iter().next();
            Some(format!("{}: {}", text(&field["name"]), value?))
        };
        let required = fields.iter().filter(|field| is_required(field)).copied();
        let required: Vec<String> = required.filter_map(|field| first(&field)).collect();
        let mut all = vec![format!("{{{}}}", required.join(", "))];
        for field in fields.iter().filter(|field| !is_required(field)) {
            for value in self.values(&Value::Null, field, harvest) {
                let mut given = required.clone();
                given.push(format!("{}: {value}", text(&field["name"])));
                all.push(format!("{{{}}}", given.join(", ")));
            }
        }
        // A condition or a change needs one of its optional fields.
        if matches!(name, "SearchCondition" | "ProposedChange") {
            all.rotate_left(1);
        }
        all
    }

    /// Returns the selection of a type: its plain fields, and those of the objects that it leads
    /// to.
    fn selection(&self, name: &str, depth: usize) -> String {
        match self.kind(name) {
            "OBJECT" => format!("{{ __typename {} }}", self.selected(name, "", depth)),
            "INTERFACE" | "UNION" => {
                let possible = list(&self.types[name]["possibleTypes"]);
                let each = possible.map(|ty| {
                    let name = text(&ty["name"]);
                    // Two types may have fields of the same name and of different types.
                    let alias = format!("{name}__");
                    format!("... on {name} {{ {} }}", self.selected(name, &alias, depth))
                });
                format!("{{ __typename {} }}", each.collect::<Vec<_>>().join(" "))
            }
            _ => String::new(),
        }
    }

    fn selected(&self, name: &str, alias: &str, depth: usize) -> String {
        let mut selected = Vec::new();
        for field in self.fields(name) {
            let target = named(&field["type"]);
            let is_leaf = matches!(self.kind(target), "SCALAR" | "ENUM");
            if !is_leaf && depth == 0 {
                continue;
            }
            let key = text(&field["name"]);
            let alias = if alias.is_empty() {
                String::new()
            } else {
                format!("{alias}{key}: ")
            };
            let below = self.selection(target, depth.saturating_sub(1));
            selected.push(format!("{alias}{} {below}", self.call(field, &[])));
        }
        selected.join(" ")
    }

    /// Returns a query for each field of each type, with each value of each argument. Identifiers
    /// and cursors come from the harvest.
    pub(crate) fn queries(&self, harvest: &Harvest) -> Vec<String> {
        let mut queries = Vec::new();
        for (name, way) in self.paths() {
            for field in self.fields(&name) {
                let target = named(&field["type"]);
                let mut calls = vec![self.call(field, &[])];
                for argument in list(&field["args"]) {
                    for value in self.values(field, argument, harvest) {
                        calls.push(self.call(field, &[(text(&argument["name"]), value)]));
                    }
                }
                calls.dedup();
                for call in calls {
                    let field = format!("{call} {}", self.selection(target, 1));
                    let inner = way.iter().rev();
                    let query = inner.fold(field, |inner, step| format!("{step} {{ {inner} }}"));
                    queries.push(format!("{{ {query} }}"));
                }
            }
        }
        queries
    }
}
