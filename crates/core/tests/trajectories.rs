//! The check that a year-by-year trajectory agrees with the aspiration.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::Arc;
use support::CycleBuilder;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, PeriodForm, SeriesRole};
use wcc_core::outcome::{Better, OutcomeScope, SeriesIndex, YearValue};
use wcc_core::record::{ChosenOutcome, IndicatorSeries, Rates, Selection, StatedPerformance};
use wcc_core::{Finding, RecordId, assure};

type Years<'a> = &'a [(i16, f64)];

/// A PCT's outcome with its measured values and targets.
#[derive(Clone)]
struct Plan {
    better: Better,
    aspiration: Option<f64>,
    measured: Vec<IndicatorValue>,
    targets: Vec<IndicatorValue>,
    /// Values given with the outcome instead of with an indicator.
    own_values: Vec<YearValue>,
}

fn values(years: Years<'_>) -> Vec<IndicatorValue> {
    let value = |(year, value): &(i16, f64)| IndicatorValue {
        year: *year,
        break_before: false,
        value: Some(*value),
        limits: None,
    };
    years.iter().map(value).collect()
}

impl Plan {
    fn new(better: Better, aspiration: f64, measured: Years<'_>, targets: Years<'_>) -> Plan {
        Plan {
            better,
            aspiration: Some(aspiration),
            measured: values(measured),
            targets: values(targets),
            own_values: Vec::new(),
        }
    }

    fn findings(&self) -> Vec<Arc<Finding>> {
        let mut making = CycleBuilder::new();
        let pct = making.body("5KF");
        making.cycle.records.outcomes.push(ChosenOutcome {
            record: RecordId(1),
            pct,
            slot: 1,
            outcome: "admissions".into(),
            title: "Admissions".into(),
            better: self.better,
            scope: OutcomeScope::Local,
            newly_selected: false,
            series: SeriesIndex::default(),
            rates: Rates {
                aspiration: self.aspiration,
                ..Rates::default()
            },
            values: self.own_values.clone(),
            stated: StatedPerformance::default(),
            selection: Selection::default(),
            panel_view: None,
            inferred: None,
            source: None,
        });
        let each = [
            (2, SeriesRole::Own, &self.measured),
            (3, SeriesRole::Target, &self.targets),
        ];
        for (record, role, values) in each {
            if values.is_empty() {
                continue;
            }
            making.cycle.records.indicators.push(IndicatorSeries {
                record: RecordId(record),
                body: pct,
                indicator: "admitted".into(),
                series: SeriesIndex::default(),
                role,
                form: PeriodForm {
                    financial: true,
                    years: 1,
                },
                values: values.as_slice().into(),
                definition: Some(Arc::new(IndicatorDefinition {
                    title: "Admitted".into(),
                    unit: "per 1,000".into(),
                    better: self.better,
                    outcome: Some("admissions".into()),
                    min: None,
                    max: None,
                    source: None,
                })),
                confidence: None,
                inferred: None,
                source: None,
            });
        }
        let assurance = assure(&making.checked(), Vec::new(), None);
        let mut findings = assurance.findings;
        findings.retain(|finding| &*finding.check == "trajectory-contradicts-aspiration");
        findings
    }

    fn message(&self) -> Option<String> {
        let findings = self.findings();
        assert!(findings.len() <= 1, "{findings:?}");
        findings.first().map(|finding| finding.message.to_string())
    }
}

const HISTORY: Years<'_> = &[(2006, 420.0), (2007, 410.0), (2008, 400.0)];

