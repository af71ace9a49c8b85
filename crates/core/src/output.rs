//! What assurance yields: one result for each PCT, cluster and function.
//!
//! Everything here points back by position into the cycle, so that any cell can say why
//! (see [`crate::explain`]) without carrying sentences around.

use crate::body::{BodyIndex, BodyKind};
use crate::challenge::{Challenge, ChallengeState};
use crate::combine::Combined;
use crate::contribution::{LocalOutcome, PluginIdentity};
use crate::cycle::Cycle;
use crate::finding::Finding;
use crate::framework::{ComponentIndex, Framework, Measure, MeasureIndex, Reach};
use crate::judgement::{Judgement, Method};
use crate::outcome::{HistoricRate, NoRate, OutcomeDefinition, YearSpan};
use crate::scale::Step;
use std::num::NonZeroU32;

/// Where the value of a mark comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody judged.
    #[default]
    Nobody,
    /// The body's own judgement, with nothing shared beside it.
    Own,
    /// The PCT's own judgement where it differs from its cluster's.
    Departure,
    /// Inherited from the cluster.
    Cluster,
    /// The result of last year's cycle, through the framework's mapping.
    LastYear,
}

/// One method's value in one cell. Eight bytes: a nation has half a million of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// The value; `None` is unknown.
    pub value: Option<Step>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether the value was inferred rather than read, or is last year's result that rests on
    /// such a value.
    pub inferred: bool,
    /// One more than the judgement's position, so that "none" takes no room.
    judgement: Option<NonZeroU32>,
}

impl Mark {
    /// A mark that rests on the judgement at a position in [`Cycle::judgements`].
    pub(crate) fn judged(judgement: &Judgement, origin: Origin, position: usize) -> Mark {
        let at = u32::try_from(position)
            .ok()
            .and_then(|at| NonZeroU32::new(at.checked_add(1)?));
        Mark {
            value: judgement.value,
            origin,
            inferred: judgement.said().inferred.is_some(),
            judgement: at,
        }
    }

    /// Last year's result, which has no judgement of this year behind it.
    pub(crate) fn of_last_year(value: Step, inferred: bool) -> Mark {
        Mark {
            value: Some(value),
            origin: Origin::LastYear,
            inferred,
            judgement: None,
        }
    }

    /// Position in [`Cycle::judgements`] of the judgement behind it.
    pub fn judgement_position(&self) -> Option<usize> {
        self.judgement.map(|at| at.get() as usize - 1)
    }

    /// The judgement behind it, of the cycle that the mark was made from.
    pub fn judgement<'a>(&self, cycle: &'a Cycle) -> Option<&'a Judgement> {
        cycle.judgements.get(self.judgement_position()?)
    }
}

/// What a ceiling rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeilingBasis {
    /// A survey result: position in [`crate::Cycle::surveys`].
    Survey(u32),
    /// An unmet criterion or metric: position in [`crate::Cycle::criteria`].
    Criterion(u32),
    /// A delegated function's own level: position in [`crate::Cycle::judgements`], and of the
    /// plugin run that says that the measure is reached.
    Function {
        /// The judgement on the function.
        judgement: u32,
        /// The plugin run.
        plugin: u16,
    },
    /// A plugin's check: position of the run and in [`crate::Contribution::ceilings`].
    Plugin {
        /// The plugin run.
        plugin: u16,
        /// The ceiling in it.
        ceiling: u32,
    },
}

/// "Supports level 2, because ...".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// The measure.
    pub measure: MeasureIndex,
    /// The highest step supported.
    pub supports: Step,
    /// What it rests on.
    pub basis: CeilingBasis,
}

impl Ceiling {
    /// Whether it rests on something that was inferred rather than read, and from what.
    pub fn inferred<'a>(&self, cycle: &'a Cycle) -> Option<&'a str> {
        match self.basis {
            CeilingBasis::Criterion(at) => cycle.criteria[at as usize].inferred.as_deref(),
            CeilingBasis::Function { judgement, .. } => {
                let judgement = &cycle.judgements[judgement as usize];
                judgement.said().inferred.as_deref()
            }
            CeilingBasis::Survey(_) | CeilingBasis::Plugin { .. } => None,
        }
    }
}

