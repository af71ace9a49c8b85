//! The scorecard at a glance: each area as a picture, and the outcomes as small trends.

use super::{Area, Component, Current, Framework, MethodResult, Outcome, Output};
use crate::address::Place;
use crate::parts::definition::{Method, Purpose, capitalised};
use crate::parts::mark::{Value, mark};
use crate::parts::track::{Stop, legend, track};
use maud::{Markup, html};

/// The picture.
pub(super) fn glance(place: &Place, framework: &Framework, output: &Output) -> Markup {
    let used: Vec<&Method> = framework
        .common
        .methods
        .iter()
        .filter(|method| {
            let results = output.components.iter().flatten();
            let mut results = results.flat_map(|component| &component.results);
            results.any(|result| is_by(result, method) && result.value.is_some())
        })
        .collect();
    html! {
        section.wcc-glance aria-labelledby="glance" {
            h2.nhsuk-heading-m id="glance" { "At a glance" }
            @if let Some(overall) = &output.overall {
                p.wcc-overall { (capitalised(&overall.name)) ": "
                    strong { (in_words(&overall.current)) }
                    @if let Some(method) = &overall.current.method_title { " (" (method) ")" } }
            }
            (legend(&used))
            div.wcc-glance__areas {
                @for area in &framework.areas { (picture(place, framework, output, area)) }
                @if !output.outcomes.is_empty() { (outcomes(place, framework, output)) }
            }
        }
    }
}

/// A result in words.
fn in_words(result: &Current) -> &str {
    let words = result.title.as_deref().or(result.value.as_deref());
    words.unwrap_or("not known")
}

fn is_by(result: &MethodResult, method: &Method) -> bool {
    result.method_id.as_deref() == Some(method.code.as_str())
}

fn title_of<'f>(framework: &'f Framework, result: &MethodResult) -> &'f str {
    let mut methods = framework.common.methods.iter();
    let method = methods.find(|method| is_by(result, method));
    method.map_or("result", |method| method.title.as_str())
}

fn picture(place: &Place, framework: &Framework, output: &Output, area: &Area) -> Markup {
    let components = output.components.iter().flatten();
    let components: Vec<&Component> = components
        .filter(|component| component.component.area.code == area.code)
        .collect();
    let counts = output
        .counts
        .iter()
        .find(|counts| counts.area.title == area.title);
    let mut results = output.areas.iter();
    let result = results.find(|result| result.area.code == area.code);
    html! {
        @if components.iter().any(|component| component.component.scale.is_some()) {
            div.wcc-glance__area {
                h3.nhsuk-heading-s { (area.title)
                    @if let Some(result) = result {
                        ": " a href=(place.reasons(&output.body.code, &area.code)) { (in_words(&result.current)) }
                    } }
                @if let Some(counts) = counts {
                    ul.wcc-glance__counts {
                        li { (capitalised(&counts.met_own_view_in_words)) }
                        li { (capitalised(&counts.improved_on_previous_in_words)) }
                    }
                }
                ol.wcc-glance__list {
                    @for component in components {
                        li {
                            a.wcc-glance__title href=(place.reasons(&output.body.code, &component.component.code)) {
                                @if !component.component.code.eq_ignore_ascii_case(&component.component.label) {
                                    span.wcc-glance__code { (component.component.code) } " "
                                }
                                (component.component.label)
                            }
                            (values(framework, component))
                        }
                    }
                }
            }
        }
    }
}

/// The marks of a component: on a line if its scale is of levels, as words if it is of colours.
fn values(framework: &Framework, component: &Component) -> Markup {
    let Some(scale) = &component.component.scale else {
        return html! {};
    };
    let known: Vec<&MethodResult> = component
        .results
        .iter()
        .filter(|result| result.value.is_some())
        .collect();
    if known.is_empty() {
        return html! { span.wcc-none { "not rated" } };
    }
    if scale.steps.iter().any(|step| step.colour.is_some()) || scale.steps.len() < 2 {
        return html! {
            span.wcc-glance__values {
                @for result in known {
                    span { span.wcc-glance__method { (short_of(framework, result)) } " " (mark(scale, value_of(result))) }
                }
            }
        };
    }
    let stops: Vec<Stop<'_>> = known
        .iter()
        .map(|result| Stop {
            purpose: result.method,
            method: title_of(framework, result),
            value: result.value.as_deref().unwrap_or_default(),
        })
        .collect();
    html! { span.wcc-glance__track { (track(scale, &stops)) } }
}

fn short_of<'f>(framework: &'f Framework, result: &MethodResult) -> &'f str {
    let mut methods = framework.common.methods.iter();
    let method = methods.find(|method| is_by(result, method));
    method.map_or("", |method| method.short.as_str())
}

pub(super) fn value_of(result: &MethodResult) -> Value<'_> {
    Value {
        value: result.value.as_deref(),
        is_inferred: result.inferred,
        by_rule: result.by_rule_alone && result.method != Purpose::Previous,
        not_applicable: result.not_applicable,
    }
}

fn outcomes(place: &Place, framework: &Framework, output: &Output) -> Markup {
    let address = place.page(&["bodies", &output.body.code, "outcomes"]);
    html! {
        div.wcc-glance__area {
            h3.nhsuk-heading-s { a href=(address) { (capitalised(&framework.common.words.outcome)) "s" } }
            ol.wcc-glance__list {
                @for outcome in &output.outcomes {
                    li {
                        a.wcc-glance__title href={ (address) "#" (outcome.code) "-" (outcome.series_id) } {
                            (outcome.title)
                            @if outcome.series_id != "persons" { " (" (outcome.series_title) ")" }
                        }
                        span.wcc-glance__values {
                            @if outcome.values.len() > 1 { (spark(outcome)) } @else {
                                span.wcc-glance__method { (outcome.historic.in_words) }
                            }
                            @if let Some(quartile) = quartile(outcome) { (quartile) }
                        }
                    }
                }
            }
        }
    }
}

/// Where an outcome is placed, in a word.
fn quartile(outcome: &Outcome) -> Option<Markup> {
    let place = outcome
        .level_place
        .as_ref()
        .or(outcome.improvement_place.as_ref())?;
    Some(html! { span.wcc-glance__method title=(place.in_words) { "quartile " (place.quartile) } })
}

/// The values of an outcome as a small line.
fn spark(outcome: &Outcome) -> Markup {
    let values = &outcome.values;
    let low = values
        .iter()
        .map(|value| value.value)
        .fold(f64::INFINITY, f64::min);
    let high = values
        .iter()
        .map(|value| value.value)
        .fold(f64::NEG_INFINITY, f64::max);
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return html! {};
    };
    let years = f64::from((last.year - first.year).max(1));
    let span = if high > low { high - low } else { 1.0 };
    let points: Vec<String> = values
        .iter()
        .map(|value| {
            let x = 2.0 + 86.0 * f64::from(value.year - first.year) / years;
            let y = 22.0 - 18.0 * (value.value - low) / span;
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let words = format!(
        "{} in {} to {} in {}",
        first.value, first.year, last.value, last.year
    );
    html! {
        @if points.len() > 1 {
            svg.wcc-spark viewBox="0 0 90 26" width="90" height="26" role="img" aria-label=(words) focusable="false" {
                polyline points=(points.join(" ")) fill="none" {}
            }
        }
    }
}
