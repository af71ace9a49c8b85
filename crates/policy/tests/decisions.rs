//! Tests the decisions of the policies that ship, and of policies as an authority would write them.

#![allow(clippy::panic, reason = "test helpers may panic")]

use jiff::civil::{Date, date};
use wcc_core::policy::{
    Decision, Policy, Question, READ, READ_MESSAGE, READING_ACTS, Resource, acts,
};
use wcc_core::progress::CycleProgress;
use wcc_core::{Actor, BodyIndex, Framework, Method};
use wcc_fixtures::pilot::{framework, organisations};
use wcc_policy::{CedarPolicy, Explanation, PolicyFile};

const CYCLE: &str = "pilot/2009-10";
const DAY: Date = date(2010, 3, 31);
/// In the phase `panel-review`.
const PANEL_DAY: Date = date(2009, 11, 20);

fn policy(files: &[(&str, &str)]) -> CedarPolicy {
    let mut all = PolicyFile::shipped();
    all.extend(
        files
            .iter()
            .map(|(name, text)| PolicyFile::new(*name, *text)),
    );
    CedarPolicy::from_files(&all).unwrap_or_else(|problems| panic!("{problems}"))
}

fn panel() -> CedarPolicy {
    policy(&[("panel.cedar", include_str!("policies/panel.cedar"))])
}

fn hidden() -> CedarPolicy {
    policy(&[("hidden.cedar", include_str!("policies/hidden.cedar"))])
}

fn actor(role: &str, body: &str, cycle: &str) -> Actor {
    Actor {
        person: "p.member".into(),
        role: role.into(),
        body: Some(body.into()),
        cycle: Some(cycle.into()),
    }
}

/// A question about one body.
struct Case<'a> {
    actor: Actor,
    act: &'a str,
    cycle: &'a str,
    body: &'a str,
    method: Option<Method>,
    today: Date,
}

fn ask(policy: &CedarPolicy, case: &Case<'_>) -> Explanation {
    let (framework, organisations) = (framework(), organisations());
    let Some(index) = organisations.find(case.body) else {
        panic!("no body {}", case.body)
    };
    let resource = of_cycle(case.cycle, &framework, case.today);
    let resource = Resource {
        method: case.method,
        ..resource.with_body(&organisations, index, DAY)
    };
    decide(
        policy,
        &Question {
            actor: &case.actor,
            act: case.act,
            resource,
        },
    )
}

/// A decision made anew. The policy's own may be one that it remembers, and must be the same.
fn decide(policy: &CedarPolicy, question: &Question<'_>) -> Explanation {
    let explanation = policy.explain(question);
    for _ in 0..2 {
        assert_eq!(
            policy.decide(question),
            explanation.decision,
            "{question:?}"
        );
    }
    explanation
}

/// A cycle in which nobody has opened a phase.
fn of_cycle<'a>(id: &'a str, framework: &'a Framework, today: Date) -> Resource<'a> {
    CycleProgress::by_dates(framework, today).resource(id)
}

#[test]
fn by_default_the_operator_may_do_everything_and_everybody_else_may_read() {
    let policy = policy(&[]);
    let (framework, organisations) = (framework(), organisations());
    let cycle = of_cycle(CYCLE, &framework, PANEL_DAY);
    let body = cycle.with_body(&organisations, BodyIndex(2), DAY);
    let bare = Resource::default().with_body(&organisations, BodyIndex(2), DAY);
    for resource in [Resource::default(), cycle, body, bare] {
        let is_cycle_or_body = resource.cycle.is_some() || resource.body.is_some();
        // Only cycles and bodies can be visible or hidden.
        let reading = READING_ACTS.into_iter().filter(|_| is_cycle_or_body);
        for act in acts().chain(reading) {
            let decide = |actor: &Actor| {
                let question = Question {
                    actor,
                    act,
                    resource,
                };
                policy.decide(&question).is_allowed()
            };
            assert!(decide(&Actor::operator("A")), "{act} {resource:?}");
            let panel = actor("panel", "Q30", CYCLE);
            let is_open = act == READ;
            for other in [Actor::public(), panel] {
                assert_eq!(decide(&other), is_open, "{other:?} {act} {resource:?}");
            }
        }
    }
}

