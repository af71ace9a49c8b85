//! How many are at each step.

use super::super::tone;
use super::{coordinate, wrap};
use crate::words;
use maud::{Markup, html};
use wcc_document::model::{SpreadBar, SpreadChart};

/// Width of the drawing.
const WIDTH: f64 = 680.0;
/// Left edge of the bars: their names stand before it.
const LEFT: f64 = 250.0;
/// Height of a bar.
const BAR: f64 = 24.0;
/// Distance from a bar to the next.
const PITCH: f64 = 34.0;
/// Height of the key.
const KEY: f64 = 34.0;
/// Characters in a line of a name.
const NAME: usize = 34;

/// The drawing, if there is anything to draw.
pub(super) fn drawing(chart: &SpreadChart, id: &str) -> Option<Markup> {
    let most = chart
        .bars
        .iter()
        .map(total)
        .max()
        .filter(|most| *most > 0)?;
    let unit = (WIDTH - LEFT - 4.0) / f64::from(most);
    let height = KEY + PITCH * f64::from(u32::try_from(chart.bars.len()).unwrap_or(1));
    Some(html! {
        svg.spread viewBox={ "0 0 " (WIDTH) " " (height) } aria-hidden="true" {
            defs { @for at in 0..chart.steps.len() { (pattern(id, at)) } }
            (key(chart, id))
            @for (at, bar) in (0_u16..).zip(&chart.bars) {
                @let y = KEY + PITCH * f64::from(at);
                (name(bar, y))
                @for part in parts(chart, bar) {
                    @let x = LEFT + unit * f64::from(part.before);
                    @let width = unit * f64::from(part.count);
                    g.part.(part.class) {
                        rect.fill x=(coordinate(x)) y=(y) width=(coordinate(width)) height=(BAR) {}
                        @if let Some(step) = part.step {
                            rect x=(coordinate(x)) y=(y) width=(coordinate(width)) height=(BAR)
                                fill={ "url(#" (id) "_" (step) ")" } {}
                        }
                        rect.edge x=(coordinate(x)) y=(y) width=(coordinate(width)) height=(BAR) {}
                        rect.back x=(coordinate(x + width / 2.0 - 11.0)) y=(y + 4.0) width="22" height="16" rx="3" {}
                        text.middle x=(coordinate(x + width / 2.0)) y=(y + 16.5) { (part.count) }
                    }
                }
            }
        }
    })
}

/// A part of a bar as it is drawn.
struct Part {
    /// How many are drawn before it.
    before: u32,
    count: u32,
    /// Its step; `None` for those without a value.
    step: Option<usize>,
    class: &'static str,
}

fn parts(chart: &SpreadChart, bar: &SpreadBar) -> Vec<Part> {
    let mut before = 0;
    let mut parts = Vec::new();
    let steps = bar.parts.iter().zip(&chart.steps).enumerate();
    let known = steps.map(|(at, (part, (_, of)))| (part.count, Some(at), tone(*of)));
    for (count, step, class) in known.chain([(bar.unknown, None, "unknown")]) {
        if count > 0 {
            parts.push(Part {
                before,
                count,
                step,
                class,
            });
        }
        before += count;
    }
    parts
}

fn total(bar: &SpreadBar) -> u32 {
    bar.parts.iter().map(|part| part.count).sum::<u32>() + bar.unknown
}

/// What the patterns mean.
fn key(chart: &SpreadChart, id: &str) -> Markup {
    let names = chart.steps.iter().enumerate();
    let names = names.map(|(at, (name, of))| (name.as_str(), Some(at), tone(*of)));
    let has_unknown = chart.bars.iter().any(|bar| bar.unknown > 0);
    let unknown = has_unknown.then_some((words::NOT_KNOWN, None, "unknown"));
    let mut x = 0.0;
    let mut entries = Vec::new();
    for (name, step, class) in names.chain(unknown) {
        entries.push((x, name, step, class));
        let characters = u32::try_from(name.chars().count()).unwrap_or(0);
        x += 42.0 + 7.4 * f64::from(characters);
    }
    html! {
        @for (x, name, step, class) in entries {
            g.part.(class) {
                rect.fill x=(coordinate(x)) y="3" width="18" height="14" {}
                @if let Some(step) = step {
                    rect x=(coordinate(x)) y="3" width="18" height="14" fill={ "url(#" (id) "_" (step) ")" } {}
                }
                rect.edge x=(coordinate(x)) y="3" width="18" height="14" {}
                text x=(coordinate(x + 24.0)) y="15" { (name) }
            }
        }
    }
}

/// Hatching, so that steps are told apart without their colours.
fn pattern(id: &str, step: usize) -> Markup {
    let line = match step % 4 {
        0 => "",
        1 => "M-2 2 2-2M0 8 8 0M6 10 10 6",
        2 => "M0 4H8",
        _ => "M4 0V8M0 4H8",
    };
    html! {
        pattern id={ (id) "_" (step) } width="8" height="8" patternUnits="userSpaceOnUse" {
            path.hatch d=(line) {}
        }
    }
}

/// The name of a bar in at most two lines; the table under the chart has it whole.
fn name(bar: &SpreadBar, y: f64) -> Markup {
    let mut lines = wrap(&bar.name, NAME);
    if lines.len() > 2 {
        lines.truncate(2);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    let first = if lines.len() > 1 { 9.5 } else { 16.5 };
    html! {
        @for (at, line) in (0_u8..).zip(&lines) {
            text.end x=(LEFT - 10.0) y=(y + first + 14.0 * f64::from(at)) { (line) }
        }
    }
}
