//! The lighter rounds between full ones in sentences.

use crate::framework::{Framework, ReviewDefinition};
use crate::words::all_of;

pub(super) fn sentences(framework: &Framework) -> Vec<String> {
    let reviews = framework.reviews.iter();
    let reviews = reviews.map(|review| in_words(framework, review));
    reviews.collect()
}

fn in_words(framework: &Framework, review: &ReviewDefinition) -> String {
    let words = &framework.words;
    let measures = review.measures.as_ref().map(|subjects| {
        let ids = subjects.iter().map(|subject| subject.id(framework));
        ids.map(str::to_owned).collect()
    });
    let approvals = review.approvals.as_ref().map(|approvals| {
        let approvals = approvals.iter();
        let ids = approvals.map(|index| framework.approval(*index).id.clone());
        ids.collect()
    });
    let phases = review.phases.as_ref().map(|phases| {
        let phases = phases.iter();
        let ids = phases.map(|index| framework.phase(*index).id.clone());
        ids.collect()
    });
    let plans = review.plans.as_ref().map(|plans| {
        let plans = plans.iter();
        let ids = plans.map(|index| framework.plan(*index).id.clone());
        ids.collect()
    });
    let lists = [
        list(&words.measure.many, measures),
        list("approvals", approvals),
        list("phases", phases),
        list("plans", plans),
    ];
    let others = [
        (!review.has_panel).then(|| "no panel".to_owned()),
        (!review.asks_outcomes).then(|| format!("no number of {}", words.outcome.many)),
    ];
    let limits: Vec<String> = lists.into_iter().chain(others).flatten().collect();
    let asks = if limits.is_empty() {
        "everything that a full round asks for".to_owned()
    } else {
        limits.join("; ")
    };
    format!(
        "A {} can be a review instead of a full round: {} (`{}`) asks for {asks}.",
        words.cycle.one, review.title, review.id
    )
}

/// What is asked for of one kind; `None` if it is everything.
fn list(what: &str, ids: Option<Vec<String>>) -> Option<String> {
    let ids = ids?;
    if ids.is_empty() {
        return Some(format!("no {what}"));
    }
    let ids = all_of(ids.iter().map(String::as_str));
    Some(format!("the {what} {ids}"))
}
