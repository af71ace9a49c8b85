//! A table on a page.

use super::{Order, Row, Table};
use crate::parameters::with_query;
use maud::{Markup, html};

impl Table {
    /// The table, with links to sort and download it; `address` is that of its page.
    pub(crate) fn html(&self, address: &str, order: Option<&Order>) -> Markup {
        if self.rows.is_empty() {
            return html! { @if !self.otherwise.is_empty() { p.wcc-none { (self.otherwise) } } };
        }
        let order = order.filter(|order| order.is_for(self));
        let class = if self.is_grid {
            "nhsuk-table wcc-grid"
        } else {
            "nhsuk-table wcc-stacked"
        };
        html! {
            div.wcc-table id=(self.name) {
                // Whoever uses a keyboard scrolls what is wider than the screen.
                div.wcc-table__scroll tabindex="0" role="region" aria-label=(self.caption) {
                    table class=(class) {
                        caption.nhsuk-table__caption.nhsuk-table__caption--s { span.wcc-table__caption { (self.caption) } }
                        thead.nhsuk-table__head {
                            tr {
                                @for (number, column) in self.columns.iter().enumerate() {
                                    th.nhsuk-table__header scope="col"
                                        aria-sort=[sorted(order, number)] {
                                        (self.heading(number, column, address, order))
                                    }
                                }
                            }
                        }
                        tbody.nhsuk-table__body {
                            @for row in &self.rows {
                                @if self.is_grid { (self.row_of_grid(row)) } @else { (self.row(row)) }
                            }
                        }
                    }
                }
                p.wcc-table__downloads {
                    "Download this table: "
                    a href=(self.file(address, "xlsx")) { "Excel" }
                    " "
                    a href=(self.file(address, "csv")) { "CSV" }
                }
            }
        }
    }

    /// The address of the table as a file.
    fn file(&self, address: &str, extension: &str) -> String {
        let file = format!("{}.{extension}", self.name);
        with_query(address, [("table", file.as_str())])
    }

    fn heading(
        &self,
        number: usize,
        column: &super::Column,
        address: &str,
        order: Option<&Order>,
    ) -> Markup {
        let title = html! {
            @match &column.in_full {
                Some(in_full) => abbr title=(in_full) { (column.title) },
                None if column.is_for_acts() => span.nhsuk-u-visually-hidden { "What you can do" },
                None => (column.title),
            }
        };
        if !self.is_sortable() || column.is_for_acts() {
            return title;
        }
        let is_ascending =
            order.is_some_and(|order| order.column == number && !order.is_descending);
        let sign = if is_ascending { "-" } else { "" };
        let sort = format!("{}.{sign}{number}", self.name);
        html! {
            a href={ (with_query(address, [("sort", sort.as_str())])) "#" (self.name) } { (title) }
        }
    }

    /// A row of a grid, which has many: it is never laid out as anything else than a table, so its cells need no
    /// title of their column.
    fn row_of_grid(&self, row: &Row) -> Markup {
        html! {
            tr class=[row.is_group.then_some("wcc-table__group")] {
                @for (number, cell) in row.cells.iter().enumerate() {
                    @if number == 0 {
                        th scope="row" { (cell.markup()) }
                    } @else {
                        // Written at once: there are thousands.
                        td class=[cell.number.and(Some("wcc-table__number"))] {
                            @match (&cell.address, &cell.shown) {
                                (Some(address), Some(shown)) => a href=(address) { (shown) },
                                (None, Some(shown)) => (shown),
                                _ => (cell.markup()),
                            }
                        }
                    }
                }
            }
        }
    }

    fn row(&self, row: &Row) -> Markup {
        html! {
            tr.nhsuk-table__row.wcc-table__group[row.is_group] {
                @for (number, cell) in row.cells.iter().enumerate() {
                    @let title = self.columns.get(number).map(|column| column.title.as_str());
                    @if number == 0 {
                        th.nhsuk-table__cell scope="row" { (cell.markup()) }
                    } @else {
                        td.nhsuk-table__cell.wcc-table__number[cell.number.is_some()]
                            data-label=[title.filter(|title| title.is_empty() || !cell.text.is_empty())] {
                            (cell.markup())
                        }
                    }
                }
            }
        }
    }
}

fn sorted(order: Option<&Order>, column: usize) -> Option<&'static str> {
    let order = order.filter(|order| order.column == column)?;
    Some(if order.is_descending {
        "descending"
    } else {
        "ascending"
    })
}
