//! The roles that policies name.

use crate::cedar::CedarPolicy;
use serde_json::Value;
use std::collections::BTreeSet;

impl CedarPolicy {
    /// Every role that a policy names, as `Role::"panel"` or in a comparison with `principal.role`,
    /// in alphabetical order.
    pub fn roles(&self) -> BTreeSet<String> {
        let mut roles = BTreeSet::new();
        for policy in self.each() {
            if let Ok(json) = policy.to_json() {
                collect(&json, &mut roles);
            }
        }
        roles
    }
}

fn collect(json: &Value, roles: &mut BTreeSet<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| collect(item, roles)),
        Value::Object(members) => {
            if let (Some("Role"), Some(id)) = (text(json, "type"), text(json, "id")) {
                roles.insert(id.to_owned());
            }
            if members.values().any(is_role_of_principal) {
                members
                    .values()
                    .for_each(|operand| collect_texts(operand, roles));
            }
            members.values().for_each(|member| collect(member, roles));
        }
        _ => {}
    }
}

fn text<'j>(json: &'j Value, key: &str) -> Option<&'j str> {
    json.get(key)?.as_str()
}

/// Whether an expression is `principal.role`.
fn is_role_of_principal(json: &Value) -> bool {
    let Some(access) = json.get(".") else {
        return false;
    };
    let of = access.get("left").and_then(|left| text(left, "Var"));
    (of, text(access, "attr")) == (Some("principal"), Some("role"))
}

/// Collects the texts of a literal: of a text or of a set of texts.
fn collect_texts(json: &Value, roles: &mut BTreeSet<String>) {
    if let Some(role) = text(json, "Value") {
        roles.insert(role.to_owned());
    }
    if let Some(items) = json.get("Set").and_then(Value::as_array) {
        items.iter().for_each(|item| collect_texts(item, roles));
    }
}
