//! Reads the rows of the tables of bodies.

use super::{BodyTable, schemas};
use crate::cells::Cells;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::schema::Schema;
use crate::spreadsheet::{code_meant, quoted_code};
use crate::table::{PROSE_BY_COLUMN, Table};
use std::collections::{HashMap, HashSet};
use wcc_core::body::Period;
use wcc_core::delegation::{FunctionEffect, FunctionWork};
use wcc_core::framework::Words;
use wcc_core::words::with_article;
use wcc_core::{Body, BodyIndex, BodyKind, Framework};

/// The bodies read so far.
pub(super) struct Bodies<'a> {
    pub(super) collector: &'a ProblemCollector,
    pub(super) list: Vec<Body>,
    by_code: HashMap<String, CodeOwner>,
    /// Whether any table replaces a shipped one, so that shipped rows may refer to missing bodies.
    replaced: bool,
    /// Whether the tables were recorded in a ledger earlier.
    pub(super) recorded: bool,
    /// What messages call bodies, and the names of columns.
    pub(super) words: &'a Words,
    /// Kinds whose table has problems: a missing body may be one that could not be read.
    broken: Vec<BodyKind>,
}

/// The body that already has a code.
struct CodeOwner {
    index: BodyIndex,
    name: String,
    file: String,
    row: u32,
    shipped: bool,
}

impl CodeOwner {
    fn in_words(&self) -> String {
        format!("{} ({}, row {})", quoted(&self.name), self.file, self.row)
    }
}

/// A reference to a body that could not be resolved.
pub(super) enum UnresolvedReference {
    /// The problem was reported, or the row has no such reference.
    Reported,
    /// A shipped row refers to a body that a replaced table no longer has: leave the row out.
    LeftOut,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(
        collector: &'a ProblemCollector,
        replaced: bool,
        recorded: bool,
        words: &'a Words,
    ) -> Self {
        Self {
            collector,
            list: Vec::new(),
            by_code: HashMap::new(),
            replaced,
            recorded,
            words,
            broken: Vec::new(),
        }
    }

