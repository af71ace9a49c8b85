//! Agreement between raters, against published worked examples and other implementations.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test helpers may panic"
)]

use proptest::prelude::*;
use wcc_core::calibration::{
    Agreement, Coefficient, KappaWeights, Ratings, Undefined, weighted_kappa,
};
use wcc_core::outcome::Better;
use wcc_core::scale::{ScaleStep, Values};
use wcc_core::{Fraction, Scale, Step};

fn scale(points: &[&str]) -> Scale {
    let steps = points.iter().map(|points| ScaleStep {
        key: (*points).to_owned(),
        title: (*points).to_owned(),
        points: Fraction::from_decimal(points).unwrap(),
        colour: None,
    });
    Scale {
        id: "level".to_owned(),
        title: "Level".to_owned(),
        better: Better::Higher,
        values: Values::Steps(steps.collect()),
    }
}

/// Ratings from a line for each rater: keys of steps, or `.` for a missing rating.
fn ratings<'s>(scale: &'s Scale, raters: &[&str]) -> Ratings<'s> {
    let rows: Vec<Vec<Option<Step>>> = raters
        .iter()
        .map(|row| row.split_whitespace().map(|key| scale.step(key)).collect())
        .collect();
    let mut ratings = Ratings::new(scale, rows.len());
    for item in 0..rows[0].len() {
        ratings.push(rows.iter().map(|row| row[item]));
    }
    ratings
}

fn agreement(points: &[&str], raters: &[&str]) -> Agreement {
    ratings(&scale(points), raters).agreement()
}

fn value(coefficient: Result<Coefficient, Undefined>) -> f64 {
    coefficient.unwrap().value
}

#[track_caller]
fn assert_near(found: f64, published: f64, within: f64) {
    assert!(
        (found - published).abs() < within,
        "{found}, not {published}"
    );
}

/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example A: two observers,
/// two values.
#[test]
fn krippendorff_2011_a() {
    let found = agreement(&["0", "1"], &["0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"]);
    assert_near(value(found.nominal_alpha), 0.095, 0.0005);
    assert_eq!(found.items, 10);
}

/// Example B: two observers, many values without an order; `a` to `e` are 1 to 5.
#[test]
fn krippendorff_2011_b() {
    let found = agreement(
        &["1", "2", "3", "4", "5"],
        &["1 1 2 2 4 3 3 3 5 4 4 1", "2 1 2 2 2 3 3 3 5 4 4 4"],
    );
    assert_near(value(found.nominal_alpha), 0.692, 0.0005);
}

/// Example C: four observers, some ratings missing.
#[test]
fn krippendorff_2011_c() {
    let found = agreement(
        &["1", "2", "3", "4", "5"],
        &[
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ],
    );
    assert_near(value(found.nominal_alpha), 0.743, 0.0005);
    assert_near(value(found.ordinal_alpha), 0.815, 0.0005);
    assert_near(value(found.interval_alpha), 0.849, 0.0005);
    // The last item has one rating.
    assert_eq!((found.items, found.unpaired), (11, 1));
    assert_eq!(found.kappa.unwrap_err(), Undefined::MoreThanTwoRaters);
}

/// The worked example of J. Cohen, "Weighted kappa" (1968): proportions of 200 items, with weights for
/// disagreement that he chose; the second set is not symmetric. Quoted with its results in the
/// documentation of the R package psych.
#[test]
fn cohen_1968() {
    let counts = [vec![88, 14, 18], vec![10, 40, 10], vec![2, 6, 12]];
    let unweighted = |row: usize, column: usize| f64::from(u8::from(row != column));
    assert_near(weighted_kappa(&counts, &unweighted).unwrap(), 0.492, 0.0005);
    let chosen = [[0.0, 1.0, 3.0], [1.0, 0.0, 6.0], [3.0, 6.0, 0.0]];
    let weight = |row: usize, column: usize| chosen[row][column];
    assert_near(weighted_kappa(&counts, &weight).unwrap(), 0.348, 0.0005);
    let unequal = [[0.0, 1.0, 4.0], [1.0, 0.0, 6.0], [2.0, 2.0, 0.0]];
    let weight = |row: usize, column: usize| unequal[row][column];
    assert_near(weighted_kappa(&counts, &weight).unwrap(), 0.353, 0.0005);
}

