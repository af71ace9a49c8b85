//! Messages for people: what is announced, and what makes two of them the same.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "test helpers may panic"
)]

mod support;

use jiff::civil::{Date, date};
use std::collections::BTreeSet;
use support::{CycleBuilder, framework, organisations};
use wcc_core::framework::Role;
use wcc_core::outbox::{Message, MessageKind, follows_from, messages_due, messages_of};
use wcc_core::record::{ActionState, ApprovalFact, PlannedAction, RecordFact, RecordKind};
use wcc_core::{CheckedCycle, Framework, Method, RecordId, Step, assure};

/// The small framework with one role, for which all that matters here is open.
fn with_executive() -> Framework {
    let acts = [RecordKind::Action, RecordKind::Answer, RecordKind::Approval];
    let mut framework = framework();
    framework.roles = vec![Role {
        id: "executive".to_owned(),
        title: "Executive".to_owned(),
        methods: vec![Method::SelfAssessment],
        acts: acts.iter().map(|kind| kind.act().to_owned()).collect(),
        approvals: framework
            .approvals
            .iter()
            .map(|one| one.id.clone())
            .collect(),
        after_release: Vec::new(),
        never: Vec::new(),
    }];
    framework
}

fn due(cycle: &CheckedCycle, began: Date, today: Date) -> Vec<Message> {
    let assurance = assure(cycle, Vec::new(), None);
    messages_due(cycle, &assurance, began, today)
}

fn kinds(messages: &[Message]) -> Vec<MessageKind> {
    messages.iter().map(|message| message.kind).collect()
}

#[test]
fn a_deadline_that_was_missed_before_messages_began_is_not_announced() {
    let mut making = CycleBuilder::with(with_executive(), organisations());
    let body = making.body("5KF");
    let last_day = date(2008, 10, 31);
    making.cycle.records.actions.push(PlannedAction {
        record: RecordId(200),
        body,
        id: "a1".into(),
        text: "Publish the strategy.".into(),
        about: Vec::new(),
        owner: None,
        due: Some(last_day),
        state: ActionState::Started,
        progress: None,
        horizon: None,
        origin: None,
    });
    let cycle = making.checked();
    let announced = |began, today| kinds(&due(&cycle, began, today));
    let (before, after) = (date(2008, 10, 24), date(2008, 11, 1));
    assert_eq!(announced(before, before), [MessageKind::DeadlineNear]);
    assert_eq!(announced(last_day, after), [MessageKind::DeadlinePassed]);
    // No server ran for a while.
    let later = date(2008, 12, 1);
    assert_eq!(announced(before, later), [MessageKind::DeadlinePassed]);
    // It was late already.
    assert_eq!(announced(after, after), []);
    assert_eq!(announced(after, later), []);
}

#[test]
fn a_challenge_is_announced_once_whatever_the_evidence_supports() {
    let challenged = |supports: u16, value: &str, again: bool| {
        let mut making = CycleBuilder::with(with_executive(), organisations());
        making.judge("5J9", "1a", Method::SelfAssessment, value);
        making.criterion("5J9", "1a", Step::at(supports));
        if again {
            making.judge("5J9", "1b", Method::SelfAssessment, value);
            making.criterion("5J9", "1b", Step::at(supports));
        }
        let day = date(2009, 3, 1);
        let messages = due(&making.checked(), day, day).into_iter();
        let messages = messages.filter(|message| message.kind == MessageKind::Challenge);
        messages.map(|message| message.id).collect::<Vec<_>>()
    };
    let first = challenged(0, "4", false);
    assert_eq!(first.len(), 1);
    assert_eq!(challenged(1, "4", false), first);
    let both: BTreeSet<String> = challenged(0, "4", true).into_iter().collect();
    assert_eq!(both.len(), 2);
    assert!(both.contains(&first[0]));
}

#[test]
fn each_of_several_approvals_that_follow_on_one_is_asked_for() {
    let mut framework = with_executive();
    let given = framework.approvals[0].id.clone();
    let mut next = framework.approvals[1].clone();
    next.after = Some(given.clone());
    next.id = "seconded".to_owned();
    framework.approvals[1].after = Some(given.clone());
    framework.roles[0].approvals.push(next.id.clone());
    framework.approvals.push(next);
    let cycle = CycleBuilder::with(framework, organisations()).cycle;
    let approval = RecordFact::Approval(ApprovalFact {
        body: "5KF".into(),
        approval: given.into(),
        digest: "0".into(),
        note: None,
    });
    let messages = messages_of(7, Some(&approval), None, &cycle);
    let asked = messages
        .iter()
        .filter(|message| message.kind == MessageKind::ApprovalAsked);
    let asked: BTreeSet<&str> = asked.map(|message| message.id.as_str()).collect();
    assert_eq!(asked.len(), 2, "{messages:#?}");
    for message in &messages {
        assert!(follows_from(message, 7, &cycle.framework), "{message:?}");
        assert!(!follows_from(message, 8, &cycle.framework), "{message:?}");
    }
}
