//! Reads the series of a framework: the parts of the population that outcomes are counted for.

use super::builder::{UniqueIds, identifier};
use crate::format::Version;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::outcome::Series;
use wcc_core::words::{any_of, in_sentence};

/// Maximum number of series.
const MAX_SERIES: usize = 50;

/// The series of a framework after reading.
pub(super) struct DeclaredSeries {
    /// At least one.
    pub(super) list: Vec<Series>,
    /// Whether every series was read, so that one that is not in the list certainly does not exist.
    all_read: bool,
}

impl DeclaredSeries {
    fn ids(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|series| series.id.as_str())
    }
}

/// The series of a framework file. A file in format 1 has those by sex; one in format 2 may declare
/// others.
pub(super) fn series(root: &Reader<'_>, version: Version) -> DeclaredSeries {
    if version == Version::First || !root.has("series") {
        return DeclaredSeries {
            list: Series::by_sex(),
            all_read: true,
        };
    }
    let problems = root.document.problems();
    let tables = root.tables("series");
    if root.count("series") == Some(0) {
        root.document.add(&root.spot_of("series"), |at| {
            at("the list is empty".to_owned())
                .expecting("[[series]] tables, or no `series` for persons, males and females")
        });
    }
    if tables.len() > MAX_SERIES {
        root.document.add(&root.spot_of("series"), |at| {
            at(format!("there are {} series", tables.len()))
                .expecting(format!("at most {MAX_SERIES}"))
        });
    }
    let mut ids = UniqueIds::default();
    let mut list: Vec<Series> = Vec::new();
    for table in tables.iter().take(MAX_SERIES) {
        list.extend(declared(table, &mut ids, &list));
    }
    let all_read = root.document.problems() == problems;
    if list.is_empty() {
        list = Series::by_sex();
    }
    DeclaredSeries { list, all_read }
}

fn declared(table: &Reader<'_>, ids: &mut UniqueIds, earlier: &[Series]) -> Option<Series> {
    table.only(&["id", "title", "whole"]);
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
    }
    let title = table.required_text("title");
    let whole = table.flag("whole");
    if let Some(whole) = whole.as_ref().filter(|whole| whole.value)
        && let Some(first) = earlier.iter().find(|series| series.is_whole)
    {
        table.document.add(&whole.spot, |at| {
            at(format!(
                "the series {} is the whole already",
                quoted(&first.id)
            ))
            .expecting("`whole = true` in at most one series, which counts everyone")
        });
    }
    Some(Series {
        id: id?.value.to_owned(),
        title: in_sentence(title?.value.trim()),
        is_whole: whole.is_some_and(|whole| whole.value),
    })
}

/// The series in which an outcome is given: those that it lists, or else the first.
pub(super) fn of_outcome(row: &Reader<'_>, declared: &DeclaredSeries) -> Vec<String> {
    let first = declared.ids().next().unwrap_or_default();
    let Some(names) = row.texts("series") else {
        return vec![first.to_owned()];
    };
    if row.count("series") == Some(0) {
        row.document.add(&row.spot_of("series"), |at| {
            let known = any_of(declared.ids());
            at("the list is empty".to_owned())
                .expecting(format!("{known}, or no `series` for {first}"))
        });
    }
    let mut repeated = UniqueIds::default();
    for name in &names {
        repeated.take(row, name, &name.spot);
        if declared.all_read && !declared.ids().any(|id| id == name.value) {
            row.document.add(&name.spot, |at| {
                at(format!("{} is not known", quoted(name.value)))
                    .expecting_one_of(declared.ids())
                    .nearest_to(nearest(name.value, declared.ids()))
            });
        }
    }
    names.iter().map(|name| name.value.to_owned()).collect()
}