/// 19 items as printed by SAS, simple and weighted. Quoted in the tests of the Python package
/// statsmodels.
#[test]
fn sas_linear_weights() {
    let counts = [vec![0, 4, 1], vec![0, 8, 0], vec![0, 1, 5]];
    let by = |weights: KappaWeights| {
        weighted_kappa(&counts, &|row, column| {
            weights.of(u16::try_from(row.abs_diff(column)).unwrap())
        })
        .unwrap()
    };
    assert_near(by(KappaWeights::Unweighted), 0.4842, 0.00005);
    assert_near(by(KappaWeights::Linear), 0.4701, 0.00005);
}

/// The data set `anxiety` of the R package irr, raters 2 and 3, with the figures of its `kappa2`,
/// which numbers the levels that occur: neither gave level 5, so level 6 is 5 here.
#[test]
fn irr_anxiety() {
    let found = agreement(
        &["1", "2", "3", "4", "5"],
        &[
            "3 5 4 5 2 4 2 4 3 3 2 3 3 3 2 2 1 3 3 4",
            "2 1 4 4 3 2 1 5 1 1 1 2 3 3 1 1 3 3 2 2",
        ],
    );
    assert_near(value(found.kappa), -0.006_289_308, 1e-6);
    assert_near(value(found.linear_kappa), 0.145_907_5, 1e-6);
    assert_near(value(found.quadratic_kappa), 0.252_032_5, 1e-6);
}

/// Every case of `agreement/figures.txt`, which other implementations computed.
#[test]
fn other_implementations() {
    let text = include_str!("agreement/figures.txt");
    let cases: Vec<&str> = text.split("case ").skip(1).collect();
    assert_eq!(cases.len(), 24);
    for case in cases {
        let lines: Vec<(&str, &str)> = case
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect();
        let of = |name: &'static str| {
            let lines = lines.iter().filter(move |(word, _)| *word == name);
            lines.map(|(_, rest)| *rest)
        };
        let points: Vec<&str> = of("points").next().unwrap().split(' ').collect();
        // The ratings are positions; the keys of the scale are points.
        let raters: Vec<String> = of("rater")
            .map(|row| {
                let keys = row.split(' ').map(|rating| match rating {
                    "." => ".",
                    position => points[position.parse::<usize>().unwrap()],
                });
                keys.collect::<Vec<&str>>().join(" ")
            })
            .collect();
        let raters: Vec<&str> = raters.iter().map(String::as_str).collect();
        let found = agreement(&points, &raters);
        for expected in of("kappa").chain(of("alpha")) {
            let (name, expected) = expected.split_once(' ').unwrap();
            let coefficient = match name {
                "unweighted" => found.kappa,
                "linear" => found.linear_kappa,
                "quadratic" => found.quadratic_kappa,
                "nominal" => found.nominal_alpha,
                "ordinal" => found.ordinal_alpha,
                _ => found.interval_alpha,
            };
            assert_near(value(coefficient), expected.parse().unwrap(), 1e-9);
        }
        for expected in of("interval") {
            let ends: Vec<f64> = expected
                .split(' ')
                .skip(1)
                .map(|end| end.parse().unwrap())
                .collect();
            let interval = found.ordinal_alpha.unwrap().interval.unwrap();
            assert_near(interval.lower, ends[0], 0.05);
            assert_near(interval.upper, ends[1], 0.05);
        }
    }
}

