//! Tables whose columns are aligned with spaces.

use super::{Cells, Columns, MAX_TITLE, Placed, Reader, Row, Table, is_heading_words, is_rule};
use crate::signs::names_only_methods;
use crate::text::{Line, item, key};

/// A heading word with its place in the line, in characters.
#[derive(Clone, Debug)]
pub(crate) struct HeadingWord {
    step: usize,
    start: usize,
    length: usize,
}

/// Words of a line with the place of each, in characters. A single space separates words only if
/// `wide` is not set.
pub(crate) fn words(text: &str, wide: bool) -> Vec<(usize, String)> {
    let signs: Vec<char> = text.chars().collect();
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut spaces = 2;
    for (at, sign) in signs.iter().enumerate() {
        if sign.is_whitespace() {
            spaces += 1;
            continue;
        }
        let joins = spaces == 0 || (wide && spaces == 1);
        match out.last_mut() {
            Some((_, word)) if joins => {
                if spaces == 1 {
                    word.push(' ');
                }
                word.push(*sign);
            }
            _ => out.push((at, sign.to_string())),
        }
        spaces = 0;
    }
    out
}

pub(crate) fn heading(reader: &Reader<'_>, text: &str) -> Option<Vec<HeadingWord>> {
    if text.chars().count() > 400 {
        return None;
    }
    let mut named: Vec<HeadingWord> = Vec::new();
    for (start, word) in words(text, false) {
        match reader.catalogue.step_named(reader.component, &word) {
            Some(step) => named.push(HeadingWord {
                step,
                start,
                length: word.chars().count(),
            }),
            None if named.is_empty() || key(&word) == "level" => {}
            None => return None,
        }
    }
    let mut steps: Vec<usize> = named.iter().map(|word| word.step).collect();
    steps.sort_unstable();
    (reader.steps() > 0 && steps == (0..reader.steps()).collect::<Vec<_>>()).then_some(named)
}

/// A word among the marks of a row.
#[derive(Clone, Debug)]
struct Mark {
    start: usize,
    text: String,
    /// Whether the text before it reaches into the columns.
    moved: bool,
    /// How many characters its line grew.
    growth: i64,
}

struct Group {
    row: Row,
    marks: Vec<Mark>,
    /// Where the text of the measure begins.
    column: usize,
}

