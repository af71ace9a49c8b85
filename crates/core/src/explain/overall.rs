//! Explains the result of an area and the overall result.

use super::inputs::{NamedInput, inputs_in_words};
use super::{BASED_ON_INFERRED, Explanation, NOT_ASSESSED, Reason, ReasonKind, append};
use super::{calibrated_and_panel, possible_in_words};
use crate::combine::{Combination, RuleResult};
use crate::cycle::CheckedCycle;
use crate::fraction::Fraction;
use crate::framework::{OverallInputs, RuleLevel};
use crate::output::{Assurance, Output, current_result};
use crate::record::Method;
use crate::scale::{Scale, Step};
use crate::words;

/// Explains the result of an area, identified by its position in the framework. If the framework
/// has no rule for the area, lists the results of its components.
pub fn explain_area(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    area: usize,
) -> Vec<Reason> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    let definition = cycle.framework.areas.get(area);
    let combination = definition.and_then(|area| area.combination.as_ref());
    let results = output.areas.get(area).and_then(Option::as_ref);
    let (Some(combination), Some(results)) = (combination, results) else {
        return explanation.each_component(area);
    };
    let result = ResultExplanation {
        explanation,
        combination,
        level: RuleLevel::Area(area),
        results,
    };
    result.reasons(|method| result.components(&[area], method))
}

/// Explains the overall result; empty if the framework has none.
pub fn explain_overall(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
) -> Vec<Reason> {
    let (Some(overall), Some(results)) = (&cycle.framework.overall, &output.overall) else {
        return Vec::new();
    };
    let result = ResultExplanation {
        explanation: Explanation {
            cycle,
            assurance,
            output,
        },
        combination: &overall.combination,
        level: RuleLevel::Overall,
        results,
    };
    result.reasons(|method| match overall.over {
        OverallInputs::Areas => result.areas(&overall.areas, method),
        OverallInputs::Components => result.components(&overall.areas, method),
        OverallInputs::Measures => result.measures(&overall.areas, method),
    })
}

/// One input of a rule.
struct RuleInput<'a> {
    id: &'a str,
    /// The key and points of the value; `None` if unknown.
    value: Option<(&'a str, Fraction)>,
    inferred: bool,
    /// Whether it was calibrated, directly or through one of its own inputs.
    calibrated: bool,
}

impl RuleInput<'_> {
    fn new<'a>(id: &'a str, scale: &'a Scale, step: Option<Step>, inferred: bool) -> RuleInput<'a> {
        RuleInput {
            id,
            value: step.map(|step| (scale.key(step), scale.points(step))),
            inferred,
            calibrated: false,
        }
    }

    fn in_words(&self) -> NamedInput {
        let star = if self.inferred { "*" } else { "" };
        NamedInput {
            name: self.id.to_owned(),
            value: self.value.map(|(key, _)| format!("{key}{star}")),
            points: self.value.map(|(_, points)| points),
        }
    }
}

struct ResultExplanation<'a> {
    explanation: Explanation<'a>,
    combination: &'a Combination,
    level: RuleLevel,
    results: &'a [RuleResult; 5],
}

impl<'a> ResultExplanation<'a> {
    fn reasons(&self, inputs: impl Fn(Method) -> Vec<RuleInput<'a>>) -> Vec<Reason> {
        let known = Method::ALL
            .into_iter()
            .filter(|method| self.results[method.position()].step.is_some());
        let mut reasons: Vec<Reason> = known
            .flat_map(|method| {
                let inputs = inputs(method);
                [self.by_rule(method, &inputs), self.inputs(method, &inputs)]
            })
            .collect();
        if current_result(self.results).step.is_none() {
            reasons.push(self.undecided(&inputs));
        }
        reasons.extend(self.explanation.not_checked());
        reasons
    }

    /// Why the result is unknown, and which results are possible.
    fn undecided(&self, inputs: &impl Fn(Method) -> Vec<RuleInput<'a>>) -> Reason {
        let calibrated = &self.results[Method::Calibrated.position()];
        let method = match calibrated.possible {
            Some(_) => Method::Calibrated,
            None => Method::Panel,
        };
        let inputs = inputs(method);
        let unknown = inputs
            .iter()
            .filter(|input| input.value.is_none())
            .map(|input| input.id);
        let mut text = format!("unknown: no value for {}", words::all_of(unknown));
        let framework = &self.explanation.cycle.framework;
        let scale = framework.scale(self.combination.scale);
        let result = &self.results[method.position()];
        if let Some(possible) = possible_in_words(scale, result) {
            let title = scale.title.to_lowercase();
            text.push_str(&format!("; {title} {possible} is possible"));
        }
        Reason::new(ReasonKind::Rule, text)
    }

