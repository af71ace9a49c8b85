//! Outcomes: rates and the reasons for missing ones, placings, and the findings of the checks.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use std::sync::Arc;
use support::CycleBuilder;
use wcc_core::outcome::{
    Better, NoRate, OutcomeScope, SeriesIndex, YearSpan, YearValue, growth_rate, series_rate,
};
use wcc_core::output::PlacedBy;
use wcc_core::record::{
    ChosenOutcome, Rates, Selection, StatedChange, StatedPerformance, StatedPosition,
};
use wcc_core::{Assurance, RecordId, assure};

fn chosen(
    making: &CycleBuilder,
    pct: &str,
    slot: u16,
    better: Better,
    rates: Rates,
) -> ChosenOutcome {
    ChosenOutcome {
        record: RecordId(u32::from(slot)),
        pct: making.body(pct),
        slot,
        outcome: "mortality".into(),
        title: "Mortality".into(),
        better,
        scope: OutcomeScope::Local,
        newly_selected: false,
        series: SeriesIndex::default(),
        rates,
        values: Vec::new(),
        stated: StatedPerformance::default(),
        selection: Selection::default(),
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
        historic_years: None,
    }
}

type Flag = (&'static str, Better, f64, f64, f64, &'static [&'static str]);

/// Direction, historic rate, top decile, aspiration and the expected checks. The figures come from
/// a published panel report.
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
        let mut making = CycleBuilder::new();
        let outcome = chosen(
            &making,
            "5KF",
            1,
            *better,
            rates(*historic, *top, *aspiration),
        );
        making.cycle.records.outcomes.push(outcome);
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
    let mut making = CycleBuilder::new();
    for (pct, rate) in [("5KF", -9.0), ("5KG", -1.0), ("5KL", 0.0), ("5J9", 4.0)] {
        let outcome = chosen(&making, pct, 1, Better::Lower, rates(rate, -9.9, -1.0));
        making.cycle.records.outcomes.push(outcome);
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

/// Returns the messages of one check, in order.
fn messages<'a>(assurance: &'a Assurance, check: &str) -> Vec<&'a str> {
    let all = assurance.findings.iter();
    all.filter(|finding| &*finding.check == check)
        .map(|finding| &*finding.message)
        .collect()
}

/// Assures PCTs that each have a series of values and no stated rate.
fn with_series(series: &[(&str, &[(i16, f64)])]) -> (CycleBuilder, Assurance) {
    let mut making = CycleBuilder::new();
    making.cycle.pcts.push(making.body("5D9"));
    for (pct, list) in series {
        let benchmarks = Rates {
            historic: None,
            ..rates(-1.0, -2.0, -1.5)
        };
        let mut outcome = chosen(&making, pct, 1, Better::Lower, benchmarks);
        outcome.values = values(list);
        making.cycle.records.outcomes.push(outcome);
    }
    let bodies = CycleBuilder::new();
    (bodies, assure(&making.checked(), Vec::new(), None))
}

const THREE_YEARS: &[(i16, f64)] = &[(2005, 100.0), (2006, 98.0), (2007, 97.0), (2008, 96.0)];

#[test]
fn a_rate_over_another_span_is_labelled_and_neither_compared_nor_ranked() {
    let (making, assurance) = with_series(&[
        ("5KF", THREE_YEARS),
        ("5KG", THREE_YEARS),
        ("5KL", THREE_YEARS),
        ("5J9", THREE_YEARS),
        ("5D9", &[(2007, 100.0), (2008, 104.9)]),
    ]);
    let result = |pct| {
        &assurance
            .output(making.body(pct))
            .expect("assured")
            .outcomes[0]
    };
    let short = result("5D9");
    let rate = short.historic.expect("two values");
    assert!(rate.computed && !rate.comparable);
    assert_eq!(rate.in_words(), "+4.9% a year over one year, 2007 to 2008");
    assert_eq!(short.improvement, None, "not ranked");
    assert_eq!(short.comparable(), None);
    let placing = result("5KF")
        .improvement
        .expect("four PCTs with three years");
    assert_eq!(placing.among, 4);
    let years = YearSpan {
        from: 2005,
        to: 2008,
    };
    let by = PlacedBy::Rate {
        span: 3,
        years: Some(years),
    };
    assert_eq!(placing.by, by);
    assert_eq!(
        placing.in_words("PCTs"),
        "1st of the 4 PCTs of this case that have this outcome and a three-year rate of \
         improvement, 2005 to 2008 (quartile 1; 1 is best)"
    );
    let found = messages(&assurance, "rate-over-another-span");
    assert_eq!(
        found,
        [
            "Mortality: the historic rate is +4.9% a year over one year, 2007 to 2008, not over three \
          years; it is not compared or ranked"
        ]
    );
    for finding in &assurance.findings {
        let compares = ["history-weaker-than-benchmarks", "large-swing"];
        let about_short = finding.body == making.body("5D9");
        assert!(
            !(about_short && compares.contains(&&*finding.check)),
            "{finding:?}"
        );
    }
}

#[test]
fn a_stated_rate_with_other_years_is_not_compared_either() {
    let mut making = CycleBuilder::new();
    let mut outcome = chosen(&making, "5KF", 1, Better::Lower, rates(-5.0, -9.9, -1.0));
    outcome.rates.historic_years = Some(YearSpan {
        from: 2006,
        to: 2008,
    });
    making.cycle.records.outcomes.push(outcome);
    let assurance = assure(&making.checked(), Vec::new(), None);
    assert_eq!(
        messages(&assurance, "aspiration-weaker-than-history"),
        [""; 0]
    );
    assert_eq!(messages(&assurance, "rate-over-another-span").len(), 1);
}

#[test]
fn placings_by_value_compare_values_of_the_same_year() {
    let (making, assurance) = with_series(&[
        ("5KF", THREE_YEARS),
        ("5KG", &[(2007, 80.0), (2008, 90.0)]),
        ("5KL", &[(2007, 70.0), (2008, 80.0)]),
        ("5J9", &[(2007, 60.0), (2008, 70.0)]),
        ("5D9", &[(2006, 1.0), (2007, 50.0)]),
    ]);
    let place = |pct| {
        let output = assurance.output(making.body(pct)).expect("assured");
        let placing = output.outcomes[0].level.expect("at least four PCTs");
        (placing.place, placing.among, placing.by)
    };
    let in_year = |year| PlacedBy::Value { year };
    assert_eq!(place("5J9"), (1, 4, in_year(2008)));
    assert_eq!(place("5KF"), (4, 4, in_year(2008)));
    assert_eq!(place("5D9"), (1, 5, in_year(2007)), "its latest value");
}

#[test]
fn stated_changes_positions_and_swings_are_compared_with_the_rate() {
    let mut making = CycleBuilder::new();
    let framework = Arc::make_mut(&mut making.cycle.framework);
    framework.outcomes.little_change = Some(1.0);
    framework.outcomes.large_swing = Some(10.0);
    let stated = [
        (13.5, -1.8, None, Some(-1.0)),
        (-5.0, -5.5, Some(StatedPosition::LittleChange), None),
        (-1.0, -5.5, Some(StatedPosition::LittleChange), Some(-3.0)),
        (2.0, -7.9, Some(StatedPosition::Improved), Some(3.0)),
    ];
    for (slot, (historic, aspiration, position, change)) in (1..).zip(stated) {
        let list = rates(historic, -9.9, aspiration);
        let mut outcome = chosen(&making, "5KF", slot, Better::Lower, list);
        outcome.outcome = format!("outcome-{slot}").into();
        outcome.title = format!("Outcome {slot}").into();
        outcome.stated = StatedPerformance {
            position,
            change: change.map(|percent| StatedChange {
                percent,
                source: Some("page 6".into()),
            }),
            ..StatedPerformance::default()
        };
        making.cycle.records.outcomes.push(outcome);
    }
    let assurance = assure(&making.checked(), Vec::new(), None);
    assert_eq!(
        messages(&assurance, "change-stated-against-rate"),
        [
            "Outcome 1: a change of -1.0% over the last year is stated (page 6), but the historic rate \
          is +13.5% a year (lower is better)"
        ]
    );
    assert_eq!(
        messages(&assurance, "improvement-stated-against-rate"),
        [
            "Outcome 2: reported as \"little change\" over the last year, but the historic rate is \
             -5.0% a year (lower is better)",
            "Outcome 4: reported as \"improved\" over the last year, but the historic rate is \
             +2.0% a year (lower is better)",
        ]
    );
    assert_eq!(
        messages(&assurance, "large-swing"),
        [
            "Outcome 1: the historic rate is +13.5% a year and the aspiration -1.8% a year, a \
          swing of 15.3 percentage points a year"
        ]
    );
}

proptest! {
    /// A sentence compares the figures that it shows: it contains no "-0.0%" and does not call two
    /// equal figures different.
    #[test]
    fn findings_never_contradict_their_own_figures(
        figures in proptest::collection::vec(-0.2..0.2_f64, 5),
        lower in any::<bool>(),
    ) {
        let mut making = CycleBuilder::new();
        let better = if lower { Better::Lower } else { Better::Higher };
        let list = Rates {
            historic: Some(figures[0]),
            national: Some(figures[1]),
            ons_cluster: Some(figures[2]),
            top_decile: Some(figures[3]),
            aspiration: Some(figures[4]),
            historic_years: None,
        };
        let outcome = chosen(&making, "5KF", 1, better, list);
        making.cycle.records.outcomes.push(outcome);
        let assurance = assure(&making.checked(), Vec::new(), None);
        for finding in &assurance.findings {
            prop_assert!(!finding.message.contains("-0.0"), "{}", finding.message);
            prop_assert!(!finding.message.contains("+0.0"), "{}", finding.message);
            let numbers: Vec<f64> = finding.numbers.iter().map(|number| number.value).collect();
            if finding.message.contains("weaker") || finding.message.contains("behind") {
                prop_assert!(numbers[1..].iter().all(|other| *other != numbers[0]));
            }
            if &*finding.check == "aspiration-is-a-worsening" {
                prop_assert!(numbers[0] != 0.0, "{}", finding.message);
            }
        }
    }
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
fn a_missing_rate_has_a_reason() {
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
        series_rate(&values(&[(2005, -1.0), (2008, -2.0)]), 3),
        Err(NoRate::BelowZero),
        "a fall, which would read as growth"
    );
    assert_eq!(
        series_rate(&values(&[(2003, 1.0), (2008, 5.0)]), 3),
        Err(NoRate::StartMissing),
        "the start of the span is missing"
    );
}

#[test]
fn a_stated_rate_is_compared_with_the_values_of_its_years() {
    let check = |stated: f64, years: Option<YearSpan>, list: &[(i16, f64)]| {
        let mut making = CycleBuilder::new();
        let mut outcome = chosen(&making, "5KF", 1, Better::Lower, rates(stated, -9.0, -6.0));
        outcome.rates.historic_years = years;
        outcome.values = values(list);
        making.cycle.records.outcomes.push(outcome);
        let assurance = assure(&making.checked(), Vec::new(), None);
        let found = messages(&assurance, "rate-stated-against-values");
        found.first().map(|message| (*message).to_owned())
    };
    let span = |from, to| Some(YearSpan { from, to });
    let list = [(2004, 100.0), (2007, 90.0)];
    let message = "Mortality: the historic rate is stated as -6.0% a year, but the values by year \
                give -3.5% a year, 2004 to 2007";
    assert_eq!(
        check(-6.0, span(2004, 2007), &list).as_deref(),
        Some(message)
    );
    assert_eq!(check(-6.0, None, &list).as_deref(), Some(message));
    assert_eq!(check(-3.4, None, &list), None, "rounded");
    assert_eq!(check(-6.0, span(2003, 2006), &list), None, "other years");
    assert_eq!(check(-6.0, None, &list[..1]), None, "no rate by the values");
}

#[test]
fn a_rate_does_not_span_a_break() {
    let mut series = values(&[(2004, 900.0), (2005, 1000.0), (2006, 100.0), (2008, 121.0)]);
    series[2].break_before = true;
    let (rate, _) = series_rate(&series, 3).expect("two values since the break");
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
fn a_rate_that_is_not_a_number_is_unavailable() {
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
    assert_eq!(rate.map(|(rate, _)| rate), Ok(0.0));
}
