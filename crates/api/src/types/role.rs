//! `Role`: who takes part in an assurance, how they judge, and which acts are open to them.

use super::framework::Framework;
use super::phase::Phase;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::framework as core;

/// A role of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Role<'a> {
    framework: Framework<'a>,
    data: &'a core::Role,
}

impl<'a> Role<'a> {
    /// The roles of a framework.
    pub(crate) fn of_framework(framework: Framework<'a>) -> impl Iterator<Item = Role<'a>> {
        let roles = framework.data.roles.iter();
        roles.map(move |data| Role { framework, data })
    }

    fn method_ids(&self) -> impl Iterator<Item = Id<'a>> + use<'a> {
        let methods = &self.framework.data.methods;
        let used = self.data.methods.iter();
        used.filter_map(move |purpose| Some(Id(&methods.get(*purpose)?.id)))
    }

    /// The phases in which more acts are open to the role than in every phase.
    fn phases(&self) -> impl Iterator<Item = RoleInPhase<'a>> + use<'a> {
        let role = &self.data.id;
        Phase::of_framework(self.framework).filter_map(move |phase| {
            let mut acts = phase.data().acts.iter();
            let (_, acts) = acts.find(|(of, _)| of == role)?;
            Some(RoleInPhase { phase, acts })
        })
    }
}

/// The acts that a phase opens to a role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleInPhase<'a> {
    phase: Phase<'a>,
    acts: &'a [String],
}

object! {
    /// A role that people have in the assurance, such as a member of a panel. What is open to it is
    /// what the framework says; the policies decide.
    Role<'a> as "Role" => |role| {
        /// Identifier: `member`.
        code: Id<'a> = Id(&role.data.id);
        /// Title as printed.
        title: &'a str = role.data.title.as_str();
        /// Identifiers of the methods by which people in this role judge.
        methodIds: [Id<'a>; 1] = role.method_ids();
        /// The acts that are open to it in every phase: `record-action`.
        acts: [Id<'a>; 5] = role.data.acts.iter().map(|act| Id(act));
        /// Identifiers of the approvals that it may give.
        approvals: [Id<'a>; 1] = role.data.approvals.iter().map(|approval| Id(approval));
        /// The phases that open further acts to it.
        phases: [RoleInPhase<'a>; 5] = role.phases();
    }
}

object! {
    /// The acts that a phase opens to a role.
    RoleInPhase<'a> as "RoleInPhase" => |it_is| {
        /// The phase.
        phase: Phase<'a> = it_is.phase;
        /// The acts: `record-judgement`.
        acts: [Id<'a>; 5] = it_is.acts.iter().map(|act| Id(act));
    }
}
