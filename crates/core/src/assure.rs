//! The engine: a cycle in, every cluster assured once and one output for each PCT out.

use crate::body::BodyIndex;
use crate::ceiling::{self, FunctionLevels};
use crate::checks;
use crate::contribution::PluginRun;
use crate::cycle::CheckedCycle;
use crate::finding::{Author, Finding};
use crate::outcomes;
use crate::output::{Assurance, ClusterAssurance, Output};
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

/// Assures a cycle: every cluster once, one output for each of its PCTs.
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
    let Engine { mut outputs, .. } = engine;
    outcomes::compare(cycle, &mut outputs);
    let findings = all_findings(cycle, &outputs, &plugins);
    let mut assurance = Assurance {
        clusters,
        outputs,
        findings,
        plugins,
        output_of_body: Vec::new(),
    };
    finish(cycle, &mut assurance);
    assurance
}

/// A cluster (or none) with those of its PCTs that are assured.
type Group = (Option<BodyIndex>, Vec<BodyIndex>);

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
        let shared = cluster.map(|cluster| Row::shared(self.cycle, cluster));
        let mut outputs = Vec::with_capacity(members.len());
        for pct in members {
            outputs.push(u32::try_from(self.outputs.len()).unwrap_or(u32::MAX));
            let output = self.assure_pct(*pct, cluster, shared.as_ref());
            self.outputs.push(output);
        }
        let mut shared = shared.map_or_else(Vec::new, |row| row.cells);
        if let Some(cluster) = cluster {
            ceiling::limit(
                self.cycle,
                &mut shared,
                &self.ceilings_on(cluster, None, &[]),
            );
        }
        ClusterAssurance {
            cluster,
            shared,
            outputs,
        }
    }

    fn assure_pct(
        &self,
        pct: BodyIndex,
        cluster: Option<BodyIndex>,
        shared: Option<&Row>,
    ) -> Output {
        let mut row = Row::of_pct(self.cycle, pct, shared);
        if let Some(last_year) = self.last_year {
            row.take_last_year(self.cycle, pct, last_year);
        }
        let functions: Vec<BodyIndex> = self
            .cycle
            .organisations
            .functions_of(pct, self.cycle.as_of)
            .collect();
        let ceilings = self.ceilings_on(pct, cluster, &functions);
        let (components, figures) = results::components(&self.cycle.framework, &row);
        let mut cells = row.cells;
        ceiling::limit(self.cycle, &mut cells, &ceilings);
        let areas = results::Areas::of(&self.cycle.framework, &figures);
        Output {
            pct,
            cluster,
            overall: results::overall(&self.cycle.framework, &cells, &figures, &areas),
            counts: results::counts(&self.cycle.framework, &components),
            challenges: ceiling::challenges(self.cycle, pct, cluster, &cells),
            areas: areas.results(),
            cells,
            ceilings,
            components,
            outcomes: Vec::new(),
            functions,
            findings: Vec::new(),
            plugins: self.plugins_covering(pct, cluster),
        }
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
        self.functions
            .ceilings(self.plugins, functions, &mut ceilings);
        ceiling::put_in_order(&mut ceilings);
        ceilings
    }

    fn plugins_covering(&self, pct: BodyIndex, cluster: Option<BodyIndex>) -> Vec<u16> {
        let bodies = [Some(pct), self.cycle.organisations.sha_of(pct), cluster];
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
    let mut findings = checks::run(cycle, outputs);
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
            .body(assurance.outputs[at as usize].pct)
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
        assurance.output_of_body[output.pct.0 as usize] = at;
    }
    hand_out_findings(assurance);
}

/// Gives each output the findings on its PCT, on its cluster and on its functions.
fn hand_out_findings(assurance: &mut Assurance) {
    let findings = &assurance.findings;
    let range = |body: BodyIndex| {
        let from = findings.partition_point(|finding| finding.body < body);
        let to = findings.partition_point(|finding| finding.body <= body);
        from..to
    };
    for output in &mut assurance.outputs {
        let bodies = [Some(output.pct), output.cluster].into_iter().flatten();
        output.findings = bodies
            .chain(output.functions.iter().copied())
            .flat_map(range)
            .filter_map(|at| u32::try_from(at).ok())
            .collect();
    }
}
