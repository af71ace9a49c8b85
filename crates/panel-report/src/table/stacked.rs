//! Tables whose cells are each on a line of their own, or separated by single spaces.

use super::{Cells, Columns, Placed, Reader, Row, Table, is_heading_words, is_rule, stated};
use crate::signs::{may_be_marks, method_named};
use crate::text::key;

/// Why the marks of a row have no column.
pub(crate) const UNSEPARATED: &str = "its cells are not separated, so a mark has no column";

struct Block {
    row: Row,
    /// The lines after the title: position in the document and text.
    after: Vec<(usize, String)>,
    /// Words after the title on its own line.
    beside: Option<Vec<String>>,
}

pub(super) fn read(reader: &Reader<'_>, lines: &[Placed<'_>], table: &mut Table) {
    let first = blocks(reader, lines, table);
    let Some((head, blocks)) = first else { return };
    heading(reader, &head, table);
    let dense = is_dense(reader, &head);
    let columns = table
        .columns
        .as_ref()
        .map_or(reader.steps(), Columns::count);
    let every: Vec<usize> = blocks.iter().map(|block| block.after.len()).collect();
    let count = blocks.len();
    for (at, mut block) in blocks.into_iter().enumerate() {
        let is_last = at + 1 == count;
        for (line, text) in &block.after {
            if let Some(values) = stated(text) {
                block.row.stated.extend(values);
                block.row.lines.push(*line);
            }
        }
        // The title of the next measure may have become part of a line of values.
        let joined = block.after.iter().any(|(_, text)| {
            let label = text.split_once([':', '=']).map(|(label, _)| label);
            label.is_some_and(|label| method_named(label).is_some()) && stated(text).is_none()
        });
        if joined {
            block.row.stated.clear();
            block.row.cells =
                Cells::Unclear("a line of its values has other text in it".to_owned());
        }
        let conflict = matches!(block.row.cells, Cells::Unclear(_));
        // The rating of the whole component, or a step of the heading, is no mark.
        let strange = matches!(table.columns, Some(Columns::Steps(_)))
            && block.after.iter().any(|(_, text)| {
                reader
                    .catalogue
                    .step_named(reader.component, text)
                    .is_some()
            });
        if block.row.stated.is_empty() && !conflict {
            let found = match &block.beside {
                // Two marks may share a cell, so that counting them gives no columns.
                Some(_) => None,
                None if strange => None,
                None => stack(
                    &block.after,
                    columns,
                    is_last,
                    dense.then_some(every.as_slice()),
                ),
            };
            block.row.cells = match found {
                Some((cells, used)) => {
                    block.row.lines.extend(used);
                    Cells::Whole(cells)
                }
                None => {
                    let marks = block
                        .after
                        .iter()
                        .filter(|(_, text)| !text.is_empty() && may_be_marks(text));
                    block.row.lines.extend(marks.map(|(line, _)| *line));
                    Cells::Unclear(UNSEPARATED.to_owned())
                }
            };
        }
        table.rows.push(block.row);
    }
    if lines.iter().any(|(_, line)| line.page > 0) {
        refuse_incomplete(table);
    }
}

/// A conversion from PDF without its layout drops empty cells and writes marks in any order, so a row that has
/// as many of them as columns may be chance. It is believed only if every row of the table has.
fn refuse_incomplete(table: &mut Table) {
    let is_unclear = |row: &Row| matches!(row.cells, Cells::Unclear(_)) && row.stated.is_empty();
    if !table.rows.iter().any(is_unclear) {
        return;
    }
    for row in &mut table.rows {
        if matches!(row.cells, Cells::Whole(_)) {
            row.cells = Cells::Unclear(
                "the table has rows without some of their cells, as conversions from PDF write them, so a \
                 mark has no column"
                    .to_owned(),
            );
        }
    }
}

type Head = Vec<(usize, String)>;

/// Splits the lines at the titles of measures; the first part is before them.
fn blocks(
    reader: &Reader<'_>,
    lines: &[Placed<'_>],
    table: &mut Table,
) -> Option<(Head, Vec<Block>)> {
    let mut head: Head = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut skip = 0;
    for (at, (position, line)) in lines.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let text = line.text.trim();
        if is_rule(text) {
            table.heading.push(*position);
            continue;
        }
        if let Some((row, taken, beside)) = title(reader, lines, at) {
            blocks.push(Block {
                row,
                after: Vec::new(),
                beside,
            });
            skip = taken - 1;
            continue;
        }
        match blocks.last_mut() {
            Some(block) => block.after.push((*position, text.to_owned())),
            None => head.push((*position, text.to_owned())),
        }
    }
    (!blocks.is_empty()).then_some((head, blocks))
}

