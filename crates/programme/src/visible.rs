//! The visible part of a programme for an actor.

use crate::assuring::{CycleInput, assure_each, assure_without_plugins};
use crate::{AssuredCycle, NotAssuredCycle, Programme, revision};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wcc_core::cycle::Hidden;
use wcc_core::policy::{Policy, READ, READ_PERSON, Resource};
use wcc_core::progress::{BlindScoring, CycleProgress, ScoresOfCycle};
use wcc_core::record::{RecordGroup, RecordId};
use wcc_core::{Actor, BodyIndex, Cycle, Organisations};
use wcc_host::Patience;

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

/// The visible part of a cycle with its inputs, so that the next view with the same visibility need
/// not assure it again.
#[derive(Clone, Debug)]
struct SeenCycle {
    /// The whole cycle, and last year's if it is visible.
    whole: Arc<AssuredCycle>,
    last_year: Option<Arc<AssuredCycle>>,
    seen: Arc<AssuredCycle>,
    /// Digest of its visible part.
    digest: String,
}

impl SeenCycle {
    fn named_digest(&self) -> (&str, &str) {
        (&self.seen.cycle.id, &self.digest)
    }
}

/// A programme without the objects that are hidden from an actor.
///
/// Cycles with hidden objects are assured again without them, with their plugins. So every figure
/// that is computed across bodies (averages, counts, placings, searches, findings) is the same as if
/// the hidden bodies had never existed.
#[derive(Clone, Debug)]
pub struct ProgrammeView {
    /// The visible part.
    pub programme: Programme,
    cycles: Vec<SeenCycle>,
    tables: Tables,
}

impl ProgrammeView {
    /// Builds the visible part of a programme. `before` is the view of an earlier programme with the
    /// same visibility, from which unchanged cycles are taken.
    pub async fn new(
        programme: &Programme,
        visibility: &Visibility,
        before: Option<&ProgrammeView>,
    ) -> ProgrammeView {
        if visibility.hides_nothing() {
            return ProgrammeView {
                programme: programme.clone(),
                cycles: Vec::new(),
                tables: Tables::default(),
            };
        }
        let mut tables = Tables::beside(before.map(|view| &view.tables));
        let (mut kept, mut again, mut known) = (Vec::new(), Vec::new(), Vec::new());
        let mut changed: BTreeSet<&str> = BTreeSet::new();
        let nothing = HiddenInCycle::default();
        let hidden_in = |id: &str| visibility.in_cycles.get(id).unwrap_or(&nothing);
        let mut not_assured = Vec::new();
        for whole in &programme.not_assured {
            let (cycle, hidden) = (&whole.cycle, hidden_in(&whole.cycle.id));
            if visibility.cycles.contains(cycle.id.as_str()) {
                changed.insert(&cycle.id);
                continue;
            }
            if hidden.is_empty() {
                not_assured.push(Arc::clone(whole));
                continue;
            }
            changed.insert(&cycle.id);
            let absent = hidden.in_tables(&cycle.organisations);
            let organisations = tables.without(&cycle.organisations, &absent.bodies);
            let previous = whole.previous.as_deref();
            let previous = previous.filter(|id| visibility.shows_cycle(programme, id));
            let previous = previous.map(str::to_owned);
            let (seen, places) = (cycle.without(&absent, organisations), whole.places.clone());
            // The contradiction may be hidden.
            match seen.clone().check_entered() {
                Ok(cycle) => again.push(CycleInput {
                    cycle,
                    places,
                    previous,
                    earlier: None,
                }),
                Err(errors) => not_assured.push(Arc::new(NotAssuredCycle {
                    cycle: seen,
                    errors,
                    previous,
                    places,
                })),
            }
        }
        let mut in_time: Vec<&Arc<AssuredCycle>> = programme.cycles.iter().collect();
        // Last year's cycle is read before the cycle that refers to it.
        in_time.sort_by_key(|assured| assured.cycle.as_of);
        for assured in in_time {
            let cycle = &assured.cycle;
            if visibility.cycles.contains(cycle.id.as_str()) {
                changed.insert(&cycle.id);
                continue;
            }
            let hidden = hidden_in(&cycle.id);
            let last_year = assured.previous.as_deref();
            let last_year_changed = last_year.is_some_and(|previous| changed.contains(previous));
            if hidden.is_empty() && !last_year_changed {
                kept.push(Arc::clone(assured));
                continue;
            }
            changed.insert(&cycle.id);
            let previous = last_year.filter(|id| visibility.shows_cycle(programme, id));
            let last_year = previous.and_then(|id| programme.cycle(id));
            // Last year's cycle may be assured only in this view, which is not kept.
            let comparable = previous.is_none() || last_year.is_some();
            let before = before.filter(|_| comparable);
            let earlier = before.and_then(|view| view.same(assured, last_year));
            if let Some(earlier) = earlier {
                tables.reuse(&earlier.seen.cycle.organisations);
                kept.push(Arc::clone(&earlier.seen));
                known.push(earlier.clone());
                continue;
            }
            let absent = hidden.in_tables(&cycle.organisations);
            let organisations = tables.without(&cycle.organisations, &absent.bodies);
            again.push(CycleInput {
                cycle: cycle.without(&absent, organisations),
                places: assured.places.clone(),
                previous: previous.map(str::to_owned),
                earlier: None,
            });
        }
        let assured_again: BTreeSet<String> =
            again.iter().map(|said| said.cycle.id.clone()).collect();
        let mut cycles = match &programme.basis.plugins {
            Some(plugins) => assure_each(kept, again, plugins, Patience::UntilAnswered).await,
            None => assure_without_plugins(kept, again),
        };
        cycles.sort_by(|one, other| one.cycle.id.cmp(&other.cycle.id));
        for seen in cycles
            .iter()
            .filter(|one| assured_again.contains(&one.cycle.id))
        {
            let last_year = seen.previous.as_deref();
            known.extend(programme.cycle(&seen.cycle.id).map(|whole| SeenCycle {
                whole: Arc::clone(whole),
                last_year: last_year.and_then(|id| programme.cycle(id)).cloned(),
                seen: Arc::clone(seen),
                digest: revision::of_cycle(seen),
            }));
        }
        known.sort_by(|one, other| one.seen.cycle.id.cmp(&other.seen.cycle.id));
        let absent = indices(&programme.organisations, &visibility.in_tables);
        let mut view = Programme {
            revision: String::new(),
            frameworks: frameworks_of(programme, &cycles, &not_assured),
            organisations: tables.without(&programme.organisations, &absent),
            plugins: Arc::clone(&programme.plugins),
            configuration: Arc::clone(&programme.configuration),
            basis: programme.basis.clone(),
            cycles,
            not_assured,
        };
        view.revision = revision::of_view(&view, known.iter().map(SeenCycle::named_digest));
        ProgrammeView {
            programme: view,
            cycles: known,
            tables: tables.in_use(),
        }
    }

