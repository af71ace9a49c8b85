//! Records of planning, with every field set.

use super::{in_cycle, some};
use jiff::civil::date;
use wcc_core::ledger::Fact;
use wcc_core::record::{
    ActionFact, ActionOrigin, ActionState, AreaOfConcernFact, CarriedFact, CarriedKind,
    ConsequenceFact, ConsequenceKind, FollowUp, Horizon, LeadFact, OriginKind, PlanFact,
    PlanLineFact, RecommendationFact, RecordFact, SupportFact, SupportState,
};

/// A lead, an action, a version of a plan and a line of it.
pub(crate) fn planning() -> Vec<Fact> {
    let records = [
        recommendation(),
        RecordFact::Lead(LeadFact {
            body: "5KF".into(),
            area: some("2"),
            person: "A. Director".into(),
            job_title: some("Director of Finance"),
            staff: vec!["B. Analyst".into()],
        }),
        RecordFact::Action(ActionFact {
            body: "5KF".into(),
            id: "a1".into(),
            text: "Publish the strategy.".into(),
            about: vec!["1a".into(), "outcomes".into()],
            owner: some("A. Director"),
            due: Some(date(2008, 10, 31)),
            state: ActionState::Started,
            progress: some("drafted"),
            horizon: Some(Horizon::Medium),
            origin: Some(ActionOrigin {
                kind: OriginKind::Recommendation,
                reference: some("r1"),
            }),
        }),
        RecordFact::Plan(PlanFact {
            body: "5KF".into(),
            plan: "operating".into(),
            version: "draft".into(),
            date: date(2008, 10, 1),
            document: some("ab"),
            vision: some("Adding life to years."),
            note: some("as consulted"),
        }),
        RecordFact::PlanLine(PlanLineFact {
            body: "5KF".into(),
            plan: "operating".into(),
            id: "quitters".into(),
            title: "Smoking quitters".into(),
            unit: "people".into(),
            planned: vec![10.5; 12],
            actual: vec![Some(9.25), None],
        }),
    ];
    records.into_iter().map(in_cycle).collect()
}

/// A recommendation with every field.
/// A record that was carried from an earlier cycle.
pub(crate) fn carried() -> RecordFact {
    RecordFact::CarriedRecord(CarriedFact {
        body: "5KF".into(),
        kind: CarriedKind::Action,
        id: "a1".into(),
        about: vec!["1a".into(), "outcomes".into()],
        value: some("started"),
        text: some("Publish the strategy."),
        detail: some("as stated"),
        owner: some("A. Director"),
        due: Some(date(2009, 3, 31)),
        horizon: Some(Horizon::Long),
        evidence: vec!["minutes".into()],
        from_cycle: "case/1".into(),
        from_entry: 4,
    })
}

pub(crate) fn recommendation() -> RecordFact {
    RecordFact::Recommendation(RecommendationFact {
        body: "5KF".into(),
        id: "r1".into(),
        text: "Go on.".into(),
        about: vec!["1a".into(), "finance".into()],
        source: some("p. 6"),
        follow_up: FollowUp {
            owner: some("A. Director"),
            due: Some(date(2009, 3, 31)),
            state: Some(ActionState::Started),
        },
    })
}

/// An area of concern, support in it, and a consequence.
pub(crate) fn support() -> Vec<Fact> {
    let records = [
        RecordFact::AreaOfConcern(AreaOfConcernFact {
            body: "5KF".into(),
            id: "market".into(),
            text: "We lack skills.".into(),
            about: vec!["1a".into()],
        }),
        RecordFact::Support(SupportFact {
            body: "5KF".into(),
            id: "secondment".into(),
            area_of_concern: "market".into(),
            text: "A secondment.".into(),
            provider: some("the SHA"),
            state: SupportState::Chosen,
            follow_up: some("begins in May"),
        }),
        RecordFact::Consequence(ConsequenceFact {
            body: "5KF".into(),
            id: "monitoring".into(),
            kind: ConsequenceKind::Incentive,
            text: "Less monitoring.".into(),
            rule: some("level 3 or more"),
        }),
    ];
    records.into_iter().map(in_cycle).collect()
}