/// A title at a line, which may go on in the next two, and the number of its lines.
fn title(
    reader: &Reader<'_>,
    lines: &[Placed<'_>],
    at: usize,
) -> Option<(Row, usize, Option<Vec<String>>)> {
    let first = lines.get(at)?.1.text.trim();
    if first.is_empty() || first.chars().count() > 300 || may_be_marks(first) {
        return None;
    }
    let row = |named: super::Named, taken: usize| Row {
        measure: named.measure,
        measure_inferred: None,
        title: named.title,
        cells: if named.conflict {
            Cells::Unclear("its number and its title name different measures".to_owned())
        } else {
            Cells::Whole(Vec::new())
        },
        stated: Vec::new(),
        before: Vec::new(),
        lines: lines
            .iter()
            .skip(at)
            .take(taken)
            .map(|(position, _)| *position)
            .collect(),
    };
    let mut text = String::new();
    for taken in 1..=3 {
        let next = lines.get(at + taken - 1)?.1.text.trim();
        if next.is_empty()
            || (taken > 1 && (may_be_marks(next) || crate::text::item(next).is_some()))
        {
            break;
        }
        text = format!("{text} {next}").trim().to_owned();
        if let Some(named) = reader.name(&text).filter(|named| named.measure.is_some()) {
            // Cells on the line of the title: short words at its end.
            let words: Vec<&str> = text.split(' ').collect();
            let beside = words
                .iter()
                .rev()
                .take_while(|word| may_be_marks(word) && key(word).chars().count() <= 1)
                .count();
            if beside == 0 {
                return Some((row(named, taken), taken, None));
            }
        }
        // `Title ● ✓ □ ●`
        let words: Vec<&str> = text.split_whitespace().collect();
        let beside = words
            .iter()
            .rev()
            .take_while(|word| may_be_marks(word) && key(word).chars().count() <= 1)
            .count();
        if beside > 0 && words.len() > beside {
            let (title, cells) = words.split_at(words.len() - beside);
            if let Some(named) = reader
                .name(&title.join(" "))
                .filter(|named| named.measure.is_some())
            {
                let cells = cells.iter().map(|word| (*word).to_owned()).collect();
                return Some((row(named, taken), taken, Some(cells)));
            }
        }
    }
    None
}

fn heading(reader: &Reader<'_>, head: &Head, table: &mut Table) {
    let words: Vec<String> = head
        .iter()
        .map(|(_, text)| text.clone())
        .filter(|text| !text.is_empty())
        .collect();
    if let Some(steps) = reader.heading_steps(&words) {
        table.columns = Some(Columns::Steps(steps));
    } else if let Some(steps) = words.iter().find_map(|line| {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        reader.heading_steps(&words)
    }) {
        table.columns = Some(Columns::Steps(steps));
    } else if let Some(methods) = Reader::heading_methods(&words) {
        table.columns = Some(Columns::Methods(methods));
    }
    for (position, text) in head {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        let step = reader
            .catalogue
            .step_named(reader.component, text)
            .is_some();
        let method = crate::signs::method_named(text).is_some()
            && table
                .columns
                .as_ref()
                .is_some_and(|columns| matches!(columns, Columns::Methods(_)));
        if is_heading_words(&words) || step || method || reader.heading_steps(&words).is_some() {
            table.has_assessment |= key(text) == "assessment";
            table.heading.push(*position);
        }
    }
}

/// Whether the steps of the heading are on lines without blank ones between: then a blank line
/// among the marks is an empty cell.
fn is_dense(reader: &Reader<'_>, head: &Head) -> bool {
    let texts: Vec<String> = head.iter().map(|(_, text)| text.clone()).collect();
    texts
        .windows(reader.steps().max(1))
        .any(|run| run.iter().all(|text| !text.is_empty()) && reader.heading_steps(run).is_some())
}

/// The cells of a row from the lines after its title: exactly one that is not blank for each column,
/// or, if `every` is given, one line of any kind. `every` has the number of such lines of each row.
fn stack(
    after: &[(usize, String)],
    columns: usize,
    is_last: bool,
    every: Option<&[usize]>,
) -> Option<(Vec<String>, Vec<usize>)> {
    let filled: Vec<&(usize, String)> = after.iter().filter(|(_, text)| !text.is_empty()).collect();
    // A bare number is that of a page.
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if filled
        .iter()
        .any(|(_, text)| !may_be_marks(text) || is_number(text))
    {
        return None;
    }
    let taken = |cells: Vec<&(usize, String)>| {
        let lines = cells
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(line, _)| *line)
            .collect();
        Some((
            cells.into_iter().map(|(_, text)| text.clone()).collect(),
            lines,
        ))
    };
    if filled.len() == columns {
        return taken(filled);
    }
    let every = every?;
    // A page break within the row may have taken blank lines or added some.
    let unbroken = after
        .iter()
        .zip(after.iter().skip(1))
        .all(|(one, next)| next.0 == one.0 + 1);
    if !unbroken {
        return None;
    }
    if after.len() == columns && !is_last {
        return taken(after.iter().collect());
    }
    // After the last row come blank lines that are no cells. The other rows show the pattern.
    let others = every
        .split_last()
        .map(|(_, others)| others)
        .unwrap_or_default();
    let pattern = !others.is_empty() && others.iter().all(|count| *count == columns);
    if is_last && pattern && after.len() >= columns {
        let (cells, rest) = after.split_at(columns);
        // The blank line after the table would be taken for its last cell.
        if rest.is_empty() && cells.last().is_some_and(|(_, text)| text.is_empty()) {
            return None;
        }
        return rest
            .iter()
            .all(|(_, text)| text.is_empty())
            .then(|| taken(cells.iter().collect()))
            .flatten();
    }
    None
}
