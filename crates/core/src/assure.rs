//! The engine: turns a cycle into one result for each cluster, PCT and function.

mod again;
mod functions;

pub use again::{Change, Reassurance, assure_again, is_same_for_next_year, touched_by};

use crate::body::{BodyIndex, BodyKind};
use crate::ceiling::{self, FunctionLevels};
use crate::challenge;
use crate::checks::{self, Selection};
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::delegation::{DelegatedWork, Delegator, FunctionEffect};
use crate::finding::{Author, Finding};
use crate::output::{
    Assurance, Ceiling, Cell, ClusterAssurance, FunctionAssurance, Origin, Output, cell_at,
};
use crate::placing;
use crate::results::{self, Results};
use crate::row::Row;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Last year's cycle and its assurance, for comparison.
#[derive(Clone, Copy, Debug)]
pub struct LastYear<'a> {
    /// Last year's cycle.
    pub cycle: &'a CheckedCycle,
    /// Last year's results.
    pub assurance: &'a Assurance,
}

/// Assures a cycle: every cluster once, one output for each of its PCTs, and every function.
///
/// Pure and deterministic: the result depends on the arguments and nothing else.
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
    let mut findings = core_findings(Selection::All, cycle, outputs.iter(), &plugins);
    findings.extend(plugin_findings(&plugins, |_| true));
    sort_findings(&mut findings);
    arrange(cycle, clusters, outputs, functions, findings, plugins)
}

/// Assures some bodies for plugins to read: without plugins, and without ranking their outcomes
/// among those of other PCTs. Each PCT is assured together with its whole cluster.
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

/// The assured PCTs of one cluster, or the assured PCTs that belong to no cluster.
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

