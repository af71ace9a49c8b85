//! The inputs of a combined result, and which of them decided it.

use super::{Explanation, Reason, ReasonKind};
use crate::combine::Rule;
use crate::fraction::Fraction;
use crate::framework::Component;
use crate::output::Mark;
use crate::record::Method;
use crate::words;

/// One input of a rule: its name, its value in words, and its points.
pub(super) struct NamedInput {
    pub(super) name: String,
    pub(super) value: Option<String>,
    pub(super) points: Option<Fraction>,
}

/// Lists every input and those that decided: "1a 3, 1b 2, 1c 2; the lowest, 1b and 1c, decide".
pub(super) fn inputs_in_words(rule: Rule, inputs: &[NamedInput]) -> String {
    let listed: Vec<String> = inputs
        .iter()
        .map(|input| {
            format!(
                "{} {}",
                input.name,
                input.value.as_deref().unwrap_or("not known")
            )
        })
        .collect();
    let mut text = format!("from {}", listed.join(", "));
    let lowest = inputs.iter().filter_map(|input| input.points).min();
    let unknown: Vec<&str> = inputs
        .iter()
        .filter(|input| input.value.is_none())
        .map(|input| input.name.as_str())
        .collect();
    if !unknown.is_empty() {
        text.push_str(&format!("; not known: {}", words::all_of(unknown)));
        return text;
    }
    match rule {
        Rule::Lowest | Rule::WorstOf => {
            let deciding: Vec<&str> = inputs
                .iter()
                .filter(|input| input.points == lowest)
                .map(|input| input.name.as_str())
                .collect();
            let word = if rule == Rule::Lowest {
                "lowest"
            } else {
                "worst"
            };
            text.push_str(&match deciding.len() {
                count if count == inputs.len() && count > 1 => "; all are equal".to_owned(),
                1 => format!("; the {word}, {}, decides", deciding[0]),
                _ => format!("; the {word}, {}, decide", words::all_of(deciding)),
            });
        }
        _ => text.push_str("; all count"),
    }
    text
}

impl Explanation<'_> {
    /// The measures behind a component's result by one method.
    pub(super) fn measures_behind(&self, component: &Component, method: Method) -> Reason {
        let framework = &self.cycle.framework;
        let measures = component
            .measures
            .iter()
            .filter(|measure| method != Method::Previous || !framework.measure(**measure).is_new());
        let inputs: Vec<NamedInput> = measures
            .map(|measure| {
                let cell = self.output.cell(*measure);
                let scale = framework.scale_of(*measure);
                let mark: Mark = match method {
                    Method::Calibrated => cell.current_mark(),
                    other => cell.mark(other),
                };
                let star = if mark.inferred { "*" } else { "" };
                NamedInput {
                    name: framework.measure(*measure).id.clone(),
                    value: mark.value.map(|step| format!("{}{star}", scale.key(step))),
                    points: mark.value.map(|step| scale.points(step)),
                }
            })
            .collect();
        let text = inputs_in_words(component.combination.rule, &inputs);
        let mut reason = Reason::new(ReasonKind::Inputs, text);
        reason.method = Some(method);
        reason
    }
}
