//! What is not part of a programme and was read for one answer. Such an answer is never stored.

use crate::history::ReadableMessage;
use crate::survey::SurveyOverview;
use std::sync::Arc;
use wcc_core::ledger::WithdrawnJudgement;

/// What of it an operation selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveSelection {
    /// The surveys of cycles.
    pub(crate) surveys: bool,
    /// Messages for people.
    pub(crate) messages: bool,
    /// Withdrawn judgements.
    pub(crate) withdrawn: bool,
}

/// What was read for one answer, as far as whoever asks may see it; `None` if it was not read.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveRecords {
    /// The surveys that whoever asks may follow.
    pub(crate) surveys: Option<Arc<[SurveyOverview]>>,
    /// The messages that whoever asks may read, newest first.
    pub(crate) messages: Option<Arc<[ReadableMessage]>>,
    /// The withdrawn judgements that whoever asks would see if they were current, the earliest first.
    pub(crate) withdrawn: Option<Arc<[WithdrawnJudgement]>>,
}

impl LiveSelection {
    /// What of it can be read as of an earlier point of the ledger: what the ledger has.
    pub(crate) fn of_ledger(self) -> LiveSelection {
        LiveSelection {
            withdrawn: self.withdrawn,
            ..LiveSelection::default()
        }
    }
}

impl LiveRecords {
    /// Whether anything was read.
    pub(crate) fn any(&self) -> bool {
        self.surveys.is_some() || self.messages.is_some() || self.withdrawn.is_some()
    }
}
