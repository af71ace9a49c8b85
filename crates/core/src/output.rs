//! What assurance yields: one result for each PCT, cluster and function.
//!
//! Everything here points back by position into the cycle, so that any cell can say why
//! (see [`crate::explain`]) without carrying sentences around.

mod cell;
mod moving;
mod outcome_result;
mod result;

pub use cell::{Ceiling, CeilingBasis, Cell, Mark, Origin};
pub(crate) use moving::PointsAtRecords;
pub use outcome_result::{OutcomeResult, PlacedBy, Placing};
pub use result::{Comparison, ComponentResult, Counts, MethodResult, standing, standing_method};

use crate::body::{BodyIndex, BodyKind};
use crate::challenge::{Challenge, ChallengeState};
use crate::combine::{Combined, RuleResult};
use crate::contribution::{LocalOutcome, PluginIdentity, PluginRun};
use crate::finding::{About, Finding};
use crate::framework::{ComponentIndex, Framework, MeasureIndex, Reach, RuleLevel};
use crate::outcome::OutcomeDefinition;
use crate::record::Method;
use std::sync::Arc;

/// The result of one body: of a PCT, of a cluster that was assured once for its PCTs, or of a
/// delegated function.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The body.
    pub body: BodyIndex,
    /// What kind of body it is: a PCT, a cluster or a function.
    pub kind: BodyKind,
    /// For a PCT the cluster that was assured; `None` for a PCT in no cluster, which is a cluster
    /// of one, and for all others.
    pub cluster: Option<BodyIndex>,
    /// For one assessor's view of a function: the body that assessed it.
    pub assessor: Option<BodyIndex>,
    /// One cell for each measure of the framework.
    pub cells: Vec<Cell>,
    /// Every ceiling, by measure, lowest first.
    pub ceilings: Vec<Ceiling>,
    /// One result for each component of the framework.
    pub components: Vec<ComponentResult>,
    /// One result for each area of the framework by each of [`crate::Method::ALL`], where it has a rule.
    pub areas: Vec<Option<[RuleResult; 5]>>,
    /// The overall result by each of [`crate::Method::ALL`], where the framework has one.
    pub overall: Option<[RuleResult; 5]>,
    /// The counted statements, one for each area.
    pub counts: Vec<Counts>,
    /// Values above what the evidence supports.
    pub challenges: Vec<Challenge>,
    /// Outcomes.
    pub outcomes: Vec<OutcomeResult>,
    /// Functions that the PCT delegates to; for a cluster those that all of its PCTs delegate to.
    pub functions: Vec<BodyIndex>,
    /// The plugin runs that cover the body, as positions in [`Assurance::plugins`]; those that
    /// failed make the output "not checked".
    pub plugins: Vec<u16>,
}

impl Output {
    /// The ceilings of one measure, lowest first.
    pub fn ceilings_on(&self, measure: MeasureIndex) -> &[Ceiling] {
        let from = self
            .ceilings
            .partition_point(|ceiling| ceiling.measure < measure);
        let to = self
            .ceilings
            .partition_point(|ceiling| ceiling.measure <= measure);
        &self.ceilings[from..to]
    }

    /// The bodies whose records belong to it: its own and, for a PCT, its cluster's.
    pub fn bodies(&self) -> impl Iterator<Item = BodyIndex> + use<> {
        [Some(self.body), self.cluster].into_iter().flatten()
    }

    /// Whether a component is assured at this body at all. A cluster has no part in what is
    /// assured for each PCT; a function has those components that somebody judged.
    pub fn assesses(&self, framework: &Framework, component: ComponentIndex) -> bool {
        let measures = &framework.component(component).measures;
        match self.kind {
            BodyKind::Pct | BodyKind::Sha => true,
            BodyKind::Cluster => measures
                .iter()
                .any(|measure| framework.measure(*measure).reach == Reach::Cluster),
            BodyKind::Function => {
                let judged = |mark: &Mark| mark.origin != Origin::Nobody;
                let recorded = &self.components[usize::from(component.0)].results;
                recorded.iter().any(|result| judged(&result.recorded))
                    || measures
                        .iter()
                        .any(|measure| self.cell(*measure).marks.iter().any(judged))
            }
        }
    }

    /// What a rule makes of the values of this output, with the figures behind it: those are not
    /// kept, but made again for whoever shows them. Unknown for a level at which the framework has
    /// no rule.
    pub fn combined(&self, framework: &Framework, level: RuleLevel, method: Method) -> Combined {
        crate::results::combined(framework, self, level, method)
    }

    /// How many challenges are in a state.
    pub fn challenges_in(&self, state: ChallengeState) -> usize {
        let in_state = |challenge: &&Challenge| challenge.state() == state;
        self.challenges.iter().filter(in_state).count()
    }

    /// The cell of one measure.
    pub fn cell(&self, measure: MeasureIndex) -> &Cell {
        &self.cells[usize::from(measure.0)]
    }
}

/// A cluster, assured once, with one output for each of its PCTs.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterAssurance {
    /// The cluster; `None` for a PCT in no cluster.
    pub cluster: Option<BodyIndex>,
    /// The cluster's own result: the judgements that its PCTs share, what the shared evidence
    /// supports, and what follows. Measures that are assured for each PCT are unknown in it.
    /// `None` for a PCT in no cluster.
    pub output: Option<Output>,
    /// Positions in [`Assurance::outputs`].
    pub outputs: Vec<u32>,
}

impl ClusterAssurance {
    /// The shared cells, one for each measure; empty for a PCT in no cluster.
    pub fn shared(&self) -> &[Cell] {
        self.output.as_ref().map_or(&[], |output| &output.cells)
    }
}