    /// Returns the visible part of a cycle from the earlier view, if neither the cycle nor last
    /// year's has changed.
    fn same(
        &self,
        whole: &Arc<AssuredCycle>,
        last_year: Option<&Arc<AssuredCycle>>,
    ) -> Option<&SeenCycle> {
        let same_year = |earlier: &SeenCycle| match (&earlier.last_year, last_year) {
            (Some(then), Some(now)) => Arc::ptr_eq(then, now),
            (None, None) => true,
            _ => false,
        };
        let mut cycles = self.cycles.iter();
        let earlier = cycles.find(|one| Arc::ptr_eq(&one.whole, whole))?;
        // A plugin that failed may succeed now.
        let mut runs = earlier.seen.assurance.plugins.iter();
        let checked = runs.all(|run| run.result.is_ok());
        (checked && same_year(earlier)).then_some(earlier)
    }
}

/// The positions of bodies by their codes.
fn indices(organisations: &Organisations, codes: &BTreeSet<Box<str>>) -> BTreeSet<BodyIndex> {
    let each = codes.iter();
    each.filter_map(|code| organisations.find(code)).collect()
}

/// Returns the visible frameworks: those of the configuration and those of visible cycles.
fn frameworks_of(
    programme: &Programme,
    seen: &[Arc<AssuredCycle>],
    seen_not_assured: &[Arc<NotAssuredCycle>],
) -> Vec<Arc<wcc_core::Framework>> {
    let uses = |cycles: &[Arc<AssuredCycle>], not_assured: &[Arc<NotAssuredCycle>], id: &str| {
        cycles.iter().any(|one| one.cycle.framework.id == id)
            || not_assured.iter().any(|one| one.cycle.framework.id == id)
    };
    let is_seen = |framework: &&Arc<wcc_core::Framework>| {
        programme.basis.configured.contains(&framework.id)
            || uses(seen, seen_not_assured, &framework.id)
            || !uses(&programme.cycles, &programme.not_assured, &framework.id)
    };
    programme
        .frameworks
        .iter()
        .filter(is_seen)
        .cloned()
        .collect()
}

/// A table without some bodies.
#[derive(Clone, Debug)]
struct PartialTable {
    of: Arc<Organisations>,
    absent: BTreeSet<BodyIndex>,
    table: Arc<Organisations>,
}

/// Tables without hidden bodies, each built once, so that cycles that share a table still share it,
/// and successive views share theirs.
#[derive(Clone, Debug, Default)]
struct Tables {
    /// The tables of the earlier view.
    before: Vec<PartialTable>,
    in_use: Vec<PartialTable>,
}

impl Tables {
    fn beside(before: Option<&Tables>) -> Tables {
        Tables {
            before: before.map_or_else(Vec::new, |tables| tables.in_use.clone()),
            in_use: Vec::new(),
        }
    }

    /// Keeps a table of the earlier view.
    fn reuse(&mut self, table: &Arc<Organisations>) {
        let is_it = |known: &&PartialTable| Arc::ptr_eq(&known.table, table);
        if !self.in_use.iter().any(|known| is_it(&known)) {
            self.in_use.extend(self.before.iter().find(is_it).cloned());
        }
    }

    /// Returns the tables that were used.
    fn in_use(self) -> Tables {
        Tables {
            before: Vec::new(),
            in_use: self.in_use,
        }
    }

    fn without(
        &mut self,
        table: &Arc<Organisations>,
        absent: &BTreeSet<BodyIndex>,
    ) -> Arc<Organisations> {
        if absent.is_empty() {
            return Arc::clone(table);
        }
        let is_same =
            |known: &&PartialTable| Arc::ptr_eq(&known.of, table) && known.absent == *absent;
        if let Some(known) = self.in_use.iter().find(is_same) {
            return Arc::clone(&known.table);
        }
        let known = self.before.iter().find(is_same).cloned();
        let known = known.unwrap_or_else(|| PartialTable {
            of: Arc::clone(table),
            absent: absent.clone(),
            table: Arc::new(table.without(absent)),
        });
        let table = Arc::clone(&known.table);
        self.in_use.push(known);
        table
    }
}
