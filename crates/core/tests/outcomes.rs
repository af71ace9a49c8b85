//! Outcomes: rates with their reasons, placings, and what the checks flag.

#![allow(clippy::expect_used, reason = "helpers of tests may fail them")]

mod support;

use proptest::prelude::*;
use support::Making;
use wcc_core::outcome::{
    Better, ChosenOutcome, NoRate, OutcomeScope, Rates, Series, YearValue, growth_rate, series_rate,
};
use wcc_core::{RecordId, assure};

fn chosen(making: &Making, pct: &str, slot: u16, better: Better, rates: Rates) -> ChosenOutcome {
    ChosenOutcome {
        record: RecordId(u32::from(slot)),
        pct: making.body(pct),
        slot,
        outcome: "mortality".into(),
        title: "Mortality".into(),
        better,
        scope: OutcomeScope::Local,
        newly_selected: false,
        series: Series::Persons,
        rates,
        values: Vec::new(),
        stated_position: None,
        panel_view: None,
        inferred: None,
        source: None,
    }
}

fn rates(historic: f64, top_decile: f64, aspiration: f64) -> Rates {
    Rates {
        historic: Some(historic),
        national: Some(historic),
        ons_cluster: Some(historic),
        top_decile: Some(top_decile),
        aspiration: Some(aspiration),
    }
}

type Flag = (&'static str, Better, f64, f64, f64, &'static [&'static str]);

/// Direction, historic rate, top decile, aspiration, and the checks that must fire: the figures
/// are those of a published panel report.
const FLAGS: &[Flag] = &[
    (
        "cancer mortality",
        Better::Lower,
        -2.5,
        -4.5,
        -1.2,
        &["aspiration-weaker-than-history"],
    ),
    (
        "cardiovascular",
        Better::Lower,
        -5.0,
        -9.9,
        -3.9,
        &["aspiration-weaker-than-history"],
    ),
    (
        "life expectancy",
        Better::Higher,
        0.5,
        0.8,
        0.5,
        &["aspiration-equals-history"],
    ),
    (
        "alcohol",
        Better::Lower,
        15.8,
        -0.9,
        7.7,
        &["aspiration-is-a-worsening"],
    ),
    (
        "experience",
        Better::Higher,
        -1.4,
        1.5,
        1.9,
        &["aspiration-beyond-top-decile"],
    ),
    (
        "wrong direction",
        Better::Higher,
        1.0,
        -9.9,
        2.0,
        &["aspiration-beyond-top-decile", "direction-contradicted"],
    ),
    ("sound", Better::Lower, -1.0, -9.9, -2.0, &[]),
];

#[test]
fn the_published_figures_raise_the_flags_that_they_should() {
    for (name, better, historic, top, aspiration, expected) in FLAGS {
        let mut making = Making::new();
        let outcome = chosen(
            &making,
            "5KF",
            1,
            *better,
            rates(*historic, *top, *aspiration),
        );
        making.cycle.outcomes.push(outcome);
        let cycle = making.checked();
        let assurance = assure(&cycle, Vec::new(), None);
        let mut found: Vec<&str> = assurance
            .findings
            .iter()
            .map(|finding| &*finding.check)
            .collect();
        found.retain(|check| *check != "fewer-outcomes-than-asked");
        found.retain(|check| *check != "aspiration-weaker-than-comparators");
        found.retain(|check| *check != "history-weaker-than-benchmarks");
        found.sort_unstable();
        assert_eq!(found, *expected, "{name}");
    }
}

#[test]
fn quartiles_need_four_pcts_and_count_improvement_as_best() {
    let mut making = Making::new();
    for (pct, rate) in [("5KF", -9.0), ("5KG", -1.0), ("5KL", 0.0), ("5J9", 4.0)] {
        let outcome = chosen(&making, pct, 1, Better::Lower, rates(rate, -9.9, -1.0));
        making.cycle.outcomes.push(outcome);
    }
    let (best, worst) = (making.body("5KF"), making.body("5J9"));
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let placing = |pct| {
        let output = assurance.output(pct).expect("assured");
        output.outcomes[0].improvement.expect("four PCTs")
    };
    assert_eq!((placing(best).place, placing(best).quartile), (1, 1));
    assert_eq!((placing(worst).place, placing(worst).quartile), (4, 4));
}

fn values(list: &[(i16, f64)]) -> Vec<YearValue> {
    let value = |(year, value): &(i16, f64)| YearValue {
        year: *year,
        value: Some(*value),
        break_before: false,
    };
    list.iter().map(value).collect()
}

#[test]
fn a_rate_says_why_there_is_none() {
    assert_eq!(series_rate(&[], 3), Err(NoRate::NoValues));
    assert_eq!(
        series_rate(&values(&[(2008, 5.0)]), 3),
        Err(NoRate::TooFewValues)
    );
    assert_eq!(
        series_rate(&values(&[(2005, 0.0), (2008, 5.0)]), 3),
        Err(NoRate::StartsAtZero)
    );
    assert_eq!(
        series_rate(&values(&[(2005, -1.0), (2008, 5.0)]), 3),
        Err(NoRate::ChangesSign)
    );
    assert_eq!(
        series_rate(&values(&[(2003, 1.0), (2008, 5.0)]), 3),
        Err(NoRate::StartMissing),
        "the start of the span is missing"
    );
}

#[test]
fn a_rate_does_not_reach_over_a_break() {
    let mut series = values(&[(2004, 900.0), (2005, 1000.0), (2006, 100.0), (2008, 121.0)]);
    series[2].break_before = true;
    let rate = series_rate(&series, 3).expect("two values since the break");
    assert!((rate - 10.0).abs() < 1e-9, "{rate}");
}

proptest! {
    #[test]
    fn a_rate_leads_from_the_start_to_the_end(
        start in 0.001_f64..1e6, end in 0.001_f64..1e6, years in 1_u8..20,
    ) {
        let years = f64::from(years);
        let rate = growth_rate(start, end, years).expect("both positive");
        let reached = start * (1.0 + rate / 100.0).powf(years);
        prop_assert!((reached / end - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_rate_that_is_no_number_is_not_available() {
    assert_eq!(
        growth_rate(f64::MIN_POSITIVE, f64::MAX, 1.0),
        Err(NoRate::TooLarge)
    );
    assert_eq!(
        series_rate(&values(&[(2007, 1e-300), (2008, 1e300)]), 3),
        Err(NoRate::TooLarge)
    );
    // Years as far apart as their type allows.
    let rate = series_rate(&values(&[(i16::MIN, 100.0), (i16::MAX, 100.0)]), u16::MAX);
    assert_eq!(rate, Ok(0.0));
}
