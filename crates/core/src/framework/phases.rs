//! Roles, phases, what each role may do in them, and what must be complete before they open.

use super::{ApprovalIndex, Framework, MeasureIndex};
use crate::record::{Method, Subject};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Position of a phase in [`Framework::phases`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PhaseIndex(pub u16);

/// A role that people have in the assurance, such as a member of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Identifier: `member`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The methods by which people in this role judge.
    pub methods: Vec<Method>,
    /// The acts that are open to them in every phase, and before any: data for policies.
    pub acts: Vec<String>,
    /// Identifiers of the approvals that they may give or withdraw: data for policies.
    pub approvals: Vec<String>,
    /// What they see only once it is released to them: the groups of records, by their
    /// [names](crate::record::RecordGroup::name).
    pub after_release: Vec<String>,
    /// What they never see, whatever is released: groups of records, by their names.
    pub never: Vec<String>,
}

/// One phase of the cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Identifier: `self-assessment`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// First day, if the source states it.
    pub from: Option<Date>,
    /// Last day, if the source states it.
    pub to: Option<Date>,
    /// The date in the source's words: `August/September 08`.
    pub as_stated: Option<String>,
    /// Source of the date.
    pub source: Option<String>,
    /// The acts open to each role in this phase, by the role's identifier. This is data for
    /// policies, which make the decisions.
    pub acts: Vec<(String, Vec<String>)>,
    /// What each role sees in this phase although it is not released yet, by the role's identifier:
    /// groups of records by their names, and the [rationale](crate::policy::Resource::RATIONALE) of
    /// judgements. This is data for policies.
    pub shows: Vec<(String, Vec<String>)>,
    /// Identifier of the phase after which it comes.
    pub after: Option<String>,
    /// What must be complete before it opens, besides what the phase before requires.
    pub requires: Vec<PhaseRequirement>,
    /// What must be approved before it opens, besides what the phase before requires.
    pub requires_approvals: Vec<ApprovalRequirement>,
}

/// An approval that must be given before a phase opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApprovalRequirement {
    /// The approval.
    pub approval: ApprovalIndex,
    /// Of what. The approval of a group is one of each of its bodies.
    pub of: RequiredOf,
}

/// Judgements that must be complete before a phase opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseRequirement {
    /// The method by which they are made.
    pub method: Method,
    /// On what they are made.
    pub of: RequiredOf,
    /// Measures, or components and areas for all of their measures; everything if it is empty.
    pub parts: Vec<Subject>,
}

impl PhaseRequirement {
    /// The measures on which judgements are required, in the order of the framework.
    pub fn measures<'a>(
        &'a self,
        framework: &'a Framework,
    ) -> impl Iterator<Item = MeasureIndex> + 'a {
        let all = framework.each_measure().map(|(index, _)| index);
        all.filter(|index| {
            let holds = |part: &Subject| match part.part() {
                Some(level) => framework
                    .measures_of(level)
                    .any(|measure| measure == *index),
                None => *part == Subject::Measure(*index),
            };
            self.parts.is_empty() || self.parts.iter().any(holds)
        })
    }
}

/// The bodies whose judgements a phase requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredOf {
    /// Each assured body, which may inherit them from its group or from a function.
    Bodies,
    /// Each group: every measure that is judged once for it, and each member's own measures. A body in
    /// no group is a group of one.
    Groups,
    /// Each function, on what it performs.
    Functions,
}

impl RequiredOf {
    /// Every kind, with the word that framework files use.
    pub const NAMES: [(&'static str, RequiredOf); 3] = [
        ("bodies", RequiredOf::Bodies),
        ("groups", RequiredOf::Groups),
        ("functions", RequiredOf::Functions),
    ];

    /// The word that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            RequiredOf::Bodies => "bodies",
            RequiredOf::Groups => "groups",
            RequiredOf::Functions => "functions",
        }
    }
}

impl Phase {
    /// Whether the phase has dates that include a day. Both ends are inclusive, and a missing end
    /// is open.
    pub fn holds_on(&self, day: Date) -> bool {
        let has_dates = self.from.is_some() || self.to.is_some();
        has_dates && self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// The acts open to a role in this phase.
    pub fn acts_of(&self, role: &str) -> impl Iterator<Item = &str> {
        words_of(&self.acts, role)
    }

    /// What a role sees in this phase although it is not released yet.
    pub fn shown_to(&self, role: &str) -> impl Iterator<Item = &str> {
        words_of(&self.shows, role)
    }
}

fn words_of<'a>(rows: &'a [(String, Vec<String>)], role: &str) -> impl Iterator<Item = &'a str> {
    let rows = rows.iter().filter(move |(row_role, _)| row_role == role);
    rows.flat_map(|(_, words)| words).map(String::as_str)
}

impl Framework {
    /// The phase of a cycle on a day. If several phases include the day, the last in the list
    /// applies, because the later work has then begun.
    pub fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().rev().find(|phase| phase.holds_on(day))
    }

    /// The role with this identifier.
    pub fn find_role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// Whether an act is open to a role in some phase.
    pub fn opens_to(&self, role: &str, act: &str) -> bool {
        let declared = self.roles.iter().filter(|declared| declared.id == role);
        let mut always = declared.flat_map(|declared| &declared.acts);
        let mut in_phases = self.phases.iter().flat_map(|phase| phase.acts_of(role));
        always.any(|open| open == act) || in_phases.any(|open| open == act)
    }

    /// The phase with this identifier.
    pub fn find_phase(&self, id: &str) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.id == id)
    }

    /// Position of the phase with this identifier.
    pub fn phase_index(&self, id: &str) -> Option<PhaseIndex> {
        let position = self.phases.iter().position(|phase| phase.id == id)?;
        u16::try_from(position).ok().map(PhaseIndex)
    }

    /// The phase at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn phase(&self, index: PhaseIndex) -> &Phase {
        &self.phases[usize::from(index.0)]
    }
}
