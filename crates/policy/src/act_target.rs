//! What an act is done to.

use wcc_core::policy::{
    ADMINISTER_ACCOUNTS, ADMINISTER_OPERATORS, ENTER_BODIES, ENTER_FRAMEWORK, FILE_EVIDENCE,
    OPEN_CYCLE, READING_ACTS, REBASE_CYCLE, WITHDRAW,
};

/// The objects on which the program asks policies about an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActTarget {
    /// What belongs to no cycle.
    Programme,
    /// A cycle as a whole.
    Cycle,
    /// A body in a cycle.
    Body,
    /// A cycle, or a body in a cycle or outside any.
    CycleOrBody,
    /// A body in a cycle, or what belongs to no cycle.
    BodyOrProgramme,
    /// Any of these.
    Anything,
}

impl ActTarget {
    /// What an act is done to.
    pub fn of(act: &str) -> ActTarget {
        if READING_ACTS.contains(&act) {
            return ActTarget::CycleOrBody;
        }
        match act {
            ENTER_FRAMEWORK | ENTER_BODIES | ADMINISTER_ACCOUNTS | ADMINISTER_OPERATORS => {
                ActTarget::Programme
            }
            OPEN_CYCLE | REBASE_CYCLE => ActTarget::Cycle,
            // A document that no record names yet belongs to no cycle.
            FILE_EVIDENCE => ActTarget::BodyOrProgramme,
            WITHDRAW => ActTarget::Anything,
            _ => ActTarget::Body,
        }
    }

    /// Whether the act may be done to a body in a cycle.
    pub fn is_body(self) -> bool {
        !matches!(self, ActTarget::Programme | ActTarget::Cycle)
    }

    /// Whether the act may be done to a cycle.
    pub fn is_cycle(self) -> bool {
        matches!(
            self,
            ActTarget::Cycle | ActTarget::CycleOrBody | ActTarget::Anything
        )
    }

    /// Whether the act may be done to what belongs to no cycle.
    pub fn is_programme(self) -> bool {
        matches!(
            self,
            ActTarget::Programme | ActTarget::BodyOrProgramme | ActTarget::Anything
        )
    }
}