pub(super) fn read(reader: &Reader<'_>, lines: &[Placed<'_>], table: &mut Table) {
    let mut heads: Option<Vec<HeadingWord>> = None;
    let mut groups: Vec<Group> = Vec::new();
    // Text that is not (yet) a title: the first lines of a title without a marker.
    let mut pending: Option<(String, Vec<usize>, Vec<Mark>, usize)> = None;
    // The text of the line before, in the column of the titles.
    let mut above: Option<String> = None;
    let mut after_blank = false;
    // A line of marks apart from the row before: a cell of the next row, centred beside its title.
    let mut floating: Option<(usize, usize)> = None;
    for (at, line) in lines {
        if line.is_blank() {
            after_blank = true;
            continue;
        }
        let after_blank = std::mem::take(&mut after_blank);
        if is_rule(&line.text) {
            table.heading.push(*at);
            continue;
        }
        if let Some(found) = heading(reader, &line.text) {
            let assessment = key(&line.text);
            table.has_assessment |=
                assessment.starts_with("assessment") || assessment.starts_with("overall");
            table.heading.push(*at);
            if heads.is_none() {
                table.columns = Some(Columns::Steps(found.iter().map(|word| word.step).collect()));
                heads = Some(found);
            }
            continue;
        }
        let all: Vec<String> = words(&line.text, false)
            .into_iter()
            .map(|(_, word)| word)
            .collect();
        if is_heading_words(&all) {
            table.has_assessment |= all.first().is_some_and(|word| key(word) == "assessment");
            table.heading.push(*at);
            continue;
        }
        let Some(heads) = &heads else { continue };
        let (text, marks) = cut(line, heads);
        let segments = words(&text, true);
        let marked = segments.iter().position(|(_, segment)| {
            item(segment).is_some() || matches!(segment.as_str(), "•" | "●" | "▪" | "-" | "–")
        });
        if segments.is_empty() && !marks.is_empty() && after_blank {
            floating = Some((*at, groups.len()));
            continue;
        }
        let floated = floating
            .filter(|(_, count)| *count == groups.len())
            .map(|(line, _)| line);
        let start_row = |column: usize,
                         segment: &str,
                         before: &[(usize, String)],
                         lines: Vec<usize>,
                         marks: Vec<Mark>| {
            let named = reader.name(segment);
            let conflict = named.as_ref().is_some_and(|named| named.conflict);
            let title = named
                .as_ref()
                .map_or(segment.to_owned(), |named| named.title.clone());
            Group {
                row: Row {
                    measure: named.and_then(|named| named.measure),
                    measure_inferred: None,
                    title,
                    cells: if conflict {
                        Cells::Unclear(
                            "its number and its title name different measures".to_owned(),
                        )
                    } else if floated.is_some() {
                        Cells::Unclear("marks above it may be in cells of this row".to_owned())
                    } else {
                        Cells::Whole(Vec::new())
                    },
                    stated: Vec::new(),
                    before: before.iter().map(|(_, word)| word.clone()).collect(),
                    lines: floated.into_iter().chain(lines).collect(),
                },
                marks,
                column,
            }
        };
        if let Some(position) = marked {
            above = segments.last().map(|(_, segment)| segment.clone());
            if let Some((column, segment)) = segments.get(position) {
                let before = segments.get(..position).unwrap_or_default();
                groups.push(start_row(*column, segment, before, vec![*at], marks));
            }
            pending = None;
            continue;
        }
        let complete = segments.last().and_then(|(column, segment)| {
            let named = reader.name(segment)?;
            named
                .measure
                .map(|measure| (*column, segment.clone(), measure))
        });
        // The end of one title may be another: `Reputation as leader of` above `clinical engagement`.
        let longer = match (&complete, &above) {
            (Some((_, segment, measure)), Some(above)) => reader
                .name(&format!("{above} {segment}"))
                .and_then(|named| named.measure)
                .filter(|longer| longer != measure),
            _ => None,
        };
        above = segments.last().map(|(_, segment)| segment.clone());
        if let (Some(longer), Some((column, segment, _))) = (longer, &complete) {
            let mut group = start_row(*column, segment, &[], vec![*at], Vec::new());
            group.row.measure = Some(longer);
            group.row.cells = Cells::Unclear(
                "the line with its marks has the title of another measure".to_owned(),
            );
            groups.push(group);
            pending = None;
            continue;
        }
        // Lines that go on with the title of the row before.
        if let Some(group) = groups.last_mut() {
            let fits = segments
                .last()
                .is_some_and(|(column, _)| column.abs_diff(group.column) <= 4);
            let repeated = complete.as_ref().is_some_and(|(_, _, measure)| {
                group.row.measure.is_some() && Some(*measure) != group.row.measure
            });
            let joined = segments
                .last()
                .filter(|_| group.row.title.len() <= MAX_TITLE)
                .map(|(_, segment)| format!("{} {segment}", group.row.title));
            let renamed = joined
                .as_deref()
                .and_then(|title| reader.name(title))
                .and_then(|named| named.measure);
            let goes_on = (fits && !repeated) || segments.is_empty();
            if goes_on
                && (group.row.measure.is_none()
                    || renamed == group.row.measure
                    || segments.is_empty())
            {
                if let (Some(title), true) = (joined, fits) {
                    group.row.title = title;
                    if group.row.measure.is_none() {
                        group.row.measure = renamed;
                    }
                }
                // The title of the next row may be lost, and its marks are on this line.
                if !marks.is_empty() && !group.marks.is_empty() {
                    group.row.cells = Cells::Unclear(
                        "two of its lines have marks; one may be of a row whose title is lost"
                            .to_owned(),
                    );
                }
                group.marks.extend(marks);
                group.row.lines.push(*at);
                continue;
            }
        }
        if let Some((column, segment, _)) = complete {
            let before = segments
                .split_last()
                .map(|(_, before)| before.to_vec())
                .unwrap_or_default();
            groups.push(start_row(column, &segment, &before, vec![*at], marks));
            pending = None;
            continue;
        }
        // A title without a marker that is broken over lines.
        if let Some((column, segment)) = segments.last().cloned() {
            let (title, mut used, mut seen, start) = pending
                .take()
                .filter(|(title, ..)| title.len() <= MAX_TITLE)
                .unwrap_or((String::new(), Vec::new(), Vec::new(), column));
            let title = format!("{title} {segment}").trim().to_owned();
            used.push(*at);
            seen.extend(marks);
            if reader
                .name(&title)
                .is_some_and(|named| named.measure.is_some())
            {
                groups.push(start_row(start, &title, &[], used, seen));
            } else {
                pending = Some((title, used, seen, start));
            }
        }
    }
    let Some(heads) = heads else { return };
    place(&mut groups, &heads);
    // The component's title is broken over the lines beside the measures.
    table.rows.extend(groups.into_iter().map(|group| group.row));
}

