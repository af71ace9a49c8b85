//! The titles of the rows of an aligned table, which are broken over lines beside those of the component.

use super::words;
use crate::table::{Cells, MAX_TITLE, Reader, Row};
use crate::text::{item, key};
use crate::titles::likeness;

/// How far from its heading the title of a measure may begin, in characters.
const SLACK: usize = 6;
/// The same if the text is known to be that of a title.
const KNOWN_SLACK: usize = 14;

/// What the text of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The title of a row, or its next line.
    Title,
    /// A title of no measure: the line is of a row that is not known.
    OtherRow,
    /// The line has no text of a measure.
    NoTitle,
}

/// A row by its title.
pub(super) struct TitledRow {
    pub(super) row: Row,
    /// Where its title begins.
    column: usize,
    /// Whether it begins with the marker of an item.
    is_marked: bool,
    /// Whether its title is complete, so that no line goes on with it.
    is_complete: bool,
    /// The numbers of blank lines before the lines of its title.
    pub(super) blocks: Vec<usize>,
}

/// Reads the titles line by line.
pub(super) struct Titles<'a> {
    reader: &'a Reader<'a>,
    rows: Vec<TitledRow>,
    /// Each line with text in the column of titles, and its row.
    lines: Vec<(usize, Option<usize>)>,
    /// Text in the column before: the line, whether a title is beside it, the text.
    left: Vec<(usize, bool, String)>,
    /// The last title of no measure.
    other: Option<String>,
}

