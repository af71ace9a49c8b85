//! The phase in which a cycle is, for each of its bodies, and whose results are released to whom.
//!
//! Until somebody opens a phase, the dates of the framework decide. From then on, the phase that was
//! opened last for a body, for its cluster or for the SHA of its region applies to it, and the cycle
//! is [governed](CycleProgress::is_governed) by its roles.

mod blind_scoring;

pub use blind_scoring::{BlindScoring, ScoresOfCycle};

use crate::actor::Actor;
use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::cycle::{Cycle, Hidden};
use crate::framework::{Framework, Phase, PhaseIndex};
use crate::policy::{Policy, READ, Resource};
use crate::record::{RecordGroup, RecordId, RecordKind, Records, Release};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The phases that are open in a cycle, and the releases to one role.
#[derive(Clone, Debug)]
pub struct CycleProgress<'a> {
    framework: &'a Framework,
    /// The phase that the framework's dates give for the day.
    dated: Option<&'a Phase>,
    is_governed: bool,
    opened: Vec<(BodyIndex, RecordId, PhaseIndex)>,
    /// For each body whose results were released: whether they are released to the role.
    released: Vec<(BodyIndex, RecordId, bool)>,
}

impl<'a> CycleProgress<'a> {
    /// A cycle in which nobody has opened a phase, on a day.
    pub fn by_dates(framework: &'a Framework, today: Date) -> CycleProgress<'a> {
        CycleProgress {
            framework,
            dated: framework.phase_on(today),
            is_governed: false,
            opened: Vec::new(),
            released: Vec::new(),
        }
    }

    /// The progress that the current records of a cycle make, on a day. `counts` says which records
    /// are current, and `role` is that of whoever asks.
    pub fn new(
        framework: &'a Framework,
        records: &Records,
        counts: &dyn Fn(RecordId) -> bool,
        role: &str,
        today: Date,
    ) -> CycleProgress<'a> {
        let opened = records.phases.iter();
        let opened = opened.filter(|opened| counts(opened.record));
        let opened: Vec<_> = opened
            .map(|opened| (opened.body, opened.record, opened.phase))
            .collect();
        let released = records.releases.iter();
        let released = released.filter(|release| counts(release.record));
        CycleProgress {
            is_governed: !opened.is_empty(),
            opened,
            released: released
                .map(|release| {
                    let is_to = |to: &str| to == role || to == Actor::PUBLIC;
                    let is_released =
                        release.from <= today && release.to.iter().any(|to| is_to(to));
                    (release.body, release.record, is_released)
                })
                .collect(),
            ..CycleProgress::by_dates(framework, today)
        }
    }

    /// The progress of a cycle whose records are all current, on a day and for a role.
    pub fn of(cycle: &'a Cycle, role: &str, today: Date) -> CycleProgress<'a> {
        CycleProgress::new(&cycle.framework, &cycle.records, &|_| true, role, today)
    }

    /// The progress that a cycle has made by now, for the cycle as it stood at an earlier moment: who
    /// sees what is decided as of today. The bodies are those of the earlier tables.
    pub fn of_earlier(
        earlier: &'a Cycle,
        now: &'a Cycle,
        role: &str,
        today: Date,
    ) -> CycleProgress<'a> {
        fn moved<T: Copy>(
            records: &[(BodyIndex, RecordId, T)],
            from: &Organisations,
            to: &Organisations,
        ) -> Vec<(BodyIndex, RecordId, T)> {
            let moved = records.iter().filter_map(|(body, record, what)| {
                let body = to.find(&from.body(*body).code)?;
                Some((body, *record, *what))
            });
            moved.collect()
        }
        let progress = CycleProgress::of(now, role, today);
        let (from, to) = (&now.organisations, &earlier.organisations);
        CycleProgress {
            opened: moved(&progress.opened, from, to),
            released: moved(&progress.released, from, to),
            ..progress
        }
    }

    /// Whether somebody has opened a phase of the cycle: roles and phases then decide who sees what.
    pub fn is_governed(&self) -> bool {
        self.is_governed
    }

    /// The record that opened the phase of a body; `None` if no phase was opened for it.
    pub fn opening_of(
        &self,
        organisations: &Organisations,
        body: BodyIndex,
        day: Date,
    ) -> Option<(RecordId, PhaseIndex)> {
        latest_of(&self.opened, organisations, body, day)
    }