#[test]
fn an_unknown_act_is_denied() {
    let policy = policy(&[]);
    let actor = Actor::operator("A");
    let question = Question {
        actor: &actor,
        act: "burn-papers",
        resource: Resource::default(),
    };
    assert!(!policy.decide(&question).is_allowed());
    assert_eq!(
        policy.decide_each(&actor, "burn-papers", &[Resource::default()]),
        [false]
    );
}

/// What the framework requires before a phase is data that policies may look at.
#[test]
fn a_policy_sees_what_a_phase_requires() {
    let text = "@id(\"before-the-panel\") permit (principal in Role::\"panel\", action == \
                Action::\"record-judgement\", resource is Body) when { resource has cycle && \
                resource.cycle has after && resource.cycle.after == \"self-assessment\" && \
                resource.cycle.required.contains({ method: \"self\", of: \"groups\" }) };";
    let policy = policy(&[("requires.cedar", text)]);
    let asked = |today| {
        let case = Case {
            actor: actor("panel", "Q30", CYCLE),
            act: "record-judgement",
            cycle: CYCLE,
            body: "5D9",
            method: Some(Method::Panel),
            today,
        };
        ask(&policy, &case).decision.is_allowed()
    };
    assert!(asked(PANEL_DAY));
    assert!(!asked(date(2009, 9, 1)), "the first phase requires nothing");
}

#[test]
fn a_panel_may_record_panel_judgements_in_its_phase_region_and_cycle() {
    let policy = panel();
    let permitted = || Case {
        actor: actor("panel", "Q30", CYCLE),
        act: "record-judgement",
        cycle: CYCLE,
        body: "5D9",
        method: Some(Method::Panel),
        today: PANEL_DAY,
    };
    let allowed = Explanation {
        decision: Decision::Allowed,
        policies: vec!["panel-records-panel-judgements".to_owned()],
    };
    assert_eq!(ask(&policy, &permitted()), allowed);
    let cluster = Case {
        body: "north",
        ..permitted()
    };
    assert_eq!(ask(&policy, &cluster), allowed);
    let denied = [
        (
            "another phase",
            Case {
                today: date(2009, 9, 1),
                ..permitted()
            },
        ),
        (
            "after the last phase",
            Case {
                today: date(2011, 1, 1),
                ..permitted()
            },
        ),
        (
            "another region",
            Case {
                body: "5PH",
                ..permitted()
            },
        ),
        (
            "another cycle",
            Case {
                cycle: "pilot/2008-09",
                ..permitted()
            },
        ),
        (
            "another method",
            Case {
                method: Some(Method::Calibrated),
                ..permitted()
            },
        ),
        (
            "no method",
            Case {
                method: None,
                ..permitted()
            },
        ),
        (
            "another act",
            Case {
                act: "file-evidence",
                ..permitted()
            },
        ),
        (
            "a withdrawal",
            Case {
                act: "withdraw",
                ..permitted()
            },
        ),
        (
            "another role",
            Case {
                actor: actor("pct", "Q30", CYCLE),
                ..permitted()
            },
        ),
        (
            "a role for another body",
            Case {
                actor: actor("panel", "Q35", CYCLE),
                ..permitted()
            },
        ),
        (
            "a role in another cycle",
            Case {
                actor: actor("panel", "Q30", "pilot/2008-09"),
                ..permitted()
            },
        ),
        (
            "a role for no body",
            Case {
                actor: Actor {
                    body: None,
                    ..actor("panel", "", CYCLE)
                },
                ..permitted()
            },
        ),
        (
            "the public",
            Case {
                actor: Actor::public(),
                ..permitted()
            },
        ),
    ];
    for (what, case) in denied {
        let explanation = ask(&policy, &case);
        assert!(!explanation.decision.is_allowed(), "{what}");
        // Beside what no policy permits, the policies that ship keep a role within its limits.
        let expected: &[&str] = match what {
            "another region" | "a role for another body" => &["roles-stay-with-their-body"],
            "another cycle" | "a role in another cycle" => &["roles-stay-in-their-cycle"],
            _ => &[],
        };
        assert_eq!(explanation.policies, expected, "{what}");
    }
}

