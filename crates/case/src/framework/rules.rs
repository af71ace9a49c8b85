//! Combination rules as framework files write them.

use super::build::Build;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Given, Reader, Spot};
use wcc_core::Scale;
use wcc_core::combine::{Band, Combination, Rule};
use wcc_core::framework::ScaleIndex;

/// The keys of a rule as they were written, before it is known which scale they are about.
#[derive(Clone)]
pub(super) struct Written<'a> {
    rule: Option<Given<Rule>>,
    result_scale: Option<Given<ScaleIndex>>,
    bands: Option<Given<Vec<WrittenBand<'a>>>>,
    confirm: Option<Given<&'a str>>,
    /// Whether any of this has a problem that was told, so that nothing else is looked up for it.
    is_told: bool,
}

#[derive(Clone)]
struct WrittenBand<'a> {
    from: Given<f64>,
    step: Given<&'a str>,
}

/// Reads the keys of a rule in a table.
pub(super) fn written<'a>(build: &Build, table: &Reader<'a>) -> Written<'a> {
    let problems = table.document.problems();
    let scale = table.text("result_scale");
    let mut written = Written {
        rule: table.text("rule").and_then(|name| rule(table, name)),
        result_scale: scale.and_then(|name| {
            let value = build.scale_named(table, &name)?;
            Some(Given {
                value,
                spot: name.spot,
            })
        }),
        bands: table.has("bands").then(|| bands(table)),
        confirm: table.text("confirm"),
        is_told: false,
    };
    refuse_needless_bands(table, written.rule.as_ref(), written.bands.as_ref());
    // A scale may be told elsewhere.
    written.is_told = table.document.problems() > problems
        || table.has("result_scale") && written.result_scale.is_none()
        || ["rule", "result_scale", "bands", "confirm"]
            .into_iter()
            .any(|key| table.is_misspelt(key));
    written
}

fn rule(table: &Reader<'_>, name: Given<&str>) -> Option<Given<Rule>> {
    let Some(value) = Rule::named(name.value) else {
        let names = || Rule::ALL.into_iter().map(Rule::name);
        table.document.add(&name.spot, |at| {
            at(format!("there is no rule {}", quoted(name.value)))
                .expecting_one_of(names())
                .nearest_to(nearest(name.value, names()))
        });
        return None;
    };
    Some(Given {
        value,
        spot: name.spot,
    })
}

fn bands<'a>(table: &Reader<'a>) -> Given<Vec<WrittenBand<'a>>> {
    let rows = table.tables("bands");
    let each = rows.iter().filter_map(|row| {
        row.only(&["from", "step"]);
        let step = row.required_text("step");
        if !row.has("from") {
            row.missing("from");
        }
        Some(WrittenBand {
            from: row.number("from")?,
            step: step?,
        })
    });
    Given {
        value: each.collect(),
        spot: table.spot_of("bands"),
    }
}

fn refuse_needless_bands<T>(
    table: &Reader<'_>,
    rule: Option<&Given<Rule>>,
    bands: Option<&Given<T>>,
) {
    if let (Some(rule), Some(bands)) = (rule, bands)
        && !rule.value.needs_bands()
    {
        table.document.add(&bands.spot, |at| {
            at(format!("the rule {} has no bands", rule.value.name()))
                .expecting("rule = \"percent-bands\" or \"sum-bands\", or no bands")
        });
    }
}

/// What goes into a rule.
pub(super) struct Inputs {
    /// The scales of what is combined, each once or more.
    pub(super) scales: Vec<ScaleIndex>,
    /// The scale of the result where the file names none.
    pub(super) usual_result: Option<ScaleIndex>,
}