    /// Whether the results of a body are released to the role: by the latest release for it, its
    /// cluster or its SHA.
    fn is_released(&self, organisations: &Organisations, body: BodyIndex, day: Date) -> bool {
        let latest = latest_of(&self.released, organisations, body, day);
        latest.is_some_and(|(_, is_released)| is_released)
    }

    /// The phase of a body. `day` is that of the cycle's memberships.
    pub fn of_body(
        &self,
        organisations: &Organisations,
        body: BodyIndex,
        day: Date,
    ) -> Option<&'a Phase> {
        match self.opening_of(organisations, body, day) {
            Some((_, phase)) => Some(self.framework.phase(phase)),
            None => self.dated,
        }
    }

    /// The phase of the cycle as a whole; `None` if its bodies are in different phases.
    pub fn of_whole(&self) -> Option<&'a Phase> {
        let Some((_, _, phase)) = self.opened.first() else {
            return self.dated;
        };
        let all_same = self.opened.iter().all(|(_, _, other)| other == phase);
        all_same.then(|| self.framework.phase(*phase))
    }

    /// What a policy is asked about: the cycle as a whole.
    pub fn resource(&self, cycle: &'a str) -> Resource<'a> {
        Resource {
            cycle: Some(cycle),
            framework: Some(self.framework),
            phase: self.of_whole(),
            is_governed: self.is_governed(),
            has_releases: self.released.iter().any(|(_, _, is_released)| *is_released),
            ..Resource::default()
        }
    }

    /// What a policy is asked about: a body in the cycle. `day` is that of the cycle's memberships.
    pub fn body_resource(
        &self,
        cycle: &'a str,
        organisations: &'a Organisations,
        body: BodyIndex,
        day: Date,
    ) -> Resource<'a> {
        Resource {
            phase: self.of_body(organisations, body, day),
            is_released: self.is_released(organisations, body, day),
            ..self.resource(cycle).with_body(organisations, body, day)
        }
    }

    /// What an actor does not see of a cycle that they see, as a policy decides: bodies of its tables
    /// and, once it is governed, groups of records on the others, and scores one by one.
    pub fn hidden(
        &self,
        policy: &dyn Policy,
        actor: &Actor,
        cycle: &'a str,
        organisations: &'a Organisations,
        day: Date,
        scores: ScoresOfCycle<'_>,
    ) -> Hidden {
        let bodies = organisations.each().map(|(body, _)| body);
        let asked = bodies.map(|body| {
            let resource = self.body_resource(cycle, organisations, body, day);
            (body, resource)
        });
        let (hidden, shown): (Vec<_>, Vec<_>) = divide(policy, actor, asked.collect());
        let mut hidden = Hidden {
            bodies: hidden.into_iter().map(|(body, _)| body).collect(),
            ..Hidden::default()
        };
        if !self.is_governed() {
            return hidden;
        }
        let asked = shown.iter().flat_map(|(body, resource)| {
            RecordGroup::all().map(|group| ((*body, group), resource.with_records(group)))
        });
        let (records, _) = divide(policy, actor, asked.collect());
        let judged = records.iter();
        let judged = judged.filter(|((_, group), _)| group.kind == RecordKind::Judgement);
        let asked = judged.map(|(group, resource)| (*group, resource.with_rationale_only()));
        let (_, drafts) = divide(policy, actor, asked.collect());
        hidden.rationales = drafts.into_iter().map(|(group, _)| group).collect();
        hidden.records = records.into_iter().map(|(group, _)| group).collect();
        let resources: BTreeMap<BodyIndex, Resource<'_>> = shown.into_iter().collect();
        hidden.scores = hidden_scores(policy, actor, &resources, scores);
        hidden
    }
}

/// The scores that an actor may not see although they may see scores of the body.
fn hidden_scores<'a>(
    policy: &dyn Policy,
    actor: &Actor,
    resources: &BTreeMap<BodyIndex, Resource<'a>>,
    ScoresOfCycle { scores, scoring }: ScoresOfCycle<'_>,
) -> BTreeSet<RecordId> {
    let personal_records = scores.iter().map(|score| {
        let is_own = score.member == actor.person;
        let personal = scoring.personal_record(score.body, score.subject, is_own);
        (score.record, (score.body, personal))
    });
    let personal_records: Vec<_> = personal_records.collect();
    // Most scores of a body are alike to the policy.
    let unlike: BTreeSet<_> = personal_records
        .iter()
        .map(|(_, personal)| *personal)
        .collect();
    let asked = unlike.into_iter().filter_map(|(body, personal)| {
        let resource = resources.get(&body)?.with_records(RecordGroup::SCORES);
        let resource = Resource {
            personal: Some(personal),
            ..resource
        };
        Some(((body, personal), resource))
    });
    let (hidden, _) = divide(policy, actor, asked.collect());
    let hidden: BTreeSet<_> = hidden.into_iter().map(|(personal, _)| personal).collect();
    let hidden = personal_records
        .into_iter()
        .filter(|(_, personal)| hidden.contains(personal));
    hidden.map(|(record, _)| record).collect()
}

