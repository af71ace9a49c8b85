//! The picture that queries read: a programme with indices for looking things up.

use crate::history::{History, OutputDifference};
use crate::live_records::LiveRecords;
use crate::sources::{Reads, Sources};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wcc_core::framework::Words;
use wcc_core::ledger::{AsOf, EntryNote};
use wcc_core::{BodyIndex, CheckDocumentation, Framework, Organisations};
use wcc_programme::{AssuredCycle, ConfiguredPlugin, NotAssuredCycle, Persons, Programme};

/// An immutable programme with its indices. A changed programme gets a new picture.
///
/// Each answer is written from its own picture ([`Picture::for_one_answer`]), which records the
/// cycles that are read.
#[derive(Debug)]
pub(crate) struct Picture {
    programme: Arc<Programme>,
    /// The cycles read so far.
    reads: Reads,
    /// The earlier point that it shows; `None` for the current state.
    as_of: Option<AsOf>,
    bodies: Arc<Bodies>,
    actors: Actors,
    /// What is kept beside the ledger and was read for this answer.
    live: LiveRecords,
    /// The formats in which documents of it are offered; none of an earlier point.
    document_formats: Arc<[&'static str]>,
}

/// Who made the entries of the ledger.
#[derive(Clone, Default)]
struct Actors {
    /// Where they are looked up. What is known of an entry never changes, so any state of the
    /// ledger that has it will do.
    history: Option<Arc<dyn History>>,
    /// Whose names are seen.
    persons: Persons,
}

impl std::fmt::Debug for Actors {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut actors = to.debug_struct("Actors");
        actors
            .field("persons", &self.persons)
            .finish_non_exhaustive()
    }
}

/// An entry, as far as a viewer may know who made it.
#[derive(Clone, Debug)]
pub(crate) struct EnteredBy {
    /// When it was made, and by whom.
    pub(crate) note: EntryNote,
    /// Whether the person's name is seen.
    pub(crate) shows_person: bool,
}

/// Where each body is found, and the words for it. This depends on the tables, PCTs and framework
/// of each cycle, not on its records.
#[derive(Debug)]
struct Bodies {
    /// The shipped organisations, followed by the tables of cycles that have their own.
    tables: Vec<Table>,
    /// The table and position of each body, by its code in capitals.
    places: HashMap<String, (usize, BodyIndex)>,
    /// The same positions in the order of the tables.
    order: Vec<(usize, BodyIndex)>,
    /// The core's checks in the words of each framework.
    checks: Vec<(Arc<Framework>, Vec<CheckDocumentation>)>,
    /// The words that the frameworks of all cycles share, or else neutral words.
    words: Words,
    /// The core's checks in the words that most cycles use.
    usual_checks: Vec<CheckDocumentation>,
}

/// One table of bodies.
#[derive(Debug)]
struct Table {
    organisations: Arc<Organisations>,
    /// The day on which memberships are evaluated outside a cycle: that of the latest cycle that
    /// uses this table, or else of the latest cycle.
    day: Date,
    /// The words of the latest cycle that uses this table, or else those of [`Bodies::words`].
    words: Words,
}

/// A body, located in a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLocation<'a> {
    /// The table.
    pub(crate) organisations: &'a Organisations,
    /// The body's index in the table.
    pub(crate) index: BodyIndex,
    /// The day on which its memberships are evaluated.
    pub(crate) day: Date,
    /// The words for it and bodies like it.
    pub(crate) words: &'a Words,
}

impl Picture {
    /// Indexes a programme, current or as of an earlier point.
    pub(crate) fn new(programme: Arc<Programme>, as_of: Option<AsOf>) -> Picture {
        let bodies = Arc::new(Bodies::of(&programme));
        Picture {
            programme,
            reads: Reads::default(),
            as_of,
            bodies,
            actors: Actors::default(),
            live: LiveRecords::default(),
            document_formats: Arc::default(),
        }
    }

