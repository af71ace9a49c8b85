//! Plans that a framework asks for, what was filed of them, and their lines by month.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::framework::Framework;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use jiff::civil::Date;
use wcc_core::framework::{self as rules, PlanMaker};
use wcc_core::planning;
use wcc_core::record as core;

/// A plan that a framework asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanDefinition<'a>(&'a rules::PlanDefinition);

impl<'a> PlanDefinition<'a> {
    /// The plans of a framework.
    pub(crate) fn of_framework(
        framework: Framework<'a>,
    ) -> impl Iterator<Item = PlanDefinition<'a>> {
        framework.data.plans.iter().map(PlanDefinition)
    }
}

object! {
    /// A plan that a framework asks for.
    PlanDefinition<'a> as "PlanDefinition" => |PlanDefinition(plan)| {
        /// Identifier: `strategic-plan`.
        code: Id<'a> = Id(&plan.id);
        /// Title as printed.
        title: &'a str = plan.title.as_str();
        /// Who makes it.
        of: PlanMaker = plan.of;
        /// The number of years that it covers.
        years: Option<i32> = plan.years.map(i32::from);
        /// The last day on which it may be filed.
        due: Option<Date> = plan.due;
        /// That day in the source's own words.
        asStated: Option<&'a str> = plan.as_stated.as_deref();
        /// The source of the plan and of its day.
        source: Option<&'a str> = plan.source.as_deref();
        /// The month in which its lines start, 1 for January; null if it has no lines by month.
        firstMonth: Option<i32> = plan.first_month.map(i32::from);
    }
}

/// A plan that a body is to file, with what it filed.
#[derive(Clone, Debug)]
pub(crate) struct PlanStatus<'a> {
    cycle: Cycle<'a>,
    data: planning::PlanStatus<'a>,
}

impl<'a> PlanStatus<'a> {
    /// A plan of a body in a cycle.
    pub(crate) fn new(cycle: Cycle<'a>, data: planning::PlanStatus<'a>) -> PlanStatus<'a> {
        PlanStatus { cycle, data }
    }

    /// The plans of the body of an output.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = PlanStatus<'a>> {
        let cycle = output.cycle;
        let plans = planning::plans_of(&cycle.assured.cycle, output.data.body);
        plans
            .into_iter()
            .map(move |data| PlanStatus { cycle, data })
    }

    fn filed(&self, data: &'a core::FiledPlan) -> FiledPlan<'a> {
        let cycle = self.cycle;
        FiledPlan { cycle, data }
    }
}

object! {
    /// A plan that a body is to file, with the versions that it filed.
    PlanStatus<'a> as "PlanStatus" => |status| {
        /// The plan.
        plan: PlanDefinition<'a> = PlanDefinition(status.data.definition);
        /// The newest version; null if none was filed.
        newest: Option<FiledPlan<'a>> = status.data.newest().map(|version| status.filed(version));
        /// Every version that the body filed, or its cluster for it, the newest first.
        versions: [FiledPlan<'a>; 2] = status.data.versions.iter().map(|version| status.filed(version));
        /// Whether no version was filed at all.
        missing: bool = status.data.is_missing();
        /// Whether it was due before a day and no version is dated on or before that day.
        late(
            /// The day; default: the cycle's.
            on: Option<Date>,
        ): bool = status.data.is_late_on(on.unwrap_or(status.cycle.assured.cycle.as_of));
        /// Whether its first version is of a day after it was due.
        cameLate: bool = status.data.came_late();
        /// Its lines, in the order in which they were entered; none if it has no lines by month.
        lines: [PlanLine<'a>; 10] = {
            let cycle = status.cycle;
            status.data.lines.iter().map(move |data| PlanLine { cycle, data })
        };
    }
}

/// One version of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FiledPlan<'a> {
    cycle: Cycle<'a>,
    data: &'a core::FiledPlan,
}

