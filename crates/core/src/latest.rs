//! The standing result of each body, group and function: its latest, over all cycles of one line of
//! frameworks.
//!
//! In a rolling programme each body is assured on a date of its own, so no single cycle has the
//! results of all.

use crate::body::BodyKind;
use crate::cycle::Cycle;
use crate::output::{Assurance, Output};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The standing result of one body.
#[derive(Clone, Copy, Debug)]
pub struct LatestResult<'a> {
    /// Code of the body, as its latest cycle writes it.
    pub code: &'a str,
    /// Name of the body in that cycle.
    pub name: &'a str,
    /// The position of the cycle with the result, in the list that was given, and the result.
    /// `None` if cycles assure the body but none has a result of it yet.
    pub result: Option<(usize, &'a Output)>,
}

/// The standing results under one line of frameworks: a framework, the `previous` of it, and so on.
#[derive(Clone, Debug)]
pub struct StandingLine<'a> {
    /// The identifiers of the frameworks of all its cycles, in order.
    pub frameworks: Vec<&'a str>,
    /// The position of the latest cycle of the line, in the list that was given.
    pub cycle: usize,
    /// One result for each body that the cycles of the line assure, in the order of codes.
    pub results: Vec<LatestResult<'a>>,
    /// One result for each group that has one of its own, in the order of codes.
    pub groups: Vec<LatestResult<'a>>,
    /// One result for each function that has one for all who delegate to it, in the order of codes.
    pub functions: Vec<LatestResult<'a>>,
}

impl<'a> StandingLine<'a> {
    /// The results of a kind of body; none for an authority, which is not assured.
    pub fn of_kind(&self, kind: BodyKind) -> &[LatestResult<'a>] {
        match kind {
            BodyKind::Pct => &self.results,
            BodyKind::Cluster => &self.groups,
            BodyKind::Function => &self.functions,
            BodyKind::Sha => &[],
        }
    }

    /// All results: those of bodies, then of groups, then of functions.
    pub fn each(&self) -> impl Iterator<Item = &LatestResult<'a>> {
        let results = self.results.iter().chain(&self.groups);
        results.chain(&self.functions)
    }
}

/// The standing result of each body, group and function on a day: that of the latest cycle, of that day or earlier, in
/// which anything about it is known. A previous result that a cycle only took over does not
/// count as a result of that cycle.
///
/// Cycles are of one line if their frameworks are the same, or linked by `previous`. Lines are in
/// the order of their first cycles. Of two cycles of the same day, the one with the greater
/// identifier counts as later.
pub fn latest_results<'a>(
    cycles: &[(&'a Cycle, &'a Assurance)],
    on: Date,
) -> Vec<StandingLine<'a>> {
    let lines = lines_of(cycles);
    let mut standing = Vec::new();
    for line in lines {
        let of_line = line.iter().filter_map(|at| cycles.get(*at));
        let mut frameworks: Vec<&str> = of_line
            .map(|(cycle, _)| cycle.framework.id.as_str())
            .collect();
        frameworks.sort_unstable();
        frameworks.dedup();
        let mut in_order: Vec<(usize, &'a Cycle, &'a Assurance)> = line
            .into_iter()
            .filter_map(|at| {
                cycles
                    .get(at)
                    .map(|(cycle, assurance)| (at, *cycle, *assurance))
            })
            .filter(|(_, cycle, _)| cycle.as_of <= on)
            .collect();
        in_order.sort_by_key(|(_, cycle, _)| (cycle.as_of, cycle.id.as_str()));
        let Some((latest, ..)) = in_order.last() else {
            continue;
        };
        let latest = *latest;
        let of_groups = latest_of(&in_order, |assurance| {
            let groups = assurance.clusters.iter();
            Box::new(groups.filter_map(|group| group.output.as_ref()))
        });
        let of_functions = latest_of(&in_order, |assurance| {
            let functions = assurance.functions.iter();
            Box::new(functions.map(|function| &function.output))
        });
        let has_result = |latest: &LatestResult<'_>| latest.result.is_some();
        standing.push(StandingLine {
            frameworks,
            cycle: latest,
            results: latest_of(&in_order, |assurance| {
                Box::new(assurance.outputs.iter().map(|output| &**output))
            }),
            groups: of_groups.into_iter().filter(has_result).collect(),
            functions: of_functions.into_iter().filter(has_result).collect(),
        });
    }
    standing
}

type Outputs<'a> = Box<dyn Iterator<Item = &'a Output> + 'a>;

/// The latest result of each body among some outputs of each cycle. The cycles come in order, each
/// with its position in the list that was given.
fn latest_of<'a>(
    cycles: &[(usize, &'a Cycle, &'a Assurance)],
    outputs: impl Fn(&'a Assurance) -> Outputs<'a>,
) -> Vec<LatestResult<'a>> {
    let mut results: BTreeMap<String, LatestResult<'a>> = BTreeMap::new();
    for (at, cycle, assurance) in cycles {
        for output in outputs(assurance) {
            let body = cycle.organisations.body(output.body);
            let known = results.entry(body.code.to_ascii_uppercase());
            let known = known.or_insert(LatestResult {
                code: &body.code,
                name: &body.name,
                result: None,
            });
            (known.code, known.name) = (&body.code, &body.name);
            if has_result(cycle, output) {
                known.result = Some((*at, output));
            }
        }
    }
    results.into_values().collect()
}

/// Whether anything about a body is known: the current value of a measure or part, or a text.
fn has_result(cycle: &Cycle, output: &Output) -> bool {
    let mut cells = output.cells.iter();
    let mut parts = output.parts();
    cells.any(|cell| {
        let judgement = cell.current_mark().judgement(cycle);
        cell.current().is_some() || judgement.is_some_and(|own| own.details().text.is_some())
    }) || parts.any(|part| part.current().value().is_some())
}

/// The positions of the cycles of each line.
fn lines_of(cycles: &[(&Cycle, &Assurance)]) -> Vec<Vec<usize>> {
    let mut lines: Vec<Vec<usize>> = Vec::new();
    for (at, (cycle, _)) in cycles.iter().enumerate() {
        let is_linked = |line: &Vec<usize>| {
            let others = line.iter().filter_map(|other| cycles.get(*other));
            others.into_iter().any(|(other, _)| {
                let (own, other) = (&cycle.framework, &other.framework);
                own.id == other.id
                    || own.previous.as_ref() == Some(&other.id)
                    || other.previous.as_ref() == Some(&own.id)
            })
        };
        // A cycle may join lines that nothing linked before.
        let (linked, apart): (Vec<Vec<usize>>, _) = lines.into_iter().partition(is_linked);
        lines = apart;
        let mut line = linked.concat();
        line.push(at);
        line.sort_unstable();
        lines.push(line);
    }
    lines.sort();
    lines
}
