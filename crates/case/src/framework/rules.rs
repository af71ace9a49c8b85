//! Reads and checks combination rules.

mod bands;
mod scales;

pub(super) use bands::{BandOrder, check_order};

use super::builder::FrameworkBuilder;
use super::counts::{self, WrittenCondition};
use crate::format::Version;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader, Spot};
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
    /// What the rule's name says of its figure, in the first version of the format.
    named: Option<FirstFormatRule>,
    result_scale: Option<Located<ScaleIndex>>,
    bands: Option<Located<Vec<WrittenBand<'a>>>>,
    rounding: Option<Located<Rounding>>,
    conditions: Option<Located<Vec<WrittenCondition<'a>>>>,
    otherwise: Option<Located<&'a str>>,
    confirm: Option<Located<&'a str>>,
    /// Whether a problem with the rule was reported, so that nothing else is checked for it.
    is_reported: bool,
}

#[derive(Clone)]
struct WrittenBand<'a> {
    from: Located<Fraction>,
    /// Whether the band begins just above `from`.
    above: bool,
    step: Located<&'a str>,
}

/// A rule of the first version of the format, whose name says what becomes of its figure.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FirstFormatRule {
    name: &'static str,
    rule: Rule,
    rounding: Option<Rounding>,
}

/// The rules of the first version that are named otherwise than in later ones.
const FIRST_FORMAT_RULES: [FirstFormatRule; 4] = [
    FirstFormatRule {
        name: "mean-nearest",
        rule: Rule::Mean,
        rounding: Some(Rounding::NearestStep),
    },
    FirstFormatRule {
        name: "mean-down",
        rule: Rule::Mean,
        rounding: Some(Rounding::StepBelow),
    },
    FirstFormatRule {
        name: "percent-bands",
        rule: Rule::Percent,
        rounding: None,
    },
    FirstFormatRule {
        name: "sum-bands",
        rule: Rule::Sum,
        rounding: None,
    },
];

/// The rules of the first version that keep their names.
const UNCHANGED_RULES: [Rule; 4] = [Rule::Lowest, Rule::Median, Rule::WorstOf, Rule::Counts];

