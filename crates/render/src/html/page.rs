//! The frame of a page: head, title, contents, sections, provenance.

use super::Page;
use crate::style::Logo;
use crate::words;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use wcc_document::model::{Orientation, Section};

/// Nothing is fetched and nothing runs, whatever a document contains.
const SECURITY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const CSS: &str = include_str!("style.css");

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 6] = ["ar", "dv", "fa", "he", "ur", "yi"];

/// How many levels of sections the contents have.
const CONTENTS: usize = 2;

impl Page<'_> {
    pub(super) fn to_markup(&self) -> Markup {
        let document = self.document;
        let language = document.language.split('-').next().unwrap_or_default();
        let direction = if RIGHT_TO_LEFT.contains(&language) {
            "rtl"
        } else {
            "ltr"
        };
        html! {
            (DOCTYPE)
            html lang=(document.language) dir=(direction) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(SECURITY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    @if let Some(authority) = self.style.organisation_on(document) {
                        meta name="author" content=(authority);
                    }
                    title { (words::title(document)) " (" (words::status(&document.status)) ")" }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(self.css())) }
                }
                body {
                    a.skip href="#content_main" { "Skip to the content" }
                    (self.header())
                    div.columns {
                        (self.contents())
                        main #content_main tabindex="-1" {
                            (self.first_page())
                            @for section in &document.sections { (self.section(section, 2)) }
                        }
                    }
                    (self.footer())
                }
            }
        }
    }

    /// The style sheet, with the colours of the style and what stands on each printed page.
    fn css(&self) -> String {
        let document = self.document;
        let size = match document.orientation {
            Orientation::Portrait => "A4 portrait",
            Orientation::Landscape => "A4 landscape",
        };
        let mut head = words::title(document);
        if words::is_draft(document) {
            head = format!("{} · {head}", words::status(&document.status));
        }
        let mut css = String::new();
        for (name, colour) in self.style.colours.named() {
            let _ = write!(css, "--own-{name}:{colour};");
        }
        format!(
            ":root{{{css}}}\n{CSS}\n@page{{size:{size};\
             @top-left{{content:\"{}\"}}@bottom-left{{content:\"{}\"}}}}\n",
            css_string(&head),
            css_string(self.style.footer_of(document)),
        )
    }

    fn header(&self) -> Markup {
        let document = self.document;
        html! {
            header.cover {
                div.bar {
                    @if let Some(logo) = &self.style.logo {
                        img.logo src=(data_address(logo)) alt=(logo.alternative);
                    }
                    @if let Some(authority) = self.style.organisation_on(document) {
                        p.authority dir="auto" { (authority) }
                    }
                }
                p.cycle dir="auto" { (document.cycle) }
                h1 dir="auto" {
                    span.kind { (document.title) span.hidden { ": " } }
                    span.subject { bdi { (document.subject) } }
                }
                p.facts {
                    span.status.draft[words::is_draft(document)] dir="auto" {
                        (words::status(&document.status))
                    }
                    " "
                    span.date { "Results as of " (words::date(document)) }
                    " "
                    span.code { "Code " (document.code) }
                }
            }
        }
    }

    fn contents(&self) -> Markup {
        let repeated = repeated_titles(&self.document.sections);
        html! {
            nav.contents aria-labelledby="contents_title" {
                p.title #contents_title { "Contents" }
                ol {
                    @for section in &self.document.sections {
                        (contents_entry(section, 1, &repeated))
                    }
                    @if !self.document.provenance.is_empty() {
                        li { a href="#provenance_section" { (words::PROVENANCE) } }
                    }
                }
            }
        }
    }

    /// The cautions of the whole document, and the legend of its marks.
    fn first_page(&self) -> Markup {
        let document = self.document;
        html! {
            @if !document.notices.is_empty() {
                div.notices {
                    @for notice in &document.notices { (self.notice(notice)) }
                }
            }
            @if !document.legend.is_empty() { (self.legend()) }
        }
    }

    /// A section with its heading at a level, and the sections in it.
    fn section(&self, section: &Section, level: u8) -> Markup {
        let title = html! { (section.title) };
        html! {
            section.break[section.new_page] {
                @match level {
                    2 => h2 id=(section.id) dir="auto" { (title) },
                    3 => h3 id=(section.id) dir="auto" { (title) },
                    4 => h4 id=(section.id) dir="auto" { (title) },
                    5 => h5 id=(section.id) dir="auto" { (title) },
                    _ => h6 id=(section.id) dir="auto" { (title) },
                }
                (self.blocks(&section.blocks))
                @for inner in &section.sections { (self.section(inner, level.saturating_add(1))) }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer {
                @if !self.document.provenance.is_empty() {
                    h2 #provenance_section { (words::PROVENANCE) }
                    (self.facts(&self.document.provenance))
                }
                @if let Some(words) = &self.style.footer { p.foot dir="auto" { (words) } }
            }
        }
    }
}

fn contents_entry(section: &Section, depth: usize, repeated: &BTreeSet<&str>) -> Markup {
    let inner = section.sections.iter();
    let inner: Vec<&Section> = inner
        .filter(|inner| depth < CONTENTS && !repeated.contains(inner.title.as_str()))
        .collect();
    html! {
        li {
            a href={ "#" (section.id) } dir="auto" { (section.title) }
            @if !inner.is_empty() {
                ol { @for section in inner { (contents_entry(section, depth + 1, repeated)) } }
            }
        }
    }
}

/// Titles that several sections within others have, such as "Recommendations": in the contents they
/// would tell nobody where they lead.
fn repeated_titles(sections: &[Section]) -> BTreeSet<&str> {
    let mut once = BTreeSet::new();
    let inner = sections.iter().flat_map(|section| &section.sections);
    let titles = inner.map(|section| section.title.as_str());
    titles.filter(|title| !once.insert(*title)).collect()
}

/// Text in a string of a style sheet. Everything but letters of English, digits and spaces is
/// escaped, so that nothing can end the string or the sheet.
fn css_string(text: &str) -> String {
    let mut escaped = String::new();
    for one in text.chars() {
        if one.is_ascii_alphanumeric() || one == ' ' {
            escaped.push(one);
        } else {
            let _ = write!(escaped, "\\{:06x} ", u32::from(one));
        }
    }
    escaped
}

/// A logo as an address that contains it. A drawing that is shown as a picture runs no script and
/// fetches nothing.
fn data_address(logo: &Logo) -> String {
    let (kind, bytes) = match &logo.drawing {
        Some(drawing) => ("image/svg+xml", drawing),
        None => ("image/png", &logo.picture),
    };
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}
