//! Rating tables: rows of measures and their cells, in whichever way a conversion wrote the table.

mod aligned;
mod cells;
mod stacked;

use crate::catalogue::Catalogue;
use crate::signs::{self, MarkMethod};
use crate::text::{Line, Marker, item, key};
pub(crate) use aligned::words;
pub(crate) use stacked::UNSEPARATED;

/// What the cells of a row mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Columns {
    /// One column for each step of the scale, which a mark selects: positions on the scale.
    Steps(Vec<usize>),
    /// One column for each method, which holds the value.
    Methods(Vec<MarkMethod>),
}

impl Columns {
    pub(crate) fn count(&self) -> usize {
        match self {
            Columns::Steps(steps) => steps.len(),
            Columns::Methods(methods) => methods.len(),
        }
    }
}

/// The cells of a row after its measure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cells {
    /// One for each column.
    Whole(Vec<String>),
    /// Fewer than columns: empty cells at the end were cut off, or a cell is lost.
    Short(Vec<String>),
    /// They cannot be told apart, and why.
    Unclear(String),
}

/// One row of a rating table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The measure, as a position in the catalogue.
    pub(crate) measure: Option<usize>,
    /// Why the measure is only inferred.
    pub(crate) measure_inferred: Option<String>,
    /// The title as printed.
    pub(crate) title: String,
    pub(crate) cells: Cells,
    /// Values that are stated in words: `Panel assessment: 3`.
    pub(crate) stated: Vec<(MarkMethod, String)>,
    /// The cells before the measure.
    pub(crate) before: Vec<String>,
    /// Its lines, as positions in the document.
    pub(crate) lines: Vec<usize>,
}

/// The rating table of one component.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// The component, as a position in the catalogue.
    pub(crate) component: usize,
    pub(crate) rows: Vec<Row>,
    /// What the columns mean, if the table has a heading that says so.
    pub(crate) columns: Option<Columns>,
    /// Whether a row is written with empty cells at its end.
    pub(crate) writes_empty_ends: bool,
    /// Lines of the heading, as positions in the document.
    pub(crate) heading: Vec<usize>,
    /// Whether the first column is headed as the assessment of the whole component.
    pub(crate) has_assessment: bool,
}

/// A line of the table with its position in the document.
pub(crate) type Placed<'a> = (usize, &'a Line);

/// Reads the table of a component from the lines between the heading of its section and the
/// rationale. Lines that belong to no row are in none.
pub(crate) fn read(catalogue: &Catalogue, component: usize, lines: &[Placed<'_>]) -> Table {
    let mut table = Table {
        component,
        rows: Vec::new(),
        columns: None,
        writes_empty_ends: false,
        heading: Vec::new(),
        has_assessment: false,
    };
    let reader = Reader {
        catalogue,
        component,
    };
    let is_split = |line: &Line| line.text.contains('\t') || line.text.matches('|').count() >= 2;
    let split: Vec<Placed<'_>> = lines
        .iter()
        .copied()
        .filter(|(_, line)| is_split(line))
        .collect();
    if let Some(expanded) = expanded(&reader, lines) {
        let lines: Vec<Placed<'_>> = expanded.iter().map(|(at, line)| (*at, line)).collect();
        aligned::read(&reader, &lines, &mut table);
    } else if split.iter().any(|(_, line)| reader.has_measure(&line.text)) {
        cells::read(&reader, &split, &mut table);
    } else if aligned::has_heading(&reader, lines) {
        aligned::read(&reader, lines, &mut table);
    } else {
        stacked::read(&reader, lines, &mut table);
    }
    reader.place_by_order(&mut table);
    table
}

/// The lines with spaces instead of tabs, if their columns are aligned and an editor wrote some of the spaces as
/// tabs: rows then have both, and their numbers of tabs say nothing.
fn expanded(reader: &Reader<'_>, lines: &[Placed<'_>]) -> Option<Vec<(usize, Line)>> {
    const STOP: usize = 8;
    let mixed = |line: &Line| line.text.contains('\t') && line.text.contains("  ");
    let count = |is: &dyn Fn(&Line) -> bool| lines.iter().filter(|(_, line)| is(line)).count();
    let tabbed = count(&|line| line.text.contains('\t'));
    if tabbed == 0 || count(&mixed) * 3 < tabbed {
        return None;
    }
    let lines: Vec<(usize, Line)> = lines
        .iter()
        .map(|(at, line)| {
            let mut text = String::with_capacity(line.text.len());
            let mut count = 0;
            for sign in line.text.chars() {
                let width = if sign == '\t' { STOP - count % STOP } else { 1 };
                count += width;
                match sign {
                    '\t' => text.extend(std::iter::repeat_n(' ', width)),
                    sign => text.push(sign),
                }
            }
            (
                *at,
                Line {
                    text,
                    ..(*line).clone()
                },
            )
        })
        .collect();
    let placed: Vec<Placed<'_>> = lines.iter().map(|(at, line)| (*at, line)).collect();
    aligned::has_heading(reader, &placed).then_some(lines)
}