/// The body that a result is about.
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
    plan: results::Plan,
    functions: FunctionLevels,
    work: DelegatedWork,
    plugin_ceilings: BTreeMap<BodyIndex, Vec<Ceiling>>,
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
            plan: results::Plan::of(&cycle.framework),
            functions: FunctionLevels::of(cycle),
            work: DelegatedWork::of(cycle),
            plugin_ceilings: ceiling::plugin_ceilings(plugins),
            plugins,
            last_year,
        }
    }

    /// Groups the assured PCTs by cluster, in the order of the clusters' codes; PCTs outside any
    /// cluster come last.
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

    /// Assures one cluster: computes its shared row once, then each member's result on top of it.
    /// Appends the members' outputs to `outputs`.
    fn assure_cluster(&self, group: &Group, outputs: &mut Vec<Output>) -> ClusterAssurance {
        let Group { cluster, members } = group;
        let shared = cluster.map(|cluster| (cluster, Row::shared(self.cycle, cluster)));
        let output = shared.as_ref().map(|(cluster, row)| {
            let subject = Assured::cluster(*cluster);
            let functions = self.shared_functions(members);
            self.output(subject, Cow::Borrowed(row), functions, None)
        });
        let row = shared.as_ref().map(|(_, row)| row);
        let mut positions = Vec::with_capacity(members.len());
        for pct in members {
            positions.push(u32::try_from(outputs.len()).unwrap_or(u32::MAX));
            let row = Row::of_pct(self.cycle, *pct, row);
            let functions = self.functions_of(*pct);
            let subject = Assured::pct(*pct, *cluster);
            let mut output_of_pct = self.output(subject, row, functions, output.as_ref());
            if let Some(output_of_cluster) = &output {
                challenge::mark_shared(&mut output_of_pct, output_of_cluster);
            }
            outputs.push(output_of_pct);
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

    /// The functions to which every one of these PCTs delegates.
    fn shared_functions(&self, members: &[BodyIndex]) -> Vec<BodyIndex> {
        let Some((first, others)) = members.split_first() else {
            return Vec::new();
        };
        let mut functions = self.functions_of(*first);
        for pct in others {
            let functions_of_pct = self.functions_of(*pct);
            functions.retain(|function| functions_of_pct.contains(function));
        }
        functions
    }

    /// Computes the result of one body from the marks on it. `of_cluster` is the result of a PCT's
    /// cluster.
    fn output(
        &self,
        assured: Assured,
        mut row: Cow<'_, Row>,
        functions: Vec<BodyIndex>,
        of_cluster: Option<&Output>,
    ) -> Output {
        let delegator = self.delegator(assured);
        let standing = || self.work.with_effect(FunctionEffect::Judgement, &functions);
        // The body's own result of last year comes before what a function says of it.
        if let Some(last_year) = self.last_year
            && let Some(output) = self.last_years_output(assured, last_year)
        {
            row.to_mut().take_last_year(self.cycle, last_year, output);
        }
        if standing().next().is_some() {
            let row = row.to_mut();
            row.take_delegated(self.cycle, delegator, standing());
        }
        let framework = &self.cycle.framework;
        let ceilings = self.ceilings_on(assured, &row.cells, &functions);
        // Most PCTs follow their cluster in everything.
        let same = of_cluster.filter(|output| row.has_marks_of(output));
        let results = same.map_or_else(
            || results::results(framework, &self.plan, &row.cells, &row.parts),
            Results::of,
        );
        let mut cells = match row {
            Cow::Borrowed(row) => row.cells.clone(),
            Cow::Owned(row) => row.cells,
        };
        ceiling::limit(self.cycle, &mut cells, &ceilings);
        // Nothing is above what no evidence limits.
        let challenges = if ceilings.is_empty() {
            Vec::new()
        } else {
            challenge::challenges(self.cycle, assured.body, assured.cluster, &cells, &ceilings)
        };
        let mut output = Output {
            body: assured.body,
            kind: assured.kind,
            cluster: assured.cluster,
            assessor: assured.assessor,
            overall: results.overall,
            counts: Vec::new(),
            challenges,
            areas: results.areas,
            cells,
            ceilings,
            components: results.components,
            outcomes: Vec::new(),
            functions,
            plugins: self.plugins_covering(assured.body, assured.cluster),
        };
        output.counts = results::counts(framework, &self.plan, &output);
        output
    }

    /// Last year's result of the same body (and assessor), looked up by code because indices differ
    /// between cycles.
    fn last_years_output<'b>(
        &self,
        assured: Assured,
        last_year: LastYear<'b>,
    ) -> Option<&'b Output> {
        let last_years_index = |body: BodyIndex| {
            let code = &self.cycle.organisations.body(body).code;
            last_year.cycle.organisations.find(code)
        };
        let body = last_years_index(assured.body)?;
        let Some(assessor) = assured.assessor else {
            return last_year.assurance.output_of(body);
        };
        let assessor = last_years_index(assessor);
        let mut by_assessor = last_year.assurance.function(body)?.by_assessor.iter();
        by_assessor.find(|output| output.assessor == assessor)
    }

    fn ceilings_on(
        &self,
        assured: Assured,
        cells: &[Cell],
        functions: &[BodyIndex],
    ) -> Vec<Ceiling> {
        let mut ceilings = Vec::new();
        for body in [Some(assured.body), assured.cluster].into_iter().flatten() {
            self.add_evidence_of(body, &mut ceilings);
        }
        for work in self.work.with_effect(FunctionEffect::Judgement, functions) {
            // The evidence behind an inherited judgement limits it wherever it counts.
            let mut of_function = Vec::new();
            self.add_evidence_of(work.function, &mut of_function);
            of_function.retain(|ceiling| {
                let marks = &cell_at(cells, ceiling.measure).marks;
                marks.iter().any(|mark| {
                    let judgement = mark.judgement(self.cycle);
                    mark.origin == Origin::Function
                        && judgement.is_some_and(|judgement| judgement.body == work.function)
                })
            });
            ceilings.append(&mut of_function);
        }
        self.functions.ceilings(
            self.plugins,
            &self.work,
            self.delegator(assured),
            functions,
            &mut ceilings,
        );
        ceiling::sort_ceilings(&mut ceilings);
        ceilings
    }

    /// Adds the ceilings from a body's own evidence and from plugins' checks of it.
    fn add_evidence_of(&self, body: BodyIndex, ceilings: &mut Vec<Ceiling>) {
        ceiling::from_evidence(self.cycle, body, ceilings);
        let of_plugins = self.plugin_ceilings.get(&body);
        ceilings.extend(of_plugins.into_iter().flatten().copied());
    }

    fn delegator(&self, assured: Assured) -> Delegator {
        Delegator {
            body: assured.body,
            cluster: assured.cluster,
            sha: self.cycle.organisations.sha_of(assured.body),
        }
    }

    fn plugins_covering(&self, body: BodyIndex, cluster: Option<BodyIndex>) -> Vec<u16> {
        let bodies = [Some(body), self.cycle.organisations.sha_of(body), cluster];
        (0..)
            .zip(self.plugins)
            .filter(|(_, run)| {
                run.covers.is_empty() || run.covers.iter().any(|body| bodies.contains(&Some(*body)))
            })
            .map(|(plugin, _)| plugin)
            .collect()
    }
}

