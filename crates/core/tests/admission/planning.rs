//! Leads, actions, plans and their lines: what admission refuses, and what it hides.

use super::*;
use wcc_core::record::{
    ActionFact, ActionOrigin, ActionState, AreaOfConcernFact, FollowUp, Horizon, LeadFact,
    OriginKind, PlanFact, PlanLineFact, RecommendationFact, RecordKind, SupportFact, SupportState,
};

fn lead(body: &str, area: Option<&str>) -> RecordFact {
    RecordFact::Lead(LeadFact {
        body: body.into(),
        area: area.map(Into::into),
        person: "A. Director".into(),
        job_title: None,
        staff: Vec::new(),
    })
}

fn action() -> ActionFact {
    ActionFact {
        body: "5KF".into(),
        id: "a1".into(),
        text: "Publish the strategy.".into(),
        about: vec!["1a".into()],
        owner: None,
        due: Some(date(2008, 10, 31)),
        state: ActionState::NotStarted,
        progress: None,
        horizon: None,
        origin: None,
    }
}

fn recommended(id: &str) -> Option<ActionOrigin> {
    Some(ActionOrigin {
        kind: OriginKind::Recommendation,
        reference: Some(id.into()),
    })
}

fn recommendation(body: &str, id: &str) -> Draft {
    record(RecordFact::Recommendation(RecommendationFact {
        body: body.into(),
        id: id.into(),
        text: "Go on.".into(),
        about: Vec::new(),
        source: None,
        follow_up: FollowUp::default(),
    }))
}

fn plan(body: &str, plan: &str) -> PlanFact {
    PlanFact {
        body: body.into(),
        plan: plan.into(),
        version: "1".into(),
        date: date(2008, 10, 1),
        document: None,
        vision: None,
        note: None,
    }
}

fn line() -> PlanLineFact {
    PlanLineFact {
        body: "5KF".into(),
        plan: "operating".into(),
        id: "quitters".into(),
        title: "Smoking quitters".into(),
        unit: "people".into(),
        planned: vec![10.0; 12],
        actual: vec![Some(9.5)],
    }
}

#[test]
fn an_area_that_needs_a_lead_is_allocated_and_allocated_anew() {
    let mut state = opened("all");
    for area in [Some("1"), Some("governance"), Some("outcomes"), None] {
        assert!(
            broken_fields(&mut state, lead("5KF", area)).is_empty(),
            "{area:?}"
        );
        assert!(
            broken_fields(&mut state, lead(CLUSTER, area)).is_empty(),
            "{area:?}"
        );
    }
    let found = contradictions(&mut state, record(lead("5KF", Some("1a"))));
    let [CycleError::RuleViolation { broken, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        broken.message,
        "`1a` is not an area that needs a lead: expected 1, 2, governance or outcomes"
    );
    // The same area of the same body again supersedes the first allocation, or is refused.
    let again = record(lead("5KF", Some("1")));
    let refused = try_admit(&mut state, &Unrestricted, std::slice::from_ref(&again));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("supersede"), "{refused}");
    let superseding = Draft {
        supersedes: Some(4),
        ..again
    };
    try_admit(&mut state, &Unrestricted, &[superseding]).unwrap();
}

#[test]
fn an_action_says_by_when_and_why_it_was_stopped() {
    type Change = fn(&mut ActionFact);
    let cases: [(Change, &[&str]); 8] = [
        (|_| {}, &[]),
        (|action| action.due = None, &["due"]),
        (
            |action| (action.due, action.horizon) = (None, Some(Horizon::Long)),
            &[],
        ),
        (
            |action| (action.due, action.state) = (None, ActionState::Done),
            &[],
        ),
        (|action| action.state = ActionState::Stopped, &["progress"]),
        (
            |action| {
                let kind = OriginKind::EarlierReview;
                let reference = None;
                action.origin = Some(ActionOrigin { kind, reference });
            },
            &["reference"],
        ),
        (|action| action.id = "a 1".into(), &["id"]),
        (
            |action| action.about = vec!["outcome:none".into()],
            &["about"],
        ),
    ];
    for (change, expected) in cases {
        let mut fact = action();
        change(&mut fact);
        let mut state = opened("all");
        assert_eq!(
            broken_fields(&mut state, RecordFact::Action(fact)),
            expected
        );
    }
}

#[test]
fn the_recommendation_that_an_action_takes_up_exists() {
    let mut state = opened("all");
    push(&mut state, recommendation("5KG", "r1"));
    let on = |id| {
        record(RecordFact::Action(ActionFact {
            origin: recommended(id),
            ..action()
        }))
    };
    let refused = try_admit(&mut state, &Unrestricted, &[on("r2")]).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("there is no recommendation `r2`"),
        "{refused}"
    );
    try_admit(&mut state, &Unrestricted, &[on("r1")]).unwrap();
}

/// Hides recommendations from everybody, in a cycle that roles govern.
#[derive(Debug)]
struct HidesRecommendations;

impl Policy for HidesRecommendations {
    fn decide(&self, question: &Question<'_>) -> Decision {
        if question.resource.record == Some(RecordKind::Recommendation) {
            let reason = "hidden".to_owned();
            return Decision::Denied { reason };
        }
        Decision::Allowed
    }
}

