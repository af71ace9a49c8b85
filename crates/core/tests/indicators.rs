//! Growth, quartiles and benchmarks of indicators, against simple second implementations.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a test may panic, and compares exact figures"
)]

use proptest::prelude::*;
use wcc_core::indicator::{
    Distribution, IndicatorValue, NoGrowth, Outlier, PeriodError, PeriodForm, growth, longest_span,
    parse_period, percentile, ranks, trajectory,
};
use wcc_core::outcome::{Better, NoRate, YearSpan};

fn series(values: &[(i16, Option<f64>, bool)]) -> Vec<IndicatorValue> {
    let value = |(year, value, break_before): &(i16, Option<f64>, bool)| IndicatorValue {
        year: *year,
        break_before: *break_before,
        value: *value,
        limits: None,
    };
    values.iter().map(value).collect()
}

const SPAN: YearSpan = YearSpan {
    from: 2007,
    to: 2010,
};

#[test]
fn growth_is_undefined_with_its_reason() {
    let known = |value: f64| Some(value);
    type Row = (i16, Option<f64>, bool);
    let cases: [(&[Row], Result<f64, NoGrowth>); 14] = [
        (&[], Err(NoGrowth::EndMissing(2010))),
        (
            &[(2010, known(1.0), false)],
            Err(NoGrowth::StartMissing(2007)),
        ),
        (
            &[(2007, known(1.0), false), (2010, None, false)],
            Err(NoGrowth::EndMissing(2010)),
        ),
        (
            &[
                (2007, known(1.0), false),
                (2008, known(1.0), false),
                (2010, known(2.0), false),
            ],
            Err(NoGrowth::Gap(2009)),
        ),
        (
            &[
                (2007, known(1.0), false),
                (2008, known(1.0), false),
                (2009, None, false),
                (2010, known(2.0), false),
            ],
            Err(NoGrowth::Gap(2009)),
        ),
        // A break at the start does not matter, one inside or at the end does.
        (
            &[
                (2007, known(8.0), true),
                (2008, known(4.0), false),
                (2009, known(2.0), false),
                (2010, known(1.0), false),
            ],
            Ok(-50.0),
        ),
        (
            &[
                (2007, known(8.0), false),
                (2008, known(4.0), true),
                (2009, known(2.0), false),
                (2010, known(1.0), false),
            ],
            Err(NoGrowth::Break(2008)),
        ),
        (
            &[
                (2007, known(8.0), false),
                (2008, known(4.0), false),
                (2009, known(2.0), false),
                (2010, known(1.0), true),
            ],
            Err(NoGrowth::Break(2010)),
        ),
        // The break of a missing value counts as well.
        (
            &[
                (2007, known(8.0), false),
                (2008, known(4.0), false),
                (2009, None, true),
                (2010, known(1.0), false),
            ],
            Err(NoGrowth::Break(2009)),
        ),
        (
            &flat(0.0, 5.0),
            Err(NoGrowth::Undefined(NoRate::StartsAtZero)),
        ),
        (
            &flat(-1.0, 5.0),
            Err(NoGrowth::Undefined(NoRate::ChangesSign)),
        ),
        (
            &flat(5.0, -1.0),
            Err(NoGrowth::Undefined(NoRate::ChangesSign)),
        ),
        (
            &flat(-5.0, -1.0),
            Err(NoGrowth::Undefined(NoRate::BelowZero)),
        ),
        (&flat(5.0, 0.0), Ok(-100.0)),
    ];
    for (rows, expected) in cases {
        assert_eq!(growth(&series(rows), SPAN), expected, "{rows:?}");
    }
    let huge = growth(&series(&flat(f64::MIN_POSITIVE, f64::MAX)), SPAN);
    assert!(huge.is_ok_and(f64::is_finite) || huge == Err(NoGrowth::Undefined(NoRate::TooLarge)));
}

/// Ends with the same ratio, which binary fractions cannot hold, are ties; and a figure on a fence is
/// no outlier.
#[test]
fn equal_growth_is_a_tie() {
    for (ends, ratio) in [
        (
            &[(0.1, 0.3), (1.0, 3.0), (0.7, 2.1), (100.0, 300.0)][..],
            3.0,
        ),
        (&[(0.3, 0.1), (4.11, 1.37), (0.003, 0.001)], 1.0 / 3.0),
        (
            &[(384.22, 422.642), (0.1, 0.11), (1.0, 1.1), (30.0, 33.0)],
            1.1,
        ),
    ] {
        let rates = ends
            .iter()
            .map(|(start, end)| growth(&series(&flat(*start, *end)), SPAN).unwrap());
        let rates: Vec<f64> = rates.collect();
        assert!(rates.iter().all(|rate| *rate == rates[0]), "{rates:?}");
        let expected = (f64::powf(ratio, 1.0 / 3.0) - 1.0) * 100.0;
        assert!((rates[0] - expected).abs() < 1e-9);
    }
    // Quartiles 0.2 and 0.4: the fence is at 0.4 + 1.5 * 0.2.
    let figures = [0.1, 0.2, 0.3, 0.4, 0.7];
    let spread = Distribution::of(Better::Higher, figures).unwrap();
    assert_eq!(spread.outlier(0.7), None);
    assert_eq!(spread.outlier(0.700_001), Some(Outlier::Better));
}

