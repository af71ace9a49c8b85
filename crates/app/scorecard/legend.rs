//! The legend that explains the signs of a scorecard; printed once per run.

use super::{Card, Detail, put};
use std::fmt::Write as _;

/// The legend of a table of regions.
pub(super) fn of_table(text: &mut String) {
    put!(text, "How to read it");
    put!(
        text,
        "  each column is a competency or strand with its current result: calibrated, or else the panel's"
    );
    put!(
        text,
        "  ? not known   - assured for each of its members   * inferred, or based on an inferred mark"
    );
    put!(text, "  ° the rule's result: nobody recorded a result");
    put!(
        text,
        "  open: unanswered challenges; errors: findings that something is missing or contradictory"
    );
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
        "  * inferred, or based on an inferred mark   † the {} departs from its {}",
        words.body.one,
        words.group.one
    );
    put!(text, "  ° the rule's result: nobody recorded a result");
    if detail == Detail::Brief {
        put!(text, "  ! a current value above what the evidence supports");
        put!(
            text,
            "  results are calibrated, or else the panel's; □ shows the self-assessment if it differs"
        );
    } else {
        put!(
            text,
            "  supports: the highest value that the evidence supports; blank: no evidence limits it"
        );
        put!(
            text,
            "  (lowest; mean 2.33): the rule for the result, and the exact mean, sum or percentage"
        );
        put!(
            text,
            "  recorded in the panel assessment: the same result as the rule's; set in it: a different one"
        );
    }
    if !card.cycle.records.outcomes.is_empty() {
        put!(
            text,
            "  ↑ higher is better, ↓ lower is better; rates are changes in % a year; n/a: no rate available"
        );
        if detail == Detail::Full {
            put!(
                text,
                "  by improvement, by latest value: rank among the {} compared, 1 is best; quartile 1 is best",
                words.body.many
            );
        }
    }
}
