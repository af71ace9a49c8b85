//! How far the planning of each body has come: who leads which area, which plans were filed, which
//! actions are late, and what is missing.
//!
//! Pure: a statement about the records of a cycle on a day that the caller names.

use crate::body::{BodyIndex, BodyKind};
use crate::cycle::Cycle;
use crate::framework::{PlanDefinition, PlanIndex, PlanMaker};
use crate::progress::{cluster_of, topmost_bodies};
use crate::record::{
    ActionState, AreaOfConcern, CycleRecord, FiledPlan, LeadAllocation, PlanLine, PlannedAction,
    Recommendation, SupportOption, Topic,
};
use jiff::civil::Date;

/// An area for which a body needs a lead, with its lead if it has one.
#[derive(Clone, Copy, Debug)]
pub struct AreaToLead<'a> {
    /// The area.
    pub area: &'a Topic,
    /// Its lead: the body's own, or that of its cluster.
    pub lead: Option<&'a LeadAllocation>,
}

/// The areas for which a body needs a lead, in the order of the framework.
pub fn areas_to_lead(cycle: &Cycle, body: BodyIndex) -> Vec<AreaToLead<'_>> {
    let areas = cycle.framework.areas_to_lead.iter();
    let areas = areas.map(|area| AreaToLead {
        area,
        lead: lead_of(cycle, body, Some(area)),
    });
    areas.collect()
}

/// Who coordinates the work of a body as a whole.
pub fn coordinator(cycle: &Cycle, body: BodyIndex) -> Option<&LeadAllocation> {
    lead_of(cycle, body, None)
}

fn lead_of<'a>(
    cycle: &'a Cycle,
    body: BodyIndex,
    area: Option<&Topic>,
) -> Option<&'a LeadAllocation> {
    let of = |body: BodyIndex| {
        let mut leads = cycle.records.leads.slice(cycle.leads_of(body)).iter();
        leads.find(|lead| lead.area.as_ref() == area)
    };
    of(body).or_else(|| of(group_of(cycle, body)?))
}

/// The cluster whose plans, actions and leads are those of a PCT as well.
fn group_of(cycle: &Cycle, body: BodyIndex) -> Option<BodyIndex> {
    cluster_of(&cycle.organisations, body, cycle.as_of)
}

/// Those of some records that are on a body or its cluster.
fn of_body_or_group<'a, T: CycleRecord>(
    cycle: &Cycle,
    records: &'a [T],
    body: BodyIndex,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let group = group_of(cycle, body);
    let records = records.iter();
    records.filter(move |record| record.body() == body || Some(record.body()) == group)
}

/// A plan that a body is to file, with what it filed.
#[derive(Clone, Debug)]
pub struct PlanStatus<'a> {
    /// The plan.
    pub plan: PlanIndex,
    /// What the framework says of it.
    pub definition: &'a PlanDefinition,
    /// The versions that were filed by the body or for it by its cluster, the newest first.
    pub versions: Vec<&'a FiledPlan>,
    /// Its lines, in the order in which they were entered.
    pub lines: Vec<&'a PlanLine>,
}

impl<'a> PlanStatus<'a> {
    /// The newest version.
    pub fn newest(&self) -> Option<&'a FiledPlan> {
        self.versions.first().copied()
    }

    /// Whether no version was filed at all.
    pub fn is_missing(&self) -> bool {
        self.versions.is_empty()
    }

    /// Whether it was due before a day, and no version is of that day or before.
    pub fn is_late_on(&self, day: Date) -> bool {
        let mut versions = self.versions.iter();
        self.definition.due.is_some_and(|due| due < day)
            && !versions.any(|version| version.date <= day)
    }

    /// Whether its first version came after it was due.
    pub fn came_late(&self) -> bool {
        let first = self.versions.iter().map(|version| version.date).min();
        let due = self.definition.due;
        first.zip(due).is_some_and(|(first, due)| first > due)
    }
}

