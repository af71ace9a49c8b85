//! Stated rate against the values by year.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::outcome::series_rate;
use crate::percent::{a_year, to_one_decimal};

/// Largest difference, in percentage points a year, that rounding explains: stated rates are
/// rounded, and so are the values from which they were computed.
const ROUNDING: f64 = 0.15;

pub(super) static CHECK: Check = Check {
    id: "rate-stated-against-values",
    title: "Stated rate against the values",
    severity: Severity::Warning,
    what: "The historic rate that the source states differs from the rate computed from its values by year, over the same years. A difference of 0.1 is attributed to rounding.",
    why: "The stated rate is compared and ranked, so an error in it would go unnoticed although the values contradict it.",
    example: "A fall of 6.0% a year is stated for 2004 to 2007; the values, 100 and 90, give a fall of 3.5% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let span = view.cycle.framework.outcomes.span_years.max(1);
    for outcome in view.outcomes() {
        let Ok(history) = outcome.result.historic else {
            continue;
        };
        if history.computed {
            continue;
        }
        let stated_over = match history.years {
            Some(years) => u16::try_from(years.years()).unwrap_or(span),
            None => span,
        };
        let Ok((computed, years)) = series_rate(&outcome.chosen.values, stated_over) else {
            continue;
        };
        let same_years = match history.years {
            Some(stated) => stated == years,
            None => years.years() == i32::from(span),
        };
        let (stated, computed) = (to_one_decimal(history.percent), to_one_decimal(computed));
        if !same_years || (stated - computed).abs() < ROUNDING {
            continue;
        }
        let message = format!(
            "{}: the historic rate is stated as {}, but the values by year give {}, {} to {}",
            outcome.chosen.full_title(&view.cycle.framework),
            a_year(stated),
            a_year(computed),
            years.from,
            years.to,
        );
        let numbers = [
            ("history as stated, % a year", stated),
            ("history by the values, % a year", computed),
        ];
        findings.on_outcome(outcome.chosen, message, &numbers);
    }
}