/// Reads the keys of a rule in a table.
pub(super) fn read_rule<'a>(build: &FrameworkBuilder, table: &Reader<'a>) -> WrittenRule<'a> {
    let problems = table.document.problems();
    let scale = table.text("result_scale");
    let is_first = build.version == Version::First;
    let roundings = Rounding::ALL.into_iter().filter(|rounding| {
        // The first version rounds to a step by the name of the rule.
        !is_first
            || rounding
                .decimals()
                .is_some_and(|_| *rounding != Rounding::WholeUp)
    });
    let roundings: Vec<(&str, Rounding)> = roundings
        .map(|rounding| (rounding.name(), rounding))
        .collect();
    let (rule, named) = table
        .text("rule")
        .map_or((None, None), |name| rule(build, table, name));
    let mut written = WrittenRule {
        rule,
        named,
        result_scale: scale.and_then(|name| {
            let value = build.scale_named(table, &name)?;
            Some(Located {
                value,
                spot: name.spot,
            })
        }),
        bands: table.has("bands").then(|| bands(build, table)),
        rounding: table.word("round", &roundings),
        conditions: table.has("conditions").then(|| counts::conditions(table)),
        otherwise: table.text("otherwise"),
        confirm: table.text("confirm"),
        is_reported: false,
    };
    if let Some(rule) = &written.rule {
        written.report_unused_keys(build, table, rule.value, named);
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

fn rule(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    name: Located<&str>,
) -> (Option<Located<Rule>>, Option<FirstFormatRule>) {
    let is_first = build.version == Version::First;
    let named = FIRST_FORMAT_RULES
        .into_iter()
        .find(|named| named.name == name.value);
    let rule = match named.filter(|_| is_first) {
        Some(named) => Some(named.rule),
        None => Rule::named(name.value).filter(|rule| !is_first || UNCHANGED_RULES.contains(rule)),
    };
    let Some(value) = rule else {
        let later = Rule::ALL.into_iter().map(Rule::name);
        let names: Vec<&str> = if is_first {
            let first = UNCHANGED_RULES.into_iter().map(Rule::name);
            first
                .chain(FIRST_FORMAT_RULES.map(|named| named.name))
                .collect()
        } else {
            later.collect()
        };
        table.document.add(&name.spot, |at| {
            let problem = at(format!("there is no rule {}", quoted(name.value)));
            match named.and_then(|named| Some((named.rule, named.rounding?))) {
                // A name of the first version.
                Some((rule, rounding)) => problem.expecting(format!(
                    "rule = \"{}\" with round = \"{}\"",
                    rule.name(),
                    rounding.name()
                )),
                None => problem
                    .expecting_one_of(names.iter().copied())
                    .nearest_to(nearest(name.value, names.iter().copied())),
            }
        });
        return (None, None);
    };
    let rule = Located {
        value,
        spot: name.spot,
    };
    (Some(rule), named.filter(|_| is_first))
}

fn bands<'a>(build: &FrameworkBuilder, table: &Reader<'a>) -> Located<Vec<WrittenBand<'a>>> {
    let rows = table.tables("bands");
    let has_above = build.version != Version::First;
    let bands = rows.iter().filter_map(|row| {
        row.only(if has_above {
            &["from", "above", "step"]
        } else {
            &["from", "step"]
        });
        let step = row.required_text("step");
        let above = has_above && row.has("above");
        if above && row.has("from") {
            row.document.add(&row.spot_of("above"), |at| {
                at("a band has both `from` and `above`".to_owned()).expecting("one of them")
            });
        } else if !above && !row.has("from") {
            row.missing("from");
        }
        Some(WrittenBand {
            from: row.exact(if above { "above" } else { "from" })?,
            above,
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
    /// The scale and weight of each input.
    pub(super) each: Vec<(ScaleIndex, Fraction)>,
    /// The default scale of the result.
    pub(super) usual_result: Option<ScaleIndex>,
}

impl Inputs {
    /// The scale and weight of each input whose scale has no problem.
    fn weighted<'b>(
        &self,
        build: &'b FrameworkBuilder,
    ) -> impl Iterator<Item = (&'b Scale, Fraction)> {
        let each = self.each.iter();
        each.filter_map(|(scale, weight)| Some((build.scale(*scale)?, *weight)))
    }
}

impl<'a> WrittenRule<'a> {
    /// Reports keys that the rule does not use.
    fn report_unused_keys(
        &self,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
        rule: Rule,
        named: Option<FirstFormatRule>,
    ) {
        let is_first = build.version == Version::First;
        let name = named.map_or(rule.name(), |named| named.name);
        let takes_bands = takes_bands(is_first, rule, named);
        let (bands, conditions, round) = if is_first {
            (
                "rule = \"percent-bands\" or \"sum-bands\", or no bands",
                "rule = \"counts\", or no such key",
                "rule = \"percent-bands\" or \"sum-bands\", or no `round`",
            )
        } else {
            (
                "another rule, or no bands",
                "rule = \"counts\", or no such key",
                "rule = \"mean\", \"sum\" or \"percent\", or no `round`",
            )
        };
        let rounds = if is_first {
            takes_bands
        } else {
            rule.calculates()
        };
        let spot = |spot: &Spot| spot.clone();
        let keys = [
            (
                self.bands.as_ref().map(|bands| spot(&bands.spot)),
                takes_bands,
                "no bands",
                bands,
            ),
            (
                self.rounding.as_ref().map(|round| spot(&round.spot)),
                rounds,
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
                    at(format!("the rule {name} has {has}")).expecting(expected)
                });
            }
        }
        let to_a_step = self
            .rounding
            .as_ref()
            .filter(|round| round.value.decimals().is_none());
        if let (Some(round), Some(_)) = (to_a_step, &self.bands) {
            table.document.add(&round.spot, |at| {
                at("the figure cannot both be rounded to a step and placed in bands".to_owned())
                    .expecting("bands, or this rounding")
            });
        }
    }

    /// Takes from the area's rule whatever a component does not set itself.
    pub(super) fn or(
        self,
        area: &WrittenRule<'a>,
        build: &FrameworkBuilder,
        table: &Reader<'_>,
    ) -> WrittenRule<'a> {
        let inherits = self.rule.is_none();
        let rule = self.rule.clone().or_else(|| area.rule.clone());
        let named = if inherits { area.named } else { self.named };
        let problems = table.document.problems();
        if let (true, Some(rule), false) = (inherits, &rule, self.is_reported) {
            self.report_unused_keys(build, table, rule.value, named);
        }
        let is_needless = table.document.problems() > problems;
        let is_first = build.version == Version::First;
        let value = rule.as_ref().map(|rule| rule.value);
        let banded = value.is_some_and(|rule| takes_bands(is_first, rule, named));
        let counts = value == Some(Rule::Counts);
        // A component with a rule of its own takes bands only if they can be meant for it.
        let banded = banded && (is_first || inherits);
        // Conditions and `otherwise` belong together.
        let from_area = counts && self.conditions.is_none();
        WrittenRule {
            bands: self.bands.or_else(|| area.bands.clone().filter(|_| banded)),
            rounding: self
                .rounding
                .or_else(|| area.rounding.clone().filter(|_| banded)),
            otherwise: self
                .otherwise
                .or_else(|| area.otherwise.clone().filter(|_| from_area)),
            conditions: self
                .conditions
                .or_else(|| area.conditions.clone().filter(|_| counts)),
            rule,
            named,
            result_scale: self.result_scale.or_else(|| area.result_scale.clone()),
            confirm: self.confirm.or_else(|| area.confirm.clone()),
            is_reported: self.is_reported || area.is_reported || is_needless,
        }
    }

    /// The rule's name as the file writes it.
    fn name(&self, rule: Rule) -> &'static str {
        self.named.map_or(rule.name(), |named| named.name)
    }

    /// Whether a rule is written.
    pub(super) fn is_some(&self) -> bool {
        self.rule.is_some() || self.is_reported
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
        build: &mut FrameworkBuilder,
        table: &Reader<'_>,
        inputs: &Inputs,
    ) -> Option<Combination> {
        let rule = self.rule.as_ref().filter(|_| !self.is_reported)?;
        let is_first = build.version == Version::First;
        if !scales::check_countable(build, table, rule, inputs) {
            return None;
        }
        let better = scales::direction(build, table, rule, inputs)?;
        let has_bands = match self.named {
            Some(named) => named.rounding.is_none(),
            None => self.bands.is_some(),
        };
        let rounding = match self.named {
            Some(FirstFormatRule {
                rounding: Some(rounding),
                ..
            }) => Some(rounding),
            _ => self.rounding.as_ref().map(|round| round.value),
        };
        let to_a_step = rounding.is_some_and(|rounding| rounding.decimals().is_none());
        let is_figure = rule.value.calculates() && !has_bands && !to_a_step && !is_first;
        let named_scale = self.result_scale.as_ref().map(|scale| scale.value);
        let index = if is_figure {
            match &self.result_scale {
                Some(named) => numbers_for_figure(build, table, rule, named)?,
                None => {
                    let scale = self.scale_of_figure(build, table, rule, inputs, better)?;
                    build.add_scale(scale)?
                }
            }
        } else {
            named_scale.or(inputs.usual_result)?
        };
        let scale = build.scale(index)?.clone();
        if to_a_step && scale.steps().is_empty() {
            scales::report_no_steps(build, table, rule);
            return None;
        }
        if self.is_for_other_scale(build, table, &scale) {
            return None;
        }
        let mut counting = None;
        if rule.value == Rule::Counts {
            counting = self.counting(build, table, rule, index, inputs);
        } else if has_bands {
            self.check_bands(build, table, rule, index, better, inputs);
            scales::check_percentage(build, table, rule, inputs);
            self.check_reach(build, table, rule, inputs);
            if rule.value.chooses() {
                check_one_scale(build, table, rule, inputs);
            }
        } else if is_figure {
            scales::check_percentage(build, table, rule, inputs);
            scales::check_fits(build, table, rule, inputs, &scale);
        } else {
            scales::check_percentage(build, table, rule, inputs);
            let name = self.name(rule.value);
            scales::check_same_points(build, table, rule, name, inputs, &scale);
        }
        let bands = self.bands.as_ref().filter(|_| has_bands);
        let bands = bands.map_or(&[][..], |bands| &bands.value);
        let bands = bands.iter().filter_map(|band| {
            Some(Band {
                from: band.from.value,
                above: band.above,
                step: scale.step(band.step.value)?,
            })
        });
        Some(Combination {
            rule: rule.value,
            written_as: self.named.map(|named| named.name),
            scale: index,
            bands: bands.collect(),
            rounding,
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
}

/// Whether bands can be written for a rule. In the first version, the name of the rule says so.
fn takes_bands(is_first: bool, rule: Rule, named: Option<FirstFormatRule>) -> bool {
    if is_first {
        named.is_some_and(|named| named.rounding.is_none())
    } else {
        rule != Rule::Counts
    }
}

/// The scale of numbers that a file names for a calculated figure.
fn numbers_for_figure(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    named: &Located<ScaleIndex>,
) -> Option<ScaleIndex> {
    let scale = build.scale(named.value)?;
    if scale.numbers().is_some() {
        return Some(named.value);
    }
    table.document.add(&named.spot, |at| {
        at(format!(
            "the rule {} gives a number, not a step of the scale {}",
            rule.value.name(),
            scale.title
        ))
        .expecting("bands, round = \"nearest-step\" or \"step-below\", or no `result_scale`")
    });
    None
}

/// Bands of a chosen value compare its points, so all inputs must be on one scale.
fn check_one_scale(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    rule: &Located<Rule>,
    inputs: &Inputs,
) {
    if let [first, second, ..] = distinct(build, inputs)[..] {
        table.document.add(&rule.spot, |at| {
            at(format!(
                "the rule {} compares the scales {} and {}",
                rule.value.name(),
                first.title,
                second.title
            ))
            .expecting("inputs of one scale, or mean, sum or percent")
        });
    }
}

pub(super) fn distinct<'a>(build: &'a FrameworkBuilder, inputs: &Inputs) -> Vec<&'a Scale> {
    let mut indices = inputs
        .each
        .iter()
        .map(|(scale, _)| *scale)
        .collect::<Vec<_>>();
    indices.sort_unstable();
    indices.dedup();
    indices
        .into_iter()
        .filter_map(|index| build.scale(index))
        .collect()
}
