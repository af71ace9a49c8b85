//! Rules and their results in words.

use crate::combine::{Combination, RuleResult};
use crate::framework::{Framework, RuleLevel};
use crate::output::Output;
use crate::record::Method;
use crate::scale::{Scale, Step};
use crate::words;

/// The rule's name with the exact figure behind a result: `lowest; mean 2.33`, `percent-bands;
/// 62.96%`. The figure has enough decimals to show why it gives the result. `None` for a level at
/// which the framework has no rule.
pub fn rule_in_words(
    framework: &Framework,
    output: &Output,
    level: RuleLevel,
    method: Method,
) -> Option<String> {
    let combination = framework.combination(level)?;
    let combined = output.combined(framework, level, method);
    let name = combination.rule.name();
    let (result, inputs) = scales_of(framework, combination);
    Some(
        match combination.figure_in_words(&combined, result, inputs) {
            Some(figure) => format!("{name}; {figure}"),
            // The result is known although some inputs are not, so it has no figure.
            None if combined.step.is_some() => format!("{name}; whatever the missing values are"),
            None => name.to_owned(),
        },
    )
}

/// A rule in words, including its conditions if it has any: "amber if at least 2 are amber or
/// below; otherwise green".
pub fn rule_meaning(framework: &Framework, combination: &Combination) -> String {
    let (result, inputs) = scales_of(framework, combination);
    combination.in_words(result, inputs)
}

/// The scale of a rule's result, and the scale of its inputs if the rule counts them.
fn scales_of<'a>(
    framework: &'a Framework,
    combination: &Combination,
) -> (&'a Scale, Option<&'a Scale>) {
    let counting = combination.counting.as_ref();
    let inputs = counting.map(|counting| framework.scale(counting.scale));
    (framework.scale(combination.scale), inputs)
}

/// The results that are still possible while values are missing: "red or amber". `None` if the
/// result is known, or if the known values exclude nothing.
pub fn possible_in_words(scale: &Scale, result: &RuleResult) -> Option<String> {
    let (worst, best) = result.possible?;
    let whole = (Step(0), scale.best());
    if result.step.is_some() || (worst, best) == whole {
        return None;
    }
    let steps = (worst.0..=best.0).map(|step| scale.key(Step(step)));
    Some(words::any_of(steps))
}
