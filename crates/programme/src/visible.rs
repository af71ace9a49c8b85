//! The visible part of a programme for an actor.

mod tables;
mod view;

pub use view::ProgrammeView;

use crate::Programme;
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::cycle::Hidden;
use wcc_core::policy::{Policy, READ, READ_PERSON, Resource};
use wcc_core::progress::{BlindScoring, CycleProgress, ScoresOfCycle};
use wcc_core::record::{RecordGroup, RecordId};
use wcc_core::{Actor, BodyIndex, Cycle, Organisations};

/// The hidden objects of a programme (cycles, bodies in a cycle, and bodies in the tables outside any
/// cycle), and the visible names of people. Two actors with the same visibility get the same
/// answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Visibility {
    /// Identifiers of hidden cycles.
    cycles: BTreeSet<Box<str>>,
    /// What is hidden in other cycles, by their identifiers.
    in_cycles: BTreeMap<Box<str>, HiddenInCycle>,
    /// Codes of bodies that are hidden in the tables outside any cycle.
    in_tables: BTreeSet<Box<str>>,
    /// Whose names are seen.
    persons: Persons,
}

/// What is hidden in a cycle, in codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct HiddenInCycle {
    bodies: BTreeSet<Box<str>>,
    /// Groups of records on other bodies.
    records: BTreeSet<(Box<str>, RecordGroup)>,
    /// Those of these groups of judgements whose rationale is seen.
    rationales: BTreeSet<(Box<str>, RecordGroup)>,
    /// Scores of members of panels.
    scores: BTreeSet<RecordId>,
}

impl HiddenInCycle {
    fn is_empty(&self) -> bool {
        self.bodies.is_empty() && self.records.is_empty() && self.scores.is_empty()
    }

    /// The same as positions in tables.
    fn in_tables(&self, organisations: &Organisations) -> Hidden {
        let groups = |groups: &BTreeSet<(Box<str>, RecordGroup)>| {
            let groups = groups.iter();
            groups
                .filter_map(|(code, group)| Some((organisations.find(code)?, *group)))
                .collect()
        };
        Hidden {
            bodies: indices(organisations, &self.bodies),
            records: groups(&self.records),
            rationales: groups(&self.rationales),
            scores: self.scores.clone(),
        }
    }
}

/// On the records of which bodies an actor sees the names of those who made them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Persons {
    /// On those of every body.
    #[default]
    All,
    /// On none.
    None,
    /// On those of these bodies: codes by cycle.
    Some(BTreeMap<Box<str>, BTreeSet<Box<str>>>),
}