#[test]
fn another_direction_or_another_end_is_reported() {
    let lower = |aspiration, targets| Plan::new(Better::Lower, aspiration, HISTORY, targets);
    let cases: [(&str, Plan, Option<&str>); 11] = [
        (
            "the end that the aspiration leads to",
            lower(
                -3.0,
                &[
                    (2009, 388.0),
                    (2010, 376.4),
                    (2011, 365.1),
                    (2012, 354.1),
                    (2013, 343.5),
                ],
            ),
            None,
        ),
        (
            "whole figures hide the last decimals",
            lower(-3.0, &[(2009, 388.0), (2013, 343.0)]),
            None,
        ),
        (
            "too slow",
            lower(-3.0, &[(2009, 396.0), (2013, 380.0)]),
            Some(
                "Admissions: the trajectory, from 400, measured for 2008/09, to 380 for 2013/14, is \
                 -1.0% a year, but the aspiration, -3.0% a year, would end at 343.5",
            ),
        ),
        (
            "too fast",
            lower(-1.0, &[(2009, 380.0), (2010, 300.0)]),
            Some(
                "Admissions: the trajectory, from 400, measured for 2008/09, to 300 for 2010/11, is \
                 -13.4% a year, but the aspiration, -1.0% a year, would end at 392",
            ),
        ),
        (
            "the other way",
            lower(-3.0, &[(2009, 404.0), (2010, 410.0)]),
            Some(
                "Admissions: the trajectory, from 400, measured for 2008/09, to 410 for 2010/11, is a \
                 worsening (lower is better), but the aspiration, -3.0% a year, is an improvement",
            ),
        ),
        (
            "the other way where higher is better",
            Plan::new(
                Better::Higher,
                -3.0,
                HISTORY,
                &[(2009, 404.0), (2010, 410.0)],
            ),
            Some(
                "Admissions: the trajectory, from 400, measured for 2008/09, to 410 for 2010/11, is an \
                 improvement (higher is better), but the aspiration, -3.0% a year, is a worsening",
            ),
        ),
        (
            "no change",
            lower(-3.0, &[(2009, 400.0), (2010, 400.0)]),
            Some(
                "Admissions: the trajectory, from 400, measured for 2008/09, to 400 for 2010/11, is \
                 0.0% a year, but the aspiration, -3.0% a year, would end at 376.4",
            ),
        ),
        (
            "a first target that is the measured value is the start",
            lower(-3.0, &[(2008, 400.0), (2009, 388.0)]),
            None,
        ),
        (
            "without a value before, the first target is the start",
            lower(-3.0, &[(2010, 380.0), (2012, 370.0)]),
            Some(
                "Admissions: the trajectory, from 380, its target for 2010/11, to 370 for 2012/13, is \
                 -1.3% a year, but the aspiration, -3.0% a year, would end at 357.5",
            ),
        ),
        (
            "one target without a value before",
            lower(-3.0, &[(2011, 900.0)]),
            None,
        ),
        (
            "from below zero only the direction counts",
            Plan::new(
                Better::Higher,
                2.0,
                &[(2008, -4.0)],
                &[(2009, -3.0), (2010, 5.0)],
            ),
            None,
        ),
    ];
    for (name, plan, expected) in cases {
        assert_eq!(plan.message().as_deref(), expected, "{name}");
    }
}

#[test]
fn targets_that_are_not_comparable_are_not_compared() {
    let sound = Plan::new(
        Better::Lower,
        -3.0,
        HISTORY,
        &[(2009, 410.0), (2010, 420.0)],
    );
    assert!(sound.message().is_some());
    let mut broken = sound.clone();
    broken.targets[1].break_before = true;
    assert_eq!(broken.message(), None);
    let mut without_aspiration = sound.clone();
    without_aspiration.aspiration = None;
    assert_eq!(without_aspiration.message(), None);
    // The values may be given with the outcome.
    let mut own = sound.clone();
    own.measured.clear();
    own.own_values.push(YearValue {
        year: 2008,
        value: Some(400.0),
        break_before: false,
    });
    assert_eq!(own.message(), sound.message());
}

fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

proptest! {
    /// Targets that follow the aspiration are never reported, however they are rounded; an end that
    /// is a tenth off always is.
    #[test]
    fn rounding_is_no_contradiction(
        start in 20_u32..90_000,
        rate in -150_i32..150,
        years in 1_i16..6,
        decimals in 0_i32..3,
        higher in any::<bool>(),
    ) {
        let better = if higher { Better::Higher } else { Better::Lower };
        let (start, rate) = (f64::from(start), f64::from(rate) / 10.0);
        let target = |year: i16| start * (1.0 + rate / 100.0).powi(i32::from(year));
        let targets: Vec<(i16, f64)> = (1..=years)
            .map(|year| (2008 + year, rounded(target(year), decimals)))
            .collect();
        let plan = Plan::new(better, rate, &[(2008, start)], &targets);
        prop_assert_eq!(plan.message(), None);
        let mut off = targets;
        if let Some((_, last)) = off.last_mut() {
            *last = rounded(target(years) * 1.1 + 1.0, decimals);
        }
        let plan = Plan::new(better, rate, &[(2008, start)], &off);
        prop_assert!(plan.message().is_some());
    }
}
