//! Lines of a plan that is profiled by month.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::fraction::Fraction;
use crate::framework::{Methods, PlanIndex};
use crate::words::number;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The number of months in a profile.
pub const MONTHS: usize = 12;

/// One line of a plan: what is planned for each month of a year, and the actual figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanLine {
    /// Its number.
    pub record: RecordId,
    /// The body whose plan it is.
    pub body: BodyIndex,
    /// The plan.
    pub plan: PlanIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is counted.
    pub title: Box<str>,
    /// The unit of its figures.
    pub unit: Box<str>,
    /// The planned figure of each month, from the first month of the plan: [`MONTHS`] of them, in `unit`.
    pub planned: Vec<f64>,
    /// The actual figure of each month so far; at most [`MONTHS`], `None` if it is not known.
    pub actual: Vec<Option<f64>>,
}

/// What a line comes to over the months whose actual figures are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CumulativeFigures {
    /// The number of these months.
    pub months: usize,
    /// What was planned for them.
    pub planned: Fraction,
    /// The actual figure.
    pub actual: Fraction,
    /// The actual figure less the planned one.
    pub variance: Fraction,
}

impl PlanLine {
    /// The planned and the actual figure of each month.
    pub fn each_month(&self) -> impl Iterator<Item = (f64, Option<f64>)> {
        let actual = self.actual.iter().copied();
        let actual = actual.chain(std::iter::repeat(None));
        self.planned.iter().copied().zip(actual)
    }

    /// What the line comes to over those of its first months whose actual figures are known. `None`
    /// if there is none, or if a sum has too many digits to be exact.
    pub fn cumulative(&self, first_months: usize) -> Option<CumulativeFigures> {
        let mut months = 0;
        let (mut planned, mut actual) = (Fraction::from(0), Fraction::from(0));
        for (planned_figure, actual_figure) in self.each_month().take(first_months) {
            let Some(actual_figure) = actual_figure else {
                continue;
            };
            months += 1;
            planned = planned.plus(Fraction::from_written(planned_figure)?)?;
            actual = actual.plus(Fraction::from_written(actual_figure)?)?;
        }
        let variance = actual.plus(planned.times(-1)?)?;
        (months > 0).then_some(CumulativeFigures {
            months,
            planned,
            actual,
            variance,
        })
    }

    /// What is planned for the whole year.
    pub fn planned_in_all(&self) -> Option<Fraction> {
        let mut figures = self.planned.iter();
        figures.try_fold(Fraction::from(0), |sum, figure| {
            sum.plus(Fraction::from_written(*figure)?)
        })
    }
}

/// A [`PlanLine`] in codes.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanLineFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the plan in the framework.
    pub plan: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is counted.
    pub title: Box<str>,
    /// The unit of its figures.
    pub unit: Box<str>,
    /// The planned figure of each month, from the first month of the plan: [`MONTHS`] of them, in `unit`.
    pub planned: Vec<f64>,
    /// The actual figure of each month so far; at most [`MONTHS`], `None` if it is not known.
    pub actual: Vec<Option<f64>>,
}

impl RecordCodes for PlanLineFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn summary(&self, _: &Methods) -> String {
        let known = self.actual.iter().flatten().count();
        let (id, plan, body) = (&self.id, &self.plan, &self.body);
        format!("line {id} of plan {plan} of {body}: {known} of {MONTHS} months")
    }
}

impl CycleRecord for PlanLine {
    fn kind(&self) -> RecordKind {
        RecordKind::PlanLine
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn identifier(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn plan(&self) -> Option<PlanIndex> {
        Some(self.plan)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_plan(self.plan)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        let framework = context.framework;
        let plan = framework.plan(self.plan);
        if plan.first_month.is_none() {
            let monthly = framework.plans.iter();
            let monthly = monthly.filter(|plan| plan.first_month.is_some());
            let known: Vec<&str> = monthly.map(|plan| plan.id.as_str()).collect();
            let message = match known.is_empty() {
                true => format!("{} has no lines by month", plan.title),
                false => format!(
                    "{} has no lines by month; give {}",
                    plan.title,
                    crate::words::any_of(known.iter().copied())
                ),
            };
            let rule = RuleViolation::new("plan-by-month", "plan", message);
            broken.push(rule.choosing(&plan.id, known));
        }
        if self.planned.len() != MONTHS {
            let message = format!(
                "there are {} planned figures: give one for each of the {MONTHS} months",
                self.planned.len()
            );
            broken.push(RuleViolation::new("profile-of-months", "planned", message));
        }
        if self.actual.len() > MONTHS {
            let message = format!(
                "there are {} actual figures: a year has {MONTHS} months",
                self.actual.len()
            );
            broken.push(RuleViolation::new("profile-of-months", "actual", message));
        }
        let planned = self.planned.iter().map(|figure| ("planned", *figure));
        let actual = self.actual.iter().flatten();
        let actual = actual.map(|figure| ("actual", *figure));
        let mut inexact = planned
            .chain(actual)
            .filter(|(_, figure)| Fraction::from_written(*figure).is_none());
        if let Some((field, figure)) = inexact.next() {
            let message = format!(
                "{} cannot be stored exactly: give at most 15 digits",
                number(figure)
            );
            broken.push(RuleViolation::new("figure-exact", field, message));
        } else if broken.is_empty()
            && (self.planned_in_all().is_none()
                || self.actual.iter().flatten().next().is_some()
                    && self.cumulative(MONTHS).is_none())
        {
            let message = "the figures have too many digits to be added exactly";
            broken.push(RuleViolation::new("figure-exact", "planned", message));
        }
        broken
    }
}

impl RecordType for PlanLine {
    type Fact = PlanLineFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "plan-line";
    const ACT: &'static str = "record-plan-line";
    /// As the plan itself.
    const IS_REFERENCE: bool = true;

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(fact: PlanLineFact, reader: &CodeReader<'_>) -> Result<PlanLine, UnknownCode> {
        Ok(PlanLine {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            plan: reader.plan("plan", &fact.plan)?,
            id: fact.id,
            title: fact.title,
            unit: fact.unit,
            planned: fact.planned,
            actual: fact.actual,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PlanLineFact {
        PlanLineFact {
            body: writer.body(self.body),
            plan: writer.plan(self.plan),
            id: self.id.clone(),
            title: self.title.clone(),
            unit: self.unit.clone(),
            planned: self.planned.clone(),
            actual: self.actual.clone(),
        }
    }
}
