//! The inputs of a combined result, and which of them decided it.

use super::{Explanation, Reason, ReasonKind, calibrated_and_panel};
use crate::combine::Rule;
use crate::fraction::Fraction;
use crate::framework::{FrameworkPart, MeasureIndex, Methods, RuleInputs};
use crate::outcome::Better;
use crate::output::{Mark, PartResult};
use crate::record::Method;
use crate::scale::{Scale, Step};
use crate::words;

/// One input of a rule.
pub(super) struct RuleInput<'a> {
    /// The identifier of the measure, component or area.
    pub(super) id: &'a str,
    /// The value; `None` if unknown or not applicable.
    step: Option<Step>,
    scale: &'a Scale,
    /// The exact figure behind a calculated result, as text.
    figure: Option<String>,
    weight: Fraction,
    pub(super) inferred: bool,
    not_applicable: bool,
    /// Whether it was calibrated, directly or through one of its own inputs.
    pub(super) calibrated: bool,
}

impl RuleInput<'_> {
    pub(super) fn is_missing(&self) -> bool {
        self.step.is_none() && !self.not_applicable
    }

    /// "1a 3", with the weight unless it is 1: "cancer 4 (weight 2)".
    fn in_words(&self) -> String {
        let star = if self.inferred { "*" } else { "" };
        let value = match (self.step, &self.figure) {
            (Some(_), Some(figure)) => format!("{figure}{star}"),
            (Some(step), None) => format!("{}{star}", self.scale.key(step)),
            (None, _) if self.not_applicable => "not applicable".to_owned(),
            (None, _) => "not known".to_owned(),
        };
        let weight = if self.weight == Fraction::from(1) {
            String::new()
        } else {
            format!(" (weight {})", self.weight)
        };
        format!("{} {value}{weight}", self.id)
    }

    /// Orders inputs of several scales by their points, the worse first.
    fn order(&self) -> Option<Fraction> {
        let points = self.scale.points(self.step?);
        match self.scale.better {
            Better::Higher => Some(points),
            Better::Lower => points.times(-1),
        }
    }
}