object! {
    /// One version of a plan that a body filed.
    FiledPlan<'a> as "FiledPlan" => |filed| {
        /// The body that filed it: the body itself, or its cluster.
        body: Body<'a> = Body::of(filed.cycle.body_view(filed.data.body));
        /// The version, an identifier within the plan: `1`, `draft-2`.
        version: Id<'a> = Id(&filed.data.version);
        /// The day from which it holds: that of its adoption or, of a draft, of its submission.
        date: Date = filed.data.date;
        /// SHA-256 of the document, if it was filed.
        document: Option<&'a str> = filed.data.document.as_deref();
        /// The local vision that it states.
        vision: Option<&'a str> = filed.data.vision.as_deref();
        /// A note on this version.
        note: Option<&'a str> = filed.data.note.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = filed.cycle.entry(filed.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = filed.cycle.entered_by(filed.data);
    }
}

/// A line of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanLine<'a> {
    cycle: Cycle<'a>,
    data: &'a core::PlanLine,
}

impl<'a> PlanLine<'a> {
    fn months(&self) -> impl Iterator<Item = PlanMonth<'a>> + use<'a> {
        let line = self.data;
        let plan = self.cycle.framework().data.plan(line.plan);
        let months = (0_u8..).zip(line.each_month());
        months.map(move |(at, (planned, actual))| PlanMonth {
            line,
            at,
            month: plan.month_at(at),
            planned,
            actual,
        })
    }
}

/// An exact number, for the schema.
fn float(number: wcc_core::Fraction) -> f64 {
    number.to_f64()
}

object! {
    /// One line of a plan: what is planned for each month of a year, and the actual figures.
    PlanLine<'a> as "PlanLine" => |line| {
        /// Identifier within the cycle.
        code: Id<'a> = Id(&line.data.id);
        /// What is counted.
        title: &'a str = line.data.title.as_ref();
        /// The unit of its figures.
        unit: &'a str = line.data.unit.as_ref();
        /// The body whose plan it is.
        body: Body<'a> = Body::of(line.cycle.body_view(line.data.body));
        /// The months, from the first month of the plan.
        months: [PlanMonth<'a>; 12] = line.months();
        /// What is planned for the whole year.
        plannedInYear: Option<f64> = line.data.planned_in_all().map(float);
        /// What it comes to over the months whose actual figures are known; null if none is.
        toDate: Option<CumulativeFigures> = line.data.cumulative(core::MONTHS).map(CumulativeFigures);
        /// Number of the ledger's entry; give it as `supersedes` to correct it.
        entry: Option<i32> = line.cycle.entry(line.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = line.cycle.entered_by(line.data);
    }
}

/// A month of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanMonth<'a> {
    line: &'a core::PlanLine,
    at: u8,
    month: u8,
    planned: f64,
    actual: Option<f64>,
}

object! {
    /// One month of a line.
    PlanMonth<'a> as "PlanMonth" => |month| {
        /// The month, 1 for January.
        month: i32 = i32::from(month.month);
        /// What is planned for it.
        planned: f64 = month.planned;
        /// The actual figure; null if it is not known.
        actual: Option<f64> = month.actual;
        /// What the line comes to up to this month, over the months whose actual figures are known;
        /// null if none is.
        toDate: Option<CumulativeFigures> = month.line.cumulative(usize::from(month.at) + 1).map(CumulativeFigures);
    }
}

/// What a line comes to over some months.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CumulativeFigures(core::CumulativeFigures);

object! {
    /// What a line comes to over the months whose actual figures are known.
    CumulativeFigures as "CumulativeFigures" => |CumulativeFigures(figures)| {
        /// The number of these months.
        months: i32 = i32::try_from(figures.months).unwrap_or(i32::MAX);
        /// What was planned for them.
        planned: f64 = float(figures.planned);
        /// The actual figure.
        actual: f64 = float(figures.actual);
        /// The actual figure less the planned one.
        variance: f64 = float(figures.variance);
    }
}
