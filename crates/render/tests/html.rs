//! Web pages: nothing lost, nothing from elsewhere, headings and links in order.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "samples/read.rs"]
mod read;
#[path = "samples/texts.rs"]
mod texts;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use read::sample;
use std::collections::BTreeSet;
use wcc_document::model::Text;
use wcc_render::{Logo, Style};

/// The elements of a page with their attributes, and the text that is read.
#[derive(Default)]
struct Parsed {
    elements: Vec<(String, Vec<(String, String)>)>,
    text: String,
}

impl Parsed {
    fn of(page: &str) -> Parsed {
        let page = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
        let mut reader = Reader::from_str(page);
        let config = reader.config_mut();
        // `<meta>` and its like have no end.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        let mut parsed = Parsed::default();
        let mut is_style = false;
        loop {
            match reader.read_event().expect("a page") {
                Event::Eof => return parsed,
                Event::Start(start) | Event::Empty(start) => {
                    is_style = start.name().as_ref() == "style";
                    parsed.element(&start);
                }
                Event::End(_) => is_style = false,
                Event::Text(text) if !is_style => {
                    parsed.text.push_str(&text);
                }
                Event::GeneralRef(entity) if !is_style => {
                    parsed.text.push(match &entity[..] {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        other => panic!("{other:?}"),
                    });
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, start: &BytesStart<'_>) {
        let name = start.name().as_ref().to_owned();
        let attributes = start.html_attributes().map(|attribute| {
            let attribute = attribute.expect("an attribute");
            let key = attribute.key.as_ref().to_owned();
            let value = attribute.value.into_owned();
            (
                key,
                quick_xml::escape::unescape(&value)
                    .expect("a value")
                    .into_owned(),
            )
        });
        let attributes = attributes.collect();
        self.elements.push((name, attributes));
    }

    fn attributes(&self, key: &str) -> Vec<&str> {
        let all = self.elements.iter().flat_map(|(_, attributes)| attributes);
        let of = all.filter(|(name, _)| name == key);
        of.map(|(_, value)| value.as_str()).collect()
    }
}

fn page(name: &str) -> String {
    wcc_render::html(&sample(name), &Style::default())
}

#[test]
fn every_text_is_on_the_page() {
    for name in read::NAMES {
        let document = sample(name);
        let parsed = Parsed::of(&page(name));
        let labels = parsed.attributes("aria-label").join("\n");
        for text in texts::texts(&document) {
            let found = parsed.text.contains(&text) || labels.contains(&text);
            assert!(found, "{name} lacks {text:?}");
        }
    }
}

#[test]
fn marks_have_text_alternatives() {
    let labels = Parsed::of(&page("everything"));
    let labels = labels.attributes("aria-label");
    for label in [
        "Panel assessment: 3",
        "Last year's rating: 2",
        "Panel assessment: 2, inferred",
        "Panel assessment: 3, departs from the group",
        "Value after calibration: Amber",
        "Highest value that the evidence supports: 2",
    ] {
        assert!(labels.contains(&label), "{label}");
    }
}

#[test]
fn a_page_fetches_and_runs_nothing() {
    for name in read::NAMES {
        let parsed = Parsed::of(&page(name));
        for (element, attributes) in &parsed.elements {
            assert!(
                !["script", "iframe", "object", "embed", "base", "form"]
                    .contains(&element.as_str()),
                "{name}: <{element}>"
            );
            for (key, value) in attributes {
                assert!(!key.starts_with("on"), "{name}: {key}");
                if ["href", "src", "data", "action", "srcset"].contains(&key.as_str()) {
                    let is_own = value.starts_with('#') || value.starts_with("data:");
                    assert!(is_own, "{name}: {key}={value}");
                }
                let is_remote = value.contains("url(") && !value.contains("url(#");
                assert!(!is_remote, "{name}: {value}");
            }
        }
        let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        assert!(parsed.attributes("content").contains(&policy), "{name}");
    }
}

#[test]
fn headings_follow_each_other_and_links_arrive() {
    for name in read::NAMES {
        let parsed = Parsed::of(&page(name));
        let levels = parsed.elements.iter().filter_map(|(element, _)| {
            let level = element.strip_prefix('h')?.parse::<u8>().ok()?;
            Some(level)
        });
        let levels: Vec<u8> = levels.collect();
        assert_eq!(levels.first(), Some(&1), "{name}");
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        for pair in levels.windows(2) {
            assert!(pair[1] <= pair[0] + 1, "{name}: {levels:?}");
        }
        let ids = parsed.attributes("id");
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), distinct.len(), "{name}: {ids:?}");
        for link in parsed.attributes("href") {
            if let Some(target) = link.strip_prefix('#') {
                assert!(distinct.contains(target), "{name}: {target}");
            }
        }
        for labelled in parsed.attributes("aria-labelledby") {
            assert!(distinct.contains(labelled), "{name}: {labelled}");
        }
    }
}

/// What stands on each printed page is in the style sheet, where the usual escaping does not help.
#[test]
fn nothing_escapes_from_the_style_sheet() {
    let mut document = sample("empty");
    document.subject = "\"}</style><script>alert(1)</script>".to_owned();
    document.sections.clear();
    let style = Style {
        footer: Some("\\\"; } @import url(http://example.com); \n".to_owned()),
        ..Style::default()
    };
    let page = wcc_render::html(&document, &style);
    assert_eq!(page.matches("<style>").count(), 1);
    assert_eq!(page.matches("</style>").count(), 1);
    let css = page.split_once("<style>").expect("a sheet").1;
    let css = css.split_once("</style>").expect("its end").0;
    assert!(!css.contains('<'), "{css}");
    assert!(!css.contains("@import") && !css.contains("url("), "{css}");
}

#[test]
fn a_style_replaces_name_logo_and_colours() {
    let mut style = Style {
        organisation: Some("Office of <Assurance>".to_owned()),
        logo: Some(Logo {
            picture: b"\x89PNG".to_vec(),
            drawing: Some(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
            alternative: "Office of Assurance".to_owned(),
        }),
        ..Style::default()
    };
    let page = wcc_render::html(&sample("everything"), &style);
    let parsed = Parsed::of(&page);
    assert!(parsed.text.contains("Office of <Assurance>"));
    assert!(
        !parsed
            .text
            .contains("West Midlands Strategic Health Authority")
    );
    let sources = parsed.attributes("src");
    assert!(sources[0].starts_with("data:image/svg+xml;base64,"));
    assert_eq!(parsed.attributes("alt"), ["Office of Assurance"]);
    style.logo.as_mut().expect("a logo").drawing = None;
    let parsed = Parsed::of(&wcc_render::html(&sample("everything"), &style));
    assert!(parsed.attributes("src")[0].starts_with("data:image/png;base64,"));
}

#[test]
fn languages_keep_their_direction() {
    let mut document = sample("empty");
    document.language = "ar".to_owned();
    document.subject = "صحة".to_owned();
    document.provenance.clear();
    let parsed = Parsed::of(&wcc_render::html(&document, &Style::default()));
    let (_, html) = &parsed.elements[0];
    assert!(
        html.contains(&("lang".to_owned(), "ar".to_owned())),
        "{html:?}"
    );
    assert!(
        html.contains(&("dir".to_owned(), "rtl".to_owned())),
        "{html:?}"
    );
}

#[test]
fn a_link_to_nowhere_is_text() {
    let mut document = sample("everything");
    let mut text = Text::plain("see there");
    text.0[0].link = Some("nowhere".to_owned());
    document.notices[0].text = text;
    let page = wcc_render::html(&document, &Style::default());
    assert!(page.contains("see there") && !page.contains("#nowhere"));
}

/// "Rationale" under each competency would tell nobody where it leads.
#[test]
fn the_contents_leave_out_titles_that_repeat() {
    let mut document = sample("everything");
    let again = document.sections[2].sections[0].clone();
    document.sections[3].sections.push(again);
    document.sections[3].sections[0].id = "area-again".to_owned();
    let page = wcc_render::html(&document, &Style::default());
    let contents = page.split_once("<nav").expect("the contents").1;
    let contents = contents.split_once("</nav>").expect("their end").0;
    assert!(!contents.contains("Good set of outcomes"), "{contents}");
    assert!(contents.contains("Clear strategic story"), "{contents}");
}
