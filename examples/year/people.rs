//! The people of a year, and their tokens. Their names are invented.

use crate::client::{Program, Result};
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::framework::{Framework, Phase, Role};
use wcc_core::record::RecordFact;
use wcc_core::{BodyIndex, BodyKind, Organisations};

/// The most bodies for which one person acts: their token names each.
const BODIES_OF_A_PERSON: usize = 40;

/// A role for a body, as a token gives it and a request names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seat {
    /// Identifier of the role.
    pub(crate) role: String,
    /// Code of the body.
    pub(crate) body: String,
    /// Identifier of the cycle.
    pub(crate) cycle: String,
}

impl Seat {
    /// As the header `Act-As` names it.
    pub(crate) fn act_as(&self) -> String {
        format!("{};body={};cycle={}", self.role, self.body, self.cycle)
    }
}

/// Whether an act is open to a role in a phase, or in every phase.
pub(crate) fn is_open(role: &Role, phase: &Phase, act: &str) -> bool {
    let mut always = role.acts.iter();
    always.any(|other| other == act) || phase.acts_of(&role.id).any(|other| other == act)
}

/// The roles that may record something in a phase, or in every phase if none is given, as the framework
/// says.
pub(crate) fn roles_for<'a>(
    framework: &'a Framework,
    phase: Option<&Phase>,
    record: &RecordFact,
) -> Vec<&'a str> {
    let act = record.kind().act();
    let roles = framework.roles.iter().filter(|role| {
        let may = match phase {
            Some(phase) => phase.acts_of(&role.id).any(|other| other == act),
            None => role.acts.iter().any(|other| other == act),
        };
        let method = record.method();
        may && method.is_none_or(|method| role.methods.contains(&method))
    });
    roles.map(|role| role.id.as_str()).collect()
}

/// The body for which somebody acts who records something about a body: for a function that of its
/// region.
pub(crate) fn acting_for(organisations: &Organisations, body: BodyIndex) -> BodyIndex {
    match organisations.body(body).kind {
        BodyKind::Function => organisations.sha_of(body).unwrap_or(body),
        BodyKind::Pct | BodyKind::Cluster | BodyKind::Sha => body,
    }
}

/// Tokens of people.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    by_seat: BTreeMap<Seat, (String, String)>,
}

impl Tokens {
    /// Issues the tokens for some seats: one person for each role and region.
    pub(crate) fn issue(
        program: &Program,
        framework: &Framework,
        organisations: &Organisations,
        seats: impl Iterator<Item = Seat>,
    ) -> Result<Tokens> {
        let mut people: BTreeMap<(String, Option<String>), Vec<Seat>> = BTreeMap::new();
        for seat in seats {
            let body = organisations.find(&seat.body).ok_or("a body is unknown")?;
            let is_region = organisations.body(body).kind == BodyKind::Sha;
            let region = organisations.sha_of(body).or(is_region.then_some(body));
            let region = region.map(|region| organisations.body(region).name.clone());
            let role = framework.roles.iter().find(|role| role.id == seat.role);
            let title = role.map_or(seat.role.as_str(), |role| role.title.as_str());
            people
                .entry((title.to_owned(), region))
                .or_default()
                .push(seat);
        }
        let mut tokens = Tokens::default();
        for ((title, region), seats) in people {
            for (number, seats) in seats.chunks(BODIES_OF_A_PERSON).enumerate() {
                let number = match number {
                    0 => String::new(),
                    more => format!(" {}", more + 1),
                };
                let region = region.iter().map(|region| format!(", {region}"));
                let person = format!("{title}{number}{}", region.collect::<String>());
                let token = Tokens::issue_to(program, &person, seats)?;
                for seat in seats {
                    let holder = (person.clone(), token.clone());
                    tokens.by_seat.insert(seat.clone(), holder);
                }
            }
        }
        Ok(tokens)
    }

    /// Issues one token to a person for several seats.
    pub(crate) fn issue_to(program: &Program, person: &str, seats: &[Seat]) -> Result<String> {
        let mut arguments = vec!["token", "issue", "--person", person];
        let grants: Vec<String> = seats.iter().map(Seat::act_as).collect();
        for grant in &grants {
            arguments.extend(["--grant", grant]);
        }
        Ok(program.run(&arguments)?.trim().to_owned())
    }

    /// The person in a seat, and their token.
    pub(crate) fn of(&self, seat: &Seat) -> Option<(&str, &str)> {
        let (person, token) = self.by_seat.get(seat)?;
        Some((person, token))
    }

    /// The names of those who have one.
    pub(crate) fn people(&self) -> BTreeSet<String> {
        let people = self.by_seat.values().map(|(person, _)| person.clone());
        people.collect()
    }
}
