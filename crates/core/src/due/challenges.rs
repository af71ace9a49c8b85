//! Challenges that wait for an answer.

use super::{ChallengedValue, Duty, DutyKind, DutySearch};
use crate::challenge::ChallengeState;
use crate::output::cell_at;
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
    let challenges = outputs.flat_map(|output| {
        let challenges = output.challenges.iter();
        challenges.map(|challenge| (&output.cells, challenge))
    });
    for (cells, challenge) in challenges {
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
            let mark = cell_at(cells, challenge.measure).mark(challenge.method);
            let judgement = mark.judgement(search.cycle);
            duties.push(Duty {
                challenged: Some(ChallengedValue {
                    measure: challenge.measure,
                    method: challenge.method,
                    judgement: judgement.map(|judgement| judgement.record),
                }),
                ..search.duty(DutyKind::AnswerChallenge, body, what)
            });
        }
    }
}
