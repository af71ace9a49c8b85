//! `Output`: the result of one body.

use super::approval::Approval;
use super::asked_evidence::AskedEvidence;
use super::body::{Body, BodyView, Cluster, Function, Pct};
use super::cell::{Cell, value};
use super::challenge::{Challenge, ChallengeCounts};
use super::counts::{Counts, Statement};
use super::cycle::Cycle;
use super::document_link::DocumentLink;
use super::evidence::{Commentary, Criterion, Evidence, Recommendation, SurveyResult};
use super::fact_check::FactComment;
use super::finding::{Finding, FindingCounts, FindingFilter, ResolvedFilter};
use super::framework::Framework;
use super::ids::{Kind, NodeId};
use super::indicator::IndicatorSeries;
use super::last_year::CarriedRecord;
use super::outcome::{OutcomeResult, RegionalValue};
use super::panel::Panel;
use super::phase::{PhaseOpening, Release, ReleasedOutput};
use super::planning::{ActionFilter, AreaToLead, BodyPlanning, PlannedAction, StrategicLead};
use super::plans::PlanStatus;
use super::plugin::PluginRun;
use super::results::{AreaResult, ComponentResult, OverallResult};
use super::support::{AreaOfConcern, Consequence, SupportOption};
use crate::picture::Picture;
use crate::project::cursor::{ListItem, Place};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, object};
use jiff::civil::Date;
use std::borrow::Cow;
use wcc_core::ChallengeState;
use wcc_core::asked_evidence::AskState;
use wcc_core::latest::latest_results;
use wcc_core::output as core;
use wcc_core::record::{ActionState, Method};
use wcc_core::{BodyIndex, BodyKind, MeasureIndex, NotChecked};

/// An output of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The output.
    pub(crate) data: &'a core::Output,
}

impl<'a> Output<'a> {
    /// Every output of a cycle, sorted by the PCTs' codes.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = Output<'a>> {
        let outputs = cycle.assured.assurance.outputs.iter();
        outputs.map(move |data| Output { cycle, data })
    }

    /// The result of a body of any kind in every cycle that has one.
    pub(crate) fn of_body(picture: &'a Picture, code: &str) -> impl Iterator<Item = Output<'a>> {
        Cycle::all(picture).filter_map(move |cycle| Output::with_codes(cycle, code, None))
    }

    /// The output of a PCT in every cycle that has one.
    pub(crate) fn of_pct(picture: &'a Picture, code: &str) -> impl Iterator<Item = Output<'a>> {
        Cycle::all(picture).filter_map(move |cycle| cycle.find_output(code))
    }

    /// The standing result of each body of a kind under a framework, the ones before it and the ones
    /// after it, sorted by code. Cycles after the day are left out; all count if it is `None`.
    pub(crate) fn standing(
        picture: &'a Picture,
        framework: &str,
        kind: BodyKind,
        on: Option<Date>,
    ) -> Result<impl Iterator<Item = Output<'a>>, Failure> {
        let framework = Framework::named(picture, framework)?.data;
        let cycles: Vec<Cycle<'a>> = Cycle::all(picture).collect();
        let of_cycles: Vec<(&'a wcc_core::Cycle, &'a wcc_core::Assurance)> = cycles
            .iter()
            .map(|cycle| (&*cycle.assured.cycle, &cycle.assured.assurance))
            .collect();
        let lines = latest_results(&of_cycles, on.unwrap_or(Date::MAX)).into_iter();
        let line = lines.filter(|line| line.frameworks.contains(&framework.id.as_str()));
        let results = line.flat_map(|line| line.of_kind(kind).to_vec());
        let outputs = results.filter_map(|body| {
            let (at, data) = body.result?;
            let cycle = *cycles.get(at)?;
            Some(Output { cycle, data })
        });
        let mut outputs: Vec<Output<'a>> = outputs.collect();
        outputs.sort_by_key(Output::code);
        Ok(outputs.into_iter())
    }

    /// The body, as of the cycle's day.
    pub(crate) fn body(&self) -> BodyView<'a> {
        self.cycle.body_view(self.data.body)
    }

    /// The PCT, if this is the output of a PCT.
    pub(crate) fn pct(&self) -> Option<Pct<'a>> {
        (self.data.kind == BodyKind::Pct).then(|| Pct(self.body()))
    }

    /// Code of the body.
    pub(crate) fn code(&self) -> &'a str {
        &self.body().data().code
    }

    /// Code of the assessor, if this is one assessor's result of a function.
    pub(crate) fn assessor_code(&self) -> Option<&'a str> {
        let assessor = self.data.assessor?;
        Some(&self.cycle.body_view(assessor).data().code)
    }

    /// A permanent identifier.
    fn id(&self) -> NodeId<'a> {
        let mut id = NodeId::new(Kind::Output, [self.cycle.code(), self.code()]);
        id.parts.extend(self.assessor_code().map(Cow::Borrowed));
        id
    }

    /// The result of a body of any kind, or, if `assessor` is given, one assessor's result.
    pub(crate) fn with_codes(
        cycle: Cycle<'a>,
        body: &str,
        assessor: Option<&str>,
    ) -> Option<Output<'a>> {
        let organisations = &cycle.assured.cycle.organisations;
        let assurance = &cycle.assured.assurance;
        let body = organisations.find(body)?;
        let Some(assessor) = assessor else {
            let data = assurance.output_of(body)?;
            return Some(Output { cycle, data });
        };
        let assessor = organisations.find(assessor);
        let mut by_assessor = assurance.function(body)?.by_assessor.iter();
        let data = by_assessor.find(|output| output.assessor == assessor)?;
        Some(Output { cycle, data })
    }

    /// Last year's result of the same body.
    fn last_year(&self) -> Option<Output<'a>> {
        let cycle = self.cycle.previous()?;
        Output::with_codes(cycle, self.code(), self.assessor_code())
    }

    /// Whether records on a body belong to this output: the output's own body or its cluster.
    pub(crate) fn has(&self, body: BodyIndex) -> bool {
        self.data.bodies().any(|own| own == body)
    }

    fn value(&self, index: MeasureIndex, method: Option<Method>) -> Option<Cow<'a, str>> {
        let cell = self.data.cell(index);
        let mark = method.map_or_else(|| cell.current_mark(), |method| cell.mark(method));
        let scale = self.cycle.assured.cycle.framework.scale_of(index);
        value(self.cycle, scale, mark)
    }

    fn not_checked(&self) -> impl Iterator<Item = String> + use<'a> {
        let missing = self.cycle.assured.assurance.not_checked(self.data);
        missing.map(|(plugin, reason)| {
            let plugin_name = format!("{} {}", plugin.id, plugin.version);
            format!(
                "{}: plugin {}: {reason}",
                reason.state(),
                plugin_name.trim_end()
            )
        })
    }

    fn is_being_checked(&self) -> bool {
        let mut missing = self.cycle.assured.assurance.not_checked(self.data);
        missing.any(|(_, reason)| *reason == NotChecked::BeingChecked)
    }
}

