//! The pages of a respondent: the invitation, what the survey is, questions, and everything before it is sent.

use super::super::change::Mistake;
use super::super::error_summary;
use super::sheet::{Question, Sheet};
use super::{SHEET, questions_address};
use crate::frame::{long_date, sentence};
use crate::page::{Link, Page};
use crate::parameters::Parameters;
use crate::parts::tag::{Colour, tag};
use maud::{Markup, html};

/// The form for the invitation. `typed` are answers that could not be saved.
pub(super) fn invitation(token: &str, problem: Option<&str>, typed: Option<&Parameters>) -> Page {
    let mut page = Page::new("Answer a survey");
    page.is_refused = problem.is_some();
    let message = problem.map(sentence);
    page.push(html! {
        @if let Some(message) = &message { (error_summary([(Some("invitation"), message.as_str())].into_iter())) }
        form.wcc-form method="post" action=(SHEET) {
            input type="hidden" name="form-token" value=(token);
            div.nhsuk-form-group.nhsuk-form-group--error[message.is_some()] {
                label.nhsuk-label for="invitation" { "Your invitation" }
                div.nhsuk-hint id="invitation-hint" {
                    "The long code that you were sent, with its hyphen. You can paste it. Capital letters do not matter."
                }
                @if let Some(message) = &message {
                    span.nhsuk-error-message id="invitation-error" { span.nhsuk-u-visually-hidden { "Error: " } (message) }
                }
                // Written in two lines on a narrow screen, so that it can be compared with a letter.
                textarea.nhsuk-textarea id="invitation" name="invitation" rows="2" required maxlength="200" autocomplete="off"
                    autocapitalize="none" spellcheck="false" aria-describedby="invitation-hint" {}
            }
            button.nhsuk-button type="submit" { "Continue" }
        }
        p.wcc-note { "Whoever has your invitation can answer in your place: do not pass it on. If you use a device of somebody "
            "else, choose \u{201c}Forget my invitation\u{201d} when you stop." }
    });
    if let Some(typed) = typed {
        page.push(html! {
            h2.nhsuk-heading-m { "Not saved" }
            p { "These answers were not saved. Enter your invitation again, and copy what you wrote." }
            (super::super::typed_texts(typed))
        });
    }
    page
}

/// What the survey is, and how far the respondent is.
pub(super) fn overview(token: &str, sheet: &Sheet) -> Page {
    let questionnaire = &sheet.questionnaire;
    let (answered, all) = (sheet.answered(), questionnaire.questions.len());
    let mut page = Page::new(&questionnaire.title);
    page.caption = Some("Survey".to_owned());
    page.push(html! {
        @if let Some(closes) = sheet.closes { p { "Answer by " strong { (long_date(closes)) } "." } }
        p { "You have answered " (answered) " of " (all) " questions. What you save stays, and you can come back with your invitation "
            "until you send your answers. You need not answer every question." }
        div.nhsuk-inset-text {
            p { "Your answers are kept apart from your name and are not shown on their own: a group in which fewer than "
                (questionnaire.minimum_group) " people answered a question is only shown together with others." }
        }
        @if answered == all {
            p { a.nhsuk-button href={ (SHEET) "/check" } { "Check and send" } }
            p { a href=(questions_address(1)) { "Change your answers" } }
        } @else {
            p { a.nhsuk-button href=(questions_address(sheet.next_page())) { @if answered == 0 { "Start" } @else { "Continue" } } }
            p { a href={ (SHEET) "/check" } { "Check and send what you have" } }
        }
        form method="post" action={ (SHEET) "/leave" } {
            input type="hidden" name="form-token" value=(token);
            button.nhsuk-button.nhsuk-button--secondary.nhsuk-button--small type="submit" { "Forget my invitation on this device" }
        }
    });
    page
}

/// A page with questions; `again` is what was typed and why it could not be saved.
pub(super) fn questions(
    token: &str,
    sheet: &Sheet,
    number: usize,
    questions: &[Question],
    again: Option<(&Parameters, &[Mistake])>,
) -> Page {
    let title = format!("Questions, page {number} of {}", sheet.pages());
    let mut page = Page::new(title);
    page.caption = Some(sheet.questionnaire.title.clone());
    page.above = vec![Link::new("The survey", SHEET)];
    let mistakes = again.map_or(&[][..], |(_, mistakes)| mistakes);
    page.is_refused = !mistakes.is_empty();
    let messages: Vec<(Option<String>, String)> = mistakes
        .iter()
        .map(|mistake| {
            let question = questions.iter().enumerate();
            let mut about = question.filter(|(at, _)| is_about(mistake, *at));
            let field = about
                .next()
                .map(|(_, question)| format!("score-{}", question.code));
            (field, sentence(&mistake.words()))
        })
        .collect();
    let shown = messages
        .iter()
        .map(|(field, message)| (field.as_deref(), message.as_str()));
    page.push(html! {
        @if !mistakes.is_empty() { (error_summary(shown)) }
        form.wcc-form method="post" action=(questions_address(number)) {
            input type="hidden" name="form-token" value=(token);
            @for (at, question) in questions.iter().enumerate() {
                @let mistakes = mistakes.iter().filter(|mistake| is_about(mistake, at));
                @let wrong: Vec<String> = mistakes.map(|mistake| sentence(&mistake.words())).collect();
                (self::question(sheet, question, again.map(|(typed, _)| typed), &wrong))
            }
            button.nhsuk-button type="submit" name="next" value="on" { "Save and go on" }
            " "
            button.nhsuk-button.nhsuk-button--secondary type="submit" name="next" value="later" { "Save and come back later" }
        }
    });
    page
}