/// A delegated function with what each assessor judged of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionAssurance {
    /// The function.
    pub function: BodyIndex,
    /// The result for the whole region. It rests on region-wide judgements and calibrations
    /// alone: what single assessors judged is never combined.
    pub output: Output,
    /// One result for each body that assessed it, in the order of their codes.
    pub by_assessor: Vec<Output>,
    /// The PCTs of the cycle that delegate to it, in the order of their codes.
    pub delegated_by: Vec<BodyIndex>,
}

impl FunctionAssurance {
    /// Whether anything was judged for the whole region, or calibrated.
    pub fn is_regional(&self) -> bool {
        let judged =
            |mark: &Mark| mark.judgement_position().is_some() || mark.origin == Origin::LastYear;
        let cells = self.output.cells.iter().flat_map(|cell| &cell.marks);
        let components = self.output.components.iter();
        let recorded = components.flat_map(|component| &component.results);
        let recorded = recorded.map(|result| &result.recorded);
        cells.chain(recorded).any(judged)
    }

    /// Every result of it: the region's, where there is one, then each assessor's.
    pub fn outputs(&self) -> impl Iterator<Item = &Output> {
        let regional = self.is_regional().then_some(&self.output);
        regional.into_iter().chain(&self.by_assessor)
    }
}

/// The assurance of a whole cycle. What is in it is shared, so that an assurance after a change
/// takes over whatever the change did not touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Assurance {
    /// Clusters in the order of their codes, then PCTs in no cluster in the order of theirs.
    pub clusters: Vec<Arc<ClusterAssurance>>,
    /// Every PCT's output, in the order of the codes.
    pub outputs: Vec<Arc<Output>>,
    /// Every function that was judged or that a PCT of the cycle delegates to, in the order of
    /// the codes.
    pub functions: Vec<Arc<FunctionAssurance>>,
    /// Every finding of the cycle, once: by body, the gravest first.
    pub findings: Vec<Arc<Finding>>,
    /// The plugins that took part.
    pub plugins: Vec<Arc<PluginRun>>,
    /// Position of each body's output; `u32::MAX` for a body that has none.
    pub(crate) output_of_body: Arc<[u32]>,
    /// Position of each body's first finding, and at the end their number.
    pub(crate) findings_from: Vec<u32>,
}

impl Assurance {
    /// The output of a PCT.
    pub fn output(&self, pct: BodyIndex) -> Option<&Output> {
        let at = *self.output_of_body.get(pct.0 as usize)?;
        self.outputs.get(at as usize).map(|output| &**output)
    }

    /// The assurance of a function.
    pub fn function(&self, function: BodyIndex) -> Option<&FunctionAssurance> {
        let mut functions = self.functions.iter();
        let found = functions.find(|assurance| assurance.function == function);
        found.map(|function| &**function)
    }

    /// The result of a body of any kind: a PCT's output, a cluster's own result, or the result of
    /// a function for the whole region.
    pub fn output_of(&self, body: BodyIndex) -> Option<&Output> {
        let cluster = || {
            self.clusters
                .iter()
                .find(|cluster| cluster.cluster == Some(body))
        };
        self.output(body)
            .or_else(|| cluster()?.output.as_ref())
            .or_else(|| Some(&self.function(body)?.output))
    }

    /// The assurance that a cluster or a PCT belongs to.
    pub fn cluster_assurance(&self, body: BodyIndex) -> Option<&ClusterAssurance> {
        let found = self.clusters.iter().find(|cluster| {
            cluster.cluster == Some(body)
                || cluster
                    .outputs
                    .iter()
                    .any(|at| self.outputs[*at as usize].body == body)
        });
        found.map(|cluster| &**cluster)
    }

    /// The values of local outcomes that plugins give for one output, with the plugin and what it
    /// says of the outcome.
    pub fn local_values<'a>(
        &'a self,
        output: &'a Output,
    ) -> impl Iterator<Item = (&'a PluginIdentity, &'a OutcomeDefinition, &'a LocalOutcome)> {
        let covering = output.plugins.iter();
        let runs = covering.filter_map(|at| self.plugins.get(usize::from(*at)));
        runs.flat_map(move |run| {
            let values = run.result.iter().flat_map(|said| &said.outcomes);
            let of_pct = values.filter(move |value| value.body == output.body);
            of_pct.filter_map(move |value| {
                let declared = run
                    .outcomes
                    .iter()
                    .find(|outcome| *outcome.id == *value.outcome)?;
                Some((&run.plugin, declared, value))
            })
        })
    }

    /// Positions in [`Assurance::findings`] of what was found on one body.
    pub fn findings_on(&self, body: BodyIndex) -> std::ops::Range<usize> {
        let at = body.0 as usize;
        let from = self.findings_from.get(at).copied().unwrap_or_default();
        let to = self.findings_from.get(at + 1).copied().unwrap_or(from);
        from as usize..to as usize
    }

    /// Positions in [`Assurance::findings`] of the findings of one output: those on the body, on
    /// its cluster and on the functions that it delegates to. For a function also what was found
    /// about it on other bodies; for one assessor's view of it nothing, because nobody's is found
    /// apart.
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

    /// Whether a plugin has still to answer.
    pub fn is_being_checked(&self) -> bool {
        let mut runs = self.plugins.iter();
        runs.any(|run| run.result == Err(crate::contribution::NotChecked::BeingChecked))
    }

    /// Why parts of an output were not checked: each plugin that covers the body and failed or has
    /// not answered yet.
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
            let run = &self.plugins[usize::from(*at)];
            run.result.as_ref().err().map(|why| (&run.plugin, why))
        })
    }
}
