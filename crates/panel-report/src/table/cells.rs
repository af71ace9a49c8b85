//! Tables whose cells are separated by tabs or vertical bars.

use super::{
    Cells, Columns, MAX_TITLE, Placed, Reader, Row, Table, is_heading_words, is_rule, split_cells,
};
use crate::signs::may_be_marks;
use crate::text::{item, key};

pub(super) fn read(reader: &Reader<'_>, lines: &[Placed<'_>], table: &mut Table) {
    let mut found: Vec<(Row, Vec<String>)> = Vec::new();
    for (at, line) in lines {
        if is_rule(&line.text) {
            table.heading.push(*at);
            continue;
        }
        let cells = split_cells(&line.text);
        // A heading with empty cells at its end shows as well that ends are not cut off.
        table.writes_empty_ends |= line.text.ends_with('\t');
        let named = cells.iter().enumerate().find_map(|(column, cell)| {
            Some((
                column,
                reader.name(cell).filter(|named| named.measure.is_some())?,
            ))
        });
        if named.is_none() && read_heading(reader, &cells, table) {
            table.heading.push(*at);
            continue;
        }
        if let Some((column, named)) = named {
            let after = cells.get(column + 1..).unwrap_or_default().to_vec();
            table.writes_empty_ends |=
                after.last().is_some_and(String::is_empty) && line.text.contains('\t');
            let unclear = named
                .conflict
                .then(|| "its number and its title name different measures".to_owned());
            let row = Row {
                measure: named.measure,
                measure_inferred: None,
                title: named.title,
                cells: unclear.map_or(Cells::Whole(Vec::new()), Cells::Unclear),
                stated: Vec::new(),
                before: cells.get(..column).unwrap_or_default().to_vec(),
                lines: vec![*at],
            };
            found.push((row, after));
            continue;
        }
        // The rest of a title that was broken within its cell, or a row with another title.
        let texts: Vec<usize> = (0..cells.len())
            .filter(|column| cells.get(*column).is_some_and(|cell| is_text(cell)))
            .collect();
        let Some(column) = texts.last().copied() else {
            continue;
        };
        let after = cells.get(column + 1..).unwrap_or_default().to_vec();
        let text = cells.get(column).cloned().unwrap_or_default();
        let only = cells.iter().filter(|cell| !cell.is_empty()).count() == 1;
        let has_marker = item(&text).is_some();
        if only && !has_marker {
            if let Some((row, _)) = found
                .last_mut()
                .filter(|(row, _)| row.measure.is_none() && row.title.len() <= MAX_TITLE)
            {
                row.title = format!("{} {text}", row.title);
                row.measure = reader.name(&row.title).and_then(|named| named.measure);
                row.lines.push(*at);
                continue;
            }
            // A component's title in a row of its own.
            if found.is_empty() {
                table.heading.push(*at);
                continue;
            }
        }
        let marks = after
            .iter()
            .all(|cell| cell.is_empty() || may_be_marks(cell));
        if marks && (has_marker || after.len() >= 2) {
            table.writes_empty_ends |=
                after.last().is_some_and(String::is_empty) && line.text.contains('\t');
            let title = item(&text)
                .map_or(text.as_str(), |(_, title)| title)
                .to_owned();
            let row = Row {
                measure: None,
                measure_inferred: None,
                title,
                cells: Cells::Whole(Vec::new()),
                stated: Vec::new(),
                before: cells.get(..column).unwrap_or_default().to_vec(),
                lines: vec![*at],
            };
            found.push((row, after));
        }
    }
    let columns = table
        .columns
        .as_ref()
        .map_or(reader.steps(), Columns::count);
    let surplus = common_surplus(&found, columns);
    // Only tabs at the end of a line are cut off.
    let bars = lines.iter().any(|(_, line)| !line.text.contains('\t'));
    for (mut row, after) in found {
        if !matches!(row.cells, Cells::Unclear(_)) {
            row.cells = fit(after, columns, surplus, !bars);
        }
        table.rows.push(row);
    }
}

fn is_text(cell: &str) -> bool {
    let words = key(cell);
    words.contains(' ')
        && words.chars().filter(|sign| sign.is_alphabetic()).count() >= 4
        && !may_be_marks(cell)
}

/// Takes a row as (part of) the heading; false if it is none.
fn read_heading(reader: &Reader<'_>, cells: &[String], table: &mut Table) -> bool {
    let assessment = cells.first().is_some_and(|cell| {
        let cell = key(cell);
        cell.contains("assessment") || cell.starts_with("overall")
    });
    if let Some(steps) = reader.heading_steps(cells) {
        table.has_assessment |= assessment;
        // A heading that is repeated on the next page changes nothing; another order is another table.
        if table.columns.is_none() {
            table.columns = Some(Columns::Steps(steps));
        }
        return true;
    }
    if let Some(methods) = Reader::heading_methods(cells) {
        if table.columns.is_none() {
            table.columns = Some(Columns::Methods(methods));
        }
        return true;
    }
    let heads = is_heading_words(cells);
    table.has_assessment |= heads && assessment;
    heads
}

/// The number of trailing empty cells that most rows have beyond their columns; then a row without
/// them has lost a cell.
fn common_surplus(found: &[(Row, Vec<String>)], columns: usize) -> usize {
    let longest = found
        .iter()
        .map(|(_, after)| after.len())
        .max()
        .unwrap_or(0);
    let empty = |after: &[String]| {
        after
            .get(columns..)
            .is_some_and(|extra| extra.iter().all(String::is_empty))
    };
    let as_long = found
        .iter()
        .filter(|(_, after)| after.len() == longest && empty(after))
        .count();
    if longest > columns && as_long * 2 > found.len() && found.len() > 1 {
        longest - columns
    } else {
        0
    }
}

fn fit(mut after: Vec<String>, columns: usize, surplus: usize, may_be_cut: bool) -> Cells {
    if after.len() == columns + surplus {
        after.truncate(columns);
        return Cells::Whole(after);
    }
    if after.len() < columns && may_be_cut && surplus == 0 {
        return Cells::Short(after);
    }
    Cells::Unclear(format!(
        "the row has {} cells for {columns} columns",
        after.len()
    ))
}
