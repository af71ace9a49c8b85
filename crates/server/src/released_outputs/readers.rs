//! What a release shows to everybody to whom it releases an output.

use std::sync::Arc;
use wcc_api::{Api, Part, cycle_in_json};
use wcc_core::Actor;
use wcc_core::policy::{Decision, Policy, Question, Resource};
use wcc_core::record::Release;
use wcc_programme::{Programme, ProgrammeView, Visibility};

/// Writes the outputs of a release as those to whom it releases them see them: what is hidden from
/// one of them is absent, and so is what this release would not show to the public. Whoever it is
/// released to later, by another release, therefore reads nothing in it that they may not know.
pub struct ReleaseReader {
    programme: Arc<Programme>,
    policy: Arc<dyn Policy>,
    cycle: String,
    release: Release,
    /// Code of the body that was released with everything below it.
    released: Box<str>,
    /// What its readers see, and what answers them; `None` until somebody asks.
    view: Option<(Programme, Api)>,
}

impl ReleaseReader {
    /// A reader of a release: the programme as of the entry that made it, the policy, the identifier
    /// of the cycle, and the number of that entry. `None` if the programme has no such release.
    pub fn new(
        programme: Arc<Programme>,
        policy: Arc<dyn Policy>,
        cycle: &str,
        entry: u32,
    ) -> Option<ReleaseReader> {
        let assured = programme.cycle(cycle)?;
        let mut releases = assured.cycle.records.releases.iter();
        let release = releases.find(|release| release.record.0 == entry)?.clone();
        let released = assured.cycle.organisations.body(release.body);
        Some(ReleaseReader {
            cycle: cycle.to_owned(),
            released: released.code.as_str().into(),
            release,
            view: None,
            policy,
            programme,
        })
    }

    /// The output of a PCT in JSON, as `wcc assure --json` prints it; `None` if it has none, or none
    /// that they see.
    pub async fn output(&mut self, pct: &str) -> Option<String> {
        if self.view.is_none() {
            self.view = Some(self.view_of_readers().await);
        }
        let (seen, api) = self.view.as_ref()?;
        let cycle = &seen.cycle(&self.cycle)?.cycle;
        let body = cycle.organisations.find(pct)?;
        if !cycle.pcts.contains(&body) {
            return None;
        }
        Some(cycle_in_json(api, &self.cycle, Some(Part::Pct(pct))).await)
    }

    async fn view_of_readers(&self) -> (Programme, Api) {
        let readers = Readers {
            policy: &*self.policy,
            actors: self.actors(),
            cycle: &self.cycle,
            released: &self.released,
        };
        let (programme, public) = (&*self.programme, Actor::public());
        let day = self.release.from;
        let visibility = Visibility::of(programme, programme, &readers, &public, day);
        let view = ProgrammeView::new(programme, &visibility, None).await;
        let api = Api::new(view.programme.clone(), wcc_api::Settings::default());
        (view.programme, api)
    }

    /// The public, and people in the roles to which it is released who act for the released body. People
    /// of the bodies below it are not asked one by one: what they see beyond this is not the release's.
    fn actors(&self) -> Vec<Actor> {
        let roles = self.release.to.iter();
        let roles = roles.filter(|role| ***role != *Actor::PUBLIC);
        let people = roles.map(|role| Actor {
            role: role.clone(),
            body: Some(self.released.clone()),
            cycle: Some(self.cycle.as_str().into()),
            ..Actor::public()
        });
        std::iter::once(Actor::public()).chain(people).collect()
    }
}

/// Allows what a policy allows to each of some actors, once an output is released to all of them.
#[derive(Debug)]
struct Readers<'p> {
    policy: &'p dyn Policy,
    actors: Vec<Actor>,
    cycle: &'p str,
    released: &'p str,
}

impl Readers<'_> {
    /// A resource as it is once the release holds for whoever asks.
    fn as_released<'r>(&self, resource: &Resource<'r>) -> Resource<'r> {
        if resource.cycle != Some(self.cycle) {
            return *resource;
        }
        let body = resource.body.map(|body| body.code.as_str());
        let mut concerned = [body, resource.cluster, resource.sha].into_iter().flatten();
        Resource {
            has_releases: true,
            is_released: resource.is_released || concerned.any(|code| code == self.released),
            ..*resource
        }
    }
}

impl Policy for Readers<'_> {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let resource = self.as_released(&question.resource);
        let decisions = self.actors.iter().map(|actor| {
            self.policy.decide(&Question {
                actor,
                act: question.act,
                resource,
            })
        });
        let mut denials = decisions.filter(|decision| !decision.is_allowed());
        denials.next().unwrap_or(Decision::Allowed)
    }

    fn decide_each(&self, _: &Actor, act: &str, resources: &[Resource<'_>]) -> Vec<bool> {
        let resources = resources.iter().map(|one| self.as_released(one));
        // The other actors are not asked about what one of them may not see.
        let mut left: Vec<(usize, Resource<'_>)> = resources.enumerate().collect();
        let mut allowed = vec![false; left.len()];
        for actor in &self.actors {
            let asked: Vec<Resource<'_>> = left.iter().map(|(_, resource)| *resource).collect();
            let decisions = self.policy.decide_each(actor, act, &asked);
            // A missing answer is a denial.
            let decisions = decisions.into_iter().chain(std::iter::repeat(false));
            let seen = left.into_iter().zip(decisions);
            left = seen.filter(|(_, seen)| *seen).map(|(one, _)| one).collect();
        }
        for (at, _) in left {
            if let Some(allowed) = allowed.get_mut(at) {
                *allowed = true;
            }
        }
        allowed
    }
}
