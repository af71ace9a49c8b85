//! Looks up the roles, bodies, cycles and methods that a command names.

use super::Failure;
use std::collections::BTreeSet;
use wcc_case::nearest;
use wcc_core::ledger::State;
use wcc_core::progress::topmost_bodies;
use wcc_core::words::any_of;
use wcc_core::{Actor, BodyIndex, Cycle, Framework, Method};
use wcc_policy::CedarPolicy;
use wcc_programme::{Programme, ReferenceData};

/// Where roles, bodies and cycles are looked up.
pub(super) struct Places<'p> {
    /// The frameworks and tables of the settings.
    pub(super) reference: &'p ReferenceData,
    /// The cycles of a case or the ledger, if they were read.
    pub(super) programme: Option<&'p Programme>,
}

impl<'p> Places<'p> {
    /// A role: the operator's, the public's, or one that a framework declares or a policy names.
    pub(super) fn role<'r>(
        &self,
        given: &'r str,
        policies: &CedarPolicy,
    ) -> Result<&'r str, Failure> {
        let mut roles = policies.roles();
        roles.extend([Actor::OPERATOR, Actor::PUBLIC].map(str::to_owned));
        let shipped = self
            .reference
            .frameworks
            .each()
            .map(|framework| &**framework);
        let of_cycles = self.cycles().map(|cycle| &*cycle.framework);
        for framework in shipped.chain(of_cycles) {
            roles.extend(framework.roles.iter().map(|role| role.id.clone()));
        }
        if roles.contains(given) {
            return Ok(given);
        }
        Err(unknown("role", given, roles.iter().map(String::as_str)))
    }

    /// A method by its identifier in the framework of a cycle, or in any framework if no cycle is
    /// asked about, or by the word that policies use for its purpose.
    pub(super) fn method(&self, given: &str, of_cycle: Option<&Cycle>) -> Result<Method, Failure> {
        let own = of_cycle.map(|cycle| &*cycle.framework);
        let others = self
            .reference
            .frameworks
            .each()
            .map(|framework| &**framework);
        let of_cycles = self.cycles().map(|cycle| &*cycle.framework);
        let frameworks: Vec<&Framework> = match own {
            Some(framework) => vec![framework],
            None => others.chain(of_cycles).collect(),
        };
        let mut declared = frameworks.iter();
        let found = declared.find_map(|framework| framework.methods.named(given));
        found.or_else(|| Method::named(given)).ok_or_else(|| {
            let ids = frameworks
                .iter()
                .flat_map(|framework| framework.methods.ids());
            let mut known: BTreeSet<&str> = ids.collect();
            if known.is_empty() {
                known.extend(Method::ALL.iter().map(|method| method.name()));
            }
            unknown("method", given, known.into_iter())
        })
    }

    /// The code of a body, as its table writes it.
    pub(super) fn body(&self, given: &str) -> Result<&'p str, Failure> {
        let shipped = self.reference.tables.organisations();
        let programme = self.programme.map(|programme| &programme.organisations);
        let outside = programme.unwrap_or(shipped);
        let cycles = self.cycles().map(|cycle| &cycle.organisations);
        let tables = || cycles.clone().chain([outside]);
        let found = tables().find_map(|table| Some(table.body(table.find(given)?)));
        if let Some(body) = found {
            return Ok(&body.code);
        }
        let codes = tables().flat_map(|table| table.each().map(|(_, body)| body.code.as_str()));
        let codes: BTreeSet<&str> = codes.collect();
        Err(unknown("body", given, codes.into_iter()))
    }

    /// The cycle of an identifier.
    pub(super) fn cycle(&self, id: &str) -> Result<&'p Cycle, Failure> {
        let found = self.cycles().find(|cycle| cycle.id == id);
        let ids = self.cycles().map(|cycle| cycle.id.as_str());
        found.ok_or_else(|| unknown("cycle", id, ids))
    }

    fn cycles(&self) -> impl Iterator<Item = &'p Cycle> + Clone + use<'p> {
        self.programme.into_iter().flat_map(|programme| {
            let assured = programme.cycles.iter().map(|assured| &*assured.cycle);
            let not_assured = programme.not_assured.iter().map(|cycle| &cycle.cycle);
            assured.chain(not_assured)
        })
    }
}

/// A cycle of the ledger as it is now.
pub(super) fn ledger_cycle(state: &State, id: &str) -> Result<Cycle, Failure> {
    let last = state.last();
    let cycle = state.cycle_at(id, last).map(|(cycle, _)| cycle);
    cycle.ok_or_else(|| unknown("cycle", id, state.cycles_at(last)))
}

/// The body with a code; without a code those above everybody in the cycle.
pub(super) fn chosen_bodies(
    cycle: &Cycle,
    code: Option<&str>,
) -> Result<BTreeSet<BodyIndex>, Failure> {
    let Some(code) = code else {
        return Ok(topmost_bodies(cycle));
    };
    Ok(BTreeSet::from([body_in(cycle, code)?]))
}

/// The body of a cycle with a code.
pub(super) fn body_in(cycle: &Cycle, code: &str) -> Result<BodyIndex, Failure> {
    let organisations = &cycle.organisations;
    organisations.find(code).ok_or_else(|| {
        let known = organisations.each().map(|(_, body)| body.code.as_str());
        unknown("body", code, known)
    })
}

/// A failure that names what does not exist, and the nearest that does.
pub(super) fn unknown<'k>(
    what: &str,
    given: &str,
    known: impl Iterator<Item = &'k str>,
) -> Failure {
    /// More would hide the message.
    const MOST: usize = 20;
    let known: Vec<&str> = known.collect();
    let expected = match nearest(given, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("there is no {what} at all"),
        None => match known.get(..MOST) {
            Some(first) if known.len() > MOST => {
                let more = known.len() - MOST;
                format!("expected one of {}, ... ({more} more)", first.join(", "))
            }
            _ => format!("expected {}", any_of(known)),
        },
    };
    Failure::not_found(format!("there is no {what} `{given}`: {expected}"))
}
