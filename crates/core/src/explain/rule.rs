//! Rules and their results in words.

use crate::combine::{Combination, RuleResult};
use crate::framework::{Framework, FrameworkPart, Limit};
use crate::outcome::Better;
use crate::output::Output;
use crate::record::Method;
use crate::scale::{Scale, Step};
use crate::words;
use std::borrow::Cow;

/// The rule's name with the exact figure behind a result: `lowest; mean 2.33`, `percent-bands;
/// 62.96%`. The figure has enough decimals to show why it gives the result. It ends with `limited`
/// if a limit decides. `None` for a level at which the framework has no rule.
pub fn rule_in_words(
    framework: &Framework,
    output: &Output,
    level: FrameworkPart,
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
    level: FrameworkPart,
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
    level: FrameworkPart,
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
    combination.unrounded_in_words(sum, scale)
}

/// A part's value by one method, as queries and scorecards show it: the key of its step, or the
/// figure that its rule calculated. `None` if it is not known or does not apply.
#[inline]
pub fn value_in_words<'a>(
    framework: &'a Framework,
    output: &Output,
    part: FrameworkPart,
    method: Method,
) -> Option<Cow<'a, str>> {
    let result = output.part(part)?.result(method);
    let step = result.value()?;
    let scale = framework.scale_at(part);
    // The key of a step needs no figures, and most results are steps.
    if scale.numbers().is_some() && result.is_by_rule_alone() {
        let figure = figure_in_words(framework, output, part, method);
        return Some(figure.map_or_else(|| scale.key(step), Cow::Owned));
    }
    Some(scale.key(step))
}

/// The limit that decides a part's result by its rule; `None` if none does.
pub fn deciding_limit<'a>(
    framework: &'a Framework,
    output: &Output,
    part: FrameworkPart,
    method: Method,
) -> Option<&'a Limit> {
    // Only a part with limits needs its figures computed.
    framework.limits_on(part).next()?;
    let limit = output.combined(framework, part, method).limit?;
    framework.limits.get(usize::from(limit))
}

/// The rule with the exact figure behind a result, and the limit that decides it by name: `mean;
/// mean 2.20; limited by "Safety first"`.
pub fn rule_and_limit_in_words(
    framework: &Framework,
    output: &Output,
    part: FrameworkPart,
    method: Method,
) -> Option<String> {
    let rule = rule_in_words(framework, output, part, method)?;
    let limit = deciding_limit(framework, output, part, method);
    Some(match limit {
        Some(limit) => format!("{rule} by \"{}\"", limit.title),
        None => rule,
    })
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

/// A limit in words: "while safeguarding is inadequate, the result is at most
/// requires-improvement".
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
