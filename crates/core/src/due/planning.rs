//! Planning that is not done: areas without a lead, plans that were not filed, actions that are not
//! finished, and areas of concern without support.

use super::{Duty, DutyKind, DutySearch};
use crate::body::{BodyIndex, BodyKind};
use crate::planning::{areas_to_lead, is_supported, planning_bodies, plans_of};
use crate::record::RecordKind;
use crate::words::counted;

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    for body in planning_bodies(search.cycle) {
        if search.is_theirs(body) {
            find_leads(search, body, duties);
            find_plans(search, body, duties);
        }
    }
    find_actions(search, duties);
    find_concerns(search, duties);
}

fn find_leads(search: &DutySearch<'_>, body: BodyIndex, duties: &mut Vec<Duty>) {
    let is_assured = search.cycle.organisations.body(body).kind != BodyKind::Sha;
    let may = search.is_open(RecordKind::Lead.act(), body);
    if !is_assured || !may || !search.shows_kind(body, RecordKind::Lead) {
        return;
    }
    let areas = areas_to_lead(search.cycle, body);
    let without = areas.iter().filter(|area| area.lead.is_none()).count();
    if without > 0 {
        let what = format!(
            "allocate a strategic lead to {} of {}",
            counted(without, "area"),
            search.name(body)
        );
        duties.push(search.duty_by(DutyKind::AllocateLead, body, what, None));
    }
}

fn find_plans(search: &DutySearch<'_>, body: BodyIndex, duties: &mut Vec<Duty>) {
    let may = search.is_open(RecordKind::Plan.act(), body);
    if !may || !search.shows_kind(body, RecordKind::Plan) {
        return;
    }
    let plans = plans_of(search.cycle, body).into_iter();
    for plan in plans.filter(|plan| plan.is_missing()) {
        let definition = plan.definition;
        if !definition.by.is_empty() && !definition.by.contains(&search.role.id) {
            continue;
        }
        let what = format!("file `{}` of {}", definition.title, search.name(body));
        duties.push(search.duty_by(DutyKind::FilePlan, body, what, definition.due));
    }
}

fn find_actions(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    for action in search.cycle.records.actions.iter() {
        let body = action.body;
        if action.state.is_open()
            && search.is_theirs(body)
            && search.is_open(RecordKind::Action.act(), body)
        {
            let owner = action.owner.as_deref();
            let owner = owner.map_or_else(String::new, |owner| format!(" (owner: {owner})"));
            let what = format!(
                "finish \"{}\" ({}) of {}{owner}",
                action.text,
                action.id,
                search.name(body)
            );
            duties.push(search.duty_by(DutyKind::FinishAction, body, what, action.due));
        }
    }
}

fn find_concerns(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    for area in search.cycle.records.areas_of_concern.iter() {
        let body = area.body;
        let is_open = search.is_theirs(body) && search.is_open(RecordKind::Support.act(), body);
        let is_missing =
            search.shows_kind(body, RecordKind::Support) && !is_supported(search.cycle, area);
        if is_open && is_missing {
            let what = format!(
                "choose support for \"{}\" ({}) of {}",
                area.text,
                area.id,
                search.name(body)
            );
            duties.push(search.duty(DutyKind::ChooseSupport, body, what));
        }
    }
}
