//! Why the result of an area, or of the whole, is what it is.

use super::{Explanation, RESTS_ON_INFERRED, Reason, ReasonKind, append};
use super::{calibrated_and_panel, possible_in_words, rule_in_words};
use crate::combine::{Combination, Combined};
use crate::cycle::CheckedCycle;
use crate::framework::OverallInputs;
use crate::judgement::Method;
use crate::output::{Assurance, Output, standing};
use crate::words;

/// Why the result of an area, given by its position in the framework, is what it is. Nothing
/// where the framework makes no result of it.
pub fn explain_area(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    area: usize,
) -> Vec<Reason> {
    let definition = cycle.framework.areas.get(area);
    let combination = definition.and_then(|area| area.combination.as_ref());
    let results = output.areas.get(area).and_then(Option::as_ref);
    let (Some(combination), Some(results)) = (combination, results) else {
        return Vec::new();
    };
    let whole = Whole {
        explanation: Explanation {
            cycle,
            assurance,
            output,
        },
        combination,
        results,
    };
    whole.reasons(|method| whole.components(&[area], method))
}

/// Why the overall result is what it is. Nothing where the framework has none.
pub fn explain_overall(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
) -> Vec<Reason> {
    let (Some(overall), Some(results)) = (&cycle.framework.overall, &output.overall) else {
        return Vec::new();
    };
    let whole = Whole {
        explanation: Explanation {
            cycle,
            assurance,
            output,
        },
        combination: &overall.combination,
        results,
    };
    whole.reasons(|method| match overall.over {
        OverallInputs::Areas => whole.areas(&overall.areas, method),
        OverallInputs::Components => whole.components(&overall.areas, method),
        OverallInputs::Measures => whole.measures(&overall.areas, method),
    })
}

/// What a rule was given under one name.
struct Given<'a> {
    id: &'a str,
    known: bool,
    inferred: bool,
    /// Whether it was calibrated: by itself, or through something beneath it.
    calibrated: bool,
}

struct Whole<'a> {
    explanation: Explanation<'a>,
    combination: &'a Combination,
    results: &'a [Combined; 5],
}

impl<'a> Whole<'a> {
    fn reasons(&self, inputs: impl Fn(Method) -> Vec<Given<'a>>) -> Vec<Reason> {
        let known = Method::ALL
            .into_iter()
            .filter(|method| self.results[method.position()].step.is_some());
        let mut reasons: Vec<Reason> = known
            .map(|method| self.by_rule(method, &inputs(method)))
            .collect();
        if standing(self.results).step.is_none() {
            reasons.push(self.undecided(&inputs));
        }
        reasons.extend(self.explanation.not_checked());
        reasons
    }

    /// Why there is no result, and what is possible.
    fn undecided(&self, inputs: &impl Fn(Method) -> Vec<Given<'a>>) -> Reason {
        let calibrated = &self.results[Method::Calibrated.position()];
        let method = match calibrated.possible {
            Some(_) => Method::Calibrated,
            None => Method::Panel,
        };
        let inputs = inputs(method);
        let unknown = inputs.iter().filter(|one| !one.known).map(|one| one.id);
        let mut text = format!("unknown: no value for {}", words::all_of(unknown));
        let framework = &self.explanation.cycle.framework;
        let scale = framework.scale(self.combination.scale);
        let result = &self.results[method.position()];
        if let Some(possible) = possible_in_words(scale, result) {
            let title = scale.title.to_lowercase();
            text.push_str(&format!("; possible is {title} {possible}"));
        }
        Reason::new(ReasonKind::Rule, text)
    }

    fn by_rule(&self, method: Method, inputs: &[Given<'_>]) -> Reason {
        let result = &self.results[method.position()];
        let framework = &self.explanation.cycle.framework;
        let scale = framework.scale(self.combination.scale);
        let whose = match method {
            Method::Previous => "this year's rule",
            _ => "the rule",
        };
        let mut text = format!(
            "{}: {} by {whose} \"{}\"",
            method.in_words(),
            self.explanation.step(scale, result.step),
            rule_in_words(framework, self.combination, result),
        );
        if method == Method::Calibrated {
            text.push_str(&format!(" over {}", whose_values(inputs)));
        }
        if result.inferred {
            let inferred = inputs.iter().filter(|one| one.inferred).map(|one| one.id);
            append(&mut text, RESTS_ON_INFERRED, Some(&words::all_of(inferred)));
        }
        let mut reason = Reason::new(ReasonKind::Rule, text);
        reason.method = Some(method);
        reason
    }

    fn areas(&self, areas: &[usize], method: Method) -> Vec<Given<'a>> {
        let Explanation { cycle, output, .. } = self.explanation;
        let results = areas.iter().filter_map(|area| {
            let results = output.areas[*area].as_ref()?;
            let result = match method {
                Method::Calibrated => standing(results),
                other => &results[other.position()],
            };
            Some(Given {
                id: &cycle.framework.areas[*area].id,
                known: result.step.is_some(),
                inferred: result.inferred,
                calibrated: results[Method::Calibrated.position()].step.is_some(),
            })
        });
        results.collect()
    }

    fn components(&self, areas: &[usize], method: Method) -> Vec<Given<'a>> {
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
                Given {
                    id: &component.id,
                    known: result.value().is_some(),
                    inferred: result.inferred(),
                    calibrated: results.current_method() == Method::Calibrated,
                }
            })
            .collect()
    }

    fn measures(&self, areas: &[usize], method: Method) -> Vec<Given<'a>> {
        let Explanation { cycle, output, .. } = self.explanation;
        let framework = &cycle.framework;
        let counted = framework
            .each_measure()
            .filter(|(_, measure)| areas.contains(&framework.component(measure.component).area));
        counted
            .map(|(index, measure)| {
                let cell = output.cell(index);
                let mark = match method {
                    Method::Calibrated => cell.standing(),
                    other => cell.mark(other),
                };
                Given {
                    id: &measure.id,
                    known: mark.value.is_some(),
                    inferred: mark.inferred,
                    calibrated: cell.mark(Method::Calibrated).value.is_some(),
                }
            })
            .collect()
    }
}

/// Whose values a calibrated result is made of.
fn whose_values(inputs: &[Given<'_>]) -> String {
    let those = |calibrated: bool| {
        let chosen = inputs.iter().filter(|one| one.calibrated == calibrated);
        words::all_of(chosen.map(|one| one.id))
    };
    calibrated_and_panel(&those(true), &those(false))
}
