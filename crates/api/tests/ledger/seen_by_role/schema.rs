//! One query that has every field of the schema once: each object type at the shortest path to it.

use crate::book::CYCLE;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

/// The query that describes the schema.
pub(super) const INTROSPECTION: &str = include_str!("../../support/introspection.graphql");

/// The schema, read by introspection.
pub(super) struct Schema {
    types: BTreeMap<String, Value>,
}

/// A query of every field that can be reached.
pub(super) struct EveryField {
    pub(super) query: String,
    /// The object types that it asks for.
    pub(super) types: BTreeSet<String>,
    /// The fields that it leaves out, because they require an argument that is not known here.
    pub(super) not_asked: BTreeSet<String>,
}

/// A field as it is selected, with its arguments.
struct Call {
    field: String,
    arguments: String,
    /// The type of its values.
    of: String,
}

impl Call {
    /// The field under a name of its own if it is selected of one of several types.
    fn under(&self, prefix: &str) -> String {
        match prefix.is_empty() {
            true => format!("{}{}", self.field, self.arguments),
            false => format!("{prefix}__{}: {}{}", self.field, self.field, self.arguments),
        }
    }
}

/// How an object type is reached: from a field of another, directly or as one of an interface's types.
struct Step {
    parent: String,
    field: String,
    is_narrowed: bool,
}

/// What introspection is about, not the data.
fn is_meta(name: &str) -> bool {
    name.starts_with('_')
}

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

fn is_required(argument: &Value) -> bool {
    argument["type"]["kind"] == "NON_NULL" && argument["defaultValue"].is_null()
}

/// The value of a required argument of a field; `None` if this test does not ask for such a field.
fn argument_of(field: &str, name: &str) -> Option<String> {
    Some(match (field, name) {
        ("cycle", "id") | (_, "cycle") => format!("{CYCLE:?}"),
        ("assurance", "body") | ("group", "code") => "\"south-of-tyne-and-wear\"".to_owned(),
        ("function", "code") => "\"cancer-network\"".to_owned(),
        ("authority", "code") => "\"Q30\"".to_owned(),
        ("output" | "body", "body" | "code") => "\"5KF\"".to_owned(),
        ("framework" | "standing", "id" | "framework") => "\"wcc-2008-09\"".to_owned(),
        ("search", "conditions") => "[{ measure: \"1a\", atLeast: \"1\" }]".to_owned(),
        ("whatIf", "changes") => {
            "[{ body: \"5KF\", subject: \"1a\", methodId: \"panel\", value: \"1\" }]".to_owned()
        }
        ("due", "role") => "\"executive\"".to_owned(),
        ("due" | "dueByBody", "on") => "\"2009-02-28\"".to_owned(),
        ("component", _) => "\"6\"".to_owned(),
        ("measure", _) => "\"1a\"".to_owned(),
        _ => return None,
    })
}

impl Schema {
    /// Reads the answer to [`INTROSPECTION`].
    pub(super) fn new(answer: &Value) -> Schema {
        let types = list(&answer["data"]["__schema"]["types"]);
        Schema {
            types: types
                .map(|ty| (text(&ty["name"]).to_owned(), ty.clone()))
                .collect(),
        }
    }

    fn kind(&self, name: &str) -> &str {
        self.types.get(name).map_or("", |ty| text(&ty["kind"]))
    }

    /// Whether values of a type are objects.
    fn is_composite(&self, name: &str) -> bool {
        matches!(self.kind(name), "OBJECT" | "INTERFACE" | "UNION")
    }