/// Whoever does not see a recommendation is refused as if there were none, and does not see which
/// recommendation an action of others takes up.
#[test]
fn a_hidden_recommendation_is_refused_as_if_it_did_not_exist() {
    let mut state = opened("all");
    let phase = wcc_core::record::PhaseFact {
        body: "5KF".into(),
        phase: "visit".into(),
        reason: None,
    };
    push(&mut state, record(RecordFact::Phase(phase)));
    push(&mut state, recommendation("5KF", "r1"));
    let on = |id| {
        record(RecordFact::Action(ActionFact {
            origin: recommended(id),
            ..action()
        }))
    };
    let mut refused = |id| {
        let refused = try_admit(&mut state, &HidesRecommendations, &[on(id)]);
        refused.unwrap_err().to_string().replace(id, "ID")
    };
    assert_eq!(refused("r1"), refused("r2"));
    push(&mut state, on("r1"));
    let actor = Actor::operator("somebody");
    let now = jiff::Timestamp::UNIX_EPOCH;
    let seen = |policy: &dyn Policy| {
        let permission = Permission::new(&state, policy, &actor, now);
        let cycle = permission.cycle_at("case", permission.last()).unwrap();
        let action = cycle.records.actions.first().unwrap();
        action.origin.clone()
    };
    assert_eq!(seen(&Unrestricted), recommended("r1"));
    assert_eq!(seen(&HidesRecommendations), None);
}

#[test]
fn a_plan_is_filed_by_those_who_make_it() {
    let filed = |body: &str, id: &str| {
        let mut state = opened("all");
        broken_fields(&mut state, RecordFact::Plan(plan(body, id)))
    };
    assert!(filed("5KF", "strategic").is_empty());
    assert!(filed(CLUSTER, "operating").is_empty());
    assert!(filed("Q30", "development").is_empty());
    // An SHA makes no plan of a PCT, nor a PCT one of an SHA; 5J9 is not assured.
    for (body, id) in [
        ("Q30", "strategic"),
        ("5KF", "development"),
        ("5J9", "strategic"),
    ] {
        assert_eq!(filed(body, id), ["body"], "{body} {id}");
    }
    let mut state = opened("all");
    let fact = PlanFact {
        version: "draft 2".into(),
        ..plan("5KF", "strategic")
    };
    assert_eq!(
        broken_fields(&mut state, RecordFact::Plan(fact)),
        ["version"]
    );
}

#[test]
fn a_line_has_twelve_exact_months_of_a_plan_by_month() {
    type Change = fn(&mut PlanLineFact);
    let cases: [(Change, &[&str]); 8] = [
        (|_| {}, &[]),
        (|line| line.actual = vec![None, Some(1.0)], &[]),
        (|line| line.planned.truncate(11), &["planned"]),
        (|line| line.actual = vec![Some(1.0); 13], &["actual"]),
        (|line| line.planned[3] = f64::NAN, &["planned"]),
        (|line| line.actual = vec![Some(1e-300)], &["actual"]),
        (|line| line.plan = "strategic".into(), &["plan"]),
        (|line| line.body = "5J9".into(), &["body"]),
    ];
    for (change, expected) in cases {
        let mut fact = line();
        change(&mut fact);
        let mut state = opened("all");
        assert_eq!(
            broken_fields(&mut state, RecordFact::PlanLine(fact)),
            expected
        );
    }
}

fn area_of_concern(body: &str, id: &str) -> Draft {
    record(RecordFact::AreaOfConcern(AreaOfConcernFact {
        body: body.into(),
        id: id.into(),
        text: "We lack skills in market analysis.".into(),
        about: Vec::new(),
    }))
}

fn support(body: &str, area: &str) -> SupportFact {
    SupportFact {
        body: body.into(),
        id: "secondment".into(),
        area_of_concern: area.into(),
        text: "A secondment.".into(),
        provider: None,
        state: SupportState::Proposed,
        follow_up: None,
    }
}

#[test]
fn support_is_for_the_body_that_shared_the_area_of_concern() {
    let mut state = opened("all");
    push(&mut state, area_of_concern(CLUSTER, "market"));
    let mut broken = |fact: SupportFact| broken_fields(&mut state, RecordFact::Support(fact));
    assert_eq!(broken(support("5KF", "market")), ["body"]);
    let declined = SupportFact {
        id: "declined".into(),
        state: SupportState::Declined,
        ..support(CLUSTER, "market")
    };
    assert_eq!(broken(declined.clone()), ["follow_up"]);
    let with_reason = SupportFact {
        id: "with-reason".into(),
        follow_up: Some("too dear".into()),
        ..declined
    };
    assert!(broken(with_reason).is_empty());
    let other = SupportFact {
        id: "other".into(),
        ..support(CLUSTER, "market")
    };
    assert!(broken(other).is_empty());
    let unknown = record(RecordFact::Support(support(CLUSTER, "finance")));
    let refused = try_admit(&mut state, &Unrestricted, &[unknown]).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("there is no area of concern `finance`"),
        "{refused}"
    );
}
