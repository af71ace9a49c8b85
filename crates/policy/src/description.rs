//! Policies in sentences, for whoever checks what they wrote.

use crate::cedar::CedarPolicy;
use cedar_policy::{
    ActionConstraint, Effect, EntityTypeName, EntityUid, Policy as OnePolicy, PrincipalConstraint,
    ResourceConstraint,
};
use wcc_core::policy::{READ, READ_DOCUMENT, READ_MESSAGE, READ_PERSON, READING_ACTS};

/// One policy in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDescription {
    /// Its name.
    pub name: String,
    /// Whether it permits; otherwise it forbids.
    pub permits: bool,
    /// Whom it concerns, which act and which resources: `the role \`panel\` may ...`.
    pub sentence: String,
    /// Its conditions in Cedar, each on a line of its own; all must hold.
    pub conditions: Vec<String>,
}

impl CedarPolicy {
    /// Every policy in words: first those that permit, then those that forbid, each in alphabetical
    /// order.
    pub fn descriptions(&self) -> Vec<PolicyDescription> {
        let mut all: Vec<PolicyDescription> = self.each().map(describe).collect();
        all.sort_by(|one, other| {
            let key = |one: &PolicyDescription| (!one.permits, one.name.clone());
            key(one).cmp(&key(other))
        });
        all
    }

    /// A policy in words, by its name.
    pub fn description(&self, name: &str) -> Option<PolicyDescription> {
        self.find(name).map(describe)
    }

    /// Whether the head of a policy concerns a role and an act: names them, with others, or any.
    pub fn concerns(&self, name: &str, role: &str, act: &str) -> bool {
        let is_writing = !READING_ACTS.contains(&act);
        let names = |id: &EntityUid| {
            let id = id.id().unescaped();
            id == act || (is_writing && id == "write")
        };
        let is_of_role =
            |id: &EntityUid| id.type_name().to_string() != "Role" || id.id().unescaped() == role;
        let concerns_role = |policy: &&OnePolicy| match policy.principal_constraint() {
            PrincipalConstraint::Any | PrincipalConstraint::Is(_) => true,
            PrincipalConstraint::In(id)
            | PrincipalConstraint::IsIn(_, id)
            | PrincipalConstraint::Eq(id) => is_of_role(&id),
        };
        let found = self.find(name).filter(concerns_role);
        found.is_some_and(|policy| match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::In(ids) => ids.iter().any(names),
            ActionConstraint::Eq(id) => names(&id),
        })
    }
}

/// Whom a policy concerns that names nobody.
const EVERYBODY: &str = "everybody";

fn describe(policy: &OnePolicy) -> PolicyDescription {
    let permits = policy.effect() == Effect::Permit;
    let whom = whom(&policy.principal_constraint());
    let (whom, may) = match (permits, whom.as_str()) {
        (true, _) => (whom, "may"),
        (false, EVERYBODY) => ("nobody".to_owned(), "may"),
        (false, _) => (whom, "may not"),
    };
    let what = what(&policy.resource_constraint());
    let what = if permits {
        what
    } else {
        what.replace(" and every ", " or any ")
            .replacen("every ", "any ", 1)
    };
    let acts = acts(&policy.action_constraint());
    let acts: Vec<String> = acts.iter().map(|act| in_words(act, &what)).collect();
    let joined = acts.join(if permits { " and " } else { " or " });
    let text = policy.to_cedar().unwrap_or_default();
    PolicyDescription {
        name: policy.id().to_string(),
        permits,
        sentence: format!("{whom} {may} {joined}"),
        conditions: conditions(&text),
    }
}

fn whom(principal: &PrincipalConstraint) -> String {
    match principal {
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) => EVERYBODY.to_owned(),
        PrincipalConstraint::In(id) | PrincipalConstraint::IsIn(_, id) => {
            if id.type_name().to_string() == "Role" {
                format!("the role `{}`", id.id().unescaped())
            } else {
                person(id)
            }
        }
        PrincipalConstraint::Eq(id) => person(id),
    }
}

fn person(id: &EntityUid) -> String {
    format!("the person `{}`", id.id().unescaped())
}

/// The acts by name; none for all.
fn acts(action: &ActionConstraint) -> Vec<Option<String>> {
    let name = |id: &EntityUid| Some(id.id().unescaped().to_owned());
    match action {
        ActionConstraint::Any => vec![None],
        ActionConstraint::In(ids) => ids.iter().map(name).collect(),
        ActionConstraint::Eq(id) => vec![name(id)],
    }
}

fn what(resource: &ResourceConstraint) -> String {
    match resource {
        ResourceConstraint::Any => String::new(),
        ResourceConstraint::Is(of_type) => every(of_type).to_owned(),
        ResourceConstraint::Eq(id) => one(id),
        ResourceConstraint::In(id) => format!("{} and every body in it", one(id)),
        ResourceConstraint::IsIn(of_type, id) => format!("{} in {}", every(of_type), one(id)),
    }
}

fn every(of_type: &EntityTypeName) -> &'static str {
    match of_type.to_string().as_str() {
        "Cycle" => "every cycle",
        "Body" => "every body",
        _ => "what belongs to no cycle",
    }
}

fn one(id: &EntityUid) -> String {
    let name = id.id().unescaped().to_owned();
    match id.type_name().to_string().as_str() {
        "Cycle" => format!("the cycle `{name}`"),
        // A body is named by its cycle and its code.
        "Body" => match name.split_once(' ') {
            Some(("", code)) => format!("the body `{code}` outside any cycle"),
            Some((cycle, code)) => format!("the body `{code}` in the cycle `{cycle}`"),
            None => format!("the body `{name}`"),
        },
        _ => "what belongs to no cycle".to_owned(),
    }
}

fn in_words(act: &Option<String>, what: &str) -> String {
    let everything = if what.is_empty() { "everything" } else { what };
    let anything = if what.is_empty() { "anything" } else { what };
    match act.as_deref() {
        None if what.is_empty() => "do everything".to_owned(),
        None => format!("do everything with {what}"),
        Some(READ) => format!("see {everything}"),
        Some(READ_DOCUMENT) => format!("read the documents of {anything} they see"),
        Some(READ_PERSON) => format!("see who made the entries on {anything} they see"),
        Some(READ_MESSAGE) => format!("read messages about {anything} they see"),
        Some("write") => format!("change {anything}"),
        Some(act) => format!("do `{act}` on {anything}"),
    }
}

/// The conditions behind the head of a policy.
fn conditions(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
    let mut current = String::new();
    for character in text.chars() {
        let is_quote = character == '"' && !escaped;
        escaped = in_text && character == '\\' && !escaped;
        if is_quote {
            in_text = !in_text;
        }
        match character {
            '(' | '{' if !in_text => depth += 1,
            ')' | '}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        current.push(character);
        let ends = matches!(character, ')' | '}') && !in_text && depth == 0;
        if ends {
            let condition = current.split_whitespace().collect::<Vec<_>>().join(" ");
            if condition.starts_with("when") || condition.starts_with("unless") {
                found.push(condition);
            }
            current.clear();
        }
    }
    found
}
