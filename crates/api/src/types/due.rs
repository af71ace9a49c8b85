//! `Duty`: what somebody must do in a cycle, and by when.

use super::body::Body;
use super::cycle::Cycle;
use crate::project::Failure;
use crate::project::{enumeration, object};
use jiff::civil::Date;
use wcc_core::Actor;
use wcc_core::due::{self, DutyKind, duties_of};

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
        let actor = Actor {
            person: role.into(),
            role: role.into(),
            body: body.map(Into::into),
            cycle: None,
        };
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
