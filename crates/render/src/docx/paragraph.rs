//! Paragraphs and runs of text.

use super::Writer;
use crate::direction;
use maud::{Markup, html};
use wcc_document::model::{Style, Text};

impl Writer<'_> {
    /// A paragraph of plain text in a style.
    pub(super) fn line(&self, style: &str, text: &str) -> Markup {
        html! {
            w:p {
                w:pPr { w:pStyle w:val=(style) {} (direction(text)) }
                (runs(text, &html! {}))
            }
        }
    }

    /// A paragraph in a style.
    pub(super) fn paragraph(&self, style: &str, text: &Text) -> Markup {
        html! {
            w:p {
                w:pPr { w:pStyle w:val=(style) {} (direction(&text.to_plain())) }
                (self.text(text))
            }
        }
    }

    /// The runs of a text, with its links.
    pub(super) fn text(&self, text: &Text) -> Markup {
        self.text_with(text, &html! {})
    }

    /// The runs of a text with properties that all have.
    pub(super) fn text_with(&self, text: &Text, all: &Markup) -> Markup {
        html! {
            @for run in &text.0 {
                @let is_link = run.link.as_deref().is_some_and(|link| self.bookmarks.contains_key(link));
                @let properties = html! {
                    @match run.style {
                        Style::Quiet => w:rStyle w:val="Quiet" {},
                        Style::Code => w:rStyle w:val="Code" {},
                        _ if is_link => w:rStyle w:val="Hyperlink" {},
                        _ => {},
                    }
                    @match run.style {
                        Style::Strong => { w:b {} w:bCs {} },
                        Style::Emphasis => { w:i {} w:iCs {} },
                        _ => (all),
                    }
                };
                @match &run.link {
                    Some(link) => (self.link(link, runs(&run.text, &properties))),
                    None => (runs(&run.text, &properties)),
                }
            }
        }
    }
}

/// Runs of plain text with their properties, one for each direction.
pub(super) fn runs(text: &str, properties: &Markup) -> Markup {
    html! {
        @for (right_to_left, part) in direction::parts(text) {
            w:r {
                @if right_to_left || !properties.0.is_empty() {
                    w:rPr { (properties) @if right_to_left { w:rtl {} } }
                }
                w:t xml:space="preserve" { (part) }
            }
        }
    }
}

/// The property of a paragraph that is read from right to left.
pub(super) fn direction(text: &str) -> Markup {
    html! { @if direction::starts_right_to_left(text) { w:bidi {} } }
}
