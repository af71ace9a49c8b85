//! The form of one component: every measure with its levels, what the evidence supports, and what others
//! gave.

use super::subject::{Cell, Recorded, Score, Subject};
use crate::act::change::Mistake;
use crate::act::{error_summary, form_token};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{capitalised, with_code};
use crate::parts::mark::{Value as MarkValue, mark};
use crate::viewer::Viewer;
use maud::{Markup, html};

/// A mistake about a measure.
pub(super) type MeasureMistake = (String, Mistake);

/// What was typed into a form before, and what was wrong with it.
pub(super) struct RefusedForm<'a> {
    pub(super) typed: &'a Parameters,
    pub(super) wrong: &'a [MeasureMistake],
}

/// The page with the form, or with the form `again`. `request` is for whatever it asks.
///
/// # Errors
/// There is no such component.
pub(super) fn form(
    subject: &Subject,
    viewer: &Viewer,
    place: &Place,
    code: &str,
    again: Option<&RefusedForm<'_>>,
    request: &str,
) -> Result<Page, PageError> {
    let components = subject.components();
    let (component, cells) = components
        .iter()
        .find(|(component, _)| component.code == code)
        .ok_or(PageError::Missing)?;
    let mut page = subject.page(with_code(&component.code, &component.title));
    page.above.push(Link::new(
        capitalised(&subject.method_title()),
        subject.list(place),
    ));
    page.is_refused = again.is_some();
    let wrong = again.map_or(&[][..], |again| again.wrong);
    let shown: Vec<(String, String)> = wrong
        .iter()
        .map(|(measure, mistake)| {
            let words = format!("{measure}: {}", mistake.words());
            (format!("value-{measure}"), sentence(&words))
        })
        .collect();
    // Another address than that of the page: if the connection is lost, going back shows what was typed.
    let action = with_query(&subject.task(place, code), [("send", "1")]);
    page.push(html! {
        @if !shown.is_empty() {
            (error_summary(shown.iter().map(|(id, text)| (Some(id.as_str()), text.as_str()))))
        }
        form.wcc-form method="post" action=(action) {
            (form_token(viewer))
            input type="hidden" name="request-id" value=(request);
            @for cell in cells {
                (rated(subject, cell, again))
            }
            button.nhsuk-button type="submit" name="next" value="list" { "Save" }
            " "
            button.nhsuk-button.nhsuk-button--secondary type="submit" name="next" value="on" { "Save and go on" }
        }
    });
    Ok(page)
}

fn rated(subject: &Subject, cell: &Cell, again: Option<&RefusedForm<'_>>) -> Markup {
    let measure = &cell.measure;
    let code = measure.code.as_str();
    let recorded = subject.recorded(cell);
    let wrong = again.map_or(&[][..], |again| again.wrong);
    let messages: Vec<String> = wrong
        .iter()
        .filter(|(of, _)| of == code)
        .map(|(_, mistake)| sentence(&mistake.words()))
        .collect();
    let (mut value, mut rationale) = (recorded.value, recorded.rationale);
    let mut is_overtaken = false;
    if let Some(RefusedForm { typed, .. }) = again {
        value = typed.get(&format!("value-{code}"));
        rationale = typed.typed(&format!("rationale-{code}"));
        let entry = recorded.entry.map(|entry| entry.to_string());
        is_overtaken =
            !messages.is_empty() && entry.as_deref() != typed.get(&format!("entry-{code}"));
    }
    let scale = &measure.scale.scale;
    html! {
        div.nhsuk-form-group.wcc-rated.nhsuk-form-group--error[!messages.is_empty()] {
            fieldset.nhsuk-fieldset id={ "value-" (code) } tabindex="-1" {
                legend.nhsuk-fieldset__legend.nhsuk-fieldset__legend--m { (code) " " (measure.title) }
                @if let Some(looked_for) = &measure.looked_for { div.nhsuk-hint { (looked_for) } }
                @for message in &messages {
                    span.nhsuk-error-message { span.nhsuk-u-visually-hidden { "Error: " } (message) }
                }
                @if is_overtaken { (overtaken(cell, &recorded)) }
                (supported(cell))
                div.nhsuk-radios {
                    @for (number, step) in scale.steps.iter().enumerate() {
                        @let id = format!("value-{code}-{number}");
                        @let text = measure.descriptors.iter().find(|one| one.value == step.key);
                        div.nhsuk-radios__item {
                            input.nhsuk-radios__input id=(id) name={ "value-" (code) } type="radio" value=(step.key)
                                checked[value == Some(step.key.as_str())];
                            label.nhsuk-label.nhsuk-radios__label for=(id) {
                                @if step.colour.is_none() { strong { (step.key) } " " }
                                (step.title)
                            }
                            @if let Some(text) = text { div.nhsuk-hint.nhsuk-radios__hint { (text.text) } }
                        }
                    }
                }
            }
            label.nhsuk-label for={ "rationale-" (code) } { "Why" span.nhsuk-u-visually-hidden { ", for " (code) } }
            textarea.nhsuk-textarea id={ "rationale-" (code) } name={ "rationale-" (code) } rows="3" { (rationale.unwrap_or_default()) }
            input type="hidden" name={ "was-value-" (code) } value=(recorded.value.unwrap_or_default());
            input type="hidden" name={ "was-rationale-" (code) } value=(recorded.rationale.unwrap_or_default());
            @if let Some(entry) = recorded.entry {
                input type="hidden" name={ "entry-" (code) } value=(entry);
            }
            (others(subject, cell))
        }
    }
}

/// What somebody else recorded since the form was opened.
fn overtaken(cell: &Cell, recorded: &Recorded<'_>) -> Markup {
    let value = MarkValue {
        value: recorded.value,
        ..MarkValue::default()
    };
    html! {
        div.nhsuk-inset-text {
            p { "Recorded meanwhile: " (mark(&cell.measure.scale.scale, value)) }
            @if let Some(rationale) = recorded.rationale { p { (rationale) } }
            p { "If you save again, what you chose takes its place." }
        }
    }
}

/// What the evidence supports, and why not more.
fn supported(cell: &Cell) -> Markup {
    let scale = &cell.measure.scale.scale;
    html! {
        @if let Some(supported) = cell.supported.as_deref() {
            details.nhsuk-details {
                summary.nhsuk-details__summary {
                    span.nhsuk-details__summary-text { "The evidence supports "
                        (mark(scale, MarkValue { value: Some(supported), ..MarkValue::default() })) }
                }
                div.nhsuk-details__text {
                    ul { @for ceiling in &cell.ceilings { li { (ceiling.supports) ": " (ceiling.reason) } } }
                }
            }
        }
    }
}

/// The scores of the other members, as far as this person may see them.
fn others(subject: &Subject, cell: &Cell) -> Markup {
    let scores = cell.member_scores.iter().flat_map(|scores| &scores.scores);
    let others: Vec<&Score> = scores
        .filter(|score| {
            let by = score.entered_by.as_ref();
            by.and_then(|by| by.person.as_deref()) != Some(subject.person.as_str())
        })
        .collect();
    let scale = &cell.measure.scale.scale;
    html! {
        @if !others.is_empty() {
            h3.nhsuk-heading-s { "What members gave" }
            ul {
                @for score in others {
                    li { (score.member.as_ref().map_or("a member", |member| member.name.as_str())) ": "
                        (mark(scale, MarkValue { value: Some(&score.value), ..MarkValue::default() }))
                        @if let Some(rationale) = &score.rationale { " " (rationale) } }
                }
            }
        }
    }
}
