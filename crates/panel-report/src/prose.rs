//! Paragraphs and items of lists, joined from lines that a conversion broke.

use crate::outline::Document;
use crate::text::{Line, Marker, ends_sentence, item};
use std::collections::HashSet;

/// A paragraph or an item.
#[derive(Clone, Debug)]
pub(crate) struct Paragraph {
    /// The marker before it, if it is an item.
    pub(crate) marker: Option<Marker>,
    /// The sign before it, if its marker is a bullet.
    pub(crate) sign: Option<char>,
    /// Spaces before the marker.
    pub(crate) indent: usize,
    pub(crate) text: String,
    pub(crate) lines: Vec<usize>,
    /// Why its text may not be what the report says.
    pub(crate) doubt: Option<String>,
    /// Whether its end may be lost.
    pub(crate) is_cut: bool,
}

impl Paragraph {
    /// Notes a bare number below its open end.
    fn cut_before(&mut self, at: usize) {
        let number = at + 1;
        self.is_cut = true;
        self.lines.push(at);
        if self.doubt.is_none() {
            self.doubt = Some(format!(
                "line {number} is a bare number below an open sentence; whether it is that of a page or the end of the sentence is not certain"
            ));
        }
    }
}

/// How the lines of a document are broken.
pub(crate) struct Wrapping {
    /// The usual length of a full line; `None` if a paragraph is one line.
    width: Option<usize>,
    /// The words of the document, for words that are broken at the end of a line.
    words: HashSet<String>,
}

impl Wrapping {
    pub(crate) fn of(document: &Document) -> Wrapping {
        // A line whose sentence goes on in the next was broken because it was full.
        let pairs = document.lines.iter().zip(document.lines.iter().skip(1));
        let full = pairs.filter(|(line, next)| {
            let small = next
                .text
                .trim_start()
                .starts_with(|sign: char| sign.is_lowercase());
            let cells = line.text.contains(['\t', '|']) || line.text.trim().contains("   ");
            let prose = !cells && line.text.contains(' ');
            small && prose && !ends_sentence(&line.text)
        });
        let mut lengths: Vec<usize> = full.map(|(line, _)| line.text.chars().count()).collect();
        lengths.sort_unstable();
        let longest = lengths.get(lengths.len() * 9 / 10).copied().unwrap_or(0);
        let mut words = HashSet::new();
        for line in &document.lines {
            let signs = |sign: char| !(sign.is_alphanumeric() || sign == '-');
            words.extend(
                line.text
                    .split(signs)
                    .filter(|word| !word.ends_with('-') && !word.is_empty())
                    .map(str::to_lowercase),
            );
        }
        Wrapping {
            width: (lengths.len() >= 10 && longest <= 200).then_some(longest),
            words,
        }
    }

    /// Whether a line goes on with the paragraph before it. `gap` says that a blank line is between,
    /// `removed` that a header, footer or page number was.
    fn goes_on(
        &self,
        paragraph: &str,
        before: &Line,
        line: &Line,
        gap: bool,
        removed: bool,
    ) -> bool {
        let open = !ends_sentence(paragraph) || before.soft_hyphen;
        let text = line.text.trim_start();
        let small = text.starts_with(|sign: char| sign.is_lowercase() || sign.is_ascii_digit());
        if gap {
            // A blank line is at the end of each page, even in the middle of a sentence.
            let turned = line.page > before.page && self.is_full(before, line);
            return open && (small || removed || turned || before.soft_hyphen);
        }
        open || self.is_full(before, line) || small
    }

    /// Whether the first word of a line had no room in the line before.
    pub(crate) fn is_full(&self, before: &Line, line: &Line) -> bool {
        let first = line
            .text
            .split_whitespace()
            .next()
            .map_or(0, |word| word.chars().count());
        let needed = before.text.chars().count() + 1 + first;
        self.width.is_some_and(|width| needed * 100 >= width * 88)
    }

