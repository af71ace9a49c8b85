//! Roles, bodies and years as people call them, for whoever acts in them.

use crate::error::PageError;
use crate::parts::definition::{Named, Titled};
use crate::reader::Reader;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use wcc_core::Actor;

/// The names of the roles, bodies and years of some actors, as far as whoever asks may see them.
#[derive(Default)]
pub(super) struct ActorNames {
    /// By code of the role: its title in the newest year that has it.
    roles: HashMap<String, String>,
    bodies: HashMap<String, String>,
    cycles: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Data {
    cycles: Vec<Cycle>,
    #[serde(flatten)]
    bodies: HashMap<String, Option<Named>>,
}

#[derive(Deserialize)]
struct Cycle {
    code: String,
    title: String,
    framework: Framework,
}

#[derive(Deserialize)]
struct Framework {
    roles: Vec<Titled>,
}

impl ActorNames {
    /// Reads them.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn read(reader: &Reader, actors: &[Actor]) -> Result<ActorNames, PageError> {
        let bodies: BTreeSet<&str> = actors
            .iter()
            .filter_map(|actor| actor.body.as_deref())
            .collect();
        let (mut declared, mut selected, mut variables) =
            (String::new(), String::new(), Map::new());
        for (number, body) in bodies.into_iter().enumerate() {
            let _ = write!(declared, "$b{number}: ID! ");
            let _ = write!(
                selected,
                "b{number}: body(code: $b{number}) {{ code name }} "
            );
            variables.insert(format!("b{number}"), json!(body));
        }
        let declared = match declared.as_str() {
            "" => declared,
            _ => format!("({declared})"),
        };
        let query = format!(
            "query Names{declared} {{ cycles {{ code title framework {{ roles {{ code title }} }} }} {selected}}}"
        );
        let data: Data = match reader.ask(&query, Value::Object(variables)).await {
            Ok(data) => data,
            // A body that this ledger does not have.
            Err(PageError::NotFound(_)) => return Ok(ActorNames::default()),
            Err(error) => return Err(error),
        };
        let mut names = ActorNames::default();
        for cycle in data.cycles {
            for role in cycle.framework.roles {
                names.roles.insert(role.code, role.title);
            }
            names.cycles.insert(cycle.code, cycle.title);
        }
        let bodies = data.bodies.into_values().flatten();
        names.bodies = bodies
            .map(|body| {
                let name = name_with_code(&body);
                (body.code, name)
            })
            .collect();
        Ok(names)
    }

    /// An actor's role with its body and year: "PCT executive for Gateshead PCT (5KF)".
    pub(super) fn words(&self, actor: &Actor) -> String {
        let known = |names: &HashMap<String, String>, code: &str| names.get(code).cloned();
        let role = known(&self.roles, &actor.role);
        let mut words = role.unwrap_or_else(|| actor.role.replace('-', " "));
        if let Some(body) = actor.body.as_deref() {
            words.push_str(" for ");
            words.push_str(&known(&self.bodies, body).unwrap_or_else(|| body.to_owned()));
        }
        if let Some(cycle) = actor.cycle.as_deref() {
            words.push_str(" in ");
            words.push_str(&known(&self.cycles, cycle).unwrap_or_else(|| cycle.to_owned()));
        }
        words
    }
}

/// A body by its name and its code, unless that is a word of this program rather than one of people.
fn name_with_code(body: &Named) -> String {
    let is_for_people = !body.code.bytes().any(|byte| byte.is_ascii_lowercase());
    if is_for_people {
        format!("{} ({})", body.name, body.code)
    } else {
        body.name.clone()
    }
}