/// Splits a line into the text before the columns of marks and the words in them.
fn cut(source: &Line, heads: &[HeadingWord]) -> (String, Vec<Mark>) {
    let line = source.text.as_str();
    let first = heads.first().map_or(0, |head| head.start);
    let margin = spacing(heads) / 2;
    let from = first.saturating_sub(margin.max(1));
    let (mut text, mut marks) = (line.to_owned(), Vec::new());
    let found = words(line, false);
    let split = found.iter().position(|(start, _)| *start >= from);
    if let Some((start, _)) = split.and_then(|at| found.get(at)) {
        text = line.chars().take(*start).collect();
        let after = found.get(split.unwrap_or(0)..).unwrap_or_default();
        marks = after
            .iter()
            .map(|(start, text)| Mark {
                start: *start,
                text: text.clone(),
                moved: false,
                growth: source.growth,
            })
            .collect();
    }
    // A title that reaches into the columns has moved the marks after it.
    if !marks.is_empty() && text.trim_end().chars().count() > from {
        for mark in &mut marks {
            mark.moved = true;
        }
    }
    // Words of a title that reach into the columns are not marks.
    let prose = marks
        .iter()
        .filter(|mark| {
            let letters = mark.text.chars().filter(|sign| sign.is_alphabetic());
            letters.count() > 3 && !names_only_methods(&mark.text)
        })
        .count();
    if prose > 1 {
        return (line.to_owned(), Vec::new());
    }
    (text, marks)
}

/// Whether a text is the start of a word for a method, broken because its column is narrow: `Previo`.
fn is_broken_method(text: &str) -> bool {
    let word = key(text);
    word.len() >= 4
        && ["previous", "panel", "current"]
            .iter()
            .any(|method| method.len() > word.len() && method.starts_with(&word))
}

fn spacing(heads: &[HeadingWord]) -> usize {
    let pairs = heads.iter().zip(heads.iter().skip(1));
    pairs
        .map(|(one, next)| next.start.saturating_sub(one.start))
        .min()
        .unwrap_or(0)
}

/// Puts the marks of all rows into cells, or says that they lie between the columns.
fn place(groups: &mut [Group], heads: &[HeadingWord]) {
    let space = spacing(heads);
    let clusters: Vec<Vec<Mark>> = groups
        .iter()
        .map(|group| cluster(&group.marks, space))
        .collect();
    let all: Vec<&Mark> = clusters
        .iter()
        .flatten()
        .filter(|mark| !mark.moved)
        .collect();
    // Marks are aligned with the middle of their heading or with its start, whichever fits better.
    let fits = [
        Alignment::of(&all, heads, true),
        Alignment::of(&all, heads, false),
    ];
    let alignment = fits.into_iter().min_by_key(|fit| fit.spread);
    // A conversion that breaks words in narrow columns moves what is after them.
    let is_broken = clusters
        .iter()
        .flatten()
        .any(|mark| mark.text.split(' ').any(is_broken_method));
    for (group, marks) in groups.iter_mut().zip(clusters) {
        if matches!(group.row.cells, Cells::Unclear(_)) {
            continue;
        }
        if is_broken {
            group.row.cells = Cells::Unclear(
                "words are broken in narrow columns, so in which column a mark is cannot be told"
                    .to_owned(),
            );
            continue;
        }
        if space < 5 {
            group.row.cells = Cells::Unclear(
                "the columns are too narrow to tell in which one a mark is".to_owned(),
            );
            continue;
        }
        let mut cells = vec![String::new(); heads.len()];
        let mut between = None;
        for mark in &marks {
            let column = alignment
                .as_ref()
                .and_then(|alignment| alignment.column(mark, heads, space));
            match column.and_then(|column| cells.get_mut(column)) {
                Some(cell) => {
                    if !cell.is_empty() {
                        cell.push(' ');
                    }
                    cell.push_str(&mark.text);
                }
                None => between = Some(mark.text.clone()),
            }
        }
        group.row.cells = match between {
            Some(sign) => Cells::Unclear(format!("the mark {sign} is between two columns")),
            None => Cells::Whole(cells),
        };
    }
}

