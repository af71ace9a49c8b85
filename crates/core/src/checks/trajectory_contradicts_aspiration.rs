//! Trajectory contradicts the aspiration.

use super::{Check, Findings, OutcomeView, View};
use crate::finding::Severity;
use crate::indicator::{
    IndicatorValue, SeriesRole, TrajectoryCourse, figure, own_series, series_of_outcome,
};
use crate::percent::{a_year, to_one_decimal};
use crate::record::IndicatorSeries;
use crate::words::number;

/// Aspirations are compared with one decimal, as outputs show them.
const RATE_ROUNDING: f64 = 0.05;

pub(super) static CHECK: Check = Check {
    id: "trajectory-contradicts-aspiration",
    title: "Trajectory contradicts the aspiration",
    severity: Severity::Warning,
    what: "The year-by-year targets of an outcome go the other way than its aspiration, or end at \
           another value than the aspiration leads to. The trajectory starts from the value measured \
           for the period before the first target (without one, from the first target) and ends with \
           the last target. An end that rounded figures can explain is not reported, and without a \
           growth rate (from zero or below) only the direction is compared.",
    why: "The {body} is held to both, and only one of them can be meant.",
    example: "Admissions were 400 in 2008 and the targets end at 380 in 2013, which is -1.0% a year; \
              the aspiration, -3.0% a year, would end at 343.5.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let Some(aspiration) = outcome.shown.aspiration else {
            continue;
        };
        let Some((targets, course)) = course(view, &outcome) else {
            continue;
        };
        let title = outcome.chosen.full_title(&view.cycle.framework);
        let period = |year: i16| targets.form.period(year);
        let (from, to) = (period(course.years.from), period(course.years.to));
        let start = if course.is_start_measured {
            format!("{}, measured for {from},", number(course.start))
        } else {
            format!("{}, its target for {from},", number(course.start))
        };
        let end = format!("{} for {to}", number(course.end));
        let wanted = outcome.improvement(aspiration);
        let planned = outcome.improvement(course.change());
        let rate = course.rate().map(to_one_decimal);
        let mut numbers = vec![("aspiration, % a year", aspiration)];
        numbers.extend(rate.map(|rate| ("trajectory, % a year", rate)));
        if wanted * planned < 0.0 {
            let named = |change: f64| {
                if change > 0.0 {
                    "an improvement"
                } else {
                    "a worsening"
                }
            };
            let message = format!(
                "{title}: the trajectory, from {start} to {end}, is {} ({} is better), but the \
                 aspiration, {}, is {}",
                named(planned),
                outcome.chosen.better.name(),
                a_year(aspiration),
                named(wanted),
            );
            findings.on_outcome(outcome.chosen, message, &numbers);
        } else if let Some(rate) = rate
            && !course.keeps_rate(aspiration, RATE_ROUNDING)
        {
            let expected = course.end_at(aspiration);
            numbers.push(("end of the trajectory", course.end));
            numbers.push(("end at the aspiration", expected));
            let message = format!(
                "{title}: the trajectory, from {start} to {end}, is {}, but the aspiration, {}, would \
                 end at {}",
                a_year(rate),
                a_year(aspiration),
                figure(expected),
            );
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}

/// The targets of an outcome, and their course from the measured start.
fn course<'a>(
    view: &View<'a>,
    outcome: &OutcomeView<'a>,
) -> Option<(&'a IndicatorSeries, TrajectoryCourse)> {
    let (cycle, chosen) = (view.cycle, outcome.chosen);
    let (pct, id, series) = (chosen.pct, &chosen.outcome, chosen.series);
    let targets = series_of_outcome(cycle, pct, id, series, SeriesRole::Target)?;
    let course = match own_series(cycle, pct, id, series) {
        Some(measured) => TrajectoryCourse::of(&targets.values, &measured.values),
        None => TrajectoryCourse::of(&targets.values, &values_of_outcome(outcome)),
    };
    Some((targets, course?))
}

/// The values that are given with the outcome itself, sorted by year.
fn values_of_outcome(outcome: &OutcomeView<'_>) -> Vec<IndicatorValue> {
    let values = outcome.chosen.values.iter().map(|value| IndicatorValue {
        year: value.year,
        break_before: value.break_before,
        value: value.value,
        limits: None,
    });
    let mut values: Vec<IndicatorValue> = values.collect();
    values.sort_by_key(|value| value.year);
    values
}
