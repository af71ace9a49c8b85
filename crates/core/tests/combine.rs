//! The named combination rules: a table of known results, and properties of every rule.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use support::{combination, level, mean, rating};
use wcc_core::combine::{Band, Combination, Condition, Counting, Input, Rounding, Rule};
use wcc_core::framework::ScaleIndex;
use wcc_core::outcome::Better;
use wcc_core::scale::{ScaleStep, Values};
use wcc_core::{Fraction, Scale, Step};

/// Rule, levels and expected result ("?" is unknown).
const TABLE: &[(&str, &str, &str)] = &[
    ("lowest", "2 3 3", "2"),
    ("lowest", "3 2 2", "2"),
    ("lowest", "1 3 3", "1"),
    ("lowest", "2 3 4", "2"),
    ("mean step-below", "2 3 3", "2"),
    ("mean step-below", "3 2 2", "2"),
    ("mean step-below", "1 3 3", "2"),
    ("mean step-below", "2 3 4", "3"),
    ("mean nearest-step", "2 3 3", "3"),
    ("mean nearest-step", "3 2 2", "2"),
    ("mean nearest-step", "1 3 3", "2"),
    ("mean nearest-step", "2 3 4", "3"),
    ("mean nearest-step", "2 3", "3"),
    ("median", "2 3 3", "3"),
    ("median", "3 2 2", "2"),
    ("median", "1 3 3", "3"),
    ("median", "2 3 4", "3"),
    ("median", "2 3", "2"),
    // The result is unknown exactly when a missing value could change it.
    ("lowest", "2 ? 3", "?"),
    ("lowest", "1 ? 3", "1"),
    ("median", "3 3 ?", "3"),
    ("median", "2 3 ?", "?"),
    ("mean nearest-step", "?", "?"),
    ("mean nearest-step", "2 2 2 2 2 2 ?", "2"),
    ("mean nearest-step", "2 2 ?", "?"),
    ("mean step-below", "3 3 3 3 ?", "?"),
    ("mean step-below", "2 2 2 ?", "?"),
    ("lowest", "? ?", "?"),
    ("lowest", "", "?"),
];

#[test]
fn named_rules_give_the_known_results() {
    let scale = level();
    for (rule, levels, expected) in TABLE {
        let (rule, rounding) = rule.split_once(' ').unwrap_or((rule, ""));
        let mut roundings = Rounding::ALL.into_iter();
        let combination = Combination {
            rounding: roundings.find(|each| each.name() == rounding),
            ..combination(Rule::named(rule).expect("a rule"), 0)
        };
        let inputs = levels
            .split_whitespace()
            .map(|key| (scale.step(key), &scale));
        let result = combination.combine(inputs, &scale);
        let key = result.step.map_or("?".into(), |step| scale.key(step));
        assert_eq!(key, *expected, "{rule} of {levels}");
    }
}

#[test]
fn strategy_with_two_ambers_is_amber_by_the_worst() {
    let scale = rating();
    let inputs = ["green", "amber", "amber", "green", "green"].map(|key| (scale.step(key), &scale));
    let result = combination(Rule::WorstOf, 0).combine(inputs, &scale);
    assert_eq!(result.step, scale.step("amber"));
    let sum = result.sum.expect("all inputs are known");
    let points = |points: i32| Fraction::from(points);
    assert_eq!(
        (sum.points, sum.most, sum.count),
        (points(8), points(10), 5)
    );
}

fn decimal(text: &str) -> Fraction {
    Fraction::from_decimal(text).expect("a decimal")
}

fn banded(rule: Rule, bands: &[(&str, u16)]) -> Combination {
    let band = |(from, step): &(&str, u16)| Band {
        from: decimal(from),
        above: false,
        step: Step::at(*step),
    };
    Combination {
        bands: bands.iter().map(band).collect(),
        ..combination(rule, 1)
    }
}

fn counting(conditions: &[(u16, u16, u16)], otherwise: u16) -> Combination {
    let condition = |(at_least, at_or_below, gives): &(u16, u16, u16)| Condition {
        at_least: *at_least,
        at_or_below: Step::at(*at_or_below),
        gives: Step::at(*gives),
    };
    Combination {
        counting: Some(Counting {
            scale: ScaleIndex(0),
            conditions: conditions.iter().map(condition).collect(),
            otherwise: Step::at(otherwise),
        }),
        ..combination(Rule::Counts, 1)
    }
}

