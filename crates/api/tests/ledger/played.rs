//! A year of a small cycle in which something of every kind is recorded, and somebody in each role.

use crate::book::{CYCLE, LedgerApi};
use crate::kinds::{kinds, planning::share_area_of_concern};
use crate::panel_kinds::prepare;
use std::sync::Arc;
use wcc_api::Settings;
use wcc_core::Actor;
use wcc_core::approval::Approvals;
use wcc_core::framework::Framework;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::policy::Policy;
use wcc_core::record::{ApprovalFact, PhaseFact, RecordFact, RecordKind, ReleaseFact};

pub(crate) const GROUP: &str = "south-of-tyne-and-wear";
/// The roles of people of a PCT; the others act for the authority.
const OF_BODY: [&str; 4] = ["executive", "lead", "board", "partner"];

/// A cycle in which something of every kind is recorded, under the policies that ship.
pub(crate) struct Played {
    pub(crate) ledger_api: LedgerApi,
    pub(crate) policy: Arc<dyn Policy>,
    opened: Option<u32>,
    released: Option<u32>,
}

impl Played {
    pub(crate) fn new(settings: Settings) -> Played {
        let policy: Arc<dyn Policy> = Arc::new(wcc_policy::CedarPolicy::shipped().unwrap());
        let played = Played {
            ledger_api: prepare(LedgerApi::under_with(Arc::clone(&policy), settings)),
            policy,
            opened: None,
            released: None,
        };
        share_area_of_concern(&played.ledger_api);
        // Phases and releases follow; an output that was kept belongs to a release.
        let later = [
            RecordKind::Phase,
            RecordKind::Release,
            RecordKind::ReleasedOutput,
        ];
        for kind in kinds().iter().filter(|kind| !later.contains(&kind.kind)) {
            let request = format!("kind {}", kind.field);
            let entered = kind.enter(&played.ledger_api, &request, &[]);
            assert!(entered["entry"].is_number(), "{}: {entered}", kind.field);
        }
        for approval in ["submitted", "ratified"] {
            played.approve(approval);
        }
        played
    }

    fn enter(&self, record: RecordFact, supersedes: Option<u32>) -> u32 {
        let cycle = CYCLE.into();
        let draft = Draft {
            supersedes,
            ..Draft::from(Fact::Record { cycle, record })
        };
        let request = format!("after {}", self.ledger_api.last());
        self.ledger_api.enter(&request, vec![draft]);
        self.ledger_api.last()
    }

    fn approve(&self, approval: &str) {
        let last = self.ledger_api.last();
        let digest = self.ledger_api.ledger.look(|state| {
            let (cycle, _) = state.cycle_at(CYCLE, last).unwrap();
            let index = cycle.framework.approval_index(approval).unwrap();
            let group = cycle.organisations.find(GROUP).unwrap();
            Approvals::of(&cycle).digest(index, group)
        });
        let approval = ApprovalFact {
            body: GROUP.into(),
            approval: approval.into(),
            digest: digest.into(),
            note: None,
        };
        self.enter(RecordFact::Approval(approval), None);
    }

    fn open(&mut self, phase: &str) {
        let fact = PhaseFact {
            body: "Q30".into(),
            phase: phase.into(),
            reason: None,
        };
        self.opened = Some(self.enter(RecordFact::Phase(fact), self.opened));
    }

    fn release(&mut self, to: &[&str]) {
        let fact = ReleaseFact {
            body: "Q30".into(),
            to: to.iter().map(|role| (*role).into()).collect(),
            from: jiff::civil::date(2009, 3, 1),
            uses: Some("For the boards of the region.".into()),
        };
        self.released = Some(self.enter(RecordFact::Release(fact), self.released));
    }

    /// The rule book.
    pub(crate) fn framework(&self) -> Arc<Framework> {
        self.ledger_api.ledger.look(|state| {
            let (cycle, _) = state.cycle_at(CYCLE, state.last()).unwrap();
            Arc::clone(&cycle.framework)
        })
    }

    /// The moments of a year, in order: before a phase is open, in each phase, and after each of two releases.
    pub(crate) fn moments(&self) -> Vec<String> {
        let mut moments = vec!["before a phase is opened".to_owned()];
        let framework = self.framework();
        moments.extend(
            framework
                .phases
                .iter()
                .map(|phase| format!("in `{}`", phase.id)),
        );
        moments.push("released to every role".to_owned());
        moments.push("released to the public".to_owned());
        moments
    }

    /// Goes on from the moment before to the next one of these. `roles` are those of the rule book.
    pub(crate) fn go_on(&mut self, moment: usize, roles: &[&str]) {
        let framework = self.framework();
        let phases = &framework.phases;
        match moment.checked_sub(1) {
            None => {}
            Some(phase) if phase < phases.len() => self.open(&phases[phase].id),
            Some(phase) if phase == phases.len() => self.release(roles),
            Some(_) => self.release(&[Actor::PUBLIC]),
        }
    }
}

/// Somebody in a role, who has scored nothing.
pub(crate) fn somebody(role: &str) -> Actor {
    let body = match role {
        Actor::PUBLIC => return Actor::public(),
        "calibrator" => None,
        of if OF_BODY.contains(&of) => Some("5KF".into()),
        _ => Some("Q30".into()),
    };
    Actor {
        person: format!("somebody.{role}").into(),
        role: role.into(),
        body,
        cycle: None,
    }
}
