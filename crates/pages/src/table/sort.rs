//! Sorting by a column.

use super::{Cell, Row, Table};
use std::cmp::Ordering;

/// The column by which a table is sorted: `results.3`, or `results.-3` from the last to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    table: String,
    pub(super) column: usize,
    pub(super) is_descending: bool,
}

impl Order {
    /// Reads the parameter of an address.
    pub(crate) fn parse(text: &str) -> Option<Order> {
        let (table, column) = text.rsplit_once('.')?;
        let (is_descending, column) = match column.strip_prefix('-') {
            Some(column) => (true, column),
            None => (false, column),
        };
        Some(Order {
            table: table.to_owned(),
            column: column.parse().ok()?,
            is_descending,
        })
    }

    pub(super) fn is_for(&self, table: &Table) -> bool {
        self.table == table.name && self.column < table.columns.len()
    }
}

impl Table {
    /// Whether its rows can be put into another order: rows that belong to the one above cannot.
    pub(super) fn is_sortable(&self) -> bool {
        self.rows.len() > 2 && !self.rows.iter().any(|row| row.is_group)
    }

    /// Sorts the rows. Equal rows stay in order, and empty cells come last either way.
    pub(crate) fn sort(&mut self, order: &Order) {
        if !order.is_for(self) || !self.is_sortable() {
            return;
        }
        let cell = |row: &Row| row.cells.get(order.column).map(key);
        self.rows.sort_by(|left, right| {
            let (left, right) = (cell(left).flatten(), cell(right).flatten());
            match (left, right) {
                (Some(left), Some(right)) if order.is_descending => compare(&right, &left),
                (Some(left), Some(right)) => compare(&left, &right),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            }
        });
    }
}

/// Numbers come before texts.
enum Key {
    Number(f64),
    Text(String),
}

fn key(cell: &Cell) -> Option<Key> {
    let text = cell.text.trim();
    if text.is_empty() {
        return None;
    }
    let number = cell.number.or_else(|| text.parse().ok());
    Some(number.map_or_else(|| Key::Text(text.to_lowercase()), Key::Number))
}

fn compare(left: &Key, right: &Key) -> Ordering {
    match (left, right) {
        (Key::Number(left), Key::Number(right)) => left.total_cmp(right),
        (Key::Text(left), Key::Text(right)) => left.cmp(right),
        (Key::Number(_), Key::Text(_)) => Ordering::Less,
        (Key::Text(_), Key::Number(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Column, Row, Table};
    use super::Order;

    fn table(values: &[&str]) -> Table {
        Table {
            name: "t".into(),
            caption: String::new(),
            columns: vec![Column::new("a")],
            rows: values
                .iter()
                .map(|value| Row::new(vec![Cell::text(*value)]))
                .collect(),
            otherwise: "",
            is_grid: false,
        }
    }

    #[test]
    fn empty_cells_come_last_either_way() {
        for (order, expected) in [
            ("t.0", ["2", "10", "b", ""]),
            ("t.-0", ["b", "10", "2", ""]),
            ("u.0", ["10", "", "b", "2"]),
            ("t.1", ["10", "", "b", "2"]),
        ] {
            let mut table = table(&["10", "", "b", "2"]);
            table.sort(&Order::parse(order).unwrap());
            let sorted: Vec<&str> = table.rows.iter().map(|row| &*row.cells[0].text).collect();
            assert_eq!(sorted, expected, "{order}");
        }
        assert_eq!(Order::parse("t"), None);
        assert_eq!(Order::parse("t.x"), None);
    }
}
