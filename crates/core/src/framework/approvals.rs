//! Approvals that a framework asks for, such as the ratification of a self-assessment by a board.

use super::{Framework, Role};
use crate::record::{RecordGroup, RecordKind};
use crate::words::{all_of, any_of};
use serde::{Deserialize, Serialize};

/// Position of an approval in [`Framework::approvals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ApprovalIndex(pub u16);

/// An approval of what is recorded on a body. Who may give it is in [`Role::approvals`](super::Role).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalDefinition {
    /// Identifier: `ratified`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The groups of records that it covers.
    pub of: Vec<RecordGroup>,
    /// Identifier of the approval that must be given before.
    pub after: Option<String>,
    /// Whether what it covers cannot change until the approval is withdrawn.
    pub freezes: bool,
    /// Whether every judgement by the methods that it covers must be made before.
    pub requires_complete: bool,
}

impl ApprovalDefinition {
    /// The groups that the word for them in a framework file covers: a method stands for the
    /// judgements by it, and a kind of record for all records of that kind.
    pub fn groups_named(name: &str) -> impl Iterator<Item = RecordGroup> {
        RecordGroup::all().filter(move |group| match group.kind {
            RecordKind::Judgement => group.method.is_some_and(|method| method.name() == name),
            kind => kind.name() == name,
        })
    }

    /// The kinds of records that an approval can cover, by name. Judgements are covered by their
    /// methods. What steers the cycle is not approved, nor are approvals themselves.
    pub fn kinds() -> impl Iterator<Item = &'static str> {
        const NOT_COVERED: [RecordKind; 13] = [
            RecordKind::Judgement,
            RecordKind::Phase,
            RecordKind::PhaseDates,
            RecordKind::Release,
            RecordKind::ReleasedOutput,
            RecordKind::PanelMember,
            RecordKind::InterestDeclaration,
            RecordKind::PanelDay,
            RecordKind::Score,
            RecordKind::FactComment,
            RecordKind::FactReply,
            RecordKind::Approval,
            RecordKind::CarriedRecord,
        ];
        let kinds = RecordKind::ALL.iter();
        let kinds = kinds.filter(|kind| !NOT_COVERED.contains(kind));
        kinds.map(|kind| kind.name())
    }

    /// What it covers, in words: "self-assessment and commentary".
    pub fn covered_in_words(&self, framework: &Framework) -> String {
        let mut names: Vec<&str> = Vec::new();
        for group in &self.of {
            let name = match (group.kind, group.method) {
                (RecordKind::Judgement, Some(method)) => framework.methods.title(method),
                (kind, _) => kind.name(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        all_of(names)
    }
}

impl Framework {
    /// Every approval with its position.
    pub fn each_approval(&self) -> impl Iterator<Item = (ApprovalIndex, &ApprovalDefinition)> {
        (0..).map(ApprovalIndex).zip(&self.approvals)
    }

    /// The position of the approval with this identifier.
    pub fn approval_index(&self, id: &str) -> Option<ApprovalIndex> {
        let mut approvals = self.each_approval();
        let found = approvals.find(|(_, approval)| approval.id == id);
        found.map(|(index, _)| index)
    }

    /// The approval at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn approval(&self, index: ApprovalIndex) -> &ApprovalDefinition {
        &self.approvals[usize::from(index.0)]
    }

    /// The roles that give an approval: those that may, and to which the act is open in some phase.
    pub fn roles_approving<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Role> {
        let approve = RecordKind::Approval.act();
        let roles = self.roles.iter();
        roles.filter(move |role| {
            role.approvals.iter().any(|approval| approval == id) && self.opens_to(&role.id, approve)
        })
    }

    /// Who gives an approval: "by the PCT executive or strategic lead"; `None` if no role does.
    pub(crate) fn approved_by(&self, id: &str) -> Option<String> {
        let roles = self.roles_approving(id).map(|role| role.title.as_str());
        let roles = any_of(roles);
        (!roles.is_empty()).then(|| format!("by the {roles}"))
    }
}
