//! Headings of tables whose columns are aligned with spaces: what each column is and where it is.

use super::words;
use crate::signs::method_named;
use crate::table::{Columns, Placed, Reader};
use crate::text::{item, key};

/// The place of a column's heading in its line, in characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ColumnHead {
    pub(super) start: usize,
    pub(super) length: usize,
}

/// The heading of a table, or of its part on one page.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    pub(super) heads: Vec<ColumnHead>,
    pub(super) columns: Columns,
    /// Where the titles of the measures begin, if the heading says so.
    pub(super) titles_at: Option<usize>,
    /// Whether the first column is headed as the assessment of the whole component.
    pub(super) has_assessment: bool,
    /// How many lines it takes, blank ones included.
    pub(super) lines: usize,
}

/// The most lines of a heading whose words are broken.
const MAX_LINES: usize = 4;

impl Heading {
    /// The heading that begins at a line.
    pub(super) fn at(reader: &Reader<'_>, lines: &[Placed<'_>], at: usize) -> Option<Heading> {
        let text = lines.get(at)?.1.text.as_str();
        if text.trim().is_empty() || text.chars().count() > 400 {
            return None;
        }
        let found = match steps_on(reader, text) {
            // The values of a row may be one for each step.
            Some(_) if is_row(reader, text) => return None,
            Some((steps, heads)) => {
                let above = at.saturating_sub(3)..=at;
                let titles_at = above.rev().find_map(|above| {
                    let (_, line) = lines.get(above)?;
                    let same_page = line.page == lines.get(at)?.1.page;
                    same_page.then(|| titles_at(&line.text)).flatten()
                });
                Heading {
                    heads,
                    columns: Columns::Steps(steps),
                    titles_at,
                    has_assessment: false,
                    lines: 1,
                }
            }
            None => merged(reader, lines, at)?,
        };
        let first = key(text);
        Some(Heading {
            has_assessment: first.starts_with("assessment") || first.starts_with("overall"),
            ..found
        })
    }

    /// The least distance between the middles of two columns, in half characters.
    pub(super) fn spacing(&self) -> i64 {
        let pairs = self.heads.iter().zip(self.heads.iter().skip(1));
        pairs
            .map(|(one, next)| next.middle() - one.middle())
            .min()
            .unwrap_or(0)
    }

    /// Whether the columns are equally wide, but for the rounding of places to characters.
    pub(super) fn is_even(&self) -> bool {
        let pairs = self.heads.iter().zip(self.heads.iter().skip(1));
        let widest = pairs.map(|(one, next)| next.middle() - one.middle()).max();
        widest.is_none_or(|widest| widest * 4 <= self.spacing() * 5)
    }

    /// Whether two headings are one space apart. A conversion from PDF takes them for one text, whose
    /// words are not where their columns are.
    pub(super) fn is_joined(&self) -> bool {
        let mut pairs = self.heads.iter().zip(self.heads.iter().skip(1));
        pairs.any(|(one, next)| next.start < one.start + one.length + 2)
    }

    /// From where on a word is in a column rather than part of a title.
    pub(super) fn columns_from(&self) -> usize {
        let first = self.heads.first().map_or(0, |head| head.start);
        let margin = usize::try_from(self.spacing() / 4).unwrap_or(0);
        first.saturating_sub(margin.max(1))
    }
}

impl ColumnHead {
    /// Twice the place of its middle.
    pub(super) fn middle(&self) -> i64 {
        i64::try_from(2 * self.start + self.length).unwrap_or(0)
    }
}

/// The steps that a line names, each once and nothing after them, with the place of each.
fn steps_on(reader: &Reader<'_>, text: &str) -> Option<(Vec<usize>, Vec<ColumnHead>)> {
    let mut named: Vec<(usize, ColumnHead)> = Vec::new();
    let mut level: Option<usize> = None;
    let mut levels = 0;
    for (start, word) in words(text, false) {
        let length = word.chars().count();
        match reader.catalogue.step_named(reader.component, &word) {
            Some(step) => {
                // `Level 1` is one heading.
                let from = level
                    .take()
                    .filter(|level| level + "Level ".len() == start)
                    .inspect(|_| levels += 1)
                    .unwrap_or(start);
                let length = start + length - from;
                named.push((
                    step,
                    ColumnHead {
                        start: from,
                        length,
                    },
                ));
            }
            None if key(&word) == "level" => level = Some(start),
            None if named.is_empty() => level = None,
            None => return None,
        }
    }
    // `Level 1 2 3 4`: the word is above all columns.
    if levels < named.len() {
        for (_, head) in &mut named {
            let before = "Level ".len();
            if head.length > before {
                head.start += before;
                head.length -= before;
            }
        }
    }
    let (steps, heads): (Vec<usize>, Vec<ColumnHead>) = named.into_iter().unzip();
    is_every_step(reader, &steps).then_some((steps, heads))
}

