//! Reads the rows that link PCTs with clusters and functions.

use super::bodies::{Bodies, first_overlap};
use super::{BodyTable, schemas};
use crate::cells::Cells;
use crate::problem::{Place, Problem, quoted};
use crate::schema::Schema;
use crate::table::{PROSE_BY_COLUMN, Table};
use std::collections::BTreeMap;
use wcc_core::body::{Delegation, Membership, Period};
use wcc_core::{BodyIndex, BodyKind};

/// A link between a cluster or function and a PCT.
struct Link {
    row: u32,
    of: BodyIndex,
    pct: BodyIndex,
    period: Period,
    source: Option<String>,
}

pub(super) fn memberships(bodies: &Bodies<'_>, table: Option<&BodyTable>) -> Vec<Membership> {
    let Some(table) = table else {
        return Vec::new();
    };
    let links = links(
        bodies,
        &schemas::MEMBERSHIPS,
        table,
        "cluster",
        BodyKind::Cluster,
    );
    // A PCT is in at most one cluster at a time.
    refuse_overlaps(bodies, table, &links, |link| (link.pct, None));
    let each = links.into_iter().map(|link| Membership {
        cluster: link.of,
        pct: link.pct,
        period: link.period,
        source: link.source,
    });
    each.collect()
}

pub(super) fn delegations(bodies: &Bodies<'_>, table: Option<&BodyTable>) -> Vec<Delegation> {
    let Some(table) = table else {
        return Vec::new();
    };
    let links = links(
        bodies,
        &schemas::DELEGATIONS,
        table,
        "function",
        BodyKind::Function,
    );
    refuse_overlaps(bodies, table, &links, |link| (link.pct, Some(link.of)));
    let each = links.into_iter().map(|link| Delegation {
        function: link.of,
        pct: link.pct,
        period: link.period,
        source: link.source,
    });
    each.collect()
}

fn links(
    bodies: &Bodies<'_>,
    schema: &'static Schema,
    table: &BodyTable,
    column: &str,
    kind: BodyKind,
) -> Vec<Link> {
    let mut links = Vec::new();
    let rows = Table {
        schema,
        file: &table.file,
        collector: bodies.collector,
        names_known_item: &|column, cell| bodies.names_known_item(column, cell),
        recorded: bodies.recorded,
        names: bodies.words.names,
        waived: &[],
        holds_prose: PROSE_BY_COLUMN,
    };
    rows.read_rows(&*table.bytes, |row| {
        let cells = Cells::new(&table.file, row, bodies.collector);
        let of = bodies.refer(&cells, table, column, kind);
        let pct = bodies.refer(&cells, table, "pct", BodyKind::Pct);
        let period = cells.period();
        if let (Ok(of), Ok(pct)) = (of, pct) {
            links.push(Link {
                row: cells.row_number(),
                of,
                pct,
                period,
                source: cells.owned("source"),
            });
        }
    });
    links
}

fn refuse_overlaps(
    bodies: &Bodies<'_>,
    table: &BodyTable,
    links: &[Link],
    group: impl Fn(&Link) -> (BodyIndex, Option<BodyIndex>),
) {
    let mut groups: BTreeMap<_, Vec<(Period, u32, &Link)>> = BTreeMap::new();
    for link in links {
        let entries = groups.entry(group(link)).or_default();
        entries.push((link.period, link.row, link));
    }
    for entries in groups.values_mut() {
        let Some((one, other)) = first_overlap(entries) else {
            continue;
        };
        let (Some((_, _, one)), Some((_, _, other))) = (entries.get(one), entries.get(other))
        else {
            continue;
        };
        let (earlier, later) = if one.row < other.row {
            (one, other)
        } else {
            (other, one)
        };
        bodies
            .collector
            .add(|| overlap(bodies, table, earlier, later));
    }
}

fn overlap(bodies: &Bodies<'_>, table: &BodyTable, earlier: &Link, later: &Link) -> Problem {
    let pct = quoted(bodies.code(later.pct));
    let message = if earlier.of == later.of {
        format!(
            "{pct} is linked with {} twice at the same time; the other is row {}",
            quoted(bodies.code(later.of)),
            earlier.row
        )
    } else {
        format!(
            "{pct} is in the {} {} (row {}) and {} at the same time",
            bodies.words.group.many,
            quoted(bodies.code(earlier.of)),
            earlier.row,
            quoted(bodies.code(later.of))
        )
    };
    let place = Place::Row {
        row: later.row,
        column: None,
    };
    Problem::at(&table.file, place, message)
        .expecting("`from` and `until` that do not overlap (`until` is the first day after)")
}