/// One measure of one PCT.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// One mark for each of [`Method::ALL`].
    pub marks: [Mark; 5],
    /// The lowest ceiling; `None` where nothing limits the measure.
    pub supported: Option<Step>,
    /// Whether nothing but inferred evidence holds the measure at `supported`.
    pub supported_inferred: bool,
}

impl Cell {
    /// The mark by a method.
    pub fn mark(&self, method: Method) -> Mark {
        self.marks[method.position()]
    }

    /// The mark that stands: the calibrated one where it has a value, else the panel's.
    pub fn standing(&self) -> Mark {
        let calibrated = self.mark(Method::Calibrated);
        if calibrated.value.is_some() {
            calibrated
        } else {
            self.mark(Method::Panel)
        }
    }

    /// The value that stands.
    pub fn current(&self) -> Option<Step> {
        self.standing().value
    }

    /// How the value that stands compares with the self-assessment.
    pub fn against_self(&self) -> Comparison {
        Comparison::of(self.current(), self.mark(Method::SelfAssessment).value)
    }

    /// How the value that stands compares with last year's. `measure` is the cell's own: what is
    /// new this year has nothing to compare with.
    pub fn against_last_year(&self, measure: &Measure) -> Comparison {
        if measure.is_new() {
            Comparison::New
        } else {
            Comparison::of(self.current(), self.mark(Method::Previous).value)
        }
    }
}

/// The result of a component, area or the whole by one method.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MethodResult {
    /// What the framework's rule makes of the measures. For the calibrated result: of the calibrated
    /// marks, and of the panel's where a measure was not calibrated.
    pub by_rule: Combined,
    /// A value recorded for the component itself, by this method and no other.
    pub recorded: Mark,
}

impl MethodResult {
    /// The value that stands: the one recorded, else the rule's.
    pub fn value(&self) -> Option<Step> {
        self.recorded.value.or(self.by_rule.step)
    }

    /// Whether the value that stands was inferred, or rests on a mark that was.
    pub fn inferred(&self) -> bool {
        if self.recorded.value.is_some() {
            self.recorded.inferred
        } else {
            self.by_rule.inferred
        }
    }

    /// Whether the value that stands was made by the rule alone: nobody recorded one for the whole.
    /// Faces mark such a value, beside those that were recorded.
    pub fn is_by_rule_alone(&self) -> bool {
        self.recorded.value.is_none() && self.by_rule.step.is_some()
    }

    /// Whether a recorded value differs from what the rule makes. A result carried over from last
    /// year's cycle is not an override: last year's rule and measures made it.
    pub fn is_override(&self) -> bool {
        if self.recorded.origin == Origin::LastYear {
            return false;
        }
        matches!((self.recorded.value, self.by_rule.step), (Some(said), Some(rule)) if said != rule)
    }
}

/// The result that stands among those by method: the calibrated one where there is one, else the
/// panel's.
pub fn standing(results: &[Combined; 5]) -> &Combined {
    let calibrated = &results[Method::Calibrated.position()];
    if calibrated.step.is_some() {
        calibrated
    } else {
        &results[Method::Panel.position()]
    }
}

/// How this year's result stands to last year's or to the self-assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// Above.
    Above,
    /// Level.
    Level,
    /// Below.
    Below,
    /// Not assessed the year before.
    New,
    /// One of the two is not known.
    #[default]
    Unknown,
}

impl Comparison {
    /// How `current` stands to `other`, both of one scale.
    pub fn of(current: Option<Step>, other: Option<Step>) -> Comparison {
        match (current, other) {
            (Some(current), Some(other)) if current > other => Comparison::Above,
            (Some(current), Some(other)) if current < other => Comparison::Below,
            (Some(_), Some(_)) => Comparison::Level,
            _ => Comparison::Unknown,
        }
    }
}

