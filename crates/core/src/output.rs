//! The results of assurance: one for each PCT, cluster and function.
//!
//! Results hold positions of records in the cycle rather than text. [`crate::explain`] turns these
//! into explanations on demand.

mod cell;
mod moving;
mod outcome_result;
mod result;

pub use cell::{Ceiling, CeilingBasis, Cell, Mark, Origin};
pub(crate) use cell::{MarkKinds, cell_at, cell_at_mut};
pub(crate) use moving::PointsAtRecords;
pub use outcome_result::{BenchmarkOrigin, OutcomeBenchmarks, OutcomeResult, PlacedBy, Placing};
pub use result::{Comparison, Counts, MethodResult, PartResult};

use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::challenge::{Challenge, ChallengeState};
use crate::combine::Combined;
use crate::contribution::{LocalOutcome, PluginIdentity, PluginRun};
use crate::cycle::Cycle;
use crate::finding::{About, Finding};
use crate::framework::{Component, ComponentIndex, Framework, FrameworkPart, MeasureIndex, Reach};
use crate::outcome::OutcomeDefinition;
use crate::record::{Method, Subject};
use std::sync::Arc;

/// The result of one body: a PCT, a cluster that was assured once for its PCTs, or a delegated
/// function.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The body.
    pub body: BodyIndex,
    /// The kind of body: a PCT, a cluster or a function.
    pub kind: BodyKind,
    /// The cluster of a PCT; `None` for a PCT outside any cluster, and for all other bodies.
    pub cluster: Option<BodyIndex>,
    /// The assessing body, if this is one assessor's result for a function.
    pub assessor: Option<BodyIndex>,
    /// One cell for each measure of the framework.
    pub cells: Vec<Cell>,
    /// Every ceiling, by measure, lowest first within a measure.
    pub ceilings: Vec<Ceiling>,
    /// One result for each component of the framework.
    pub components: Vec<PartResult>,
    /// One result for each area of the framework; nothing is known of an area that is not rated.
    pub areas: Vec<PartResult>,
    /// The overall result; `None` if the framework has none.
    pub overall: Option<PartResult>,
    /// The counted statements, one for each area.
    pub counts: Vec<Counts>,
    /// Values above what the evidence supports.
    pub challenges: Vec<Challenge>,
    /// Health outcomes.
    pub outcomes: Vec<OutcomeResult>,
    /// Functions to which the PCT delegates; for a cluster, those to which all of its PCTs
    /// delegate.
    pub functions: Vec<BodyIndex>,
    /// The plugin runs that cover the body, as positions in [`Assurance::plugins`]. If any of them
    /// failed, the output is "not checked".
    pub plugins: Vec<u16>,
}