fn is_every_step(reader: &Reader<'_>, steps: &[usize]) -> bool {
    let mut sorted = steps.to_vec();
    sorted.sort_unstable();
    reader.steps() > 0 && sorted == (0..reader.steps()).collect::<Vec<_>>()
}

/// Where the word is that heads the column of measures. It may touch that of the column before:
/// `CompetencyMeasure`.
fn titles_at(text: &str) -> Option<usize> {
    words(text, false).into_iter().find_map(|(start, word)| {
        let words = key(&word);
        let before = ["competency", "assessment", ""]
            .into_iter()
            .find(|before| words.starts_with(before))?;
        matches!(words.get(before.len()..)?, "measure" | "measures").then_some(start + before.len())
    })
}

/// A word or words of a heading and the characters that they cover.
struct Cell {
    start: usize,
    end: usize,
    parts: Vec<String>,
}

/// A heading whose words are broken over lines, each in its column: `Panel` above `assessment`.
fn merged(reader: &Reader<'_>, lines: &[Placed<'_>], at: usize) -> Option<Heading> {
    let page = lines.get(at)?.1.page;
    // The heading must say where the measures are.
    let window: Vec<&str> = lines
        .iter()
        .skip(at)
        .take(MAX_LINES)
        .take_while(|(_, line)| line.page == page && line.text.chars().count() <= 400)
        .map(|(_, line)| line.text.as_str())
        .collect();
    let titles_at = window.iter().find_map(|text| titles_at(text))?;
    let mut found = None;
    for (count, text) in (1..).zip(&window) {
        let heads_none = !text.trim().is_empty()
            && self::titles_at(text).is_none()
            && words(text, false)
                .iter()
                .all(|(start, _)| *start < titles_at + "Measure".len());
        if heads_none || is_row(reader, text) {
            break;
        }
        let ends_blank = text.trim().is_empty();
        let taken = window.get(..count).unwrap_or_default();
        if let Some((columns, heads)) = (!ends_blank)
            .then(|| columns_of(reader, taken, titles_at))
            .flatten()
        {
            found = Some(Heading {
                heads,
                columns,
                titles_at: Some(titles_at),
                has_assessment: false,
                lines: count,
            });
        }
    }
    found
}

/// Whether a text of a line begins an item or is the title of a measure.
fn is_row(reader: &Reader<'_>, text: &str) -> bool {
    words(text, true).iter().any(|(_, segment)| {
        item(segment).is_some()
            || reader
                .name(segment)
                .is_some_and(|named| named.measure.is_some())
    })
}

/// The columns that lines head together, right of the column of measures.
fn columns_of(
    reader: &Reader<'_>,
    lines: &[&str],
    titles_at: usize,
) -> Option<(Columns, Vec<ColumnHead>)> {
    let heads = |cells: &[Cell]| {
        cells
            .iter()
            .map(|cell| ColumnHead {
                start: cell.start,
                length: cell.end - cell.start,
            })
            .collect()
    };
    // Columns of methods are wide, those of steps may be one space apart.
    let methods = cells(lines, titles_at, true)?;
    let named: Option<Vec<_>> = methods
        .iter()
        .map(|cell| {
            method_named(&cell.parts.join(" ")).or_else(|| method_named(&cell.parts.concat()))
        })
        .collect();
    if let Some(named) = named {
        let mut distinct = named.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if named.len() >= 2 && distinct.len() == named.len() {
            return Some((Columns::Methods(named), heads(&methods)));
        }
    }
    let steps = cells(lines, titles_at, false)?;
    let named: Option<Vec<usize>> = steps
        .iter()
        .map(|cell| {
            let step = |word: &str| reader.catalogue.step_named(reader.component, word);
            step(&cell.parts.join(" ")).or_else(|| step(&cell.parts.concat()))
        })
        .collect();
    let named = named.filter(|named| is_every_step(reader, named))?;
    Some((Columns::Steps(named), heads(&steps)))
}

/// Joins the words of lines that are above one another; nothing if a word is above two.
fn cells(lines: &[&str], titles_at: usize, wide: bool) -> Option<Vec<Cell>> {
    let mut cells: Vec<Cell> = Vec::new();
    for text in lines {
        for (start, word) in words(text, wide) {
            let end = start + word.chars().count();
            let over_all = matches!(
                key(&word).as_str(),
                "level" | "levels" | "rating" | "ratings"
            );
            if start < titles_at + "Measure".len() || (over_all && cells.is_empty()) {
                continue;
            }
            let mut over = cells
                .iter_mut()
                .filter(|cell| start < cell.end && cell.start < end);
            match (over.next(), over.next()) {
                (None, _) => cells.push(Cell {
                    start,
                    end,
                    parts: vec![word],
                }),
                (Some(cell), None) => {
                    cell.start = cell.start.min(start);
                    cell.end = cell.end.max(end);
                    cell.parts.push(word);
                }
                _ => return None,
            }
        }
    }
    cells.sort_by_key(|cell| cell.start);
    Some(cells)
}
