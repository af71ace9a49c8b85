//! The rules of schema linters: every item has a description, lists follow Relay, and objects
//! implement their interfaces.

use crate::ask::data;
use serde_json::Value;
use std::collections::HashMap;

const INTROSPECTION: &str = "{ __schema { queryType { name } types { kind name description
    fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...T }
        args(includeDeprecated: true) { ...I } }
    inputFields(includeDeprecated: true) { ...I }
    enumValues(includeDeprecated: true) { name description }
    interfaces { name } possibleTypes { name } } } }
    fragment I on __InputValue { name description defaultValue isDeprecated deprecationReason
        type { ...T } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns our own types, by name.
fn types() -> HashMap<String, Value> {
    let data = data(INTROSPECTION);
    let types = list(&data["__schema"]["types"]).iter();
    let ours = types.filter(|ty| {
        let name = text(&ty["name"]);
        let built_in = ["String", "Boolean", "Int", "Float", "ID"];
        !name.starts_with('_') && !built_in.contains(&name)
    });
    ours.map(|ty| (text(&ty["name"]).to_owned(), ty.clone()))
        .collect()
}

/// Formats a type as in SDL.
fn format_type(ty: &Value) -> String {
    match text(&ty["kind"]) {
        "NON_NULL" => format!("{}!", format_type(&ty["ofType"])),
        "LIST" => format!("[{}]", format_type(&ty["ofType"])),
        _ => text(&ty["name"]).to_owned(),
    }
}

fn field<'a>(ty: &'a Value, name: &str) -> Option<&'a Value> {
    list(&ty["fields"])
        .iter()
        .find(|field| field["name"] == name)
}

fn names(items: &Value) -> Vec<&str> {
    list(items).iter().map(|item| text(&item["name"])).collect()
}

#[test]
fn everything_is_described() {
    let mut bare = Vec::new();
    for (name, ty) in types() {
        let mut look = |place: String, item: &Value| {
            // A description is at least a phrase, and not a placeholder.
            if text(&item["description"]).len() < 5 {
                bare.push(place);
            }
        };
        look(name.clone(), &ty);
        for part in ["fields", "inputFields", "enumValues"] {
            // The fields of the federation specification have no descriptions.
            let ours = list(&ty[part]).iter();
            for item in ours.filter(|item| !text(&item["name"]).starts_with('_')) {
                let place = format!("{name}.{}", text(&item["name"]));
                look(place.clone(), item);
                for argument in list(&item["args"]) {
                    look(format!("{place}({})", text(&argument["name"])), argument);
                }
            }
        }
    }
    bare.sort();
    assert_eq!(bare, Vec::<String>::new(), "without a description");
}

#[test]
fn names_follow_the_conventions() {
    for (name, ty) in types() {
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        for item in list(&ty["fields"]).iter().chain(list(&ty["inputFields"])) {
            let field = text(&item["name"]);
            if field.starts_with('_') {
                continue;
            }
            let camel = field.chars().all(|c| c.is_ascii_alphanumeric());
            assert!(
                camel && field.starts_with(|c: char| c.is_ascii_lowercase()),
                "{name}.{field}"
            );
        }
        for value in names(&ty["enumValues"]) {
            let loud = value.chars().all(|c| c.is_ascii_uppercase() || c == '_');
            assert!(loud, "{name}.{value}");
        }
    }
}

#[test]
fn connections_follow_relay() {
    let types = types();
    let connections = types
        .iter()
        .filter(|(name, _)| name.ends_with("Connection"));
    let mut count = 0;
    for (name, connection) in connections {
        count += 1;
        let edge_name = name.replace("Connection", "Edge");
        let edges = field(connection, "edges").map(|field| format_type(&field["type"]));
        assert_eq!(edges, Some(format!("[{edge_name}!]!")), "{name}.edges");
        let info = field(connection, "pageInfo").map(|field| format_type(&field["type"]));
        assert_eq!(info.as_deref(), Some("PageInfo!"), "{name}.pageInfo");
        assert!(
            field(connection, "totalCount").is_some(),
            "{name}.totalCount"
        );
        assert!(
            field(connection, "nodes").is_none(),
            "{name} has `nodes` beside `edges`"
        );
        let edge = &types[&edge_name];
        let cursor = field(edge, "cursor").map(|field| format_type(&field["type"]));
        assert_eq!(cursor.as_deref(), Some("String!"), "{edge_name}.cursor");
        let node = field(edge, "node")
            .map(|field| format_type(&field["type"]))
            .unwrap();
        let node = &types[node.trim_end_matches('!')];
        // A message is beside the ledger, so it cannot be queried by an identifier.
        assert!(
            name == "MessageConnection" || names(&node["interfaces"]).contains(&"Node"),
            "node of {edge_name}"
        );
    }
    assert_eq!(count, 7, "connections");
}

