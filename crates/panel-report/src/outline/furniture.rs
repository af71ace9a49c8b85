//! Running headers, page numbers, rules and tables of contents.

use super::{Document, Section, is_pointer, label, section_heading};
use crate::catalogue::Catalogue;
use crate::report::LineUse;
use crate::signs;
use crate::table;
use crate::text::key;
use std::collections::HashMap;

/// Whether a line names several steps of a scale: the heading of a table that is printed with every
/// strand, not of a page.
fn heads_columns(catalogue: &Catalogue, plain: &str) -> bool {
    const SEVERAL: usize = 3;
    catalogue.components.iter().any(|component| {
        let words = plain.split_whitespace();
        let steps = words.filter(|word| catalogue.step_named_in(component, word));
        steps.count() >= SEVERAL
    })
}

pub(super) fn note_furniture(document: &mut Document, catalogue: &Catalogue) {
    let mut counts: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, line) in document.lines.iter().enumerate() {
        let text = line.plain();
        if text.is_empty() || text.chars().count() > 100 || crate::text::item(text).is_some() {
            continue;
        }
        // The number of the page is part of many running headers.
        let shape: String = key(text)
            .chars()
            .map(|sign| if sign.is_ascii_digit() { '#' } else { sign })
            .collect();
        let shape = shape.replace("##", "#").replace("##", "#");
        counts.entry(shape).or_default().push(at);
    }
    let mut furniture: Vec<(usize, &str)> = Vec::new();
    for (at, line) in document.lines.iter().enumerate() {
        if !line.is_blank() && is_page_number(&line.text) {
            furniture.push((at, "page number"));
        }
        let text = line.text.trim();
        if text.starts_with("<!--") && text.ends_with("-->") {
            furniture.push((at, "comment"));
        }
        if !line.is_blank() && !text.contains(['|', '\t']) && table::is_rule(text) {
            furniture.push((at, "rule"));
        }
    }
    for (shape, lines) in &counts {
        let enough = if lines.iter().all(|at| is_beside_page_number(document, *at))
            || is_of_the_report(shape)
        {
            2
        } else {
            3
        };
        if lines.len() < enough || shape.replace(['#', ' '], "").len() < 4 {
            continue;
        }
        let Some(first) = lines.first().map(|at| document.text(*at).to_owned()) else {
            continue;
        };
        let plain = crate::text::plain(&first);
        let named = is_of_the_report(&key(plain));
        // Numbers count as one only in what names the report or a page: `Figure 1` is not `Figure 2`.
        let same = lines
            .iter()
            .filter(|at| key(document.text(**at)) == key(&first))
            .count();
        if !named && !key(plain).contains("page") && same < lines.len() {
            continue;
        }
        let known = label(&first, Section::Front).is_some()
            || section_heading(catalogue, &first, Section::Trajectory).is_some()
            || signs::legend_line(&first).is_some()
            || is_pointer(&first)
            || first.contains(['\t', '|'])
            || table::stated(&first).is_some()
            || table::is_heading_words(&[plain.to_owned()])
            || table::is_heading_words(
                &plain
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
            || is_template_word(&key(plain))
            || catalogue
                .components
                .iter()
                .any(|component| catalogue.step_named_in(component, plain))
            || catalogue.measure_titled(plain, None).is_some()
            || heads_columns(catalogue, plain);
        let starts = plain
            .chars()
            .next()
            .is_some_and(|sign| !sign.is_lowercase());
        if known || !starts || plain.ends_with(['.', ';', ',', ':']) && !named {
            continue;
        }
        for at in lines {
            let blank = |at: Option<usize>| {
                at.and_then(|at| document.line(at))
                    .is_none_or(|line| line.is_blank() || is_page_number(&line.text))
            };
            if named || blank(at.checked_sub(1)) || blank(Some(at + 1)) {
                furniture.push((*at, "running header or footer"));
            }
        }
    }
    for (at, line) in document.lines.iter().enumerate() {
        let short = !line.is_blank() && line.text.chars().count() <= 90 && at > 20;
        if short
            && is_of_the_report(&key(line.plain()))
            && is_beside_page_number(document, at)
            && section_heading(catalogue, &line.text, Section::Trajectory).is_none()
        {
            furniture.push((at, "running header or footer"));
        }
    }
    for at in 0..document.lines.len() {
        if is_remark(document, at) {
            let why = "a remark in brackets, apart from the text";
            document.note(at, LineUse::Unplaced(why.to_owned()));
        }
    }
    for (at, what) in furniture {
        // The title page is not furniture, even if its lines are repeated on every page.
        let is_first = counts_first(&counts, document.text(at), at);
        if !(is_first && what.starts_with("running")) {
            document.note(at, LineUse::Furniture(what.to_owned()));
        }
    }
}

