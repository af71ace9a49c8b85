//! Reads and checks combination rules.

use super::builder::FrameworkBuilder;
use super::counts::{self, WrittenCondition};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader, Spot};
use std::fmt::Display;
use wcc_core::combine::{Band, Combination, Counting, Rounding, Rule};
use wcc_core::framework::ScaleIndex;
use wcc_core::{Fraction, Scale};

/// The keys of a rule, in any table that may have one.
pub(super) const KEYS: [&str; 6] = [
    "rule",
    "result_scale",
    "bands",
    "round",
    "conditions",
    "otherwise",
];

/// The keys of a table that may have a rule: its own keys and the keys of the rule.
pub(super) fn with_rule_keys(own: &[&'static str]) -> Vec<&'static str> {
    own.iter().copied().chain(KEYS).collect()
}

/// A rule as written, before its scales are known.
#[derive(Clone)]
pub(super) struct WrittenRule<'a> {
    rule: Option<Located<Rule>>,
    result_scale: Option<Located<ScaleIndex>>,
    bands: Option<Located<Vec<WrittenBand<'a>>>>,
    round: Option<Located<Rounding>>,
    conditions: Option<Located<Vec<WrittenCondition<'a>>>>,
    otherwise: Option<Located<&'a str>>,
    confirm: Option<Located<&'a str>>,
    /// Whether a problem with the rule was reported, so that nothing else is checked for it.
    is_reported: bool,
}

#[derive(Clone)]
struct WrittenBand<'a> {
    from: Located<Fraction>,
    step: Located<&'a str>,
}

/// Reads the keys of a rule in a table.
pub(super) fn read_rule<'a>(build: &FrameworkBuilder, table: &Reader<'a>) -> WrittenRule<'a> {
    let problems = table.document.problems();
    let scale = table.text("result_scale");
    let roundings = Rounding::ALL.map(|rounding| (rounding.name(), rounding));
    let mut written = WrittenRule {
        rule: table.text("rule").and_then(|name| rule(table, name)),
        result_scale: scale.and_then(|name| {
            let value = build.scale_named(table, &name)?;
            Some(Located {
                value,
                spot: name.spot,
            })
        }),
        bands: table.has("bands").then(|| bands(table)),
        round: table.word("round", &roundings),
        conditions: table.has("conditions").then(|| counts::conditions(table)),
        otherwise: table.text("otherwise"),
        confirm: table.text("confirm"),
        is_reported: false,
    };
    if let Some(rule) = &written.rule {
        written.report_unused_keys(table, rule.value);
    }
    // A problem with the scale may have been reported elsewhere.
    written.is_reported = table.document.problems() > problems
        || table.has("result_scale") && written.result_scale.is_none()
        || KEYS
            .into_iter()
            .chain(["confirm"])
            .any(|key| table.is_misspelt(key));
    written
}

fn rule(table: &Reader<'_>, name: Located<&str>) -> Option<Located<Rule>> {
    let Some(value) = Rule::named(name.value) else {
        let names = || Rule::ALL.into_iter().map(Rule::name);
        table.document.add(&name.spot, |at| {
            at(format!("there is no rule {}", quoted(name.value)))
                .expecting_one_of(names())
                .nearest_to(nearest(name.value, names()))
        });
        return None;
    };
    Some(Located {
        value,
        spot: name.spot,
    })
}

fn bands<'a>(table: &Reader<'a>) -> Located<Vec<WrittenBand<'a>>> {
    let rows = table.tables("bands");
    let bands = rows.iter().filter_map(|row| {
        row.only(&["from", "step"]);
        let step = row.required_text("step");
        if !row.has("from") {
            row.missing("from");
        }
        Some(WrittenBand {
            from: row.exact("from")?,
            step: step?,
        })
    });
    Located {
        value: bands.collect(),
        spot: table.spot_of("bands"),
    }
}

/// The inputs of a rule.
pub(super) struct Inputs {
    /// The scale of each input.
    pub(super) scales: Vec<ScaleIndex>,
    /// The default scale of the result.
    pub(super) usual_result: Option<ScaleIndex>,
}