    /// The same picture, of which documents are offered in some formats.
    pub(crate) fn with_document_formats(self, formats: Arc<[&'static str]>) -> Picture {
        Picture {
            document_formats: formats,
            ..self
        }
    }

    /// The formats in which documents of it are offered: endings of files.
    pub(crate) fn document_formats(&self) -> &Arc<[&'static str]> {
        &self.document_formats
    }

    /// The picture of another current programme, which shares the indices if they are the same.
    pub(crate) fn replaced_by(&self, programme: Arc<Programme>) -> Picture {
        if has_same_bodies(&self.programme, &programme) {
            return Picture {
                programme,
                as_of: None,
                ..self.for_one_answer()
            };
        }
        let formats = Arc::clone(&self.document_formats);
        Picture::new(programme, None).with_document_formats(formats)
    }

    /// The same picture, with nothing read yet.
    pub(crate) fn for_one_answer(&self) -> Picture {
        Picture {
            programme: Arc::clone(&self.programme),
            reads: Reads::default(),
            as_of: self.as_of,
            bodies: Arc::clone(&self.bodies),
            actors: Actors::default(),
            live: LiveRecords::default(),
            document_formats: Arc::clone(&self.document_formats),
        }
    }

    /// The same picture with the means to show who made its entries: where they are looked up, and
    /// whose names may be shown.
    pub(crate) fn with_actors(
        self,
        history: Option<Arc<dyn History>>,
        persons: Persons,
    ) -> Picture {
        let actors = Actors { history, persons };
        Picture { actors, ..self }
    }

    /// The same picture with what was read for an answer of what is kept beside the ledger.
    pub(crate) fn with_live(self, live: LiveRecords) -> Picture {
        Picture { live, ..self }
    }

    /// What is kept beside the ledger and was read for this answer.
    pub(crate) fn live(&self) -> &LiveRecords {
        &self.live
    }

    /// The actor who made an entry on a body of a cycle. The body and cycle are given by their codes.
    pub(crate) fn entered_by(&self, entry: u32, cycle: &str, body: &str) -> Option<EnteredBy> {
        Some(EnteredBy {
            note: self.actors.history.as_ref()?.entry(entry)?,
            shows_person: self.actors.persons.shows(cycle, body),
        })
    }

    /// Whether an entry was made by the moment that the picture shows.
    pub(crate) fn includes_entry(&self, entry: u32) -> bool {
        match self.as_of {
            None => true,
            Some(AsOf::Entry(last)) => entry <= last,
            Some(AsOf::Time(time)) => {
                let history = self.actors.history.as_ref();
                let note = history.and_then(|history| history.entry(entry));
                note.is_some_and(|note| note.at <= time)
            }
        }
    }

    /// What today's calculation would change in a kept output, by the number of its record; `None`
    /// until it has been compared.
    pub(crate) fn differences(&self, record: u32) -> Option<Arc<[OutputDifference]>> {
        self.actors.history.as_ref()?.differences(record)
    }

    /// Whether the people behind the records on a body of a cycle are named, by their codes.
    pub(crate) fn shows_persons_on(&self, cycle: &str, body: &str) -> bool {
        self.actors.persons.shows(cycle, body)
    }

    /// The parts of the picture read so far.
    pub(crate) fn sources(&self) -> Sources {
        self.reads.sources()
    }

    /// The whole programme. An answer that uses it counts as written from everything; the other
    /// methods record more precisely what is read.
    pub(crate) fn programme(&self) -> &Arc<Programme> {
        self.reads.everything();
        &self.programme
    }

    /// Records everything as read, for an answer that any entry may change.
    pub(crate) fn note_everything(&self) {
        self.reads.everything();
    }

    /// Every cycle, in the order of identifiers. The iterator records each cycle it returns as read.
    pub(crate) fn cycles(&self) -> impl Iterator<Item = &AssuredCycle> {
        let cycles = self.programme.cycles.iter().enumerate();
        cycles.map(|(position, cycle)| {
            self.reads.cycle(position);
            &**cycle
        })
    }

    /// The cycle with an identifier.
    pub(crate) fn cycle(&self, id: &str) -> Option<&AssuredCycle> {
        let position = self.cycle_ids().position(|known| known == id)?;
        let cycle = self.programme.cycles.get(position)?;
        self.reads.cycle(position);
        Some(cycle)
    }

    /// The identifiers of the cycles, in order.
    pub(crate) fn cycle_ids(&self) -> impl Iterator<Item = &str> {
        let cycles = self.programme.cycles.iter();
        cycles.map(|cycle| cycle.cycle.id.as_str())
    }

    /// The cycles that are not assured.
    pub(crate) fn not_assured(&self) -> &[Arc<NotAssuredCycle>] {
        &self.programme.not_assured
    }

    /// The frameworks.
    pub(crate) fn frameworks(&self) -> &[Arc<Framework>] {
        &self.programme.frameworks
    }

    /// The configured plugins.
    pub(crate) fn plugins(&self) -> &[ConfiguredPlugin] {
        &self.programme.plugins
    }

    /// Whether two pictures share their tables of bodies and the positions in them.
    pub(crate) fn has_bodies_of(&self, other: &Picture) -> bool {
        Arc::ptr_eq(&self.bodies, &other.bodies)
    }

    /// The point that it shows, for the identity of lists; empty for the current state.
    pub(crate) fn moment(&self) -> String {
        match self.as_of {
            None => String::new(),
            Some(AsOf::Entry(entry)) => format!("entry {entry}"),
            Some(AsOf::Time(time)) => format!("time {time}"),
        }
    }

    /// The body with this code, as seen by the latest cycle that assures it and has a table of its
    /// own. Other bodies come from the shipped table, if a cycle uses it or no other table has
    /// them.
    pub(crate) fn body(&self, code: &str) -> Option<BodyLocation<'_>> {
        self.location(*self.bodies.places.get(&code.to_ascii_uppercase())?)
    }

