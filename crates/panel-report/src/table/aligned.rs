//! Tables whose columns are aligned with spaces.

mod groups;
mod heading;
mod placing;
mod sharing;
mod titles;

use super::{Cells, Columns, Placed, Reader, Table, is_heading_words, is_rule};
use crate::signs::{may_be_marks, names_only_methods};
use crate::text::{Line, is_bullet, key};
use groups::PageColumns;
use heading::Heading;
use placing::{
    Alignment, Mark, NARROWEST, NARROWEST_ON_PAGES, are_close, by_count, cluster, groups,
};
use sharing::{MarkLine, Whole, share};
use titles::{Place, TitledRow, Titles};

/// Words of a line with the place of each, in characters. A single space separates words only if
/// `wide` is not set.
pub(crate) fn words(text: &str, wide: bool) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let mut spaces = 2;
    for (at, sign) in text.chars().enumerate() {
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
                word.push(sign);
            }
            _ => out.push((at, sign.to_string())),
        }
        spaces = 0;
    }
    out
}

/// Whether one of the lines heads columns that are aligned with spaces.
pub(super) fn has_heading(reader: &Reader<'_>, lines: &[Placed<'_>]) -> bool {
    (0..lines.len()).any(|at| Heading::at(reader, lines, at).is_some())
}

/// A line with marks, and what is known of its place.
struct MarkedLine {
    at: usize,
    /// The heading above it on its page.
    heading: Option<usize>,
    marks: Vec<Mark>,
    /// The row of the title before it, and of that after it; the same if it is beside or within one.
    before: Option<usize>,
    after: Option<usize>,
    /// The number of blank lines before it.
    block: usize,
}

pub(super) fn read(reader: &Reader<'_>, lines: &[Placed<'_>], table: &mut Table) {
    let mut headings: Vec<Heading> = Vec::new();
    // The page of the last heading: each page of a conversion has columns of its own.
    let mut page = None;
    let is_paged = lines.iter().any(|(_, line)| line.page > 0);
    let mut titles = Titles::new(reader);
    let mut marked: Vec<MarkedLine> = Vec::new();
    let mut block = 0;
    // Whether the line before has a bullet without its text.
    let mut is_below_bullet = false;
    let mut at = 0;
    while let Some((position, line)) = lines.get(at) {
        at += 1;
        if line.is_blank() {
            block += 1;
            continue;
        }
        if is_rule(&line.text) {
            table.heading.push(*position);
            continue;
        }
        if is_last_number(lines, at - 1) {
            continue;
        }
        if let Some(heading) = Heading::at(reader, lines, at - 1) {
            let taken = lines.iter().skip(at - 1).take(heading.lines);
            let filled = taken.filter(|(_, line)| !line.is_blank());
            table.heading.extend(filled.map(|(position, _)| *position));
            table.has_assessment |= heading.has_assessment;
            if table.columns.is_none() {
                table.columns = Some(heading.columns.clone());
            }
            at += heading.lines - 1;
            page = Some(line.page);
            headings.push(heading);
            continue;
        }
        if read_heading_words(&line.text, table) {
            table.heading.push(*position);
            continue;
        }
        let Some(last) = headings.last() else {
            continue;
        };
        let has_heading = page == Some(line.page);
        let (text, mut marks) = if has_heading {
            cut(reader, line, last, is_paged)
        } else {
            cut_without_heading(line)
        };
        // A conversion from PDF that puts a title below its bullet does not align the marks beside them.
        let ends_with_bullet = ends_with_bullet(&text);
        if is_paged && (ends_with_bullet || is_below_bullet) {
            marks.iter_mut().for_each(|mark| mark.moved = true);
        }
        is_below_bullet = ends_with_bullet;
        let titles_at = last.titles_at.filter(|_| has_heading);
        let place = titles.read(*position, &text, titles_at, block, !marks.is_empty());
        if !marks.is_empty() && place != Place::OtherRow {
            marked.push(MarkedLine {
                at: *position,
                heading: has_heading.then(|| headings.len() - 1),
                marks,
                before: None,
                after: None,
                block,
            });
        }
    }
    if headings.is_empty() {
        return;
    }
    for line in &mut marked {
        (line.before, line.after) = titles.around(line.at);
    }
    let is_whole = titles.is_whole();
    let mut rows = titles.finish(table.has_assessment);
    let owners = owners(table, &rows, &marked, &headings, is_whole);
    place(table, &mut rows, &marked, &owners, &headings, is_paged);
    table.rows.extend(rows.into_iter().map(|titled| titled.row));
}

