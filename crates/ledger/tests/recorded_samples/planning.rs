//! Leads, actions, plans and their lines.

use super::{ODD, bare, full, some};
use jiff::civil::date;
use wcc_core::ledger::Draft;
use wcc_core::record::{
    ActionFact, ActionOrigin, ActionState, AreaOfConcernFact, ConsequenceFact, ConsequenceKind,
    FollowUp, Horizon, LeadFact, OriginKind, PlanFact, PlanLineFact, RecommendationFact,
    RecordFact, SupportFact, SupportState,
};

/// Allocations of areas.
pub(super) fn leads() -> Vec<Draft> {
    let lead = LeadFact {
        body: "5KF".into(),
        area: some("6"),
        person: ODD.into(),
        job_title: some("Director of Commissioning"),
        staff: vec!["A. N. Other".into(), ODD.into()],
    };
    let least = LeadFact {
        area: None,
        job_title: None,
        staff: Vec::new(),
        ..lead.clone()
    };
    vec![full(RecordFact::Lead(lead)), bare(RecordFact::Lead(least))]
}

/// Actions in every state, of every origin and horizon.
pub(super) fn actions() -> Vec<Draft> {
    let action = |state, kind, horizon| ActionFact {
        body: "5KF".into(),
        id: "a1".into(),
        text: ODD.into(),
        about: vec!["1a".into(), "outcomes".into()],
        owner: some("A. N. Other"),
        due: Some(date(2008, 10, 31)),
        state,
        progress: some(ODD),
        horizon: Some(horizon),
        origin: Some(ActionOrigin {
            kind,
            reference: some("r1"),
        }),
    };
    let horizons = Horizon::ALL.into_iter().cycle();
    let each = ActionState::ALL
        .into_iter()
        .zip(OriginKind::ALL)
        .zip(horizons);
    let mut all: Vec<Draft> = each
        .map(|((state, kind), horizon)| full(RecordFact::Action(action(state, kind, horizon))))
        .collect();
    let least = ActionFact {
        about: Vec::new(),
        owner: None,
        due: None,
        progress: None,
        horizon: None,
        origin: None,
        ..action(ActionState::Done, OriginKind::Gap, Horizon::Short)
    };
    let without_reference = ActionFact {
        origin: Some(ActionOrigin {
            kind: OriginKind::Gap,
            reference: None,
        }),
        ..least.clone()
    };
    all.push(bare(RecordFact::Action(least)));
    all.push(bare(RecordFact::Action(without_reference)));
    all
}

/// Versions of plans, and lines of them.
pub(super) fn plans() -> Vec<Draft> {
    let plan = PlanFact {
        body: "Q30".into(),
        plan: "development-programme".into(),
        version: "draft-2".into(),
        date: date(2008, 10, 15),
        document: some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        vision: some(ODD),
        note: some(ODD),
    };
    let least = PlanFact {
        document: None,
        vision: None,
        note: None,
        ..plan.clone()
    };
    let line = PlanLineFact {
        body: "5KF".into(),
        plan: "operating-plan".into(),
        id: "quitters".into(),
        title: ODD.into(),
        unit: "people".into(),
        planned: vec![
            100.0, -0.1, 1e-7, 1e21, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.25,
        ],
        actual: vec![Some(98.5), None, Some(0.0)],
    };
    let bare_line = PlanLineFact {
        actual: Vec::new(),
        ..line.clone()
    };
    vec![
        full(RecordFact::Plan(plan)),
        bare(RecordFact::Plan(least)),
        full(RecordFact::PlanLine(line)),
        bare(RecordFact::PlanLine(bare_line)),
    ]
}

/// Areas of concern, support in every state, and consequences of every kind.
pub(super) fn support() -> Vec<Draft> {
    let area = AreaOfConcernFact {
        body: "5KF".into(),
        id: "market".into(),
        text: ODD.into(),
        about: vec!["7a".into(), "outcomes".into()],
    };
    let bare_area = AreaOfConcernFact {
        about: Vec::new(),
        ..area.clone()
    };
    let option = |state| SupportFact {
        body: "5KF".into(),
        id: "secondment".into(),
        area_of_concern: "market".into(),
        text: ODD.into(),
        provider: some("the SHA"),
        state,
        follow_up: some(ODD),
    };
    let bare_option = SupportFact {
        provider: None,
        follow_up: None,
        ..option(SupportState::Proposed)
    };
    let consequence = |kind| ConsequenceFact {
        body: "5KF".into(),
        id: "monitoring".into(),
        kind,
        text: ODD.into(),
        rule: some("level 3 or more"),
    };
    let bare_consequence = ConsequenceFact {
        rule: None,
        ..consequence(ConsequenceKind::Incentive)
    };
    let mut all = vec![
        full(RecordFact::AreaOfConcern(area)),
        bare(RecordFact::AreaOfConcern(bare_area)),
    ];
    let options = SupportState::ALL.map(|state| full(RecordFact::Support(option(state))));
    all.extend(options);
    all.push(bare(RecordFact::Support(bare_option)));
    let consequences = ConsequenceKind::ALL;
    all.extend(consequences.map(|kind| full(RecordFact::Consequence(consequence(kind)))));
    all.push(bare(RecordFact::Consequence(bare_consequence)));
    all
}

/// Recommendations that are followed up.
pub(super) fn follow_ups() -> Vec<Draft> {
    let followed = |follow_up| {
        RecordFact::Recommendation(RecommendationFact {
            body: "5KF".into(),
            id: "r1".into(),
            text: "Do better.".into(),
            about: Vec::new(),
            source: None,
            follow_up,
        })
    };
    let complete = FollowUp {
        owner: some(ODD),
        due: Some(date(2009, 3, 31)),
        state: Some(ActionState::Started),
    };
    let only_owner = FollowUp {
        due: None,
        state: None,
        ..complete.clone()
    };
    vec![full(followed(complete)), bare(followed(only_owner))]
}
