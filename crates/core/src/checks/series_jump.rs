//! Jump in a series.

use super::{Check, Findings, View, named};
use crate::finding::Severity;
use crate::percent::signed;

pub(super) static CHECK: Check = Check {
    id: "series-jump",
    title: "Jump in a series",
    severity: Severity::Warning,
    what: "A value differs from the year before by half or more, with no break marked.",
    why: "Changes of that size are usually changes of coding, not of health.",
    example: "Obesity-related admissions fall by 87% within one year.",
    run,
};

/// A change from one year to the next from which on it is called a jump, in percent.
const JUMP: f64 = 50.0;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let chosen = outcome.chosen;
        let mut values = chosen.values.clone();
        values.sort_by_key(|value| value.year);
        for pair in values.windows(2) {
            let [before, after] = pair else { continue };
            let (Some(from), Some(to)) = (before.value, after.value) else {
                continue;
            };
            if from == 0.0
                || after.break_before
                || i32::from(after.year) - i32::from(before.year) != 1
            {
                continue;
            }
            let change = (to / from - 1.0) * 100.0;
            if change.is_finite() && change.abs() >= JUMP {
                let message = format!(
                    "{}: {from} in {} to {to} in {} is a change of {}",
                    named(chosen),
                    before.year,
                    after.year,
                    signed(change),
                );
                findings.on_outcome(chosen, message, &[("change, %", change)]);
            }
        }
    }
}
