//! What is missing of the planning of each body, and what is late.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "test helpers may panic"
)]

mod support;

use jiff::civil::{Date, date};
use support::{CLUSTER, CycleBuilder, FUNCTION};
use wcc_core::planning::{
    ActionCounts, BodyPlanning, actions_of, areas_to_lead, coordinator, plans_of,
};
use wcc_core::record::{
    ActionOrigin, ActionState, AreaOfConcern, FiledPlan, FollowUp, LeadAllocation, OriginKind,
    PlanLine, PlannedAction, Recommendation, SupportOption, SupportState, Topic,
};
use wcc_core::{CheckedCycle, Fraction, RecordId, Subject};

/// Allocates an area; `None` is the whole.
fn lead(making: &mut CycleBuilder, body: &str, area: Option<&str>, person: &str) {
    let framework = &making.cycle.framework;
    let area = area.map(|id| match id {
        Topic::OUTCOMES => Topic::Outcomes,
        id => Topic::Subject(Subject::find(framework, id).expect("an area")),
    });
    let record = RecordId(100 + u32::try_from(making.cycle.records.leads.len()).unwrap());
    let body = making.body(body);
    making.cycle.records.leads.push(LeadAllocation {
        record,
        body,
        area,
        person: person.into(),
        job_title: None,
        staff: Vec::new(),
    });
}

fn action(making: &mut CycleBuilder, body: &str, state: ActionState, due: Date) {
    let number = u32::try_from(making.cycle.records.actions.len()).unwrap();
    let body = making.body(body);
    making.cycle.records.actions.push(PlannedAction {
        record: RecordId(200 + number),
        body,
        id: format!("a{number}").into(),
        text: "Publish the strategy.".into(),
        about: Vec::new(),
        owner: None,
        due: Some(due),
        state,
        progress: Some("as agreed".into()),
        horizon: None,
        origin: None,
    });
}

fn file(making: &mut CycleBuilder, body: &str, plan: &str, version: &str, on: Date) {
    let number = u32::try_from(making.cycle.records.plans.len()).unwrap();
    let body = making.body(body);
    let plan = making.cycle.framework.plan_index(plan).expect("a plan");
    making.cycle.records.plans.push(FiledPlan {
        record: RecordId(300 + number),
        body,
        plan,
        version: version.into(),
        date: on,
        document: None,
        vision: None,
        note: None,
    });
}

fn planning<'a>(cycle: &'a CheckedCycle, code: &str, on: Date) -> BodyPlanning<'a> {
    let body = cycle.organisations.find(code).expect("a body");
    BodyPlanning::of(cycle, body, on)
}

fn without_lead(planning: &BodyPlanning<'_>, cycle: &CheckedCycle) -> Vec<String> {
    let areas = planning.areas_without_lead();
    areas.map(|area| area.title(&cycle.framework)).collect()
}

#[test]
fn a_pct_has_the_leads_of_its_cluster_except_where_it_has_its_own() {
    let mut making = CycleBuilder::new();
    lead(&mut making, CLUSTER, Some("1"), "A. Director");
    lead(&mut making, CLUSTER, Some("outcomes"), "B. Director");
    lead(&mut making, CLUSTER, None, "C. Manager");
    lead(&mut making, "5KF", Some("1"), "D. Director");
    let cycle = making.checked();
    let led = |code: &str| {
        let body = cycle.organisations.find(code).unwrap();
        let areas = areas_to_lead(&cycle, body).into_iter();
        let names = areas.map(|area| area.lead.map(|lead| lead.person.to_string()));
        names.collect::<Vec<_>>()
    };
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(
        led("5KF"),
        [name("D. Director"), None, None, name("B. Director")]
    );
    assert_eq!(
        led("5KG"),
        [name("A. Director"), None, None, name("B. Director")]
    );
    // 5J9 is in no cluster.
    assert_eq!(led("5J9"), [None, None, None, None]);
    let of = |code| coordinator(&cycle, cycle.organisations.find(code).unwrap());
    assert_eq!(of("5KL").map(|lead| &*lead.person), Some("C. Manager"));
    assert!(of("5J9").is_none());
    let missing = planning(&cycle, "5KG", date(2008, 11, 1));
    assert_eq!(without_lead(&missing, &cycle), ["2", "governance"]);
    assert!(!missing.is_complete());
}

