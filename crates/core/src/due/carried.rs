//! Records carried from an earlier cycle that nobody has confirmed or changed.

use super::{Duty, DutyKind, DutySearch};
use crate::body::BodyIndex;
use crate::last_year::{CarriedState, status_of};
use crate::record::{CarriedKind, Method, RecordGroup, RecordKind};
use crate::words::counted;
use std::collections::BTreeMap;

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let cycle = search.cycle;
    let mut waiting: BTreeMap<(BodyIndex, CarriedKind, &str), usize> = BTreeMap::new();
    for carried in &cycle.records.carried {
        let (body, kind) = (carried.body, carried.kind);
        let judges = search.role.methods.contains(&Method::SelfAssessment);
        let may = (kind != CarriedKind::OwnJudgement || judges)
            && search.is_theirs(body)
            && search.is_open(kind.record_kind().act(), body)
            && search.shows(body, group_of(kind));
        if may && status_of(cycle, carried).state == CarriedState::Unconfirmed {
            *waiting
                .entry((body, kind, &*carried.from_cycle))
                .or_default() += 1;
        }
    }
    for ((body, kind, from), count) in waiting {
        let records = match kind {
            CarriedKind::OwnJudgement => counted(count, "answer"),
            CarriedKind::Criterion if count > 1 => format!("{count} criteria"),
            CarriedKind::Criterion => counted(count, "criterion"),
            CarriedKind::Lead => counted(count, "strategic lead"),
            CarriedKind::Recommendation => counted(count, "recommendation"),
            CarriedKind::Action => counted(count, "action"),
        };
        let what = format!(
            "confirm or change {records} of {} carried from {from}",
            search.name(body)
        );
        duties.push(search.duty(DutyKind::ConfirmCarried, body, what));
    }
}

/// The group of the records that confirm or change what was carried.
fn group_of(kind: CarriedKind) -> RecordGroup {
    match kind {
        CarriedKind::OwnJudgement => {
            RecordGroup::by_method(RecordKind::Judgement, Method::SelfAssessment)
        }
        CarriedKind::Criterion
        | CarriedKind::Lead
        | CarriedKind::Recommendation
        | CarriedKind::Action => RecordGroup::of_kind(kind.record_kind()),
    }
}