impl<'a> WrittenRule<'a> {
    /// Reports keys that the rule does not use.
    fn report_unused_keys(&self, table: &Reader<'_>, rule: Rule) {
        let (bands, conditions) = (
            "rule = \"percent-bands\" or \"sum-bands\", or no bands",
            "rule = \"counts\", or no such key",
        );
        let round = "rule = \"percent-bands\" or \"sum-bands\", or no `round`";
        let spot = |spot: &Spot| spot.clone();
        let keys = [
            (
                self.bands.as_ref().map(|bands| spot(&bands.spot)),
                rule.needs_bands(),
                "no bands",
                bands,
            ),
            (
                self.round.as_ref().map(|round| spot(&round.spot)),
                rule.needs_bands(),
                "no figure to round",
                round,
            ),
            (
                self.conditions
                    .as_ref()
                    .map(|conditions| spot(&conditions.spot)),
                rule == Rule::Counts,
                "no conditions",
                conditions,
            ),
            (
                self.otherwise
                    .as_ref()
                    .map(|otherwise| spot(&otherwise.spot)),
                rule == Rule::Counts,
                "no `otherwise`",
                conditions,
            ),
        ];
        for (spot, needed, has, expected) in keys {
            if let Some(spot) = spot.filter(|_| !needed) {
                table.document.add(&spot, |at| {
                    at(format!("the rule {} has {has}", rule.name())).expecting(expected)
                });
            }
        }
    }

    /// Takes from the area's rule whatever a component does not set itself.
    pub(super) fn or(self, area: &WrittenRule<'a>, table: &Reader<'_>) -> WrittenRule<'a> {
        let rule = self.rule.clone().or_else(|| area.rule.clone());
        let problems = table.document.problems();
        if let (None, Some(rule), false) = (&self.rule, &rule, self.is_reported) {
            self.report_unused_keys(table, rule.value);
        }
        let is_needless = table.document.problems() > problems;
        let banded = rule.as_ref().is_some_and(|rule| rule.value.needs_bands());
        let counts = rule.as_ref().is_some_and(|rule| rule.value == Rule::Counts);
        // Conditions and `otherwise` belong together.
        let from_area = counts && self.conditions.is_none();
        WrittenRule {
            bands: self.bands.or_else(|| area.bands.clone().filter(|_| banded)),
            round: self.round.or_else(|| area.round.clone().filter(|_| banded)),
            otherwise: self
                .otherwise
                .or_else(|| area.otherwise.clone().filter(|_| from_area)),
            conditions: self
                .conditions
                .or_else(|| area.conditions.clone().filter(|_| counts)),
            rule,
            result_scale: self.result_scale.or_else(|| area.result_scale.clone()),
            confirm: self.confirm.or_else(|| area.confirm.clone()),
            is_reported: self.is_reported || area.is_reported || is_needless,
        }
    }

    /// Reports problems of the rule at a component that inherits it from its area.
    pub(super) fn reported_at(mut self, table: &Reader<'_>) -> Self {
        if let Some(rule) = &mut self.rule
            && !table.has("rule")
        {
            rule.spot = table.spot.clone();
        }
        self
    }

    /// The rule, with its bands and steps looked up on the scale of the result.
    pub(super) fn resolve(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        inputs: &Inputs,
    ) -> Option<Combination> {
        let rule = self.rule.as_ref().filter(|_| !self.is_reported)?;
        let result_scale = self.result_scale.as_ref().map(|scale| scale.value);
        let index = result_scale.or(inputs.usual_result)?;
        let scale = build.scale(index)?;
        if self.is_for_other_scale(build, table, scale) {
            return None;
        }
        let counting = match rule.value {
            Rule::Counts => self.counting(build, table, rule, index, inputs),
            Rule::PercentBands | Rule::SumBands => {
                self.check_bands(build, table, rule, index);
                check_percentage(build, table, rule, inputs);
                self.check_sums(build, table, rule, inputs);
                None
            }
            _ => {
                check_same_points(build, table, rule, inputs, scale);
                None
            }
        };
        let bands = self.bands.as_ref().filter(|_| rule.value.needs_bands());
        let bands = bands.map_or(&[][..], |bands| &bands.value);
        let bands = bands.iter().filter_map(|band| {
            Some(Band {
                from: band.from.value,
                step: scale.step(band.step.value)?,
            })
        });
        Some(Combination {
            rule: rule.value,
            scale: index,
            bands: bands.collect(),
            rounding: self.round.as_ref().map(|round| round.value),
            counting,
            confirm: self
                .confirm
                .as_ref()
                .and_then(|confirm| build.step_named(table, index, confirm)),
        })
    }

    fn counting(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        result: ScaleIndex,
        inputs: &Inputs,
    ) -> Option<Counting> {
        let conditions = self.conditions.as_ref();
        let located = counts::LocatedConditions {
            rule_spot: &rule.spot,
            conditions: conditions.map_or(&[], |conditions| &conditions.value),
            written_at: conditions.map(|conditions| &conditions.spot),
            otherwise: self.otherwise.as_ref(),
        };
        located.resolve(build, table, result, inputs)
    }

    /// Whether none of the bands' steps is on the scale of the result. Reports this as a single
    /// problem.
    fn is_for_other_scale(
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

    /// Warns of bands that no sum reaches, and of sums below the first band. These are warnings
    /// because the components of an area may have different sums.
    fn check_sums(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        inputs: &Inputs,
    ) {
        let Some(bands) = self.bands.as_ref().filter(|_| rule.value == Rule::SumBands) else {
            return;
        };
        let sum_of = |points: fn(&Scale) -> Fraction| {
            let scales = inputs.scales.iter().filter_map(|scale| build.scale(*scale));
            scales
                .map(points)
                .try_fold(Fraction::default(), Fraction::plus)
        };
        let (Some(min), Some(max)) = (sum_of(Scale::least_points), sum_of(Scale::most_points))
        else {
            return;
        };
        if let Some(first) = bands.value.first()
            && first.from.value > min
        {
            table.document.warn(&first.from.spot, |at| {
                at(format!(
                    "the sum of the points can be {min}, which is below the first band but is \
                     placed in it"
                ))
                .expecting(format!("{min} or less"))
            });
        }
        for band in &bands.value {
            if band.from.value > max {
                table.document.warn(&band.from.spot, |at| {
                    at(format!("no sum of the points reaches {}", band.from.value))
                        .expecting(format!("a number up to {max}, the highest possible sum"))
                });
            }
        }
    }

    fn check_bands(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: &Located<Rule>,
        scale: ScaleIndex,
    ) {
        let Some(bands) = self.bands.as_ref().filter(|bands| !bands.value.is_empty()) else {
            let own = self.bands.as_ref().filter(|_| table.has("bands"));
            let spot = own.map_or(&rule.spot, |bands| &bands.spot);
            table.document.add(spot, |at| {
                at(format!(
                    "the rule {} has no bands to place a result in",
                    rule.value.name()
                ))
                .expecting("bands = [ { from = 0, step = \"...\" }, ... ]")
            });
            return;
        };
        let mut before = None;
        for band in &bands.value {
            let step = build.step_named(table, scale, &band.step);
            check_order(table, &mut before, &band.from, step, &band.step.spot);
        }
        if rule.value == Rule::PercentBands {
            check_percent_range(table, &bands.value);
        }
    }
}