#[test]
fn an_action_is_late_while_it_is_open_after_its_last_day() {
    let mut making = CycleBuilder::new();
    let due = date(2008, 10, 31);
    for state in ActionState::ALL {
        action(&mut making, "5KF", state, due);
    }
    action(
        &mut making,
        CLUSTER,
        ActionState::Started,
        date(2009, 3, 31),
    );
    let cycle = making.checked();
    let body = cycle.organisations.find("5KF").unwrap();
    let counts = |day| ActionCounts::of(actions_of(&cycle, body), day);
    let on_time = ActionCounts {
        not_started: 1,
        started: 2,
        done: 1,
        stopped: 1,
        late: 0,
    };
    assert_eq!(counts(due), on_time);
    let late = |late| ActionCounts { late, ..on_time };
    assert_eq!(counts(date(2008, 11, 1)), late(2));
    assert_eq!(counts(date(2009, 4, 1)), late(3));
    let other = cycle.organisations.find("5J9").unwrap();
    assert_eq!(
        ActionCounts::of(actions_of(&cycle, other), due),
        ActionCounts::default()
    );
}

#[test]
fn a_plan_is_late_on_a_day_unless_a_version_of_that_day_or_before_was_filed() {
    let mut making = CycleBuilder::new();
    file(
        &mut making,
        CLUSTER,
        "strategic",
        "draft",
        date(2008, 10, 20),
    );
    file(&mut making, "5KF", "strategic", "final", date(2008, 12, 1));
    file(&mut making, "5J9", "strategic", "1", date(2008, 11, 5));
    file(&mut making, "Q30", "development", "1", date(2008, 6, 1));
    let cycle = making.checked();
    let late = |code: &str, on| {
        let planning = planning(&cycle, code, on);
        let late = planning.late_plans();
        late.map(|plan| plan.definition.id.clone())
            .collect::<Vec<_>>()
    };
    let of = |code: &str| plans_of(&cycle, cycle.organisations.find(code).unwrap());
    let versions = |code: &str| {
        let versions = of(code)[0].versions.clone().into_iter();
        versions
            .map(|version| version.version.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(versions("5KF"), ["final", "draft"]);
    assert_eq!(versions("5KG"), ["draft"]);
    assert!(!of("5KF")[0].came_late() && of("5J9")[0].came_late());
    assert!(late("5KG", date(2008, 11, 1)).is_empty());
    assert_eq!(late("5J9", date(2008, 11, 1)), ["strategic"]);
    assert!(late("5J9", date(2008, 10, 31)).is_empty(), "the last day");
    assert!(late("5J9", date(2008, 11, 5)).is_empty(), "filed by then");
    // The operating plan has no last day, so it is missing but never late.
    let missing = |code: &str| {
        let planning = planning(&cycle, code, date(2010, 1, 1));
        let missing = planning.missing_plans();
        missing
            .map(|plan| plan.definition.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(missing("5KF"), ["operating"]);
    assert!(missing("Q30").is_empty());
    assert!(of(FUNCTION).is_empty(), "functions file no plans");
    // Each PCT in the order of the cycle, and the SHA after them.
    let each = BodyPlanning::of_each(&cycle, date(2008, 11, 1));
    let codes = each.map(|planning| cycle.organisations.body(planning.body).code.clone());
    let codes: Vec<String> = codes.collect();
    assert_eq!(codes, ["5J9", "5KF", "5KG", "5KL", "Q30"]);
}

#[test]
fn a_recommendation_needs_an_action_that_takes_it_up() {
    let mut making = CycleBuilder::new();
    let body = making.body(CLUSTER);
    for (number, id) in (1..).zip(["r1", "r2"]) {
        making.cycle.records.recommendations.push(Recommendation {
            record: RecordId(number),
            body,
            id: id.into(),
            text: "Go on.".into(),
            about: Vec::new(),
            source: None,
            follow_up: FollowUp {
                owner: None,
                due: Some(date(2008, 10, 31)),
                state: (id == "r2").then_some(ActionState::Done),
            },
        });
    }
    action(&mut making, "5KF", ActionState::Started, date(2009, 1, 1));
    making.cycle.records.actions.last_mut().unwrap().origin = Some(ActionOrigin {
        kind: OriginKind::Recommendation,
        reference: Some("r2".into()),
    });
    let cycle = making.checked();
    let open = |code: &str| {
        let planning = planning(&cycle, code, date(2008, 11, 1));
        let open = planning.without_action.iter();
        open.map(|open| open.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(open("5KF"), ["r1"]);
    // Somebody who said nothing of its state has not done it.
    let late = |day| {
        let planning = planning(&cycle, "5KF", day);
        let late = planning.late_recommendations.iter();
        late.map(|late| late.id.to_string()).collect::<Vec<_>>()
    };
    assert!(late(date(2008, 10, 31)).is_empty());
    assert_eq!(late(date(2008, 11, 1)), ["r1"]);
    assert!(open("5J9").is_empty());
}

#[test]
fn an_area_of_concern_needs_support_that_was_chosen_or_given() {
    let with = |states: &[SupportState]| {
        let mut making = CycleBuilder::new();
        let body = making.body(CLUSTER);
        making.cycle.records.areas_of_concern.push(AreaOfConcern {
            record: RecordId(1),
            body,
            id: "market".into(),
            text: "We lack skills in market analysis.".into(),
            about: Vec::new(),
        });
        for (number, state) in (2..).zip(states) {
            making.cycle.records.support.push(SupportOption {
                record: RecordId(number),
                body,
                id: format!("s{number}").into(),
                area_of_concern: "market".into(),
                text: "A secondment.".into(),
                provider: None,
                state: *state,
                follow_up: Some("as agreed".into()),
            });
        }
        let cycle = making.checked();
        planning(&cycle, "5KF", date(2008, 11, 1))
            .without_support
            .len()
    };
    assert_eq!(with(&[]), 1);
    assert_eq!(with(&[SupportState::Proposed, SupportState::Declined]), 1);
    assert_eq!(with(&[SupportState::Declined, SupportState::Chosen]), 0);
    assert_eq!(with(&[SupportState::Given]), 0);
}

fn line(planned: Vec<f64>, actual: Vec<Option<f64>>) -> PlanLine {
    let making = CycleBuilder::new();
    PlanLine {
        record: RecordId(1),
        body: making.body("5KF"),
        plan: making.cycle.framework.plan_index("operating").unwrap(),
        id: "quitters".into(),
        title: "Smoking quitters".into(),
        unit: "people".into(),
        planned,
        actual,
    }
}

#[test]
fn cumulative_figures_are_exact_and_count_months_with_actual_figures_only() {
    let exact = |text: &str| Fraction::from_decimal(text).unwrap();
    // As floats, 0.1 three times is not 0.3.
    let line_of_tenths = line(vec![0.1; 12], vec![Some(0.2), None, Some(0.2), Some(0.2)]);
    let to_date = line_of_tenths.cumulative(12).unwrap();
    assert_eq!(to_date.months, 3);
    assert_eq!(to_date.planned, exact("0.3"));
    assert_eq!(to_date.actual, exact("0.6"));
    assert_eq!(to_date.variance, exact("0.3"));
    assert_eq!(line_of_tenths.planned_in_all(), Some(exact("1.2")));
    let second = line_of_tenths.cumulative(2).unwrap();
    assert_eq!((second.months, second.actual), (1, exact("0.2")));
    assert_eq!(line(vec![1.0; 12], Vec::new()).cumulative(12), None);
    assert_eq!(line(vec![1.0; 12], vec![None; 12]).cumulative(12), None);
    let below = line(vec![2.0; 12], vec![Some(0.5)]).cumulative(12).unwrap();
    assert_eq!(below.variance, exact("-1.5"));
}
