//! The form of one component: every measure with its levels, what the evidence supports, and what others
//! gave.

use super::subject::{Cell, Score, Subject};
use crate::act::change::Mistake;
use crate::act::{error_summary, form_token, request_id};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::Parameters;
use crate::parts::definition::{capitalised, with_code};
use crate::parts::mark::{Value as MarkValue, mark};
use crate::viewer::Viewer;
use maud::{Markup, html};

/// A mistake about a measure.
pub(super) type Wrong = (String, Mistake);

/// The page with the form; `wrong` is what was wrong with what was typed.
///
/// # Errors
/// There is no such component.
pub(super) fn form(
    subject: &Subject,
    viewer: &Viewer,
    place: &Place,
    code: &str,
    typed: &Parameters,
    wrong: &[Wrong],
) -> Result<Page, PageError> {
    let components = subject.components();
    let (component, cells) = components
        .iter()
        .find(|(component, _)| component.code == code)
        .ok_or(PageError::Missing)?;
    let request = request_id()?;
    let mut page = subject.page(with_code(&component.code, &component.title));
    page.above.push(Link::new(
        capitalised(&subject.method_title()),
        subject.list(place),
    ));
    let shown: Vec<(String, String)> = wrong
        .iter()
        .map(|(measure, mistake)| {
            let words = format!("{measure}: {}", mistake.words());
            (format!("value-{measure}"), sentence(&words))
        })
        .collect();
    page.push(html! {
        @if !shown.is_empty() {
            (error_summary(shown.iter().map(|(id, text)| (Some(id.as_str()), text.as_str()))))
        }
        form.wcc-form method="post" action=(subject.task(place, code)) {
            (form_token(viewer))
            input type="hidden" name="request-id" value=(request);
            @for cell in cells {
                (rated(subject, cell, typed, wrong))
            }
            button.nhsuk-button type="submit" name="next" value="list" { "Save" }
            " "
            button.nhsuk-button.nhsuk-button--secondary type="submit" name="next" value="on" { "Save and go on" }
        }
    });
    Ok(page)
}

fn rated(subject: &Subject, cell: &Cell, typed: &Parameters, wrong: &[Wrong]) -> Markup {
    let measure = &cell.measure;
    let code = measure.code.as_str();
    let recorded = subject.recorded(cell);
    let messages: Vec<String> = wrong
        .iter()
        .filter(|(of, _)| of == code)
        .map(|(_, mistake)| sentence(&mistake.words()))
        .collect();
    // After a mistake, the form shows what was typed.
    let is_again = typed.typed(&format!("was-value-{code}")).is_some();
    let value = typed.get(&format!("value-{code}"));
    let value = if is_again { value } else { recorded.value };
    let rationale = typed.typed(&format!("rationale-{code}"));
    let rationale = if is_again {
        rationale
    } else {
        recorded.rationale
    };
    let scale = &measure.scale.scale;
    html! {
        div.nhsuk-form-group.wcc-rated.nhsuk-form-group--error[!messages.is_empty()] {
            fieldset.nhsuk-fieldset id={ "value-" (code) } {
                legend.nhsuk-fieldset__legend.nhsuk-fieldset__legend--m { (code) " " (measure.title) }
                @if let Some(looked_for) = &measure.looked_for { div.nhsuk-hint { (looked_for) } }
                @for message in &messages {
                    span.nhsuk-error-message { span.nhsuk-u-visually-hidden { "Error: " } (message) }
                }
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
            label.nhsuk-label for={ "rationale-" (code) } { "Why" }
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