/// Checks that bands come lowest first and that a higher band does not give a worse step.
pub(super) fn check_order<N: PartialOrd + Copy + Display, S: PartialOrd + Copy>(
    table: &Reader<'_>,
    before: &mut Option<(N, Option<S>)>,
    from: &Located<N>,
    step: Option<S>,
    step_spot: &Spot,
) {
    if let Some((lower, worse)) = *before {
        if from.value <= lower {
            table.document.add(&from.spot, |at| {
                at(format!("{} does not come after {lower}", from.value))
                    .expecting("the bands lowest first, each once")
            });
        } else if let (Some(worse), Some(step)) = (worse, step)
            && step < worse
        {
            table.document.add(step_spot, |at| {
                at("a higher band gives a worse step than the one before".to_owned())
                    .expecting("steps that stay the same or improve from band to band")
            });
        }
    }
    *before = Some((from.value, step));
}

fn check_percent_range(table: &Reader<'_>, bands: &[WrittenBand<'_>]) {
    if let Some(first) = bands.first()
        && first.from.value != Fraction::default()
    {
        table.document.add(&first.from.spot, |at| {
            at(format!(
                "the first band of percentages starts at {}",
                first.from.value
            ))
            .expecting("0")
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

/// Checks that points can be turned into a percentage: none is negative, and the best step has more
/// than 0 points.
fn check_percentage(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
) {
    if rule.value != Rule::PercentBands {
        return;
    }
    for scale in distinct(build, inputs) {
        let nothing = Fraction::default();
        let lowest = scale.steps.first().map_or(nothing, |step| step.points);
        if scale.most_points() <= nothing || lowest < nothing {
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
fn check_same_points(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
    result: &Scale,
) {
    let name = rule.value.name();
    let other_scales = distinct(build, inputs)
        .into_iter()
        .any(|scale| scale.id != result.id);
    if (rule.value.takes_mean() || other_scales)
        && let Some([first, second]) = result
            .steps
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
        let unmatched = scale
            .steps
            .iter()
            .find(|step| result.steps.iter().all(|other| other.points != step.points));
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
                .expecting("percent-bands or sum-bands, or a result on the scale of the inputs")
            });
        }
    }
}

pub(super) fn distinct<'a>(build: &'a FrameworkBuilder, inputs: &Inputs) -> Vec<&'a Scale> {
    let mut indices = inputs.scales.clone();
    indices.sort_unstable();
    indices.dedup();
    indices
        .into_iter()
        .filter_map(|index| build.scale(index))
        .collect()
}
