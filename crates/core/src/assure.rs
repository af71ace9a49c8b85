//! The engine: a cycle in, one result for each cluster, PCT and function out.

mod again;
mod functions;

pub use again::{Changed, Reassurance, assure_again, touched_by};

use crate::body::{BodyIndex, BodyKind};
use crate::ceiling::{self, Delegator, FunctionLevels};
use crate::challenge;
use crate::checks;
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::finding::{Author, Finding};
use crate::output::{Assurance, ClusterAssurance, FunctionAssurance, Output};
use crate::placing;
use crate::results;
use crate::row::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Last year's cycle and its assurance, for comparison.
#[derive(Clone, Copy, Debug)]
pub struct LastYear<'a> {
    /// What was said last year.
    pub cycle: &'a CheckedCycle,
    /// What followed from it.
    pub assurance: &'a Assurance,
}

/// Assures a cycle: every cluster once, one output for each of its PCTs, and every function.
///
/// Pure and deterministic: the same arguments give the same result, and no argument is looked at
/// but those.
pub fn assure(
    cycle: &CheckedCycle,
    plugins: Vec<Arc<PluginRun>>,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    let engine = Engine::new(cycle, &plugins, last_year);
    let (mut clusters, mut outputs) = (Vec::new(), Vec::with_capacity(cycle.pcts.len()));
    for group in engine.groups() {
        clusters.push(engine.assure_cluster(&group, &mut outputs));
    }
    let functions = engine.assure_functions();
    placing::compare(cycle, &mut outputs);
    let mut findings = found_by_core(cycle, outputs.iter(), &plugins);
    findings.extend(found_by_plugins(&plugins, |_| true));
    put_in_order(&mut findings);
    arrange(cycle, clusters, outputs, functions, findings, plugins)
}

/// Assures some bodies without plugins and without placing their outcomes among those of others:
/// what plugins are shown of them. Each PCT is assured with its whole cluster.
pub fn assure_some(
    cycle: &CheckedCycle,
    bodies: &BTreeSet<BodyIndex>,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    let engine = Engine::new(cycle, &[], last_year);
    let (mut clusters, mut outputs) = (Vec::new(), Vec::new());
    for group in engine.groups() {
        if group.bodies().any(|body| bodies.contains(&body)) {
            clusters.push(engine.assure_cluster(&group, &mut outputs));
        }
    }
    let functions = engine.functions_to_assure().into_iter();
    let functions = functions.filter(|(function, _)| bodies.contains(function));
    let functions = functions.map(|(function, by)| engine.assure_function(function, by));
    let functions = functions.collect();
    placing::fill(cycle, &mut outputs);
    arrange(cycle, clusters, outputs, functions, Vec::new(), Vec::new())
}

/// A cluster (or none) with those of its PCTs that are assured.
#[derive(Default)]
struct Group {
    cluster: Option<BodyIndex>,
    members: Vec<BodyIndex>,
}

impl Group {
    /// The cluster and its PCTs.
    fn bodies(&self) -> impl Iterator<Item = BodyIndex> {
        self.cluster.into_iter().chain(self.members.iter().copied())
    }
}

/// The body that a result is made for.
#[derive(Clone, Copy)]
struct Assured {
    body: BodyIndex,
    kind: BodyKind,
    cluster: Option<BodyIndex>,
    assessor: Option<BodyIndex>,
}

impl Assured {
    fn pct(body: BodyIndex, cluster: Option<BodyIndex>) -> Assured {
        Assured {
            body,
            kind: BodyKind::Pct,
            cluster,
            assessor: None,
        }
    }

    fn cluster(body: BodyIndex) -> Assured {
        Assured {
            body,
            kind: BodyKind::Cluster,
            cluster: None,
            assessor: None,
        }
    }

    fn function(body: BodyIndex, assessor: Option<BodyIndex>) -> Assured {
        Assured {
            body,
            kind: BodyKind::Function,
            cluster: None,
            assessor,
        }
    }
}

struct Engine<'a> {
    cycle: &'a CheckedCycle,
    functions: FunctionLevels,
    plugin_ceilings: BTreeMap<BodyIndex, Vec<crate::output::Ceiling>>,
    plugins: &'a [Arc<PluginRun>],
    last_year: Option<LastYear<'a>>,
}

impl<'a> Engine<'a> {
    fn new(
        cycle: &'a CheckedCycle,
        plugins: &'a [Arc<PluginRun>],
        last_year: Option<LastYear<'a>>,
    ) -> Self {
        Engine {
            cycle,
            functions: FunctionLevels::of(cycle),
            plugin_ceilings: ceiling::plugin_ceilings(plugins),
            plugins,
            last_year,
        }
    }

