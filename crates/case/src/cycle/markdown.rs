//! Splits a Markdown text at its headings.

use super::near_headings::near_headings;
use crate::files;
use crate::problem::{Place, Problem};
use crate::problem_collector::ProblemCollector;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use wcc_core::TextKind;

/// A heading with the text up to the next one.
#[derive(Debug)]
pub(super) struct Section {
    /// The level of the heading; 1 is the outermost.
    pub(super) level: u8,
    /// The heading, without markup.
    pub(super) heading: String,
    /// The line of the heading, from 1.
    pub(super) line: u32,
    /// Markdown as written, trimmed.
    pub(super) text: String,
}

/// Splits a text at its headings down to level `deepest`. `is_heading` says whether a line of text
/// has the content of a heading, so that one not written as a heading is reported. Returns the
/// sections and the number of the last line.
pub(super) fn sections(
    bytes: &[u8],
    file: &str,
    collector: &ProblemCollector,
    deepest: u8,
    is_heading: &dyn Fn(&str) -> bool,
) -> (Vec<Section>, u32) {
    let text = files::check_size(bytes.len(), file, files::MARKDOWN_LIMIT)
        .and_then(|()| files::as_text(bytes, file));
    let text = match text {
        Ok(text) => text,
        Err(problems) => {
            collector.extend(problems);
            return (Vec::new(), 1);
        }
    };
    if let Err(error) = TextKind::Prose.check(&text) {
        let place = Place::Line(line_of(&text, error.offset));
        collector.report(
            file,
            Some(place),
            format!("the text has {error}"),
            |problem| problem.expecting("text without it"),
        );
    }
    let mut lines = LineCount::default();
    let near = near_headings(&text, deepest, is_heading);
    let is_certain = near.is_empty();
    for near in near {
        let place = Place::Line(lines.at(&text, near.offset));
        collector.report(file, Some(place), near.message, |problem| {
            problem.expecting(near.expected)
        });
    }
    // The text under such a line would cause needless errors.
    let sections = if is_certain {
        split(&text, file, collector, deepest)
    } else {
        Vec::new()
    };
    (sections, line_of(&text, text.len()))
}

/// A heading with its range in the text.
struct HeadingMark {
    level: u8,
    heading: String,
    start: usize,
    end: usize,
}

fn split(text: &str, file: &str, collector: &ProblemCollector, deepest: u8) -> Vec<Section> {
    let marks = marks(text, deepest);
    let before = text.get(..marks.first().map_or(text.len(), |mark| mark.start));
    if let Some(before) = before.filter(|before| !before.trim().is_empty()) {
        let blank = before.len() - before.trim_start().len();
        collector.add(|| {
            let message = "there is text before the first heading";
            Problem::at(file, Place::Line(line_of(text, blank)), message)
                .expecting("a level-1 heading with the code of a body")
        });
    }
    let ends = marks.iter().skip(1).map(|mark| mark.start);
    let mut line = LineCount::default();
    marks
        .iter()
        .zip(ends.chain([text.len()]))
        .map(|(mark, end)| Section {
            level: mark.level,
            heading: mark.heading.trim().to_owned(),
            line: line.at(text, mark.start),
            text: text.get(mark.end..end).unwrap_or("").trim().to_owned(),
        })
        .collect()
}

/// The headings at the top level of the text, not in a list or quotation.
fn marks(text: &str, deepest: u8) -> Vec<HeadingMark> {
    let mut marks: Vec<HeadingMark> = Vec::new();
    let mut depth = 0_u32;
    let mut open = false;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                depth += 1;
                open = number_of(level) <= deepest;
                if open {
                    marks.push(HeadingMark {
                        level: number_of(level),
                        heading: String::new(),
                        start: range.start,
                        end: range.end,
                    });
                }
            }
            Event::Start(_) => depth += 1,
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                open &= !matches!(end, TagEnd::Heading(_));
            }
            Event::Text(piece) | Event::Code(piece) if open => {
                if let Some(mark) = marks.last_mut() {
                    mark.heading.push_str(&piece);
                }
            }
            Event::SoftBreak | Event::HardBreak if open => {
                if let Some(mark) = marks.last_mut() {
                    mark.heading.push(' ');
                }
            }
            _ => {}
        }
    }
    marks
}

fn number_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn line_of(text: &str, offset: usize) -> u32 {
    LineCount::default().at(text, offset)
}

/// Counts lines from one offset to the next, so that a long text is scanned once.
#[derive(Default)]
struct LineCount {
    offset: usize,
    breaks: u32,
}

impl LineCount {
    fn at(&mut self, text: &str, offset: usize) -> u32 {
        let passed = text.as_bytes().get(self.offset..offset).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.breaks = self
            .breaks
            .saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.offset = offset;
        self.breaks.saturating_add(1)
    }
}