#[test]
fn a_limited_role_reads_no_messages_beyond_its_limits() {
    let policy = policy(&[]);
    let operator = || Case {
        actor: actor(Actor::OPERATOR, "5D9", CYCLE),
        act: READ_MESSAGE,
        cycle: CYCLE,
        body: "5D9",
        method: None,
        today: DAY,
    };
    assert!(ask(&policy, &operator()).decision.is_allowed());
    for (body, cycle) in [("5PH", CYCLE), ("5D9", "pilot/2008-09")] {
        let beyond = Case {
            body,
            cycle,
            ..operator()
        };
        assert!(
            !ask(&policy, &beyond).decision.is_allowed(),
            "{body} {cycle}"
        );
    }
}

#[test]
fn a_denial_names_role_act_and_policy() {
    let policy = hidden();
    let case = Case {
        actor: Actor::public(),
        act: READ,
        cycle: CYCLE,
        body: "5D9",
        method: None,
        today: PANEL_DAY,
    };
    let explanation = ask(&policy, &case);
    assert_eq!(explanation.policies, ["three-bodies-are-not-public"]);
    let Decision::Denied { reason } = explanation.decision else {
        panic!("the body must be hidden")
    };
    assert_eq!(reason, "the role `public` may not do this (`read`)");
}

#[test]
fn deciding_many_resources_equals_deciding_each() {
    let (framework, organisations) = (framework(), organisations());
    let mut resources = vec![Resource::default()];
    for cycle in [CYCLE, "pilot/2008-09"] {
        for today in [PANEL_DAY, date(2009, 9, 1)] {
            let cycle = of_cycle(cycle, &framework, today);
            resources.push(cycle);
            for (index, _) in organisations.each() {
                let body = cycle.with_body(&organisations, index, DAY);
                let judged = Resource {
                    method: Some(Method::Panel),
                    ..body
                };
                resources.extend([body, judged]);
                resources.push(Resource::default().with_body(&organisations, index, DAY));
            }
        }
    }
    let actors = [
        Actor::public(),
        Actor::operator("A"),
        actor("panel", "Q30", CYCLE),
        actor("panel", "Q35", "pilot/2008-09"),
    ];
    for policy in [policy(&[]), panel(), hidden()] {
        for actor in &actors {
            for act in [READ, "record-judgement", "withdraw"] {
                // One request can have a cycle in only one phase.
                for today in [PANEL_DAY, date(2009, 9, 1)] {
                    let phase = framework.phase_on(today);
                    let current: Vec<Resource<'_>> = resources
                        .iter()
                        .filter(|resource| resource.cycle.is_none() || resource.phase == phase)
                        .copied()
                        .collect();
                    let each = |resource: &Resource<'_>| {
                        let resource = *resource;
                        let question = Question {
                            actor,
                            act,
                            resource,
                        };
                        decide(&policy, &question).decision.is_allowed()
                    };
                    let expected: Vec<bool> = current.iter().map(each).collect();
                    let decided = policy.decide_each(actor, act, &current);
                    assert_eq!(decided, expected, "{policy:?} {actor:?} {act}");
                }
            }
        }
    }
    let hidden = hidden();
    let visible = hidden.decide_each(&Actor::public(), READ, &resources);
    assert!(visible.contains(&true) && visible.contains(&false));
}

#[test]
fn what_a_role_judges_by_and_what_is_withheld_from_it_are_not_confused() {
    let policies = policy(&[]);
    let bodies = organisations();
    let body = bodies.find("5D9").expect("a body");
    let member = actor("panel", "Q30", CYCLE);
    // Two versions of one framework: the role judges by the method, or waits for its marks.
    let (mut judges, mut waits) = (framework(), framework());
    for role in &mut judges.roles {
        role.methods = vec![Method::Panel];
    }
    for role in &mut waits.roles {
        role.after_release = vec![Method::Panel.name().to_owned()];
    }
    for (framework, expected) in [(&judges, true), (&waits, false), (&judges, true)] {
        let progress = CycleProgress::by_dates(framework, PANEL_DAY);
        let resource = Resource {
            is_governed: true,
            method: Some(Method::Panel),
            ..progress.body_resource(CYCLE, &bodies, body, DAY)
        };
        let question = Question {
            actor: &member,
            act: "record-judgement",
            resource,
        };
        assert_eq!(policies.decide(&question).is_allowed(), expected);
    }
}
