//! The picture that queries read: the programme with what finding things in it needs.

use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use wcc_core::{BodyIndex, CheckDocumentation, Organisations};
use wcc_programme::{AssuredCycle, Programme};

/// One immutable programme and its indices. Replaced whole when the programme changes.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The programme.
    pub(crate) programme: Arc<Programme>,
    /// What the core's checks say of themselves.
    pub(crate) core_checks: Vec<CheckDocumentation>,
    /// The shipped organisations, then those that cycles carry themselves.
    tables: Vec<Table>,
    /// Where each body stands, by its code in capitals.
    bodies: HashMap<String, (usize, BodyIndex)>,
}

/// One table of bodies.
#[derive(Debug)]
struct Table {
    organisations: Arc<Organisations>,
    /// The day on which memberships are looked at where no cycle says it: that of the latest
    /// cycle that assures bodies of this table.
    day: Date,
}

/// Where a body was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// The table.
    pub(crate) organisations: &'a Organisations,
    /// The body in it.
    pub(crate) index: BodyIndex,
    /// The day to look at it.
    pub(crate) day: Date,
}

impl Picture {
    /// Indexes a programme.
    pub(crate) fn new(programme: Arc<Programme>) -> Picture {
        let organisations = tables_of(&programme);
        let mut bodies = HashMap::new();
        for (at, table) in organisations.iter().enumerate() {
            for (index, body) in table.each() {
                bodies
                    .entry(body.code.to_ascii_uppercase())
                    .or_insert((at, index));
            }
        }
        let days = programme.cycles.iter().map(|cycle| cycle.cycle.as_of);
        let latest = days.max().unwrap_or(Date::MAX);
        let mut tables: Vec<Table> = organisations
            .into_iter()
            .map(|organisations| Table {
                organisations,
                day: Date::MIN,
            })
            .collect();
        for cycle in &programme.cycles {
            for at in tables_assured_by(cycle, &bodies) {
                tables[at].day = tables[at].day.max(cycle.cycle.as_of);
            }
        }
        for table in tables.iter_mut().filter(|table| table.day == Date::MIN) {
            table.day = latest;
        }
        Picture {
            programme,
            core_checks: wcc_core::checks::documentation(),
            tables,
            bodies,
        }
    }

    /// The body with this code: of the shipped organisations, else of the first cycle that
    /// carries its own and has one.
    pub(crate) fn body(&self, code: &str) -> Option<Found<'_>> {
        let (at, index) = *self.bodies.get(&code.to_ascii_uppercase())?;
        let table = self.tables.get(at)?;
        Some(Found {
            organisations: &table.organisations,
            index,
            day: table.day,
        })
    }

    /// Every body once, in the order of the tables.
    pub(crate) fn each_body(&self) -> impl Iterator<Item = Found<'_>> {
        self.tables.iter().enumerate().flat_map(move |(at, table)| {
            let shown = move |code: &str| {
                self.bodies
                    .get(&code.to_ascii_uppercase())
                    .is_some_and(|(first, _)| *first == at)
            };
            let bodies = table.organisations.each();
            bodies
                .filter(move |(_, body)| shown(&body.code))
                .map(|(index, _)| Found {
                    organisations: &table.organisations,
                    index,
                    day: table.day,
                })
        })
    }
}

/// Every table of bodies once, the shipped one first.
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

/// The tables in which the PCTs of a cycle are found by their codes.
fn tables_assured_by<'a>(
    cycle: &'a AssuredCycle,
    bodies: &'a HashMap<String, (usize, BodyIndex)>,
) -> impl Iterator<Item = usize> + 'a {
    cycle.cycle.pcts.iter().filter_map(|pct| {
        let code = &cycle.cycle.organisations.body(*pct).code;
        bodies.get(&code.to_ascii_uppercase()).map(|(at, _)| *at)
    })
}