    /// Every cluster with its PCTs, by code; PCTs in no cluster after all clusters.
    fn groups(&self) -> impl Iterator<Item = Group> + use<> {
        let organisations = &self.cycle.organisations;
        let mut groups: BTreeMap<(bool, &str), Group> = BTreeMap::new();
        for pct in &self.cycle.pcts {
            let cluster = organisations.cluster_of(*pct, self.cycle.as_of);
            let code = organisations.body(cluster.unwrap_or(*pct)).code.as_str();
            let group = groups.entry((cluster.is_none(), code)).or_default();
            group.cluster = cluster;
            group.members.push(*pct);
        }
        groups.into_values().collect::<Vec<Group>>().into_iter()
    }

    /// Assures one cluster: its shared row once, then each member on top of it. The members'
    /// outputs are added to those that are there.
    fn assure_cluster(&self, group: &Group, outputs: &mut Vec<Output>) -> ClusterAssurance {
        let Group { cluster, members } = group;
        let shared = cluster.map(|cluster| (cluster, Row::shared(self.cycle, cluster)));
        let output = shared.as_ref().map(|(cluster, row)| {
            let subject = Assured::cluster(*cluster);
            self.output(subject, row.clone(), self.shared_functions(members))
        });
        let row = shared.as_ref().map(|(_, row)| row);
        let mut positions = Vec::with_capacity(members.len());
        for pct in members {
            positions.push(u32::try_from(outputs.len()).unwrap_or(u32::MAX));
            let row = Row::of_pct(self.cycle, *pct, row);
            let functions = self.functions_of(*pct);
            let mut of_pct = self.output(Assured::pct(*pct, *cluster), row, functions);
            if let Some(of_cluster) = &output {
                challenge::mark_shared(&mut of_pct, of_cluster);
            }
            outputs.push(of_pct);
        }
        ClusterAssurance {
            cluster: *cluster,
            output,
            outputs: positions,
        }
    }

    fn functions_of(&self, pct: BodyIndex) -> Vec<BodyIndex> {
        let organisations = &self.cycle.organisations;
        organisations.functions_of(pct, self.cycle.as_of).collect()
    }

    /// The functions that every one of these PCTs delegates to.
    fn shared_functions(&self, members: &[BodyIndex]) -> Vec<BodyIndex> {
        let Some((first, others)) = members.split_first() else {
            return Vec::new();
        };
        let mut functions = self.functions_of(*first);
        for pct in others {
            let of_pct = self.functions_of(*pct);
            functions.retain(|function| of_pct.contains(function));
        }
        functions
    }

    /// The result of one body from the marks on it.
    fn output(&self, of: Assured, mut row: Row, functions: Vec<BodyIndex>) -> Output {
        if let Some(last_year) = self.last_year
            && let Some(output) = self.last_years_output(of, last_year)
        {
            row.take_last_year(self.cycle, last_year, output);
        }
        let framework = &self.cycle.framework;
        let ceilings = self.ceilings_on(of.body, of.cluster, &functions);
        let (components, figures) = results::components(framework, &row.cells, &row.components);
        let mut cells = row.cells;
        ceiling::limit(self.cycle, &mut cells, &ceilings);
        let areas = results::Areas::of(framework, &figures);
        let mut output = Output {
            body: of.body,
            kind: of.kind,
            cluster: of.cluster,
            assessor: of.assessor,
            overall: results::overall(framework, &cells, &figures, &areas),
            counts: Vec::new(),
            challenges: challenge::challenges(self.cycle, of.body, of.cluster, &cells),
            areas: areas.results(),
            cells,
            ceilings,
            components,
            outcomes: Vec::new(),
            functions,
            plugins: self.plugins_covering(of.body, of.cluster),
        };
        output.counts = results::counts(framework, &output);
        output
    }