/// The findings of the core's checks on some outputs.
fn core_findings<'a>(
    selection: Selection,
    cycle: &CheckedCycle,
    outputs: impl Iterator<Item = &'a Output>,
    plugins: &[Arc<PluginRun>],
) -> Vec<Arc<Finding>> {
    let findings = checks::run(selection, cycle, outputs, plugins).into_iter();
    findings.map(Arc::new).collect()
}

/// The findings of the plugins whose positions are selected.
fn plugin_findings(
    plugins: &[Arc<PluginRun>],
    is_selected: impl Fn(u16) -> bool,
) -> impl Iterator<Item = Arc<Finding>> {
    let selected = (0..)
        .zip(plugins)
        .filter(move |(position, _)| is_selected(*position));
    selected.flat_map(|(position, run)| {
        let findings = run
            .result
            .iter()
            .flat_map(|contribution| &contribution.findings);
        findings.cloned().map(move |finding| {
            Arc::new(Finding {
                author: Author::Plugin(position),
                ..finding
            })
        })
    })
}

/// Sorts findings into canonical order and removes duplicates.
fn sort_findings(findings: &mut Vec<Arc<Finding>>) {
    findings.sort_by(|left, right| order_of(left).cmp(&order_of(right)));
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

#[expect(
    clippy::indexing_slicing,
    reason = "the lists have a place for each output and each body of the cycle"
)]
fn place_mut(places: &mut [u32], at: usize) -> &mut u32 {
    &mut places[at]
}

/// Sorts the outputs by code and updates the positions that clusters hold.
fn arrange(
    cycle: &CheckedCycle,
    mut clusters: Vec<ClusterAssurance>,
    outputs: Vec<Output>,
    functions: Vec<FunctionAssurance>,
    findings: Vec<Arc<Finding>>,
    plugins: Vec<Arc<PluginRun>>,
) -> Assurance {
    let code = |output: &Output| cycle.organisations.body(output.body).code.as_str();
    let outputs = outputs.into_iter().map(Arc::new);
    let mut sorted: Vec<(usize, Arc<Output>)> = outputs.enumerate().collect();
    sorted.sort_by_key(|(_, output)| code(output));
    let mut new_place = vec![0_u32; sorted.len()];
    // Absent bodies have positions as well.
    let mut output_of_body = vec![u32::MAX; cycle.organisations.positions()];
    for (place, (before, output)) in (0..).zip(&sorted) {
        *place_mut(&mut new_place, *before) = place;
        *place_mut(&mut output_of_body, output.body.0 as usize) = place;
    }
    for at in clusters.iter_mut().flat_map(|cluster| &mut cluster.outputs) {
        *at = *place_mut(&mut new_place, *at as usize);
    }
    Assurance {
        clusters: clusters.into_iter().map(Arc::new).collect(),
        outputs: sorted.into_iter().map(|(_, output)| output).collect(),
        functions: functions.into_iter().map(Arc::new).collect(),
        findings_from: findings_from(&findings, output_of_body.len()),
        output_of_body: output_of_body.into(),
        findings,
        plugins,
    }
}

/// The position at which the findings of each body start, followed by the total number of findings.
fn findings_from(findings: &[Arc<Finding>], bodies: usize) -> Vec<u32> {
    let mut starts = Vec::with_capacity(bodies + 1);
    let mut position = 0_usize;
    for body in (0..).map(BodyIndex).take(bodies) {
        starts.push(u32::try_from(position).unwrap_or(u32::MAX));
        let rest = findings.iter().skip(position);
        position += rest.take_while(|finding| finding.body == body).count();
    }
    starts.push(u32::try_from(findings.len()).unwrap_or(u32::MAX));
    starts
}
