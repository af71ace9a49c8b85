//! Planning: who leads which area, what is to be done, and what is missing of each body.

use super::body::Body;
use super::count;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::evidence::{Recommendation, components, record};
use super::framework::Framework;
use super::measure::{Component, Measure};
use super::outcome::OutcomeReference;
use super::output::Output;
use super::plans::PlanStatus;
use super::support::AreaOfConcern;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use jiff::civil::Date;
use wcc_core::BodyIndex;
use wcc_core::framework as rules;
use wcc_core::planning::{self, actions_on};
use wcc_core::record::{self as core, ActionState, Horizon, OriginKind, Subject, Topic as About};

/// A part of a framework that work is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topic<'a> {
    framework: &'a rules::Framework,
    data: &'a About,
}

impl<'a> Topic<'a> {
    /// The areas of a framework that need a lead.
    pub(crate) fn to_lead(framework: Framework<'a>) -> impl Iterator<Item = Topic<'a>> {
        let framework = framework.data;
        let areas = framework.areas_to_lead.iter();
        areas.map(move |data| Topic { framework, data })
    }
}

object! {
    /// A part of a framework that work is about: an area, a competency or strand, a measure, or the
    /// health outcomes.
    Topic<'a> as "Topic" => |topic| {
        /// Identifier: `6`, `governance`, `outcomes`.
        code: Id<'a> = Id(topic.data.id(topic.framework));
        /// What it is called in a sentence: "6 Priorities", "health outcomes".
        title: String = topic.data.title(topic.framework);
    }
}

record! {
    /// The allocation of an area to a lead.
    StrategicLead of core::LeadAllocation
}

impl<'a> StrategicLead<'a> {
    /// The allocations of the body of an output and of its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = StrategicLead<'a>> {
        let is_wanted = move |body| output.has(body);
        StrategicLead::matching(output, &output.cycle.assured.cycle.records.leads, is_wanted)
    }

    /// Who coordinates the work of the body of an output as a whole.
    pub(crate) fn coordinator(output: Output<'a>) -> Option<StrategicLead<'a>> {
        let cycle = output.cycle;
        let data = planning::coordinator(&cycle.assured.cycle, output.data.body)?;
        Some(StrategicLead { cycle, data })
    }

    fn area(&self) -> Option<Topic<'a>> {
        let framework = self.cycle.framework().data;
        let data = self.data.area.as_ref()?;
        Some(Topic { framework, data })
    }
}

object! {
    /// The allocation of an area of a body to a director, who leads the work on it; or of the work as
    /// a whole to a coordinator.
    StrategicLead<'a> as "StrategicLead" => |lead| {
        /// The body; what is allocated for a cluster is allocated for its PCTs.
        body: Body<'a> = lead.body();
        /// The area; null for the coordinator of the whole.
        area: Option<Topic<'a>> = lead.area();
        /// The name of the person.
        person: &'a str = lead.data.person.as_ref();
        /// Their job title.
        jobTitle: Option<&'a str> = lead.data.job_title.as_deref();
        /// The names of the operational staff who work with them.
        staff: [&'a str; 2] = lead.data.staff.iter().map(AsRef::as_ref);
        /// Number of the ledger's entry; give it as `supersedes` to allocate the area anew.
        entry: Option<i32> = lead.cycle.entry(lead.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = lead.cycle.entered_by(lead.data);
    }
}

/// An area that needs a lead, with its lead if it has one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AreaToLead<'a> {
    cycle: Cycle<'a>,
    data: planning::AreaToLead<'a>,
}

impl<'a> AreaToLead<'a> {
    /// The areas of the body of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = AreaToLead<'a>> {
        let cycle = output.cycle;
        let areas = planning::areas_to_lead(&cycle.assured.cycle, output.data.body);
        areas
            .into_iter()
            .map(move |data| AreaToLead { cycle, data })
    }
}

object! {
    /// An area for which a body needs a lead.
    AreaToLead<'a> as "AreaToLead" => |area| {
        /// The area.
        area: Topic<'a> = Topic { framework: area.cycle.framework().data, data: area.data.area };
        /// Its lead: that of the body itself, or else that of its cluster; null if it has none.
        lead: Option<StrategicLead<'a>> = area.data.lead.map(|data| StrategicLead { cycle: area.cycle, data });
    }
}

record! {
    /// An action.
    PlannedAction of core::PlannedAction
}

/// Which actions to select.
#[derive(Debug, Default)]
pub(crate) struct ActionFilter<'q> {
    /// Only those of this owner, ignoring case.
    pub(crate) owner: Option<&'q str>,
    /// Only those in one of these states.
    pub(crate) states: Option<Vec<ActionState>>,
    /// Only those that are due before this day.
    pub(crate) due_before: Option<Date>,
    /// Only those that are late on this day.
    pub(crate) late_on: Option<Date>,
}