    /// Last year's result of the same body (and assessor), found by code.
    fn last_years_output<'b>(&self, of: Assured, last_year: LastYear<'b>) -> Option<&'b Output> {
        let then = |body: BodyIndex| {
            let code = &self.cycle.organisations.body(body).code;
            last_year.cycle.organisations.find(code)
        };
        let body = then(of.body)?;
        let Some(assessor) = of.assessor else {
            return last_year.assurance.output_of(body);
        };
        let assessor = then(assessor);
        let mut by_assessor = last_year.assurance.function(body)?.by_assessor.iter();
        by_assessor.find(|output| output.assessor == assessor)
    }

    fn ceilings_on(
        &self,
        body: BodyIndex,
        cluster: Option<BodyIndex>,
        functions: &[BodyIndex],
    ) -> Vec<crate::output::Ceiling> {
        let mut ceilings = Vec::new();
        for body in [Some(body), cluster].into_iter().flatten() {
            ceiling::from_surveys(self.cycle, body, &mut ceilings);
            ceiling::from_criteria(self.cycle, body, &mut ceilings);
            ceilings.extend(
                self.plugin_ceilings
                    .get(&body)
                    .into_iter()
                    .flatten()
                    .copied(),
            );
        }
        let delegator = Delegator {
            body,
            cluster,
            sha: self.cycle.organisations.sha_of(body),
        };
        self.functions
            .ceilings(self.plugins, delegator, functions, &mut ceilings);
        ceiling::put_in_order(&mut ceilings);
        ceilings
    }

    fn plugins_covering(&self, body: BodyIndex, cluster: Option<BodyIndex>) -> Vec<u16> {
        let bodies = [Some(body), self.cycle.organisations.sha_of(body), cluster];
        (0..)
            .zip(self.plugins)
            .filter(|(_, run)| {
                run.covers.is_empty() || run.covers.iter().any(|one| bodies.contains(&Some(*one)))
            })
            .map(|(at, _)| at)
            .collect()
    }
}

/// What the core's checks find in some outputs.
fn found_by_core<'a>(
    cycle: &CheckedCycle,
    outputs: impl Iterator<Item = &'a Output>,
    plugins: &[Arc<PluginRun>],
) -> Vec<Arc<Finding>> {
    let found = checks::run(cycle, outputs, plugins).into_iter();
    found.map(Arc::new).collect()
}

/// The findings of those plugins whose position is wanted.
fn found_by_plugins(
    plugins: &[Arc<PluginRun>],
    wanted: impl Fn(u16) -> bool,
) -> impl Iterator<Item = Arc<Finding>> {
    let wanted = (0..).zip(plugins).filter(move |(at, _)| wanted(*at));
    wanted.flat_map(|(at, run)| {
        let found = run
            .result
            .iter()
            .flat_map(|contribution| &contribution.findings);
        found.cloned().map(move |finding| {
            Arc::new(Finding {
                author: Author::Plugin(at),
                ..finding
            })
        })
    })
}

/// Puts findings in canonical order, each once.
fn put_in_order(findings: &mut Vec<Arc<Finding>>) {
    findings.sort_by(|one, other| order_of(one).cmp(&order_of(other)));
    findings.dedup();
}

type FindingOrder<'a> = (
    BodyIndex,
    std::cmp::Reverse<crate::Severity>,
    &'a str,
    &'a crate::finding::About,
    &'a str,
);

fn order_of(finding: &Finding) -> FindingOrder<'_> {
    (
        finding.body,
        std::cmp::Reverse(finding.severity),
        &finding.check,
        &finding.about,
        &finding.message,
    )
}

/// Sorts the outputs by code and lets clusters point at the right places.
fn arrange(
    cycle: &CheckedCycle,
    mut clusters: Vec<ClusterAssurance>,
    outputs: Vec<Output>,
    functions: Vec<FunctionAssurance>,
    findings: Vec<Arc<Finding>>,
    plugins: Vec<Arc<PluginRun>>,
) -> Assurance {
    let code = |output: &Output| cycle.organisations.body(output.body).code.as_str();
    let mut sorted: Vec<(usize, Output)> = outputs.into_iter().enumerate().collect();
    sorted.sort_by_key(|(_, output)| code(output));
    let mut new_place = vec![0_u32; sorted.len()];
    let mut output_of_body = vec![u32::MAX; cycle.organisations.each().count()];
    for (place, (before, output)) in (0..).zip(&sorted) {
        new_place[*before] = place;
        output_of_body[output.body.0 as usize] = place;
    }
    for at in clusters.iter_mut().flat_map(|cluster| &mut cluster.outputs) {
        *at = new_place[*at as usize];
    }
    Assurance {
        clusters: clusters.into_iter().map(Arc::new).collect(),
        outputs: sorted
            .into_iter()
            .map(|(_, output)| Arc::new(output))
            .collect(),
        functions: functions.into_iter().map(Arc::new).collect(),
        findings_from: findings_from(&findings, output_of_body.len()),
        output_of_body: output_of_body.into(),
        findings,
        plugins,
    }
}

/// Where the findings of each body begin, and the end of all.
fn findings_from(findings: &[Arc<Finding>], bodies: usize) -> Vec<u32> {
    let mut from = Vec::with_capacity(bodies + 1);
    let mut at = 0_usize;
    for body in (0..).map(BodyIndex).take(bodies) {
        from.push(u32::try_from(at).unwrap_or(u32::MAX));
        let rest = findings.iter().skip(at);
        at += rest.take_while(|finding| finding.body == body).count();
    }
    from.push(u32::try_from(findings.len()).unwrap_or(u32::MAX));
    from
}
