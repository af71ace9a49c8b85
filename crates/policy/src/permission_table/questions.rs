//! The questions to the policies, and how their answers are grouped.

use super::situations::{Situation, Target, tables};
use super::subjects::{Subject, SubjectName, acts_to_list, records_to_list};
use super::{Decisions, Moment, Released, RoleTable, Row, Verdict};
use crate::cedar::{CedarPolicy, Explanation};
use cedar_policy::Entities;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wcc_core::Actor;
use wcc_core::body::{BodyIndex, Organisations};
use wcc_core::framework::Framework;
use wcc_core::policy::{Question, READ, Resource, WithdrawnRecord};

/// The cycle that is asked about. Policies that name a cycle name another.
const CYCLE: &str = "any cycle";
/// The day of its memberships, which hold on every day.
pub(super) const DAY: Date = date(2000, 1, 1);

/// Asks the policies, and collects the reasons of denials.
#[derive(Debug)]
pub(super) struct Questions<'a> {
    policies: &'a CedarPolicy,
    framework: &'a Framework,
    organisations: Arc<Organisations>,
    /// Everybody who asks.
    actors: Vec<Actor>,
    /// What policies are told at each moment: of everybody, the cycle and every body.
    entities: BTreeMap<Moment, Option<Arc<Entities>>>,
    pub(super) reasons: Vec<Vec<String>>,
}