/// Whether a word is one or two capital letters, or has signs beside letters: `L`, `x/□`.
fn is_letter_mark(word: &str) -> bool {
    let is_sign =
        |sign: char| matches!(sign, '/' | '&' | '+') || !sign.is_ascii() && !sign.is_alphabetic();
    let length = word.chars().count();
    length <= 2 && word.chars().all(|sign| sign.is_uppercase() || sign == 'x')
        || length <= 7 && word.chars().any(is_sign)
}

/// Whether the last word of a text is a bullet.
fn ends_with_bullet(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(is_bullet)
}

/// Whether a line is a bare number at the end of its page.
fn is_last_number(lines: &[Placed<'_>], at: usize) -> bool {
    let Some((_, line)) = lines.get(at) else {
        return false;
    };
    let text = line.text.trim();
    let is_number = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut below = lines.iter().skip(at + 1);
    let next = below.find(|(_, next)| !next.is_blank());
    is_number && next.is_some_and(|(_, next)| next.page > line.page)
}

/// Whether a line has only words that head a table.
fn read_heading_words(text: &str, table: &mut Table) -> bool {
    if text.chars().count() > 400 {
        return false;
    }
    let all: Vec<String> = words(text, false)
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    let heads = is_heading_words(&all);
    table.has_assessment |= heads && all.first().is_some_and(|word| key(word) == "assessment");
    heads
}

fn marks_of(line: &Line, words: &[(usize, String)]) -> Vec<Mark> {
    words
        .iter()
        .map(|(start, text)| Mark {
            start: *start,
            text: text.clone(),
            moved: false,
            growth: line.growth,
        })
        .collect()
}

/// Splits a line into the text before the columns of marks and the words in them.
fn cut(reader: &Reader<'_>, line: &Line, heading: &Heading, is_paged: bool) -> (String, Vec<Mark>) {
    let from = heading.columns_from();
    let found = words(&line.text, false);
    let end_of = |(start, word): &(usize, String)| start + word.chars().count();
    let is_sign = |(_, word): &(usize, String)| !word.chars().any(char::is_alphanumeric);
    let mut split = found.partition_point(|(start, _)| *start < from);
    // The last words of a title may reach into the columns.
    while let (Some(before), Some(word)) = (
        split.checked_sub(1).and_then(|at| found.get(at)),
        found.get(split),
    ) {
        let letters = word.1.chars().filter(|sign| sign.is_alphabetic()).count();
        if letters < 2 || word.0 > end_of(before) + 1 {
            break;
        }
        split += 1;
    }
    // Wide marks may begin before the columns.
    let least = from.saturating_sub(usize::try_from(heading.spacing() / 2).unwrap_or(0));
    let before_columns = found.iter().take(split).rev();
    let signs = before_columns
        .clone()
        .take_while(|word| is_sign(word) && word.0 >= least)
        .count();
    // Letters there may be marks that a conversion from PDF has moved, and then those after them are, too.
    let has_letters = before_columns
        .skip(signs)
        .take_while(|word| word.0 >= least)
        .any(|(_, word)| is_letter_mark(word));
    let first = split - signs;
    let is_apart = first
        .checked_sub(1)
        .and_then(|at| found.get(at))
        .is_none_or(|before| {
            found
                .get(first)
                .is_some_and(|word| word.0 >= end_of(before) + 2)
        });
    if is_apart {
        split = first;
    }
    let (before, after) = found.split_at(split);
    let Some(start) = after.first().map(|(start, _)| *start) else {
        return (line.text.clone(), Vec::new());
    };
    let text: String = line.text.chars().take(start).collect();
    // Words of a title that reach into the columns are not marks.
    let prose = after
        .iter()
        .filter(|(_, word)| {
            let letters = word.chars().filter(|sign| sign.is_alphabetic());
            letters.count() > 3
                && !names_only_methods(word)
                && reader
                    .catalogue
                    .step_named(reader.component, word)
                    .is_none()
        })
        .count();
    if prose > 1 && key(&line.text).contains("level") == key(&text).contains("level") {
        return (line.text.clone(), Vec::new());
    }
    let mut marks = marks_of(line, after);
    // A title that reaches into the columns has moved the marks after it. A conversion from PDF places what
    // is apart from the title by itself.
    let mut end = before.last().map_or(0, end_of);
    let reaches = end > from;
    for mark in &mut marks {
        let is_close = end > 0 && mark.start < end + 2;
        mark.moved = if is_paged {
            is_close || has_letters
        } else {
            reaches
        };
        end = if is_close {
            mark.start + mark.text.chars().count()
        } else {
            0
        };
    }
    (text, marks)
}

/// The same on a page without a heading: what looks like marks at the end of the line.
fn cut_without_heading(line: &Line) -> (String, Vec<Mark>) {
    let found = words(&line.text, false);
    let count = found
        .iter()
        .rev()
        .take_while(|(_, word)| may_be_marks(word))
        .count();
    let mut split = found.len() - count;
    // The first of them is apart from the title.
    while let Some((start, _)) = found.get(split) {
        let end = split
            .checked_sub(1)
            .and_then(|at| found.get(at))
            .map(|(start, word)| start + word.chars().count());
        if end.is_none_or(|end| end + 2 <= *start) {
            break;
        }
        split += 1;
    }
    let after = found.get(split..).unwrap_or_default();
    let start = after
        .first()
        .map_or(line.text.chars().count(), |(start, _)| *start);
    let text = line.text.chars().take(start).collect();
    (text, marks_of(line, after))
}

/// The row of each line of marks; `None` if it cannot be told.
fn owners(
    table: &Table,
    rows: &[TitledRow],
    marked: &[MarkedLine],
    headings: &[Heading],
    is_whole: bool,
) -> Vec<Option<usize>> {
    let certain = |line: &MarkedLine| line.before.filter(|row| Some(*row) == line.after);
    if !is_whole {
        return marked.iter().map(certain).collect();
    }
    let whole = match &table.columns {
        Some(Columns::Methods(methods)) => Whole::Cells(methods.len()),
        _ => Whole::Signs,
    };
    let lines: Vec<MarkLine> = marked
        .iter()
        .map(|line| {
            let signs = match &whole {
                Whole::Cells(_) => {
                    let heading = line.heading.and_then(|at| headings.get(at));
                    let spacing = heading.map_or(0, Heading::spacing);
                    let cells = cluster(&line.marks, spacing, true).into_iter();
                    cells.map(|mark| mark.text).collect()
                }
                Whole::Signs => line
                    .marks
                    .iter()
                    .flat_map(|mark| signs(&mark.text))
                    .collect(),
            };
            MarkLine {
                signs,
                before: line.before,
                after: line.after,
                block: line.block,
            }
        })
        .collect();
    let blocks: Vec<Vec<usize>> = rows.iter().map(|row| row.blocks.clone()).collect();
    share(rows.len(), &lines, &whole, &blocks)
}

/// The signs of a word: each character, unless it is a word indeed.
fn signs(word: &str) -> Vec<String> {
    if word.chars().count() > 3 && word.chars().all(char::is_alphanumeric) {
        return vec![word.to_owned()];
    }
    word.chars().map(String::from).collect()
}

/// Whether a text is the start of a word for a method, broken because its column is narrow: `Previo`.
fn is_broken_method(text: &str) -> bool {
    let word = key(text);
    word.len() >= 4
        && ["previous", "panel", "current"]
            .iter()
            .any(|method| method.len() > word.len() && method.starts_with(&word))
}

/// Where the columns under a heading are.
enum Columned {
    /// By the distance from the headings.
    Aligned(Alignment),
    /// On a page of a conversion from PDF, by the groups of marks and headings.
    OnPage(Box<PageColumns>),
    /// By the groups of the marks: the first place of each, and the one after its last.
    Grouped(Vec<(usize, usize)>),
    /// That cannot be told, and why.
    Unclear(&'static str),
}

impl Columned {
    fn of(heading: &Heading, lines: &[&[Mark]], is_paged: bool) -> Columned {
        let narrowest = if is_paged {
            NARROWEST_ON_PAGES
        } else {
            NARROWEST
        };
        if heading.spacing() < narrowest {
            return Columned::Unclear("the columns are too narrow to tell in which one a mark is");
        }
        if heading.is_joined() {
            return groups(lines, heading.heads.len()).map_or(
                Columned::Unclear("the headings are too close to tell where their columns are"),
                Columned::Grouped,
            );
        }
        let marks: Vec<&Mark> = lines
            .iter()
            .copied()
            .flatten()
            .filter(|mark| !mark.moved)
            .collect();
        let Some(alignment) = Alignment::of(&marks, &heading.heads, is_paged) else {
            return Columned::Unclear("the table has no marks");
        };
        if is_paged {
            Columned::OnPage(Box::new(PageColumns::of(&marks, heading, alignment)))
        } else {
            Columned::Aligned(alignment)
        }
    }

    fn column(&self, mark: &Mark, heading: &Heading) -> Result<usize, String> {
        let found = match self {
            Columned::Aligned(alignment) => alignment.column(mark, heading),
            Columned::OnPage(columns) => columns.column(mark),
            Columned::Grouped(_) if mark.moved => None,
            Columned::Grouped(spans) => {
                let at = |place: Option<usize>| {
                    let is_in = |(first, end): &(usize, usize)| {
                        place.is_some_and(|place| (*first..=end + 1).contains(&(place + 1)))
                    };
                    spans.iter().position(is_in)
                };
                // Whether the layout counted what cleaning has taken from the line is not known.
                let growth = isize::try_from(mark.growth).unwrap_or(isize::MAX);
                let source = mark.start.checked_add_signed(-growth);
                at(Some(mark.start)).filter(|column| at(source) == Some(*column))
            }
            Columned::Unclear(why) => return Err((*why).to_owned()),
        };
        found.ok_or_else(|| format!("the mark {} is between two columns", mark.text))
    }

    /// The column of marks that are one space apart, if it is certain that they are in one cell.
    fn shared_column(&self, chain: &[Mark], heading: &Heading) -> Option<usize> {
        match self {
            Columned::OnPage(columns) => columns.alignment.shared_column(chain, heading),
            _ => None,
        }
    }
}

/// Puts the marks of all rows into cells, or says why they are in none.
fn place(
    table: &Table,
    rows: &mut [TitledRow],
    marked: &[MarkedLine],
    owners: &[Option<usize>],
    headings: &[Heading],
    is_paged: bool,
) {
    let all = || marked.iter().flat_map(|line| &line.marks);
    // A conversion that breaks words in narrow columns moves what is after them.
    let is_broken = all().any(|mark| is_broken_method(&mark.text));
    // Where two marks of a cell are written without a space, a space is between two cells.
    let is_values = matches!(table.columns, Some(Columns::Methods(_)));
    let joins = is_values
        || !is_paged && !all().any(|mark| mark.text.chars().count() > 1 && !mark.text.is_ascii());
    let clusters: Vec<Vec<Mark>> = marked
        .iter()
        .map(|line| {
            let heading = line.heading.and_then(|at| headings.get(at));
            heading.map_or(Vec::new(), |heading| {
                cluster(&line.marks, heading.spacing(), joins)
            })
        })
        .collect();
    let columned: Vec<Columned> = headings
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            let own = marked.iter().zip(&clusters);
            let lines: Vec<&[Mark]> = own
                .filter(|(line, _)| line.heading == Some(at))
                .map(|(_, marks)| marks.as_slice())
                .collect();
            Columned::of(heading, &lines, is_paged)
        })
        .collect();
    for (number, titled) in rows.iter_mut().enumerate() {
        let own: Vec<usize> = (0..marked.len())
            .filter(|at| owners.get(*at) == Some(&Some(number)))
            .collect();
        for line in own.iter().filter_map(|at| marked.get(*at)) {
            if !titled.row.lines.contains(&line.at) {
                titled.row.lines.push(line.at);
            }
        }
        titled.row.lines.sort_unstable();
        if matches!(titled.row.cells, Cells::Unclear(_)) {
            continue;
        }
        let touches = marked.iter().zip(owners).any(|(line, owner)| {
            owner.is_none() && (line.before == Some(number) || line.after == Some(number))
        });
        let cells = if touches {
            Err(
                "marks above or below its title may be in cells of this row or of the next"
                    .to_owned(),
            )
        } else if is_broken {
            Err(
                "words are broken in narrow columns, so in which column a mark is cannot be told"
                    .to_owned(),
            )
        } else {
            let lines = own.iter().filter_map(|at| {
                let line = marked.get(*at)?;
                Some((line, clusters.get(*at)?.as_slice()))
            });
            let lines: Vec<(&MarkedLine, &[Mark])> = lines.collect();
            cells_of(table, &lines, headings, &columned)
                .or_else(|why| full_line(table, &lines, headings).ok_or(why))
        };
        titled.row.cells = cells.map_or_else(Cells::Unclear, Cells::Whole);
    }
}

