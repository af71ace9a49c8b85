//! How many have each value of a scale, as one bar. Beside it stand the numbers.

use super::definition::Scale;
use maud::{Markup, html};

const WIDTH: u32 = 160;

/// The bar, with its numbers; nothing if nobody has a value.
pub(crate) fn spread(scale: &Scale, counts: &[(&str, u32)]) -> Markup {
    let total: u32 = counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        return html! {};
    }
    let mut parts: Vec<(usize, &str, u32, u32, u32)> = Vec::new();
    let mut before = 0;
    for (value, count) in counts {
        let position = scale.steps.iter().position(|step| step.key == *value);
        let from = WIDTH * before / total;
        before += count;
        let to = WIDTH * before / total;
        parts.push((position.unwrap_or_default(), value, *count, from, to - from));
    }
    html! {
        svg.wcc-spread viewBox={ "0 0 " (WIDTH) " 14" } width=(WIDTH) height="14" aria-hidden="true" focusable="false" {
            @for (position, _, _, from, width) in &parts {
                rect class={ "wcc-spread__part wcc-spread__part--" (shade(*position, scale.steps.len())) }
                    x=(from) y="0" width=(width) height="14" {}
            }
        }
        span.wcc-spread__numbers {
            @for (_, value, count, _, _) in &parts {
                @if *count > 0 { span { (value) ": " (count) } " " }
            }
        }
    }
}

/// One of four shades, darker for better steps.
fn shade(position: usize, steps: usize) -> usize {
    let last = steps.saturating_sub(1).max(1);
    1 + 3 * position.min(last) / last
}
