//! The rows of the tables that name bodies.

use super::{BodyTable, schemas};
use crate::cells::Cells;
use crate::found::ProblemCollector;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::spreadsheet::{code_meant, quoted_code};
use crate::table::{Schema, Table};
use std::collections::{HashMap, HashSet};
use wcc_core::body::Period;
use wcc_core::{Body, BodyIndex, BodyKind};

/// The bodies read so far.
pub(super) struct Bodies<'a> {
    pub(super) found: &'a ProblemCollector,
    pub(super) list: Vec<Body>,
    by_code: HashMap<String, Known>,
    /// Whether any table is not the shipped one, so that shipped rows may hang in the air.
    replaced: bool,
    /// Whether the tables were recorded in a ledger earlier.
    pub(super) recorded: bool,
    /// Kinds whose table has problems: what it does not have may be what could not be read.
    broken: Vec<BodyKind>,
}

/// Where a code was taken.
struct Known {
    index: BodyIndex,
    name: String,
    file: String,
    row: u32,
    shipped: bool,
}

impl Known {
    fn in_words(&self) -> String {
        format!("{} ({}, row {})", quoted(&self.name), self.file, self.row)
    }
}

/// A reference to a body that could not be followed.
pub(super) enum Missing {
    /// It was told, or the row has no such reference.
    Told,
    /// A shipped row whose body another table no longer has: to be left out.
    LeftOut,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(found: &'a ProblemCollector, replaced: bool, recorded: bool) -> Self {
        Self {
            found,
            list: Vec::new(),
            by_code: HashMap::new(),
            replaced,
            recorded,
            broken: Vec::new(),
        }
    }

