//! Outcome that contradicts the declaration of its plugin.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::outcome::OutcomeDefinition;
use crate::record::ChosenOutcome;

pub(super) static CHECK: Check = Check {
    id: "declared-otherwise",
    title: "Outcome contradicts its plugin",
    severity: Severity::Error,
    what: "For a local outcome declared by a regional plugin, the case gives a different direction, or a value outside the plugin's bounds.",
    why: "The region defines the outcome. A different direction reverses every comparison, and a value out of bounds probably has another unit.",
    example: "The plugin says that fewer new cases of tuberculosis are better and that the rate is between 0 and 1,000. The case says that more are better, and has a value of 5,000.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let mut reported = Vec::new();
    for outcome in view.outcomes() {
        let chosen = outcome.chosen;
        let Some((plugin, declared)) = declared(view, chosen) else {
            continue;
        };
        // Reported once for an outcome, however many series it has.
        if chosen.better != declared.better && !reported.contains(&&chosen.outcome) {
            reported.push(&chosen.outcome);
            let message = format!(
                "{}: the case says that {} is better, but the plugin {plugin}, which declares the outcome, says {}",
                chosen.title,
                chosen.better.name(),
                declared.better.name(),
            );
            findings.on_outcome(chosen, message, &[]);
        }
        beyond_bounds(view, plugin, declared, chosen, findings);
    }
}

fn beyond_bounds(
    view: &View<'_>,
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
            "{}: the value for {} is {number}, but according to the plugin {plugin} it must be {bounds} {}",
            chosen.full_title(&view.cycle.framework),
            value.year,
            declared.unit,
        );
        findings.on_outcome(chosen, message, &[("value", number)]);
    }
}

/// The name of the plugin that covers the PCT and declares an outcome, and its declaration.
fn declared<'a>(
    view: &View<'a>,
    chosen: &ChosenOutcome,
) -> Option<(&'a str, &'a OutcomeDefinition)> {
    let covering = view.output.plugins.iter();
    covering
        .filter_map(|position| view.plugins.get(usize::from(*position)))
        .find_map(|run| {
            let declared = run
                .outcomes
                .iter()
                .find(|outcome| *outcome.id == *chosen.outcome)?;
            let identity = &run.plugin;
            let name = if identity.title.is_empty() {
                &identity.id
            } else {
                &identity.title
            };
            Some((name.as_str(), declared))
        })
}