    fn by_rule(&self, method: Method, inputs: &[RuleInput<'_>]) -> Reason {
        let result = &self.results[method.position()];
        let framework = &self.explanation.cycle.framework;
        let scale = framework.scale(self.combination.scale);
        let rule_word = match method {
            Method::Previous => "this year's rule",
            _ => "the rule",
        };
        let mut text = format!(
            "{}: {} by {rule_word} \"{}\"",
            method.in_words(),
            self.explanation.step(scale, result.step),
            self.explanation
                .rule_in_words(self.level, method)
                .unwrap_or_default(),
        );
        if method == Method::Calibrated {
            text.push_str(&format!(" over {}", calibrated_inputs(inputs)));
        }
        if result.inferred {
            let inferred = inputs
                .iter()
                .filter(|input| input.inferred)
                .map(|input| input.id);
            append(&mut text, BASED_ON_INFERRED, Some(&words::all_of(inferred)));
        }
        let mut reason = Reason::new(ReasonKind::Rule, text);
        reason.method = Some(method);
        reason
    }

    fn inputs(&self, method: Method, inputs: &[RuleInput<'_>]) -> Reason {
        let inputs: Vec<NamedInput> = inputs.iter().map(RuleInput::in_words).collect();
        let text = inputs_in_words(self.combination.rule, &inputs);
        let mut reason = Reason::new(ReasonKind::Inputs, text);
        reason.method = Some(method);
        reason
    }

    fn areas(&self, areas: &[usize], method: Method) -> Vec<RuleInput<'a>> {
        let Explanation { cycle, output, .. } = self.explanation;
        let results = areas.iter().filter_map(|area| {
            let results = output.areas[*area].as_ref()?;
            let result = match method {
                Method::Calibrated => current_result(results),
                other => &results[other.position()],
            };
            let area = &cycle.framework.areas[*area];
            let scale = cycle.framework.scale(area.combination.as_ref()?.scale);
            Some(RuleInput {
                calibrated: results[Method::Calibrated.position()].step.is_some(),
                ..RuleInput::new(&area.id, scale, result.step, result.inferred)
            })
        });
        results.collect()
    }

    fn components(&self, areas: &[usize], method: Method) -> Vec<RuleInput<'a>> {
        let Explanation { cycle, output, .. } = self.explanation;
        let counted = cycle
            .framework
            .each_component()
            .filter(|(_, component)| component.scored && areas.contains(&component.area));
        counted
            .map(|(index, component)| {
                let results = &output.components[usize::from(index.0)];
                let result = match method {
                    Method::Calibrated => results.current(),
                    other => results.result(other),
                };
                let scale = cycle.framework.scale_of_component(index);
                RuleInput {
                    calibrated: results.current_method() == Method::Calibrated,
                    ..RuleInput::new(&component.id, scale, result.value(), result.inferred())
                }
            })
            .collect()
    }

    fn measures(&self, areas: &[usize], method: Method) -> Vec<RuleInput<'a>> {
        let Explanation { cycle, output, .. } = self.explanation;
        let framework = &cycle.framework;
        let counted = framework
            .each_measure()
            .filter(|(_, measure)| areas.contains(&framework.component(measure.component).area));
        counted
            .map(|(index, measure)| {
                let cell = output.cell(index);
                let mark = match method {
                    Method::Calibrated => cell.current_mark(),
                    other => cell.mark(other),
                };
                let scale = framework.scale_of(index);
                RuleInput {
                    calibrated: cell.mark(Method::Calibrated).value.is_some(),
                    ..RuleInput::new(&measure.id, scale, mark.value, mark.inferred)
                }
            })
            .collect()
    }
}

/// The calibrated inputs and panel inputs of a calibrated result.
fn calibrated_inputs(inputs: &[RuleInput<'_>]) -> String {
    let ids = |calibrated: bool| {
        let chosen = inputs.iter().filter(|input| input.calibrated == calibrated);
        words::all_of(chosen.map(|input| input.id))
    };
    calibrated_and_panel(&ids(true), &ids(false))
}

impl Explanation<'_> {
    /// The current result of each component, for an area without a result of its own.
    fn each_component(&self, area: usize) -> Vec<Reason> {
        let framework = &self.cycle.framework;
        let components = framework.each_component().filter(|(index, component)| {
            component.area == area && self.output.assesses(framework, *index)
        });
        let mut reasons = vec![Reason::new(
            ReasonKind::Rule,
            "the framework has no rule for the area as a whole".to_owned(),
        )];
        for (index, component) in components {
            let result = &self.output.components[usize::from(index.0)];
            let scale = framework.scale_of_component(index);
            let current = result.current();
            let star = if current.inferred() { "*" } else { "" };
            let note = if current.is_by_rule_alone() {
                ", by the rule alone"
            } else {
                ""
            };
            let value = if component.scored {
                format!("{}{star}{note}", self.step(scale, current.value()))
            } else {
                NOT_ASSESSED.to_owned()
            };
            let text = format!("{}: {value}", component.numbered_label());
            reasons.push(Reason::new(ReasonKind::Inputs, text));
        }
        reasons.extend(self.not_checked());
        reasons
    }
}
