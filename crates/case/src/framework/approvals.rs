//! Reads approvals: what each covers, which comes before it, and which roles may give it.

use super::builder::{UniqueIds, identifier, optional_identifier};
use super::phases::check_word;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::Method;
use wcc_core::framework::{ApprovalDefinition, Methods, Role};
use wcc_core::record::RecordGroup;

/// What `requires` can say.
const REQUIREMENTS: [(&str, bool); 1] = [("complete", true)];

/// Reads the `[[approval]]` tables.
pub(super) fn approvals(root: &Reader<'_>, methods: &Methods) -> Vec<ApprovalDefinition> {
    let mut ids = UniqueIds::default();
    let mut approvals: Vec<ApprovalDefinition> = Vec::new();
    for table in root.tables("approval") {
        table.only(&["id", "title", "of", "after", "freezes", "requires"]);
        let id = identifier(&table, "id");
        if let Some(id) = &id {
            ids.take(&table, id, &table.spot);
        }
        let after = optional_identifier(&table, "after");
        if let Some(after) = &after {
            check_earlier(&table, after, &approvals);
        }
        let requires = table.word("requires", &REQUIREMENTS);
        approvals.push(ApprovalDefinition {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
            of: covered(&table, methods),
            after: after.map(|after| after.value.to_owned()),
            freezes: table.flag("freezes").is_some_and(|flag| flag.value),
            requires_complete: requires.is_some_and(|requires| requires.value),
        });
    }
    approvals
}

/// The approval before must come earlier in the file, so that none comes after itself.
fn check_earlier(table: &Reader<'_>, after: &Located<&str>, earlier: &[ApprovalDefinition]) {
    let ids = || earlier.iter().map(|approval| approval.id.as_str());
    if ids().any(|id| id == after.value) {
        return;
    }
    table.document.add(&after.spot, |at| {
        at(format!(
            "there is no approval {} above this one",
            quoted(after.value)
        ))
        .expecting("the identifier of an approval that is declared before")
        .nearest_to(nearest(after.value, ids()))
    });
}

/// The groups of records that an approval covers: methods, or kinds of records.
fn covered(table: &Reader<'_>, methods: &Methods) -> Vec<RecordGroup> {
    let Some(names) = table.texts("of") else {
        if !table.has("of") {
            table.missing("of");
        }
        return Vec::new();
    };
    if table.count("of") == Some(0) {
        table.document.add(&table.spot_of("of"), |at| {
            at("the list is empty".to_owned()).expecting("methods or kinds of records")
        });
    }
    let mut repeated = UniqueIds::default();
    let mut groups = Vec::new();
    for name in &names {
        repeated.take(table, name, &name.spot);
        let method = methods.named(name.value).map(Method::name);
        let mut kinds = ApprovalDefinition::kinds();
        match method.or_else(|| kinds.find(|kind| *kind == name.value)) {
            Some(word) => groups.extend(ApprovalDefinition::groups_named(word)),
            // A recorded text may name a kind of an earlier version.
            None if table.document.is_recorded() => {}
            None => {
                let ids = methods.ids().map(str::to_owned);
                let kinds = ApprovalDefinition::kinds().map(str::to_owned);
                let known: Vec<String> = ids.chain(kinds).collect();
                let known = || known.iter().map(String::as_str);
                check_word(table, name, "method or kind of record", known);
            }
        }
    }
    groups
}

/// Reads the approvals that each role may give.
pub(super) fn read_approvals_of_roles(
    root: &Reader<'_>,
    approvals: &[ApprovalDefinition],
    roles: &mut [Role],
) {
    for (table, role) in root.tables("role").iter().zip(roles) {
        let mut repeated = UniqueIds::default();
        for name in table.texts("approvals").unwrap_or_default() {
            repeated.take(table, &name, &name.spot);
            let known = || approvals.iter().map(|approval| approval.id.as_str());
            check_word(table, &name, "approval of this framework", known);
            role.approvals.push(name.value.to_owned());
        }
    }
}