/// The calibrated inputs and panel inputs of a calibrated result.
pub(super) fn calibrated(methods: &Methods, inputs: &[RuleInput<'_>]) -> String {
    let ids = |calibrated: bool| {
        let chosen = inputs.iter().filter(|input| input.calibrated == calibrated);
        words::all_of(chosen.map(|input| input.id))
    };
    calibrated_and_panel(methods, &ids(true), &ids(false))
}

impl<'a> Explanation<'a> {
    /// The inputs of a part's rule by one method.
    pub(super) fn inputs_of(self, level: FrameworkPart, method: Method) -> Vec<RuleInput<'a>> {
        let framework = &self.cycle.framework;
        match level {
            FrameworkPart::Component(index) => {
                let measures = framework.component(index).measures.iter();
                self.measures(measures.copied(), method).collect()
            }
            FrameworkPart::Area(area) => framework
                .areas
                .get(area)
                .map_or_else(Vec::new, |definition| {
                    self.inputs_over(definition.over, &[area], method)
                }),
            FrameworkPart::Overall => framework.overall.as_ref().map_or_else(Vec::new, |overall| {
                self.inputs_over(overall.over, &overall.areas, method)
            }),
        }
    }

    fn inputs_over(self, over: RuleInputs, areas: &[usize], method: Method) -> Vec<RuleInput<'a>> {
        let framework = &self.cycle.framework;
        match over {
            RuleInputs::Areas => {
                let areas = areas.iter().filter_map(|at| {
                    let area = framework.areas.get(*at)?;
                    let level = FrameworkPart::Area(*at);
                    self.part(level, &area.id, area.weight, method)
                });
                areas.collect()
            }
            RuleInputs::Components => {
                let counted = framework.each_component().filter(|(_, component)| {
                    component.scored
                        && areas.contains(&component.area)
                        && !(method == Method::Previous && component.is_new())
                });
                let components = counted.filter_map(|(index, component)| {
                    let level = FrameworkPart::Component(index);
                    self.part(level, &component.id, component.weight, method)
                });
                components.collect()
            }
            RuleInputs::Measures => {
                let counted = framework.each_measure().filter(|(_, measure)| {
                    areas.contains(&framework.component(measure.component).area)
                });
                self.measures(counted.map(|(index, _)| index), method)
                    .collect()
            }
        }
    }

    fn part(
        self,
        level: FrameworkPart,
        id: &'a str,
        weight: Fraction,
        method: Method,
    ) -> Option<RuleInput<'a>> {
        let framework = &self.cycle.framework;
        let scale = framework.scale(framework.rating(level).scale()?);
        let part: &PartResult = self.output.part(level)?;
        let chosen = match method {
            Method::Calibrated => part.current_method(),
            other => other,
        };
        let result = part.result(chosen);
        Some(RuleInput {
            id,
            step: result.value(),
            scale,
            figure: result
                .is_by_rule_alone()
                .then(|| self.figure(level, chosen))
                .flatten(),
            weight,
            inferred: result.inferred(),
            not_applicable: result.not_applicable(),
            calibrated: part.current_method() == Method::Calibrated,
        })
    }

    fn measures(
        self,
        measures: impl Iterator<Item = MeasureIndex>,
        method: Method,
    ) -> impl Iterator<Item = RuleInput<'a>> {
        let framework = &self.cycle.framework;
        let counted = measures.filter(move |index| {
            !framework.scale_of(*index).is_text()
                && (method != Method::Previous
                    || !self.output.cell(*index).is_new(framework.measure(*index)))
        });
        counted.map(move |index| {
            let (cell, measure) = (self.output.cell(index), framework.measure(index));
            let mark: Mark = match method {
                Method::Calibrated => cell.current_mark(),
                other => cell.mark(other),
            };
            RuleInput {
                id: &measure.id,
                step: mark.value,
                scale: framework.scale_of(index),
                figure: None,
                weight: measure.weight,
                inferred: mark.inferred(),
                not_applicable: mark.not_applicable(),
                calibrated: cell.mark(Method::Calibrated).is_decided(),
            }
        })
    }

    /// Lists every input and those that decided: "from 1a 3, 1b 2, 1c 2; the lowest, 1b and 1c,
    /// decide".
    pub(super) fn inputs_in_words(
        self,
        level: FrameworkPart,
        method: Method,
        inputs: &[RuleInput<'_>],
    ) -> Option<Reason> {
        let rule = self.cycle.framework.combination(level)?.rule;
        let listed: Vec<String> = inputs.iter().map(RuleInput::in_words).collect();
        let text = format!("from {}{}", listed.join(", "), deciding(rule, inputs));
        let mut reason = Reason::new(ReasonKind::Inputs, text);
        reason.method = Some(method);
        Some(reason)
    }

    /// The figure that is a part's result, if its rule calculates one.
    pub(super) fn figure(self, level: FrameworkPart, method: Method) -> Option<String> {
        super::figure_in_words(&self.cycle.framework, self.output, level, method)
    }
}

/// Which inputs decided.
fn deciding(rule: Rule, inputs: &[RuleInput<'_>]) -> String {
    let missing = inputs.iter().filter(|input| input.is_missing());
    let missing: Vec<&str> = missing.map(|input| input.id).collect();
    if !missing.is_empty() {
        return format!("; not known: {}", words::all_of(missing));
    }
    let counted = inputs.iter().filter(|input| !input.not_applicable);
    if counted.clone().next().is_none() {
        return "; none of them applies".to_owned();
    }
    let word = match rule {
        Rule::Lowest => "lowest",
        Rule::WorstOf => "worst",
        Rule::Highest => "highest",
        _ if counted.clone().count() < inputs.len() => return "; all that apply count".to_owned(),
        _ => return "; all count".to_owned(),
    };
    let order = |input: &RuleInput<'_>| input.order();
    let chosen = match rule {
        Rule::Highest => counted.clone().map(order).max(),
        _ => counted.clone().map(order).min(),
    };
    let deciding: Vec<&str> = counted
        .clone()
        .filter(|input| Some(input.order()) == chosen)
        .map(|input| input.id)
        .collect();
    match deciding.as_slice() {
        all if all.len() == counted.count() && all.len() > 1 => "; all are equal".to_owned(),
        [only] => format!("; the {word}, {only}, decides"),
        several => format!(
            "; the {word}, {}, decide",
            words::all_of(several.iter().copied())
        ),
    }
}
