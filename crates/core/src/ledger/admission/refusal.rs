//! The reasons for refusing a command, and the drafts that cause them.

use crate::cycle::CycleError;
use crate::ledger::entry_error::EntryError;
use crate::ledger::{Draft, Origin};
use std::fmt;

/// The reasons for refusing a command; at least one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Refusals(Vec<Refusal>);

/// Displays one reason on each line.
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

/// A reason for refusing a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The draft that causes the refusal, counted from 0; `None` if an earlier record contradicts the
    /// command.
    pub part: Option<u32>,
    /// The file and row of the draft.
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

    /// Returns a refusal for an actor who may not see the reason. If an earlier record contradicts the
    /// command, it does not name the draft either.
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

/// The reason for a refusal.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The policy denies it.
    #[error("{reason}")]
    NotPermitted {
        /// The act: `record-judgement`.
        act: &'static str,
        /// The policy's reason, which names visible objects only.
        reason: String,
    },
    /// The draft does not follow the entries.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The cycle would contradict itself.
    #[error(transparent)]
    Contradiction(#[from] CycleError),
    /// The reason is hidden from the actor. The message reveals nothing about it.
    #[error("{message}")]
    Undisclosed {
        /// The field that can be changed to avoid the refusal, if there is one.
        field: Option<&'static str>,
        /// What to do, as text for people.
        message: &'static str,
    },
}

impl RefusalReason {
    /// A hidden object has the identifier.
    pub(super) const TAKEN: RefusalReason = RefusalReason::Undisclosed {
        field: Some("id"),
        message: "this identifier cannot be used here: choose another",
    };

    /// A hidden object contradicts the draft.
    pub(super) const NOT_TAKEN: RefusalReason = RefusalReason::Undisclosed {
        field: None,
        message: "the ledger does not take this as it is: ask the operator of this server",
    };
}