impl Output {
    /// The ceilings of one measure, lowest first.
    #[expect(
        clippy::indexing_slicing,
        reason = "partition points of the list, in order"
    )]
    pub fn ceilings_on(&self, measure: MeasureIndex) -> &[Ceiling] {
        let from = self
            .ceilings
            .partition_point(|ceiling| ceiling.measure < measure);
        let to = self
            .ceilings
            .partition_point(|ceiling| ceiling.measure <= measure);
        &self.ceilings[from..to]
    }

    /// The bodies whose records this output includes: its own and, for a PCT, its cluster's.
    pub fn bodies(&self) -> impl Iterator<Item = BodyIndex> + use<> {
        [Some(self.body), self.cluster].into_iter().flatten()
    }

    /// Whether a component is assured for this body. A cluster is not assured on what is assured
    /// for each PCT; a function is assured only on the components that have judgements.
    pub fn assesses(&self, framework: &Framework, component: ComponentIndex) -> bool {
        let definition = framework.component(component);
        match self.kind {
            BodyKind::Pct | BodyKind::Sha => true,
            BodyKind::Cluster => is_assured_for_clusters(framework, definition),
            BodyKind::Function => {
                let measures = &definition.measures;
                let judged = |mark: &Mark| mark.origin != Origin::Nobody;
                let recorded = &self.component(component).results;
                recorded.iter().any(|result| judged(&result.recorded))
                    || measures
                        .iter()
                        .any(|measure| self.cell(*measure).marks.iter().any(judged))
            }
        }
    }

    /// The result of a rule on this output, with the figures behind it. The figures are computed on
    /// demand rather than stored. Unknown for a level at which the framework has no rule.
    pub fn combined(
        &self,
        framework: &Framework,
        level: FrameworkPart,
        method: Method,
    ) -> Combined {
        crate::results::combined(framework, self, level, method)
    }

    /// The result of every part: components, areas, the whole.
    pub fn parts(&self) -> impl Iterator<Item = &PartResult> {
        self.components
            .iter()
            .chain(&self.areas)
            .chain(&self.overall)
    }

    /// The result of a part; `None` if the framework has no such part.
    #[inline]
    pub fn part(&self, level: FrameworkPart) -> Option<&PartResult> {
        match level {
            FrameworkPart::Component(index) => self.components.get(usize::from(index.0)),
            FrameworkPart::Area(area) => self.areas.get(area),
            FrameworkPart::Overall => self.overall.as_ref(),
        }
    }

    /// The functions from which it inherits judgements, each with what they are on: in the order of
    /// the framework. `cycle` must be the cycle of this output.
    pub fn inherited_from_functions(&self, cycle: &Cycle) -> Vec<(BodyIndex, Vec<Subject>)> {
        let framework = &cycle.framework;
        let cells = framework.each_measure().zip(&self.cells);
        let cells = cells.map(|((index, _), cell)| (Subject::Measure(index), cell.marks));
        let parts = framework.parts().filter_map(|level| {
            let part = self.part(level)?;
            Some((level.subject(), part.results.map(|result| result.recorded)))
        });
        let mut inherited: Vec<(BodyIndex, Vec<Subject>)> = Vec::new();
        for (subject, marks) in cells.chain(parts) {
            let mut marks = marks.iter();
            let Some(mark) = marks.find(|mark| mark.origin == Origin::Function) else {
                continue;
            };
            let Some(judgement) = mark.judgement(cycle) else {
                continue;
            };
            let mut known = inherited.iter_mut();
            match known.find(|(function, _)| *function == judgement.body) {
                Some((_, subjects)) => subjects.push(subject),
                None => inherited.push((judgement.body, vec![subject])),
            }
        }
        inherited
    }

    /// The number of challenges in a state.
    pub fn challenges_in(&self, state: ChallengeState) -> usize {
        let in_state = |challenge: &&Challenge| challenge.state() == state;
        self.challenges.iter().filter(in_state).count()
    }

    /// Whether there is any previous result: recorded, or taken over from the cycle before.
    pub fn has_previous(&self) -> bool {
        let marks = self.cells.iter().map(|cell| cell.mark(Method::Previous));
        let parts = self.parts().map(|part| part.result(Method::Previous));
        let mut marks = marks.chain(parts.map(|result| result.recorded));
        marks.any(|mark| mark.origin != Origin::Nobody)
    }

    /// The cell of one measure.
    #[inline]
    pub fn cell(&self, measure: MeasureIndex) -> &Cell {
        cell_at(&self.cells, measure)
    }

    /// The result of one component.
    #[expect(
        clippy::indexing_slicing,
        reason = "an output has one result for each component of the framework that the index \
                  comes from"
    )]
    #[inline]
    pub fn component(&self, component: ComponentIndex) -> &PartResult {
        &self.components[usize::from(component.0)]
    }
}

/// Whether clusters are assured on any measure of a component.
pub(crate) fn is_assured_for_clusters(framework: &Framework, component: &Component) -> bool {
    let mut measures = component.measures.iter();
    measures.any(|measure| framework.measure(*measure).reach == Reach::Cluster)
}

/// A cluster, assured once, with one output for each of its PCTs.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterAssurance {
    /// The cluster; `None` for a PCT outside any cluster.
    pub cluster: Option<BodyIndex>,
    /// The cluster's own result: the judgements that its PCTs share, what the shared evidence
    /// supports, and the results that follow. Measures assured for each PCT are unknown in it.
    /// `None` for a PCT outside any cluster.
    pub output: Option<Output>,
    /// Positions in [`Assurance::outputs`].
    pub outputs: Vec<u32>,
}

impl ClusterAssurance {
    /// The shared cells, one for each measure; empty for a PCT outside any cluster.
    pub fn shared(&self) -> &[Cell] {
        self.output.as_ref().map_or(&[], |output| &output.cells)
    }
}