impl Persons {
    /// Asks a policy about bodies in cycles.
    fn of(policy: &dyn Policy, actor: &Actor, resources: &[Resource<'_>]) -> Persons {
        let in_cycles = resources.iter().filter_map(|resource| {
            let (cycle, body) = (resource.cycle?, resource.body?);
            Some((*resource, (cycle, body.code.as_str())))
        });
        let (asked, names): (Vec<_>, Vec<_>) = in_cycles.unzip();
        let shown = policy.decide_each(actor, READ_PERSON, &asked);
        if shown.len() == asked.len() && shown.iter().all(|shown| *shown) {
            return Persons::All;
        }
        let mut bodies: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
        let shown = names.into_iter().zip(shown).filter(|(_, shown)| *shown);
        for ((cycle, code), _) in shown {
            bodies.entry(cycle.into()).or_default().insert(code.into());
        }
        if bodies.is_empty() {
            return Persons::None;
        }
        Persons::Some(bodies)
    }

    /// Whether the names on the records of a body are seen, by the codes of cycle and body.
    pub fn shows(&self, cycle: &str, body: &str) -> bool {
        match self {
            Persons::All => true,
            Persons::None => false,
            Persons::Some(bodies) => bodies
                .get(cycle)
                .is_some_and(|bodies| bodies.contains(body)),
        }
    }
}

impl Visibility {
    /// Asks a policy which objects of a programme an actor may see. `today` selects the phase of each
    /// cycle that nobody has opened, and `now` is the programme of today: `programme` itself, unless
    /// that is one of an earlier moment. A cycle's phases and releases are those of now.
    pub fn of(
        programme: &Programme,
        now: &Programme,
        policy: &dyn Policy,
        actor: &Actor,
        today: jiff::civil::Date,
    ) -> Visibility {
        let mut visibility = Visibility::default();
        let mut resources = Vec::new();
        let assured = programme.cycles.iter().map(|assured| &*assured.cycle);
        let not_assured = programme.not_assured.iter().map(|one| &one.cycle);
        for cycle in assured.chain(not_assured) {
            let now = now.any_cycle(&cycle.id);
            let progress = match now {
                Some(now) => CycleProgress::of_earlier(cycle, now, &actor.role, today),
                None => CycleProgress::of(cycle, &actor.role, today),
            };
            let tables = &cycle.organisations;
            let scoring = BlindScoring::of_cycle(now.unwrap_or(cycle), &actor.person, tables);
            resources.push(progress.resource(&cycle.id));
            let (organisations, day) = (&cycle.organisations, cycle.as_of);
            let bodies = organisations.each().map(|(body, _)| body);
            resources.extend(
                bodies.map(|body| progress.body_resource(&cycle.id, organisations, body, day)),
            );
            let scores = ScoresOfCycle {
                scores: &cycle.records.scores,
                scoring: &scoring,
            };
            let hidden = progress.hidden(policy, actor, &cycle.id, organisations, day, scores);
            visibility.hide(cycle, &hidden);
        }
        let tables = &programme.organisations;
        let in_tables = tables.each();
        resources.extend(
            in_tables.map(|(at, _)| Resource::default().with_body(tables, at, programme.day())),
        );
        visibility.persons = Persons::of(policy, actor, &resources);
        // Bodies in cycles are decided above.
        resources.retain(|resource| resource.cycle.is_none() || resource.body.is_none());
        let seen = policy.decide_each(actor, READ, &resources);
        // A missing answer is a denial.
        let seen = seen.into_iter().chain(std::iter::repeat(false));
        let hidden = resources.iter().zip(seen).filter(|(_, seen)| !seen);
        for (resource, _) in hidden {
            match (resource.cycle, resource.body) {
                (Some(cycle), _) => {
                    visibility.cycles.insert(cycle.into());
                }
                (None, Some(body)) => {
                    visibility.in_tables.insert(body.code.as_str().into());
                }
                (None, None) => {}
            }
        }
        // A cycle that is hidden as a whole needs no further entry.
        let Visibility {
            cycles, in_cycles, ..
        } = &mut visibility;
        in_cycles.retain(|cycle, _| !cycles.contains(cycle));
        visibility
    }

    fn hide(&mut self, cycle: &Cycle, hidden: &Hidden) {
        if hidden.is_empty() {
            return;
        }
        let code =
            |body: &BodyIndex| -> Box<str> { cycle.organisations.body(*body).code.as_str().into() };
        let groups = |groups: &BTreeSet<(BodyIndex, RecordGroup)>| {
            let groups = groups.iter();
            groups.map(|(body, group)| (code(body), *group)).collect()
        };
        let hidden = HiddenInCycle {
            bodies: hidden.bodies.iter().map(code).collect(),
            records: groups(&hidden.records),
            rationales: groups(&hidden.rationales),
            scores: hidden.scores.clone(),
        };
        self.in_cycles.insert(cycle.id.as_str().into(), hidden);
    }

    /// Whether nothing is hidden.
    pub fn is_whole(&self) -> bool {
        self.hides_nothing() && self.persons == Persons::All
    }

    /// Whether every cycle and body is seen, perhaps without the names of those who made entries.
    pub fn hides_nothing(&self) -> bool {
        self.cycles.is_empty() && self.in_cycles.is_empty() && self.in_tables.is_empty()
    }

    /// Which names of people are seen.
    pub fn persons(&self) -> &Persons {
        &self.persons
    }

    /// Whether a cycle is visible. A cycle that does not exist is not.
    pub fn shows_cycle(&self, programme: &Programme, cycle: &str) -> bool {
        let exists = programme.cycle(cycle).is_some() || programme.not_assured(cycle).is_some();
        exists && !self.cycles.contains(cycle)
    }
}

/// The positions of bodies by their codes.
fn indices(organisations: &Organisations, codes: &BTreeSet<Box<str>>) -> BTreeSet<BodyIndex> {
    let each = codes.iter();
    each.filter_map(|code| organisations.find(code)).collect()
}