    pub(super) fn shas(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::SHA, table, BodyKind::Sha, |_, _| {});
    }

    pub(super) fn pcts(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::PCT, table, BodyKind::Pct, |cells, body| {
            body.ons_cluster = cells.owned("ons_cluster");
            body.population = cells.whole("population", 0..=1_000_000_000);
            body.succeeded_by = code(cells, "succeeded_by").map(str::to_owned);
        });
    }

    pub(super) fn clusters(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::CLUSTERS, table, BodyKind::Cluster, |_, _| {});
    }

    pub(super) fn functions(&mut self, table: Option<&BodyTable>) {
        self.read(
            &schemas::FUNCTIONS,
            table,
            BodyKind::Function,
            |cells, body| {
                body.commissions = cells.yes_no("commissions").unwrap_or(true);
            },
        );
    }

    fn read(
        &mut self,
        schema: &'static Schema,
        table: Option<&BodyTable>,
        kind: BodyKind,
        mut more: impl FnMut(&Cells<'_>, &mut Body),
    ) {
        let Some(table) = table else { return };
        let found = self.found;
        let problems = found.count();
        let known: HashSet<String> = self.by_code.keys().cloned().collect();
        let rows = Table {
            schema,
            file: &table.file,
            bytes: &table.bytes,
            found,
            names_something: &|column, cell| match column {
                "sha" => Some(known.contains(&cell.to_ascii_uppercase())),
                _ => None,
            },
            recorded: self.recorded,
        };
        rows.read_rows(|row| {
            let cells = Cells::new(&table.file, row, found);
            if let Some(mut body) = self.body(&cells, table, kind) {
                more(&cells, &mut body);
                self.keep(&cells, table, body);
            }
        });
        if found.count() > problems {
            self.broken.push(kind);
        }
    }

    /// What all tables of bodies have in common.
    fn body(&self, cells: &Cells<'_>, table: &BodyTable, kind: BodyKind) -> Option<Body> {
        let code = code(cells, "code");
        let name = cells.text("name");
        let sha = if kind == BodyKind::Sha {
            None
        } else {
            match self.refer(cells, table, "sha", BodyKind::Sha) {
                Ok(sha) => Some(sha),
                Err(Missing::LeftOut) => return None,
                Err(Missing::Told) => None,
            }
        };
        let has_ons_code = matches!(kind, BodyKind::Sha | BodyKind::Pct);
        Some(Body {
            code: code?.to_owned(),
            name: name?.to_owned(),
            kind,
            sha,
            period: cells.period(),
            ons_code: has_ons_code.then(|| cells.owned("ons_code")).flatten(),
            ons_cluster: None,
            population: None,
            commissions: true,
            succeeded_by: None,
            note: cells.owned("note"),
            source: cells.owned("source"),
        })
    }

    /// Keeps a body whose code nobody else has. A row with another problem is kept as well, so
    /// that rows which refer to it are not told for nothing.
    fn keep(&mut self, cells: &Cells<'_>, table: &BodyTable, body: Body) {
        let key = body.code.to_ascii_uppercase();
        let Ok(index) = u32::try_from(self.list.len()) else {
            return;
        };
        let known = Known {
            index: BodyIndex(index),
            name: body.name.clone(),
            file: table.file.clone(),
            row: cells.row_number(),
            shipped: table.shipped,
        };
        match self.by_code.get(&key) {
            Some(earlier) => self.tell_taken(&body.code, earlier, &known),
            None => {
                self.by_code.insert(key, known);
                self.list.push(body);
            }
        }
    }

    /// Tells a code that two bodies have, at the one that is not shipped or else the later.
    fn tell_taken(&self, code: &str, earlier: &Known, later: &Known) {
        let (wrong, right) = if later.shipped && !earlier.shipped {
            (earlier, later)
        } else {
            (later, earlier)
        };
        self.found.add(|| {
            let place = Place::Row {
                row: wrong.row,
                column: Some("code".to_owned()),
            };
            let message = format!("{} is also the code of {}", quoted(code), right.in_words());
            Problem::at(&wrong.file, place, message)
                .expecting("a code of its own for each SHA, PCT, cluster and function")
        });
    }

    /// Follows the code in a cell to a body of a kind.
    pub(super) fn refer(
        &self,
        cells: &Cells<'_>,
        table: &BodyTable,
        column: &str,
        kind: BodyKind,
    ) -> Result<BodyIndex, Missing> {
        let code = cells.text(column).ok_or(Missing::Told)?;
        let found = self.by_code.get(&code.to_ascii_uppercase());
        let found = found.map(|known| known.index);
        let body = found.and_then(|index| self.list.get(usize::try_from(index.0).ok()?));
        if let (Some(index), Some(body)) = (found, body)
            && body.kind == kind
        {
            return Ok(index);
        }
        if table.shipped && self.replaced {
            return Err(Missing::LeftOut);
        }
        if body.is_none() && self.broken.contains(&kind) {
            return Err(Missing::Told);
        }
        cells.wrong(
            column,
            || match body {
                Some(body) => format!("{} is {}", quoted(code), with_article(body.kind)),
                None => format!("there is no {} {}", word(kind), quoted_code(code)),
            },
            |problem| {
                problem
                    .expecting(format!("the code of {}", with_article(kind)))
                    .nearest_to(self.nearest(code, kind))
            },
        );
        Err(Missing::Told)
    }

    fn nearest(&self, code: &str, kind: BodyKind) -> Option<&str> {
        let codes = || {
            let of_kind = self.list.iter().filter(|body| body.kind == kind);
            of_kind.map(|body| body.code.as_str())
        };
        code_meant(code, codes()).or_else(|| nearest(code, codes()))
    }

    /// Whether a cell is the code of a body.
    pub(super) fn names_something(&self, column: &str, cell: &str) -> Option<bool> {
        matches!(column, "cluster" | "function" | "pct")
            .then(|| self.by_code.contains_key(&cell.to_ascii_uppercase()))
    }

    /// Code of a body.
    pub(super) fn code(&self, index: BodyIndex) -> &str {
        let body = usize::try_from(index.0).ok();
        body.and_then(|at| self.list.get(at))
            .map_or("", |body| body.code.as_str())
    }
}

/// What people call a body of a kind.
fn word(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Sha => "SHA",
        BodyKind::Cluster => "cluster",
        BodyKind::Pct => "PCT",
        BodyKind::Function => "function",
    }
}

/// "an SHA", "a cluster".
pub(crate) fn with_article(kind: BodyKind) -> String {
    let article = if kind == BodyKind::Sha { "an" } else { "a" };
    format!("{article} {}", word(kind))
}

/// A code: 2 to 40 letters, digits and hyphens.
fn code<'a>(cells: &Cells<'a>, column: &str) -> Option<&'a str> {
    let code = cells.text(column)?;
    let formed = (2..=40).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !formed {
        cells.wrong(
            column,
            || format!("{} is not a code", quoted_code(code)),
            |problem| problem.expecting("2 to 40 letters (a to z), digits and hyphens"),
        );
    }
    formed.then_some(code)
}

/// Whether something held twice at one time: the entries of one group, with their periods.
pub(super) fn first_overlap<T>(entries: &mut [(Period, u32, T)]) -> Option<(usize, usize)> {
    entries.sort_by_key(|(period, row, _)| (period.from, *row));
    let mut longest = 0;
    for at in 1..entries.len() {
        let (from, until) = (entries[at].0.from, entries[longest].0.until);
        let begins_before_end = match (from, until) {
            (_, None) | (None, Some(_)) => true,
            (Some(from), Some(until)) => from < until,
        };
        if begins_before_end {
            return Some((longest, at));
        }
        longest = at;
    }
    None
}