/// A delegated function, with the result of each assessor.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionAssurance {
    /// The function.
    pub function: BodyIndex,
    /// The result for the whole region. It is based only on region-wide judgements and
    /// calibrations; the judgements of single assessors are never combined.
    pub output: Output,
    /// One result for each assessing body, sorted by code.
    pub by_assessor: Vec<Output>,
    /// The PCTs of the cycle that delegate to it, sorted by code.
    pub delegated_by: Vec<BodyIndex>,
}

impl FunctionAssurance {
    /// Whether the function was judged or calibrated for the whole region.
    pub fn is_regional(&self) -> bool {
        let has_value =
            |mark: &Mark| mark.judgement_position().is_some() || mark.origin == Origin::LastYear;
        let cells = self.output.cells.iter().flat_map(|cell| &cell.marks);
        let parts = self.output.parts();
        let recorded = parts.flat_map(|part| &part.results);
        let recorded = recorded.map(|result| &result.recorded);
        cells.chain(recorded).any(has_value)
    }

    /// All results: the region's, if there is one, then each assessor's.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        let regional = self.is_regional().then_some(&self.output);
        regional.into_iter().chain(&self.by_assessor)
    }
}

/// The assurance of a whole cycle. Its parts are shared, so that an assurance after a change reuses
/// everything the change did not affect.
#[derive(Clone, Debug, PartialEq)]
pub struct Assurance {
    /// Clusters sorted by code, then PCTs outside any cluster sorted by code.
    pub clusters: Vec<Arc<ClusterAssurance>>,
    /// Every PCT's output, sorted by code.
    pub outputs: Vec<Arc<Output>>,
    /// Every function that was judged or to which a PCT of the cycle delegates, sorted by code.
    pub functions: Vec<Arc<FunctionAssurance>>,
    /// Every finding of the cycle once, by body, most severe first.
    pub findings: Vec<Arc<Finding>>,
    /// The plugin runs of the cycle.
    pub plugins: Vec<Arc<PluginRun>>,
    /// Position of each body's output; `u32::MAX` for a body without one.
    pub(crate) output_of_body: Arc<[u32]>,
    /// Position of each body's first finding, followed by the total number of findings.
    pub(crate) findings_from: Vec<u32>,
}

impl Assurance {
    /// The output of a PCT.
    pub fn output(&self, pct: BodyIndex) -> Option<&Output> {
        let at = *self.output_of_body.get(pct.0 as usize)?;
        self.outputs.get(at as usize).map(|output| &**output)
    }

