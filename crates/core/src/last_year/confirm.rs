//! The record that confirms a carried one as it is.

use super::{criterion_kind, reference_to};
use crate::cycle::Cycle;
use crate::record::{
    ActionFact, ActionOrigin, ActionState, CarriedKind, CarriedRecord, CriterionFact,
    CriterionKind, FollowUp, JudgementDetails, JudgementFact, LeadFact, Method, OriginKind,
    RecommendationFact, RecordFact, RecordType,
};

/// The record that confirms a carried one: the same value, text and person, as a record of this cycle.
///
/// # Errors
/// Something is missing that such a record needs, such as the value of a judgement on a measure that
/// has changed. The message is for people.
pub fn confirmed(cycle: &Cycle, carried: &CarriedRecord) -> Result<RecordFact, String> {
    let codes = carried.to_codes(&cycle.code_writer());
    let missing = |what: &str| {
        let (kind, id) = (carried.kind.name(), &carried.id);
        format!("{kind} {id} was carried without {what}: record it yourself")
    };
    let source = format!(
        "carried from {}, entry {}",
        carried.from_cycle, carried.from_entry
    );
    let body = codes.body;
    let subject = codes.about.first().cloned();
    Ok(match carried.kind {
        CarriedKind::OwnJudgement => RecordFact::Judgement(JudgementFact {
            body,
            subject: subject.ok_or_else(|| missing("its measure"))?,
            method: Method::SelfAssessment,
            value: Some(codes.value.ok_or_else(|| missing("a value"))?),
            assessor: None,
            details: JudgementDetails {
                rationale: codes.text,
                source: Some(source.into()),
                ..JudgementDetails::default()
            },
        }),
        CarriedKind::Criterion => {
            let kind = criterion_kind(carried);
            RecordFact::Criterion(CriterionFact {
                body,
                measure: subject.ok_or_else(|| missing("its measure"))?,
                kind: kind.unwrap_or(CriterionKind::Criterion),
                supports: codes.value.ok_or_else(|| missing("what it supports"))?,
                reason: codes.text.ok_or_else(|| missing("its reason"))?,
                evidence: Vec::new(),
                inferred: None,
                source: Some(source.into()),
            })
        }
        CarriedKind::Lead => RecordFact::Lead(LeadFact {
            body,
            area: subject,
            person: codes.owner.ok_or_else(|| missing("the person"))?,
            job_title: codes.detail,
            staff: Vec::new(),
        }),
        CarriedKind::Recommendation => RecordFact::Recommendation(RecommendationFact {
            body,
            id: codes.id,
            text: codes.text.ok_or_else(|| missing("its text"))?,
            about: codes.about,
            source: Some(source.into()),
            follow_up: FollowUp {
                owner: codes.owner,
                due: codes.due,
                state: codes.value.as_deref().and_then(state_named),
            },
        }),
        CarriedKind::Action => RecordFact::Action(ActionFact {
            body,
            id: codes.id,
            text: codes.text.ok_or_else(|| missing("its text"))?,
            about: codes.about,
            owner: codes.owner,
            due: codes.due,
            state: codes
                .value
                .as_deref()
                .and_then(state_named)
                .unwrap_or_default(),
            progress: None,
            horizon: codes.horizon,
            origin: Some(ActionOrigin {
                kind: OriginKind::EarlierReview,
                reference: Some(reference_to(carried).into()),
            }),
        }),
    })
}

fn state_named(name: &str) -> Option<ActionState> {
    let mut states = ActionState::ALL.into_iter();
    states.find(|state| state.name() == name)
}