/// The result of one competency or governance strand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComponentResult {
    /// One result for each of [`Method::ALL`]. The calibrated one is unknown where neither the
    /// component nor one of its measures was calibrated; a result that the panel recorded stays in
    /// the panel's column.
    pub results: [MethodResult; 5],
    /// This year against last year.
    pub against_last_year: Comparison,
    /// This year against the self-assessment.
    pub against_self: Comparison,
}

impl ComponentResult {
    /// The result by a method.
    pub fn result(&self, method: Method) -> &MethodResult {
        &self.results[method.position()]
    }

    /// The method whose value stands: calibrated where there is one, else the panel.
    pub fn current_method(&self) -> Method {
        if self.result(Method::Calibrated).value().is_some() {
            Method::Calibrated
        } else {
            Method::Panel
        }
    }

    /// The result that stands.
    pub fn current(&self) -> &MethodResult {
        self.result(self.current_method())
    }
}

/// A counted statement of the panel report, over the components of one area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Position of the area in the framework.
    pub area: usize,
    /// Scored components.
    pub components: u16,
    /// Met or went above the self-assessment.
    pub met_self: u16,
    /// Stayed below it.
    pub below_self: u16,
    /// Not known.
    pub self_unknown: u16,
    /// How many of the known comparisons with the self-assessment rest on an inferred mark.
    pub self_inferred: u16,
    /// Improved on last year.
    pub improved: u16,
    /// Did not improve.
    pub not_improved: u16,
    /// New this year: nothing to compare.
    pub new: u16,
    /// Not known.
    pub last_year_unknown: u16,
    /// How many of the known comparisons with last year rest on an inferred mark.
    pub last_year_inferred: u16,
}

/// What a [`Placing`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacedBy {
    /// Rates of improvement over the framework's span.
    Rate {
        /// Years of the span.
        span: u16,
        /// The years that all of the compared rates cover; `None` if they differ or if a source
        /// does not give them.
        years: Option<YearSpan>,
    },
    /// Values of one year.
    Value {
        /// That year.
        year: i16,
    },
}

/// Placing of a PCT among those of the cycle that have the same outcome and series, and a number
/// that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placing {
    /// Place, 1 is best.
    pub place: u32,
    /// Among how many.
    pub among: u32,
    /// Quartile, 1 is best.
    pub quartile: u8,
    /// What is compared.
    pub by: PlacedBy,
}

impl Placing {
    /// What is compared: "three-year rate of improvement, 2005 to 2008", "value for 2008".
    pub fn compared(&self) -> String {
        match self.by {
            PlacedBy::Value { year } => format!("value for {year}"),
            PlacedBy::Rate { span, years } => {
                let length = crate::words::years(i32::from(span));
                let length = length.trim_end_matches('s').replace(' ', "-");
                let years = years.map_or_else(String::new, |years| {
                    format!(", {} to {}", years.from, years.to)
                });
                format!("{length} rate of improvement{years}")
            }
        }
    }

    /// Place, population and quartile: "4th of 5 by value for 2008 (quartile 3)". Whoever shows it
    /// says which bodies are compared and that 1 is best.
    pub fn in_short(&self) -> String {
        format!(
            "{} of {} by {} (quartile {})",
            crate::words::ordinal(self.place),
            self.among,
            self.compared(),
            self.quartile,
        )
    }

    /// The placing with its population and which end is good: "4th of the 5 PCTs of this case
    /// that have this outcome and a value for 2008 (quartile 3; 1 is best)". `pcts` is the
    /// framework's word for several PCTs.
    pub fn in_words(&self, pcts: &str) -> String {
        format!(
            "{} of the {} {pcts} of this case that have this outcome and a {} (quartile {}; 1 is \
             best)",
            crate::words::ordinal(self.place),
            self.among,
            self.compared(),
            self.quartile,
        )
    }
}