/// The longest title of a measure that is considered, in bytes.
pub(crate) const MAX_TITLE: usize = 400;

/// What all layouts need.
pub(crate) struct Reader<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) component: usize,
}

/// The measure that a cell names, and how.
pub(crate) struct Named {
    pub(crate) measure: Option<usize>,
    pub(crate) title: String,
    pub(crate) conflict: bool,
}

impl Reader<'_> {
    /// The number of steps of the component's scale.
    pub(crate) fn steps(&self) -> usize {
        self.catalogue
            .components
            .get(self.component)
            .map_or(0, |component| component.steps.len())
    }

    fn has_measure(&self, text: &str) -> bool {
        split_cells(text)
            .iter()
            .any(|cell| self.name(cell).is_some_and(|named| named.measure.is_some()))
    }

    /// The measure that a cell names by its title or its number.
    pub(crate) fn name(&self, cell: &str) -> Option<Named> {
        // No title is as long, and comparing it would take long.
        if cell.len() > MAX_TITLE {
            return None;
        }
        let cell = crate::text::plain(cell);
        let (marker, title) = item(cell).unwrap_or((Marker::Bullet, cell));
        let title = crate::text::plain(title);
        let words = key(title);
        let component = self.catalogue.components.get(self.component)?;
        if words.len() < 4
            || words == component.title.key()
            || words == component.label_key && component.number.is_some()
        {
            return None;
        }
        let titled = self
            .catalogue
            .measure_titled(title, Some(self.component))
            .filter(|at| {
                // A short title of another component is a word of this one's.
                let other = self
                    .catalogue
                    .measures
                    .get(*at)
                    .map(|measure| measure.component);
                let steps = other
                    .and_then(|at| self.catalogue.components.get(at))
                    .map(|other| &other.steps);
                other == Some(self.component)
                    || (words.len() >= 16 && steps == Some(&component.steps))
            });
        let marked = self.catalogue.measure_marked(self.component, &marker);
        let conflict = matches!((titled, marked), (Some(titled), Some(marked)) if titled != marked);
        Some(Named {
            measure: titled.or(marked),
            title: title.to_owned(),
            conflict,
        })
    }

    /// The steps that a row of heading cells names: all of them, each once.
    pub(crate) fn heading_steps(&self, words: &[String]) -> Option<Vec<usize>> {
        let count = self.steps();
        if count == 0 {
            return None;
        }
        let named: Vec<Option<usize>> = words
            .iter()
            .filter(|word| !matches!(key(word).as_str(), "" | "level" | "levels" | "rating"))
            .map(|word| self.catalogue.step_named(self.component, word))
            .collect();
        named.windows(count).find_map(|run| {
            let run: Vec<usize> = run.iter().copied().collect::<Option<_>>()?;
            let mut sorted = run.clone();
            sorted.sort_unstable();
            (sorted == (0..count).collect::<Vec<_>>()).then_some(run)
        })
    }

    /// The methods that a row of heading cells names, if at least two.
    pub(crate) fn heading_methods(words: &[String]) -> Option<Vec<MarkMethod>> {
        let named: Vec<MarkMethod> = words
            .iter()
            .filter_map(|word| signs::method_named(word))
            .collect();
        let mut distinct = named.clone();
        distinct.sort_unstable();
        distinct.dedup();
        (named.len() >= 2 && distinct.len() == named.len()).then_some(named)
    }

    /// Gives rows whose title is unknown the measure of their place, if the table is complete.
    fn place_by_order(&self, table: &mut Table) {
        let Some(component) = self.catalogue.components.get(self.component) else {
            return;
        };
        if table.rows.len() != component.measures.len() {
            return;
        }
        let in_order = table
            .rows
            .iter()
            .zip(&component.measures)
            .all(|(row, measure)| row.measure.is_none_or(|known| known == *measure));
        // Rows that are printed twice or out of place betray themselves by a title that is nearer to
        // another measure.
        let nearest = table
            .rows
            .iter()
            .zip(&component.measures)
            .all(|(row, measure)| {
                let title = key(&row.title);
                let score = |at: usize| {
                    let measure = self
                        .catalogue
                        .measures
                        .get(at)
                        .map_or("", |measure| measure.title.key());
                    crate::text::shared_words(&title, measure)
                };
                row.measure.is_some()
                    || component
                        .measures
                        .iter()
                        .all(|other| score(*other) <= score(*measure))
            });
        let titles: std::collections::BTreeSet<String> =
            table.rows.iter().map(|row| key(&row.title)).collect();
        if !in_order || !nearest || titles.len() < table.rows.len() {
            return;
        }
        for (row, measure) in table.rows.iter_mut().zip(&component.measures) {
            if row.measure.is_none() {
                row.measure = Some(*measure);
                row.measure_inferred = Some(format!(
                    "the title of the row is not that of a measure; taken for this one by its place in a complete table: {}",
                    shorten(&row.title)
                ));
            }
        }
    }
}

pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// Splits a line at tabs, or at vertical bars.
pub(crate) fn split_cells(text: &str) -> Vec<String> {
    if text.contains('\t') {
        return text
            .split('\t')
            .map(|cell| cell.trim().to_owned())
            .collect();
    }
    if text.matches('|').count() < 2 {
        return vec![text.trim().to_owned()];
    }
    let inner = text.trim();
    let inner = inner.strip_prefix('|').unwrap_or(inner);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for sign in inner.chars() {
        match sign {
            '\\' if !escaped => escaped = true,
            '|' if !escaped => cells.push(String::new()),
            sign => {
                if let Some(cell) = cells.last_mut() {
                    if escaped && sign != '|' {
                        cell.push('\\');
                    }
                    cell.push(sign);
                }
                escaped = false;
            }
        }
    }
    if text.trim().ends_with('|') && cells.len() > 1 {
        cells.pop();
    }
    cells
        .into_iter()
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// Whether a line only draws the grid of a table.
pub(crate) fn is_rule(text: &str) -> bool {
    let text = text.trim();
    let drawn = |sign: char| {
        matches!(
            sign,
            '-' | '=' | '+' | '|' | ':' | '_' | '—' | '─' | '│' | '┼' | ' ' | '\t'
        )
    };
    text.chars().count() >= 3 && text.chars().all(drawn) && text.contains(['-', '=', '_', '—', '─'])
}

/// The words that only a heading of a rating table has.
pub(crate) fn is_heading_words(words: &[String]) -> bool {
    let known = |word: &str| {
        matches!(
            word,
            "competency"
                | "competencies"
                | "measure"
                | "measures"
                | "level"
                | "levels"
                | "assessment"
                | "red"
                | "amber"
                | "green"
                | "rating"
                | "sub competency"
                | "overall"
                | "overall assessment"
                | "overall rating"
                | "area"
        ) || word.parse::<u32>().is_ok()
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| key(word))
        .filter(|word| !word.is_empty())
        .collect();
    !words.is_empty()
        && words.iter().all(|word| known(word))
        && words.iter().any(|word| word.parse::<u32>().is_err())
}

/// Values stated in words: `Panel assessment: 3; Last year's rating: 2`.
pub(crate) fn stated(text: &str) -> Option<Vec<(MarkMethod, String)>> {
    if text.chars().count() > 200 || !text.contains([':', '=']) {
        return None;
    }
    let mut found = Vec::new();
    for part in text
        .split([';', '|', '\t'])
        .flat_map(|part| part.split("  "))
        .flat_map(|part| part.split(", "))
        .flat_map(|part| part.split(". "))
    {
        let part = part.trim().trim_start_matches(['-', '•', '–', ' ']);
        if part.is_empty() {
            continue;
        }
        let (label, value) = part.split_once([':', '='])?;
        let method = signs::method_named(label)?;
        let value = value.trim().trim_end_matches('.');
        // `Panel assessment: ✓` is part of a legend.
        let mut signs = value.chars();
        let is_sign = match (signs.next(), signs.next()) {
            (Some(sign), None) => {
                !sign.is_ascii_digit() && !"rag".contains(sign.to_ascii_lowercase())
            }
            _ => false,
        };
        if value.is_empty() || is_sign || value.split(' ').count() > 3 {
            return None;
        }
        found.push((method, value.to_owned()));
    }
    (!found.is_empty()).then_some(found)
}