impl<'a> Questions<'a> {
    pub(super) fn new(
        policies: &'a CedarPolicy,
        framework: &'a Framework,
        roles: &[(&str, &str)],
        situations: &[Situation],
    ) -> Questions<'a> {
        let actors = roles
            .iter()
            .flat_map(|(role, _)| situations.iter().map(|situation| situation.actor(role)));
        Questions {
            policies,
            framework,
            organisations: Arc::new(tables(framework)),
            actors: actors.collect(),
            entities: BTreeMap::new(),
            // The first reason is that nothing permits.
            reasons: vec![Vec::new()],
        }
    }

    /// Asks everything about a role.
    pub(super) fn role_table(
        &mut self,
        role: &str,
        title: &str,
        situations: &[Situation],
    ) -> RoleTable {
        let acts = acts_to_list(self.framework);
        let records = records_to_list();
        let by_acts = self.rows(role, situations, &acts, &self.moments_of_acts());
        let by_records = self.rows(role, situations, &records, &self.moments_of_records());
        let (acts, denied): (Vec<Row>, Vec<Row>) =
            by_acts.into_iter().partition(Row::allows_something);
        let allowed: BTreeSet<&SubjectName> = acts.iter().flat_map(|row| &row.subjects).collect();
        let mut never = Vec::new();
        for subject in denied.iter().flat_map(|row| &row.subjects) {
            if !allowed.contains(subject) && !never.contains(subject) {
                never.push(subject.clone());
            }
        }
        RoleTable {
            role: role.to_owned(),
            title: title.to_owned(),
            denied: never,
            acts,
            records: by_records,
        }
    }

    fn phases(&self) -> impl Iterator<Item = Option<usize>> + use<> {
        std::iter::once(None).chain((0..self.framework.phases.len()).map(Some))
    }

    /// What is open before a phase is opened, and in each phase. Releases do not matter to the acts
    /// that the program knows.
    fn moments_of_acts(&self) -> Vec<Moment> {
        self.moments(&[Released::Nothing])
    }

    /// Before a phase is opened, whoever sees a body sees every record on it.
    fn moments_of_records(&self) -> Vec<Moment> {
        let releases = [Released::Nothing, Released::OtherBodies, Released::ThisBody];
        self.moments(&releases)
    }

    /// The moment before a phase is opened, and every phase with each of these releases.
    fn moments(&self, releases: &[Released]) -> Vec<Moment> {
        let governed = releases.iter().flat_map(|released| {
            self.phases().map(move |phase| Moment {
                is_governed: true,
                released: *released,
                phase,
            })
        });
        std::iter::once(Moment::BEFORE_PHASES)
            .chain(governed)
            .collect()
    }

    /// Groups the decisions: one row for all subjects that have the same decisions at the same
    /// moments.
    fn rows(
        &mut self,
        role: &str,
        situations: &[Situation],
        subjects: &[Subject],
        moments: &[Moment],
    ) -> Vec<Row> {
        // Of each subject, the moments of each combination of decisions.
        let mut of_subjects: Vec<BTreeMap<Decisions, BTreeSet<Moment>>> =
            vec![BTreeMap::new(); subjects.len()];
        for moment in moments {
            let decided = self.decisions_at(role, situations, subjects, *moment);
            for (of_subject, decisions) in of_subjects.iter_mut().zip(decided) {
                let mut verdicts = decisions.iter().flatten();
                if verdicts.any(|verdict| *verdict != Verdict::NotAsked) {
                    of_subject.entry(decisions).or_default().insert(*moment);
                }
            }
        }
        let mut rows: Vec<Row> = Vec::new();
        for (subject, of_subject) in subjects.iter().zip(of_subjects) {
            for (decisions, moments) in of_subject {
                let same = rows
                    .iter_mut()
                    .find(|row| row.decisions == decisions && row.moments == moments);
                match same {
                    Some(row) => row.subjects.push(subject.name.clone()),
                    None => rows.push(Row {
                        subjects: vec![subject.name.clone()],
                        moments,
                        decisions,
                    }),
                }
            }
        }
        rows
    }

    /// The decisions on each subject at a moment.
    fn decisions_at(
        &mut self,
        role: &str,
        situations: &[Situation],
        subjects: &[Subject],
        moment: Moment,
    ) -> Vec<Decisions> {
        let mut decided: Vec<Decisions> = vec![Vec::new(); subjects.len()];
        for situation in situations {
            let actor = situation.actor(role);
            for decisions in &mut decided {
                decisions.push(Vec::new());
            }
            // Whoever asks without a token acts for nobody.
            let is_possible = role != Actor::PUBLIC || situation.is_unlimited();
            for (_, target) in &situation.targets {
                let verdicts = if is_possible {
                    self.verdicts_on(&actor, *target, subjects, moment)
                } else {
                    vec![Verdict::NotAsked; subjects.len()]
                };
                for (decisions, verdict) in decided.iter_mut().zip(verdicts) {
                    if let Some(last) = decisions.last_mut() {
                        last.push(verdict);
                    }
                }
            }
        }
        decided
    }

    fn entities_at(&mut self, moment: Moment) -> Option<Arc<Entities>> {
        if let Some(known) = self.entities.get(&moment) {
            return known.clone();
        }
        let cycle = cycle_at(self.framework, moment);
        let bodies = self.organisations.each();
        let bodies = bodies.map(|(body, _)| body_at(cycle, &self.organisations, body, moment));
        let resources: Vec<Resource<'_>> = bodies.chain([cycle, Resource::default()]).collect();
        let entities = self.policies.entities(&self.actors, &resources);
        let entities = entities.ok().map(Arc::new);
        self.entities.insert(moment, entities.clone());
        entities
    }

    /// The decisions on each subject, of one actor on one target.
    fn verdicts_on(
        &mut self,
        actor: &Actor,
        target: Target,
        subjects: &[Subject],
        moment: Moment,
    ) -> Vec<Verdict> {
        let (framework, organisations) = (self.framework, Arc::clone(&self.organisations));
        let cycle = cycle_at(framework, moment);
        let resource = match target {
            Target::Programme => Resource::default(),
            Target::Cycle => cycle,
            Target::Body(body) => body_at(cycle, &organisations, body, moment),
        };
        let Some(entities) = self.entities_at(moment) else {
            return vec![Verdict::Denied(0); subjects.len()];
        };
        let seen_first: &[Resource<'_>] = match target {
            Target::Programme => &[],
            Target::Cycle => &[cycle],
            Target::Body(_) => &[cycle, resource],
        };
        let mut ask = |act: &'static str, resource| {
            let question = Question {
                actor,
                act,
                resource,
            };
            let Explanation { decision, policies } =
                self.policies.explain_with(&question, &entities);
            if decision.is_allowed() {
                return Verdict::Allowed;
            }
            let known = self.reasons.iter().position(|reason| *reason == policies);
            Verdict::Denied(known.unwrap_or_else(|| {
                self.reasons.push(policies);
                self.reasons.len() - 1
            }))
        };
        let mut seen = Verdict::Allowed;
        for shown in seen_first {
            if seen == Verdict::Allowed {
                seen = ask(READ, *shown);
            }
        }
        // Several subjects are about one group of records.
        let mut of_group = None;
        let verdicts = subjects.iter().map(|subject| {
            // Releases of other bodies matter only to whether the cycle is seen.
            let is_of_others = moment.released == Released::OtherBodies;
            if !target.is_among(subject.on) || (is_of_others && !subject.is_cycle()) {
                return Verdict::NotAsked;
            }
            if seen != Verdict::Allowed {
                return seen;
            }
            let is_read = subject.act == READ;
            match subject.records {
                // Nothing is withheld from whoever sees the body.
                _ if is_read && !moment.is_governed => seen,
                None if is_read => seen,
                Some(group) if is_read => {
                    let group = resource.with_records(group);
                    let shown = match of_group {
                        Some((last, shown)) if last == group.records() => shown,
                        _ => ask(READ, group),
                    };
                    of_group = Some((group.records(), shown));
                    if subject.is_rationale_only && shown != Verdict::Allowed {
                        return ask(READ, group.with_rationale_only());
                    }
                    if subject.personal.is_some() && shown == Verdict::Allowed {
                        let personal = subject.personal;
                        return ask(READ, Resource { personal, ..group });
                    }
                    shown
                }
                // The document of a record is asked about with its kind.
                Some(group) => ask(subject.act, resource.with_records(group)),
                None => ask(
                    subject.act,
                    Resource {
                        method: subject.method,
                        approval: subject.approval.as_deref(),
                        personal: subject.personal,
                        withdrawn: subject.withdrawn.map(|act| WithdrawnRecord {
                            act,
                            is_of_own_role: framework.opens_to(&actor.role, act),
                        }),
                        ..resource
                    },
                ),
            }
        });
        verdicts.collect()
    }
}

fn cycle_at(framework: &Framework, moment: Moment) -> Resource<'_> {
    Resource {
        cycle: Some(CYCLE),
        framework: Some(framework),
        phase: moment.phase.and_then(|phase| framework.phases.get(phase)),
        is_governed: moment.is_governed,
        has_releases: moment.released != Released::Nothing,
        ..Resource::default()
    }
}

fn body_at<'a>(
    cycle: Resource<'a>,
    organisations: &'a Organisations,
    body: BodyIndex,
    moment: Moment,
) -> Resource<'a> {
    Resource {
        is_released: moment.released == Released::ThisBody,
        ..cycle.with_body(organisations, body, DAY)
    }
}
