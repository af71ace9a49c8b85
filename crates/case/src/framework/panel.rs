//! Reads who sits on the panels of a framework.

use super::builder::{UniqueIds, identifier};
use crate::toml_reader::Reader;
use wcc_core::framework::{PanelCategory, PanelRule};

/// Maximum number of members.
const MAX_MEMBERS: u16 = 100;
/// Maximum number of categories.
const MAX_CATEGORIES: usize = 100;

/// The `[panel]` table of a framework.
pub(super) fn panel(table: &Reader<'_>) -> PanelRule {
    table.only(&["size", "category", "source"]);
    let size = table.integer("size", 1..=i64::from(MAX_MEMBERS));
    let size = size.and_then(|size| u16::try_from(size.value).ok());
    let tables = table.tables("category");
    if tables.is_empty() {
        table.missing("category");
    }
    if tables.len() > MAX_CATEGORIES {
        table.document.add(&table.spot_of("category"), |at| {
            at(format!("there are {}", tables.len())).expecting(format!("at most {MAX_CATEGORIES}"))
        });
    }
    let mut ids = UniqueIds::default();
    let categories = tables.iter().take(MAX_CATEGORIES).map(|table| {
        table.only(&["id", "title", "expected"]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        PanelCategory {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
            expected: table.flag("expected").is_some_and(|flag| flag.value),
        }
    });
    PanelRule {
        size,
        categories: categories.collect(),
        source: table.owned("source"),
    }
}
