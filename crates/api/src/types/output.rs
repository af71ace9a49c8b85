//! `Output`: one body's result.

use super::body::{Body, Cluster, Function, Pct, Seen};
use super::cell::{Cell, key};
use super::challenge::{Challenge, ChallengeCounts};
use super::cycle::Cycle;
use super::evidence::{Commentary, Criterion, Evidence, Recommendation, SurveyResult};
use super::finding::{Chosen, Finding, FindingCounts, FindingFilter};
use super::ids::{Kind, NodeId};
use super::outcome::{OutcomeResult, RegionalValue};
use super::plugin::PluginRun;
use super::results::{AreaResult, ComponentResult, Counts, OverallResult, Statement};
use crate::picture::Picture;
use crate::project::cursor::{Listed, Place};
use crate::project::leaves::Id;
use crate::project::{connection, object};
use std::borrow::Cow;
use wcc_core::ChallengeState;
use wcc_core::output as core;
use wcc_core::record::Method;
use wcc_core::{BodyIndex, BodyKind, MeasureIndex, NotChecked};

/// An output of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The output.
    pub(crate) it: &'a core::Output,
}

impl<'a> Output<'a> {
    /// Every output of a cycle, in the order of the PCTs' codes.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = Output<'a>> {
        let outputs = cycle.at.assurance.outputs.iter();
        outputs.map(move |it| Output { cycle, it })
    }

    /// The result of a body of any kind in every cycle that has one.
    pub(crate) fn of_body(picture: &'a Picture, code: &str) -> impl Iterator<Item = Output<'a>> {
        Cycle::all(picture).filter_map(move |cycle| Output::with_codes(cycle, code, None))
    }

    /// The output of a PCT in every cycle that has one.
    pub(crate) fn of_pct(picture: &'a Picture, code: &str) -> impl Iterator<Item = Output<'a>> {
        Cycle::all(picture).filter_map(move |cycle| cycle.find_output(code))
    }

    /// The body, seen on the cycle's day.
    pub(crate) fn body(&self) -> Seen<'a> {
        self.cycle.seen(self.it.body)
    }

    /// The PCT, where it is the output of one.
    pub(crate) fn pct(&self) -> Option<Pct<'a>> {
        (self.it.kind == BodyKind::Pct).then(|| Pct(self.body()))
    }

    /// Code of the body.
    pub(crate) fn code(&self) -> &'a str {
        &self.body().it().code
    }

    /// Code of the assessor whose view of a function it is.
    pub(crate) fn assessor_code(&self) -> Option<&'a str> {
        let assessor = self.it.assessor?;
        Some(&self.cycle.seen(assessor).it().code)
    }

    /// An identifier that names it for good.
    fn id(&self) -> NodeId<'a> {
        let mut id = NodeId::new(Kind::Output, [self.cycle.code(), self.code()]);
        id.parts.extend(self.assessor_code().map(Cow::Borrowed));
        id
    }

    /// The result of a body of any kind, by one assessor where one is named.
    pub(crate) fn with_codes(
        cycle: Cycle<'a>,
        body: &str,
        assessor: Option<&str>,
    ) -> Option<Output<'a>> {
        let organisations = &cycle.at.cycle.organisations;
        let assurance = &cycle.at.assurance;
        let body = organisations.find(body)?;
        let Some(assessor) = assessor else {
            let it = assurance.output_of(body)?;
            return Some(Output { cycle, it });
        };
        let assessor = organisations.find(assessor);
        let mut by_assessor = assurance.function(body)?.by_assessor.iter();
        let it = by_assessor.find(|output| output.assessor == assessor)?;
        Some(Output { cycle, it })
    }

    /// Last year's result of the same body.
    fn last_year(&self) -> Option<Output<'a>> {
        let cycle = self.cycle.previous()?;
        Output::with_codes(cycle, self.code(), self.assessor_code())
    }

    /// Whether something recorded for a body belongs to this output: the body's own or its
    /// cluster's.
    pub(crate) fn has(&self, body: BodyIndex) -> bool {
        self.it.bodies().any(|candidate| candidate == body)
    }

    fn value(&self, index: MeasureIndex, method: Option<Method>) -> Option<&'a str> {
        let cell = self.it.cell(index);
        let step = method.map_or_else(|| cell.current(), |method| cell.mark(method).value);
        key(self.cycle.at.cycle.framework.scale_of(index), step)
    }

    fn not_checked(&self) -> impl Iterator<Item = String> + use<'a> {
        let without = self.cycle.at.assurance.not_checked(self.it);
        without.map(|(plugin, why)| {
            let named = format!("{} {}", plugin.id, plugin.version);
            format!("{}: plugin {}: {why}", why.state(), named.trim_end())
        })
    }

    fn is_being_checked(&self) -> bool {
        let mut without = self.cycle.at.assurance.not_checked(self.it);
        without.any(|(_, why)| *why == NotChecked::BeingChecked)
    }
}

impl Listed for Output<'_> {
    fn place(&self) -> Place {
        Pct(self.body()).place()
    }
}

