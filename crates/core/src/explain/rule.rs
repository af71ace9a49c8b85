//! Rules and their results in words.

use crate::combine::{Combination, Rule, RuleResult};
use crate::framework::{Framework, Limit, RuleLevel};
use crate::outcome::Better;
use crate::output::Output;
use crate::record::Method;
use crate::scale::{Scale, Step};
use crate::words;

/// The rule's name with the exact figure behind a result: `lowest; mean 2.33`, `percent-bands;
/// 62.96%`. The figure has enough decimals to show why it gives the result. It ends with `limited`
/// if a limit decides. `None` for a level at which the framework has no rule.
pub fn rule_in_words(
    framework: &Framework,
    output: &Output,
    level: RuleLevel,
    method: Method,
) -> Option<String> {
    let combination = framework.combination(level)?;
    let combined = output.combined(framework, level, method);
    let name = combination.name();
    let (result, inputs) = scales_of(framework, combination);
    if combined.not_applicable {
        return Some(format!("{name}; nothing that it counts applies"));
    }
    let limited = if combined.limit.is_some() {
        "; limited"
    } else {
        ""
    };
    Some(
        match combination.figure_in_words(&combined, result, inputs) {
            Some(figure) => format!("{name}; {figure}{limited}"),
            None if combined.limit.is_some() => format!("{name}{limited}"),
            // The result is known although some inputs are not, so it has no figure.
            None if combined.step.is_some() => format!("{name}; whatever the missing values are"),
            None => name.to_owned(),
        },
    )
}

/// The figure that is a part's result, if its rule calculates one and has no bands: `1.3333`. `None`
/// if the result is a step or not known exactly, and if a limit replaced the figure.
pub fn figure_in_words(
    framework: &Framework,
    output: &Output,
    level: RuleLevel,
    method: Method,
) -> Option<String> {
    let combination = framework.combination(level)?;
    let scale = framework.scale(combination.scale);
    if !combination.rule.calculates() || scale.numbers().is_none() {
        return None;
    }
    let combined = output.combined(framework, level, method);
    if combined.limit.is_some() {
        return None;
    }
    combination.result_figure(&combined, scale)
}

/// The figure from which a step was made, if a rule calculated one: `0.875`, `62.96%`, `11 of 15`.
/// `None` if the figure itself is the result, is not known, or a limit decides instead.
pub fn figure_beside_step(
    framework: &Framework,
    output: &Output,
    level: RuleLevel,
    method: Method,
) -> Option<String> {
    let combination = framework.combination(level)?;
    if !combination.rule.calculates() {
        return None;
    }
    let scale = framework.scale(combination.scale);
    if scale.numbers().is_some() {
        return None;
    }
    let combined = output.combined(framework, level, method);
    let sum = combined.sum.filter(|_| combined.limit.is_none())?;
    match combination.rule {
        Rule::Percent => Some(format!("{}%", combination.percent_in_words(sum)?)),
        Rule::Sum => Some(format!(
            "{} of {}",
            combination.points_in_words(sum),
            sum.most
        )),
        _ => combination.mean_in_words(sum, scale),
    }
}

/// How a value is compared with another: "at or below", or what that means where less is better.
fn at_or_below(better: Better) -> &'static str {
    match better {
        Better::Higher => "at or below",
        Better::Lower => "at or worse than",
    }
}

/// "at most good", "inadequate".
fn at_most(framework: &Framework, limit: &Limit, most: &str) -> String {
    match framework.scale_at(limit.target).better {
        _ if limit.at_most == Step::WORST => most.to_owned(),
        Better::Higher => format!("at most {most}"),
        Better::Lower => format!("{most} at best"),
    }
}

/// A limit in words: "while safeguarding is inadequate or below, the result is at most requires
/// improvement".
pub fn limit_in_words(framework: &Framework, limit: &Limit) -> String {
    let sources = limit.sources.iter().map(|source| source.id(framework));
    let sources: Vec<&str> = sources.collect();
    let scale = limit.sources.first().map(|source| source.scale(framework));
    let value = scale.map_or_else(String::new, |scale| {
        scale.key(limit.at_or_below).into_owned()
    });
    let most = framework
        .scale_at(limit.target)
        .key(limit.at_most)
        .into_owned();
    let (these, is) = match (sources.as_slice(), limit.at_least) {
        ([only], _) => ((*only).to_owned(), "is"),
        (several, 1) => (words::any_of(several.iter().copied()), "is"),
        (several, count) => (
            format!(
                "at least {count} of {}",
                words::all_of(several.iter().copied())
            ),
            "are",
        ),
    };
    let better = scale.map_or(Better::Higher, |scale| scale.better);
    // Nothing is below the worst step.
    let compared = if limit.at_or_below == Step::WORST {
        value
    } else {
        format!("{} {value}", at_or_below(better))
    };
    format!(
        "while {these} {is} {compared}, the result is {}",
        at_most(framework, limit, &most)
    )
}

/// A rule in words, including its conditions if it has any: "amber if at least 2 are amber or
/// below; otherwise green".
pub fn rule_meaning(framework: &Framework, combination: &Combination, inputs: &str) -> String {
    let (result, counted) = scales_of(framework, combination);
    combination.in_words(result, counted, inputs)
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
    let whole = (Step::WORST, scale.best());
    if result.step.is_some() || (worst, best) == whole {
        return None;
    }
    if scale.numbers().is_some() {
        let (low, high) = match scale.better {
            Better::Higher => (worst, best),
            Better::Lower => (best, worst),
        };
        return Some(format!("{} to {}", scale.key(low), scale.key(high)));
    }
    let steps = (worst.position()..=best.position()).map(Step::at);
    let keys: Vec<_> = steps.map(|step| scale.key(step)).collect();
    Some(words::any_of(keys.iter().map(AsRef::as_ref)))
}
