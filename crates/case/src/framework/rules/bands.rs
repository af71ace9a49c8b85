//! Checks the bands of a rule.

use super::{Inputs, WrittenBand, WrittenRule};
use crate::format::Version;
use crate::framework::builder::FrameworkBuilder;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader, Spot};
use std::fmt::Display;
use wcc_core::combine::Rule;
use wcc_core::framework::ScaleIndex;
use wcc_core::outcome::Better;
use wcc_core::{Fraction, Scale};

impl WrittenRule<'_> {
    /// Whether none of the bands' steps is on the scale of the result. Reports this as a single
    /// problem.
    pub(super) fn is_for_other_scale(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        scale: &Scale,
    ) -> bool {
        let bands = self.bands.as_ref().map_or(&[][..], |bands| &bands.value);
        let steps = || bands.iter().map(|band| band.step.value);
        let [first, _, ..] = bands else { return false };
        if steps().any(|step| scale.step(step).is_some()) {
            return false;
        }
        let matching_scale = build.scale_with(steps());
        table.document.add(&first.step.spot, |at| {
            let message = format!(
                "{} is not a step of the scale {}, nor is any other step of these bands",
                quoted(first.step.value),
                scale.title
            );
            match matching_scale {
                Some(matching_scale) => at(message).expecting(format!(
                    "{}, or result_scale = {}",
                    scale.keys_in_words(),
                    quoted(&matching_scale.id)
                )),
                None => at(message).expecting(scale.keys_in_words()),
            }
        });
        true
    }

    /// Warns of bands that no figure of the rule reaches, and of figures below the first band.
    /// These are warnings because the components of an area may have different inputs.
    pub(super) fn check_reach(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        inputs: &Inputs,
    ) {
        let Some(bands) = &self.bands else { return };
        let Some((min, max)) = figures(build, rule.value, inputs) else {
            return;
        };
        let figure = match rule.value {
            Rule::Sum => "sum of the points",
            _ => "figure of the rule",
        };
        if let Some(first) = bands.value.first()
            && first.from.value > min
        {
            table.document.warn(&first.from.spot, |at| {
                at(format!(
                    "the {figure} can be {min}, which is below the first band but is placed in it"
                ))
                .expecting(format!("{min} or less"))
            });
        }
        for band in &bands.value {
            if band.from.value > max {
                table.document.warn(&band.from.spot, |at| {
                    at(format!("no {figure} reaches {}", band.from.value))
                        .expecting(format!("a number up to {max}, the highest possible"))
                });
            }
        }
    }

    pub(super) fn check_bands(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        scale: ScaleIndex,
        better: Better,
        inputs: &Inputs,
    ) {
        let Some(bands) = self.bands.as_ref().filter(|bands| !bands.value.is_empty()) else {
            let own = self.bands.as_ref().filter(|_| table.has("bands"));
            let spot = own.map_or(&rule.spot, |bands| &bands.spot);
            table.document.add(spot, |at| {
                at(format!(
                    "the rule {} has no bands to place a result in",
                    self.name(rule.value)
                ))
                .expecting("bands = [ { from = 0, step = \"...\" }, ... ]")
            });
            return;
        };
        let mut before = None;
        for band in &bands.value {
            let step = build.step_named(table, scale, &band.step);
            let order = BandOrder {
                better,
                step_spot: &band.step.spot,
            };
            check_order(table, &mut before, &band.from, step, &order);
        }
        if rule.value == Rule::Percent {
            check_percent_range(build, table, &bands.value, inputs);
        }
    }
}

/// The lowest and highest figure that a rule can calculate from its inputs; `None` for rules
/// whose bands are checked elsewhere.
fn figures(build: &FrameworkBuilder, rule: Rule, inputs: &Inputs) -> Option<(Fraction, Fraction)> {
    match rule {
        Rule::Sum => {
            let sum_of = |points: fn(&Scale) -> Fraction| {
                let mut weighted = inputs.weighted(build);
                weighted.try_fold(Fraction::default(), |sum, (scale, weight)| {
                    sum.plus(points(scale).product(weight)?)
                })
            };
            Some((sum_of(Scale::least_points)?, sum_of(Scale::most_points)?))
        }
        Rule::Mean | Rule::Median | Rule::Lowest | Rule::Highest | Rule::WorstOf => {
            let scales = || inputs.weighted(build).map(|(scale, _)| scale);
            Some((
                scales().map(Scale::least_points).min()?,
                scales().map(Scale::most_points).max()?,
            ))
        }
        Rule::Percent | Rule::Counts => None,
    }
}

/// Which way bands improve, and where the step of the checked band is written.
pub(in crate::framework) struct BandOrder<'a> {
    pub(in crate::framework) better: Better,
    pub(in crate::framework) step_spot: &'a Spot,
}

/// Checks that bands come lowest first and that a higher band does not give a worse step.
pub(in crate::framework) fn check_order<N: PartialOrd + Copy + Display, S: PartialOrd + Copy>(
    table: &Reader<'_>,
    before: &mut Option<(N, Option<S>)>,
    from: &Located<N>,
    step: Option<S>,
    order: &BandOrder<'_>,
) {
    if let Some((lower, worse)) = *before {
        if from.value <= lower {
            table.document.add(&from.spot, |at| {
                at(format!("{} does not come after {lower}", from.value))
                    .expecting("the bands lowest first, each once")
            });
        } else if let (Some(worse), Some(step)) = (worse, step) {
            let (is_wrong, wrong, right) = match order.better {
                Better::Higher => (step < worse, "worse", "improve"),
                Better::Lower => (step > worse, "better", "get worse"),
            };
            if is_wrong {
                table.document.add(order.step_spot, |at| {
                    at(format!(
                        "a higher band gives a {wrong} step than the one before"
                    ))
                    .expecting(format!(
                        "steps that stay the same or {right} from band to band"
                    ))
                });
            }
        }
    }
    *before = Some((from.value, step));
}

fn check_percent_range(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    bands: &[WrittenBand<'_>],
    inputs: &Inputs,
) {
    // What cannot be reached needs no band.
    let least = super::scales::figures(build, Rule::Percent, inputs);
    let least = least.map_or_else(Fraction::default, |(least, _)| least);
    let is_covered = |from: Fraction| {
        from == Fraction::default() || build.version != Version::First && from <= least
    };
    if let Some(first) = bands.first()
        && !is_covered(first.from.value)
    {
        table.document.add(&first.from.spot, |at| {
            at(format!(
                "the first band of percentages starts at {}",
                first.from.value
            ))
            .expecting(if build.version == Version::First {
                "0".to_owned()
            } else {
                format!("{least}, the lowest possible percentage, or less")
            })
        });
    }
    if let Some(last) = bands.last()
        && bands.len() > 1
        && last.from.value <= Fraction::from(1)
    {
        table.document.warn(&last.from.spot, |at| {
            at(format!(
                "the last band starts at {} per cent, so nearly every result is in it",
                last.from.value
            ))
            .expecting("percentages from 0 to 100, not fractions from 0 to 1")
        });
    }
    // The first band starts at 0, or the problem was already reported.
    for band in bands.iter().skip(1) {
        if !(Fraction::default()..=Fraction::from(100)).contains(&band.from.value) {
            table.document.add(&band.from.spot, |at| {
                at(format!("{} is not a percentage", band.from.value))
                    .expecting("a number from 0 to 100")
            });
        }
    }
}