impl<'a> Written<'a> {
    /// Takes over from the area what a component does not say itself.
    pub(super) fn or(self, area: &Written<'a>, table: &Reader<'_>) -> Written<'a> {
        let rule = self.rule.or_else(|| area.rule.clone());
        let problems = table.document.problems();
        if !self.is_told {
            refuse_needless_bands(table, rule.as_ref(), self.bands.as_ref());
        }
        let is_needless = table.document.problems() > problems;
        let banded = rule.as_ref().is_some_and(|rule| rule.value.needs_bands());
        Written {
            bands: self.bands.or_else(|| area.bands.clone().filter(|_| banded)),
            rule,
            result_scale: self.result_scale.or_else(|| area.result_scale.clone()),
            confirm: self.confirm.or_else(|| area.confirm.clone()),
            is_told: self.is_told || area.is_told || is_needless,
        }
    }

    /// Tells problems of the rule at a component that took it over from its area.
    pub(super) fn told_at(mut self, table: &Reader<'_>) -> Self {
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
        build: &Build,
        table: &Reader<'_>,
        inputs: &Inputs,
    ) -> Option<Combination> {
        let rule = self.rule.as_ref().filter(|_| !self.is_told)?;
        let named = self.result_scale.as_ref().map(|scale| scale.value);
        let index = named.or(inputs.usual_result)?;
        let scale = build.scale(index)?;
        if self.is_for_other_scale(build, table, scale) {
            return None;
        }
        if rule.value.needs_bands() {
            self.check_bands(build, table, rule, index);
            check_percentage(build, table, rule, inputs);
            self.check_sums(build, table, rule, inputs);
        } else {
            check_same_points(build, table, rule, inputs, scale);
        }
        let bands = self.bands.as_ref().filter(|_| rule.value.needs_bands());
        let bands = bands.map_or(&[][..], |bands| &bands.value);
        let each = bands.iter().filter_map(|band| {
            Some(Band {
                from: band.from.value,
                step: scale.step(band.step.value)?,
            })
        });
        Some(Combination {
            rule: rule.value,
            scale: index,
            bands: each.collect(),
            confirm: self
                .confirm
                .as_ref()
                .and_then(|confirm| build.step_named(table, index, confirm)),
        })
    }

    /// Tells bands none of whose steps are on the scale of the result, as one problem.
    fn is_for_other_scale(&self, build: &Build, table: &Reader<'_>, scale: &Scale) -> bool {
        let bands = self.bands.as_ref().map_or(&[][..], |bands| &bands.value);
        let steps = || bands.iter().map(|band| band.step.value);
        let [first, _, ..] = bands else { return false };
        if steps().any(|step| scale.step(step).is_some()) {
            return false;
        }
        let meant = build.scale_with(steps());
        table.document.add(&first.step.spot, |at| {
            let message = format!(
                "{} is not a step of the scale {}, and nor is any other step of these bands",
                quoted(first.step.value),
                scale.title
            );
            match meant {
                Some(meant) => at(message).expecting(format!(
                    "{}, or result_scale = {}",
                    scale.keys_in_words(),
                    quoted(&meant.id)
                )),
                None => at(message).expecting(scale.keys_in_words()),
            }
        });
        true
    }

    /// Warns of bands that no sum reaches; components of one area may have different sums.
    fn check_sums(&self, build: &Build, table: &Reader<'_>, rule: &Given<Rule>, inputs: &Inputs) {
        let Some(bands) = self.bands.as_ref().filter(|_| rule.value == Rule::SumBands) else {
            return;
        };
        let scales = inputs.scales.iter().filter_map(|scale| build.scale(*scale));
        let most: i32 = scales.map(Scale::most_points).sum();
        for band in &bands.value {
            if band.from.value > f64::from(most) {
                table.document.warn(&band.from.spot, |at| {
                    at(format!("no sum of the points reaches {}", band.from.value))
                        .expecting(format!("a number up to {most}, the most that there can be"))
                });
            }
        }
    }

    fn check_bands(
        &self,
        build: &Build,
        table: &Reader<'_>,
        rule: &Given<Rule>,
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

/// Bands come lowest first, and a higher one never gives a worse step.
pub(super) fn check_order<S: PartialOrd + Copy>(
    table: &Reader<'_>,
    before: &mut Option<(f64, Option<S>)>,
    from: &Given<f64>,
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
                    .expecting("steps that stay or rise from band to band")
            });
        }
    }
    *before = Some((from.value, step));
}

fn check_percent_range(table: &Reader<'_>, bands: &[WrittenBand<'_>]) {
    if let Some(first) = bands.first()
        && first.from.value != 0.0
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
        && last.from.value <= 1.0
    {
        table.document.warn(&last.from.spot, |at| {
            at(format!(
                "the last band starts at {} per cent, so that nearly everything is in it",
                last.from.value
            ))
            .expecting("percentages from 0 to 100, not fractions from 0 to 1")
        });
    }
    // The first is nought, or was told.
    for band in bands.iter().skip(1) {
        if !(0.0..=100.0).contains(&band.from.value) {
            table.document.add(&band.from.spot, |at| {
                at(format!("{} is not a percentage", band.from.value))
                    .expecting("a number from 0 to 100")
            });
        }
    }
}

/// A percentage of the most possible needs points that can be had, and none below zero.
fn check_percentage(build: &Build, table: &Reader<'_>, rule: &Given<Rule>, inputs: &Inputs) {
    if rule.value != Rule::PercentBands {
        return;
    }
    for scale in distinct(build, inputs) {
        let lowest = scale.steps.first().map_or(0, |step| step.points);
        if scale.most_points() <= 0 || lowest < 0 {
            table.document.add(&rule.spot, |at| {
                at(format!(
                    "the points of the scale {} make no percentage",
                    scale.title
                ))
                .expecting("points from 0 up, and more than 0 for the best step")
            });
        }
    }
}

/// Without bands the result is found by points: every step that goes in must have its like on the
/// scale of the result, and no two steps of that scale the same points.
fn check_same_points(
    build: &Build,
    table: &Reader<'_>,
    rule: &Given<Rule>,
    inputs: &Inputs,
    result: &Scale,
) {
    let name = rule.value.name();
    if let Some(pair) = result
        .steps
        .windows(2)
        .find(|pair| pair[0].points == pair[1].points)
    {
        table.document.add(&rule.spot, |at| {
            let (one, other) = (quoted(&pair[0].key), quoted(&pair[1].key));
            at(format!(
                "the rule {name} cannot tell the steps {one} and {other} of the scale {} apart, \
                 for they have the same points",
                result.title
            ))
            .expecting("points that differ, or a rule with bands")
        });
    }
    for scale in distinct(build, inputs) {
        let stranger = scale
            .steps
            .iter()
            .find(|step| result.steps.iter().all(|one| one.points != step.points));
        if let Some(step) = stranger {
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

fn distinct<'a>(build: &'a Build, inputs: &Inputs) -> Vec<&'a Scale> {
    let mut indices = inputs.scales.clone();
    indices.sort_unstable();
    indices.dedup();
    indices
        .into_iter()
        .filter_map(|index| build.scale(index))
        .collect()
}
