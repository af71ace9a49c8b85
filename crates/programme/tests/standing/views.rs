//! The views of those who do not see everything.

use super::*;
use wcc_core::policy::{Decision, Policy, Question};
use wcc_core::record::{PhaseFact, RecordKind};
use wcc_programme::{ProgrammeView, Visibility};

/// Hides a cycle, or a body in every cycle.
#[derive(Debug)]
struct Hides(&'static str);

impl Policy for Hides {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let resource = &question.resource;
        let body = resource.body.map(|body| body.code.as_str());
        let hidden = match body {
            None => resource.cycle == Some(self.0),
            Some(_) => resource.cycle == Some(self.0) || body == Some(self.0),
        };
        match hidden {
            true => Decision::Denied {
                reason: "hidden".to_owned(),
            },
            false => Decision::Allowed,
        }
    }
}

#[test]
fn a_cycle_that_is_not_assured_is_hidden_like_any_other() {
    let mut state = loaded();
    assert!(push(&mut state, departure(FIRST)));
    let whole = picture(&state, state.last(), None);
    let view = |hidden: &'static str| {
        let actor = wcc_core::actor::Actor::operator("tester");
        let day = "2009-11-30".parse().unwrap();
        let visibility = Visibility::of(&whole, &whole, &Hides(hidden), &actor, day);
        RUNTIME.block_on(ProgrammeView::new(&whole, &visibility, None))
    };
    let without_cycle = view(FIRST).programme;
    assert!(without_cycle.not_assured.is_empty());
    let next = without_cycle.cycle(NEXT).unwrap();
    assert_eq!(next.previous, None, "nothing tells of it");
    // Without the body whose records contradict its cluster's, the rest is assured.
    let without_body = view("5KF").programme;
    assert!(without_body.not_assured.is_empty());
    assert!(without_body.cycle(FIRST).is_some());
    let next = without_body.cycle(NEXT).unwrap();
    assert_eq!(next.previous.as_deref(), Some(FIRST));
    assert_eq!(view("5PK").programme.not_assured.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// After changes, the view of somebody who does not see everything continues the view before them.
    /// It equals a view that is made anew, byte for byte.
    #[test]
    fn a_continued_view_is_the_view_alone(
        steps in prop::collection::vec(prop::collection::vec(any_change(), 1..5), 1..4),
    ) {
        let (loaded, _) = &*LOADED;
        let mut state = again(loaded);
        // From then on, groups of records can be hidden there.
        assert!(push(&mut state, opening(NEXT)));
        let mut whole = picture_with(&PLUGINS, &state, state.last(), None);
        let policies: [&dyn Policy; 5] =
            [&Hides("5KF"), &Hides("5PK"), &Hides("5KG"), &Hides(FIRST), &HidesRecords];
        let mut views = policies.map(|policy| view_of(&whole, policy, None));
        for changes in steps {
            let entry = state.last();
            for change in changes {
                make(&mut state, change);
            }
            let beside = Beside { programme: &whole, entry };
            let next = picture_with(&PLUGINS, &state, state.last(), Some(beside));
            for (policy, before) in policies.iter().zip(&mut views) {
                let alone = view_of(&next, *policy, None).1.programme;
                let with = view_of(&next, *policy, Some(before));
                prop_assert_eq!(&with.1.programme.revision, &alone.revision);
                prop_assert_eq!(with.1.programme.cycles.len(), alone.cycles.len());
                for (with, alone) in with.1.programme.cycles.iter().zip(&alone.cycles) {
                    let (with, alone) = (format!("{with:#?}"), format!("{alone:#?}"));
                    prop_assert!(with == alone, "{}", first_difference(&with, &alone));
                }
                *before = with;
            }
            whole = next;
        }
    }
}

/// After an entry, a view takes over what the entry did not touch.
#[test]
fn a_view_continues_the_one_before() {
    const CYCLE: &str = "north-east/2008-09";
    let mut state = State::new(Arc::new(FileFormats));
    load(&mut state, "north-east");
    let whole = picture(&state, state.last(), None);
    let policy = Hides("5KF");
    let before = view_of(&whole, &policy, None);
    let entry = state.last();
    let mut draft = remark(CYCLE, "more");
    if let Fact::Record { record, .. } = &mut draft.fact
        && let RecordFact::Commentary(commentary) = record
    {
        commentary.body = "5KG".into();
    }
    assert!(push(&mut state, draft));
    let beside = Beside {
        programme: &whole,
        entry,
    };
    let whole = picture(&state, state.last(), Some(beside));
    let after = view_of(&whole, &policy, Some(&before)).1.programme;
    let before = before.1.programme;
    assert_ne!(before.revision, after.revision);
    let (before, after) = (before.cycle(CYCLE).unwrap(), after.cycle(CYCLE).unwrap());
    let outputs = before.assurance.outputs.iter();
    let outputs = outputs.zip(&after.assurance.outputs);
    let shared = outputs.filter(|(before, after)| Arc::ptr_eq(before, after));
    let shared = shared.count();
    assert!(shared > 3 && shared < after.assurance.outputs.len());
}

/// What somebody sees of a programme, which continues an earlier view if they see the same objects.
fn view_of(
    whole: &Programme,
    policy: &dyn Policy,
    before: Option<&(Visibility, ProgrammeView)>,
) -> (Visibility, ProgrammeView) {
    let actor = wcc_core::actor::Actor::operator("tester");
    let day = "2009-11-30".parse().unwrap();
    let visibility = Visibility::of(whole, whole, policy, &actor, day);
    let before = before.filter(|(before, _)| *before == visibility);
    let before = before.map(|(_, view)| view);
    let view = RUNTIME.block_on(ProgrammeView::new(whole, &visibility, before));
    (visibility, view)
}

/// Opens a phase of a cycle, so that it is governed by roles from then on.
fn opening(cycle: &str) -> Draft {
    let fact = PhaseFact {
        body: "Q30".into(),
        phase: "toolkit".into(),
        reason: None,
    };
    Draft::from(Fact::Record {
        cycle: cycle.into(),
        record: RecordFact::Phase(fact),
    })
}

/// Hides the evidence, and of self-assessments everything but the rationale.
#[derive(Debug)]
struct HidesRecords;

impl Policy for HidesRecords {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let resource = &question.resource;
        let is_hidden = match resource.record {
            Some(RecordKind::Evidence) => true,
            Some(RecordKind::Judgement) => {
                resource.method == Some(Method::SelfAssessment) && !resource.rationale_only
            }
            _ => false,
        };
        match is_hidden {
            true => Decision::Denied {
                reason: "hidden".to_owned(),
            },
            false => Decision::Allowed,
        }
    }
}
