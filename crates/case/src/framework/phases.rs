//! Reads roles, phases, and the acts that a phase opens to each role.

use super::builder::{UniqueIds, identifier};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::framework::{Phase, Role};
use wcc_core::policy;

pub(super) fn roles(root: &Reader<'_>) -> Vec<Role> {
    let mut ids = UniqueIds::default();
    let tables = root.tables("role");
    let roles = tables.iter().map(|table| {
        table.only(&["id", "title"]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        Role {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
        }
    });
    roles.collect()
}

pub(super) fn phases(root: &Reader<'_>, roles: &[Role]) -> Vec<Phase> {
    let mut ids = UniqueIds::default();
    let tables = root.tables("phase");
    let phases = tables.iter().map(|table| {
        table.only(&["id", "title", "from", "to", "as_stated", "source", "acts"]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        let (from, to) = (table.date("from"), table.date("to"));
        if let (Some(from), Some(to)) = (&from, &to)
            && from.value > to.value
        {
            table.document.add(&to.spot, |at| {
                at(format!("{} is before `from`, {}", to.value, from.value))
                    .expecting("the last day of the phase")
            });
        }
        Phase {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
            from: from.map(|from| from.value),
            to: to.map(|to| to.value),
            as_stated: table.owned("as_stated"),
            source: table.owned("source"),
            acts: table
                .table("acts")
                .map_or_else(Vec::new, |acts| open_acts(&acts, roles)),
        }
    });
    phases.collect()
}

/// The acts that a phase opens, by role.
fn open_acts(table: &Reader<'_>, roles: &[Role]) -> Vec<(String, Vec<String>)> {
    let mut opened = Vec::new();
    for role in table.keys() {
        let known = || roles.iter().map(|role| role.id.as_str());
        check_word(table, &role, "role of this framework", known);
        let mut repeated = UniqueIds::default();
        let mut acts = Vec::new();
        for act in table.texts(role.value).unwrap_or_default() {
            repeated.take(table, &act, &act.spot);
            // A recorded text may name an act of an earlier version.
            if !table.document.is_recorded() {
                check_word(table, &act, "act", policy::acts);
            }
            acts.push(act.value.to_owned());
        }
        opened.push((role.value.to_owned(), acts));
    }
    opened
}

fn check_word<'k, I: Iterator<Item = &'k str>>(
    table: &Reader<'_>,
    name: &Located<&str>,
    what: &str,
    known: impl Fn() -> I,
) {
    if known().any(|word| word == name.value) {
        return;
    }
    table.document.add(&name.spot, |at| {
        at(format!("{} is not a known {what}", quoted(name.value)))
            .expecting_one_of(known())
            .nearest_to(nearest(name.value, known()))
    });
}
