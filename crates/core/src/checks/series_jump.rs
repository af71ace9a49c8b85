//! Jump in a series.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::signed;

pub(super) static CHECK: Check = Check {
    id: "series-jump",
    title: "Jump in a series",
    severity: Severity::Warning,
    what: "A value differs from the year before by half or more, but no break is recorded.",
    why: "A change of this size is usually a change in how things are counted.",
    example: "Obesity-related admissions fall by 87% within one year.",
    methods: &[],
    run,
};

/// The smallest change from one year to the next that counts as a jump, in percent.
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
                    "{}: from {from} in {} to {to} in {}, a change of {}",
                    chosen.full_title(&view.cycle.framework),
                    before.year,
                    after.year,
                    signed(change),
                );
                findings.on_outcome(chosen, message, &[("change, %", change)]);
            }
        }
    }
}