impl<'a> Titles<'a> {
    pub(super) fn new(reader: &'a Reader<'a>) -> Titles<'a> {
        Titles {
            reader,
            rows: Vec::new(),
            lines: Vec::new(),
            left: Vec::new(),
            other: None,
        }
    }

    /// Reads the text of a line before the columns of marks.
    pub(super) fn read(
        &mut self,
        at: usize,
        text: &str,
        titles_at: Option<usize>,
        block: usize,
        has_marks: bool,
    ) -> Place {
        if text.trim().is_empty() {
            return Place::NoTitle;
        }
        let (left, title) = match titles_at {
            Some(titles_at) => self.split_at(text, titles_at),
            None => self.split_at_gap(text),
        };
        let place = match &title {
            Some((column, title)) => self.take(at, *column, title, block, has_marks),
            None => Place::NoTitle,
        };
        if let Some(left) = left {
            self.left.push((at, place == Place::Title, left));
        }
        place
    }

    /// The rows of the titles before and after a line; its own twice.
    pub(super) fn around(&self, at: usize) -> (Option<usize>, Option<usize>) {
        let next = self.lines.partition_point(|(line, _)| *line < at);
        let after = self.lines.get(next).and_then(|(_, row)| *row);
        if self.lines.get(next).is_some_and(|(line, _)| *line == at) {
            return (after, after);
        }
        let before = next.checked_sub(1).and_then(|at| self.lines.get(at));
        (before.and_then(|(_, row)| *row), after)
    }

    /// Whether every measure of the component has one row, and there is no other.
    pub(super) fn is_whole(&self) -> bool {
        let component = self.reader.catalogue.components.get(self.reader.component);
        let mut found: Vec<usize> = self.rows.iter().filter_map(|row| row.row.measure).collect();
        found.sort_unstable();
        let mut all = component.map_or(Vec::new(), |component| component.measures.clone());
        all.sort_unstable();
        found == all
            && self.rows.len() == all.len()
            && self.lines.iter().all(|(_, row)| row.is_some())
    }

    /// The rows, with the text before their titles if it may be the rating of the whole component.
    pub(super) fn finish(mut self, has_assessment: bool) -> Vec<TitledRow> {
        let first = self.lines.first().map_or(usize::MAX, |(at, _)| *at);
        for (at, beside_title, text) in std::mem::take(&mut self.left) {
            let step = self
                .reader
                .catalogue
                .step_named(self.reader.component, &text)
                .is_some();
            if !has_assessment || !(beside_title || step) {
                continue;
            }
            let place = self.lines.partition_point(|(line, _)| *line <= at);
            let row = self
                .lines
                .get(place.saturating_sub(1))
                .and_then(|(_, row)| *row)
                .filter(|_| at >= first)
                .unwrap_or(0);
            if let Some(titled) = self.rows.get_mut(row) {
                titled.row.before.push(text);
                if !titled.row.lines.contains(&at) {
                    titled.row.lines.push(at);
                }
            }
        }
        self.rows
    }

    /// Splits a text at the column of the titles, which conversions move by a few characters.
    fn split_at(&self, text: &str, titles_at: usize) -> (Option<String>, Option<(usize, String)>) {
        let found = words(text, false);
        let Some((first, _)) = found.first() else {
            return (None, None);
        };
        let from = |start: usize| -> String {
            text.chars()
                .skip(start)
                .collect::<String>()
                .trim()
                .to_owned()
        };
        let until = |start: usize| -> String {
            text.chars()
                .take(start)
                .collect::<String>()
                .trim()
                .to_owned()
        };
        if *first + SLACK >= titles_at {
            return (None, Some((*first, from(*first))));
        }
        let mut near: Vec<(usize, usize)> = found
            .iter()
            .zip(found.iter().skip(1))
            .map(|((before, word), (start, _))| (start - before - word.chars().count(), *start))
            .filter(|(_, start)| start.abs_diff(titles_at) <= KNOWN_SLACK)
            .collect();
        near.sort_by_key(|(_, start)| start.abs_diff(titles_at));
        let titled = near.iter().find(|(_, start)| self.is_titled(&from(*start)));
        let apart = || {
            let mut near = near.iter();
            near.find(|(gap, start)| *gap >= 2 && start.abs_diff(titles_at) <= SLACK)
        };
        match titled.or_else(apart) {
            Some((_, start)) => (Some(until(*start)), Some((*start, from(*start)))),
            // Text that goes on into the column, or begins behind it.
            None => match found.iter().find(|(start, _)| *start > titles_at + SLACK) {
                Some((start, _)) if found.len() == 1 => (None, Some((*start, from(*start)))),
                _ => (Some(text.trim().to_owned()), None),
            },
        }
    }

    /// Splits a text at its widest gaps, where no heading says where the titles begin.
    fn split_at_gap(&self, text: &str) -> (Option<String>, Option<(usize, String)>) {
        let segments = words(text, true);
        let marked = segments.iter().position(|(_, segment)| is_marked(segment));
        let place = marked.or(segments.len().checked_sub(1));
        let title = place.and_then(|place| segments.get(place)).cloned();
        let before = segments.get(..place.unwrap_or(0)).unwrap_or_default();
        let left: Vec<&str> = before.iter().map(|(_, text)| text.as_str()).collect();
        ((!left.is_empty()).then(|| left.join(" ")), title)
    }

    /// Whether a text begins a title or goes on with that of the last row.
    fn is_titled(&self, text: &str) -> bool {
        is_marked(text)
            || self.begins(&key(text)).is_some()
            || self.rows.last().is_some_and(|row| {
                !row.is_complete
                    && self
                        .begins(&key(&format!("{} {text}", row.row.title)))
                        .is_some()
            })
    }

    /// The measure of the component whose title begins with these words: all of it, or its start.
    fn begins(&self, words: &str) -> Option<(usize, bool)> {
        if words.len() < 4 {
            return None;
        }
        let component = self
            .reader
            .catalogue
            .components
            .get(self.reader.component)?;
        component.measures.iter().find_map(|at| {
            let measure = self.reader.catalogue.measures.get(*at)?;
            Some((*at, measure.title.begins_with(words)?))
        })
    }

    /// Takes a text in the column of titles.
    fn take(
        &mut self,
        at: usize,
        column: usize,
        text: &str,
        block: usize,
        has_marks: bool,
    ) -> Place {
        let words = key(text);
        if !is_marked(text) && self.goes_on(column, text, &words) {
            let other = self.begins(&words).filter(|(_, whole)| *whole && has_marks);
            if let Some(last) = self.rows.last_mut() {
                // The end of one title may be another: `Reputation as leader of` above `clinical engagement`.
                if other.is_some() && !last.is_marked {
                    last.row.cells = Cells::Unclear(
                        "the line with its marks has the title of another measure".to_owned(),
                    );
                }
                last.row.title = format!("{} {text}", last.row.title);
                last.row.lines.push(at);
                last.blocks.push(block);
                last.blocks.dedup();
            }
            self.rename_last();
            self.note(at, Some(self.rows.len().saturating_sub(1)));
            return Place::Title;
        }
        let named = self.reader.name(text);
        let measure = named.as_ref().and_then(|named| named.measure);
        let begun = self.begins(&words);
        if !is_marked(text) && measure.is_none() && begun.is_none() {
            if self.is_of_component(&words) {
                return Place::NoTitle;
            }
            let before = self.other.take().filter(|other| other.len() <= MAX_TITLE);
            self.other = Some(format!("{} {text}", before.unwrap_or_default()));
            self.note(at, None);
            return Place::OtherRow;
        }
        // The end of one title may be another: `Reputation as leader of` above `clinical engagement`.
        let longer = self.other.take().is_some_and(|other| {
            let whole = self.reader.name(&format!("{other} {text}"));
            whole
                .and_then(|named| named.measure)
                .is_some_and(|whole| Some(whole) != measure)
        });
        let conflict = named.as_ref().is_some_and(|named| named.conflict);
        self.rows.push(TitledRow {
            row: Row {
                measure: measure.or(begun.filter(|(_, whole)| *whole).map(|(at, _)| at)),
                measure_inferred: None,
                title: named.map_or(text.to_owned(), |named| named.title),
                cells: if conflict {
                    Cells::Unclear("its number and its title name different measures".to_owned())
                } else if longer {
                    Cells::Unclear("the line above it may be the start of its title".to_owned())
                } else {
                    Cells::Whole(Vec::new())
                },
                stated: Vec::new(),
                before: Vec::new(),
                lines: vec![at],
            },
            column,
            is_marked: is_marked(text),
            is_complete: begun.is_some_and(|(_, whole)| whole),
            blocks: vec![block],
        });
        self.rename_last();
        self.note(at, Some(self.rows.len() - 1));
        Place::Title
    }

    fn note(&mut self, at: usize, row: Option<usize>) {
        if row.is_some() {
            self.other = None;
        }
        self.lines.push((at, row));
    }

    /// Whether a text goes on with the title of the last row.
    fn goes_on(&self, column: usize, text: &str, words: &str) -> bool {
        let Some(last) = self.rows.last() else {
            return false;
        };
        let title = &last.row.title;
        if last.is_complete
            || self.other.is_some()
            || title.len() + text.len() > MAX_TITLE
            || column.abs_diff(last.column) > SLACK
        {
            return false;
        }
        // A marker whose title is below it.
        if item(title).is_some_and(|(_, rest)| rest.is_empty()) {
            return true;
        }
        let joined = format!("{title} {text}");
        if self.begins(&key(&joined)).is_some() {
            return true;
        }
        if self.begins(words).is_some() {
            return false;
        }
        let renamed = self.reader.name(&joined).and_then(|named| named.measure);
        let named = self.reader.name(text).and_then(|named| named.measure);
        match last.row.measure {
            None => named.is_none() || renamed.is_some(),
            Some(measure) => renamed == Some(measure) && named.is_none_or(|named| named == measure),
        }
    }

    /// Names the last row by all of its title.
    fn rename_last(&mut self) {
        let Some(last) = self.rows.last() else { return };
        let whole = self.begins(&key(&last.row.title));
        let renamed = match whole {
            Some((measure, true)) => Some(measure),
            _ => self
                .reader
                .name(&last.row.title)
                .and_then(|named| named.measure),
        };
        if let Some(last) = self.rows.last_mut() {
            last.is_complete = whole.is_some_and(|(_, whole)| whole);
            if last.row.measure.is_none()
                || last.is_complete && !matches!(last.row.cells, Cells::Unclear(_))
            {
                last.row.measure = renamed.or(last.row.measure);
            }
        }
    }

    /// Whether words are (part of) the title of the component.
    fn is_of_component(&self, words: &str) -> bool {
        let component = self.reader.catalogue.components.get(self.reader.component);
        component.is_some_and(|component| {
            let title = component.title.key();
            words == component.label_key
                || (words.len() > 8 && title.contains(words))
                || likeness(words, title) > 0.8
        })
    }
}

/// Whether a text begins with the marker of an item, or is only one.
fn is_marked(text: &str) -> bool {
    item(text).is_some() || matches!(text, "•" | "●" | "▪" | "-" | "–")
}