/// The cells of a row on one line with marks in every column: their order says which they are in, unless the
/// heading above it has other columns than the table.
fn full_line(
    table: &Table,
    lines: &[(&MarkedLine, &[Mark])],
    headings: &[Heading],
) -> Option<Vec<String>> {
    let [(line, _)] = lines else { return None };
    let heading = line.heading.and_then(|at| headings.get(at));
    if heading.is_some_and(|heading| Some(&heading.columns) != table.columns.as_ref()) {
        return None;
    }
    let columns = table.columns.as_ref().map_or(0, Columns::count);
    let is_sign = |mark: &Mark| may_be_marks(&mark.text);
    let all = line.marks.iter().all(is_sign);
    all.then(|| by_count(&line.marks, columns)).flatten()
}

/// The cells of one row from its lines of marks.
fn cells_of(
    table: &Table,
    lines: &[(&MarkedLine, &[Mark])],
    headings: &[Heading],
    columned: &[Columned],
) -> Result<Vec<String>, String> {
    let count = table.columns.as_ref().map_or(0, Columns::count);
    let mut cells = vec![String::new(); count];
    for (line, marks) in lines {
        let Some((heading, columned)) = line
            .heading
            .and_then(|at| Some((headings.get(at)?, columned.get(at)?)))
        else {
            let alone = lines.len() == 1;
            return by_count(&line.marks, count)
                .filter(|_| alone)
                .ok_or_else(|| {
                    "the heading of the table is on another page, where the columns may be elsewhere"
                        .to_owned()
                });
        };
        if Some(&heading.columns) != table.columns.as_ref() {
            return Err("the table has another heading with other columns".to_owned());
        }
        let is_values = matches!(heading.columns, Columns::Methods(_));
        if is_values && marks.len() == count && lines.len() == 1 {
            return Ok(marks.iter().map(|mark| mark.text.clone()).collect());
        }
        for chain in marks.chunk_by(are_close) {
            let column = match chain {
                [mark] => columned.column(mark, heading)?,
                chain => columned.shared_column(chain, heading).ok_or_else(|| {
                    "marks one space apart may be in one cell or in two".to_owned()
                })?,
            };
            for mark in chain {
                let Some(cell) = cells.get_mut(column) else {
                    return Err(format!("the mark {} is between two columns", mark.text));
                };
                if signs(&mark.text)
                    .iter()
                    .any(|sign| cell.contains(sign.as_str()))
                {
                    return Err(
                        "two of its lines have the same mark; one may be of a row whose title is lost"
                            .to_owned(),
                    );
                }
                if !cell.is_empty() {
                    cell.push(' ');
                }
                cell.push_str(&mark.text);
            }
        }
    }
    Ok(cells)
}
