//! Tables of a word processor, whose rows may merge cells: each row with as many cells as the table has
//! columns.

/// A cell with its width in the grid of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct GridCell {
    /// Where it begins, in columns of the grid.
    pub(super) start: usize,
    /// How many columns of the grid it covers.
    pub(super) span: usize,
    /// Its paragraphs, and the rows of tables within it.
    pub(super) lines: Vec<String>,
    /// Whether a table is within it.
    pub(super) has_table: bool,
}

impl GridCell {
    fn text(&self) -> String {
        let filled = self.lines.iter().map(|line| line.replace('\t', " "));
        let filled = filled.filter(|line| !line.trim().is_empty());
        filled.collect::<Vec<_>>().join(" ").trim().to_owned()
    }
}

/// What stands for a value in a cell that covers several columns: it is in none of them for certain.
const ACROSS: char = '⇔';

/// The rows of a table as lines with tabs between the cells.
pub(super) fn lines(rows: &[Vec<GridCell>]) -> Vec<String> {
    let edges = edges(rows);
    let mut out = Vec::new();
    for row in rows {
        let mut filled = row.iter().filter(|cell| !cell.text().is_empty());
        // A table around a table only places it on the page.
        if let (Some(only), None) = (filled.next(), filled.next())
            && only.has_table
        {
            out.extend(only.lines.iter().cloned());
            continue;
        }
        out.push(cells(row, &edges).join("\t"));
    }
    out
}

/// Where the columns of a table begin and end: edges that at least half of its rows have. Widths differ a
/// little in the rows of many documents, and each difference makes a column of the grid.
fn edges(rows: &[Vec<GridCell>]) -> Vec<usize> {
    let mut counts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for row in rows {
        let mut own: Vec<usize> = row
            .iter()
            .flat_map(|cell| [cell.start, cell.start + cell.span])
            .collect();
        own.sort_unstable();
        own.dedup();
        for edge in own {
            *counts.entry(edge).or_default() += 1;
        }
    }
    let common = counts
        .into_iter()
        .filter(|(_, count)| count * 2 >= rows.len());
    common.map(|(edge, _)| edge).collect()
}

/// The cells of a row by the columns of the table. Two cells within one column stay two: the row then has
/// more cells than the table has columns, and none of its marks is taken.
fn cells(row: &[GridCell], edges: &[usize]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // How many columns the cells so far cover.
    let mut covered = 0;
    let column_at = |place: usize| edges.partition_point(|edge| *edge <= place).max(1);
    for cell in row {
        let text = cell.text();
        let first = column_at(cell.start);
        let columns = column_at(cell.start + cell.span.max(1) - 1)
            .saturating_sub(first)
            .saturating_add(1);
        if covered >= first {
            out.push(text);
            continue;
        }
        // Columns that the row leaves out.
        out.extend(std::iter::repeat_n(String::new(), first - 1 - covered));
        covered = first - 1 + columns;
        let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
        let is_sign = !text.chars().any(char::is_alphanumeric);
        if columns < 2 || text.is_empty() {
            out.push(text);
            out.extend(std::iter::repeat_n(String::new(), columns - 1));
        } else if letters >= 4 {
            // A title is beside what follows it.
            out.extend(std::iter::repeat_n(String::new(), columns - 1));
            out.push(text);
        } else if is_sign || text.eq_ignore_ascii_case("n/a") {
            out.extend(std::iter::repeat_n(text, columns));
        } else {
            out.extend(std::iter::repeat_n(format!("{text} {ACROSS}"), columns));
        }
    }
    out
}