    /// Joins the next line to a text, and says if a word may be joined wrongly.
    fn join(&self, text: &mut String, soft_hyphen: bool, next: &str) -> Option<String> {
        if soft_hyphen {
            text.push_str(next);
            return None;
        }
        let hyphen = text.ends_with('-') && next.starts_with(|sign: char| sign.is_lowercase());
        let head = text
            .trim_end_matches('-')
            .rsplit(|sign: char| !(sign.is_alphanumeric() || sign == '-'))
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if !hyphen || head.is_empty() || text.ends_with(" -") {
            text.push(' ');
            text.push_str(next);
            return None;
        }
        let tail: String = next
            .chars()
            .take_while(|sign| sign.is_alphanumeric() || *sign == '-')
            .collect::<String>()
            .to_lowercase();
        let kept = self.words.contains(&format!("{head}-{tail}"));
        let joined = self.words.contains(&format!("{head}{tail}"));
        let whole = self.words.contains(&head) && self.words.contains(&tail);
        if !(kept || (whole && !joined)) {
            text.pop();
        }
        text.push_str(next);
        (kept == joined).then(|| format!("a word is broken at the end of a line; whether \"{head}-{tail}\" has a hyphen is not certain"))
    }
}

/// The spaces before the text of a line.
fn indent_of(line: &Line) -> usize {
    let signs = line.text.chars();
    signs.take_while(|sign| sign.is_whitespace()).count()
}

/// Whether a line is a bare number beside a blank line or furniture.
fn is_page_number(document: &Document, at: usize) -> bool {
    let text = document.text(at).trim();
    let number = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let alone = |at: Option<usize>| {
        at.is_none_or(|at| document.line(at).is_none_or(Line::is_blank) || !document.is_free(at))
    };
    number && (alone(at.checked_sub(1)) || alone(Some(at + 1)))
}

/// Joins lines to paragraphs. Lines that are in use already only separate them.
pub(crate) fn paragraphs(
    document: &Document,
    lines: &[usize],
    wrapping: &Wrapping,
) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let mut last: Option<usize> = None;
    let mut gap = true;
    let signs = bullets_of(document, lines);
    // A bare number that ended the last paragraph, unless the paragraph goes on.
    let mut number: Option<usize> = None;
    for at in lines {
        let Some(line) = document.line(*at) else {
            continue;
        };
        if line.is_blank() {
            gap = true;
            continue;
        }
        if !document.is_free(*at) {
            continue;
        }
        if is_page_number(document, *at) {
            let open = out
                .last()
                .is_some_and(|paragraph| !ends_sentence(&paragraph.text));
            if open && !gap && last.is_some_and(|last| last + 1 == *at) {
                number = Some(*at);
            }
            continue;
        }
        // Furniture between the lines is not in the list.
        let removed = last.is_some_and(|last| {
            (last + 1..*at).any(|between| {
                (!document.is_free(between) || is_page_number(document, between))
                    && document.line(between).is_some_and(|line| !line.is_blank())
            })
        });
        let text = line.text.trim();
        let marked = item(&line.text).or_else(|| {
            let (_, rest) = lettered(&line.text).filter(|(sign, _)| signs.contains(sign))?;
            Some((Marker::Bullet, rest))
        });
        let before = last.and_then(|last| document.line(last));
        let continues = match (&marked, out.last(), before) {
            (_, None, _) | (_, _, None) => false,
            (None, Some(paragraph), Some(before)) => {
                // The lines of an item below its first are often indented.
                let hangs =
                    !gap && paragraph.marker.is_some() && indent_of(line) > paragraph.indent;
                hangs || wrapping.goes_on(&paragraph.text, before, line, gap && !removed, removed)
            }
            (Some((marker, _)), Some(paragraph), Some(before)) => {
                let full = wrapping.is_full(before, line);
                (!gap || removed)
                    && has_words(&paragraph.text)
                    && !ends_sentence(&paragraph.text)
                    && is_stray(marker, &line.text, &out, full)
            }
        };
        let before_number = number.take();
        if continues {
            if let (Some(paragraph), Some(before)) = (out.last_mut(), before) {
                let doubt = wrapping.join(&mut paragraph.text, before.soft_hyphen, text);
                if paragraph.doubt.is_none() {
                    paragraph.doubt = doubt;
                }
                paragraph.lines.push(*at);
            }
        } else {
            if let (Some(number), Some(paragraph)) = (before_number, out.last_mut()) {
                paragraph.cut_before(number);
            }
            if marked.is_none()
                && !gap
                && let Some(paragraph) = out
                    .last_mut()
                    .filter(|paragraph| paragraph.marker.is_some() && paragraph.doubt.is_none())
            {
                let number = at + 1;
                paragraph.is_cut = true;
                paragraph.doubt = Some(format!(
                    "line {number} follows without a marker; whether it belongs to this text is not certain"
                ));
            }
            let indent = indent_of(line);
            let (marker, text) = match marked {
                Some((marker, rest)) => (Some(marker), rest.to_owned()),
                None => (None, text.to_owned()),
            };
            out.push(Paragraph {
                sign: line
                    .text
                    .trim_start()
                    .chars()
                    .next()
                    .filter(|_| marker.is_some()),
                marker,
                indent,
                text,
                lines: vec![*at],
                doubt: None,
                is_cut: false,
            });
        }
        last = Some(*at);
        gap = false;
    }
    if let (Some(number), Some(paragraph)) = (number, out.last_mut()) {
        paragraph.cut_before(number);
    }
    out
}