#[test]
fn sums_and_percentages_are_placed_in_bands() {
    // South Tees' public-engagement indicator: 3, 2, 2, 2, 2 of five domains is 11, green.
    let domains = support::scale("domain", &[("0", 0), ("1", 1), ("2", 2), ("3", 3)]);
    let result = rating();
    let inputs = || ["3", "2", "2", "2", "2"].map(|key| (domains.step(key), &domains));
    let sum = banded(Rule::Sum, &[("0", 0), ("6", 1), ("11", 2)]);
    let combined = sum.combine(inputs(), &result);
    assert_eq!(combined.step, result.step("green"));
    let figure = |rule: &Combination, combined| rule.figure_in_words(&combined, &result, None);
    assert_eq!(figure(&sum, combined).as_deref(), Some("sum 11 of 15"));
    // 11 of 15 is 73.33 percent.
    let percent = banded(Rule::Percent, &[("0", 0), ("73.34", 1)]);
    let combined = percent.combine(inputs(), &result);
    assert_eq!(combined.step, result.step("red"));
    assert_eq!(figure(&percent, combined).as_deref(), Some("73.3%"));
    let percent = banded(Rule::Percent, &[("0", 0), ("50", 1)]);
    let combined = percent.combine(inputs(), &result);
    assert_eq!(figure(&percent, combined).as_deref(), Some("73.3%"));
}

#[test]
fn a_percentage_just_below_its_band_stays_below_unless_the_rule_rounds() {
    // 17 of 27 points are 62.96 percent.
    let score = support::scale("score", &[("1", 1), ("2", 2), ("3", 3)]);
    let result = rating();
    let inputs = || {
        let twos = std::iter::repeat_n("2", 8);
        twos.chain(["1"]).map(|key| (score.step(key), &score))
    };
    let exact = banded(Rule::Percent, &[("0", 0), ("39", 1), ("63", 2)]);
    let combined = exact.combine(inputs(), &result);
    assert_eq!(combined.step, result.step("amber"));
    let words = exact.figure_in_words(&combined, &result, None);
    assert_eq!(words.as_deref(), Some("62.96%"));
    let rounding = Combination {
        rounding: Some(Rounding::Whole),
        ..exact
    };
    let combined = rounding.combine(inputs(), &result);
    assert_eq!(combined.step, result.step("green"));
    let words = rounding.figure_in_words(&combined, &result, None);
    assert_eq!(words.as_deref(), Some("62.96%, rounded to 63%"));
}

#[test]
fn a_rounded_mean_is_shown_with_the_decimals_that_rounding_drops() {
    let score = support::scale("score", &[("1", 1), ("2", 2), ("3", 3)]);
    let result = rating();
    let rule = Combination {
        rounding: Some(Rounding::TwoDecimals),
        ..banded(Rule::Mean, &[("0", 0), ("1.5", 1), ("2.5", 2)])
    };
    let words = |keys: &[&str]| {
        let inputs = keys.iter().map(|key| (score.step(key), &score));
        let combined = rule.combine(inputs, &result);
        rule.figure_in_words(&combined, &result, None)
    };
    let thirds = words(&["1", "2", "2"]);
    assert_eq!(thirds.as_deref(), Some("mean 1.6667, rounded to 1.67"));
    // Nothing is said of rounding if it changes nothing.
    assert_eq!(words(&["1", "2"]).as_deref(), Some("mean 1.50"));
}

#[test]
fn two_ambers_make_an_area_amber_where_the_rule_counts() {
    let scale = rating();
    let rule = counting(&[(1, 0, 0), (2, 1, 1)], 2);
    let of = |keys: &str| {
        let inputs = keys.split(' ').map(|key| (scale.step(key), &scale));
        let combined = rule.combine(inputs, &scale);
        let words = rule.figure_in_words(&combined, &scale, Some(&scale));
        (
            combined
                .step
                .map_or("?".into(), |step| scale.key(step))
                .into_owned(),
            words.unwrap_or_default(),
        )
    };
    let strategy = of("green amber amber green green");
    assert_eq!(
        strategy,
        ("amber".to_owned(), "2 of 5 at amber or below".to_owned())
    );
    let finance = of("green green green green amber");
    assert_eq!(
        finance,
        ("green".to_owned(), "1 of 5 at amber or below".to_owned())
    );
    assert_eq!(
        of("green red green"),
        ("red".to_owned(), "1 of 3 at red or below".to_owned()),
        "the condition that holds, not the last one"
    );
    assert_eq!(of("amber amber ?").0, "?", "the missing one may be red");
    assert_eq!(of("red ? ?").0, "red", "no other value changes it");
    assert_eq!(
        rule.in_words(&scale, Some(&scale), "its measures"),
        "red if at least 1 is red or below; amber if at least 2 are amber or below; otherwise green"
    );
}

