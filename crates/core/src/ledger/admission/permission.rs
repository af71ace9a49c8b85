//! What a policy is asked about a draft, and what its answers leave visible.

use super::RefusalReason;
use crate::actor::Actor;
use crate::body::BodyIndex;
use crate::ledger::Draft;
use crate::ledger::fact::{CycleFact, Fact};
use crate::ledger::opened_cycle::OpenedCycle;
use crate::ledger::refused::Refused;
use crate::ledger::state::{Sight, State};
use crate::policy::{Decision, Policy, Question, READ, Resource};
use crate::record::{Method, RecordFact};
use jiff::civil::Date;

/// What an actor may do on a day, and what they may see of the state meanwhile.
pub(super) struct Permission<'a> {
    pub(super) state: &'a State,
    pub(super) policy: &'a dyn Policy,
    pub(super) actor: &'a Actor,
    pub(super) today: Date,
}

impl<'a> Permission<'a> {
    /// Asks the policy about a draft.
    ///
    /// # Errors
    /// It is denied; or, once the act is allowed, the entry to be superseded is one that the actor
    /// may not see, or does not exist.
    pub(super) fn check(&self, draft: &'a Draft) -> Result<(), RefusalReason> {
        let act = draft.fact.act();
        let superseded = draft.supersedes.map(|entry| self.superseded(entry));
        let resource = match &draft.fact {
            Fact::Framework(_) | Fact::Organisations(_) => Resource::default(),
            Fact::Cycle(fact) => self.cycle(fact),
            Fact::Rebase(fact) => self.whole_cycle(&fact.cycle),
            Fact::Record { cycle, record } => self.record(cycle, record),
            Fact::Withdrawn { .. } => match &superseded {
                Some(Ok(resource)) => *resource,
                _ => Resource::default(),
            },
        };
        self.ask(act, resource)?;
        match superseded {
            // A record that has no key may be superseded by one on another body.
            Some(superseded) => self.ask(act, superseded?),
            None => Ok(()),
        }
    }

    fn ask(&self, act: &'static str, resource: Resource<'_>) -> Result<(), RefusalReason> {
        let actor = self.actor;
        match self.policy.decide(&Question {
            actor,
            act,
            resource,
        }) {
            Decision::Allowed => Ok(()),
            Decision::Denied { reason } => Err(RefusalReason::NotPermitted { act, reason }),
        }
    }

    fn shows(&self, resource: Resource<'_>) -> bool {
        self.ask(READ, resource).is_ok()
    }

    /// The resource of an entry that is to be superseded.
    fn superseded(&self, entry: u32) -> Result<Resource<'a>, Refused> {
        let missing = || Refused::no_such_entry(entry);
        let Some((cycle, body, method)) = self.state.about(entry) else {
            self.state.entry(entry).ok_or_else(missing)?;
            let cycle = self.state.cycle_of(entry);
            let opened = cycle.and_then(|cycle| self.state.opened(cycle));
            return match opened {
                Some(opened) if !self.shows_cycle(opened) => Err(missing()),
                Some(opened) => Ok(opened.resource(self.today)),
                None => Ok(Resource::default()),
            };
        };
        let shown = body.is_some_and(|body| self.shows_body(cycle, body));
        if !shown || !self.shows_cycle(cycle) {
            return Err(missing());
        }
        Ok(self.record_resource(cycle, body, method))
    }

    /// The resource of a cycle that is opened or described anew.
    fn cycle(&self, fact: &'a CycleFact) -> Resource<'a> {
        let framework = self.state.framework(&fact.framework);
        match framework {
            Some(framework) => Resource::of_cycle(&fact.id, framework, self.today),
            None => Resource {
                cycle: Some(&fact.id),
                ..Resource::default()
            },
        }
    }

    /// The cycle with an identifier, if the actor may see it.
    fn shown_cycle(&self, id: &str) -> Option<&'a OpenedCycle> {
        let opened = self.state.opened(id);
        opened.filter(|opened| self.shows_cycle(opened))
    }

    /// The resource of a cycle as a whole. What is hidden is left out, as if it did not exist.
    fn whole_cycle(&self, id: &'a str) -> Resource<'a> {
        match self.shown_cycle(id) {
            Some(opened) => opened.resource(self.today),
            None => Resource {
                cycle: Some(id),
                ..Resource::default()
            },
        }
    }

    /// The resource of a new record. What is hidden is left out, as if it did not exist.
    fn record(&self, cycle: &'a str, fact: &RecordFact) -> Resource<'a> {
        let method = fact.method();
        let Some(opened) = self.shown_cycle(cycle) else {
            return Resource {
                method,
                ..self.whole_cycle(cycle)
            };
        };
        let body = opened.organisations().find(fact.body());
        let body = body.filter(|body| self.shows_body(opened, *body));
        self.record_resource(opened, body, method)
    }

    fn record_resource(
        &self,
        cycle: &'a OpenedCycle,
        body: Option<BodyIndex>,
        method: Option<Method>,
    ) -> Resource<'a> {
        let resource = cycle.resource(self.today);
        let resource = match body {
            Some(body) => resource.with_body(cycle.organisations(), body, cycle.as_of()),
            None => resource,
        };
        Resource { method, ..resource }
    }
}

impl Sight for Permission<'_> {
    fn shows_cycle(&self, cycle: &OpenedCycle) -> bool {
        self.shows(cycle.resource(self.today))
    }

    fn shows_body(&self, cycle: &OpenedCycle, body: BodyIndex) -> bool {
        let resource = cycle.resource(self.today);
        self.shows(resource.with_body(cycle.organisations(), body, cycle.as_of()))
    }
}
