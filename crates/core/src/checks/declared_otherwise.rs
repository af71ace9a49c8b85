//! Outcome declared otherwise by the plugin that it is from.

use super::{Check, Findings, View, named};
use crate::finding::Severity;
use crate::outcome::OutcomeDefinition;
use crate::record::ChosenOutcome;

pub(super) static CHECK: Check = Check {
    id: "declared-otherwise",
    title: "Outcome declared otherwise by its plugin",
    severity: Severity::Error,
    what: "A local outcome that a regional plugin declares: does the direction in the case agree with the plugin's, and do all values lie within the bounds that the plugin gives?",
    why: "The region decided once what the outcome is. A case that says otherwise turns every comparison of it around, or has a value in another unit.",
    example: "The plugin says that fewer new cases of tuberculosis are better and that a rate lies between 0 and 1,000. The case says that more are better, and has 5,000.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut direction_said = Vec::new();
    for outcome in view.outcomes() {
        let chosen = outcome.chosen;
        let Some((plugin, declared)) = declared(view, chosen) else {
            continue;
        };
        // Said once for an outcome, however many series it has.
        if chosen.better != declared.better && !direction_said.contains(&&chosen.outcome) {
            direction_said.push(&chosen.outcome);
            let message = format!(
                "{}: the case says that {} is better, and the plugin {plugin}, which declares the outcome, says {}",
                chosen.title,
                chosen.better.name(),
                declared.better.name(),
            );
            findings.on_outcome(chosen, message, &[]);
        }
        beyond_bounds(plugin, declared, chosen, findings);
    }
}

fn beyond_bounds(
    plugin: &str,
    declared: &OutcomeDefinition,
    chosen: &ChosenOutcome,
    findings: &mut Findings<'_>,
) {
    let (min, max) = (declared.min, declared.max);
    let beyond =
        |value: f64| min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max);
    for value in &chosen.values {
        let Some(number) = value.value.filter(|number| beyond(*number)) else {
            continue;
        };
        let bounds = match (min, max) {
            (Some(min), Some(max)) => format!("between {min} and {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => continue,
        };
        let message = format!(
            "{}: the value for {} is {number}, and the plugin {plugin} says that it is {bounds} {}",
            named(chosen),
            value.year,
            declared.unit,
        );
        findings.on_outcome(chosen, message, &[("value", number)]);
    }
}

/// The plugin that covers the PCT and declares an outcome, and how it declares it.
fn declared<'a>(
    view: &View<'a>,
    chosen: &ChosenOutcome,
) -> Option<(&'a str, &'a OutcomeDefinition)> {
    let covering = view.output.plugins.iter();
    covering
        .filter_map(|at| view.plugins.get(usize::from(*at)))
        .find_map(|run| {
            let declared = run.outcomes.iter().find(|one| *one.id == *chosen.outcome)?;
            Some((run.plugin.id.as_str(), declared))
        })
}