    /// The fields of an object type that are not deprecated, with their required arguments: first those that
    /// have any, because they lead to the records of one cycle and body. Those for which an argument is not
    /// known are named in `not_asked`.
    fn calls(&self, name: &str, not_asked: &mut BTreeSet<String>) -> Vec<Call> {
        let fields = self.types.get(name).map(|ty| &ty["fields"]);
        let fields = fields.map_or_else(Vec::new, |fields| list(fields).collect());
        let mut calls = Vec::new();
        for field in fields {
            if field["isDeprecated"] == true {
                continue;
            }
            let key = text(&field["name"]);
            // The body of an output is required in all but its type.
            let required = list(&field["args"])
                .map(|argument| (text(&argument["name"]), is_required(argument)))
                .filter(|(name, is_required)| *is_required || (key, *name) == ("output", "body"));
            let given =
                required.map(|(name, _)| Some(format!("{name}: {}", argument_of(key, name)?)));
            let Some(given) = given.collect::<Option<Vec<String>>>() else {
                not_asked.insert(format!("{name}.{key}"));
                continue;
            };
            calls.push(Call {
                field: key.to_owned(),
                arguments: match given.is_empty() {
                    true => String::new(),
                    false => format!("({})", given.join(", ")),
                },
                of: named(&field["type"]).to_owned(),
            });
        }
        calls.sort_by_key(|call| call.arguments.is_empty());
        calls
    }

    /// The object types of an output type: itself, or those that an interface or union stands for.
    fn objects(&self, name: &str) -> Vec<String> {
        match self.kind(name) {
            "OBJECT" => vec![name.to_owned()],
            "INTERFACE" | "UNION" => {
                let possible = list(&self.types[name]["possibleTypes"]);
                possible.map(|ty| text(&ty["name"]).to_owned()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All plain fields of an object type, and whether each other one has something. If it is one of several
    /// types, each field has a name of its own.
    pub(super) fn selection(&self, name: &str, is_narrowed: bool) -> String {
        self.select(name, is_narrowed, &BTreeMap::new())
    }

    fn select(&self, name: &str, is_narrowed: bool, steps: &BTreeMap<String, Step>) -> String {
        let mut selected = "__typename".to_owned();
        let prefix = if is_narrowed { name } else { "" };
        for call in self.calls(name, &mut BTreeSet::new()) {
            let _ = write!(selected, " {}", call.under(prefix));
            if !self.is_composite(&call.of) {
                continue;
            }
            let below = steps
                .iter()
                .filter(|(_, step)| step.parent == name && step.field == call.field);
            let below = below.map(|(object, step)| match step.is_narrowed {
                true => format!(
                    " ... on {object} {{ {} }}",
                    self.select(object, true, steps)
                ),
                false => format!(" {}", self.select(object, false, steps)),
            });
            let _ = write!(selected, " {{ __typename{} }}", below.collect::<String>());
        }
        selected
    }

    /// The query of every field.
    pub(super) fn every_field(&self) -> EveryField {
        let mut not_asked = BTreeSet::new();
        let steps = self.steps_from("Query", &mut not_asked);
        let types = steps.keys().cloned().chain(["Query".to_owned()]).collect();
        EveryField {
            query: format!("{{ {} }}", self.select("Query", false, &steps)),
            types,
            not_asked,
        }
    }

    /// A subscription to each field that can be watched; together they have every field that is reached from any.
    pub(super) fn subscriptions(&self) -> Vec<String> {
        let steps = self.steps_from("Subscription", &mut BTreeSet::new());
        let watched = self.calls("Subscription", &mut BTreeSet::new()).into_iter();
        let subscriptions = watched.map(|call| {
            let selected = self.select(&call.of, false, &steps);
            format!("subscription {{ {} {{ {selected} }} }}", call.under(""))
        });
        subscriptions.collect()
    }

    /// The shortest way from an object type to each other one.
    fn steps_from(&self, root: &str, not_asked: &mut BTreeSet<String>) -> BTreeMap<String, Step> {
        let mut steps: BTreeMap<String, Step> = BTreeMap::new();
        let mut queue = VecDeque::from([root.to_owned()]);
        while let Some(at) = queue.pop_front() {
            for call in self.calls(&at, not_asked) {
                for object in self.objects(&call.of) {
                    if is_meta(&object) || object == root || steps.contains_key(&object) {
                        continue;
                    }
                    let step = Step {
                        parent: at.clone(),
                        field: call.field.clone(),
                        is_narrowed: self.kind(&call.of) != "OBJECT",
                    };
                    steps.insert(object.clone(), step);
                    queue.push_back(object);
                }
            }
        }
        steps
    }

    /// The object types that can be asked for by their identifier.
    pub(super) fn nodes(&self) -> Vec<String> {
        self.objects("Node")
    }
}