impl ActionFilter<'_> {
    fn matches(&self, action: &core::PlannedAction) -> bool {
        let is_owned_by = |name: &str| {
            let owner = action.owner.as_deref();
            owner.is_some_and(|owner| owner.to_lowercase() == name.to_lowercase())
        };
        let is_due_before = |day: Date| action.due.is_some_and(|due| due < day);
        let states = self.states.as_ref();
        self.owner.is_none_or(is_owned_by)
            && states.is_none_or(|states| states.contains(&action.state))
            && self.due_before.is_none_or(is_due_before)
            && self.late_on.is_none_or(|day| action.is_late_on(day))
    }
}

impl<'a> PlannedAction<'a> {
    /// The actions of the body of an output and of its cluster that a filter selects.
    pub(crate) fn of_output(
        output: Output<'a>,
        filter: ActionFilter<'_>,
    ) -> impl Iterator<Item = PlannedAction<'a>> {
        let is_wanted = move |body: BodyIndex| output.has(body);
        let actions = &output.cycle.assured.cycle.records.actions;
        let actions = PlannedAction::matching(output, actions, is_wanted);
        actions.filter(move |action| filter.matches(action.data))
    }

    /// The actions that take up a recommendation.
    pub(crate) fn on(cycle: Cycle<'a>, id: &'a str) -> impl Iterator<Item = PlannedAction<'a>> {
        let actions = actions_on(&cycle.assured.cycle, id);
        actions.map(move |data| PlannedAction { cycle, data })
    }

    fn measures(&self) -> impl Iterator<Item = Measure<'a>> + use<'a> {
        let framework = self.cycle.framework();
        let about = self.data.about.iter();
        about.filter_map(move |topic| match topic {
            About::Subject(Subject::Measure(index)) => Some(framework.measure(*index)),
            _ => None,
        })
    }

    fn origin(&self) -> Option<ActionOrigin<'a>> {
        let data = self.data.origin.as_ref()?;
        let cycle = self.cycle;
        Some(ActionOrigin { cycle, data })
    }
}

object! {
    /// An action of a body's action plan.
    PlannedAction<'a> as "PlannedAction" => |action| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&action.data.id);
        /// What is to be done.
        text: &'a str = action.data.text.as_ref();
        /// The body; a cluster's action is shared by its PCTs.
        body: Body<'a> = action.body();
        /// The measures that it is about.
        measures: [Measure<'a>; 1] = action.measures();
        /// The competencies and strands that it is about. Without a measure, component or outcome
        /// it is about the body as a whole.
        components: [Component<'a>; 1] = components(action.cycle, &action.data.about);
        /// Whether it is about the health outcomes as a whole.
        aboutOutcomes: bool = action.data.about.contains(&About::Outcomes);
        /// The individual health outcomes that it is about.
        outcomes: [OutcomeReference<'a>; 1] = OutcomeReference::all(action.cycle, &action.data.about);
        /// Who is responsible for it.
        owner: Option<&'a str> = action.data.owner.as_deref();
        /// The last day on which it is to be done.
        due: Option<Date> = action.data.due;
        /// How far it has come.
        state: ActionState = action.data.state;
        /// Whether it should have been done before a day and is not.
        late(
            /// The day; default: the cycle's.
            on: Option<Date>,
        ): bool = action.data.is_late_on(on.unwrap_or(action.cycle.assured.cycle.as_of));
        /// A note on its progress; of a stopped action, why it was given up.
        progress: Option<&'a str> = action.data.progress.as_deref();
        /// The term in which it is to improve something.
        horizon: Option<Horizon> = action.data.horizon;
        /// Why there is such an action; null if nobody said, or if you may not see it.
        origin: Option<ActionOrigin<'a>> = action.origin();
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = action.cycle.entry(action.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = action.cycle.entered_by(action.data);
    }
}

/// Why there is an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionOrigin<'a> {
    cycle: Cycle<'a>,
    data: &'a core::ActionOrigin,
}

object! {
    /// Why there is an action.
    ActionOrigin<'a> as "ActionOrigin" => |origin| {
        /// The kind of reason.
        kind: OriginKind = origin.data.kind;
        /// Identifier of the recommendation; otherwise what was found, and where, in words.
        reference: Option<&'a str> = origin.data.reference.as_deref();
        /// The recommendation, if it is one and has not been withdrawn.
        recommendation: Option<Recommendation<'a>> = origin.data.recommendation()
            .and_then(|id| Recommendation::with_id(origin.cycle, id));
    }
}

/// How far the planning of one body has come.
#[derive(Clone, Debug)]
pub(crate) struct BodyPlanning<'a> {
    cycle: Cycle<'a>,
    data: planning::BodyPlanning<'a>,
}