    /// Every body once, in the order of the tables.
    pub(crate) fn each_body(&self) -> impl Iterator<Item = BodyLocation<'_>> {
        self.bodies
            .order
            .iter()
            .filter_map(|place| self.location(*place))
    }

    fn location(&self, (at, index): (usize, BodyIndex)) -> Option<BodyLocation<'_>> {
        let table = self.bodies.tables.get(at)?;
        Some(BodyLocation {
            organisations: &table.organisations,
            index,
            day: table.day,
            words: &table.words,
        })
    }

    /// The words for bodies outside any cycle.
    pub(crate) fn words(&self) -> &Words {
        &self.bodies.words
    }

    /// The documentation of the core's checks, in the words of a framework or, outside any cycle,
    /// in those that most cycles use.
    pub(crate) fn core_checks(&self, framework: Option<&Arc<Framework>>) -> &[CheckDocumentation] {
        let mut all = self.bodies.checks.iter();
        let own = all.find(|(known, _)| framework.is_some_and(|one| Arc::ptr_eq(known, one)));
        own.map_or(&self.bodies.usual_checks, |(_, checks)| checks)
    }
}

impl Bodies {
    fn of(programme: &Programme) -> Bodies {
        let organisations = tables_of(programme);
        let places = places_of(programme, &organisations);
        let mut listed = HashSet::new();
        let mut order = Vec::with_capacity(places.len());
        for (_, body) in organisations.iter().flat_map(|table| table.each()) {
            let code = body.code.to_ascii_uppercase();
            order.extend(places.get(&code).filter(|_| listed.insert(code)));
        }
        let latest = |uses: &dyn Fn(&AssuredCycle) -> bool| {
            let cycles = programme.cycles.iter().filter(|cycle| uses(cycle));
            cycles.max_by_key(|cycle| cycle.cycle.as_of)
        };
        let latest_day = latest(&|_| true).map_or(Date::MAX, |cycle| cycle.cycle.as_of);
        let words = shared_words(programme);
        let tables = organisations.iter().map(|table| {
            let cycle = latest(&|cycle| Arc::ptr_eq(&cycle.cycle.organisations, table));
            Table {
                organisations: Arc::clone(table),
                day: cycle.map_or(latest_day, |cycle| cycle.cycle.as_of),
                words: cycle
                    .map_or(&words, |cycle| &cycle.cycle.framework.words)
                    .clone(),
            }
        });
        let mut checks: Vec<(Arc<Framework>, Vec<CheckDocumentation>)> = Vec::new();
        for cycle in &programme.cycles {
            let framework = &cycle.cycle.framework;
            if !checks
                .iter()
                .any(|(known, _)| Arc::ptr_eq(known, framework))
            {
                let documentation = wcc_core::checks::documentation(framework);
                checks.push((Arc::clone(framework), documentation));
            }
        }
        // Outside any cycle, checks are documented in the words that most cycles use.
        let uses = |words: &Words| {
            let all = programme.cycles.iter();
            all.filter(|cycle| cycle.cycle.framework.words == *words)
                .count()
        };
        let usual = programme.cycles.iter().max_by_key(|cycle| {
            let cycle = &cycle.cycle;
            (uses(&cycle.framework.words), cycle.as_of)
        });
        let usual = usual.map(|cycle| &cycle.cycle.framework);
        Bodies {
            tables: tables.collect(),
            usual_checks: usual.map_or_else(wcc_core::checks::neutral_documentation, |framework| {
                wcc_core::checks::documentation(framework)
            }),
            places,
            order,
            checks,
            words,
        }
    }
}

