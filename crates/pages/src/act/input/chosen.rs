//! Controls of a field whose values people choose from a list by title, with the browser's own means: a list that opens,
//! boxes to tick, or, where there are many, a text that the browser completes.

use crate::parts::definition::Titled;
use maud::{Markup, html};

/// The longest list that opens, and the most boxes: more are searched by typing.
const MOST: usize = 100;
/// The most boxes that are shown at once.
const MOST_OPEN: usize = 12;
/// Number of empty places to type codes in.
const PLACES: usize = 4;

/// What a field is on its page.
pub(super) struct Control<'c> {
    pub(super) id: &'c str,
    pub(super) name: &'c str,
    /// What it is called.
    pub(super) label: &'c str,
    /// The identifiers of what describes it.
    pub(super) described_by: &'c str,
    pub(super) is_required: bool,
    pub(super) is_wrong: bool,
}

/// How to choose some of a list.
pub(super) fn hint(choices: &[Titled]) -> &'static str {
    if choices.len() > MOST {
        " Type part of a title, then choose."
    } else {
        " Choose all that apply."
    }
}

/// One of a list; `text` is what people read of it.
pub(super) fn one(
    control: &Control<'_>,
    choices: &[Titled],
    given: &str,
    text: fn(&Titled) -> String,
) -> Markup {
    let Control {
        id,
        name,
        described_by,
        is_required,
        is_wrong,
        ..
    } = *control;
    html! {
        @if choices.len() <= MOST {
            select.nhsuk-select.nhsuk-select--error[is_wrong] id=(id) name=(name) aria-describedby=(described_by) required[is_required] {
                option value="" { "Choose one" }
                @for choice in choices {
                    option value=(choice.code) selected[choice.code == given] { (text(choice)) }
                }
            }
        } @else {
            (suggested(control, choices, given, text))
        }
    }
}

/// A text that the browser completes from a list, and that may be anything else.
pub(super) fn suggested(
    control: &Control<'_>,
    choices: &[Titled],
    given: &str,
    text: fn(&Titled) -> String,
) -> Markup {
    html! {
        (typed(control, None, control.name, given))
        (suggestions(control.id, choices, text))
    }
}

/// Some of a list.
pub(super) fn some(
    control: &Control<'_>,
    choices: &[Titled],
    given: &[&str],
    text: fn(&Titled) -> String,
) -> Markup {
    let Control { id, name, .. } = *control;
    if choices.len() > MOST {
        return html! {
            @for place in 0..given.len() + PLACES {
                @let value = given.get(place).copied().unwrap_or_default();
                (typed(control, Some(place), &format!("{name}.{place}"), value))
            }
            (suggestions(id, choices, text))
        };
    }
    let boxes = html! {
        div.nhsuk-checkboxes.nhsuk-checkboxes--small {
            @for choice in choices {
                @let own = format!("{id}-{}", choice.code);
                div.nhsuk-checkboxes__item {
                    input.nhsuk-checkboxes__input id=(own) name=(name) type="checkbox" value=(choice.code)
                        checked[given.contains(&choice.code.as_str())];
                    label.nhsuk-label.nhsuk-checkboxes__label for=(own) { (text(choice)) }
                }
            }
        }
    };
    html! {
        @if choices.len() <= MOST_OPEN { (boxes) } @else {
            details.nhsuk-details open[!given.is_empty()] {
                summary.nhsuk-details__summary { span.nhsuk-details__summary-text { "Show " (choices.len()) " choices" } }
                div.nhsuk-details__text { (boxes) }
            }
        }
    }
}

/// A text that the browser completes; in one of several places, if it is for one of many.
fn typed(control: &Control<'_>, place: Option<usize>, name: &str, given: &str) -> Markup {
    let Control {
        id,
        label,
        described_by,
        is_required,
        is_wrong,
        ..
    } = *control;
    let own = place.map_or_else(|| id.to_owned(), |place| format!("{id}-{place}"));
    let is_required = is_required && place.is_none();
    html! {
        input.nhsuk-input.wcc-another[place.is_some()].nhsuk-input--error[is_wrong] id=(own) name=(name) type="text" spellcheck="false"
            autocomplete="off" value=(given) list={ (id) "-choices" } aria-label=[place.map(|place| format!("{label} {}", place + 1))]
            aria-describedby=(described_by) required[is_required];
    }
}

fn suggestions(id: &str, choices: &[Titled], text: fn(&Titled) -> String) -> Markup {
    html! {
        datalist id={ (id) "-choices" } {
            @for choice in choices { option value=(choice.code) label=(text(choice)) {} }
        }
    }
}