    /// The position of the output of a PCT that is assured in this cycle.
    #[expect(
        clippy::indexing_slicing,
        reason = "a body is of the tables of the assured cycle, each of which has an entry"
    )]
    pub(crate) fn position_of(&self, pct: BodyIndex) -> u32 {
        self.output_of_body[pct.0 as usize]
    }

    /// The assurance of a function.
    pub fn function(&self, function: BodyIndex) -> Option<&FunctionAssurance> {
        let mut functions = self.functions.iter();
        let assurance = functions.find(|assurance| assurance.function == function);
        assurance.map(|assurance| &**assurance)
    }

    /// The result of a body of any kind: a PCT's output, a cluster's own result, or the result of
    /// a function for the whole region.
    pub fn output_of(&self, body: BodyIndex) -> Option<&Output> {
        let cluster = || {
            self.clusters
                .iter()
                .find(|assurance| assurance.cluster == Some(body))
        };
        self.output(body)
            .or_else(|| cluster()?.output.as_ref())
            .or_else(|| Some(&self.function(body)?.output))
    }

    /// The authorities that assure any of the PCTs with an output, sorted by code.
    pub fn authorities(&self, organisations: &Organisations) -> Vec<BodyIndex> {
        let outputs = self.outputs.iter();
        let authorities = outputs.filter_map(|output| organisations.sha_of(output.body));
        let mut authorities: Vec<BodyIndex> = authorities.collect();
        authorities.sort_by_key(|authority| &organisations.body(*authority).code);
        authorities.dedup();
        authorities
    }

    /// The output at a position, as [`ClusterAssurance::outputs`] holds it.
    #[expect(
        clippy::indexing_slicing,
        reason = "the positions in an assurance are of its own outputs"
    )]
    pub fn output_at(&self, position: u32) -> &Arc<Output> {
        &self.outputs[position as usize]
    }

    /// The plugin run at a position, as [`Output::plugins`] and ceilings hold it.
    #[expect(
        clippy::indexing_slicing,
        reason = "the positions in an assurance are of its own plugin runs"
    )]
    pub fn plugin_run(&self, position: u16) -> &PluginRun {
        &self.plugins[usize::from(position)]
    }

    /// The outputs of a cluster's PCTs, in its order.
    pub fn outputs_in<'a>(
        &'a self,
        cluster: &'a ClusterAssurance,
    ) -> impl Iterator<Item = &'a Output> {
        let outputs = cluster.outputs.iter();
        outputs.map(|at| &**self.output_at(*at))
    }

    /// The assurance of a cluster, or of the cluster of a PCT.
    pub fn cluster_assurance(&self, body: BodyIndex) -> Option<&ClusterAssurance> {
        let assurance = self.clusters.iter().find(|cluster| {
            cluster.cluster == Some(body)
                || cluster
                    .outputs
                    .iter()
                    .any(|at| self.output_at(*at).body == body)
        });
        assurance.map(|cluster| &**cluster)
    }

    /// The values of local outcomes that plugins report for one output, with the plugin and its
    /// definition of the outcome.
    pub fn local_values<'a>(
        &'a self,
        output: &'a Output,
    ) -> impl Iterator<Item = (&'a PluginIdentity, &'a OutcomeDefinition, &'a LocalOutcome)> {
        let covering = output.plugins.iter();
        let runs = covering.filter_map(|at| self.plugins.get(usize::from(*at)));
        runs.flat_map(move |run| {
            let values = run
                .result
                .iter()
                .flat_map(|contribution| &contribution.outcomes);
            let values = values.filter(move |value| value.body == output.body);
            values.filter_map(move |value| {
                let definition = run
                    .outcomes
                    .iter()
                    .find(|definition| *definition.id == *value.outcome)?;
                Some((&run.plugin, definition, value))
            })
        })
    }

    /// Positions in [`Assurance::findings`] of the findings on one body.
    pub fn findings_on(&self, body: BodyIndex) -> std::ops::Range<usize> {
        let at = body.0 as usize;
        let from = self.findings_from.get(at).copied().unwrap_or_default();
        let to = self.findings_from.get(at + 1).copied().unwrap_or(from);
        from as usize..to as usize
    }

    /// Positions in [`Assurance::findings`] of the findings of one output: those on the body, on
    /// its cluster and on the functions to which it delegates. A function's output also includes
    /// findings about it on other bodies. One assessor's result for a function has none, because
    /// checks do not examine it.
    pub fn positions_of_findings(&self, output: &Output) -> Vec<u32> {
        if output.assessor.is_some() {
            return Vec::new();
        }
        if output.kind == BodyKind::Function {
            let about = About::Function(output.body);
            let positions = (0..).zip(&self.findings);
            let concerning = positions
                .filter(|(_, finding)| finding.body == output.body || finding.about == about);
            return concerning.map(|(at, _)| at).collect();
        }
        let bodies = output.bodies().chain(output.functions.iter().copied());
        let positions = bodies.flat_map(|body| self.findings_on(body));
        positions.filter_map(|at| u32::try_from(at).ok()).collect()
    }

    /// The findings of one output.
    pub fn findings_of<'a>(&'a self, output: &Output) -> impl Iterator<Item = &'a Finding> {
        let positions = self.positions_of_findings(output).into_iter();
        positions.filter_map(|at| self.findings.get(at as usize).map(|finding| &**finding))
    }

    /// Whether any plugin has not answered yet.
    pub fn is_being_checked(&self) -> bool {
        let mut runs = self.plugins.iter();
        runs.any(|run| run.result == Err(crate::contribution::NotChecked::BeingChecked))
    }

    /// The plugins that cover the body of an output and failed or have not answered yet, each with
    /// the reason.
    pub fn not_checked<'a>(
        &'a self,
        output: &'a Output,
    ) -> impl Iterator<
        Item = (
            &'a crate::contribution::PluginIdentity,
            &'a crate::contribution::NotChecked,
        ),
    > {
        output.plugins.iter().filter_map(|at| {
            let run = self.plugin_run(*at);
            run.result
                .as_ref()
                .err()
                .map(|reason| (&run.plugin, reason))
        })
    }
}
