//! Checks the scales of a rule's inputs against its result, and makes the scale of a calculated
//! figure.

use super::{Inputs, WrittenRule, distinct};
use crate::framework::builder::FrameworkBuilder;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::combine::{Rounding, Rule};
use wcc_core::outcome::Better;
use wcc_core::scale::{Numbers, Values};
use wcc_core::{Fraction, Scale};

/// Checks that points can be turned into a percentage: none is negative, and the best step has more
/// than 0 points.
pub(super) fn check_percentage(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
) {
    if rule.value != Rule::Percent {
        return;
    }
    for scale in distinct(build, inputs) {
        let nothing = Fraction::default();
        if scale.most_points() <= nothing || scale.least_points() < nothing {
            table.document.add(&rule.spot, |at| {
                at(format!(
                    "the points of the scale {} cannot be turned into a percentage",
                    scale.title
                ))
                .expecting("points of at least 0, and more than 0 for the best step")
            });
        }
    }
}

/// A mean is placed on a step by its points, so no two steps of the result may have the same
/// points. A step of another scale counts as the step with equal points, so every such step must
/// have an equal.
pub(super) fn check_same_points(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    name: &str,
    inputs: &Inputs,
    result: &Scale,
) {
    let other_scales = distinct(build, inputs)
        .into_iter()
        .any(|scale| scale.id != result.id);
    if (rule.value.calculates() || other_scales)
        && let Some([first, second]) = result
            .steps()
            .array_windows()
            .find(|[first, second]| first.points == second.points)
    {
        table.document.add(&rule.spot, |at| {
            let (first, second) = (quoted(&first.key), quoted(&second.key));
            at(format!(
                "the rule {name} cannot distinguish the steps {first} and {second} of the scale {}, \
                 because they have the same points",
                result.title
            ))
            .expecting("different points, or a rule with bands")
        });
    }
    for scale in distinct(build, inputs) {
        let unmatched = scale.steps().iter().find(|step| {
            result
                .steps()
                .iter()
                .all(|other| other.points != step.points)
        });
        if let Some(step) = unmatched {
            table.document.add(&rule.spot, |at| {
                at(format!(
                    "the rule {name} combines steps of the scale {} to the scale {}, which has \
                     no step with the {} points of {}",
                    scale.title,
                    result.title,
                    step.points,
                    quoted(&step.key)
                ))
                .expecting("a rule with bands, or a result on the scale of the inputs")
            });
        }
    }
}

/// The direction in which a rule's figure improves: that of its inputs, which must agree.
pub(super) fn direction(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
) -> Option<Better> {
    let scales = distinct(build, inputs);
    let Some((first, others)) = scales.split_first() else {
        return Some(Better::Higher);
    };
    if let Some(other) = others.iter().find(|other| other.better != first.better) {
        table.document.add(&rule.spot, |at| {
            at(format!(
                "more is better on one of the scales {} and {}, and less on the other",
                first.title, other.title
            ))
            .expecting("inputs whose points improve in the same direction")
        });
        return None;
    }
    Some(first.better)
}

/// Refuses inputs that cannot be counted: those without values, such as text.
pub(super) fn check_countable(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
) -> bool {
    let text = distinct(build, inputs)
        .into_iter()
        .find(|scale| scale.is_text());
    if text.is_some() {
        table.document.add(&rule.spot, |at| {
            at(format!("the rule {} cannot count text", rule.value.name()))
                .expecting("inputs on a scale of steps or numbers")
        });
    }
    text.is_none()
}

/// Reports that the result has no steps to round to.
pub(super) fn report_no_steps(build: &FrameworkBuilder, table: &Reader<'_>, rule: &Located<Rule>) {
    let of_steps = build.scales_of_steps().map(|scale| quoted(&scale.id));
    let of_steps: Vec<String> = of_steps.collect();
    table.document.add(&rule.spot, |at| {
        at("the result is a number, so there is no step to round it to".to_owned()).expecting(
            format!(
                "result_scale, a scale of steps: {}",
                wcc_core::words::any_of(of_steps.iter().map(String::as_str))
            ),
        )
    });
}

/// Checks that every figure that a rule can give lies on the scale that the file names for it.
pub(super) fn check_fits(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
    result: &Scale,
) {
    let (Some((from, to)), Some(numbers)) = (figures(build, rule.value, inputs), result.numbers())
    else {
        return;
    };
    if from < numbers.from || to > numbers.to {
        table.document.add(&rule.spot, |at| {
            at(format!(
                "the rule {} can give {from} to {to}, and the scale {} has {} to {}",
                rule.value.name(),
                result.title,
                numbers.from,
                numbers.to
            ))
            .expecting("a scale that has all of these, or no `result_scale`")
        });
    }
}

impl WrittenRule<'_> {
    /// The scale of the figure that the rule calculates and nothing turns into a step.
    pub(super) fn scale_of_figure(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        inputs: &Inputs,
        better: Better,
    ) -> Option<Scale> {
        let numbers = figures(build, rule.value, inputs).and_then(|(from, to)| {
            let rounded = self.rounding.as_ref().map(|rounding| rounding.value);
            match rounded.and_then(Rounding::decimals) {
                Some(decimals) => Numbers::around(from, to, decimals),
                None => Numbers::of_figures(from, to),
            }
        });
        let Some(numbers) = numbers else {
            // Without inputs, the problem lies with them and was reported there.
            if distinct(build, inputs).is_empty() {
                return None;
            }
            table.document.add(&rule.spot, |at| {
                at(format!(
                    "the rule {} gives figures that are too large",
                    rule.value.name()
                ))
                .expecting("smaller weights or points")
            });
            return None;
        };
        let titles: Vec<&str> = distinct(build, inputs)
            .iter()
            .map(|scale| scale.title.as_str())
            .collect();
        let title = match (rule.value, titles.as_slice()) {
            (Rule::Mean, [only]) => (*only).to_owned(),
            (Rule::Mean, _) => "Mean".to_owned(),
            (Rule::Percent, _) => "Percentage".to_owned(),
            _ => "Total".to_owned(),
        };
        Some(Scale {
            id: String::new(),
            title,
            better,
            values: Values::Numbers(numbers),
        })
    }
}

/// The least and the greatest figure that a rule can calculate, whichever inputs apply.
pub(super) fn figures(
    build: &FrameworkBuilder,
    rule: Rule,
    inputs: &Inputs,
) -> Option<(Fraction, Fraction)> {
    let scales = distinct(build, inputs);
    let each = |points: fn(&Scale) -> Fraction| scales.iter().map(move |scale| points(scale));
    match rule {
        Rule::Percent => {
            let least = each(Scale::least_points).zip(each(Scale::most_points));
            let least = least.filter_map(|(least, most)| least.times(100)?.ratio(most));
            Some((least.min()?, Fraction::from(100)))
        }
        Rule::Sum => {
            let sum = |points: fn(&Scale) -> Fraction| {
                let mut weighted = inputs.weighted(build);
                weighted.try_fold(Fraction::default(), |sum, (scale, weight)| {
                    sum.plus(points(scale).product(weight)?)
                })
            };
            let nothing = Fraction::default();
            Some((
                sum(Scale::least_points)?.min(nothing),
                sum(Scale::most_points)?.max(nothing),
            ))
        }
        _ => Some((
            each(Scale::least_points).min()?,
            each(Scale::most_points).max()?,
        )),
    }
}
