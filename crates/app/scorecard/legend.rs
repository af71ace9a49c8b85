//! What each sign of a scorecard means; printed once for each run.

use super::{Card, Detail, put};
use std::fmt::Write as _;

/// The legend of a table of regions.
pub(super) fn of_table(text: &mut String) {
    put!(text, "How to read it");
    put!(
        text,
        "  each column is a competency or strand with the result that stands: calibrated, else the panel's"
    );
    put!(
        text,
        "  ? not known   - assured for each of its members   * inferred, or rests on an inferred mark"
    );
    put!(
        text,
        "  ° made by the rule alone: nobody recorded this result"
    );
    put!(
        text,
        "  open: challenges that nobody has answered; errors: findings that something is missing"
    );
    put!(text, "  or contradicts itself");
}

/// The legend of everything that scorecards print.
pub(super) fn legend(card: &Card<'_>, text: &mut String, detail: Detail) {
    let words = &card.cycle.framework.words;
    put!(text, "How to read it");
    put!(
        text,
        "  ● last year   □ self-assessment   ✓ panel   ◆ calibrated   ? not known"
    );
    put!(
        text,
        "  * inferred, or rests on an inferred mark   † the {} departs from its {}",
        words.pct,
        words.cluster
    );
    put!(
        text,
        "  ° made by the rule alone: nobody recorded this result"
    );
    if detail == Detail::Brief {
        put!(
            text,
            "  ! a value that the panel gave or calibration left, above what the evidence supports"
        );
        put!(
            text,
            "  a result is the calibrated one, else the panel's; □ shows where it is not the self-assessment's"
        );
    } else {
        put!(
            text,
            "  supports: the highest value that the evidence supports; blank: no evidence limits it"
        );
        put!(
            text,
            "  (lowest; mean 2.33): the rule that makes the result, and the exact mean, sum or percentage"
        );
        put!(
            text,
            "  recorded in the panel assessment: the result that the rule makes; set in it: another one"
        );
    }
    if !card.cycle.records.outcomes.is_empty() {
        put!(
            text,
            "  ↑ higher is better, ↓ lower is better; rates are changes in % a year; n/a: no rate can be given"
        );
        if detail == Detail::Full {
            put!(
                text,
                "  by improvement, by latest value: place among the {} compared, 1 is best; quartile 1 is the best",
                words.pcts
            );
        }
    }
}
