//! Panels that are not complete, days that are not planned, interests that are not declared, and
//! comments on the facts of a draft that have no reply.

use super::{Duty, DutyKind, DutySearch};
use crate::panel::{Panel, PanelGap};
use crate::record::RecordKind;

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let cycle = search.cycle;
    if !cycle.framework.panel.categories.is_empty() {
        for panel in Panel::of_each(cycle, cycle.pcts.iter().copied()) {
            if search.is_theirs(panel.body) {
                find_in(search, panel, duties);
            }
        }
    }
    find_comments(search, duties);
}

fn find_in(search: &DutySearch<'_>, panel: Panel<'_>, duties: &mut Vec<Duty>) {
    let body = panel.body;
    let gaps = panel.gaps();
    let day = panel.day().map(|day| day.date);
    let shows_members = search.shows_kind(body, RecordKind::PanelMember);
    if shows_members && search.is_open(RecordKind::PanelMember.act(), body) {
        let lacking = gaps.iter().filter(|gap| match gap {
            PanelGap::Size { .. } | PanelGap::Category(_) | PanelGap::NoChair => true,
            PanelGap::NotDeclared(_) | PanelGap::Conflict { .. } => false,
        });
        let lacking: Vec<String> = lacking.map(|gap| panel.in_words(*gap)).collect();
        if !lacking.is_empty() {
            let what = format!(
                "appoint the panel of {}: {}",
                search.name(body),
                lacking.join(", ")
            );
            let by = day.or_else(|| search.last_day(body));
            duties.push(search.duty_by(DutyKind::AppointPanel, body, what, by));
        }
    }
    let is_unplanned = day.is_none() && search.shows_kind(body, RecordKind::PanelDay);
    if is_unplanned && search.is_open(RecordKind::PanelDay.act(), body) {
        let what = format!("plan the panel day of {}", search.name(body));
        duties.push(search.duty(DutyKind::PlanPanelDay, body, what));
    }
    let shows_interests = search.shows_kind(body, RecordKind::InterestDeclaration);
    if shows_interests && search.is_open(RecordKind::InterestDeclaration.act(), body) {
        for gap in &gaps {
            let PanelGap::NotDeclared(member) = gap else {
                continue;
            };
            let what = format!(
                "declare the interests of {} on the panel of {}, or that there are none",
                member.name,
                search.name(body)
            );
            let by = day.or_else(|| search.last_day(body));
            duties.push(search.duty_by(DutyKind::DeclareInterests, body, what, by));
        }
    }
}

fn find_comments(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let records = &search.cycle.records;
    for comment in records.fact_comments.iter() {
        let body = comment.body;
        let mut replies = records.fact_replies.iter();
        let is_answered = replies.any(|reply| reply.body == body && reply.comment == comment.id);
        let is_open = search.is_theirs(body) && search.is_open(RecordKind::FactReply.act(), body);
        let is_missing = !is_answered && search.shows_kind(body, RecordKind::FactReply);
        if is_open && is_missing {
            let what = format!(
                "reply to the comment `{}` of {} on the facts of the draft",
                comment.id,
                search.name(body)
            );
            duties.push(search.duty(DutyKind::ReplyToComment, body, what));
        }
    }
}