impl<'a> BodyPlanning<'a> {
    /// The planning of every PCT and SHA of a cycle, or of those under an SHA; on the cycle's day if
    /// no other is given.
    pub(crate) fn of_cycle(
        cycle: Cycle<'a>,
        authority: Option<Id<'_>>,
        on: Option<Date>,
    ) -> Result<impl Iterator<Item = BodyPlanning<'a>> + use<'a>, Failure> {
        let scope = authority.map(|code| cycle.scope(code.0, Some(wcc_core::BodyKind::Sha)));
        let scope = scope.transpose()?;
        let data = &cycle.assured.cycle;
        let each = planning::BodyPlanning::of_each(data, on.unwrap_or(data.as_of));
        let wanted = each.filter(move |planning| {
            let scope = scope.as_ref();
            scope.is_none_or(|scope| scope.contains(planning.body))
        });
        Ok(wanted.map(move |data| BodyPlanning { cycle, data }))
    }

    /// The planning of the body of an output.
    pub(crate) fn of_output(output: Output<'a>, on: Option<Date>) -> BodyPlanning<'a> {
        let cycle = output.cycle;
        let data = &cycle.assured.cycle;
        let on = on.unwrap_or(data.as_of);
        let data = planning::BodyPlanning::of(data, output.data.body, on);
        BodyPlanning { cycle, data }
    }

    fn status(&self, plan: &planning::PlanStatus<'a>) -> PlanStatus<'a> {
        PlanStatus::new(self.cycle, plan.clone())
    }
}

object! {
    /// How far the planning of one body has come on a day, and what is missing.
    BodyPlanning<'a> as "BodyPlanning" => |planning| {
        /// The body: a PCT, a cluster, or an SHA, which files plans of its own.
        body: Body<'a> = Body::of(planning.cycle.body_view(planning.data.body));
        /// The day on which something may be late.
        on: Date = planning.data.on;
        /// Whether nothing is missing: every area has a lead and every plan was filed, no action or
        /// recommendation is late, every recommendation is taken up by an action, and there is support
        /// in every area of concern.
        complete: bool = planning.data.is_complete();
        /// The number of areas that need a lead.
        areaCount: i32 = count(planning.data.areas.len());
        /// The number of areas that have a lead.
        areasAllocated: i32 = count(planning.data.allocated_count());
        /// The areas without a lead.
        areasWithoutLead: [Topic<'a>; 4] = {
            let framework = planning.cycle.framework().data;
            planning.data.areas_without_lead().map(move |data| Topic { framework, data })
        };
        /// The plans that it is to file, in the order of the framework.
        plans: [PlanStatus<'a>; 4] = planning.data.plans.iter().map(|plan| planning.status(plan));
        /// Those of them of which no version was filed.
        missingPlans: [PlanStatus<'a>; 2] = planning.data.missing_plans().map(|plan| planning.status(plan));
        /// The plans that were due before the day and of which no version is dated on or before it.
        latePlans: [PlanStatus<'a>; 2] = planning.data.late_plans().map(|plan| planning.status(plan));
        /// The number of actions in each state.
        actions: ActionCounts = ActionCounts(planning.data.actions);
        /// The recommendations to it or its cluster that no action takes up.
        recommendationsWithoutAction: [Recommendation<'a>; 2] = {
            let cycle = planning.cycle;
            planning.data.without_action.iter().map(move |data| Recommendation::of(cycle, data))
        };
        /// The recommendations to it or its cluster that should have been done before the day and
        /// are not.
        lateRecommendations: [Recommendation<'a>; 2] = {
            let cycle = planning.cycle;
            planning.data.late_recommendations.iter().map(move |data| Recommendation::of(cycle, data))
        };
        /// The areas of concern of it or its cluster for which no support was chosen or given.
        areasWithoutSupport: [AreaOfConcern<'a>; 2] = {
            let cycle = planning.cycle;
            planning.data.without_support.iter().map(move |data| AreaOfConcern::of(cycle, data))
        };
    }
}

/// The number of actions in each state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionCounts(planning::ActionCounts);

object! {
    /// The number of actions in each state.
    ActionCounts as "ActionCounts" => |ActionCounts(counts)| {
        /// Nobody has started.
        notStarted: i32 = count(counts.not_started);
        /// Somebody works on it.
        started: i32 = count(counts.started);
        /// It is done.
        done: i32 = count(counts.done);
        /// It was given up.
        stopped: i32 = count(counts.stopped);
        /// Of the first two, those that should have been done before the day.
        late: i32 = count(counts.late);
    }
}
