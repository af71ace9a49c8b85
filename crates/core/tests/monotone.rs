//! Properties of whole results under arbitrary rules, weights, limits and scales: a better input
//! never gives a worse result, the order of records does not matter, and what is not known never
//! counts as a number.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "test helpers may panic"
)]

mod support;

use proptest::prelude::*;
use support::{CycleBuilder, framework, organisations};
use wcc_core::combine::{Band, Combination, Condition, Counting, Rounding, Rule};
use wcc_core::framework::{
    Framework, FrameworkPart, Limit, Overall, Rating, RuleInputs, ScaleIndex,
};
use wcc_core::outcome::Better;
use wcc_core::scale::{Numbers, ScaleStep, Values};
use wcc_core::{ComponentIndex, Fraction, MeasureIndex, Method, Scale, Step, Subject, assure};

/// The measures of the two components of the first area.
const MEASURES: [&str; 6] = ["1a", "1b", "1c", "2a", "2b", "2c"];
const PCT: &str = "5J9";

/// A value of a measure: a step, not applicable, or not known.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Step(u16),
    NotApplicable,
    NotKnown,
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (0_u16..4).prop_map(Value::Step),
        1 => Just(Value::NotApplicable),
        1 => Just(Value::NotKnown),
    ]
}

fn fraction(quarters: i32) -> Fraction {
    Fraction::from(quarters).divided(4).expect("a quarter")
}

/// A scale of four steps whose points improve upwards or downwards and are never negative.
fn any_scale() -> impl Strategy<Value = Scale> {
    (prop::collection::btree_set(0_i32..40, 4), any::<bool>()).prop_map(|(quarters, lower)| {
        let mut quarters: Vec<i32> = quarters.into_iter().collect();
        if lower {
            quarters.reverse();
        }
        let steps = (0..)
            .zip(quarters)
            .map(|(at, quarter): (u8, i32)| ScaleStep {
                key: (at + 1).to_string(),
                title: at.to_string(),
                points: fraction(quarter),
                colour: None,
            });
        Scale {
            id: "level".to_owned(),
            title: "Level".to_owned(),
            better: if lower { Better::Lower } else { Better::Higher },
            values: Values::Steps(steps.collect()),
        }
    })
}

/// The kind of a rule, with what its parameters are made from.
#[derive(Clone, Debug)]
struct RuleSeed {
    rule: Rule,
    rounding: Option<Rounding>,
    banded: bool,
    starts: Vec<i32>,
}

fn any_rule() -> impl Strategy<Value = RuleSeed> {
    let rules = prop::sample::select(Rule::ALL.to_vec());
    let rounding = prop::option::of(prop::sample::select(Rounding::ALL.to_vec()));
    let starts = prop::collection::btree_set(0_i32..120, 3);
    (rules, rounding, any::<bool>(), starts).prop_map(|(rule, rounding, banded, starts)| RuleSeed {
        rule,
        rounding,
        banded,
        starts: starts.into_iter().collect(),
    })
}

impl RuleSeed {
    /// The rule over inputs of the first scale, which give a result on one of the scales added.
    fn over(&self, framework: &mut Framework) -> Combination {
        let level = framework.scales.first().expect("a scale").clone();
        let mut rule = Combination::new(self.rule, ScaleIndex(0));
        let worst_first = level.better == Better::Higher;
        if self.rule == Rule::Counts {
            rule.counting = Some(Counting {
                scale: ScaleIndex(0),
                conditions: vec![Condition {
                    at_least: 2,
                    at_or_below: Step::at(1),
                    gives: Step::at(1),
                }],
                otherwise: Step::at(3),
            });
            return rule;
        }
        rule.rounding = self.rounding.filter(|_| self.rule.calculates());
        let to_a_step = rule
            .rounding
            .is_some_and(|rounding| rounding.decimals().is_none());
        if self.banded && !to_a_step {
            let steps: Vec<u16> = if worst_first {
                vec![0, 1, 3]
            } else {
                vec![3, 2, 0]
            };
            let bands = self.starts.iter().zip(steps).map(|(start, step)| Band {
                from: fraction(*start),
                above: start % 2 == 0,
                step: Step::at(step),
            });
            rule.bands = bands.collect();
        } else if self.rule.calculates() && !to_a_step {
            let most = if self.rule == Rule::Percent { 100 } else { 400 };
            let numbers = Numbers::of_figures(Fraction::default(), Fraction::from(most));
            framework.scales.push(Scale {
                id: String::new(),
                title: "Figure".to_owned(),
                better: level.better,
                values: Values::Numbers(numbers.expect("a scale")),
            });
            let last = u16::try_from(framework.scales.len() - 1).expect("few scales");
            rule.scale = ScaleIndex(last);
        }
        rule
    }
}

