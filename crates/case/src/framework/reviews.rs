//! Reads the lighter rounds that a cycle can be, besides a full one: the `[[review]]` tables.

use super::builder::{FrameworkBuilder, UniqueIds, identifier};
use super::phases::check_word;
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::Subject;
use wcc_core::framework::{
    ApprovalDefinition, ApprovalIndex, Phase, PhaseIndex, PlanDefinition, PlanIndex,
    ReviewDefinition,
};

/// What the tables name, in the order of the file.
pub(super) struct Declarations<'a> {
    pub(super) approvals: &'a [ApprovalDefinition],
    pub(super) phases: &'a [Phase],
    pub(super) plans: &'a [PlanDefinition],
}

pub(super) fn reviews(
    root: &Reader<'_>,
    build: &FrameworkBuilder,
    declared: &Declarations<'_>,
) -> Vec<ReviewDefinition> {
    let mut ids = UniqueIds::default();
    let tables = root.tables("review");
    let reviews = tables.iter().map(|table| {
        table.only(&[
            "id",
            "title",
            "measures",
            "approvals",
            "phases",
            "plans",
            "panel",
            "outcomes",
            "source",
        ]);
        let id = identifier(table, "id");
        if let Some(id) = &id {
            ids.take(table, id, &table.spot);
        }
        let approvals = declared.approvals.iter().map(|approval| &*approval.id);
        let phases = declared.phases.iter().map(|phase| &*phase.id);
        let plans = declared.plans.iter().map(|plan| &*plan.id);
        let approvals = positions(table, "approvals", "approval", approvals);
        let phases = positions(table, "phases", "phase", phases);
        let plans = positions(table, "plans", "plan", plans);
        ReviewDefinition {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title: table.required_owned("title"),
            measures: measures(table, build),
            approvals: approvals.map(|all| all.into_iter().map(ApprovalIndex).collect()),
            phases: phases.map(|all| all.into_iter().map(PhaseIndex).collect()),
            plans: plans.map(|all| all.into_iter().map(PlanIndex).collect()),
            has_panel: table.flag("panel").is_none_or(|flag| flag.value),
            asks_outcomes: table.flag("outcomes").is_none_or(|flag| flag.value),
            source: table.owned("source"),
        }
    });
    reviews.collect()
}

/// The measures, components and areas that a review asks for; `None` for everything.
fn measures(table: &Reader<'_>, build: &FrameworkBuilder) -> Option<Vec<Subject>> {
    let mut repeated = UniqueIds::default();
    let mut subjects = Vec::new();
    for name in table.texts("measures")? {
        repeated.take(table, &name, &name.spot);
        match build.find(name.value) {
            Some(subject) => subjects.push(subject),
            None => table.document.add(&name.spot, |at| {
                at(format!(
                    "there is no measure, component or area {}",
                    quoted(name.value)
                ))
                .expecting("the identifier of one")
                .nearest_to(nearest(name.value, build.ids()))
            }),
        }
    }
    Some(subjects)
}

/// The positions of what a list names; `None` if there is no list.
fn positions<'k>(
    table: &Reader<'_>,
    key: &str,
    what: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<Vec<u16>> {
    let mut repeated = UniqueIds::default();
    let mut positions = Vec::new();
    for name in table.texts(key)? {
        repeated.take(table, &name, &name.spot);
        check_word(table, &name, &format!("{what} of this framework"), || {
            known.clone()
        });
        let position = known.clone().position(|id| id == name.value);
        positions.extend(position.and_then(|position| u16::try_from(position).ok()));
    }
    Some(positions)
}
