//! What is due: what somebody in a role must do next, by when, and what is late.
//!
//! Pure: a statement about a cycle, a role and a day. It follows what the framework opens to the
//! role; policies alone decide who may do what. Each source of duties is a file of its own.

mod approvals;
mod carried;
mod challenges;
mod evidence;
mod judgements;
mod panels;
mod phases;
mod planning;
mod summary;

pub use summary::{BodySummary, NextDuty, summary_of_bodies};

use crate::actor::Actor;
use crate::approval::Approvals;
use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::framework::{MeasureIndex, Phase, PhaseIndex, Role};
use crate::output::Assurance;
use crate::progress::{CycleProgress, bodies_above, cluster_of};
use crate::record::{Method, RecordGroup, RecordId, RecordKind};
use crate::timetable::days_of;
use jiff::civil::Date;

/// What kind of thing somebody must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DutyKind {
    /// Judgements are missing.
    Judge,
    /// A value above what the evidence supports waits for an answer.
    AnswerChallenge,
    /// An approval can be given.
    Approve,
    /// Evidence has expired, or will before the phase ends.
    RenewEvidence,
    /// The next phase can open.
    OpenPhase,
    /// Areas have no strategic lead.
    AllocateLead,
    /// A plan was not filed.
    FilePlan,
    /// An action is not finished.
    FinishAction,
    /// No support was chosen in an area of concern.
    ChooseSupport,
    /// A panel is not complete.
    AppointPanel,
    /// A panel has no day.
    PlanPanelDay,
    /// A member of a panel has not declared their interests.
    DeclareInterests,
    /// A comment on the facts of a draft has no reply.
    ReplyToComment,
    /// What was carried from an earlier cycle is neither confirmed nor changed.
    ConfirmCarried,
}

/// Something that somebody must do for a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// What kind of thing it is.
    pub kind: DutyKind,
    /// The body that it is about.
    pub body: BodyIndex,
    /// What to do, in words.
    pub what: String,
    /// The last day, if one is set.
    pub by: Option<Date>,
    /// Whether that day is past.
    pub is_late: bool,
    /// The challenged value, if it is a challenge.
    pub challenged: Option<ChallengedValue>,
}

/// A value that is challenged. A challenge to another value of the same measure is another challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengedValue {
    /// The measure.
    pub measure: MeasureIndex,
    /// The method that produced the value.
    pub method: Method,
    /// The judgement that holds it; `None` if it is last year's.
    pub judgement: Option<RecordId>,
}

/// Finds duties of one kind.
type DutyFinder = fn(&DutySearch<'_>, &mut Vec<Duty>);

/// Every source of duties.
const DUTY_FINDERS: [DutyFinder; 8] = [
    judgements::find,
    challenges::find,
    approvals::find,
    evidence::find,
    phases::find,
    planning::find,
    panels::find,
    carried::find,
];

/// What an actor must do in a cycle as of a day: what is late first, then by the last day, those without
/// one at the end. Empty if the framework does not know the role.
pub fn duties_of(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    actor: &Actor,
    today: Date,
) -> Vec<Duty> {
    let mut duties = Vec::new();
    if let Some(search) = DutySearch::new(cycle, assurance, actor, today) {
        for find in DUTY_FINDERS {
            find(&search, &mut duties);
        }
    }
    duties.sort_by(|one, other| {
        let key = |duty: &Duty| (duty.by.unwrap_or(Date::MAX), duty.kind, duty.body);
        key(one).cmp(&key(other))
    });
    duties
}

/// Where duties are looked for.
struct DutySearch<'a> {
    cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    role: &'a Role,
    /// The body that the actor acts for; `None` for all.
    acts_for: Option<BodyIndex>,
    today: Date,
    progress: CycleProgress<'a>,
    approvals: Approvals<'a>,
}

impl<'a> DutySearch<'a> {
    fn new(
        cycle: &'a CheckedCycle,
        assurance: &'a Assurance,
        actor: &Actor,
        today: Date,
    ) -> Option<DutySearch<'a>> {
        let role = cycle.framework.find_role(&actor.role)?;
        let acts_for = match &actor.body {
            Some(code) => Some(cycle.organisations.find(code)?),
            None => None,
        };
        let of_other_cycle = actor.cycle.as_deref().is_some_and(|of| *of != *cycle.id);
        if of_other_cycle {
            return None;
        }
        Some(DutySearch {
            cycle,
            assurance,
            role,
            acts_for,
            today,
            progress: CycleProgress::of(cycle, &actor.role, today),
            approvals: Approvals::of(cycle),
        })
    }

    /// Whether the actor acts for a body: the body itself or what is above it.
    fn is_theirs(&self, body: BodyIndex) -> bool {
        let above = || bodies_above(&self.cycle.organisations, body, self.cycle.as_of);
        self.acts_for
            .is_none_or(|own| own == body || above().contains(&Some(own)))
    }

    /// Whether whoever asks sees a group of records on a body and on its cluster. What is hidden from them
    /// is not missing, and nothing is due to them that follows from it.
    fn shows(&self, body: BodyIndex, group: RecordGroup) -> bool {
        let cluster = cluster_of(&self.cycle.organisations, body, self.cycle.as_of);
        let mut concerned = std::iter::once(body).chain(cluster);
        !concerned.any(|of| self.cycle.unseen_groups.contains(&(of, group)))
    }

    /// Whether whoever asks sees the records of a kind on a body and on its cluster.
    fn shows_kind(&self, body: BodyIndex, kind: RecordKind) -> bool {
        self.shows(body, RecordGroup::of_kind(kind))
    }

    /// The phase of a body.
    fn phase_of(&self, body: BodyIndex) -> Option<&'a Phase> {
        let progress = &self.progress;
        progress.of_body(&self.cycle.organisations, body, self.cycle.as_of)
    }

    /// Whether an act on a body is open to the role.
    fn is_open(&self, act: &str, body: BodyIndex) -> bool {
        let phase = self.phase_of(body);
        let in_phase = phase.is_some_and(|phase| {
            let mut acts = phase.acts_of(&self.role.id);
            acts.any(|open| open == act)
        });
        in_phase || self.role.acts.iter().any(|open| open == act)
    }

    /// The last day of the phase of a body.
    fn last_day(&self, body: BodyIndex) -> Option<Date> {
        let phase = self.phase_of(body)?;
        let index: PhaseIndex = self.cycle.framework.phase_index(&phase.id)?;
        days_of(self.cycle, index, body).to
    }

    /// Something to do in the phase of a body.
    fn duty(&self, kind: DutyKind, body: BodyIndex, what: String) -> Duty {
        self.duty_by(kind, body, what, self.last_day(body))
    }

    fn duty_by(&self, kind: DutyKind, body: BodyIndex, what: String, by: Option<Date>) -> Duty {
        Duty {
            kind,
            body,
            what,
            by,
            is_late: by.is_some_and(|by| by < self.today),
            challenged: None,
        }
    }

    fn name(&self, body: BodyIndex) -> String {
        self.cycle.organisations.body(body).name_and_code()
    }
}