prop_compose! {
    fn any_framework()(
        scale in any_scale(),
        weights in prop::collection::vec(1_i32..20, MEASURES.len()),
        components in any_rule(),
        whole in any_rule(),
        limits in prop::collection::vec((0..MEASURES.len(), 0_u16..3, any::<bool>()), 0..3),
    ) -> Framework {
        let mut framework = framework();
        framework.scales[0] = scale;
        for (measure, weight) in framework.measures.iter_mut().zip(weights) {
            measure.weight = fraction(weight);
            measure.may_not_apply = true;
        }
        let rule = components.over(&mut framework);
        for component in framework.components.iter_mut().take(2) {
            component.rating = Rating::Rule { rule: rule.clone(), marks: true };
        }
        let rule = whole.over(&mut framework);
        framework.overall = Some(Overall {
            title: "Overall".to_owned(),
            over: RuleInputs::Measures,
            areas: vec![0],
            rating: Rating::Rule { rule, marks: true },
        });
        let limits = limits.into_iter().map(|(measure, step, on_component)| {
            let target = if on_component {
                FrameworkPart::Component(ComponentIndex(u16::from(measure > 2)))
            } else {
                FrameworkPart::Overall
            };
            Limit {
                id: measure.to_string(),
                title: "limit".to_owned(),
                target,
                sources: vec![Subject::Measure(MeasureIndex(u16::try_from(measure).expect("few")))],
                at_or_below: Step::at(step),
                at_least: 1,
                at_most: Step::at(step),
            }
        });
        framework.limits = limits.collect();
        framework
    }
}

/// The rule's results of both components and of the whole, worst and best possible.
fn results(
    framework: &Framework,
    values: &[Value],
    reversed: bool,
) -> Vec<(Option<(Step, Step)>, bool)> {
    let mut making = CycleBuilder::with(framework.clone(), organisations());
    let mut judged: Vec<(&str, Value)> = MEASURES.into_iter().zip(values.iter().copied()).collect();
    if reversed {
        judged.reverse();
    }
    for (measure, value) in judged {
        let key = match value {
            Value::Step(step) => (step + 1).to_string(),
            Value::NotApplicable => String::new(),
            Value::NotKnown => continue,
        };
        let judgement = making.judge(PCT, measure, Method::Panel, &key);
        judgement.not_applicable = value == Value::NotApplicable;
    }
    let cycle = making.checked();
    let assurance = assure(&cycle, Vec::new(), None);
    let pct = cycle.organisations.find(PCT).expect("a body");
    let output = assurance.output(pct).expect("an assured body");
    let levels = [
        FrameworkPart::Component(ComponentIndex(0)),
        FrameworkPart::Component(ComponentIndex(1)),
        FrameworkPart::Overall,
    ];
    let each = levels.map(|level| {
        let part = output.part(level).expect("a part");
        let by_rule = part.result(Method::Panel).by_rule;
        (by_rule.possible, by_rule.not_applicable)
    });
    each.to_vec()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn improving_an_input_never_worsens_a_result(
        framework in any_framework(),
        values in prop::collection::vec(any_value(), MEASURES.len()),
        which in 0..MEASURES.len(),
    ) {
        let Value::Step(step @ 0..3) = values[which] else { return Ok(()) };
        let mut better = values.clone();
        better[which] = Value::Step(step + 1);
        let (before, after) = (results(&framework, &values, false), results(&framework, &better, false));
        for ((before, _), (after, _)) in before.into_iter().zip(after) {
            if let (Some((worst, best)), Some((worst_after, best_after))) = (before, after) {
                prop_assert!(worst <= worst_after && best <= best_after, "{before:?} to {after:?}");
            }
        }
    }

    #[test]
    fn the_order_of_records_does_not_matter(
        framework in any_framework(),
        values in prop::collection::vec(any_value(), MEASURES.len()),
    ) {
        prop_assert_eq!(results(&framework, &values, false), results(&framework, &values, true));
    }

    #[test]
    fn what_is_not_known_can_turn_out_to_be_anything_that_is_possible(
        framework in any_framework(),
        values in prop::collection::vec(any_value(), MEASURES.len()),
        filling in prop::collection::vec(0_u16..4, MEASURES.len()),
    ) {
        let filled: Vec<Value> = values.iter().zip(filling).map(|(value, step)| match value {
            Value::NotKnown => Value::Step(step),
            known => *known,
        }).collect();
        let (open, closed) = (results(&framework, &values, false), results(&framework, &filled, false));
        for ((open, _), (closed, _)) in open.into_iter().zip(closed) {
            if let (Some((worst, best)), Some((worst_filled, best_filled))) = (open, closed) {
                prop_assert!(worst <= worst_filled && best_filled <= best, "{open:?} to {closed:?}");
            }
        }
    }

    #[test]
    fn what_does_not_apply_does_not_count(
        framework in any_framework(),
        values in prop::collection::vec((0_u16..4).prop_map(Value::Step), MEASURES.len()),
    ) {
        // A component of which nothing applies has no result, whatever the others have.
        let mut without = values.clone();
        without[..3].fill(Value::NotApplicable);
        let results = results(&framework, &without, false);
        prop_assert_eq!(results[0], (None, true));
        prop_assert!(!results[1].1 && !results[2].1);
    }
}
