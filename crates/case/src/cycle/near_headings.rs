//! Finds lines that were probably meant as headings but are not: the text under them would
//! silently be added to the previous section.

use crate::problem::quoted;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use std::ops::Range;
use wcc_core::text::is_invisible;

/// A line that is nearly a heading.
#[derive(Debug)]
pub(super) struct NearHeading {
    /// Its offset in the text.
    pub(super) offset: usize,
    pub(super) message: String,
    pub(super) expected: String,
}

/// Finds every such line of a text that is split at its headings down to level `deepest`.
/// `is_heading` says whether a line has the content of a heading.
pub(super) fn near_headings(
    text: &str,
    deepest: u8,
    is_heading: &dyn Fn(&str) -> bool,
) -> Vec<NearHeading> {
    let mut finder = Finder {
        text,
        deepest,
        is_heading,
        near_headings: Vec::new(),
    };
    let mut depth = 0_u32;
    for (event, range) in Parser::new_ext(text, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                finder.block(&tag, &range, depth);
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    finder.near_headings
}

struct Finder<'a> {
    text: &'a str,
    deepest: u8,
    is_heading: &'a dyn Fn(&str) -> bool,
    near_headings: Vec<NearHeading>,
}

impl Finder<'_> {
    fn block(&mut self, tag: &Tag<'_>, range: &Range<usize>, depth: u32) {
        match tag {
            Tag::Paragraph => {
                self.paragraph(range);
                self.lines(range, |finder, offset, line| {
                    finder.paragraph_line(offset, line, depth);
                });
            }
            Tag::Heading { level, .. } => {
                let deep = *level as u8 > self.deepest;
                if depth > 0 || deep {
                    self.lines(range, |finder, offset, line| {
                        finder.heading_elsewhere(offset, line, deep);
                    });
                }
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) if !self.is_fence_closed(range) => {
                self.lines(range, |finder, offset, line| {
                    finder.swallowed(offset, line, "a code block (```) that is never closed");
                });
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.lines(range, |finder, offset, line| {
                    finder.swallowed(offset, line, "a code block, because it is indented");
                });
            }
            Tag::HtmlBlock if !self.is_closed_comment(range) => {
                self.lines(range, |finder, offset, line| {
                    finder.html_line(offset, line);
                });
            }
            _ => {}
        }
    }

    /// Calls `each` for every line of a range with its offset.
    fn lines(&mut self, range: &Range<usize>, mut each: impl FnMut(&mut Self, usize, &str)) {
        let text = self.text;
        let mut offset = range.start;
        for line in text.get(range.clone()).unwrap_or("").split_inclusive('\n') {
            each(self, offset, line);
            offset += line.len();
        }
    }

    fn report(&mut self, offset: usize, message: String, expected: String) {
        self.near_headings.push(NearHeading {
            offset,
            message,
            expected,
        });
    }

    /// A paragraph whose first line has the content of a heading, with any signs around it (`1b`,
    /// `1b:`, `**1b**`, `=== 1b`, `| 1b |`), or is bold and begins with it (`**1b Reputation**`).
    fn paragraph(&mut self, range: &Range<usize>) {
        let paragraph = self.text.get(range.clone()).unwrap_or("").trim();
        let (line, _) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let line = plain(line);
        // Number signs are checked line by line, and a backslash marks a line of text.
        if line.contains(['#', '＃', '﹟']) || line.starts_with('\\') {
            return;
        }
        let says = |text: &&str| !text.is_empty() && (self.is_heading)(text);
        let without_signs =
            line.trim_matches(|letter: char| !(letter.is_alphanumeric() || letter == ')'));
        let is_bold = ["**", "__"]
            .iter()
            .any(|sign| line.starts_with(sign) && line.trim_end_matches(':').ends_with(sign));
        let first = without_signs.split([' ', ':']).next();
        let candidates = [
            Some(without_signs),
            Some(without_signs.trim_end_matches(')')),
            first.filter(|_| is_bold),
        ];
        if let Some(bare) = candidates.into_iter().flatten().find(says) {
            self.report(
                range.start,
                format!(
                    "{} is alone on its line but is not a heading",
                    quoted(&line)
                ),
                format!("`## {bare}`, or more text on the line"),
            );
        }
    }

    /// A line of a paragraph: `##1b`, `＃＃ 1b`, `####### 1b`.
    fn paragraph_line(&mut self, offset: usize, line: &str, depth: u32) {
        let written = line.trim();
        let line = plain(line);
        let (hashes, rest) = split_hashes(&line);
        let says_heading = (self.is_heading)(rest.trim().trim_end_matches(['#', '＃']).trim());
        if hashes == 0 {
            self.signs_before(offset, &line);
            return;
        }
        // A line of prose may begin with "#1 in the country".
        let is_meant = says_heading
            || depth == 0 && (hashes > 1 || rest.starts_with(|first: char| first.is_alphabetic()));
        if is_meant && !rest.trim().is_empty() {
            let meant = "#".repeat(hashes.min(usize::from(self.deepest)));
            self.report(
                offset,
                format!("{} is not a heading", quoted(written)),
                format!(
                    "`{meant} {}` (# signs, then a space), or `\\{line}` for a line of text",
                    rest.trim()
                ),
            );
        }
    }

    /// A heading after other signs: `• ## 1b`, `– ## 1b`, `[## 1b]`.
    fn signs_before(&mut self, offset: usize, line: &str) {
        let hash = |letter: char| matches!(letter, '#' | '＃' | '﹟');
        let from = line.trim_start_matches(|letter: char| {
            !letter.is_alphanumeric() && letter != '\\' && !hash(letter)
        });
        let (hashes, rest) = split_hashes(from);
        let bare = rest.trim_matches(|letter: char| !letter.is_alphanumeric());
        if hashes > 0 && (self.is_heading)(bare) {
            self.report(
                offset,
                format!("the heading {} has other signs before it", quoted(line)),
                format!("`## {bare}` at the beginning of its line"),
            );
        }
    }

    /// A heading that does not start a section: in a list or quotation, or too deep.
    fn heading_elsewhere(&mut self, offset: usize, line: &str, deep: bool) {
        let line = plain(line);
        let bare = line.trim_matches(|letter: char| {
            letter.is_whitespace() || matches!(letter, '>' | '-' | '*' | '+' | '#')
        });
        if !(self.is_heading)(bare) {
            return;
        }
        let (message, expected) = if deep {
            (
                format!("the heading {} is too deep", quoted(bare)),
                format!("a heading with at most {} # signs", self.deepest),
            )
        } else {
            (
                format!("the heading {} is in a list or quotation", quoted(bare)),
                "a heading at the beginning of its line".to_owned(),
            )
        };
        self.report(offset, message, expected);
    }

    /// A line in a block that headings do not end.
    fn swallowed(&mut self, offset: usize, line: &str, block: &str) {
        let line = plain(line);
        let (hashes, rest) = split_hashes(&line);
        if hashes > 0 && (self.is_heading)(rest.trim()) {
            self.report(
                offset,
                format!("the heading {} is in {block}", quoted(line.trim())),
                "the heading outside the block, at the beginning of its line".to_owned(),
            );
        }
    }

    /// A line of HTML: `<h2>1b</h2>`, or a heading inside the HTML block.
    fn html_line(&mut self, offset: usize, line: &str) {
        let mut bare = String::new();
        let mut inside = false;
        for character in line.chars() {
            match character {
                '<' => inside = true,
                '>' => inside = false,
                other if !inside => bare.push(other),
                _ => {}
            }
        }
        let has_tag = line.to_ascii_lowercase().contains("<h");
        if has_tag && (self.is_heading)(bare.trim()) {
            self.report(
                offset,
                format!("{} is not a heading here", quoted(line.trim())),
                format!("`## {}`", bare.trim()),
            );
        }
        self.swallowed(
            offset,
            line,
            "HTML or in a comment that is not closed before it",
        );
    }

    fn is_fence_closed(&self, range: &Range<usize>) -> bool {
        let block = self.text.get(range.clone()).unwrap_or("").trim_end();
        let (Some((first, _)), Some((_, last))) = (block.split_once('\n'), block.rsplit_once('\n'))
        else {
            return false;
        };
        let bare = |line: &str| line.trim_matches(['>', ' ', '\t']).to_owned();
        let (first, last) = (bare(first), bare(last));
        let fence: String = match first.chars().next() {
            Some(sign) => first.chars().take_while(|letter| *letter == sign).collect(),
            None => return false,
        };
        let signs: &[char] = &['`', '~'];
        last.starts_with(&fence) && last.trim_start_matches(signs).is_empty()
    }

    fn is_closed_comment(&self, range: &Range<usize>) -> bool {
        let block = self.text.get(range.clone()).unwrap_or("").trim();
        block.starts_with("<!--") && block.ends_with("-->")
    }
}

/// A line without white space and invisible characters at its beginning and end.
fn plain(line: &str) -> String {
    let hidden = |letter: char| letter.is_whitespace() || is_invisible(letter);
    line.trim_matches(hidden).to_owned()
}

/// The number of hash signs, including full-width ones, and the rest of the line.
fn split_hashes(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(['#', '＃', '﹟']);
    let signs = line.get(..line.len() - rest.len()).unwrap_or("");
    (signs.chars().count(), rest)
}
