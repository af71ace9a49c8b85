//! The engine: a cycle in, one result for each cluster, PCT and function out.

mod functions;

use crate::body::{BodyIndex, BodyKind};
use crate::ceiling::{self, Delegator, FunctionLevels};
use crate::challenge;
use crate::checks;
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::finding::{About, Author, Finding};
use crate::output::{Assurance, ClusterAssurance, Output};
use crate::placing;
use crate::results;
use crate::row::Row;
use std::collections::BTreeMap;

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
    plugins: Vec<PluginRun>,
    last_year: Option<LastYear<'_>>,
) -> Assurance {
    let mut engine = Engine {
        cycle,
        functions: FunctionLevels::of(cycle),
        plugin_ceilings: ceiling::plugin_ceilings(&plugins),
        plugins: &plugins,
        last_year,
        outputs: Vec::with_capacity(cycle.pcts.len()),
    };
    let clusters = engine.assure_clusters();
    let functions = engine.assure_functions();
    let Engine { mut outputs, .. } = engine;
    placing::compare(cycle, &mut outputs);
    let findings = all_findings(cycle, &outputs, &plugins);
    let mut assurance = Assurance {
        clusters,
        outputs,
        functions,
        findings,
        plugins,
        output_of_body: Vec::new(),
    };
    finish(cycle, &mut assurance);
    assurance
}

/// A cluster (or none) with those of its PCTs that are assured.
type Group = (Option<BodyIndex>, Vec<BodyIndex>);

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
    plugins: &'a [PluginRun],
    last_year: Option<LastYear<'a>>,
    outputs: Vec<Output>,
}

impl Engine<'_> {
    fn assure_clusters(&mut self) -> Vec<ClusterAssurance> {
        let organisations = &self.cycle.organisations;
        // Sorted by code, PCTs in no cluster after all clusters.
        let mut groups: BTreeMap<(bool, &str), Group> = BTreeMap::new();
        for pct in &self.cycle.pcts {
            let cluster = organisations.cluster_of(*pct, self.cycle.as_of);
            let code = organisations.body(cluster.unwrap_or(*pct)).code.as_str();
            let group = groups.entry((cluster.is_none(), code)).or_default();
            group.0 = cluster;
            group.1.push(*pct);
        }
        groups
            .into_values()
            .map(|(cluster, members)| self.assure_cluster(cluster, &members))
            .collect()
    }

    /// Assures one cluster: its shared row once, then each member on top of it.
    fn assure_cluster(
        &mut self,
        cluster: Option<BodyIndex>,
        members: &[BodyIndex],
    ) -> ClusterAssurance {
        let shared = cluster.map(|cluster| (cluster, Row::shared(self.cycle, cluster)));
        let output = shared.as_ref().map(|(cluster, row)| {
            let subject = Assured::cluster(*cluster);
            self.output(subject, row.clone(), self.shared_functions(members))
        });
        let row = shared.as_ref().map(|(_, row)| row);
        let mut outputs = Vec::with_capacity(members.len());
        for pct in members {
            outputs.push(u32::try_from(self.outputs.len()).unwrap_or(u32::MAX));
            let row = Row::of_pct(self.cycle, *pct, row);
            let functions = self.functions_of(*pct);
            let mut of_pct = self.output(Assured::pct(*pct, cluster), row, functions);
            if let Some(of_cluster) = &output {
                challenge::mark_shared(&mut of_pct, of_cluster);
            }
            self.outputs.push(of_pct);
        }
        ClusterAssurance {
            cluster,
            output,
            outputs,
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
            findings: Vec::new(),
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

/// The findings of the core's checks and of all plugins, each once, in canonical order.
fn all_findings(cycle: &CheckedCycle, outputs: &[Output], plugins: &[PluginRun]) -> Vec<Finding> {
    let mut findings = checks::run(cycle, outputs, plugins);
    for (at, run) in (0..).zip(plugins) {
        let Ok(contribution) = &run.result else {
            continue;
        };
        findings.extend(contribution.findings.iter().cloned().map(|mut finding| {
            finding.author = Author::Plugin(at);
            finding
        }));
    }
    findings.sort_by(|one, other| order_of(one).cmp(&order_of(other)));
    findings.dedup();
    findings
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

/// Sorts the outputs by code and lets clusters and outputs point at the right places.
fn finish(cycle: &CheckedCycle, assurance: &mut Assurance) {
    let code = |at: u32| {
        cycle
            .organisations
            .body(assurance.outputs[at as usize].body)
            .code
            .as_str()
    };
    let mut order: Vec<u32> = (0..).take(assurance.outputs.len()).collect();
    order.sort_by_key(|at| code(*at));
    let mut new_place = vec![0_u32; order.len()];
    for (place, at) in (0..).zip(&order) {
        new_place[*at as usize] = place;
    }
    for cluster in &mut assurance.clusters {
        for at in &mut cluster.outputs {
            *at = new_place[*at as usize];
        }
    }
    let mut outputs: Vec<(u32, Output)> = new_place
        .into_iter()
        .zip(std::mem::take(&mut assurance.outputs))
        .collect();
    outputs.sort_by_key(|(place, _)| *place);
    assurance.outputs = outputs.into_iter().map(|(_, output)| output).collect();
    assurance.output_of_body = vec![u32::MAX; cycle.organisations.each().count()];
    for (at, output) in (0..).zip(&assurance.outputs) {
        assurance.output_of_body[output.body.0 as usize] = at;
    }
    hand_out_findings(assurance);
}

/// Gives each result the findings on its body, on its cluster and on its functions; a function's
/// own also those that are about it and on other bodies.
fn hand_out_findings(assurance: &mut Assurance) {
    let findings = &assurance.findings;
    let range = |body: BodyIndex| {
        let from = findings.partition_point(|finding| finding.body < body);
        let to = findings.partition_point(|finding| finding.body <= body);
        from..to
    };
    let on = |output: &Output| -> Vec<u32> {
        let bodies = output.bodies().chain(output.functions.iter().copied());
        let on_bodies = bodies.flat_map(range);
        on_bodies.filter_map(|at| u32::try_from(at).ok()).collect()
    };
    let of_clusters = assurance.clusters.iter_mut();
    let of_clusters = of_clusters.filter_map(|cluster| cluster.output.as_mut());
    for output in assurance.outputs.iter_mut().chain(of_clusters) {
        output.findings = on(output);
    }
    for function in &mut assurance.functions {
        let about = About::Function(function.function);
        let concerns =
            |finding: &Finding| finding.body == function.function || finding.about == about;
        let positions = (0..).zip(findings);
        let concerning = positions.filter(|(_, finding)| concerns(finding));
        function.output.findings = concerning.map(|(at, _)| at).collect();
    }
}
