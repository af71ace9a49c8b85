//! A value on its scale: a shape, a word and a colour, any one of which is enough.

use super::definition::{Better, Scale};
use maud::{Markup, html};

/// Where a value stands on its scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quality {
    Best,
    Good,
    Middling,
    Worst,
}

impl Quality {
    fn class(self) -> &'static str {
        match self {
            Quality::Best => "wcc-mark wcc-mark--best",
            Quality::Good => "wcc-mark wcc-mark--good",
            Quality::Middling => "wcc-mark wcc-mark--middling",
            Quality::Worst => "wcc-mark wcc-mark--worst",
        }
    }
}

/// A value that was given.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Value<'v> {
    pub(crate) value: Option<&'v str>,
    pub(crate) is_inferred: bool,
    /// Whether a rule gave it and nobody recorded it.
    pub(crate) by_rule: bool,
    pub(crate) not_applicable: bool,
}

/// The value in words for downloads and sorting: "3", "Amber"; empty if nobody gave one.
pub(crate) fn words(scale: &Scale, value: Value<'_>) -> String {
    match value.value {
        None if value.not_applicable => "not applicable".to_owned(),
        None => String::new(),
        Some(key) => {
            let step = scale.steps.iter().find(|step| step.key == key);
            let colour = step.filter(|step| step.colour.is_some());
            colour.map_or_else(|| key.to_owned(), |step| step.title.clone())
        }
    }
}

/// A value as it is shown on a page.
pub(crate) fn mark(scale: &Scale, value: Value<'_>) -> Markup {
    let Some(key) = value.value else {
        let text = if value.not_applicable { "n/a" } else { "–" };
        let words = if value.not_applicable {
            "not applicable"
        } else {
            "not known"
        };
        return html! {
            span.wcc-mark.wcc-mark--none {
                span aria-hidden="true" { (text) }
                span.nhsuk-u-visually-hidden { (words) }
            }
        };
    };
    let words = words(scale, value);
    let Some(position) = scale.steps.iter().position(|step| step.key == key) else {
        return html! { span.wcc-mark.wcc-mark--plain { (words) (notes(value)) } };
    };
    let count = scale.steps.len();
    let title = scale.steps.get(position).map(|step| step.title.as_str());
    let standing = standing(scale, position);
    html! {
        span class=(standing.class()) title=[title.filter(|title| *title != words)] {
            @if scale.steps.iter().any(|step| step.colour.is_some()) {
                (symbol(standing))
            } @else {
                (bars(position + 1, count))
            }
            span.wcc-mark__value { (words) }
            (notes(value))
        }
    }
}

/// The signs that qualify a value, as in the printed scorecard.
fn notes(value: Value<'_>) -> Markup {
    html! {
        @if value.is_inferred {
            span.wcc-mark__note { "*" span.nhsuk-u-visually-hidden { " inferred" } }
        }
        @if value.by_rule {
            span.wcc-mark__note { "°" span.nhsuk-u-visually-hidden { " by the rule, not recorded" } }
        }
    }
}

fn standing(scale: &Scale, position: usize) -> Quality {
    let last = scale.steps.len().saturating_sub(1);
    let from_worst = match scale.better {
        Better::Higher => position,
        Better::Lower => last.saturating_sub(position),
    };
    if from_worst == 0 {
        Quality::Worst
    } else if from_worst == last {
        Quality::Best
    } else if from_worst * 2 > last {
        Quality::Good
    } else {
        Quality::Middling
    }
}

/// A circle, a triangle or a square: what a colour of a rating says, without the colour.
fn symbol(standing: Quality) -> Markup {
    html! {
        svg.wcc-mark__shape viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false" {
            @match standing {
                Quality::Best | Quality::Good => circle cx="8" cy="8" r="7" {},
                Quality::Middling => path d="M8 1 15.5 15H.5Z" {},
                Quality::Worst => rect x="1.5" y="1.5" width="13" height="13" {},
            }
        }
    }
}

/// As many filled bars as the value is steps up, each higher than the one before.
fn bars(filled: usize, count: usize) -> Markup {
    let width = 5 * count;
    let height = |bar: usize| 4 + 10 * (bar + 1) / count.max(1);
    html! {
        svg.wcc-mark__shape viewBox={ "0 0 " (width) " 15" } width=(width) height="15"
            aria-hidden="true" focusable="false" {
            @for bar in 0..count {
                rect.wcc-mark__empty[bar >= filled] x=(5 * bar) y=(15 - height(bar)) width="4"
                    height=(height(bar)) {}
            }
        }
    }
}
