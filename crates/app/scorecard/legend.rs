//! The legend that explains the signs of a scorecard; printed once per run.

use super::{Card, Detail, put};
use std::fmt::Write as _;
use wcc_core::Method;
use wcc_core::framework::Methods;

/// The legend of a table of regions.
pub(super) fn of_table(card: &Card<'_>, text: &mut String) {
    let framework = &card.cycle.framework;
    put!(text, "How to read it");
    let parts = framework.components.iter();
    let has_components = parts
        .filter(|component| component.scored)
        .any(|component| component.rating.scale().is_some());
    let component = if has_components {
        wcc_core::words::with_article(&framework.component_words())
    } else {
        "a part of the framework".to_owned()
    };
    match current_in_words(&framework.methods) {
        Some(current) => put!(
            text,
            "  each column is {component} with its current result: {current}"
        ),
        None => put!(text, "  each column is {component} with its result"),
    }
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

/// Which result is the current one, if the regime has several: "calibrated, or else the panel's".
fn current_in_words(methods: &Methods) -> Option<String> {
    let has_both = methods.has(Method::Calibrated) && methods.has(Method::Panel);
    let (moderated, assessor) = (&methods.moderated, methods.of_assessor());
    has_both.then(|| format!("{moderated}, or else {assessor}"))
}

/// The legend of everything that scorecards print.
pub(super) fn legend(card: &Card<'_>, text: &mut String, detail: Detail) {
    let framework = &card.cycle.framework;
    if !framework.rates_anything() {
        return;
    }
    let (words, methods) = (&framework.words, &card.methods);
    put!(text, "How to read it");
    let marks = methods
        .each()
        .filter_map(|method| Some(format!("{} {}", method.mark?, method.label)));
    let marks: Vec<String> = marks.chain(["? not known".to_owned()]).collect();
    put!(text, "  {}", marks.join("   "));
    let departs = if card.has_groups() {
        let (body, group) = (&words.body.one, &words.group.one);
        format!("   † the {body} departs from its {group}")
    } else {
        String::new()
    };
    put!(text, "  * inferred, or based on an inferred mark{departs}");
    put!(text, "  ° the rule's result: nobody recorded a result");
    if detail == Detail::Brief {
        put!(text, "  ! a current value above what the evidence supports");
        let own_view = methods.get(Method::SelfAssessment);
        let own_view = own_view.and_then(|own| {
            Some(format!(
                "{} shows the {} if it differs",
                own.mark?, own.title
            ))
        });
        let current = current_in_words(methods).map(|current| format!("results are {current}"));
        let parts: Vec<String> = current.into_iter().chain(own_view).collect();
        if !parts.is_empty() {
            put!(text, "  {}", parts.join("; "));
        }
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
            "  recorded in the {}: the same result as the rule's; set in it: a different one",
            methods.title(Method::Panel)
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