#[test]
fn lists_have_the_arguments_first_and_after() {
    for (name, ty) in types() {
        for field in list(&ty["fields"]) {
            if !format_type(&field["type"])
                .trim_end_matches('!')
                .ends_with("Connection")
            {
                continue;
            }
            let place = format!("{name}.{}", text(&field["name"]));
            let argument = |name: &str| {
                let found = list(&field["args"]).iter().find(|arg| arg["name"] == name);
                found.map(|arg| {
                    (
                        format_type(&arg["type"]),
                        text(&arg["defaultValue"]).to_owned(),
                    )
                })
            };
            assert_eq!(
                argument("first"),
                Some(("Int!".into(), "50".into())),
                "{place}"
            );
            assert_eq!(
                argument("after"),
                Some(("String".into(), String::new())),
                "{place}"
            );
        }
    }
}

#[test]
fn objects_implement_their_interfaces() {
    let types = types();
    let interfaces = types.values().filter(|ty| ty["kind"] == "INTERFACE");
    for interface in interfaces {
        let name = text(&interface["name"]);
        let mut possible = names(&interface["possibleTypes"]);
        possible.sort_unstable();
        let implementing = types
            .values()
            .filter(|ty| names(&ty["interfaces"]).contains(&name));
        let mut implementing: Vec<&str> = implementing.map(|ty| text(&ty["name"])).collect();
        implementing.sort_unstable();
        assert_eq!(possible, implementing, "{name}");
        for object in possible {
            for promised in list(&interface["fields"]) {
                let implemented = field(&types[object], text(&promised["name"]));
                let implemented = implemented.map(|field| format_type(&field["type"]));
                let place = format!("{object}.{}", text(&promised["name"]));
                assert_eq!(implemented, Some(format_type(&promised["type"])), "{place}");
            }
        }
    }
}

#[test]
fn every_node_has_an_id() {
    let types = types();
    let nodes = names(&types["Node"]["possibleTypes"]);
    assert_eq!(nodes.len(), 13);
    for node in nodes {
        let id = field(&types[node], "id").map(|field| format_type(&field["type"]));
        assert_eq!(id.as_deref(), Some("ID!"), "{node}");
    }
}

#[test]
fn root_fields_that_can_fail_may_be_null() {
    let types = types();
    for item in list(&types["Query"]["fields"]) {
        let name = text(&item["name"]);
        let can_fail = !list(&item["args"]).is_empty() && !name.starts_with('_');
        let nullable = !format_type(&item["type"]).ends_with('!');
        assert!(
            !can_fail || nullable,
            "one wrong code in `{name}` must not cost the whole answer"
        );
    }
}

/// Whatever is deprecated says what to use instead, and that is there, beside it.
#[test]
fn what_is_deprecated_has_a_successor() {
    let mut count = 0;
    let mut check = |place: &str, items: &Value, in_place_of: &[&Value]| {
        let is_deprecated = |item: &&&Value| item["isDeprecated"] == true;
        for item in in_place_of.iter().filter(is_deprecated) {
            count += 1;
            let reason = text(&item["deprecationReason"]);
            let instead = reason.split('`').nth(1).unwrap_or_default();
            let place = format!("{place}.{}: {reason}", text(&item["name"]));
            let successor = list(items).iter().find(|other| other["name"] == instead);
            let successor = successor.unwrap_or_else(|| panic!("{place}: nothing is called so"));
            assert_ne!(successor["isDeprecated"], true, "{place}");
            let is_required = format_type(&item["type"]).ends_with('!');
            let is_argument = item.get("args").is_none();
            assert!(!is_argument || !is_required, "{place}: is required");
        }
    };
    for (name, ty) in types() {
        for part in ["fields", "inputFields"] {
            let items: Vec<&Value> = list(&ty[part]).iter().collect();
            check(&name, &ty[part], &items);
        }
        for field in list(&ty["fields"]) {
            let arguments: Vec<&Value> = list(&field["args"]).iter().collect();
            let place = format!("{name}.{}", text(&field["name"]));
            check(&place, &field["args"], &arguments);
        }
    }
    assert!(count > 60, "{count}");
}

/// Names of World Class Commissioning that are not deprecated: enumerations and types, which have no
/// neutral form, and words that only look like one.
#[test]
fn names_of_world_class_commissioning_are_deprecated() {
    let words = [
        "pct",
        "cluster",
        "sha",
        "panel",
        "onscluster",
        "lastyear",
        "selfassess",
    ];
    let mut left = Vec::new();
    for (name, ty) in types() {
        let fields = list(&ty["fields"]).iter().chain(list(&ty["inputFields"]));
        let arguments = list(&ty["fields"])
            .iter()
            .flat_map(|field| list(&field["args"]));
        for item in fields.chain(arguments) {
            let field = text(&item["name"]).to_lowercase();
            let is_shared = field.starts_with("share");
            let has_word = words
                .iter()
                .any(|word| field.starts_with(word) || field.ends_with(word));
            if has_word && !is_shared && item["isDeprecated"] != true {
                left.push(format!("{name}.{field}"));
            }
        }
    }
    // An argument of a field that is deprecated itself.
    left.retain(|place| place != "Query.sha");
    assert_eq!(left, Vec::<String>::new());
}