/// What a policy is asked about, each with what it stands for.
type Questions<'a, T> = Vec<(T, Resource<'a>)>;

/// Divides what a policy is asked about into what the actor may not read and what they may.
fn divide<'a, T>(
    policy: &dyn Policy,
    actor: &Actor,
    asked: Questions<'a, T>,
) -> (Questions<'a, T>, Questions<'a, T>) {
    let resources: Vec<Resource<'_>> = asked.iter().map(|(_, resource)| *resource).collect();
    let shown = policy.decide_each(actor, READ, &resources);
    // A missing answer is a denial.
    let shown = shown.into_iter().chain(std::iter::repeat(false));
    let (hidden, shown): (Vec<_>, Vec<_>) =
        asked.into_iter().zip(shown).partition(|(_, shown)| !shown);
    let without_answer =
        |asked: Vec<((T, Resource<'a>), bool)>| asked.into_iter().map(|(one, _)| one).collect();
    (without_answer(hidden), without_answer(shown))
}

/// The latest of some records that concerns a body: on the body, its cluster or its SHA.
pub(crate) fn latest_of<T: Copy>(
    records: &[(BodyIndex, RecordId, T)],
    organisations: &Organisations,
    body: BodyIndex,
    day: Date,
) -> Option<(RecordId, T)> {
    if records.is_empty() {
        return None;
    }
    let above = bodies_above(organisations, body, day);
    let concerns = |of: BodyIndex| of == body || above.contains(&Some(of));
    let mut latest: Option<(RecordId, T)> = None;
    for (of, record, what) in records {
        let is_later = latest.is_none_or(|(known, _)| known < *record);
        if is_later && concerns(*of) {
            latest = Some((*record, *what));
        }
    }
    latest
}

/// The cluster of a PCT on a day; `None` for any other body.
pub(crate) fn cluster_of(
    organisations: &Organisations,
    body: BodyIndex,
    day: Date,
) -> Option<BodyIndex> {
    match organisations.body(body).kind {
        BodyKind::Pct => organisations.cluster_of(body, day),
        BodyKind::Cluster | BodyKind::Function | BodyKind::Sha => None,
    }
}

/// The cluster and the SHA of a body.
pub(crate) fn bodies_above(
    organisations: &Organisations,
    body: BodyIndex,
    day: Date,
) -> [Option<BodyIndex>; 2] {
    let cluster = cluster_of(organisations, body, day);
    [cluster, organisations.sha_of(body)]
}

/// The release that holds for a body: the latest of those of it, its cluster or its SHA. `None` if its
/// results are not released to anybody.
pub fn release_of(cycle: &Cycle, body: BodyIndex) -> Option<&Release> {
    let releases = &cycle.records.releases;
    let of_bodies = releases
        .iter()
        .map(|release| (release.body, release.record, ()));
    let of_bodies: Vec<_> = of_bodies.collect();
    let (latest, ()) = latest_of(&of_bodies, &cycle.organisations, body, cycle.as_of)?;
    releases.iter().find(|release| release.record == latest)
}

/// The bodies for which a phase is opened, or results are released, if it is for everybody: the SHAs of a
/// cycle's PCTs; where there is none, the cluster or the PCT itself.
pub fn topmost_bodies(cycle: &Cycle) -> BTreeSet<BodyIndex> {
    let pcts = cycle.pcts.iter().copied();
    let above = pcts.map(|pct| {
        let [cluster, sha] = bodies_above(&cycle.organisations, pct, cycle.as_of);
        sha.or(cluster).unwrap_or(pct)
    });
    above.collect()
}

/// The PCTs of a cycle for which a phase is open if it is open for a body: the PCT itself, those of
/// the cluster, or those of the SHA's region.
pub fn bodies_below(cycle: &Cycle, body: BodyIndex) -> Vec<BodyIndex> {
    let pcts = cycle.pcts.iter().copied();
    pcts.filter(|pct| {
        let above = bodies_above(&cycle.organisations, *pct, cycle.as_of);
        *pct == body || above.contains(&Some(body))
    })
    .collect()
}
