//! Reads the areas that need a strategic lead, and the plans that a framework asks for.

use super::builder::{FrameworkBuilder, UniqueIds, identifier};
use super::phases::check_word;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::framework::{PlanDefinition, PlanMaker, Role};
use wcc_core::record::Topic;

/// Reads the areas in `[leads]`.
pub(super) fn areas_to_lead(root: &Reader<'_>, build: &FrameworkBuilder) -> Vec<Topic> {
    let Some(table) = root.table("leads") else {
        return Vec::new();
    };
    table.only(&["areas"]);
    if !table.has("areas") {
        table.missing("areas");
    }
    let mut repeated = UniqueIds::default();
    let mut areas = Vec::new();
    for name in table.texts("areas").unwrap_or_default() {
        repeated.take(&table, &name, &name.spot);
        let subject = build.find(name.value).map(Topic::Subject);
        let outcomes = || (name.value == Topic::OUTCOMES).then_some(Topic::Outcomes);
        match subject.or_else(outcomes) {
            Some(topic) => areas.push(topic),
            None => table.document.add(&name.spot, |at| {
                let ids = build.ids().chain([Topic::OUTCOMES]);
                at(format!(
                    "there is no measure, component or area {}",
                    quoted(name.value)
                ))
                .expecting(format!("the identifier of one, or \"{}\"", Topic::OUTCOMES))
                .nearest_to(nearest(name.value, ids))
            }),
        }
    }
    areas
}

/// Reads the `[[plan]]` tables, which name some of the roles.
pub(super) fn plans(root: &Reader<'_>, roles: &[Role]) -> Vec<PlanDefinition> {
    let mut ids = UniqueIds::default();
    let tables = root.tables("plan");
    let tables = tables.iter();
    tables.map(|table| plan(table, &mut ids, roles)).collect()
}

fn plan(table: &Reader<'_>, ids: &mut UniqueIds, roles: &[Role]) -> PlanDefinition {
    table.only(&[
        "id",
        "title",
        "of",
        "by",
        "years",
        "due",
        "as_stated",
        "source",
        "lines",
        "first_month",
    ]);
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
    }
    let of = table.word("of", &PlanMaker::NAMES);
    let years = table.integer("years", 1..=100);
    PlanDefinition {
        id: id.map_or_else(String::new, |id| id.value.to_owned()),
        title: table.required_owned("title"),
        of: of.map_or(PlanMaker::Bodies, |of| of.value),
        by: filed_by(table, roles),
        years: years.and_then(|years| u16::try_from(years.value).ok()),
        due: table.date("due").map(|due| due.value),
        as_stated: table.owned("as_stated"),
        source: table.owned("source"),
        first_month: first_month(table),
    }
}

/// The roles that file a plan.
fn filed_by(table: &Reader<'_>, roles: &[Role]) -> Vec<String> {
    let given = table.texts("by").unwrap_or_default().into_iter();
    let roles_of_plan = given.map(|role| {
        let known = || roles.iter().map(|role| role.id.as_str());
        check_word(table, &role, "role of this framework", known);
        role.value.to_owned()
    });
    roles_of_plan.collect()
}

/// The month in which the lines of a plan start; `None` if the plan has none.
fn first_month(table: &Reader<'_>) -> Option<u8> {
    let has_lines = table.word("lines", &[("months", ())]).is_some();
    let first = table.integer("first_month", 1..=12);
    if first.is_some() && !table.has("lines") && !table.is_misspelt("lines") {
        table.document.add(&table.spot_of("first_month"), |at| {
            at("the plan has no lines by month".to_owned())
                .expecting("`lines = \"months\"` beside it, or no `first_month`")
        });
    }
    let first = first.map_or(1, |first| first.value);
    has_lines.then(|| u8::try_from(first).unwrap_or(1))
}