impl ListItem for Output<'_> {
    fn place(&self) -> Place {
        Pct(self.body()).place()
    }
}

object! {
    /// The result of one body in one cycle: its scorecard, outcomes, challenges and findings.
    /// Every PCT has its own, even if its cluster was assured once for several; so do the cluster
    /// itself and a delegated function.
    Output<'a> as "Output", implements [Node] => |output| {
        /// Global identifier; give it to `node` to ask for the output again.
        id: NodeId<'a> = output.id();
        /// The body: a PCT, a cluster or a function.
        body: Body<'a> = Body::of(output.body());
        /// The phase that was opened for the body, its cluster or its SHA; null while the dates of
        /// the framework decide.
        phaseOpening: Option<PhaseOpening<'a>> = PhaseOpening::of_body(output.cycle, output.data.body);
        /// To whom its results are released, from when, and what they may be used for; null if they are
        /// released to nobody.
        release: Option<Release<'a>> = Release::of_body(output.cycle, output.data.body);
        /// The output as it was released, once for each release, kept as documents.
        releasedOutputs: [ReleasedOutput<'a>; 2] = ReleasedOutput::of_body(output.cycle, output.data.body);
        /// Documents of it for people, one for each kind and format; none as of an earlier moment.
        documents: [DocumentLink<'a>; 10] = DocumentLink::of_output(*output);
        /// The approvals that the framework asks for, in its order, and how far each has got.
        approvals: [Approval<'a>; 3] = Approval::of_body(output.cycle, output.data.body);
        /// The PCT; null if this is the result of a cluster or a function.
        #[deprecated = "Use `body`."]
        pct: Option<Pct<'a>> = output.pct();
        /// For one assessor's view of a function: the body that assessed it.
        assessor: Option<Body<'a>> = output.data.assessor.map(|assessor| Body::of(output.cycle.body_view(assessor)));
        /// The group that was assured for the body; null if it belongs to none, or if this is the
        /// result of a group or a function.
        group: Option<Cluster<'a>> = output.data.cluster.map(|group| Cluster(output.cycle.body_view(group)));
        /// The cluster that was assured for the PCT; null if none is recorded, or if this is the
        /// result of a cluster or a function.
        #[deprecated = "Use `group`."]
        cluster: Option<Cluster<'a>> = output.data.cluster.map(|cluster| Cluster(output.cycle.body_view(cluster)));
        /// The cycle.
        cycle: Cycle<'a> = output.cycle;
        /// The same body's result in the previous year's cycle, if it is loaded.
        previous: Option<Output<'a>> = output.last_year();
        /// A notice, if figures are invented. Show it with every figure.
        illustrative: Option<&'a str> = output.cycle.assured.cycle.illustrative.as_deref();
        /// The checks that could not be made, or not yet: "not checked: ...", "being checked:
        /// ...". Show them with the output.
        notChecked: [String; 1] = output.not_checked();
        /// Whether a plugin has yet to answer: `notChecked` lists it as `being checked`, and the
        /// output changes once it has answered.
        beingChecked: bool = output.is_being_checked();
        /// One cell for each measure.
        cells(
            /// Only these measures, by identifier, in this order.
            measures: Option<Vec<Id<'_>>>,
            /// Only measures of these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[Cell<'a>; 50]> = {
            let measures = output.cycle.framework().selected_measures(measures, areas)?;
            Some(measures.each().map(|index| Cell { output: *output, index }))
        };
        /// The values of all measures in short, aligned with `cycle { framework { measures } }`;
        /// null if a value is not known.
        values(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): [Option<Cow<'a, str>>; 1] = {
            let method = output.cycle.method(method, methodId)?;
            output.cycle.assured.cycle.framework.each_measure().map(move |(index, _)| output.value(index, method))
        };
        /// One result for each competency and governance strand.
        components(
            /// Only those in these areas, by identifier.
            areas: Option<Vec<Id<'_>>>,
        ): Option<[ComponentResult<'a>; 14]> = {
            let framework = output.cycle.framework();
            let components = framework.components_of(framework.find_areas(areas)?);
            Some(components.map(|index| ComponentResult { output: *output, index }))
        };
        /// The results of all components in short, aligned with `cycle { framework { components }
        /// }`; null if a result is not known.
        componentValues(
            /// The method; the current value if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): [Option<Cow<'a, str>>; 1] = {
            let method = output.cycle.method(method, methodId)?;
            output.cycle.assured.cycle.framework.each_component().map(move |(index, _)| ComponentResult { output: *output, index }.value(method))
        };
        /// The result of each area for which the framework has a rule.
        areas: [AreaResult<'a>; 2] = AreaResult::all(*output);
        /// The overall result, if the framework has one.
        overall: Option<OverallResult<'a>> = OverallResult::of(*output);
        /// The counted statements of the panel report, for each area that is assessed.
        counts: [Counts<'a>; 2] = output.data.counts.iter().filter(|counts| counts.components > 0).map(|counts| Counts { output: *output, data: counts });
        /// A published report's counts of outcomes: how many slipped, how many are in the bottom
        /// quartile.
        outcomeStatements: [Statement<'a>; 1] = Statement::of_output(*output, None);
        /// Values above what the evidence supports.
        challenges(
            /// Only challenges in one of these states; all if omitted.
            states: Option<Vec<ChallengeState>>,
        ): [Challenge<'a>; 4] = Challenge::of_output(*output)
            .filter(move |challenge| states.as_ref().is_none_or(|states| states.contains(&challenge.data.state())));
        /// The number of challenges in each state.
        challengeCounts: ChallengeCounts<'a> = ChallengeCounts(*output);
        /// The number of findings of each severity.
        findingCounts: FindingCounts<'a> = FindingCounts(*output);
        /// The findings on the body, on its cluster and on the functions to which it delegates.
        findings(
            /// A filter; all if omitted.
            filter: Option<FindingFilter<'_>>,
        ): Option<[Finding<'a>; 8]> = {
            let filter = ResolvedFilter::of(output.cycle, filter.as_ref())?;
            let all = Finding::of_output(output.cycle, output.data);
            Some(all.filter(move |finding| filter.matches(finding)))
        };
        /// The health outcomes that it has, one entry for each series.
        outcomes: [OutcomeResult<'a>; 12] = output.data.outcomes.iter().map(|outcome| OutcomeResult { cycle: output.cycle, data: outcome });
        /// Series of indicators of the body itself.
        indicators: [IndicatorSeries<'a>; 8] = IndicatorSeries::of_output(*output);
        /// Values of the region's own outcomes, computed by its plugins.
        regionalValues: [RegionalValue<'a>; 4] = RegionalValue::of_output(*output);
        /// Commentary on the body and on its cluster, in the order of the report.
        commentary: [Commentary<'a>; 8] = Commentary::of_output(*output);
        /// The panel that reviews the body or its cluster; null if the framework has no panels.
        review: Option<Panel<'a>> = Panel::of_output(*output);
        /// Comments of the body and its cluster on the draft of the report.
        factComments: [FactComment<'a>; 4] = FactComment::of_output(*output);
        /// Recommendations to the body and to its cluster.
        recommendations: [Recommendation<'a>; 6] = Recommendation::of_output(*output);
        /// Who leads which area of the body or of its cluster, as it was allocated.
        leads: [StrategicLead<'a>; 13] = StrategicLead::of_output(*output);
        /// Who coordinates the work of the body as a whole.
        coordinator: Option<StrategicLead<'a>> = StrategicLead::coordinator(*output);
        /// The areas that need a lead, each with its lead.
        areasToLead: [AreaToLead<'a>; 13] = AreaToLead::of_output(*output);
        /// The actions of the body and of its cluster.
        actions(
            /// Only those of this owner, ignoring case.
            owner: Option<&str>,
            /// Only those in one of these states.
            states: Option<Vec<ActionState>>,
            /// Only those that are due before this day.
            dueBefore: Option<Date>,
            /// Only those that are late on this day.
            lateOn: Option<Date>,
        ): [PlannedAction<'a>; 10] = {
            let filter = ActionFilter { owner, states, due_before: dueBefore, late_on: lateOn };
            PlannedAction::of_output(*output, filter)
        };
        /// What was carried from an earlier cycle for the body and its cluster.
        carried: [CarriedRecord<'a>; 50] = CarriedRecord::of_output(*output);
        /// The plans that the body is to file, each with what was filed; none for a function.
        plans: [PlanStatus<'a>; 5] = PlanStatus::of_output(*output);
        /// The areas of concern that the body or its cluster shares with those who assure it.
        areasOfConcern: [AreaOfConcern<'a>; 3] = AreaOfConcern::of_output(*output);
        /// The options to support the body or its cluster.
        support: [SupportOption<'a>; 3] = SupportOption::of_output(*output);
        /// The incentives and consequences that its results have.
        consequences: [Consequence<'a>; 2] = Consequence::of_output(*output);
        /// How far its planning has come, and what is missing.
        planning(
            /// The day on which something may be late; default: the cycle's.
            on: Option<Date>,
        ): BodyPlanning<'a> = BodyPlanning::of_output(*output, on);
        /// Evidence on the body, on its cluster and on the functions that it delegates to.
        evidence: [Evidence<'a>; 8] = Evidence::of_output(*output);
        /// What evidence is still asked for, one entry for each measure.
        askedEvidence(
            /// The day on which evidence may have expired; default: the cycle's.
            on: Option<Date>,
            /// Only measures in one of these states; all if omitted.
            states: Option<Vec<AskState>>,
        ): [AskedEvidence<'a>; 50] = AskedEvidence::of_output(*output, on, states);
        /// Evidence of the previous cycle on the body and its group that can be used again: it has
        /// not expired, and was not carried over yet.
        reusableEvidence(
            /// The day on which it may have expired; default: the cycle's.
            on: Option<Date>,
        ): [Evidence<'a>; 8] = Evidence::reusable_for(*output, on);
        /// Survey results on the body and on its cluster.
        surveys: [SurveyResult<'a>; 20] = SurveyResult::of_output(*output);
        /// Criteria and metrics that limit measures of the body or its cluster.
        criteria: [Criterion<'a>; 4] = Criterion::of_output(*output);
        /// The functions to which the PCT delegates commissioning; for a cluster, those to which
        /// all of its PCTs delegate.
        functions: [Function<'a>; 6] = output.data.functions.iter().map(|function| Function(output.cycle.body_view(*function)));
        /// The plugins that cover the body, including those that failed.
        plugins: [PluginRun<'a>; 1] = output.data.plugins.iter().filter_map(|at| PluginRun::at(output.cycle, *at));
    }
}

connection! {
    /// A page of outputs, in the order of the PCTs' codes.
    OutputConnection as "OutputConnection", OutputEdge as "OutputEdge" of Output
}
