//! The values of many bodies on one line, with the quartiles and the national value. The table beside it
//! has the figures.

use maud::{Markup, html};

const WIDTH: f64 = 640.0;
const EDGE: f64 = 12.0;

/// What is shown.
pub(crate) struct Strip<'s> {
    /// Each body with its value.
    pub(crate) values: &'s [(&'s str, f64)],
    /// The lower quartile, the median and the upper quartile.
    pub(crate) quartiles: [Option<f64>; 3],
    pub(crate) national: Option<f64>,
}

/// The picture; nothing for fewer than two values.
pub(crate) fn strip(shown: &Strip<'_>) -> Markup {
    let quartiles = shown.quartiles.into_iter().flatten();
    let all = shown.values.iter().map(|(_, value)| *value);
    let all = all.chain(quartiles).chain(shown.national);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if shown.values.len() < 2 || low >= high {
        return html! {};
    }
    let at = |value: f64| EDGE + (value - low) / (high - low) * (WIDTH - 2.0 * EDGE);
    let words = format!(
        "{} values between {low} and {high}; the table below has each",
        shown.values.len()
    );
    let [lower, median, upper] = shown.quartiles;
    html! {
        figure.wcc-trend {
            svg viewBox={ "0 0 " (WIDTH) " 76" } width=(WIDTH) height="76" role="img" aria-label=(words) focusable="false" {
                @if let (Some(one), Some(other)) = (lower, upper) {
                    @let (from, to) = (at(one.min(other)), at(one.max(other)));
                    rect.wcc-strip__middle x=(round(from)) y="8" width=(round(to - from)) height="36" {}
                }
                line.wcc-trend__grid x1=(EDGE) x2=(WIDTH - EDGE) y1="26" y2="26" {}
                @for (name, value) in shown.values {
                    line.wcc-strip__value x1=(round(at(*value))) x2=(round(at(*value))) y1="14" y2="38" { title { (name) ": " (value) } }
                }
                @if let Some(median) = median {
                    line.wcc-strip__median x1=(round(at(median))) x2=(round(at(median))) y1="6" y2="46" {}
                }
                @if let Some(national) = shown.national {
                    path.wcc-strip__national d={ "M" (round(at(national))) " 46 l6 10 h-12 Z" } {}
                }
                text.wcc-trend__label x=(EDGE) y="72" { (low) }
                text.wcc-trend__label x=(WIDTH - EDGE) y="72" text-anchor="end" { (high) }
            }
            figcaption.wcc-note { "Each line is a value; the middle half lies in the box, the median is the long line"
                @if shown.national.is_some() { ", and the triangle is the national value" } "." }
        }
    }
}

/// One decimal is enough on a screen.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