/// Whether the line before or after is a page number.
fn is_beside_page_number(document: &Document, at: usize) -> bool {
    let number = |at: Option<usize>| {
        let text = at.map(|at| document.text(at).trim()).unwrap_or_default();
        let bare =
            !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_page_number(text) || bare
    };
    number(at.checked_sub(1)) || number(Some(at + 1))
}

/// Whether a line is in brackets and apart from the text: `[chart removed in conversion]`.
fn is_remark(document: &Document, at: usize) -> bool {
    let text = document.text(at).trim();
    let inside = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let blank = |at: Option<usize>| {
        at.and_then(|at| document.line(at))
            .is_none_or(|line| line.is_blank())
    };
    inside.is_some_and(|inside| inside.contains(' ') && !inside.contains(['[', ']']))
        && (blank(at.checked_sub(1)) || blank(Some(at + 1)))
}

fn counts_first(counts: &HashMap<String, Vec<usize>>, text: &str, at: usize) -> bool {
    let shape: String = key(crate::text::plain(text))
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '#' } else { sign })
        .collect();
    let shape = shape.replace("##", "#").replace("##", "#");
    at < 30 && counts.get(&shape).and_then(|lines| lines.first()) == Some(&at)
}

/// Words of the report's title, which running headers repeat.
fn is_of_the_report(key: &str) -> bool {
    let count = key.split(' ').count();
    let named = key.contains("panel report")
        || key.contains("world class commissioning")
        || key.contains("confidential")
        || key.starts_with("draft")
        || key.starts_with("nhs ");
    let body =
        key.ends_with(" pct") || key.ends_with("primary care trust") || key.ends_with("care trust");
    (named && count <= 12) || (body && count <= 6 && !key.starts_with("the "))
}

fn is_template_word(key: &str) -> bool {
    matches!(
        key,
        "previous"
            | "current"
            | "observation"
            | "observations"
            | "national"
            | "local"
            | "newly selected"
            | "m"
            | "f"
            | "males"
            | "females"
            | "n a"
    )
}

/// `Page 4 of 20`, `- 4 -`, `4 | Page`, and a bare number with blank lines beside it is decided later.
fn is_page_number(text: &str) -> bool {
    let words = key(text);
    let words: Vec<&str> = words.split(' ').collect();
    let number = |word: &str| {
        !word.is_empty() && word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let dashed = text.trim().starts_with(['-', '–', '—']) && text.trim().ends_with(['-', '–', '—']);
    match words.as_slice() {
        ["page", one] | [one, "page"] => number(one),
        ["page", one, "of", many] => number(one) && number(many),
        [one, "of", many] => number(one) && number(many),
        [one] if dashed && text.trim().chars().count() > 2 => number(one),
        _ => false,
    }
}

pub(super) fn is_contents_line(text: &str) -> bool {
    let text = text.trim_end();
    let body = text
        .trim_end_matches(|sign: char| sign.is_ascii_digit())
        .trim_end();
    body.len() < text.len()
        && (body.ends_with("....") || body.ends_with("…") || body.ends_with(". . ."))
}