fn flat(start: f64, end: f64) -> [(i16, Option<f64>, bool); 4] {
    [
        (2007, Some(start), false),
        (2008, Some(start), false),
        (2009, Some(end), false),
        (2010, Some(end), false),
    ]
}

#[test]
fn the_longest_span_stops_at_gaps_and_breaks() {
    let rows = series(&[
        (2004, Some(1.0), false),
        (2006, Some(1.0), false),
        (2007, Some(1.0), false),
        (2008, Some(1.0), true),
        (2009, Some(1.0), false),
        (2010, Some(1.0), false),
    ]);
    let span = |to, most| longest_span(&rows, to, most).map(|span| (span.from, span.to));
    assert_eq!(span(2010, 3), Some((2008, 2010)));
    assert_eq!(span(2010, 1), Some((2009, 2010)));
    assert_eq!(span(2008, 3), None);
    assert_eq!(span(2007, 3), Some((2006, 2007)));
    assert_eq!(span(2004, 3), None);
    assert_eq!(span(2011, 3), None);
}

#[test]
fn periods_are_read_and_written() {
    let pooled = |financial, years| PeriodForm { financial, years };
    let cases = [
        ("2011", Ok((2011, PeriodForm::CALENDAR)), "2011"),
        ("2011/12", Ok((2011, PeriodForm::FINANCIAL)), "2011/12"),
        ("2011/2012", Ok((2011, PeriodForm::FINANCIAL)), "2011/12"),
        ("1999/00", Ok((1999, PeriodForm::FINANCIAL)), "1999/00"),
        ("2009-11", Ok((2009, pooled(false, 3))), "2009-2011"),
        (
            "2009\u{2013}2011",
            Ok((2009, pooled(false, 3))),
            "2009-2011",
        ),
        ("1998-02", Ok((1998, pooled(false, 5))), "1998-2002"),
        ("2009-2010", Ok((2009, pooled(false, 2))), "2009-2010"),
        (
            "2009/10-2011/12",
            Ok((2009, pooled(true, 3))),
            "2009/10-2011/12",
        ),
        ("2009-10", Err(PeriodError::Ambiguous(2009)), ""),
        ("2009/11", Err(PeriodError::NotAYear), ""),
        ("2009-2030", Err(PeriodError::Length), ""),
        ("2011-2009", Err(PeriodError::Length), ""),
        ("11/12", Err(PeriodError::Form), ""),
        ("Q1 2011", Err(PeriodError::Form), ""),
        ("2009-10-11", Err(PeriodError::Form), ""),
        ("", Err(PeriodError::Form), ""),
        ("20\u{e9}1", Err(PeriodError::Form), ""),
    ];
    for (text, expected, written) in cases {
        let read = parse_period(text);
        assert_eq!(read, expected, "{text}");
        if let Ok((year, form)) = read {
            assert_eq!(form.period(year), written);
            assert_eq!(parse_period(written), expected);
        }
    }
}

#[test]
fn small_sets_and_ties_are_ranked_as_documented() {
    assert_eq!(ranks(&[1.0, 2.0, 3.0]), None);
    assert_eq!(Distribution::of(Better::Higher, [1.0, 2.0, 3.0]), None);
    let placed: Vec<(u32, u8)> = ranks(&[4.0, 9.0, 9.0, 1.0, 4.0])
        .unwrap()
        .iter()
        .map(|rank| (rank.place, rank.quartile))
        .collect();
    assert_eq!(placed, [(3, 2), (1, 1), (1, 1), (5, 4), (3, 2)]);
}

#[test]
fn outliers_lie_beyond_the_fences() {
    // Quartiles 2 and 4, so the fences are at -1 and 7.
    let figures = [1.0, 2.0, 3.0, 4.0, 5.0];
    let higher = Distribution::of(Better::Higher, figures).unwrap();
    assert_eq!(
        (higher.lower_quartile, higher.median, higher.upper_quartile),
        (2.0, 3.0, 4.0)
    );
    assert_eq!(higher.outlier(7.0), None);
    assert_eq!(higher.outlier(7.5), Some(Outlier::Better));
    assert_eq!(higher.outlier(-1.5), Some(Outlier::Worse));
    let lower = Distribution::of(Better::Lower, figures).unwrap();
    assert_eq!((lower.lower_quartile, lower.upper_quartile), (4.0, 2.0));
    assert_eq!(lower.outlier(7.5), Some(Outlier::Worse));
    assert_eq!(lower.top_decile, 1.4);
}