/// How the marks of a table are aligned with their headings. Distances are in half characters.
struct Alignment {
    by_middle: bool,
    /// The usual distance of a mark from its heading.
    usual: i64,
    /// How much the distances differ, in all.
    spread: i64,
}

impl Alignment {
    fn of(marks: &[&Mark], heads: &[HeadingWord], by_middle: bool) -> Alignment {
        let mut alignment = Alignment {
            by_middle,
            usual: 0,
            spread: 0,
        };
        let nearest = |alignment: &Alignment, mark: &Mark| {
            let all = heads.iter().map(|head| alignment.distance(mark, head));
            all.min_by_key(|distance| (distance - alignment.usual).abs())
                .unwrap_or(0)
        };
        let mut distances: Vec<i64> = marks.iter().map(|mark| nearest(&alignment, mark)).collect();
        distances.sort_unstable();
        alignment.usual = distances.get(distances.len() / 2).copied().unwrap_or(0);
        let off = marks
            .iter()
            .map(|mark| (nearest(&alignment, mark) - alignment.usual).abs());
        alignment.spread = off.sum();
        alignment
    }

    fn distance(&self, mark: &Mark, head: &HeadingWord) -> i64 {
        let half = |at: usize| i64::try_from(2 * at).unwrap_or(0);
        let (own, other) = if self.by_middle {
            (mark.text.chars().count(), head.length)
        } else {
            (0, 0)
        };
        half(mark.start) + half(own) / 2 - half(head.start) - half(other) / 2
    }

    /// The column of a mark, unless it is too far from the usual place.
    fn column(&self, mark: &Mark, heads: &[HeadingWord], space: usize) -> Option<usize> {
        if mark.moved {
            return None;
        }
        let space = i64::try_from(space).unwrap_or(0);
        let tolerance = (space * 3 / 10).max(2);
        let nearest = |shift: i64| {
            let off = heads
                .iter()
                .map(|head| (self.distance(mark, head) - shift - self.usual).abs());
            off.enumerate().min_by_key(|(_, off)| *off)
        };
        let (column, off) = nearest(0)?;
        // Whether the layout counted a ligature or a soft hyphen as a character is not known.
        let (source_column, _) = nearest(2 * mark.growth)?;
        (off <= tolerance && source_column == column && self.usual.abs() * 10 <= space * 7)
            .then_some(column)
    }
}

/// Joins words that are one space apart: marks in one cell. If they are wider together than a column, where
/// one cell ends and the next begins cannot be told.
fn cluster(marks: &[Mark], space: usize) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::new();
    for mark in marks {
        let end = mark.start + mark.text.chars().count();
        match out.last_mut() {
            // A mark of a later line may begin within the one before.
            Some(last)
                if space >= 5
                    && mark
                        .start
                        .checked_sub(last.start + last.text.chars().count())
                        .is_some_and(|gap| gap <= 1) =>
            {
                last.moved |= end >= last.start + space;
                last.text.push(' ');
                last.text.push_str(&mark.text);
            }
            _ => out.push(mark.clone()),
        }
    }
    out
}
