//! What is kept beside the ledger and was read for one answer. Such an answer is never stored.

use crate::survey::SurveyOverview;
use std::sync::Arc;
use wcc_ledger::StoredMessage;

/// What of it an operation selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LiveSelection {
    /// The surveys of cycles.
    pub(crate) surveys: bool,
    /// Messages for people.
    pub(crate) messages: bool,
}

/// What was read for one answer, as far as whoever asks may see it; `None` if it was not read.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveRecords {
    /// The surveys that whoever asks may follow.
    pub(crate) surveys: Option<Arc<[SurveyOverview]>>,
    /// The messages that whoever asks may read, newest first.
    pub(crate) messages: Option<Arc<[StoredMessage]>>,
}

impl LiveRecords {
    /// Whether anything was read.
    pub(crate) fn any(&self) -> bool {
        self.surveys.is_some() || self.messages.is_some()
    }
}