/// The letters and signs of marks that some conversions make of bullets: those that begin several of the lines.
fn bullets_of(document: &Document, lines: &[usize]) -> Vec<char> {
    let found: Vec<char> = lines
        .iter()
        .filter(|at| document.is_free(**at))
        .filter_map(|at| lettered(document.text(*at)))
        .map(|(sign, _)| sign)
        .collect();
    let several = |sign: &char| found.iter().filter(|other| *other == sign).count() > 1;
    found.iter().copied().filter(several).collect()
}

/// A letter or sign before a sentence, and the sentence: `o The PCT has`.
fn lettered(text: &str) -> Option<(char, &str)> {
    let text = text.trim_start();
    let sign = text.chars().next()?;
    let rest = text.get(sign.len_utf8()..)?;
    let sentence = rest.trim_start();
    let is_bullet = matches!(
        sign,
        'o' | 'x' | '✓' | '✔' | '√' | '→' | '➔' | '»' | '§' | '□'
    );
    let begins = sentence.starts_with(|sign: char| sign.is_uppercase() || sign.is_ascii_digit());
    (is_bullet && sentence.len() < rest.len() && begins && has_words(sentence))
        .then_some((sign, sentence))
}

/// Whether a text has words: marks, letters of columns and numbers are none.
pub(crate) fn has_words(text: &str) -> bool {
    let mut words = text.split(|sign: char| !sign.is_alphabetic());
    words.any(|word| word.chars().count() >= 3)
}

/// Whether what looks like a marker is in the middle of a sentence: a dash, or a number that does not
/// come next.
fn is_stray(marker: &Marker, line: &str, before: &[Paragraph], full: bool) -> bool {
    if full && matches!(marker, Marker::Number(_)) {
        return true;
    }
    let lists: Vec<&Marker> = before
        .iter()
        .filter_map(|paragraph| paragraph.marker.as_ref())
        .collect();
    match marker {
        Marker::Bullet => {
            let first = before.iter().find_map(|paragraph| paragraph.sign);
            let dash = line
                .trim_start()
                .chars()
                .next()
                .filter(|sign| matches!(sign, '-' | '–' | '—'));
            let small = line
                .chars()
                .find(|sign| sign.is_alphabetic())
                .is_some_and(char::is_lowercase);
            dash.is_some() && !lists.is_empty() && (first != dash || (full && small))
        }
        Marker::Number(number) => {
            let mut numbers = lists.iter().filter_map(|marker| match marker {
                Marker::Number(number) => Some(*number),
                _ => None,
            });
            let last = numbers.next_back();
            !lists.is_empty() && last.is_none_or(|last| *number != last + 1)
        }
        Marker::Letter(letter) => {
            let mut letters = lists.iter().filter_map(|marker| match marker {
                Marker::Letter(letter) => Some(*letter),
                _ => None,
            });
            let last = letters.next_back();
            !lists.is_empty() && last.is_none_or(|last| u32::from(*letter) != u32::from(last) + 1)
        }
        Marker::Measure(_) => false,
    }
}