#[test]
fn a_count_says_worse_where_less_is_better() {
    let mut scale = rating();
    steps_of(&mut scale).reverse();
    scale.better = Better::Lower;
    let rule = counting(&[(1, 0, 0)], 2);
    let inputs = ["green", "red"].map(|key| (scale.step(key), &scale));
    let combined = rule.combine(inputs, &scale);
    let words = rule.figure_in_words(&combined, &scale, Some(&scale));
    assert_eq!(words.as_deref(), Some("1 of 2 at green or worse"));
    assert_eq!(
        rule.in_words(&scale, Some(&scale), "its measures"),
        "green if at least 1 is green or worse; otherwise red"
    );
}

#[test]
fn the_possible_results_are_those_that_the_missing_values_allow() {
    let scale = rating();
    let inputs = ["amber", "?"].map(|key| (scale.step(key), &scale));
    let result = combination(Rule::WorstOf, 0).combine(inputs, &scale);
    assert_eq!((result.step, result.sum), (None, None));
    assert_eq!(
        result.possible,
        Some((Step::at(0), Step::at(1))),
        "red or amber"
    );
    let nothing = [(None, &scale), (None, &scale)];
    let result = combination(Rule::WorstOf, 0).combine(nothing, &scale);
    assert_eq!(result.possible, None, "nothing is known");
}

#[test]
fn equal_points_do_not_raise_an_input() {
    let scale = support::scale("rating", &[("red", 0), ("amber", 0), ("green", 2)]);
    let result = |rule: &Combination, keys: [&str; 2]| {
        let inputs = keys.map(|key| (scale.step(key), &scale));
        let step = rule.combine(inputs, &scale).step;
        scale.key(step.expect("known")).into_owned()
    };
    for rule in [
        mean(Rounding::NearestStep, 0),
        mean(Rounding::StepBelow, 0),
        combination(Rule::Lowest, 0),
        combination(Rule::Median, 0),
    ] {
        assert_eq!(result(&rule, ["red", "red"]), "red", "{rule:?}");
        assert_eq!(result(&rule, ["amber", "amber"]), "amber", "{rule:?}");
    }
}

#[test]
fn decimal_and_negative_points_average_exactly() {
    let mut scale = support::scale("maturity", &[("a", -1), ("b", 0), ("c", 1)]);
    for (step, points) in steps_of(&mut scale).iter_mut().zip(["-0.25", "0.1", "0.2"]) {
        step.points = decimal(points);
    }
    // 0.1 + 0.2 - 0.25 over 3; the half-way between b and c is 0.15 exactly.
    let mean = |keys: &[&str]| {
        let inputs = keys.iter().map(|key| (scale.step(key), &scale));
        let rule = mean(Rounding::NearestStep, 0);
        let combined = rule.combine(inputs, &scale);
        let words = rule
            .figure_in_words(&combined, &scale, None)
            .expect("known");
        (scale.key(combined.step.expect("known")).into_owned(), words)
    };
    assert_eq!(mean(&["b", "c"]), ("c".to_owned(), "mean 0.15".to_owned()));
    assert_eq!(
        mean(&["a", "b", "c"]),
        ("b".to_owned(), "mean 0.0167".to_owned())
    );
    assert_eq!(mean(&["a", "a"]), ("a".to_owned(), "mean -0.25".to_owned()));
}

fn steps_of(scale: &mut Scale) -> &mut [ScaleStep] {
    match &mut scale.values {
        Values::Steps(steps) => steps,
        Values::Numbers(_) | Values::Text => &mut [],
    }
}

/// Generates scales of four steps, of which some may have equal points. All have one identifier.
fn any_scale() -> impl Strategy<Value = Scale> {
    prop::collection::vec(-8_i32..9, 4).prop_map(|mut quarters| {
        quarters.sort_unstable();
        let mut scale = level();
        for (step, quarter) in steps_of(&mut scale).iter_mut().zip(quarters) {
            step.points = Fraction::from(quarter).divided(4).expect("a quarter");
        }
        scale
    })
}

fn any_rule() -> impl Strategy<Value = Combination> {
    let rounding = prop::option::of(prop::sample::select(Rounding::ALL.to_vec()));
    let rules = prop::sample::select(Rule::ALL.to_vec());
    let condition = (1_u16..5, 0_u16..4, 0_u16..4);
    let conditions = prop::collection::vec(condition, 1..4);
    (rules, rounding, conditions).prop_map(|(rule, rounding, mut conditions)| match rule {
        Rule::Percent => Combination {
            rounding,
            ..banded(rule, &[("0", 0), ("33.3", 1), ("50", 2), ("75", 3)])
        },
        Rule::Sum => Combination {
            rounding,
            ..banded(rule, &[("-3", 0), ("1.25", 1), ("3", 2), ("4.5", 3)])
        },
        Rule::Counts => {
            // The results of the conditions never decrease.
            let mut gives: Vec<u16> = conditions.iter().map(|condition| condition.2).collect();
            gives.sort_unstable();
            for (condition, gives) in conditions.iter_mut().zip(gives) {
                condition.2 = gives;
            }
            counting(&conditions, 3)
        }
        rule => combination(rule, 0),
    })
}