#[test]
fn a_trajectory_is_beside_what_happened() {
    let targets = series(&[
        (2008, Some(10.0), false),
        (2009, Some(9.0), false),
        (2010, Some(8.0), false),
    ]);
    let measured = series(&[(2008, Some(10.4), false), (2009, Some(8.5), false)]);
    let words = |better| {
        let years = trajectory(better, &targets, &measured);
        years
            .iter()
            .map(|year| (year.in_words(), year.is_met()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(Better::Lower),
        [
            ("0.4 above the trajectory, worse".to_owned(), Some(false)),
            ("0.5 below the trajectory, better".to_owned(), Some(true)),
            ("no value yet".to_owned(), None),
        ]
    );
    assert_eq!(
        words(Better::Higher)[0].0,
        "0.4 above the trajectory, better"
    );
}

/// The quartile by counting, for each figure, how many are better.
fn naive_quartiles(figures: &[f64]) -> Vec<u8> {
    let quartile = |figure: &f64| {
        let better = figures.iter().filter(|other| *other > figure).count();
        let share = better as f64 / figures.len() as f64;
        if share < 0.25 {
            1
        } else if share < 0.5 {
            2
        } else if share < 0.75 {
            3
        } else {
            4
        }
    };
    figures.iter().map(quartile).collect()
}

/// The percentile by walking through the sorted figures.
fn naive_percentile(figures: &[f64], share: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(|one, other| one.partial_cmp(other).unwrap());
    let mut rest = share * (sorted.len() - 1) as f64;
    let mut at = 0;
    while rest >= 1.0 {
        rest -= 1.0;
        at += 1;
    }
    match sorted.get(at + 1) {
        Some(next) => sorted[at] * (1.0 - rest) + next * rest,
        None => sorted[at],
    }
}

proptest! {
    #[test]
    fn quartiles_are_those_of_counting(
        figures in prop::collection::vec((-20i32..20).prop_map(|whole| f64::from(whole) / 4.0), 4..60)
    ) {
        let quartiles: Vec<u8> = ranks(&figures).unwrap().iter().map(|rank| rank.quartile).collect();
        prop_assert_eq!(quartiles, naive_quartiles(&figures));
    }

    #[test]
    fn percentiles_are_those_of_walking(
        figures in prop::collection::vec(-1e6..1e6, 1..60), share in 0.0..=1.0,
    ) {
        let mut sorted = figures.clone();
        sorted.sort_by(f64::total_cmp);
        let found: f64 = percentile(&sorted, share).unwrap();
        let naive = naive_percentile(&figures, share);
        prop_assert!((found - naive).abs() <= 1e-6, "{found} {naive}");
        prop_assert!(sorted[0] <= found && found <= sorted[sorted.len() - 1]);
    }

    /// Turning the scale round and the direction with it changes only signs.
    #[test]
    fn direction_is_symmetric(figures in prop::collection::vec(-1e3..1e3, 4..60)) {
        let turned: Vec<f64> = figures.iter().map(|figure: &f64| -figure).collect();
        let one = Distribution::of(Better::Higher, figures.iter().copied()).unwrap();
        let other = Distribution::of(Better::Lower, turned.iter().copied()).unwrap();
        prop_assert_eq!(one.top_decile, -other.top_decile);
        prop_assert_eq!(one.upper_quartile, -other.upper_quartile);
        prop_assert_eq!(one.worse_fence, -other.worse_fence);
        for (figure, turned) in figures.iter().zip(&turned) {
            prop_assert_eq!(one.outlier(*figure), other.outlier(*turned));
        }
    }

    /// The order of the figures changes nothing.
    #[test]
    fn order_is_irrelevant(figures in prop::collection::vec(-1e3..1e3, 4..40), seed in 0usize..1000) {
        let mut other = figures.clone();
        let middle = seed % other.len();
        other.rotate_left(middle);
        other.reverse();
        prop_assert_eq!(
            Distribution::of(Better::Lower, figures.iter().copied()),
            Distribution::of(Better::Lower, other.iter().copied())
        );
        let rank_of = |list: &[f64]| {
            let mut ranked: Vec<(u64, u32)> = list
                .iter()
                .zip(ranks(list).unwrap())
                .map(|(figure, rank)| (figure.to_bits(), rank.place))
                .collect();
            ranked.sort_unstable();
            ranked
        };
        prop_assert_eq!(rank_of(&figures), rank_of(&other));
    }

    /// A rate is the same in any unit, and compounding it leads from the start to the end.
    #[test]
    fn growth_has_no_unit(start in 0.01..1e4, end in 0.01..1e4, unit in 0.001..1e3) {
        let rate = |start: f64, end: f64| growth(&series(&flat(start, end)), SPAN).unwrap();
        let plain = rate(start, end);
        let scaled = rate(start * unit, end * unit);
        prop_assert!((plain - scaled).abs() <= 1e-7 * (1.0 + plain.abs()));
        let compounded = start * (1.0 + plain / 100.0).powi(3);
        prop_assert!((compounded - end).abs() <= 1e-7 * end.max(start));
    }
}
