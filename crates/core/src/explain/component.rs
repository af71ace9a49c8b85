//! Explains the result of a competency or strand.

use super::{BASED_ON_INFERRED, Explanation, Reason, ReasonKind, append, possible_in_words};
use super::{NOT_ASSESSED, calibrated_and_panel, inferred_word};
use crate::body::BodyKind;
use crate::cycle::CheckedCycle;
use crate::framework::{Component, ComponentIndex, MeasureIndex, RuleLevel};
use crate::output::{Assurance, Cell, ComponentResult, Mark, Output};
use crate::record::{Method, Subject};
use crate::scale::Scale;
use crate::words;

/// Explains the result of a competency or strand of an output.
pub fn explain_component(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    component: ComponentIndex,
) -> Vec<Reason> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    let component = ComponentExplanation {
        explanation,
        index: component,
        definition: cycle.framework.component(component),
        scale: cycle.framework.scale_of_component(component),
        result: &output.components[usize::from(component.0)],
    };
    let mut reasons: Vec<Reason> = Method::ALL
        .into_iter()
        .flat_map(|method| component.by_method(method))
        .collect();
    if reasons.is_empty() {
        let text = component.nothing_known();
        reasons.push(Reason::new(ReasonKind::Rule, text));
    }
    reasons.extend(explanation.not_checked());
    reasons
}

#[derive(Clone, Copy)]
struct ComponentExplanation<'a> {
    explanation: Explanation<'a>,
    index: ComponentIndex,
    definition: &'a Component,
    scale: &'a Scale,
    result: &'a ComponentResult,
}

impl<'a> ComponentExplanation<'a> {
    fn by_method(self, method: Method) -> impl Iterator<Item = Reason> {
        let result = self.result.result(method);
        let subject = Subject::Component(self.index);
        let mark = self
            .explanation
            .mark(subject, method, &result.recorded, self.scale)
            .or_else(|| {
                self.explanation
                    .unaffected_departure(subject, method, self.scale)
            });
        let rule = self
            .has_rule(method)
            .then(|| self.rule(method).or_else(|| self.undecided(method)))
            .flatten();
        let inputs = rule
            .as_ref()
            .map(|_| self.explanation.measures_behind(self.definition, method));
        let evidence = mark
            .as_ref()
            .map(|mark| self.explanation.evidence_of_judgement(mark.judgement));
        let marks = mark.into_iter().chain(evidence.into_iter().flatten());
        rule.into_iter().chain(inputs).chain(marks)
    }

    /// Whether the rule had any input from this method. If only the component itself was
    /// calibrated, its measures have the panel's marks, so the rule's result is the panel's.
    fn has_rule(self, method: Method) -> bool {
        method != Method::Calibrated
            || self.definition.measures.iter().any(|measure| {
                let cell = self.explanation.output.cell(*measure);
                cell.mark(method).value.is_some()
            })
    }

    /// The rule's result, if it has one.
    fn rule(self, method: Method) -> Option<Reason> {
        let result = self.result.result(method);
        let step = result.by_rule.step?;
        let rule = self
            .explanation
            .rule_in_words(RuleLevel::Component(self.index), method)?;
        let rule_word = match method {
            Method::Previous => "this year's rule",
            _ => "the rule",
        };
        let mut text = format!(
            "{}: {} by {rule_word} \"{rule}\"",
            method.in_words(),
            self.explanation.step(self.scale, Some(step)),
        );
        if method == Method::Calibrated {
            text.push_str(&format!(" over {}", self.calibrated_inputs()));
        }
        if result.is_by_rule_alone() {
            text.push_str("; no result was recorded");
        }
        if result.by_rule.inferred {
            let inferred = self.measures(method, |mark| mark.inferred);
            append(&mut text, BASED_ON_INFERRED, Some(&inferred));
        }
        text.push_str(&self.effect_on_recorded_result(method));
        Some(self.reason(method, text))
    }

    /// Why a result is unknown although some values are known, and which results are possible.
    fn undecided(self, method: Method) -> Option<Reason> {
        let result = self.result.result(method);
        if result.by_rule.step.is_some() || result.by_rule.possible.is_none() {
            return None;
        }
        let missing = self.measures(method, |mark| mark.value.is_none());
        let mut text = format!(
            "{}: unknown by the rule \"{}\", no value for {missing}",
            method.in_words(),
            self.definition.combination.rule.name(),
        );
        if let Some(possible) = possible_in_words(self.scale, &result.by_rule) {
            let title = self.scale.title.to_lowercase();
            text.push_str(&format!("; {title} {possible} is possible"));
        }
        text.push_str(&self.effect_on_recorded_result(method));
        Some(self.reason(method, text))
    }

    /// How the calibration of a measure affects the result that the panel recorded.
    fn effect_on_recorded_result(self, method: Method) -> String {
        let panel = self.result.result(Method::Panel).recorded;
        let calibrated = self.result.result(Method::Calibrated);
        if method != Method::Calibrated
            || calibrated.recorded.value.is_some()
            || panel.value.is_none()
        {
            return String::new();
        }
        let recorded = self.explanation.step(self.scale, panel.value);
        let inferred = inferred_word(panel.inferred);
        if calibrated.by_rule.step.is_some() {
            format!("; it replaces {recorded}{inferred}, which the panel recorded")
        } else {
            format!("; so {recorded}{inferred}, which the panel recorded, still applies")
        }
    }

    fn reason(self, method: Method, text: String) -> Reason {
        let mut reason = Reason::new(ReasonKind::Rule, text);
        reason.method = Some(method);
        reason
    }

    /// Why no value is known.
    fn nothing_known(self) -> String {
        if !self.definition.scored {
            return NOT_ASSESSED.to_owned();
        }
        let Explanation { cycle, output, .. } = self.explanation;
        if !output.assesses(&cycle.framework, self.index) && output.kind == BodyKind::Cluster {
            return self
                .explanation
                .for_each_member(&self.definition.numbered_label());
        }
        let unknown = self.measures(Method::Calibrated, |mark| mark.value.is_none());
        format!("unknown: no value for {unknown}")
    }

    /// The measures whose mark by a method satisfies a condition. For the calibrated result, this
    /// checks the current mark.
    fn measures(self, method: Method, condition: impl Fn(Mark) -> bool) -> String {
        self.list(|measure, cell| {
            let framework = &self.explanation.cycle.framework;
            let is_assessed = method != Method::Previous || !framework.measure(measure).is_new();
            let mark = match method {
                Method::Calibrated => cell.current_mark(),
                other => cell.mark(other),
            };
            is_assessed && condition(mark)
        })
    }

    /// The calibrated marks and panel marks behind the calibrated result.
    fn calibrated_inputs(self) -> String {
        let calibrated = |cell: &Cell| cell.mark(Method::Calibrated).value.is_some();
        let panel = self.list(|_, cell| !calibrated(cell));
        calibrated_and_panel(&self.list(|_, cell| calibrated(cell)), &panel)
    }

    fn list(self, is_listed: impl Fn(MeasureIndex, &Cell) -> bool) -> String {
        let Explanation { cycle, output, .. } = self.explanation;
        let measures = self.definition.measures.iter();
        let listed = measures.filter(|measure| is_listed(**measure, output.cell(**measure)));
        words::all_of(listed.map(|measure| cycle.framework.measure(*measure).id.as_str()))
    }
}