    pub(super) fn shas(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::SHA, table, BodyKind::Sha, |_, _| {});
    }

    pub(super) fn pcts(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::PCT, table, BodyKind::Pct, |cells, body| {
            body.ons_cluster = cells.owned("ons_cluster");
            body.population = cells.whole_within("population", 0..=1_000_000_000);
            body.features = cells.list("features").map(str::to_lowercase).collect();
            body.succeeded_by = code(cells, "succeeded_by").map(str::to_owned);
        });
    }

    pub(super) fn clusters(&mut self, table: Option<&BodyTable>) {
        self.read(&schemas::CLUSTERS, table, BodyKind::Cluster, |_, _| {});
    }

    /// Reads the functions. The measures that they perform must be of the framework, if it is given.
    pub(super) fn functions(&mut self, table: Option<&BodyTable>, framework: Option<&Framework>) {
        self.read(
            &schemas::FUNCTIONS,
            table,
            BodyKind::Function,
            |cells, body| {
                body.commissions = cells.yes_no("commissions").unwrap_or(true);
                body.work = work(cells, framework);
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
        let collector = self.collector;
        let problems = collector.count();
        let known: HashSet<String> = self.by_code.keys().cloned().collect();
        let rows = Table {
            schema,
            file: &table.file,
            collector,
            names_known_item: &|column, cell| match column {
                "sha" => Some(known.contains(&cell.to_ascii_uppercase())),
                _ => None,
            },
            recorded: self.recorded,
            names: self.words.names,
            waived: self.waived(),
            holds_prose: PROSE_BY_COLUMN,
        };
        rows.read_rows(&*table.bytes, |row| {
            let cells = Cells::new(&table.file, row, collector);
            if let Some(mut body) = self.body(&cells, table, kind) {
                more(&cells, &mut body);
                self.keep(&cells, table, body);
            }
        });
        if collector.count() > problems {
            self.broken.push(kind);
        }
    }

    /// Columns that tables need not have: without an authority above the bodies, none names it.
    /// Whether one was needed was checked before tables were recorded.
    pub(super) fn waived(&self) -> &'static [&'static str] {
        if self.recorded || self.words.authority.is_none() {
            &["sha"]
        } else {
            &[]
        }
    }

    /// Reads the columns that all tables of bodies share.
    fn body(&self, cells: &Cells<'_>, table: &BodyTable, kind: BodyKind) -> Option<Body> {
        let code = code(cells, "code");
        let name = cells.text("name");
        let has_none = || !self.waived().is_empty() && cells.text("sha").is_none();
        let sha = if kind == BodyKind::Sha || has_none() {
            None
        } else {
            match self.refer(cells, table, "sha", BodyKind::Sha) {
                Ok(sha) => Some(sha),
                Err(UnresolvedReference::LeftOut) => return None,
                Err(UnresolvedReference::Reported) => None,
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
            work: FunctionWork::default(),
            succeeded_by: None,
            features: Vec::new(),
            note: cells.owned("note"),
            source: cells.owned("source"),
        })
    }

    /// Adds a body unless its code is taken. Rows with other problems are added too, so that
    /// references to them are not reported needlessly.
    fn keep(&mut self, cells: &Cells<'_>, table: &BodyTable, body: Body) {
        let key = body.code.to_ascii_uppercase();
        let Ok(index) = u32::try_from(self.list.len()) else {
            return;
        };
        let known = CodeOwner {
            index: BodyIndex(index),
            name: body.name.clone(),
            file: table.file.clone(),
            row: cells.row_number(),
            shipped: table.shipped,
        };
        match self.by_code.get(&key) {
            Some(earlier) => self.report_taken(&body.code, earlier, &known),
            None => {
                self.by_code.insert(key, known);
                self.list.push(body);
            }
        }
    }

    /// Reports a code that two bodies have, at the row that is not shipped, or else at the later
    /// one.
    fn report_taken(&self, code: &str, earlier: &CodeOwner, later: &CodeOwner) {
        let (wrong, right) = if later.shipped && !earlier.shipped {
            (earlier, later)
        } else {
            (later, earlier)
        };
        self.collector.add(|| {
            let place = Place::Row {
                row: wrong.row,
                column: Some("code".to_owned()),
            };
            let message = format!("{} is also the code of {}", quoted(code), right.in_words());
            Problem::at(&wrong.file, place, message)
                .expecting(format!("a different code for each {}", self.every_kind()))
        });
    }

    /// Every kind of body, in words.
    fn every_kind(&self) -> String {
        let words = self.words;
        let authority = words.authority.as_ref().map(|authority| &*authority.one);
        let others = [&*words.body.one, &*words.group.one, &*words.function.one];
        wcc_core::words::all_of(authority.into_iter().chain(others))
    }

    /// Reports bodies that succeed one another in a circle, once for each circle, at its last row.
    /// Tables that a ledger recorded earlier stay readable.
    pub(super) fn check_successors(&self) {
        if self.recorded {
            return;
        }
        let mut seen_from: Vec<Option<usize>> = vec![None; self.list.len()];
        for start in 0..self.list.len() {
            let mut chain = Vec::new();
            let mut next = Some(start);
            while let Some(at) = next {
                match seen_from.get_mut(at) {
                    Some(seen @ None) => *seen = Some(start),
                    Some(Some(seen)) if *seen == start => {
                        let circle = chain.iter().position(|earlier| *earlier == at);
                        let circle = circle.and_then(|from| chain.get(from..));
                        self.report_circle(circle.unwrap_or_default());
                        break;
                    }
                    // An earlier chain went this way.
                    _ => break,
                }
                chain.push(at);
                next = self.successor(at);
            }
        }
    }

    /// The position of the body that replaced the one at a position.
    fn successor(&self, at: usize) -> Option<usize> {
        let code = self.list.get(at)?.succeeded_by.as_ref()?;
        let owner = self.by_code.get(&code.to_ascii_uppercase())?;
        usize::try_from(owner.index.0).ok()
    }

    fn report_circle(&self, circle: &[usize]) {
        const SHOWN: usize = 6;
        let Some((turn, last)) = circle.iter().enumerate().max_by_key(|(_, at)| **at) else {
            return;
        };
        let code = |at: &usize| self.list.get(*at).map_or("", |body| body.code.as_str());
        let Some(owner) = self.by_code.get(&code(last).to_ascii_uppercase()) else {
            return;
        };
        let message = if circle.len() == 1 {
            format!("{} cannot succeed itself", quoted(code(last)))
        } else {
            let others = circle.iter().cycle().skip(turn + 1).take(circle.len());
            let mut codes: Vec<String> = others.map(|at| quoted(code(at))).collect();
            if let Some(left_out) = codes.len().checked_sub(SHOWN + 1).filter(|more| *more > 0) {
                codes.splice(
                    SHOWN - 1..codes.len() - 1,
                    [format!("({} more)", left_out + 1)],
                );
            }
            let first = quoted(code(last));
            format!(
                "bodies succeed one another in a circle: {first}, {}",
                codes.join(", ")
            )
        };
        let place = Place::Row {
            row: owner.row,
            column: Some("succeeded_by".to_owned()),
        };
        self.collector.add(|| {
            Problem::at(&owner.file, place, message)
                .expecting("the code of a later body, whose own successors do not lead back here")
        });
    }

    /// Resolves the code in a cell to a body of a kind.
    pub(super) fn refer(
        &self,
        cells: &Cells<'_>,
        table: &BodyTable,
        column: &str,
        kind: BodyKind,
    ) -> Result<BodyIndex, UnresolvedReference> {
        let code = cells.text(column).ok_or(UnresolvedReference::Reported)?;
        let owner = self.by_code.get(&code.to_ascii_uppercase());
        let index = owner.map(|owner| owner.index);
        let body = index.and_then(|index| self.list.get(usize::try_from(index.0).ok()?));
        if let (Some(index), Some(body)) = (index, body)
            && body.kind == kind
        {
            return Ok(index);
        }
        if table.shipped && self.replaced {
            return Err(UnresolvedReference::LeftOut);
        }
        if body.is_none() && self.broken.contains(&kind) {
            return Err(UnresolvedReference::Reported);
        }
        let word = |kind| self.words.kind(kind);
        cells.wrong(
            column,
            || match body {
                Some(body) => format!("{} is {}", quoted(code), with_article(word(body.kind))),
                None => format!("there is no {} {}", word(kind), quoted_code(code)),
            },
            |problem| {
                problem
                    .expecting(format!("the code of {}", with_article(word(kind))))
                    .nearest_to(self.nearest(code, kind))
            },
        );
        Err(UnresolvedReference::Reported)
    }

    fn nearest(&self, code: &str, kind: BodyKind) -> Option<&str> {
        let codes = || {
            let of_kind = self.list.iter().filter(|body| body.kind == kind);
            of_kind.map(|body| body.code.as_str())
        };
        code_meant(code, codes()).or_else(|| nearest(code, codes()))
    }

    /// Whether a cell is the code of a body.
    pub(super) fn names_known_item(&self, column: &str, cell: &str) -> Option<bool> {
        matches!(column, "cluster" | "function" | "pct")
            .then(|| self.by_code.contains_key(&cell.to_ascii_uppercase()))
    }

    /// The code of a body.
    pub(super) fn code(&self, index: BodyIndex) -> &str {
        let body = usize::try_from(index.0).ok();
        body.and_then(|at| self.list.get(at))
            .map_or("", |body| body.code.as_str())
    }
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

/// What a function does for those that delegate to it: the columns `measures` and `effect`.
fn work(cells: &Cells<'_>, framework: Option<&Framework>) -> FunctionWork {
    let performs: Vec<String> = cells.list("measures").map(str::to_owned).collect();
    let effect = cells.word("effect", FunctionEffect::ALL, |effect| effect.name());
    if effect.is_some() && performs.is_empty() {
        let expected = "in `measures` what the function performs, or no effect";
        cells.wrong(
            "effect",
            || "there is nothing on which it could have an effect".to_owned(),
            |problem| problem.expecting(expected),
        );
    }
    if let Some(framework) = framework {
        for id in &performs {
            if FunctionWork::find(framework, id).is_none() {
                report_unknown_measure(cells, framework, id);
            }
        }
    }
    FunctionWork {
        performs,
        effect: effect.unwrap_or_default(),
    }
}

fn report_unknown_measure(cells: &Cells<'_>, framework: &Framework, id: &str) {
    let measure = &framework.words.measure.one;
    let (measures, components) = (framework.measures.iter(), framework.components.iter());
    let known = measures.map(|measure| measure.id.as_str());
    let known = known.chain(components.map(|component| component.id.as_str()));
    let known = known.chain(framework.areas.iter().map(|area| area.id.as_str()));
    cells.wrong(
        "measures",
        || {
            format!(
                "{} is not a {measure}, {} or area of {}",
                quoted_code(id),
                framework.component_words(),
                quoted(&framework.id)
            )
        },
        |problem| {
            problem
                .expecting(format!(
                    "identifiers of {}, separated by spaces, or of larger parts for all of their {}",
                    framework.words.measure.many, framework.words.measure.many
                ))
                .nearest_to(nearest(id, known))
        },
    );
}

/// The positions of two entries of a group whose periods overlap, if any.
#[expect(clippy::indexing_slicing, reason = "each position is of the list")]
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
