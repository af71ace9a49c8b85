//! A document as a web page: one file, without scripts and without anything from elsewhere.

mod blocks;
mod chart;
mod marks;
mod page;
mod shapes;
mod table;

use crate::style::Style;
use crate::words;
use maud::{Markup, html};
use std::cell::Cell;
use std::collections::BTreeSet;
use wcc_document::Document;
use wcc_document::model::{Run, Style as TextStyle, Text, Tone};

/// Lays a document out as a web page. The same document and style give the same text.
pub fn html(document: &Document, style: &Style) -> String {
    let page = Page {
        document,
        style,
        sections: words::section_ids(document),
        next: Cell::new(0),
    };
    page.to_markup().into_string()
}

/// Rows of a table that is printed on one page.
const SHORT: usize = 12;

/// What the parts of a page need to know of the whole.
struct Page<'a> {
    document: &'a Document,
    style: &'a Style,
    /// The sections that can be linked to.
    sections: BTreeSet<&'a str>,
    /// The number of the next identifier.
    next: Cell<u32>,
}

impl Page<'_> {
    /// A new identifier. Those of sections have no underscore, so it is never one of theirs.
    fn new_id(&self, purpose: &str) -> String {
        let number = self.next.get();
        self.next.set(number + 1);
        format!("{purpose}_{number}")
    }

    /// Runs of text. Each is isolated from the direction of the text around it.
    fn text(&self, text: &Text) -> Markup {
        html! { @for run in &text.0 { (self.run(run)) } }
    }

    fn run(&self, run: &Run) -> Markup {
        let text = html! {
            @match run.style {
                TextStyle::Plain => (run.text),
                TextStyle::Strong => strong { (run.text) },
                TextStyle::Emphasis => em { (run.text) },
                TextStyle::Quiet => span.quiet { (run.text) },
                TextStyle::Code => code { (run.text) },
            }
        };
        match &run.link {
            Some(link) if self.sections.contains(link.as_str()) => {
                html! { a href={ "#" (link) } { (text) } }
            }
            _ => text,
        }
    }
}

/// The class of a tone.
fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Good => "good",
        Tone::Middling => "middling",
        Tone::Bad => "bad",
        Tone::Notable => "notable",
    }
}
