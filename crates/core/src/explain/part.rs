//! Explains the result of a component, an area or the whole.

use super::inputs::RuleInput;
use super::{BASED_ON_INFERRED, Explanation, Reason, ReasonKind, append, possible_in_words};
use super::{NOT_ASSESSED, inferred_word};
use crate::body::BodyKind;
use crate::cycle::CheckedCycle;
use crate::framework::{FrameworkPart, Names};
use crate::output::{Assurance, Output, PartResult};
use crate::record::Method;
use crate::scale::Scale;
use crate::words;

/// Explains the result of a part; empty if the framework has no such part. Of an area that is not
/// rated, it lists the results of its components.
pub fn explain_part(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    output: &Output,
    level: FrameworkPart,
) -> Vec<Reason> {
    let explanation = Explanation {
        cycle,
        assurance,
        output,
    };
    let Some(result) = output.part(level) else {
        return Vec::new();
    };
    if let (FrameworkPart::Area(area), None) = (level, cycle.framework.rating(level).scale()) {
        return explanation.each_component(area);
    }
    let part = PartExplanation {
        explanation,
        level,
        scale: cycle.framework.scale_at(level),
        result,
    };
    let mut reasons: Vec<Reason> = Method::ALL
        .into_iter()
        .flat_map(|method| part.by_method(method))
        .collect();
    if reasons.is_empty() {
        reasons.push(Reason::new(ReasonKind::Rule, part.nothing_known()));
    }
    reasons.extend(explanation.not_checked());
    reasons
}

#[derive(Clone, Copy)]
struct PartExplanation<'a> {
    explanation: Explanation<'a>,
    level: FrameworkPart,
    scale: &'a Scale,
    result: &'a PartResult,
}

impl<'a> PartExplanation<'a> {
    fn by_method(self, method: Method) -> impl Iterator<Item = Reason> {
        let result = self.result.result(method);
        let subject = self.level.subject();
        let mark = self
            .explanation
            .mark(subject, method, &result.recorded, self.scale)
            .or_else(|| {
                self.explanation
                    .unaffected_departure(subject, method, self.scale)
            });
        let inputs = self.inputs(method);
        let rule = self
            .has_rule(method, &inputs)
            .then(|| {
                self.rule(method, &inputs)
                    .or_else(|| self.undecided(method, &inputs))
            })
            .flatten();
        let limit = rule.as_ref().and_then(|_| self.limit(method));
        let listed = rule.as_ref().and_then(|_| {
            self.explanation
                .inputs_in_words(self.level, method, &inputs)
        });
        let evidence = mark
            .as_ref()
            .map(|mark| self.explanation.evidence_of_judgement(mark.judgement));
        let marks = mark.into_iter().chain(evidence.into_iter().flatten());
        rule.into_iter().chain(limit).chain(listed).chain(marks)
    }

