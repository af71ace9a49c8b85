//! Reads roles, phases, the acts that a phase opens to each role, and what must be complete before it.

use super::builder::{FrameworkBuilder, UniqueIds, identifier, optional_identifier};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::{Located, Reader};
use wcc_core::framework::{
    ApprovalDefinition, ApprovalIndex, ApprovalRequirement, Methods, Phase, PhaseRequirement,
    RequiredOf, Role,
};
use wcc_core::policy::Resource;
use wcc_core::record::RecordGroup;
use wcc_core::{Method, Subject, policy};

pub(super) fn roles(root: &Reader<'_>) -> Vec<Role> {
    let mut ids = UniqueIds::default();
    let tables = root.tables("role");
    let roles = tables.iter().map(|table| {
        table.only(&[
            "id",
            "title",
            "methods",
            "acts",
            "approvals",
            "after_release",
            "never",
        ]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        Role {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
            methods: Vec::new(),
            acts: acts(table, "acts"),
            approvals: Vec::new(),
            after_release: Vec::new(),
            never: Vec::new(),
        }
    });
    roles.collect()
}

/// Reads the methods by which each role judges: those that it lists, and those that say that it uses
/// them.
pub(super) fn read_methods_of_roles(root: &Reader<'_>, methods: &Methods, roles: &mut [Role]) {
    for (table, role) in root.tables("role").iter().zip(roles) {
        let uses = methods
            .each()
            .filter(|method| method.used_by.as_deref() == Some(&role.id));
        role.methods = uses.map(|method| method.purpose).collect();
        for name in table.texts("methods").unwrap_or_default() {
            match methods.named(name.value) {
                Some(purpose) if role.methods.contains(&purpose) => {}
                Some(purpose) => role.methods.push(purpose),
                None => unknown_method(table, &name, methods),
            }
        }
        role.after_release = groups(table, "after_release", methods, &[]);
        role.never = groups(table, "never", methods, &[]);
    }
}

/// Reads the `[[phase]]` tables, except what they require.
pub(super) fn phases(tables: &[Reader<'_>], roles: &[Role]) -> Vec<Phase> {
    let mut ids = UniqueIds::default();
    let phases = tables.iter().map(|table| {
        table.only(&[
            "id",
            "title",
            "from",
            "to",
            "as_stated",
            "source",
            "acts",
            "shows",
            "after",
            "requires",
        ]);
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
            shows: Vec::new(),
            after: optional_identifier(table, "after").map(|after| after.value.to_owned()),
            requires: Vec::new(),
            requires_approvals: Vec::new(),
        }
    });
    let phases: Vec<Phase> = phases.collect();
    for (at, table) in tables.iter().enumerate() {
        check_order(table, &phases, at);
    }
    phases
}

/// The phase before must exist, begin no later, and not lead back to this phase.
fn check_order(table: &Reader<'_>, phases: &[Phase], at: usize) {
    let Some(phase) = phases.get(at) else { return };
    let Some(after) = phase.after.as_deref() else {
        return;
    };
    let spot = table.spot_of("after");
    let Some(before) = phases.iter().find(|phase| phase.id == after) else {
        let ids = || phases.iter().map(|phase| phase.id.as_str());
        table.document.add(&spot, |problem| {
            problem(format!("there is no phase {}", quoted(after)))
                .expecting_one_of(ids())
                .nearest_to(nearest(after, ids()))
        });
        return;
    };
    if comes_after_itself(phases, at) {
        table.document.add(&spot, |problem| {
            problem(format!(
                "{} comes after itself, by way of {}",
                quoted(&phase.id),
                quoted(after)
            ))
            .expecting("a phase that does not come after this one")
        });
        return;
    }
    if let (Some(own), Some(others)) = (phase.from, before.from)
        && own < others
    {
        table.document.add(&spot, |problem| {
            problem(format!(
                "{} begins on {others}, after this phase, which begins on {own}",
                quoted(after)
            ))
            .expecting("a phase that begins earlier")
        });
    }
}

/// Whether a phase is the first in the file of those that follow one another in a circle.
fn comes_after_itself(phases: &[Phase], start: usize) -> bool {
    let before = |at: usize| {
        let id = phases.get(at)?.after.as_deref()?;
        phases.iter().position(|phase| phase.id == id)
    };
    let mut next = before(start);
    // At most all of them, in case others form a circle.
    for _ in phases {
        match next {
            Some(at) if at == start => return true,
            Some(at) if at > start => next = before(at),
            _ => return false,
        }
    }
    false
}

/// Reads what each phase requires: its `[[phase.requires]]` tables.
pub(super) fn read_requirements(
    tables: &[Reader<'_>],
    build: &FrameworkBuilder,
    methods: &Methods,
    approvals: &[ApprovalDefinition],
    phases: &mut [Phase],
) {
    for (table, phase) in tables.iter().zip(phases) {
        for table in table.tables("requires") {
            table.only(&["method", "approval", "of", "measures"]);
            if table.has("approval") || table.is_misspelt("approval") {
                let required = approval_requirement(&table, approvals);
                phase.requires_approvals.extend(required);
            } else {
                phase.requires.extend(requirement(&table, build, methods));
            }
        }
    }
}

fn approval_requirement(
    table: &Reader<'_>,
    approvals: &[ApprovalDefinition],
) -> Option<ApprovalRequirement> {
    for key in ["method", "measures"] {
        if table.has(key) {
            table.document.add(&table.spot_of(key), |at| {
                at("is about judgements, and `approval` is given".to_owned())
                    .expecting("either `method` or `approval`")
            });
        }
    }
    let of = table.word("of", &RequiredOf::NAMES);
    let given = table.text("approval")?;
    let ids = || approvals.iter().map(|approval| approval.id.as_str());
    check_word(table, &given, "approval of this framework", ids);
    let position = ids().position(|id| id == given.value)?;
    Some(ApprovalRequirement {
        approval: ApprovalIndex(u16::try_from(position).ok()?),
        of: of.map_or(RequiredOf::Bodies, |of| of.value),
    })
}

fn requirement(
    table: &Reader<'_>,
    build: &FrameworkBuilder,
    methods: &Methods,
) -> Option<PhaseRequirement> {
    let method = table.required_text("method");
    let of = table.word("of", &RequiredOf::NAMES);
    let is_list = table.count("measures").is_some();
    let named = if is_list {
        table.texts("measures").unwrap_or_default()
    } else {
        let text = table.text("measures");
        text.filter(|text| text.value != ALL).into_iter().collect()
    };
    if is_list && named.is_empty() {
        table.document.add(&table.spot_of("measures"), |at| {
            at("the list is empty".to_owned())
                .expecting("measures, components or areas; or \"all\"")
        });
    }
    let mut repeated = UniqueIds::default();
    let mut parts = Vec::new();
    for name in &named {
        repeated.take(table, name, &name.spot);
        parts.extend(part(table, build, name));
    }
    let method = method?;
    let purpose = methods.named(method.value);
    if purpose.is_none() {
        unknown_method(table, &method, methods);
    }
    Some(PhaseRequirement {
        method: purpose?,
        of: of.map_or(RequiredOf::Bodies, |of| of.value),
        parts,
    })
}

/// The groups of records in a list, such as `after_release`: methods, kinds of records, and other words.
fn groups(
    table: &Reader<'_>,
    key: &str,
    methods: &Methods,
    others: &[&'static str],
) -> Vec<String> {
    let kinds = || {
        let groups = RecordGroup::all().filter(|group| group.method.is_none());
        groups.map(RecordGroup::name).chain(others.iter().copied())
    };
    let mut repeated = UniqueIds::default();
    let mut groups = Vec::new();
    for name in table.texts(key).unwrap_or_default() {
        repeated.take(table, &name, &name.spot);
        let method = methods.named(name.value).map(Method::name);
        match method.or_else(|| kinds().find(|kind| *kind == name.value)) {
            Some(group) => groups.push(group.to_owned()),
            // A recorded text may name a kind of an earlier version.
            None if table.document.is_recorded() => {}
            None => {
                let names = methods.ids().map(str::to_owned);
                let known: Vec<String> = names.chain(kinds().map(str::to_owned)).collect();
                let known = || known.iter().map(String::as_str);
                check_word(table, &name, "method or kind of record", known);
            }
        }
    }
    groups
}

pub(super) fn unknown_method(table: &Reader<'_>, given: &Located<&str>, methods: &Methods) {
    let ids = || methods.ids();
    table.document.add(&given.spot, |at| {
        at(format!("there is no method {}", quoted(given.value)))
            .expecting_one_of(ids())
            .nearest_to(nearest(given.value, ids()))
    });
}

/// The word for every measure.
const ALL: &str = "all";

/// A measure, or a component or area for all of its measures.
fn part(table: &Reader<'_>, build: &FrameworkBuilder, name: &Located<&str>) -> Option<Subject> {
    let part = build.find(name.value);
    if part.is_none() {
        table.document.add(&name.spot, |at| {
            at(format!(
                "there is no measure, component or area {}",
                quoted(name.value)
            ))
            .expecting("the identifier of one, or \"all\"")
            .nearest_to(nearest(name.value, build.ids()))
        });
    }
    part
}

/// The acts that a phase opens, by role.
fn open_acts(table: &Reader<'_>, roles: &[Role]) -> Vec<(String, Vec<String>)> {
    let mut opened = Vec::new();
    for role in table.keys() {
        let known = || roles.iter().map(|role| role.id.as_str());
        check_word(table, &role, "role of this framework", known);
        opened.push((role.value.to_owned(), acts(table, role.value)));
    }
    opened
}

/// Reads what each phase shows to roles before it is released: its `shows` table.
pub(super) fn read_shown(
    tables: &[Reader<'_>],
    methods: &Methods,
    roles: &[Role],
    phases: &mut [Phase],
) {
    for (table, phase) in tables.iter().zip(phases) {
        let Some(shows) = table.table("shows") else {
            continue;
        };
        for role in shows.keys() {
            let known = || roles.iter().map(|role| role.id.as_str());
            check_word(&shows, &role, "role of this framework", known);
            let shown = groups(&shows, role.value, methods, &[Resource::RATIONALE]);
            phase.shows.push((role.value.to_owned(), shown));
        }
    }
}

/// The acts in a list.
fn acts(table: &Reader<'_>, key: &str) -> Vec<String> {
    let mut repeated = UniqueIds::default();
    let mut acts = Vec::new();
    for act in table.texts(key).unwrap_or_default() {
        repeated.take(table, &act, &act.spot);
        // A recorded text may name an act of an earlier version.
        if !table.document.is_recorded() {
            check_word(table, &act, "act", policy::acts);
        }
        acts.push(act.value.to_owned());
    }
    acts
}

pub(super) fn check_word<'k, I: Iterator<Item = &'k str>>(
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