/// Every plan that a body is to file, in the order of the framework. Functions file none.
pub fn plans_of(cycle: &Cycle, body: BodyIndex) -> Vec<PlanStatus<'_>> {
    let maker = match cycle.organisations.body(body).kind {
        BodyKind::Pct | BodyKind::Cluster => PlanMaker::Bodies,
        BodyKind::Sha => PlanMaker::Authorities,
        BodyKind::Function => return Vec::new(),
    };
    let group = group_of(cycle, body);
    let is_own = |of: BodyIndex| of == body || Some(of) == group;
    let filed: Vec<&FiledPlan> = std::iter::once(body)
        .chain(group)
        .flat_map(|body| cycle.records.plans.slice(cycle.plans_of(body)))
        .collect();
    let plans = cycle.framework.each_plan();
    let plans = plans.filter(|(_, definition)| definition.of == maker);
    let plans = plans.map(|(plan, definition)| {
        let versions = filed.iter().copied();
        let mut versions: Vec<&FiledPlan> = versions.filter(|filed| filed.plan == plan).collect();
        versions.sort_by_key(|version| std::cmp::Reverse((version.date, version.record)));
        let lines = cycle.records.plan_lines.iter();
        let lines = lines.filter(|line| line.plan == plan && is_own(line.body));
        PlanStatus {
            plan,
            definition,
            versions,
            lines: lines.collect(),
        }
    });
    plans.collect()
}

/// The actions of a body and its cluster, in the order in which they were entered.
pub fn actions_of(cycle: &Cycle, body: BodyIndex) -> impl Iterator<Item = &PlannedAction> {
    of_body_or_group(cycle, &cycle.records.actions, body)
}

/// The number of actions in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActionCounts {
    /// Not started yet.
    pub not_started: usize,
    /// Started.
    pub started: usize,
    /// Done.
    pub done: usize,
    /// Stopped.
    pub stopped: usize,
    /// Of the first two, those that should have been done before the day.
    pub late: usize,
}

impl ActionCounts {
    /// Counts actions on a day.
    pub fn of<'a>(actions: impl IntoIterator<Item = &'a PlannedAction>, on: Date) -> ActionCounts {
        let mut counts = ActionCounts::default();
        for action in actions {
            let count = match action.state {
                ActionState::NotStarted => &mut counts.not_started,
                ActionState::Started => &mut counts.started,
                ActionState::Done => &mut counts.done,
                ActionState::Stopped => &mut counts.stopped,
            };
            *count += 1;
            counts.late += usize::from(action.is_late_on(on));
        }
        counts
    }
}

/// How far the planning of one body has come.
#[derive(Clone, Debug)]
pub struct BodyPlanning<'a> {
    /// The body.
    pub body: BodyIndex,
    /// The areas for which it needs a lead; none for an SHA.
    pub areas: Vec<AreaToLead<'a>>,
    /// The plans that it is to file.
    pub plans: Vec<PlanStatus<'a>>,
    /// Its actions.
    pub actions: ActionCounts,
    /// Recommendations to it or its cluster that no action takes up.
    pub without_action: Vec<&'a Recommendation>,
    /// Recommendations to it or its cluster that should have been done before the day and are not.
    pub late_recommendations: Vec<&'a Recommendation>,
    /// Areas of concern of it or its cluster for which no support was chosen or given.
    pub without_support: Vec<&'a AreaOfConcern>,
    /// The day.
    pub on: Date,
}

