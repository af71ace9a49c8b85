//! `Duty`: what somebody must do in a cycle, and by when.

use super::body::Body;
use super::count;
use super::cycle::Cycle;
use super::phase::Phase;
use crate::project::Failure;
use crate::project::leaves::Id;
use crate::project::{enumeration, object};
use jiff::civil::Date;
use wcc_core::Actor;
use wcc_core::due::{self, DutyKind, duties_of, summary_of_bodies};
use wcc_core::framework::Role;

enumeration! {
    /// What kind of thing somebody must do.
    DutyKind as "DutyKind" {
        /// Judgements are missing.
        JUDGE = DutyKind::Judge,
        /// A value above what the evidence supports waits for an answer.
        ANSWER_CHALLENGE = DutyKind::AnswerChallenge,
        /// An approval can be given.
        APPROVE = DutyKind::Approve,
        /// Evidence has expired, or will before the phase ends.
        RENEW_EVIDENCE = DutyKind::RenewEvidence,
        /// The next phase can open.
        OPEN_PHASE = DutyKind::OpenPhase,
        /// Areas have no strategic lead.
        ALLOCATE_LEAD = DutyKind::AllocateLead,
        /// A plan was not filed.
        FILE_PLAN = DutyKind::FilePlan,
        /// An action is not finished.
        FINISH_ACTION = DutyKind::FinishAction,
        /// No support was chosen in an area of concern.
        CHOOSE_SUPPORT = DutyKind::ChooseSupport,
        /// A panel is not complete.
        APPOINT_PANEL = DutyKind::AppointPanel,
        /// A panel has no day.
        PLAN_PANEL_DAY = DutyKind::PlanPanelDay,
        /// A member of a panel has not declared their interests.
        DECLARE_INTERESTS = DutyKind::DeclareInterests,
        /// A comment on the facts of a draft has no reply.
        REPLY_TO_COMMENT = DutyKind::ReplyToComment,
        /// What was carried from an earlier cycle is neither confirmed nor changed.
        CONFIRM_CARRIED = DutyKind::ConfirmCarried,
    }
}

/// What somebody must do in a cycle.
#[derive(Clone, Debug)]
pub(crate) struct Duty<'a> {
    cycle: Cycle<'a>,
    data: due::Duty,
}

impl<'a> Duty<'a> {
    /// What somebody in a role, who acts for a body, must do as of a day.
    pub(crate) fn each(
        cycle: Cycle<'a>,
        role: &str,
        body: Option<&str>,
        on: Date,
    ) -> Result<impl Iterator<Item = Duty<'a>> + use<'a>, Failure> {
        let framework = &cycle.assured.cycle.framework;
        let roles = framework.roles.iter().map(|role| role.id.as_str());
        if !roles.clone().any(|known| known == role) {
            return Err(Failure::unknown("role", role, roles));
        }
        if let Some(code) = body {
            cycle.scope(code, None)?;
        }
        let actor = Actor::in_role(role, body);
        let duties = duties_of(&cycle.assured.cycle, &cycle.assured.assurance, &actor, on);
        Ok(duties.into_iter().map(move |data| Duty { cycle, data }))
    }
}

object! {
    /// Something that somebody in a role must do for a body, as the framework opens it to the role.
    Duty<'a> as "Duty" => |duty| {
        /// What kind of thing it is.
        kind: DutyKind = duty.data.kind;
        /// The body that it is about.
        body: Body<'a> = Body::of(duty.cycle.body_view(duty.data.body));
        /// What to do, in words.
        what: String = duty.data.what.clone();
        /// The last day, if one is set.
        by: Option<Date> = duty.data.by;
        /// Whether that day is past.
        late: bool = duty.data.is_late;
    }
}

/// A summary of what is due for a body: its phase, how much is due, and what comes first.
#[derive(Clone, Debug)]
pub(crate) struct BodyDuties<'a> {
    cycle: Cycle<'a>,
    data: due::BodySummary,
}

impl<'a> BodyDuties<'a> {
    /// Every PCT of a cycle, and the clusters and SHAs that have something to do, as of a day.
    pub(crate) fn of_cycle(
        cycle: Cycle<'a>,
        on: Date,
    ) -> impl Iterator<Item = BodyDuties<'a>> + use<'a> {
        let assured = cycle.assured;
        let bodies = summary_of_bodies(&assured.cycle, &assured.assurance, on);
        bodies
            .into_iter()
            .map(move |data| BodyDuties { cycle, data })
    }

    fn phase(&self) -> Option<Phase<'a>> {
        Phase::of_cycle(self.cycle).nth(usize::from(self.data.phase?.0))
    }

    fn next_role(&self) -> Option<&'a Role> {
        let next = self.data.next.as_ref()?;
        self.cycle.assured.cycle.framework.find_role(&next.role)
    }
}

object! {
    /// A summary of what is due for a body: its phase, how much is due, and what comes first.
    BodyDuties<'a> as "BodyDuties" => |duties| {
        /// The body.
        body: Body<'a> = Body::of(duties.cycle.body_view(duties.data.body));
        /// The phase that is open for it; null if none is.
        phase: Option<Phase<'a>> = duties.phase();
        /// How many things are due, for all roles.
        due: i32 = count(duties.data.due);
        /// How many of them are late.
        late: i32 = count(duties.data.late);
        /// What is due first, or has been late longest; null if nothing is due.
        next: Option<Duty<'a>> = duties.data.next.as_ref().map(|next| Duty { cycle: duties.cycle, data: next.duty.clone() });
        /// Identifier of the role that must do it.
        nextRole: Option<Id<'a>> = duties.next_role().map(|role| Id(&role.id));
    }
}
