//! Why a command is refused, and which of its drafts is at fault.

use crate::cycle::CycleError;
use crate::ledger::refused::Refused;
use crate::ledger::{Draft, Origin};
use std::fmt;

/// Why a command is refused; at least one reason.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Refusals(Vec<Refusal>);

/// One reason a line.
impl fmt::Display for Refusals {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.0.iter().enumerate() {
            if at > 0 {
                to.write_str("\n")?;
            }
            refusal.fmt(to)?;
        }
        Ok(())
    }
}

impl Refusals {
    pub(super) fn new(refusals: Vec<Refusal>) -> Refusals {
        Refusals(refusals)
    }

    /// Each reason, in the order of the drafts.
    pub fn each(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }
}

impl From<Refusal> for Refusals {
    fn from(refusal: Refusal) -> Refusals {
        Refusals(vec![refusal])
    }
}

/// One reason why a command is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Which draft is at fault, from 0; `None` if a record that was entered before is what
    /// contradicts the command.
    pub part: Option<u32>,
    /// Where the draft was written before.
    pub origin: Option<Origin>,
    /// Why.
    pub reason: RefusalReason,
}

impl Refusal {
    /// A refusal of one draft of a command.
    pub fn of_draft(part: u32, draft: &Draft, reason: impl Into<RefusalReason>) -> Refusal {
        Refusal {
            part: Some(part),
            origin: draft.origin.clone(),
            reason: reason.into(),
        }
    }

    /// The same for an actor who may not see the reason. It does not name the draft either if an
    /// earlier record is what contradicts the command.
    pub(super) fn without_reason(self) -> Refusal {
        Refusal {
            reason: RefusalReason::NOT_TAKEN,
            ..self
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, self.part, &self.reason) {
            (Some(Origin { file, row }), _, _) => write!(to, "{file}, row {row}: ")?,
            (None, Some(part), _) => write!(to, "entry {} of the request: ", u64::from(part) + 1)?,
            (None, None, RefusalReason::Contradiction(error)) => {
                write!(to, "entry {} prevents this: ", error.record().0)?;
            }
            (None, None, _) => {}
        }
        self.reason.fmt(to)
    }
}

/// Why something may not be entered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The policy denies it.
    #[error("{reason}")]
    NotPermitted {
        /// The act: `record-judgement`.
        act: &'static str,
        /// The policy's reason, which names nothing that the actor may not see.
        reason: String,
    },
    /// It cannot follow what was entered before.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The cycle would contradict itself.
    #[error(transparent)]
    Contradiction(#[from] CycleError),
    /// The reason lies in something that the actor may not see. The message gives nothing of it
    /// away.
    #[error("{message}")]
    Undisclosed {
        /// The field that can be changed to avoid the refusal, if there is one.
        field: Option<&'static str>,
        /// What to do, for people.
        message: &'static str,
    },
}

impl RefusalReason {
    /// Something hidden has the identifier.
    pub(super) const TAKEN: RefusalReason = RefusalReason::Undisclosed {
        field: Some("id"),
        message: "this identifier cannot be used here: choose another",
    };

    /// Something hidden contradicts the draft.
    pub(super) const NOT_TAKEN: RefusalReason = RefusalReason::Undisclosed {
        field: None,
        message: "the ledger does not take this as it is: ask the operator of this server",
    };
}
