//! Aspiration is a worsening.

use super::{Check, Findings, View, named, rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-is-a-worsening",
    title: "Aspiration is a worsening",
    severity: Severity::Warning,
    what: "The aspiration for an outcome goes the wrong way: up where lower is better, or down where higher is.",
    why: "It may still be an improvement on a steeper worsening, but it has to be meant, not slipped in.",
    example: "Alcohol-related admissions rise by 15.8% a year; the aspiration is a rise of 7.7% a year, with lower better.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, outcome) in view.outcomes() {
        let Some(aspiration) = chosen.rates.aspiration else {
            continue;
        };
        let improves = chosen.better.improvement(aspiration);
        if improves >= 0.0 {
            continue;
        }
        let mut message = format!(
            "{}: {} is better, and the aspiration is {}",
            named(chosen),
            chosen.better.name(),
            rate(aspiration),
        );
        let mut numbers = vec![("aspiration, % a year", aspiration)];
        if let Ok(history) = outcome.historic {
            numbers.push(("history, % a year", history));
            let improved = chosen.better.improvement(history);
            message.push_str(&match improved {
                past if past >= 0.0 => format!(", while the past {} was none", rate(history)),
                past if improves > past => {
                    format!(", a worsening slower than the past {}", rate(history))
                }
                _ => format!(", a worsening no slower than the past {}", rate(history)),
            });
        }
        findings.on_outcome(chosen, message, &numbers);
    }
}
