//! The marks of several methods on one scale, as on the panel's scorecard: a line with a stop for each
//! step, and a shape for each method.

use super::definition::{Method, Purpose, Scale};
use maud::{Markup, html};

/// Distance of two stops.
const STEP: usize = 56;
/// Distance of the first and the last stop from the edge.
const EDGE: usize = 26;
/// Distance of shapes on one stop.
const APART: usize = 16;

/// A mark on the line.
pub(crate) struct Stop<'s> {
    pub(crate) purpose: Purpose,
    /// The method in words.
    pub(crate) method: &'s str,
    pub(crate) value: &'s str,
}

/// The line; empty if the scale has no steps or no mark is on it.
pub(crate) fn track(scale: &Scale, stops: &[Stop<'_>]) -> Markup {
    let at = |value: &str| scale.steps.iter().position(|step| step.key == value);
    let known: Vec<(usize, &Stop<'_>)> = stops
        .iter()
        .filter_map(|stop| Some((at(stop.value)?, stop)))
        .collect();
    if known.is_empty() || scale.steps.len() < 2 {
        return html! {};
    }
    let width = 2 * EDGE + STEP * (scale.steps.len() - 1);
    let words: Vec<String> = known
        .iter()
        .map(|(position, stop)| {
            let step = scale.steps.get(*position).map(|step| step.title.as_str());
            format!("{}: {}", stop.method, step.unwrap_or(stop.value))
        })
        .collect();
    html! {
        svg.wcc-track viewBox={ "0 0 " (width) " 40" } width=(width) height="40" role="img"
            aria-label=(words.join("; ")) focusable="false" {
            line.wcc-track__line x1=(EDGE) y1="14" x2=(width - EDGE) y2="14" {}
            @for (number, step) in scale.steps.iter().enumerate() {
                circle.wcc-track__stop cx=(EDGE + STEP * number) cy="14" r="3" {}
                text.wcc-track__label x=(EDGE + STEP * number) y="38" text-anchor="middle" { (step.key) }
            }
            @for (number, _) in scale.steps.iter().enumerate() {
                @let here: Vec<&Stop<'_>> = known.iter().filter(|(at, _)| *at == number).map(|(_, stop)| *stop).collect();
                @let start = EDGE + STEP * number - APART * here.len().saturating_sub(1) / 2;
                @for (place, stop) in here.iter().enumerate() {
                    (shape(stop.purpose, start + APART * place))
                }
            }
        }
    }
}

/// What the shapes stand for.
pub(crate) fn legend(methods: &[&Method]) -> Markup {
    html! {
        ul.wcc-legend {
            @for method in methods {
                li {
                    svg viewBox="0 0 20 28" width="20" height="28" aria-hidden="true" focusable="false" {
                        (shape(method.purpose, 10))
                    }
                    (method.title)
                }
            }
        }
    }
}

fn shape(purpose: Purpose, x: usize) -> Markup {
    let class = match purpose {
        Purpose::Previous => "wcc-shape wcc-shape--previous",
        Purpose::Own => "wcc-shape wcc-shape--own",
        Purpose::Analyst => "wcc-shape wcc-shape--analyst",
        Purpose::Panel => "wcc-shape wcc-shape--panel",
        Purpose::Calibrated => "wcc-shape wcc-shape--calibrated",
    };
    html! {
        g class=(class) transform={ "translate(" (x) " 14)" } {
            @match purpose {
                Purpose::Previous => circle r="5" {},
                Purpose::Own => rect x="-6" y="-6" width="12" height="12" {},
                Purpose::Analyst => path d="M0-7 7 6H-7Z" {},
                Purpose::Panel => {
                    circle r="8" {}
                    path.wcc-shape__tick d="M-4 0-1 3 4-3" {}
                },
                Purpose::Calibrated => path d="M0-9 9 0 0 9-9 0Z" {},
            }
        }
    }
}
