//! Stated position against the rate.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::to_one_decimal;
use crate::record::StatedPosition;

pub(super) static CHECK: Check = Check {
    id: "improvement-stated-against-rate",
    title: "Stated position against the rate",
    severity: Severity::Note,
    what: "The report states that an outcome improved, slipped or hardly changed over the last year, but the historic rate goes the other way or is larger than the framework allows for \"little change\".",
    why: "A one-year position and a rate over several years are different things; both are shown, and the reader should know that they differ.",
    example: "Patient experience is reported as improved, but its three-year rate is -1.4% a year and higher is better.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let little = view.cycle.framework.outcomes.little_change;
    for outcome in view.outcomes() {
        let (Some(position), Ok(history)) =
            (&outcome.chosen.stated.position, outcome.result.historic)
        else {
            continue;
        };
        let percent = to_one_decimal(history.percent);
        let improved = outcome.improvement(percent);
        let contradicts = match position {
            StatedPosition::Improved => improved < 0.0,
            StatedPosition::Slipped => improved > 0.0,
            StatedPosition::LittleChange => little.is_some_and(|limit| percent.abs() > limit),
            StatedPosition::Other(_) => false,
        };
        if contradicts {
            let message = format!(
                "{}: reported as \"{}\" over the last year, but the historic rate is {} ({} is \
                 better)",
                outcome.chosen.full_title(&view.cycle.framework),
                position.name(),
                history.in_words(),
                outcome.chosen.better.name(),
            );
            findings.on_outcome(outcome.chosen, message, &[("history, % a year", percent)]);
        }
    }
}
