//! The named combination rules: a table of known results, and what holds for every input.

#![allow(clippy::expect_used, reason = "helpers of tests may fail them")]

mod support;

use proptest::prelude::*;
use support::{combination, level, rating};
use wcc_core::Step;
use wcc_core::combine::{Band, Combination, Rule};

/// Rule, levels and the level that must come out ("?" is unknown).
const TABLE: &[(&str, &str, &str)] = &[
    ("lowest", "2 3 3", "2"),
    ("lowest", "3 2 2", "2"),
    ("lowest", "1 3 3", "1"),
    ("lowest", "2 3 4", "2"),
    ("mean-down", "2 3 3", "2"),
    ("mean-down", "3 2 2", "2"),
    ("mean-down", "1 3 3", "2"),
    ("mean-down", "2 3 4", "3"),
    ("mean-nearest", "2 3 3", "3"),
    ("mean-nearest", "3 2 2", "2"),
    ("mean-nearest", "1 3 3", "2"),
    ("mean-nearest", "2 3 4", "3"),
    ("mean-nearest", "2 3", "3"),
    ("median", "2 3 3", "3"),
    ("median", "3 2 2", "2"),
    ("median", "1 3 3", "3"),
    ("median", "2 3 4", "3"),
    ("median", "2 3", "2"),
    ("lowest", "1 ? 3", "?"),
    ("median", "3 3 ?", "?"),
    ("mean-nearest", "?", "?"),
    ("lowest", "", "?"),
];

#[test]
fn named_rules_give_the_known_results() {
    let scale = level();
    for (rule, levels, expected) in TABLE {
        let combination = combination(Rule::named(rule).expect("a rule"), 0);
        let inputs = levels
            .split_whitespace()
            .map(|key| (scale.step(key), &scale));
        let result = combination.combine(inputs, &scale);
        let key = result.step.map_or("?", |step| scale.key(step));
        assert_eq!(key, *expected, "{rule} of {levels}");
    }
}

#[test]
fn strategy_with_two_ambers_is_amber_by_the_worst() {
    let scale = rating();
    let inputs = ["green", "amber", "amber", "green", "green"].map(|key| (scale.step(key), &scale));
    let result = combination(Rule::WorstOf, 0).combine(inputs, &scale);
    assert_eq!(result.step, scale.step("amber"));
    assert_eq!(
        result.sum.map(|sum| (sum.points, sum.most, sum.count)),
        Some((8, 10, 5))
    );
}

fn banded(rule: Rule, bands: &[(f64, u8)]) -> Combination {
    let band = |(from, step): &(f64, u8)| Band {
        from: *from,
        step: Step(*step),
    };
    Combination {
        bands: bands.iter().map(band).collect(),
        ..combination(rule, 1)
    }
}

#[test]
fn sums_and_percentages_are_placed_in_bands() {
    // South Tees' public-engagement indicator: 3, 2, 2, 2, 2 of five domains is 11, green.
    let domains = support::scale("domain", &[("0", 0), ("1", 1), ("2", 2), ("3", 3)]);
    let result = rating();
    let inputs = || ["3", "2", "2", "2", "2"].map(|key| (domains.step(key), &domains));
    let sum = banded(Rule::SumBands, &[(0.0, 0), (6.0, 1), (11.0, 2)]);
    assert_eq!(sum.combine(inputs(), &result).step, result.step("green"));
    // 11 of 15 is 73.3 percent.
    let percent = banded(Rule::PercentBands, &[(0.0, 0), (73.4, 1)]);
    let combined = percent.combine(inputs(), &result);
    assert_eq!(combined.step, result.step("red"));
    assert_eq!(
        combined
            .sum
            .map(|sum| format!("{:.1}", sum.percent()))
            .as_deref(),
        Some("73.3")
    );
}

fn any_rule() -> impl Strategy<Value = Combination> {
    prop::sample::select(Rule::ALL.to_vec()).prop_map(|rule| match rule {
        Rule::PercentBands => banded(rule, &[(0.0, 0), (50.0, 1), (75.0, 2)]),
        Rule::SumBands => banded(rule, &[(0.0, 0), (6.0, 1), (9.0, 2)]),
        Rule::WorstOf => combination(rule, 0),
        rule => combination(rule, 0),
    })
}

fn result_of(combination: &Combination, levels: &[Option<u8>]) -> Option<Step> {
    let scale = level();
    let result = if combination.rule.needs_bands() {
        rating()
    } else {
        level()
    };
    let inputs = levels.iter().map(|level| (level.map(Step), &scale));
    combination.combine(inputs, &result).step
}

proptest! {
    #[test]
    fn raising_an_input_never_lowers_the_result(
        rule in any_rule(),
        levels in prop::collection::vec(0_u8..4, 1..9),
        which in any::<prop::sample::Index>(),
    ) {
        let before: Vec<Option<u8>> = levels.iter().copied().map(Some).collect();
        let mut after = before.clone();
        let at = which.index(after.len());
        after[at] = Some(3);
        prop_assert!(result_of(&rule, &after) >= result_of(&rule, &before));
    }

    #[test]
    fn the_order_of_inputs_does_not_matter(
        rule in any_rule(),
        levels in prop::collection::vec(prop::option::weighted(0.9, 0_u8..4), 0..9),
    ) {
        let mut turned = levels.clone();
        turned.reverse();
        prop_assert_eq!(result_of(&rule, &turned), result_of(&rule, &levels));
    }

    #[test]
    fn unknown_stays_unknown(
        rule in any_rule(),
        levels in prop::collection::vec(0_u8..4, 0..9),
        which in any::<prop::sample::Index>(),
    ) {
        let mut levels: Vec<Option<u8>> = levels.into_iter().map(Some).collect();
        levels.insert(which.index(levels.len() + 1), None);
        prop_assert_eq!(result_of(&rule, &levels), None);
    }

    #[test]
    fn a_result_lies_between_the_lowest_and_the_highest(
        rule in any_rule(),
        levels in prop::collection::vec(0_u8..4, 1..9),
    ) {
        let known: Vec<Option<u8>> = levels.iter().copied().map(Some).collect();
        let result = result_of(&rule, &known).expect("all inputs are known").0;
        if !rule.rule.needs_bands() {
            let lowest = *levels.iter().min().expect("not empty");
            let highest = *levels.iter().max().expect("not empty");
            prop_assert!((lowest..=highest).contains(&result));
        }
    }
}