/// One series of one chosen outcome, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeResult {
    /// Position in [`crate::Cycle::outcomes`].
    pub chosen: u32,
    /// Historic rate of change: as stated, else computed from the values; or why there is none.
    pub historic: Result<HistoricRate, NoRate>,
    /// Latest value, where values are given.
    pub latest: Option<f64>,
    /// The year of the latest value.
    pub latest_year: Option<i16>,
    /// Placing by rate of improvement; `None` where fewer than four PCTs can be compared, and for
    /// a rate that does not cover the framework's span.
    pub improvement: Option<Placing>,
    /// Placing by the latest value, among the values of the same year; `None` where fewer than
    /// four PCTs can be compared.
    pub level: Option<Placing>,
}

impl OutcomeResult {
    /// The historic rate, percent a year, if it covers the framework's span and so compares with
    /// benchmarks and aspirations.
    pub fn comparable(&self) -> Option<f64> {
        self.historic
            .ok()
            .filter(|rate| rate.comparable)
            .map(|rate| rate.percent)
    }
}

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
    /// One result for each area of the framework by each of [`Method::ALL`], where it has a rule.
    pub areas: Vec<Option<[Combined; 5]>>,
    /// The overall result by each of [`Method::ALL`], where the framework has one.
    pub overall: Option<[Combined; 5]>,
    /// The counted statements, one for each area.
    pub counts: Vec<Counts>,
    /// Values above what the evidence supports.
    pub challenges: Vec<Challenge>,
    /// Outcomes.
    pub outcomes: Vec<OutcomeResult>,
    /// Functions that the PCT delegates to; for a cluster those that all of its PCTs delegate to.
    pub functions: Vec<BodyIndex>,
    /// Findings on the body, on its cluster and on the functions that it delegates to, as
    /// positions in [`Assurance::findings`]. For a function also what was found about it on other
    /// bodies.
    pub findings: Vec<u32>,
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

/// The assurance of a whole cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Assurance {
    /// Clusters in the order of their codes, then PCTs in no cluster in the order of theirs.
    pub clusters: Vec<ClusterAssurance>,
    /// Every PCT's output, in the order of the codes.
    pub outputs: Vec<Output>,
    /// Every function that was judged or that a PCT of the cycle delegates to, in the order of
    /// the codes.
    pub functions: Vec<FunctionAssurance>,
    /// Every finding of the cycle, once.
    pub findings: Vec<Finding>,
    /// The plugins that took part.
    pub plugins: Vec<crate::contribution::PluginRun>,
    /// Position of each body's output; `u32::MAX` for a body that has none.
    pub(crate) output_of_body: Vec<u32>,
}

impl Assurance {
    /// The output of a PCT.
    pub fn output(&self, pct: BodyIndex) -> Option<&Output> {
        let at = *self.output_of_body.get(pct.0 as usize)?;
        self.outputs.get(at as usize)
    }

    /// The assurance of a function.
    pub fn function(&self, function: BodyIndex) -> Option<&FunctionAssurance> {
        self.functions.iter().find(|one| one.function == function)
    }

    /// The result of a body of any kind: a PCT's output, a cluster's own result, or the result of
    /// a function for the whole region.
    pub fn output_of(&self, body: BodyIndex) -> Option<&Output> {
        let cluster = || self.clusters.iter().find(|one| one.cluster == Some(body));
        self.output(body)
            .or_else(|| cluster()?.output.as_ref())
            .or_else(|| Some(&self.function(body)?.output))
    }

    /// The assurance that a cluster or a PCT belongs to.
    pub fn cluster_assurance(&self, body: BodyIndex) -> Option<&ClusterAssurance> {
        self.clusters.iter().find(|cluster| {
            cluster.cluster == Some(body)
                || cluster
                    .outputs
                    .iter()
                    .any(|at| self.outputs[*at as usize].body == body)
        })
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
                let declared = run.outcomes.iter().find(|one| *one.id == *value.outcome)?;
                Some((&run.plugin, declared, value))
            })
        })
    }

    /// The findings of one output.
    pub fn findings_of<'a>(&'a self, output: &'a Output) -> impl Iterator<Item = &'a Finding> {
        output
            .findings
            .iter()
            .map(|at| &self.findings[*at as usize])
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