    fn inputs(self, method: Method) -> Vec<RuleInput<'a>> {
        self.explanation.inputs_of(self.level, method)
    }

    /// Whether the rule had any input from this method. If only the part itself was calibrated, the
    /// parts below it have the panel's values, so the rule's result is the panel's.
    fn has_rule(self, method: Method, inputs: &[RuleInput<'_>]) -> bool {
        method != Method::Calibrated
            || inputs.iter().any(|input| input.calibrated)
            || self.limit(method).is_some()
    }

    /// The rule's result, if it has one.
    fn rule(self, method: Method, inputs: &[RuleInput<'_>]) -> Option<Reason> {
        let result = self.result.result(method);
        let value = if result.by_rule.not_applicable {
            "not applicable".to_owned()
        } else {
            let step = result.by_rule.step?;
            let figure = self.explanation.figure(self.level, method);
            match figure {
                Some(figure) => format!("{} {figure}", self.scale.title.to_lowercase()),
                None => self.explanation.step(self.scale, Some(step)),
            }
        };
        let rule = self.explanation.rule_in_words(self.level, method)?;
        let framework = &self.explanation.cycle.framework;
        let rule_word = match (method, framework.words.names) {
            (Method::Previous, Names::WorldClassCommissioning) => "this year's rule",
            (Method::Previous, Names::Neutral) => "the present rule",
            _ => "the rule",
        };
        let methods = &framework.methods;
        let title = methods.title(method);
        let mut text = format!("{title}: {value} by {rule_word} \"{rule}\"");
        if method == Method::Calibrated {
            text.push_str(&format!(
                " over {}",
                super::inputs::calibrated(methods, inputs)
            ));
        }
        if framework.rating(self.level).takes_marks() && result.is_by_rule_alone() {
            text.push_str("; no result was recorded");
        }
        if result.by_rule.inferred {
            let inferred = inputs.iter().filter(|input| input.inferred);
            let inferred = words::all_of(inferred.map(|input| input.id));
            append(&mut text, BASED_ON_INFERRED, Some(&inferred));
        }
        text.push_str(&self.effect_on_recorded_result(method));
        Some(self.reason(method, text))
    }

    /// The limit that decides the rule's result.
    fn limit(self, method: Method) -> Option<Reason> {
        let framework = &self.explanation.cycle.framework;
        let output = self.explanation.output;
        let limit = super::deciding_limit(framework, output, self.level, method)?;
        let text = format!(
            "limited by \"{}\": {}",
            limit.title,
            super::rule::limit_in_words(framework, limit)
        );
        Some(self.reason(method, text))
    }

    /// Why a result is unknown although some values are known, and which results are possible.
    fn undecided(self, method: Method, inputs: &[RuleInput<'_>]) -> Option<Reason> {
        let result = self.result.result(method);
        if result.by_rule.step.is_some() || result.by_rule.possible.is_none() {
            return None;
        }
        let combination = self.explanation.cycle.framework.combination(self.level)?;
        let framework = &self.explanation.cycle.framework;
        let title = framework.methods.title(method);
        let mut text = format!("{title}: unknown by the rule \"{}\", ", combination.name());
        if inputs.iter().any(RuleInput::is_missing) {
            text.push_str(&format!("no value for {}", missing(inputs)));
        } else {
            let limits = framework.limits_on(self.level);
            let limits = limits.map(|(_, limit)| format!("\"{}\"", limit.title));
            let limits: Vec<String> = limits.collect();
            text.push_str(&format!(
                "because it is not known whether {} holds",
                words::any_of(limits.iter().map(String::as_str))
            ));
        }
        if let Some(possible) = possible_in_words(self.scale, &result.by_rule) {
            let title = self.scale.title.to_lowercase();
            text.push_str(&format!("; {title} {possible} is possible"));
        }
        text.push_str(&self.effect_on_recorded_result(method));
        Some(self.reason(method, text))
    }

    /// How the calibration of something smaller affects the result that the panel recorded.
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
        let inferred = inferred_word(panel.inferred());
        let assessor = self.explanation.cycle.framework.methods.assessor();
        if calibrated.by_rule.step.is_some() {
            format!("; it replaces {recorded}{inferred}, which {assessor} recorded")
        } else {
            format!("; so {recorded}{inferred}, which {assessor} recorded, still applies")
        }
    }

    fn reason(self, method: Method, text: String) -> Reason {
        let mut reason = Reason::new(ReasonKind::Rule, text);
        reason.method = Some(method);
        reason
    }

    /// Why no value is known.
    fn nothing_known(self) -> String {
        let Explanation { cycle, output, .. } = self.explanation;
        let framework = &cycle.framework;
        if let FrameworkPart::Component(index) = self.level {
            let component = framework.component(index);
            if !component.scored {
                return NOT_ASSESSED.to_owned();
            }
            if component.rating.scale().is_none() {
                return "this heading is not rated".to_owned();
            }
            if !output.assesses(framework, index) && output.kind == BodyKind::Cluster {
                return self
                    .explanation
                    .for_each_member(&component.numbered_label());
            }
        }
        if framework.combination(self.level).is_none() {
            return "unknown: nobody has judged it, and there is no rule".to_owned();
        }
        format!(
            "unknown: no value for {}",
            missing(&self.inputs(Method::Calibrated))
        )
    }
}

/// The identifiers of the inputs without a value.
fn missing(inputs: &[RuleInput<'_>]) -> String {
    let missing = inputs.iter().filter(|input| input.is_missing());
    words::all_of(missing.map(|input| input.id))
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
            let result = self.output.component(index);
            let scale = framework.scale_of_component(index);
            let current = result.current();
            let star = if current.inferred() { "*" } else { "" };
            let note = if current.is_by_rule_alone() {
                ", by the rule alone"
            } else {
                ""
            };
            let value = if !component.scored {
                NOT_ASSESSED.to_owned()
            } else if component.rating.scale().is_none() {
                "not rated".to_owned()
            } else if current.not_applicable() {
                "not applicable".to_owned()
            } else {
                format!("{}{star}{note}", self.step(scale, current.value()))
            };
            let text = format!("{}: {value}", component.numbered_label());
            reasons.push(Reason::new(ReasonKind::Inputs, text));
        }
        reasons.extend(self.not_checked());
        reasons
    }
}
