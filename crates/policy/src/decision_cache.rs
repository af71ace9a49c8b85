//! Earlier decisions, remembered. The policies of a [`CedarPolicy`](crate::CedarPolicy) never
//! change, so the same question always has the same answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use wcc_core::Framework;
use wcc_core::policy::{Decision, PersonalRecord, Question, WithdrawnRecord};

/// Maximum number of remembered decisions: enough for the acts of some clerks on every body of the
/// nation. When it is reached, all are dropped.
const MAX_DECISIONS: usize = 16_384;

/// Decisions, by everything in a question that the policies see.
#[derive(Debug, Default)]
pub(crate) struct DecisionCache(Mutex<HashMap<Box<[u8]>, Decision>>);

impl DecisionCache {
    /// The decision on a question: from `decide`, if it was not made before.
    pub(crate) fn decision(
        &self,
        question: &Question<'_>,
        decide: impl FnOnce() -> Decision,
    ) -> Decision {
        let key = key(question);
        if let Some(known) = self.decisions().get(&*key) {
            return known.clone();
        }
        let decision = decide();
        let mut decisions = self.decisions();
        if decisions.len() >= MAX_DECISIONS {
            decisions.clear();
        }
        decisions.insert(key.into_boxed_slice(), decision.clone());
        decision
    }

    fn decisions(&self) -> std::sync::MutexGuard<'_, HashMap<Box<[u8]>, Decision>> {
        // Nothing panics while the lock is held; if it did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything in a question that [`crate::entities`] passes to Cedar. Each text is preceded by its
/// length, so that two questions never have the same key.
fn key(question: &Question<'_>) -> Vec<u8> {
    let Question {
        actor,
        act,
        resource,
    } = question;
    let mut key = Key(Vec::with_capacity(256));
    key.text(&actor.person);
    key.text(&actor.role);
    key.known(actor.body.as_deref());
    key.known(actor.cycle.as_deref());
    key.text(act);
    key.known(resource.cycle);
    key.known(resource.body.map(|body| body.code.as_str()));
    key.known(resource.body.map(|body| body.kind.name()));
    key.known(resource.cluster);
    key.known(resource.sha);
    key.known(resource.method.map(|method| method.name()));
    key.known(resource.approval);
    key.known(resource.framework.map(|framework| framework.id.as_str()));
    let review = resource.framework.and_then(Framework::own_review);
    key.known(review.map(|review| review.id.as_str()));
    key.known(resource.phase.map(|phase| phase.id.as_str()));
    for flag in [
        resource.is_governed,
        resource.is_released,
        resource.has_releases,
    ] {
        key.0.push(u8::from(flag));
    }
    key.known(resource.records());
    key.known(resource.recipient);
    key.known(resource.withdrawn.map(|withdrawn| withdrawn.act));
    let is_of_own_role = |withdrawn: WithdrawnRecord| withdrawn.is_of_own_role;
    key.0
        .push(u8::from(resource.withdrawn.is_some_and(is_of_own_role)));
    key.0.push(u8::from(resource.personal.is_some()));
    if let Some(personal) = resource.personal {
        let PersonalRecord {
            is_own,
            asker_has_scored,
            panel_has_agreed,
        } = personal;
        key.0
            .extend([is_own, asker_has_scored, panel_has_agreed].map(u8::from));
    }
    key.list(resource.members());
    let roles = resource
        .framework
        .map_or(&[][..], |framework| &framework.roles);
    key.list(roles.iter().map(|role| role.id.as_str()));
    for role in roles {
        key.list(role.methods.iter().map(|method| method.name()));
        key.list(role.acts.iter().map(String::as_str));
        key.list(role.approvals.iter().map(String::as_str));
        key.list(role.after_release.iter().map(String::as_str));
        key.list(role.never.iter().map(String::as_str));
    }
    if let (Some(framework), Some(phase)) = (resource.framework, resource.phase) {
        // Two versions of a framework may open other acts in the same phase, or require other
        // judgements.
        for role in &framework.roles {
            key.list(phase.acts_of(&role.id));
            key.list(phase.shown_to(&role.id));
        }
        key.known(phase.after.as_deref());
        for requirement in &phase.requires {
            key.text(requirement.method.name());
            key.text(requirement.of.name());
        }
    }
    key.0
}

struct Key(Vec<u8>);

impl Key {
    /// A list, with its length before it.
    fn list<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        let texts: Vec<&str> = texts.into_iter().collect();
        self.0.extend_from_slice(&texts.len().to_le_bytes());
        for text in texts {
            self.text(text);
        }
    }

    fn text(&mut self, text: &str) {
        self.0.extend_from_slice(&text.len().to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn known(&mut self, text: Option<&str>) {
        self.0.push(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }
}