/// Whether the bodies of two programmes are found in the same places.
fn has_same_bodies(old: &Programme, new: &Programme) -> bool {
    let same_cycle = |(old, new): (&Arc<AssuredCycle>, &Arc<AssuredCycle>)| {
        let (old, new) = (&old.cycle, &new.cycle);
        Arc::ptr_eq(&old.organisations, &new.organisations)
            && old.as_of == new.as_of
            && old.pcts == new.pcts
            && Arc::ptr_eq(&old.framework, &new.framework)
    };
    Arc::ptr_eq(&old.organisations, &new.organisations)
        && old.cycles.len() == new.cycles.len()
        && old.cycles.iter().zip(&new.cycles).all(same_cycle)
}

/// The words that the frameworks of all cycles share, or else neutral words.
fn shared_words(programme: &Programme) -> Words {
    let mut all = programme.cycles.iter();
    let mut all = all.by_ref().map(|cycle| &cycle.cycle.framework.words);
    match all.next() {
        Some(first) if all.all(|words| words == first) => first.clone(),
        _ => Words::neutral(),
    }
}

/// Every table of bodies once, starting with the shipped table.
fn tables_of(programme: &Programme) -> Vec<Arc<Organisations>> {
    let mut tables = vec![Arc::clone(&programme.organisations)];
    for cycle in &programme.cycles {
        let own = &cycle.cycle.organisations;
        if !tables.iter().any(|known| Arc::ptr_eq(known, own)) {
            tables.push(Arc::clone(own));
        }
    }
    tables
}

/// The table from which each body is read, by its code in capitals.
fn places_of(
    programme: &Programme,
    tables: &[Arc<Organisations>],
) -> HashMap<String, (usize, BodyIndex)> {
    let mut places = HashMap::new();
    let mut add = |at: usize, is_wanted: &dyn Fn(BodyIndex) -> bool| {
        for (index, body) in tables.get(at).into_iter().flat_map(|table| table.each()) {
            if is_wanted(index) {
                let code = body.code.to_ascii_uppercase();
                places.entry(code).or_insert((at, index));
            }
        }
    };
    let table_of = |cycle: &AssuredCycle| {
        let mut tables = tables.iter();
        tables.position(|table| Arc::ptr_eq(table, &cycle.cycle.organisations))
    };
    let mut latest_first: Vec<(&AssuredCycle, usize)> = programme
        .cycles
        .iter()
        .filter_map(|cycle| Some((&**cycle, table_of(cycle)?)))
        .collect();
    latest_first.sort_by_key(|(cycle, _)| std::cmp::Reverse(cycle.cycle.as_of));
    for (cycle, at) in latest_first.iter().filter(|(_, at)| *at != SHIPPED) {
        let assured = assured_in(cycle);
        add(*at, &|index| assured.contains(&index));
    }
    // If all cycles have tables of their own, those take precedence over the shipped table.
    if latest_first.iter().all(|(_, at)| *at != SHIPPED) {
        for (_, at) in &latest_first {
            add(*at, &|_| true);
        }
    }
    for at in 0..tables.len() {
        add(at, &|_| true);
    }
    places
}

/// The position of the shipped table.
const SHIPPED: usize = 0;

/// The bodies that a cycle assures: its PCTs, their clusters and the functions to which they
/// delegate.
fn assured_in(cycle: &AssuredCycle) -> HashSet<BodyIndex> {
    let cycle = &cycle.cycle;
    let (organisations, day) = (&cycle.organisations, cycle.as_of);
    let bodies = cycle.pcts.iter().flat_map(|pct| {
        let shared = organisations.cluster_of(*pct, day).into_iter();
        let shared = shared.chain(organisations.functions_of(*pct, day));
        std::iter::once(*pct).chain(shared)
    });
    bodies.collect()
}
