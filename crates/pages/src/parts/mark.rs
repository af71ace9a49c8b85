//! A value on its scale: a shape, a word and a colour, any one of which is enough.

use super::definition::{Better, Scale};
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};

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

/// The marks of one page that shows many: each is drawn once, and every other one refers to it.
#[derive(Default)]
pub(crate) struct RepeatedMarks<'s> {
    marks: HashMap<(*const Scale, &'s str), Markup>,
    shapes: BTreeSet<Shape>,
}

impl<'s> RepeatedMarks<'s> {
    /// A value that is on the scale and has no note.
    pub(crate) fn mark(&mut self, scale: &'s Scale, key: &'s str) -> Markup {
        let shapes = &mut self.shapes;
        let marks = self.marks.entry((std::ptr::from_ref(scale), key));
        let mark = marks.or_insert_with(|| {
            let value = Value {
                value: Some(key),
                ..Value::default()
            };
            drawn(scale, value, &mut |shape, words| {
                shapes.insert(shape);
                let (width, height) = shape.size();
                html! {
                    svg aria-hidden="true" width=(width) height=(height) { use href={ "#" (shape.id()) } {} }
                    (words)
                }
            })
        });
        mark.clone()
    }

    /// The shapes to which the marks refer.
    pub(crate) fn shapes(&self) -> Markup {
        html! {
            svg.wcc-shapes width="0" height="0" aria-hidden="true" {
                @for shape in &self.shapes {
                    @let (width, height) = shape.size();
                    symbol id=(shape.id()) viewBox={ "0 0 " (width) " " (height) } { (shape.drawing()) }
                }
            }
        }
    }
}

/// A value as it is shown on a page.
pub(crate) fn mark(scale: &Scale, value: Value<'_>) -> Markup {
    drawn(scale, value, &mut Shape::svg)
}

/// A value with its shape and its words as `draw` draws them.
fn drawn(scale: &Scale, value: Value<'_>, draw: &mut dyn FnMut(Shape, &str) -> Markup) -> Markup {
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
    let has_colours = scale.steps.iter().any(|step| step.colour.is_some());
    let shape = match standing {
        _ if !has_colours => Shape::Bars {
            filled: position + 1,
            count,
        },
        Quality::Best | Quality::Good => Shape::Circle,
        Quality::Middling => Shape::Triangle,
        Quality::Worst => Shape::Square,
    };
    html! {
        span class=(standing.class()) title=[title.filter(|title| *title != words)] {
            (draw(shape, &words))
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

/// What is drawn beside a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    /// What a colour of a rating says, without the colour.
    Circle,
    Triangle,
    Square,
    /// As many filled bars as the value is steps up, each higher than the one before.
    Bars {
        filled: usize,
        count: usize,
    },
}

impl Shape {
    fn id(self) -> String {
        match self {
            Shape::Circle => "shape-circle".to_owned(),
            Shape::Triangle => "shape-triangle".to_owned(),
            Shape::Square => "shape-square".to_owned(),
            Shape::Bars { filled, count } => format!("shape-{filled}-of-{count}"),
        }
    }

    /// Its width and height, in the units in which it is drawn.
    fn size(self) -> (usize, usize) {
        match self {
            Shape::Bars { count, .. } => (5 * count, 15),
            _ => (14, 14),
        }
    }

    fn drawing(self) -> Markup {
        html! {
            @match self {
                Shape::Circle => circle cx="7" cy="7" r="6.1" {},
                Shape::Triangle => path d="M7 .9 13.5 13.1H.5Z" {},
                Shape::Square => rect x="1.3" y="1.3" width="11.4" height="11.4" {},
                Shape::Bars { filled, count } => {
                    @for bar in 0..count {
                        @let height = 4 + 10 * (bar + 1) / count.max(1);
                        rect.wcc-mark__empty[bar >= filled] x=(5 * bar) y=(15 - height) width="4" height=(height) {}
                    }
                },
            }
        }
    }

    /// The shape, and the words beside it.
    fn svg(self, words: &str) -> Markup {
        let (width, height) = self.size();
        html! {
            svg viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height)
                aria-hidden="true" focusable="false" { (self.drawing()) }
            span.wcc-mark__value { (words) }
        }
    }
}
