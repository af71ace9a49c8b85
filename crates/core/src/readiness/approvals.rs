//! Approvals that a phase requires and that are missing.

use crate::approval::{ApprovalState, Approvals};
use crate::body::BodyIndex;
use crate::cycle::{CheckedCycle, Cycle};
use crate::framework::{ApprovalIndex, Phase, RequiredOf};
use crate::output::Assurance;

/// An approval of one body that a phase requires and that is not given, or no longer current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingApproval {
    /// The body.
    pub body: BodyIndex,
    /// Which approval it is.
    pub approval: ApprovalIndex,
    /// How far it has got.
    pub state: ApprovalState,
}

/// The approvals that are missing before a phase opens, by its own requirements in their order. The
/// approval of a group is one of each of its bodies, and missing of each body that has none.
pub fn approvals_missing_before(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    phase: &Phase,
) -> Vec<MissingApproval> {
    if phase.requires_approvals.is_empty() {
        return Vec::new();
    }
    let approvals = Approvals::of(cycle);
    let mut missing = Vec::new();
    for requirement in &phase.requires_approvals {
        let bodies: Vec<BodyIndex> = match requirement.of {
            RequiredOf::Bodies | RequiredOf::Groups => cycle.pcts.clone(),
            RequiredOf::Functions => {
                let functions = assurance.functions.iter();
                functions.map(|function| function.function).collect()
            }
        };
        let each = bodies.into_iter().map(|body| MissingApproval {
            body,
            approval: requirement.approval,
            state: approvals.status(requirement.approval, body).state,
        });
        missing.extend(each.filter(|missing| missing.state != ApprovalState::Approved));
    }
    missing
}

impl MissingApproval {
    /// Which approval is missing, of which body, and who can give it.
    pub fn in_words(&self, cycle: &Cycle) -> String {
        let framework = &cycle.framework;
        let definition = framework.approval(self.approval);
        let by = framework.approved_by(&definition.id);
        let by = by.map_or_else(String::new, |by| format!(" (given {by})"));
        let state = match self.state {
            ApprovalState::OutOfDate => " is out of date",
            ApprovalState::NotGiven | ApprovalState::Approved => "",
        };
        format!(
            "`{}` of {}{state}{by}",
            definition.title,
            cycle.organisations.body(self.body).name_and_code()
        )
    }
}
