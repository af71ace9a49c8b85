//! Tables, which are shown, sorted and downloaded in the same way on every page.

mod download;
mod html;
mod sort;

pub(crate) use download::Download;
pub(crate) use sort::Order;

use crate::address::Place;
use crate::parts::definition::AnyBody;
use maud::{Markup, html};
use std::borrow::Cow;

/// A table.
pub(crate) struct Table {
    /// Its name in addresses, and that of its downloads.
    pub(crate) name: Cow<'static, str>,
    /// What it shows.
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    /// Said instead of the table if it has no rows.
    pub(crate) otherwise: &'static str,
    /// Whether narrow screens show it as it is, to be scrolled, because its columns are compared.
    pub(crate) is_grid: bool,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) title: String,
    /// What a short title stands for.
    pub(crate) in_full: Option<String>,
}

impl Column {
    pub(crate) fn new(title: impl Into<String>) -> Column {
        Column {
            title: title.into(),
            in_full: None,
        }
    }

    /// Whether it has acts and no data, so nobody sorts or downloads it.
    fn is_for_acts(&self) -> bool {
        self.title.is_empty()
    }

    /// A column whose title is short for something.
    pub(crate) fn short(title: impl Into<String>, in_full: impl Into<String>) -> Column {
        Column {
            title: title.into(),
            in_full: Some(in_full.into()),
        }
    }
}

impl Table {
    /// Leaves a last column of acts out if there is none in it.
    pub(crate) fn drop_unused_acts(&mut self) {
        let Some(last) = self.columns.len().checked_sub(1) else {
            return;
        };
        let is_for_acts = self.columns.last().is_some_and(Column::is_for_acts);
        let mut cells = self.rows.iter().filter_map(|row| row.cells.get(last));
        let is_used = cells.any(|cell| {
            let shown = cell.shown.as_ref();
            shown.is_some_and(|shown| !shown.0.is_empty())
        });
        if is_for_acts && !is_used {
            self.columns.truncate(last);
            for row in &mut self.rows {
                row.cells.truncate(last);
            }
        }
    }
}

/// Columns with these titles; one without a title is for acts.
pub(crate) fn columns(titles: &[&str]) -> Vec<Column> {
    titles.iter().map(|title| Column::new(*title)).collect()
}

/// A row; its first cell names it.
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    /// Whether the rows below belong to it.
    pub(crate) is_group: bool,
}

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            is_group: false,
        }
    }

    /// A row to which the rows below belong.
    pub(crate) fn group(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            is_group: true,
        }
    }
}

/// A cell: its text, for downloads and sorting, and how it is shown.
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Its value, if it is a number.
    pub(crate) number: Option<f64>,
    pub(crate) shown: Option<Markup>,
    pub(crate) address: Option<String>,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            number: None,
            shown: None,
            address: None,
        }
    }

    /// A text that may be missing.
    pub(crate) fn maybe(text: Option<&str>) -> Cell {
        Cell::text(text.unwrap_or_default())
    }

    pub(crate) fn number(value: f64) -> Cell {
        Cell {
            number: Some(value),
            ..Cell::text(value.to_string())
        }
    }

    /// A figure with at most two decimals, if there is one.
    pub(crate) fn rounded(value: Option<f64>) -> Cell {
        value.map_or_else(
            || Cell::text(""),
            |value| Cell::number((value * 100.0).round() / 100.0),
        )
    }

    pub(crate) fn count(value: u32) -> Cell {
        Cell::number(f64::from(value))
    }

    /// A text that leads somewhere.
    pub(crate) fn link(text: impl Into<String>, address: impl Into<String>) -> Cell {
        Cell {
            address: Some(address.into()),
            ..Cell::text(text)
        }
    }

    /// The name of a body, which leads to it.
    pub(crate) fn body(body: &AnyBody, place: &Place) -> Cell {
        Cell {
            address: body.address(place),
            ..Cell::text(&body.name)
        }
    }

    /// A text that is shown in another form.
    pub(crate) fn shown(text: impl Into<String>, shown: Markup) -> Cell {
        Cell {
            shown: Some(shown),
            ..Cell::text(text)
        }
    }

    /// The cell with a link.
    pub(crate) fn to(self, address: impl Into<String>) -> Cell {
        Cell {
            address: Some(address.into()),
            ..self
        }
    }

    fn markup(&self) -> Markup {
        let inner = match &self.shown {
            Some(shown) => shown.clone(),
            None => html! { (self.text) },
        };
        match &self.address {
            Some(address) => html! { a href=(address) { (inner) } },
            None => inner,
        }
    }
}