/// Whether a mistake is about the answer at a position of the page.
fn is_about(mistake: &Mistake, at: usize) -> bool {
    let field = mistake.field.as_deref().unwrap_or_default();
    field.contains(&format!("answers[{at}]"))
}

fn question(
    sheet: &Sheet,
    question: &Question,
    typed: Option<&Parameters>,
    wrong: &[String],
) -> Markup {
    let (score, comment) = (
        format!("score-{}", question.code),
        format!("comment-{}", question.code),
    );
    let saved = sheet.answer(question);
    let chosen = match typed {
        Some(typed) => typed.get(&score).map(str::to_owned),
        None => saved
            .and_then(|saved| saved.score)
            .map(|score| score.to_string()),
    };
    let written = match typed {
        Some(typed) => typed.typed(&comment),
        None => saved.and_then(|saved| saved.comment.as_deref()),
    };
    let scale = sheet.questionnaire.scale.iter();
    let points = scale.map(|point| (point.score.to_string(), point.wording.as_str()));
    // A choice cannot be taken back otherwise.
    let points = points.chain([("none".to_owned(), "no answer")]);
    html! {
        div.nhsuk-form-group.wcc-rated.nhsuk-form-group--error[!wrong.is_empty()] {
            fieldset.nhsuk-fieldset id=(score) tabindex="-1" {
                legend.nhsuk-fieldset__legend.nhsuk-fieldset__legend--s { (question.text) }
                @for message in wrong {
                    span.nhsuk-error-message { span.nhsuk-u-visually-hidden { "Error: " } (message) }
                }
                div.nhsuk-radios {
                    @for (value, wording) in points {
                        @let id = format!("{score}-{value}");
                        div.nhsuk-radios__item {
                            input.nhsuk-radios__input id=(id) name=(score) type="radio" value=(value)
                                checked[chosen.as_deref() == Some(value.as_str())];
                            label.nhsuk-label.nhsuk-radios__label for=(id) { (wording) }
                        }
                    }
                }
            }
            @if question.takes_comment {
                label.nhsuk-label for=(comment) { "Comment (optional)"
                    span.nhsuk-u-visually-hidden { ", on: " (question.text) } }
                div.nhsuk-hint id={ (comment) "-hint" } { "It may be shown as you write it: name nobody in it, and not yourself." }
                textarea.nhsuk-textarea id=(comment) name=(comment) rows="3" aria-describedby={ (comment) "-hint" } { (written.unwrap_or_default()) }
            }
        }
    }
}

/// Everything that would be sent.
pub(super) fn check(token: &str, sheet: &Sheet, mistakes: &[Mistake]) -> Page {
    let mut page = Page::new("Check your answers");
    page.caption = Some(sheet.questionnaire.title.clone());
    page.above = vec![Link::new("The survey", SHEET)];
    page.is_refused = !mistakes.is_empty();
    let messages: Vec<String> = mistakes
        .iter()
        .map(|mistake| sentence(&mistake.words()))
        .collect();
    let shown = messages.iter().map(|message| (None, message.as_str()));
    let questions = sheet.questionnaire.questions.iter().enumerate();
    let open = sheet.questionnaire.questions.len() - sheet.answered();
    page.push(html! {
        @if !mistakes.is_empty() { (error_summary(shown)) }
        dl.nhsuk-summary-list {
            @for (at, question) in questions {
                @let page = at / super::QUESTIONS_ON_A_PAGE + 1;
                @let saved = sheet.answer(question);
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { (question.text) }
                    dd.nhsuk-summary-list__value {
                        @match saved.and_then(|saved| saved.score) {
                            Some(score) => (wording(sheet, score)),
                            None => (tag("No answer", Colour::Grey)),
                        }
                        @if let Some(comment) = saved.and_then(|saved| saved.comment.as_deref()) {
                            p.wcc-kept { (comment) }
                        }
                    }
                    dd.nhsuk-summary-list__actions {
                        a href={ (questions_address(page)) "#score-" (question.code) } { "Change"
                            span.nhsuk-u-visually-hidden { " the answer to: " (question.text) } }
                    }
                }
            }
        }
        @if open > 0 { p { (open) @if open == 1 { " question has" } @else { " questions have" }
            " no answer. You can send the others all the same." } }
        div.nhsuk-inset-text { p { "Once they are sent, your answers can be neither changed nor found again, and your invitation no longer works." } }
        form method="post" action={ (SHEET) "/submit" } {
            input type="hidden" name="form-token" value=(token);
            button.nhsuk-button type="submit" { "Send my answers" }
        }
    });
    page
}

fn wording(sheet: &Sheet, score: i32) -> String {
    let mut scale = sheet.questionnaire.scale.iter();
    let point = scale.find(|point| point.score == score);
    point.map_or_else(|| score.to_string(), |point| point.wording.clone())
}

/// Said once the answers are sent.
pub(super) fn submitted() -> Page {
    let mut page = Page::new("Your answers are sent");
    page.push(html! {
        p { "Thank you. Nothing leads from your invitation to your answers any more, so they cannot be changed, and nobody can look them up." }
        p { "Results are published when the survey is closed. You can close this page." }
    });
    page
}