object! {
    /// The result of one body in one cycle: its scorecard, outcomes, challenges and findings.
    /// Every PCT has its own, even if its cluster was assured once for several; so do the cluster
    /// itself and a delegated function.
    Output<'a> as "Output", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the output again.
        id: NodeId<'a> = it.id();
        /// The body: a PCT, a cluster or a function.
        body: Body<'a> = Body::of(it.body());
        /// The PCT; null if this is the result of a cluster or a function.
        pct: Option<Pct<'a>> = it.pct();
        /// For one assessor's view of a function: the body that assessed it.
        assessor: Option<Body<'a>> = it.it.assessor.map(|assessor| Body::of(it.cycle.seen(assessor)));
        /// The cluster that was assured for the PCT; null if none is recorded, or if this is the
        /// result of a cluster or a function.
        cluster: Option<Cluster<'a>> = it.it.cluster.map(|cluster| Cluster(it.cycle.seen(cluster)));
        /// The cycle.
        cycle: Cycle<'a> = it.cycle;
        /// The same body's result in the previous year's cycle, if it is loaded.
        previous: Option<Output<'a>> = it.last_year();
        /// A notice, if figures are invented. Show it with every figure.
        illustrative: Option<&'a str> = it.cycle.at.cycle.illustrative.as_deref();
        /// The checks that could not be made, or not yet: "not checked: ...", "being checked:
        /// ...". Show them with the output.
        notChecked: [String; 1] = it.not_checked();
        /// Whether a plugin has yet to answer: `notChecked` lists it as `being checked`, and the
        /// output changes once it has answered.
        beingChecked: bool = it.is_being_checked();
        /// One cell for each measure.
        cells(
            /// Only these measures, by identifier, in this order.
            measures: Option<Vec<Id<'_>>>,
            /// Only measures of these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Cell<'a>; 50]> = {
            let measures = it.cycle.framework().selected_measures(measures, areas)?;
            Some(measures.each().map(|index| Cell { output: *it, index }))
        };
        /// The values of all measures in short, aligned with `cycle { framework { measures } }`;
        /// null if a value is not known.
        values(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
        ): [Option<&'a str>; 1] = it.cycle.at.cycle.framework.each_measure().map(move |(index, _)| it.value(index, method));
        /// One result for each competency and governance strand.
        components(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[ComponentResult<'a>; 14]> = {
            let framework = it.cycle.framework();
            let components = framework.components_of(framework.find_areas(areas)?);
            Some(components.map(|index| ComponentResult { output: *it, index }))
        };
        /// The results of all components in short, aligned with `cycle { framework { components }
        /// }`; null if a result is not known.
        componentValues(
            /// The method; the current value if omitted.
            method: Option<Method>,
        ): [Option<&'a str>; 1] = it.cycle.at.cycle.framework.each_component().map(move |(index, _)| ComponentResult { output: *it, index }.value(method));
        /// The result of each area for which the framework has a rule.
        areas: [AreaResult<'a>; 2] = AreaResult::all(*it);
        /// The overall result, if the framework has one.
        overall: Option<OverallResult<'a>> = OverallResult::of(*it);
        /// The counted statements of the panel report, for each area that is assessed.
        counts: [Counts<'a>; 2] = it.it.counts.iter().filter(|counts| counts.components > 0).map(|counts| Counts { output: *it, it: counts });
        /// A published report's counts of outcomes: how many slipped, how many are in the bottom
        /// quartile.
        outcomeStatements: [Statement<'a>; 1] = Statement::of_output(*it, None);
        /// Values above what the evidence supports.
        challenges(
            /// Only challenges in one of these states; all if omitted.
            states: Option<Vec<ChallengeState>>,
        ): [Challenge<'a>; 4] = Challenge::of_output(*it)
            .filter(move |challenge| states.as_ref().is_none_or(|states| states.contains(&challenge.it.state())));
        /// The number of challenges in each state.
        challengeCounts: ChallengeCounts<'a> = ChallengeCounts(*it);
        /// The number of findings of each severity.
        findingCounts: FindingCounts<'a> = FindingCounts(*it);
        /// The findings on the body, on its cluster and on the functions to which it delegates.
        findings(
            /// A filter; all if omitted.
            filter: Option<FindingFilter<'_>>,
        ): Option<[Finding<'a>; 8]> = {
            let chosen = Chosen::of(it.cycle, filter.as_ref())?;
            let all = Finding::of_output(it.cycle, it.it);
            Some(all.filter(move |finding| chosen.holds(finding)))
        };
        /// The health outcomes that it has, one entry for each series.
        outcomes: [OutcomeResult<'a>; 12] = it.it.outcomes.iter().map(|outcome| OutcomeResult { cycle: it.cycle, it: outcome });
        /// Values of the region's own outcomes, computed by its plugins.
        regionalValues: [RegionalValue<'a>; 4] = RegionalValue::of_output(*it);
        /// Commentary on the body and on its cluster, in the order of the report.
        commentary: [Commentary<'a>; 8] = Commentary::of_output(*it);
        /// Recommendations to the body and to its cluster.
        recommendations: [Recommendation<'a>; 6] = Recommendation::of_output(*it);
        /// Evidence on the body, on its cluster and on the functions that it delegates to.
        evidence: [Evidence<'a>; 8] = Evidence::of_output(*it);
        /// Survey results on the body and on its cluster.
        surveys: [SurveyResult<'a>; 20] = SurveyResult::of_output(*it);
        /// Criteria and metrics that limit measures of the body or its cluster.
        criteria: [Criterion<'a>; 4] = Criterion::of_output(*it);
        /// The functions to which the PCT delegates commissioning; for a cluster, those to which
        /// all of its PCTs delegate.
        functions: [Function<'a>; 6] = it.it.functions.iter().map(|function| Function(it.cycle.seen(*function)));
        /// The plugins that cover the body, including those that failed.
        plugins: [PluginRun<'a>; 1] = it.it.plugins.iter().filter_map(|at| PluginRun::at(it.cycle, *at));
    }
}

connection! {
    /// A page of outputs, in the order of the PCTs' codes.
    OutputConnection as "OutputConnection", OutputEdge as "OutputEdge" of Output
}
