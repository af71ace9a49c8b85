//! Challenges that wait for an answer.

use super::{Duty, DutyKind, DutySearch};
use crate::challenge::ChallengeState;
use crate::record::{RecordGroup, RecordKind};

pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let framework = &search.cycle.framework;
    let pcts = search.assurance.outputs.iter().map(|output| &**output);
    let groups = search.assurance.clusters.iter();
    let groups = groups.filter_map(|group| group.output.as_ref());
    let functions = search.assurance.functions.iter();
    let outputs = pcts
        .chain(groups)
        .chain(functions.flat_map(|function| function.outputs()));
    for challenge in outputs.flat_map(|output| output.challenges.iter()) {
        let body = challenge.body;
        // A challenge that a PCT inherits is its cluster's to answer.
        let waits = challenge.state() == ChallengeState::Open && !challenge.shared;
        let is_theirs = search.role.methods.contains(&challenge.method) && search.is_theirs(body);
        let answers = RecordGroup::by_method(RecordKind::Answer, challenge.method);
        let waits = waits && search.shows(body, answers);
        if waits && is_theirs && search.is_open(RecordKind::Answer.act(), body) {
            let measure = framework.measure(challenge.measure);
            let scale = framework.scale_of(challenge.measure);
            let what = format!(
                "answer the challenge to the {} of {} on {}: {} is recorded, the evidence supports {}",
                framework.methods.title(challenge.method),
                search.name(body),
                measure.id,
                scale.key(challenge.value),
                scale.key(challenge.supported)
            );
            duties.push(search.duty(DutyKind::AnswerChallenge, body, what));
        }
    }
}