fn result_of(combination: &Combination, levels: &[Option<u16>], scale: &Scale) -> Option<Step> {
    let inputs = levels.iter().map(|level| (level.map(Step::at), scale));
    combination.combine(inputs, scale).step
}

/// Returns every way to fill in the missing levels.
fn completions(levels: &[Option<u16>]) -> Vec<Vec<Option<u16>>> {
    let mut all = vec![Vec::new()];
    for level in levels {
        let choices: Vec<u16> = level.map_or((0..4).collect(), |level| vec![level]);
        all = all
            .iter()
            .flat_map(|before: &Vec<Option<u16>>| {
                choices.iter().map(|choice| {
                    let mut longer = before.clone();
                    longer.push(Some(*choice));
                    longer
                })
            })
            .collect();
    }
    all
}

proptest! {
    #[test]
    fn raising_an_input_never_lowers_the_result(
        rule in any_rule(),
        scale in any_scale(),
        levels in prop::collection::vec(0_u16..4, 1..9),
        which in any::<prop::sample::Index>(),
        to in 0_u16..4,
    ) {
        let before: Vec<Option<u16>> = levels.iter().copied().map(Some).collect();
        let mut after = before.clone();
        let at = which.index(after.len());
        after[at] = after[at].max(Some(to));
        let (before, after) = (result_of(&rule, &before, &scale), result_of(&rule, &after, &scale));
        // A percentage of nothing is undefined.
        prop_assert!(before.is_none() || after >= before);
    }

    #[test]
    fn the_order_of_inputs_does_not_matter(
        rule in any_rule(),
        scale in any_scale(),
        (levels, mixed) in prop::collection::vec(prop::option::weighted(0.8, 0_u16..4), 0..9)
            .prop_flat_map(|levels| (Just(levels.clone()), Just(levels).prop_shuffle())),
    ) {
        let combined = |levels: &[Option<u16>]| {
            let inputs = levels.iter().map(|level| (level.map(Step::at), &scale));
            rule.combine(inputs, &scale)
        };
        prop_assert_eq!(combined(&mixed), combined(&levels));
    }

    #[test]
    fn a_result_is_known_exactly_when_every_completion_gives_it(
        rule in any_rule(),
        scale in any_scale(),
        levels in prop::collection::vec(prop::option::weighted(0.7, 0_u16..4), 1..6),
    ) {
        prop_assume!(levels.iter().any(Option::is_some));
        let results: Vec<Option<Step>> = completions(&levels)
            .iter()
            .map(|levels| result_of(&rule, levels, &scale))
            .collect();
        prop_assume!(results.iter().all(Option::is_some));
        let inputs = levels.iter().map(|level| (level.map(Step::at), &scale));
        let combined = rule.combine(inputs, &scale);
        let (worst, best) = (results.iter().min(), results.iter().max());
        let range = worst.and_then(|worst| Some(((*worst)?, (*best?)?)));
        prop_assert_eq!(combined.possible, range);
        prop_assert_eq!(combined.step.is_some(), worst == best);
        // A missing value never becomes a number.
        prop_assert_eq!(combined.sum.is_some(), levels.iter().all(Option::is_some));
    }

    #[test]
    fn nothing_known_is_never_a_result(
        rule in any_rule(),
        scale in any_scale(),
        count in 0_usize..9,
    ) {
        let inputs = (0..count).map(|_| Input::from((None, &scale)));
        prop_assert_eq!(rule.combine(inputs, &scale), Default::default());
    }

    #[test]
    fn a_result_lies_between_the_lowest_and_the_highest(
        rule in any_rule(),
        scale in any_scale(),
        levels in prop::collection::vec(0_u16..4, 1..9),
    ) {
        if !rule.rule.calculates() && rule.rule != Rule::Counts {
            let known: Vec<Option<u16>> = levels.iter().copied().map(Some).collect();
            let result = result_of(&rule, &known, &scale).expect("all inputs are known").position();
            let lowest = *levels.iter().min().expect("not empty");
            let highest = *levels.iter().max().expect("not empty");
            prop_assert!((lowest..=highest).contains(&result));
        }
    }
}