#[test]
fn undefined_is_a_reason() {
    let levels = ["1", "2", "3", "4"];
    let reason = |raters: &[&str]| agreement(&levels, raters).ordinal_alpha.unwrap_err();
    assert_eq!(reason(&["1 2 3"]), Undefined::OneRater);
    assert_eq!(reason(&["1 2 3", ". . ."]), Undefined::OneRater);
    assert_eq!(reason(&["1 2 .", ". 2 3"]), Undefined::FewerThanTwoPairs);
    assert_eq!(reason(&["2 2 2", "2 2 2"]), Undefined::NoVariation);
    // Kappa expects no disagreement if both raters give one and the same value.
    let same = agreement(&levels, &["2 2 2", "2 2 2"]);
    assert_eq!(same.linear_kappa.unwrap_err(), Undefined::NoVariation);
    assert_eq!((same.exact.count, same.exact.of), (3, 3));
    // Most resamples of two items out of two repeat one of them.
    let two = agreement(&levels, &["1 2", "1 2"]).ordinal_alpha.unwrap();
    assert_near(two.value, 1.0, 1e-12);
    assert_eq!(two.interval.unwrap_err(), Undefined::TooFewResamples);
}

/// Kappa is 0 by its formula, and an interval would say nothing.
#[test]
fn a_constant_rater() {
    let found = agreement(&["1", "2", "3"], &["2 2 2 2", "1 2 3 2"]);
    let kappa = found.linear_kappa.unwrap();
    assert_near(kappa.value, 0.0, 1e-12);
    assert_eq!(kappa.interval.unwrap_err(), Undefined::ConstantRater);
    assert!(found.ordinal_alpha.unwrap().interval.is_ok());
}

#[test]
fn shares_count_pairs_of_ratings() {
    let found = agreement(&["1", "2", "3", "4"], &["1 2 4", "1 3 1", ". 2 1"]);
    // 1-1; 2-3, 2-2, 3-2; 4-1, 4-1, 1-1.
    assert_eq!((found.exact.count, found.exact.of), (3, 7));
    let near = found.within_one.unwrap();
    assert_eq!((near.count, near.of), (5, 7));
    assert_eq!(found.raters, 3);
}

prop_compose! {
    fn items()(raters in 2_usize..5)(
        items in prop::collection::vec(prop::collection::vec(prop::option::of(0_u16..4), raters), 2..30),
        raters in Just(raters),
        order in any::<u64>(),
    ) -> (usize, Vec<Vec<Option<u16>>>, u64) {
        (raters, items, order)
    }
}

fn agreement_of(raters: usize, items: &[Vec<Option<u16>>]) -> Agreement {
    let scale = scale(&["1", "2", "3", "4"]);
    let mut ratings = Ratings::new(&scale, raters);
    for item in items {
        ratings.push(item.iter().map(|position| position.map(Step::at)));
    }
    ratings.agreement()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order of items and raters changes nothing, to the last digit, intervals included.
    #[test]
    fn order_makes_no_difference((raters, items, order) in items()) {
        let found = agreement_of(raters, &items);
        let mut others = items.clone();
        let by = usize::try_from(order % others.len() as u64).unwrap();
        others.rotate_left(by);
        others.reverse();
        for item in &mut others {
            item.reverse();
        }
        prop_assert_eq!(found, agreement_of(raters, &others));
    }

    /// No coefficient is above 1, and each lies in its interval's range of possible values.
    #[test]
    fn coefficients_are_at_most_one((raters, items, _) in items()) {
        let found = agreement_of(raters, &items);
        for coefficient in [
            found.kappa, found.linear_kappa, found.quadratic_kappa,
            found.nominal_alpha, found.ordinal_alpha, found.interval_alpha,
        ].into_iter().flatten() {
            prop_assert!(coefficient.value <= 1.0 + 1e-12);
            if let Ok(interval) = coefficient.interval {
                prop_assert!(interval.lower <= interval.upper);
                prop_assert!(interval.upper <= 1.0 + 1e-12);
            }
        }
    }

    /// Alpha is 1 exactly if every two ratings of an item agree.
    #[test]
    fn full_agreement_is_one((raters, items, _) in items()) {
        let found = agreement_of(raters, &items);
        if let Ok(alpha) = found.nominal_alpha {
            let is_one = (alpha.value - 1.0).abs() < 1e-12;
            prop_assert_eq!(is_one, found.exact.count == found.exact.of);
        }
    }
}