impl<'a> BodyPlanning<'a> {
    /// The planning of a body on a day.
    pub fn of(cycle: &'a Cycle, body: BodyIndex, on: Date) -> BodyPlanning<'a> {
        let is_assured = cycle.organisations.body(body).kind != BodyKind::Sha;
        BodyPlanning {
            body,
            areas: if is_assured {
                areas_to_lead(cycle, body)
            } else {
                Vec::new()
            },
            plans: plans_of(cycle, body),
            actions: ActionCounts::of(actions_of(cycle, body), on),
            without_action: recommendations_to(cycle, body)
                .filter(|recommendation| actions_on(cycle, &recommendation.id).next().is_none())
                .collect(),
            late_recommendations: recommendations_to(cycle, body)
                .filter(|recommendation| recommendation.follow_up.is_late_on(on))
                .collect(),
            without_support: areas_of_concern(cycle, body)
                .filter(|area| !is_supported(cycle, area))
                .collect(),
            on,
        }
    }

    /// The planning of each PCT of a cycle in the order of the cycle, and after them that of the SHAs
    /// that assure them.
    pub fn of_each(cycle: &'a Cycle, on: Date) -> impl Iterator<Item = BodyPlanning<'a>> {
        let each = planning_bodies(cycle).into_iter();
        each.map(move |body| BodyPlanning::of(cycle, body, on))
    }

    /// How many of the areas have a lead.
    pub fn allocated_count(&self) -> usize {
        self.areas.iter().filter(|area| area.lead.is_some()).count()
    }

    /// The areas without a lead.
    pub fn areas_without_lead(&self) -> impl Iterator<Item = &'a Topic> {
        let areas = self.areas.iter();
        areas
            .filter(|area| area.lead.is_none())
            .map(|area| area.area)
    }

    /// The plans of which no version was filed.
    pub fn missing_plans(&self) -> impl Iterator<Item = &PlanStatus<'a>> {
        self.plans.iter().filter(|plan| plan.is_missing())
    }

    /// The plans that are late on the day.
    pub fn late_plans(&self) -> impl Iterator<Item = &PlanStatus<'a>> {
        let on = self.on;
        self.plans.iter().filter(move |plan| plan.is_late_on(on))
    }

    /// Whether nothing is missing: every area has a lead and every plan was filed, no action or
    /// recommendation is late, every recommendation is taken up, and there is support in every area of
    /// concern.
    pub fn is_complete(&self) -> bool {
        self.areas_without_lead().next().is_none()
            && self.missing_plans().next().is_none()
            && self.actions.late == 0
            && self.without_action.is_empty()
            && self.late_recommendations.is_empty()
            && self.without_support.is_empty()
    }
}

/// The bodies that plan: each PCT of a cycle in the order of the cycle, and after them the SHAs that
/// assure them.
pub(crate) fn planning_bodies(cycle: &Cycle) -> Vec<BodyIndex> {
    let authorities = topmost_bodies(cycle).into_iter();
    let authorities =
        authorities.filter(|body| cycle.organisations.body(*body).kind == BodyKind::Sha);
    cycle.pcts.iter().copied().chain(authorities).collect()
}

/// The recommendations to a body or its cluster.
fn recommendations_to(cycle: &Cycle, body: BodyIndex) -> impl Iterator<Item = &Recommendation> {
    of_body_or_group(cycle, &cycle.records.recommendations, body)
}

/// The areas of concern that a body or its cluster shares.
pub fn areas_of_concern(cycle: &Cycle, body: BodyIndex) -> impl Iterator<Item = &AreaOfConcern> {
    of_body_or_group(cycle, &cycle.records.areas_of_concern, body)
}

/// Whether support in an area of concern was chosen or given.
pub fn is_supported(cycle: &Cycle, area: &AreaOfConcern) -> bool {
    support_in(cycle, &area.id).any(|option| option.state.is_granted())
}

/// The options of support in an area of concern.
pub fn support_in<'a>(
    cycle: &'a Cycle,
    area_of_concern: &'a str,
) -> impl Iterator<Item = &'a SupportOption> {
    let options = cycle.records.support.iter();
    options.filter(move |option| *option.area_of_concern == *area_of_concern)
}

/// The actions that take up a recommendation.
pub fn actions_on<'a>(
    cycle: &'a Cycle,
    recommendation: &'a str,
) -> impl Iterator<Item = &'a PlannedAction> {
    let actions = cycle.records.actions.iter();
    actions.filter(move |action| {
        let origin = action.origin.as_ref();
        origin.and_then(|origin| origin.recommendation()) == Some(recommendation)
    })
}
